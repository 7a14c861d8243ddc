"""A value of a source, whatever it stands in: what no value may be, and what is wrong with one that is read."""

from collections.abc import Callable

from metropolis_kg.curation.imports.problems import RowProblem

LONGEST = 500
"""Characters of a value of which something is made."""


def checked(column: str, value: str, written: str) -> str:
    """Return ``value``, for which ``written`` stands in ``column``. Raises RowProblem where nothing is made of it."""
    if len(value) > LONGEST:
        raise RowProblem("row-cell-too-long", column, written, length=f"{len(value):,}", most=LONGEST)
    if not value.isprintable():
        bad = next(each for each in value if not each.isprintable())
        raise RowProblem("row-control-character", column, written, code=f"U+{ord(bad):04X}")
    if value != " ".join(value.split()):
        raise RowProblem("row-stray-blank", column, written, meant=" ".join(value.split()))
    return value


def placed(column: str, read: Callable[[], str]) -> str:
    """Return what ``read`` returns; what it finds wrong is wrong with ``column``."""
    try:
        return read()
    except RowProblem as problem:
        raise RowProblem(problem.code, column, problem.value, **problem.facts) from problem
