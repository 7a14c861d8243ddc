"""A row of a table as evidence: its cells under the titles of their columns, and where in the table it stands."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass

from metropolis_kg.publication.description import Description


@dataclass(frozen=True)
class Entry:
    """A row of a table, or an entry of a JSON document."""

    row: int | None
    """Counted from 1, the header included (RFC 7111); none in JSON."""

    pointer: str | None
    """Where in JSON it stands (RFC 6901); none in a table."""

    cells: list[tuple[str, str]]
    """Title of the column and cell, of those that are not empty; none where the row is not quoted."""

    language: str | None
    """In which the cells are written."""

    address: str | None
    """Of this very entry: that of the source with the row or pointer as fragment; none where that has none."""


def entry_of(said: Description, evidence: str, sources: Iterable[str]) -> Entry | None:
    """Return the row or entry on which ``evidence`` rests; none where it rests on neither."""
    row, pointer = said.text(evidence, "mkg:row"), said.text(evidence, "mkg:pointer")
    if not pointer and not (row and row.isdecimal()):
        return None
    quote = next(iter(said.literals(evidence, "mkg:quote")), None)
    source = next(iter(sources), "")
    address = next(iter(said.things(source, "schema:url")), None)
    fragment = pointer or f"row={row}"
    return Entry(
        int(row) if row and row.isdecimal() else None,
        pointer,
        cells=_cells(said, source, quote.value) if quote else [],
        language=quote.language if quote else None,
        address=f"{address}#{fragment}" if address and "#" not in address else None,
    )


def _cells(said: Description, source: str, quote: str) -> list[tuple[str, str]]:
    header, delimiter = said.text(source, "mkg:columnTitles"), said.text(source, "mkg:delimiter")
    if not header or not delimiter or len(delimiter) != 1 or delimiter in '\r\n"':
        return []
    try:
        titles, cells = (next(csv.reader([text], delimiter=delimiter), []) for text in (header, quote))
    except csv.Error:  # then it is quoted as it stands
        return []
    return [(title, cell) for title, cell in zip(titles, cells, strict=False) if cell]
