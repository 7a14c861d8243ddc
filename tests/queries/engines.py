"""The three engines that must give the same rows, and answers in a form that can be compared and read."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import rdflib

from metropolis_kg.model.namespaces import shorten
from metropolis_kg.store.protocol import RESULTS_JSON, QueryService, Term

Engine = Callable[[str, Mapping[str, Term]], bytes]
"""A query and the terms of its parameters → SPARQL results JSON."""

Ask = Callable[..., "Answer"]
"""The name of a stored query, arguments by name, and ``engine`` → its answer."""

XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


@dataclass(frozen=True)
class Cell:
    """A term of an answer; all parts empty where nothing is bound."""

    kind: str = ""
    value: str = ""
    language: str = ""
    datatype: str = ""

    def written(self, prefixes: Mapping[str, str]) -> str:
        """Return the cell as expected rows write it: a prefixed name, ``text@language``, or the plain value."""
        if self.kind == "uri":
            return shorten(self.value, dict(prefixes))
        return f"{self.value}@{self.language}" if self.language else self.value


@dataclass(frozen=True)
class Answer:
    """Columns and rows, both in their order."""

    columns: list[str]
    rows: list[list[Cell]]

    def table(self, prefixes: Mapping[str, str]) -> list[list[str]]:
        """Return the head and the rows, written."""
        return [self.columns, *([cell.written(prefixes) for cell in row] for row in self.rows)]


def read_answer(results_json: bytes) -> Answer:
    """Return the answer that a document of SPARQL 1.1 Query Results JSON holds."""
    document = json.loads(results_json)
    columns = document["head"]["vars"]
    bindings = document["results"]["bindings"]
    return Answer(columns, [[_cell(row.get(name)) for name in columns] for row in bindings])


def _cell(term: Mapping[str, str] | None) -> Cell:
    if term is None:
        return Cell()
    datatype = term.get("datatype", "")
    return Cell(term["type"], term["value"], term.get("xml:lang", ""), "" if datatype == XSD_STRING else datatype)


def of_service(service: QueryService) -> Engine:
    """Return an implementation of our own port as an engine."""
    return lambda query, bindings: service.query(query, RESULTS_JSON, bindings=bindings)


def _identifier(term: Term) -> rdflib.term.Identifier:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    plain = term.language is not None or term.datatype.value == XSD_STRING
    return rdflib.Literal(term.value, lang=term.language, datatype=None if plain else term.datatype.value)


def of_rdflib(dump: Path, prefixes: Mapping[str, str]) -> Engine:
    """Return rdflib as an engine over the N-Quads file ``dump``, its default graph the union of all."""
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(dump, format="nquads")
    names = {name: rdflib.Namespace(space) for name, space in prefixes.items()}

    def answer(query: str, bindings: Mapping[str, Term]) -> bytes:
        given = {name: _identifier(term) for name, term in bindings.items()}
        result = dataset.query(query, initNs=names, initBindings=given)
        return result.serialize(format="json") or b""

    return answer
