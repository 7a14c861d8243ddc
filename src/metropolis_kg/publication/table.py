"""Answers to SELECT and ASK as a table to look at."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

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
