"""Tables in a terminal: columns side by side where they fit, else one row below the other."""

import pyoxigraph as ox

from metropolis_kg.model.namespaces import shorten
from metropolis_kg.publication.table import Cell, Table

_GAP = "  "


def text_of(table: Table, prefixes: dict[str, str], width: int) -> str:
    """Return ``table`` as text for a terminal of ``width`` columns; IRIs are shortened by ``prefixes``."""
    if table.boolean is not None:
        return "yes" if table.boolean else "no"
    rows = [[_cell(term, prefixes) for term in row] for row in table.rows]
    if not rows:
        return "no row: the data say nothing about this"
    widths = [max(map(len, column)) for column in zip(table.columns, *rows, strict=True)]
    if sum(widths) + len(_GAP) * (len(widths) - 1) <= width:
        return _side_by_side(table.columns, rows, widths)
    return _one_below_the_other(table.columns, rows)


def _side_by_side(columns: list[str], rows: list[list[str]], widths: list[int]) -> str:
    rule = ["─" * width for width in widths]
    lines = [
        _GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in (columns, rule, *rows)
    ]
    return "\n".join(lines)


def _one_below_the_other(columns: list[str], rows: list[list[str]]) -> str:
    """A cell without a value is left out."""
    name_width = max(map(len, columns))
    blocks = [
        "\n".join(f"{name.ljust(name_width)}{_GAP}{cell}" for name, cell in zip(columns, row, strict=True) if cell)
        for row in rows
    ]
    return "\n\n".join(blocks)


def _cell(term: Cell, prefixes: dict[str, str]) -> str:
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return shorten(term.value, prefixes)
    return " ".join(term.value.split()) if isinstance(term, ox.Literal) else str(term)
