"""A row of a table as evidence is shown under its titles, or as it stands."""

import pyoxigraph as ox
import pytest

from metropolis_kg.publication.description import Description
from metropolis_kg.publication.table_rows import entry_of

MKG = "https://example.org/ns#"
EVIDENCE, SOURCE = "https://example.org/id/evidence/1", "https://example.org/id/source/1"


@pytest.mark.parametrize(
    ("quote", "delimiter", "cells"),
    [
        ('Ada;"a;b"', ";", [("Name", "Ada"), ("Note", "a;b")]),
        ("Ada;", ";", [("Name", "Ada")]),
        ("Ada\nBea;2", ";", []),
        ("Ada;2", ";;", []),
    ],
)  # fmt: skip
def test_a_row_has_its_cells_under_their_titles_where_it_is_one(
    quote: str, delimiter: str, cells: list[tuple[str, str]]
) -> None:
    said = [
        (EVIDENCE, "row", "3"), (EVIDENCE, "quote", quote), (SOURCE, "columnTitles", "Name;Note"),
        (SOURCE, "delimiter", delimiter),
    ]  # fmt: skip
    triples = [ox.Triple(ox.NamedNode(each), ox.NamedNode(MKG + name), ox.Literal(text)) for each, name, text in said]
    entry = entry_of(Description(EVIDENCE, tuple(triples), {"mkg": MKG, "schema": MKG}), EVIDENCE, [SOURCE])
    assert entry
    assert (entry.row, entry.cells, entry.address) == (3, cells, None)
