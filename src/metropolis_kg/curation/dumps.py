"""The dumps of a dataset: in a process of their own, while others validate and load; in bounded memory.

Dumps come from the dataset and not from the store, which rewrites some literals. Each is there as it is, and compressed
by gzip and by Zstandard, so that nothing is compressed while serving. The same dataset gives the same bytes: no time or
file name is written into them. The dataset is read once, for its union and its counts; what is written graph by graph
comes from parts of it put aside then.
"""

import gzip
import hashlib
import io
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import zstandard

from metropolis_kg.curation.canonical import Lines, digest, without_graph
from metropolis_kg.curation.differences import Blocks, differing
from metropolis_kg.curation.grouping import Graphs
from metropolis_kg.curation.progress import SILENT, Share, part
from metropolis_kg.curation.statistics import Counting, Statistics
from metropolis_kg.model.dataset import THINGS
from metropolis_kg.store.sorted_lines import MEGABYTE, file_blocks

Described = dict[str, str | int]
"""What a manifest says of a graph or of a file."""

_GZIP_LEVEL = 4
_ZSTANDARD_LEVEL = 3


@dataclass(frozen=True)
class Canonical:
    """What a manifest says of the dataset: digests by RDFC-1.0, counts, dumps, and the difference to the one before."""

    digest: str
    quads: int
    graphs: dict[str, Described]
    statistics: Statistics
    dumps: dict[str, Described]
    difference: dict[str, int]


def write_dumps(
    dataset: Path, previous: Path | None, prefixes: dict[str, str], base: str, share: Share = SILENT.share
) -> Canonical:
    """Write, beside the canonical N-Quads ``dataset``, TriG, JSON-LD and Turtle (the union of all graphs).

    Each is written once more with ``.gz`` and ``.zst``; ``things.txt`` names what has a document. ``previous`` is the
    dataset of the release before, where there is one. ``share`` is told how much is done. Raises OSError.
    """
    with ThreadPoolExecutor(2) as pool:
        dumps, graphs, counting = (
            _Dumps(dataset, prefixes, pool),
            Graphs(dataset.parent),
            Counting(dataset.parent, base),
        )
        union = _union(file_blocks(dataset, part(share, 0, 0.4)), graphs, counting)
        dumps.serialize(union, ox.RdfFormat.N_TRIPLES, ox.RdfFormat.TURTLE)
        counted = counting.finish(dataset.with_name(THINGS))
        for syntax, start in ((ox.RdfFormat.TRIG, 0.4), (ox.RdfFormat.JSON_LD, 0.6)):
            dumps.serialize(graphs.texts(part(share, start, start + 0.2)), ox.RdfFormat.N_QUADS, syntax)
        described = _described(graphs)
        difference, files = _difference(previous, dataset), dumps.described()
    quads = sum(int(graph["quads"]) for graph in described.values())
    return Canonical(str(files[dataset.name]["sha256"]), quads, described, counted, files, difference)


def _union(dataset: Blocks, graphs: Graphs, counting: Counting) -> Iterator[bytes]:
    """Yield the triples of all graphs as N-Triples, each once, while ``graphs`` and ``counting`` are told of them.

    Of sorted lines, those of one triple in several graphs follow each other: they begin alike up to the graph's name.
    """
    last = b""
    for block in dataset:
        triples, grouped = [], defaultdict[bytes, Lines](list)
        for line in block:
            triple, graph, _ = line.rsplit(b" ", 2)
            grouped[graph].append(line)
            if triple != last:
                triples.append(triple)
                last = triple
        graphs.extend(grouped)
        counting.add(triples)
        yield b"".join([triple + b" .\n" for triple in triples])


def _described(graphs: Graphs) -> dict[str, Described]:
    """Return the size and the digest of each graph."""
    return {
        name: {"quads": size, "digest": digest(without_graph(text, name) for text in graphs.of(name))}
        for name, size in graphs.sizes().items()
    }


class _Parts(io.RawIOBase):
    """Parts of a document as a file to read from."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        super().__init__()
        self._parts, self._rest = iter(parts), memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview", /) -> int:  # type: ignore[override] # what readers pass
        while not self._rest:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._rest = memoryview(part)
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


class _Dumps:
    """Writes the files; each is compressed and measured on other threads, while the next one is written."""

    def __init__(self, dataset: Path, prefixes: dict[str, str], pool: ThreadPoolExecutor) -> None:
        self._dataset, self._prefixes, self._pool = dataset, prefixes, pool
        self._files: list[Future[tuple[str, Described]]] = []
        self._measure(dataset)

    def serialize(self, parts: Iterable[bytes], written: ox.RdfFormat, syntax: ox.RdfFormat) -> None:
        """Write what a document, given in parts, says in ``syntax``."""
        path = self._dataset.with_suffix(f".{syntax.file_extension}")
        quads = ox.parse(io.BufferedReader(_Parts(parts), MEGABYTE), format=written, lenient=True)
        ox.serialize(quads, path, format=syntax, prefixes=self._prefixes)
        self._measure(path)

    def described(self) -> dict[str, Described]:
        """Return name → size and checksum of every file, when all are written."""
        return dict(sorted(file.result() for file in self._files))

    def _measure(self, path: Path) -> None:
        self._files.append(self._pool.submit(_measured, path))
        for compress in (_gzip, _zstandard):
            self._files.append(self._pool.submit(compress, path))


def _gzip(path: Path) -> tuple[str, Described]:
    compressed = path.with_name(f"{path.name}.gz")
    with (
        path.open("rb") as whole,
        compressed.open("wb") as file,
        gzip.GzipFile("", "wb", _GZIP_LEVEL, file, mtime=0) as stream,
    ):
        shutil.copyfileobj(whole, stream, 1 << 20)
    return _measured(compressed)


def _zstandard(path: Path) -> tuple[str, Described]:
    compressed = path.with_name(f"{path.name}.zst")
    compressor = zstandard.ZstdCompressor(_ZSTANDARD_LEVEL, write_checksum=True)
    with path.open("rb") as whole, compressed.open("wb") as file:
        compressor.copy_stream(whole, file, size=path.stat().st_size)
    return _measured(compressed)


def _measured(path: Path) -> tuple[str, Described]:
    with path.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    return path.name, {"bytes": path.stat().st_size, "sha256": checksum}


def _difference(previous: Path | None, dataset: Path) -> dict[str, int]:
    """Return how many statements were added and removed."""
    if previous is None:
        return {"added": 0, "removed": 0}
    signs = Counter(sign for sign, _ in differing(file_blocks(previous), file_blocks(dataset)))
    return {"added": signs["+"], "removed": signs["-"]}
