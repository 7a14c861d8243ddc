"""Lists of things as a note of the journal has them: one a line, in order, in JSON.

A list that is as long as a release has things is not held: what is asked for is read where it stands, and a thing is
found by halves. Of such a list a server shows a hundred at a time.
"""

import json
import mmap
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice
from tempfile import TemporaryFile
from typing import BinaryIO, overload

from metropolis_kg.store.sorted_lines import SortedLines

FEW = 5_000
"""Things of a list that are held."""

_BLOCK = 1 << 16


class NotedThings(Sequence[str]):
    """The things between two places of a file; there is at least one."""

    def __init__(self, data: mmap.mmap, start: int, end: int) -> None:
        """``start`` is where the first line begins, ``end`` the place behind the last one, without its line feed."""
        self._data, self._start, self._end = data, start, end
        counts = (data[each : min(each + _BLOCK, end)].count(b"\n") for each in range(start, end, _BLOCK))
        self._before = [0, *accumulate(counts)]  # in front of each block, how many lines have ended

    def __len__(self) -> int:
        return self._before[-1] + 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NotedThings) and self._text == other._text

    def __hash__(self) -> int:
        return len(self)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[str, ...]: ...
    def __getitem__(self, place: int | slice) -> str | tuple[str, ...]:
        if isinstance(place, int):
            return next(self._from(range(len(self))[place]))
        first, stop, step = place.indices(len(self))
        if step == 1:
            return tuple(islice(self._from(first), max(stop - first, 0)))
        return tuple(self[each] for each in range(first, stop, step))

    def __iter__(self) -> Iterator[str]:
        return self._from(0)

    def __contains__(self, thing: object) -> bool:
        low, high = self._start, self._end
        while low < high:
            begin, end = self._line((low + high) // 2)
            found = self._thing(begin, end)
            if found == thing:
                return True
            low, high = (end + 1, high) if found < str(thing) else (low, begin)
        return False

    @property
    def _text(self) -> bytes:
        return self._data[self._start : self._end]

    def _line(self, place: int) -> tuple[int, int]:
        """Return where the line that ``place`` is in begins and ends."""
        end = self._data.find(b"\n", place, self._end)
        return max(self._data.rfind(b"\n", self._start, place) + 1, self._start), end if end >= 0 else self._end

    def _thing(self, begin: int, end: int) -> str:
        return str(json.loads(self._data[begin:end].strip(b" ,")))

    def _from(self, place: int) -> Iterator[str]:
        """Yield the things from the one at ``place`` on, counted from 0."""
        block = bisect_right(self._before, place) - 1
        begin, _ = self._line(min(self._start + block * _BLOCK, self._end))  # a block may begin within a line
        for _ in range(place - self._before[block]):
            begin = self._data.find(b"\n", begin) + 1
        while begin < self._end:
            _, end = self._line(begin)
            yield self._thing(begin, end)
            begin = end + 1


def noted(things: Iterable[str]) -> Iterator[str]:
    """Yield parts of the text of a list of ``things``; of none there are none."""
    for number, thing in enumerate(things):
        yield f"{',' if number else ''}\n  {json.dumps(thing, ensure_ascii=False)}"


def listed(lines: SortedLines) -> Sequence[str]:
    """Return lines as things: a tuple of few, and of many what is not held. Raises OSError."""
    found = tuple(islice(_texts(lines), FEW + 1))
    if len(found) <= FEW:
        return found
    with TemporaryFile() as file:
        file.writelines(part.encode() for part in noted(_texts(lines)))
        file.flush()
        data = mapped(file)
    return NotedThings(data, 1, len(data))


def mapped(file: BinaryIO) -> mmap.mmap:
    """Return the bytes of a file that is not empty, which may be closed after. Raises OSError and ValueError."""
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _texts(lines: SortedLines) -> Iterator[str]:
    return (line[:-1].decode(errors="replace") for line in lines.lines())
