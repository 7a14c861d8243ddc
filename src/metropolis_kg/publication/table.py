"""Answers to SELECT and ASK as a table to look at."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from metropolis_kg.model.namespaces import shorten
from metropolis_kg.publication.names import Names
from metropolis_kg.publication.reading import Links, Value
from metropolis_kg.store.protocol import Term


@dataclass(frozen=True)
class Table:
    """Columns and rows; a cell without a value is none. The answer to ASK has neither."""

    columns: list[str]
    rows: list[list[Term | ox.BlankNode | None]]
    boolean: bool | None = None


def table_of(results: bytes) -> Table:
    """Return the table in SPARQL 1.1 Query Results JSON."""
    answer = json.loads(results)
    if "boolean" in answer:
        return Table([], [], bool(answer["boolean"]))
    columns = answer["head"]["vars"]
    rows = [[_term(row.get(column)) for column in columns] for row in answer["results"]["bindings"]]
    return Table(columns, rows)


def things_in(table: Table, base: str) -> list[str]:
    """Return the IRIs below ``base`` in the cells, each once."""
    found = {term.value for row in table.rows for term in row if isinstance(term, ox.NamedNode)}
    return sorted(iri for iri in found if iri.startswith(base))


def cells(
    table: Table, names: Names, links: Links, prefixes: Mapping[str, str], language: str
) -> list[list[Value | None]]:  # fmt: skip
    """Return the rows as a page shows them: things by name and linked, literals with their language."""
    return [[_cell(term, names, links, prefixes, language) for term in row] for row in table.rows]


def _cell(
    term: Term | ox.BlankNode | None, names: Names, links: Links, prefixes: Mapping[str, str], language: str
) -> Value | None:  # fmt: skip
    if term is None:
        return None
    if isinstance(term, ox.Literal):
        return Value(term.value, term.language if term.language != language else None)
    if isinstance(term, ox.BlankNode) or not term.value.startswith(("http://", "https://")):
        return Value(str(term))
    known = term.value in names.labels
    text = names.name(term.value, language) if known else shorten(term.value, dict(prefixes)).strip("<>")
    return Value(text, None, links.of(term.value), outside=not links.is_ours(term.value))


def _term(cell: Mapping[str, str] | None) -> Term | ox.BlankNode | None:
    if cell is None:
        return None
    if cell["type"] == "uri":
        return ox.NamedNode(cell["value"])
    if cell["type"] == "bnode":
        return ox.BlankNode(cell["value"])
    if language := cell.get("xml:lang"):
        return ox.Literal(cell["value"], language=language)
    datatype = cell.get("datatype")
    return ox.Literal(cell["value"], datatype=ox.NamedNode(datatype)) if datatype else ox.Literal(cell["value"])
