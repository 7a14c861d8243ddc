"""Answers to SELECT and ASK as a table to look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox

from metropolis_kg.model.namespaces import shorten
from metropolis_kg.publication.names import Names
from metropolis_kg.publication.reading import Links, Value

Cell = ox.NamedNode | ox.Literal | ox.BlankNode | ox.Triple | None


@dataclass(frozen=True)
class Table:
    """Columns and rows, of which there are ``total``; a cell without a value is none. ASK answers with neither."""

    columns: list[str]
    rows: list[list[Cell]]
    total: int = 0
    boolean: bool | None = None


def table_of(results: bytes, most: int | None = None) -> Table:
    """Return the table in SPARQL 1.1 Query Results JSON, with no more than the first ``most`` of its rows."""
    answer = ox.parse_query_results(results, format=ox.QueryResultsFormat.JSON)
    if isinstance(answer, ox.QueryBoolean):
        return Table([], [], boolean=bool(answer))
    columns = [variable.value for variable in answer.variables]
    rows = [list(solution) for solution in islice(answer, most)]
    return Table(columns, rows, len(rows) + sum(1 for _ in answer))


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
    term: Cell, names: Names, links: Links, prefixes: Mapping[str, str], language: str
) -> Value | None:  # fmt: skip
    if term is None:
        return None
    if isinstance(term, ox.Literal):
        return Value(term.value, term.language if term.language != language else None)
    if not isinstance(term, ox.NamedNode) or not term.value.startswith(("http://", "https://")):
        return Value(str(term))
    known = term.value in names.labels
    text = names.name(term.value, language) if known else shorten(term.value, dict(prefixes)).strip("<>")
    return Value(
        text, names.fallback(term.value, language), links.of(term.value), outside=not links.is_ours(term.value)
    )
