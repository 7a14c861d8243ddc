"""The lines of a sorted file as a sequence of texts that are not held: they are read where they stand.

For lists of things as long as a release has things, of which a server shows a hundred at a time.
"""

import mmap
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import accumulate, islice
from tempfile import TemporaryFile
from typing import BinaryIO, overload

from metropolis_kg.store.sorted_lines import SortedLines

FEW = 5_000
"""Lines that are held."""

_BLOCK = 1 << 16


class MappedLines(Sequence[str]):
    """The lines of a file that is not empty, sorted by their bytes, each with a line feed."""

    def __init__(self, file: BinaryIO) -> None:
        """Map ``file``, which may be closed after. Raises OSError, and ValueError where it is empty."""
        self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        counts = (self._data[start : start + _BLOCK].count(b"\n") for start in range(0, len(self._data), _BLOCK))
        self._before = [0, *accumulate(counts)]  # in front of each block, how many lines have ended

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MappedLines) and self._data[:] == other._data[:]

    def __hash__(self) -> int:
        return len(self)

    def __len__(self) -> int:
        return self._before[-1]

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[str, ...]: ...
    def __getitem__(self, place: int | slice) -> str | tuple[str, ...]:
        if isinstance(place, int):
            return next(self._lines(range(len(self))[place], len(self)))
        first, stop, step = place.indices(len(self))
        return tuple(self._lines(first, stop)) if step == 1 else tuple(self[each] for each in range(first, stop, step))

    def __iter__(self) -> Iterator[str]:
        return self._lines(0, len(self))

    def __contains__(self, text: object) -> bool:
        line = f"{text}\n".encode(errors="replace")
        low, high = 0, len(self._data)
        while low < high:
            start = self._data.rfind(b"\n", 0, (low + high) // 2) + 1
            if self._data[start : start + len(line)] < line:
                low = self._data.find(b"\n", start) + 1 or high
            else:
                high = start
        return self._data[low : low + len(line)] == line

    def _lines(self, first: int, stop: int) -> Iterator[str]:
        """Yield the lines from ``first`` up to, and without, ``stop``."""
        position = self._position(first)
        for _ in range(first, stop):
            end = self._data.find(b"\n", position)
            yield self._data[position:end].decode(errors="replace")
            position = end + 1

    def _position(self, place: int) -> int:
        """Return where the line at ``place`` begins."""
        block = bisect_right(self._before, place) - 1
        position = self._data.rfind(b"\n", 0, block * _BLOCK) + 1  # a block may begin within a line
        for _ in range(place - self._before[block]):
            position = self._data.find(b"\n", position) + 1
        return position

    def digest(self) -> str:
        """Return the SHA-256, in hexadecimal, of all lines."""
        return sha256(self._data).hexdigest()

    def write(self, file: BinaryIO) -> None:
        """Write all lines to ``file``. Raises OSError."""
        file.write(self._data)


def listed(lines: SortedLines) -> Sequence[str]:
    """Return lines without their line feeds: a tuple of few, and of many what is not held. Raises OSError."""
    found = tuple(line[:-1].decode(errors="replace") for line in islice(lines.lines(), FEW + 1))
    if len(found) <= FEW:
        return found
    with TemporaryFile() as file:
        file.writelines(lines.lines())
        file.flush()
        return MappedLines(file)
