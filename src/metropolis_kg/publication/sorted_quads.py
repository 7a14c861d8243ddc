"""What the dump of a release says about things, read from the file itself, which is sorted N-Quads."""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox


class SortedQuads:
    """The statements of a dataset in canonical N-Quads (RDFC-1.0), whose lines are in order.

    Finding a thing takes a search by halves, however large the file is, and no store.
    """

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data

    def about(self, iri: str) -> list[ox.Triple]:
        """Return what any graph says of ``iri`` and of IRIs that differ from it by a fragment, each once, in order."""
        found = {quad.triple: None for line in self._lines(iri) for quad in ox.parse(line, format=ox.RdfFormat.N_QUADS)}
        return list(found)

    def _lines(self, iri: str) -> Iterator[bytes]:
        for start in (f"<{iri}> ".encode(), f"<{iri}#".encode()):
            position = self._first(start)
            while self._data[position : position + len(start)] == start:
                end = self._data.find(b"\n", position) + 1 or len(self._data)
                yield self._data[position:end]
                position = end

    def _first(self, start: bytes) -> int:
        """Return the position of the first line that begins with ``start``, or would stand behind where one would."""
        low, high = 0, len(self._data)
        while low < high:
            line = self._data.rfind(b"\n", 0, (low + high) // 2) + 1
            if self._data[line : line + len(start)] < start:
                low = self._data.find(b"\n", line) + 1 or len(self._data)
            else:
                high = line
        return low


@contextmanager
def sorted_quads(path: Path) -> Iterator[SortedQuads]:
    """Open the dataset ``path`` of a release. Raises OSError."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield SortedQuads(data)
