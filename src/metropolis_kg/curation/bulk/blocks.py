"""What a reader of a bulk source yields, and where it says what is wrong."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from metropolis_kg.curation.faults import fault, fault_kinds
from metropolis_kg.curation.report import Severity
from metropolis_kg.errors import ContentError

SHOWN = 100
"""How many faults of a kind are told of one bulk source by their lines; the others are counted."""


class Block(NamedTuple):
    """Some statements of a bulk source."""

    statements: bytes
    """Canonical N-Quads under the canonical base, one a line, each in a named graph."""

    lines: Sequence[int]
    """The line of the file on which each statement stands, counted from 1."""

    read: int = 0
    """How many bytes of the file were read so far, for those who wait."""


class FaultList:
    """What is wrong with one bulk source: of each kind the first ``SHOWN`` by their lines, and how many there are."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._shown: list[ContentError] = []
        self._counts: Counter[str] = Counter()

    def add(
        self, code: str, line: int | None = None, column: int | None = None, /, **facts: object
    ) -> ContentError | None:
        """Note a fault of the kind ``code`` (``faults.toml``); return it if it is shown."""
        self._counts[code] += 1
        if self._counts[code] > SHOWN:
            return None
        self._shown.append(fault(code, self._path, line, column, **facts))
        return self._shown[-1]

    def note(self, error: ContentError) -> None:
        """Note a fault that is told already."""
        self._counts[error.code] += 1
        if self._counts[error.code] <= SHOWN:
            self._shown.append(error)

    def __iter__(self) -> Iterator[ContentError]:
        """Yield the faults that are shown, then of each kind of which there are more how many."""
        yield from self._shown
        yield from self.more()

    def more(self) -> Iterator[ContentError]:
        """Yield of each kind of which there are more than are shown how many."""
        for code, count in self._counts.items():
            if count > SHOWN:
                yield fault("more-of-a-kind", self._path, code=code, count=count - SHOWN)

    @property
    def are_grave(self) -> bool:
        """Whether one of them stands against a release."""
        return any(fault_kinds()[code].severity is Severity.VIOLATION for code in self._counts)


Stream = Callable[[Path, ox.NamedNode, FaultList], Iterator[Block]]
"""Reads a file: yields its statements, those that name no graph in the graph given, and notes what it cannot read.

Raises ContentError where nothing more can be read.
"""
