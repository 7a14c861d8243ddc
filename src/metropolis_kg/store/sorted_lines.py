"""Lines sorted by their bytes in bounded memory, however many there are.

Sorted runs are kept in one temporary file that has no name, so that nothing is left behind. They are merged a block at
a time: what is not above the smallest last line of the blocks at hand is sorted together, which the sorting of Python,
made for what is sorted in part, does as fast as GNU ``sort`` (decision 26).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from metropolis_kg.store.aside import Aside

MEGABYTE = 1 << 20
HELD = 64 * MEGABYTE
"""Memory for the lines that are not in a run yet, in bytes."""

_FILE_BLOCK = MEGABYTE >> 2
_LINES = 10_000
_LEAST_BLOCK = MEGABYTE >> 4
_OBJECT = 48
"""Bytes of memory that a line takes beside its text."""


class SortedLines:
    """Takes lines, each with its line feed and no other, and gives them sorted, as often as is asked for."""

    def __init__(self, folder: Path | None = None, *, once: bool = True, held: int = HELD) -> None:
        """Runs are kept in ``folder``, or where temporary files are.

        Equal lines are given ``once``, or as often as they were taken.
        """
        self._once, self._most, self._aside = once, held, Aside(folder)
        self._runs: list[tuple[int, int]] = []
        self._held: list[bytes] = []
        self._size = 0

    def extend(self, lines: list[bytes]) -> None:
        """Take ``lines``. Raises OSError."""
        self._held += lines
        self._size += sum(map(len, lines)) + _OBJECT * len(lines)
        if self._size > self._most:
            self._put_away()

    def blocks(self) -> Iterator[list[bytes]]:
        """Yield the lines in order, many at a time. Raises OSError."""
        if not self._runs:
            yield from self._pieces()
            return
        if self._held:
            self._put_away()
        block = max(self._most // len(self._runs), _LEAST_BLOCK)
        for lines in _merged([_Run(self._aside, *run, block) for run in self._runs]):
            yield list(dict.fromkeys(lines)) if self._once else lines

    def lines(self) -> Iterator[bytes]:
        """Yield the lines in order. Raises OSError."""
        return chain.from_iterable(self.blocks())

    def _sort(self) -> None:
        self._held.sort()
        if self._once:
            self._held = list(dict.fromkeys(self._held))

    def _pieces(self) -> Iterator[list[bytes]]:
        self._sort()
        for start in range(0, len(self._held), _LINES):
            yield self._held[start : start + _LINES]

    def _put_away(self) -> None:
        self._sort()
        self._runs.append(self._aside.put(self._held))
        self._held, self._size = [], 0


@dataclass
class _Run:
    """One sorted run: what of the file is not read yet."""

    aside: Aside
    position: int
    end: int
    size: int

    def block(self) -> list[bytes]:
        """Return the next lines; none at the end."""
        size = self.size
        while self.position < self.end:
            data = self.aside.get(self.position, min(self.position + size, self.end))
            if cut := data.rfind(b"\n") + 1:
                self.position += cut
                return data[:cut].splitlines(keepends=True)
            size *= 2
        return []


def _merged(runs: list[_Run]) -> Iterator[list[bytes]]:
    heads = [(run.block(), run) for run in runs]
    while heads := [(lines or run.block(), run) for lines, run in heads if lines or run.position < run.end]:
        bound = min(lines[-1] for lines, _ in heads)
        taken: list[bytes] = []
        for lines, _ in heads:
            cut = bisect_right(lines, bound)
            taken += lines[:cut]
            del lines[:cut]
        taken.sort()
        yield taken


def file_blocks(path: Path, share: Callable[[float], None] = lambda _: None) -> Iterator[list[bytes]]:
    """Yield the lines of a file in their order, each with its line feed, many at a time. Raises OSError.

    ``share`` is told how much of it was read: from 0 to 1.
    """
    with path.open("rb") as file:
        size = path.stat().st_size or 1
        while lines := file.readlines(_FILE_BLOCK):
            share(file.tell() / size)
            yield lines
