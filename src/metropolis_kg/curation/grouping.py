"""The statements of a dataset graph by graph, put aside in one file while the dataset is read in another order."""

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from metropolis_kg.curation.canonical import Lines
from metropolis_kg.curation.progress import SILENT, Share
from metropolis_kg.store.aside import Aside
from metropolis_kg.store.sorted_lines import MEGABYTE

_HELD = 32 * MEGABYTE


class Graphs:
    """Takes N-Quads lines and gives those of each graph in the order in which they came, as often as is asked for."""

    def __init__(self, folder: Path, held: int = _HELD) -> None:
        """Put aside in ``folder`` what is more than ``held`` bytes."""
        self._aside, self._most = Aside(folder), held
        self._places: dict[bytes, array[int]] = {}
        self._sizes: Counter[bytes] = Counter()
        self._held: dict[bytes, Lines] = {}
        self._size = 0

    def extend(self, lines: Mapping[bytes, Lines]) -> None:
        """Take lines by graph, which is named by an N-Quads term. Raises OSError."""
        for graph, own in lines.items():
            self._held.setdefault(graph, []).extend(own)
            self._size += sum(map(len, own))
        if self._size > self._most:
            self._put_away()

    def _put_away(self) -> None:
        for graph, lines in self._held.items():
            self._places.setdefault(graph, array("Q")).extend(self._aside.put(lines))
            self._sizes[graph] += len(lines)
        self._held, self._size = {}, 0

    def sizes(self) -> dict[str, int]:
        """Return IRI → number of lines, in the order of the IRIs."""
        self._put_away()
        return {graph[1:-1].decode(): number for graph, number in sorted(self._sizes.items())}

    def of(self, iri: str) -> Iterator[bytes]:
        """Yield the lines of one graph as text, some at a time."""
        places = self._places[f"<{iri}>".encode()]
        for start, end in zip(places[::2], places[1::2], strict=True):
            yield self._aside.get(start, end)

    def texts(self, share: Share = SILENT.share) -> Iterator[bytes]:
        """Yield all lines as text, graph after graph; ``share`` is told how much of it that is."""
        sizes, given = self.sizes(), 0
        whole = sum(sizes.values())
        for iri, size in sizes.items():
            yield from self.of(iri)
            given += size
            share(given / whole)
