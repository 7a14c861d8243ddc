"""What is wrong with a row, in both languages and with what would be right; and the account of an import."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from metropolis_kg.curation.faults import LANGUAGES, fault
from metropolis_kg.errors import ContentError

SHOWN = 120
"""Characters of a value that are shown at most."""

_PLACES = {
    ("row", True): {"de": "Zeile {number}, Spalte „{column}“: ", "en": "Row {number}, column “{column}”: "},
    ("row", False): {"de": "Zeile {number}: ", "en": "Row {number}: "},
    ("pointer", True): {"de": "{number}, „{column}“: ", "en": "{number}, “{column}”: "},
    ("pointer", False): {"de": "{number}: ", "en": "{number}: "},
}


class RowProblem(Exception):
    """One thing wrong with a row: a code of ``faults.toml``, the facts of the case, and the column concerned."""

    def __init__(self, code: str, column: str | None = None, value: str = "", /, **facts: object) -> None:
        self.code, self.column, self.value, self.facts = code, column, shown(value), facts
        super().__init__(code)

    def text(self, lang: str) -> str:
        """Return what is wrong, and what would be right, in a language."""
        return fault(self.code, value=self.value, **self.facts).messages[lang]

    @property
    def right(self) -> str | None:
        """What to write instead, where that is known."""
        meant = self.facts.get("meant")
        return str(meant) if meant else None


@dataclass(frozen=True)
class Reported:
    """A row that was not taken, with all that is wrong with it."""

    number: int | str
    """The row, from 1, the header being a row (RFC 7111 section 2.1); of JSON the pointer (RFC 6901)."""

    line: int | None
    """The line of the file on which it begins, from 1."""

    problems: tuple[RowProblem, ...]
    cells: tuple[str, ...] = ()
    """As they stand; none where the row cannot be taken apart."""

    def as_errors(self, path: Path) -> Iterator[ContentError]:
        """Yield what is wrong as faults of the file."""
        for each in self.problems:
            messages = {lang: self.place(each, lang) + each.text(lang) for lang in LANGUAGES}
            yield ContentError(messages["en"], path, self.line, code=each.code, messages=messages)

    def place(self, problem: RowProblem, lang: str) -> str:
        """Return where in the source the problem is, in a language."""
        kind = "row" if isinstance(self.number, int) else "pointer"
        said = _PLACES[kind, problem.column is not None][lang]
        return said.format(number=self.number, column=problem.column)


@dataclass
class Account:
    """What came of an import. ``rows`` is ``claims`` plus the number of ``reported``, always."""

    source: Path
    header: tuple[str, ...] = ()
    rows: int = 0
    claims: int = 0
    things: int = 0
    """Things that were not known and are now."""

    skipped: int = 0
    """Blank rows that the mapping says to skip; they are not among ``rows``."""

    reported: list[Reported] = field(default_factory=list)
    others: list[Reported] = field(default_factory=list)
    """Things of the source that could not be taken, beside its rows."""

    untold: dict[str, int] = field(default_factory=dict)
    """What the source has and nothing was made of, with how often."""


def shown(value: str) -> str:
    """Return a value on one line, shortened, so that it can be shown."""
    plain = "".join(each if each.isprintable() else "�" for each in value[: SHOWN + 1])
    return plain if len(plain) <= SHOWN else f"{plain[:SHOWN]}…"
