"""The three engines that must give the same rows, and answers in a form that can be compared and read."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import rdflib

from metropolis_kg.model.namespaces import shorten
from metropolis_kg.store.protocol import N_TRIPLES, RESULTS_JSON, QueryService, Term
from metropolis_kg.store.query_form import form_of

Engine = Callable[[str, Mapping[str, Term]], bytes]
"""A query and the terms of its parameters → SPARQL results JSON, or N-Triples for CONSTRUCT."""

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


def read_answer(written: bytes) -> Answer:
    """Return the answer that SPARQL 1.1 Query Results JSON or, as rows in alphabetical order, N-Triples hold."""
    if not written.startswith(b"{"):
        return _graph(written)
    document = json.loads(written)
    if "boolean" in document:
        return Answer(["boolean"], [[Cell("literal", str(document["boolean"]).lower())]])
    columns = document["head"]["vars"]
    bindings = document["results"]["bindings"]
    return Answer(columns, [[_cell(row.get(name)) for name in columns] for row in bindings])


def _graph(ntriples: bytes) -> Answer:
    triples = [quad.triple for quad in ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES)]
    rows = {tuple(_node(term) for term in (each.subject, each.predicate, each.object)) for each in triples}
    ordered = sorted(rows, key=lambda row: [(cell.value, cell.language) for cell in row])
    return Answer(["subject", "predicate", "object"], [list(row) for row in ordered])


def _node(term: object) -> Cell:
    if isinstance(term, ox.Literal):
        datatype = "" if term.language or term.datatype.value == XSD_STRING else term.datatype.value
        return Cell("literal", term.value, term.language or "", datatype)
    assert isinstance(term, ox.NamedNode)
    return Cell("uri", term.value)


def _media_type(query: str) -> str:
    return N_TRIPLES if form_of(query) == "CONSTRUCT" else RESULTS_JSON


def _cell(term: Mapping[str, str] | None) -> Cell:
    if term is None:
        return Cell()
    datatype = term.get("datatype", "")
    return Cell(term["type"], term["value"], term.get("xml:lang", ""), "" if datatype == XSD_STRING else datatype)


def of_service(service: QueryService) -> Engine:
    """Return an implementation of our own port as an engine."""
    return lambda query, bindings: service.query(query, _media_type(query), bindings=bindings)


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
        return result.serialize(format="nt" if result.type == "CONSTRUCT" else "json") or b""

    return answer
