"""The dataset in canonical form, and the dumps made of it: in a process of their own, while others validate and load.

Dumps come from the dataset and not from the store, which rewrites some literals. Each is there as it is, and compressed
by gzip and by Zstandard, so that nothing is compressed while serving. The same dataset gives the same bytes: no time or
file name is written into them.
"""

import gzip
import hashlib
import shutil
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import zstandard

from metropolis_kg.curation.canonical import Lines, by_graph, canonical_lines, digest, document, in_graph, union
from metropolis_kg.curation.statistics import Statistics, statistics
from metropolis_kg.model.dataset import THINGS
from metropolis_kg.model.namespaces import RDF

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


def write_dumps(raw: Path, dataset: Path, previous: Path | None, prefixes: dict[str, str], base: str) -> Canonical:
    """Write the canonical N-Quads ``dataset`` and, beside it, TriG, JSON-LD and Turtle (the union of all graphs).

    Each is written once more with ``.gz`` and ``.zst``; ``things.txt`` names what has a document. ``raw`` holds the
    dataset as canonical N-Quads in any order, and is removed. ``previous`` is that of the release before, where there
    is one. Raises OSError.
    """
    lines = canonical_lines(raw.read_bytes())
    raw.unlink()
    with ThreadPoolExecutor(2) as pool:
        dumps = _Dumps(dataset, prefixes, pool)
        dumps.write(document(lines))
        counted = _write_union(dumps, lines, dataset.with_name(THINGS), base)
        described = _write_grouped(dumps, lines)
        difference, files = _difference(previous, lines), dumps.described()
    return Canonical(str(files[dataset.name]["sha256"]), len(lines), described, counted, files, difference)


def _write_union(dumps: "_Dumps", lines: Lines, things: Path, base: str) -> Statistics:
    """Write what comes of the union of all graphs, and return its counts."""
    triples = union(lines)
    dumps.serialize(document(triples), ox.RdfFormat.N_TRIPLES, ox.RdfFormat.TURTLE)
    counted, subjects = statistics(triples)
    things.write_bytes(document(_documented(subjects, triples, base.encode())))
    return counted


def _write_grouped(dumps: "_Dumps", lines: Lines) -> dict[str, Described]:
    """Write what has the graphs one after the other, and return the size and the digest of each."""
    described: dict[str, Described] = {}
    parts: list[bytes] = []
    for name, triples in by_graph(lines).items():
        text = document(triples)
        described[name] = {"quads": len(triples), "digest": digest(text)}
        parts.append(in_graph(text, name))
    grouped = b"".join(parts)
    for syntax in (ox.RdfFormat.TRIG, ox.RdfFormat.JSON_LD):
        dumps.serialize(grouped, ox.RdfFormat.N_QUADS, syntax)
    return described


def _documented(subjects: Iterable[bytes], triples: Lines, base: bytes) -> Iterable[bytes]:
    """Return the paths of the things and graphs among ``subjects``; what has a fragment has no document of its own.

    Nor has what the ``triples`` say is retired.
    """
    below = (b"<" + base + b"id/", b"<" + base + b"graph/")
    start, retired = len(base) + 1, f" <{RDF}type> <".encode() + base + b"ns#RetiredThing> ."
    gone = {triple.removesuffix(retired) for triple in triples if triple.endswith(retired)}
    there = (subject for subject in subjects if subject.startswith(below) and b"#" not in subject)
    return sorted(subject[start:-1] for subject in there if subject not in gone)


class _Dumps:
    """Writes the files; each is compressed and measured on other threads, while the next one is written."""

    def __init__(self, dataset: Path, prefixes: dict[str, str], pool: ThreadPoolExecutor) -> None:
        self._dataset, self._prefixes, self._pool = dataset, prefixes, pool
        self._files: list[Future[tuple[str, Described]]] = []

    def write(self, text: bytes) -> None:
        """Write the dataset itself."""
        self._dataset.write_bytes(text)
        self._measure(self._dataset)

    def serialize(self, text: bytes, written: ox.RdfFormat, syntax: ox.RdfFormat) -> None:
        """Write what ``text`` says in ``syntax``."""
        path = self._dataset.with_suffix(f".{syntax.file_extension}")
        quads = ox.parse(text, format=written, lenient=True)
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


def _difference(previous: Path | None, lines: Lines) -> dict[str, int]:
    if previous is None:
        return {"added": 0, "removed": 0}
    before = set(previous.read_bytes().splitlines())
    kept = sum(line in before for line in lines)
    return {"added": len(lines) - kept, "removed": len(before) - kept}
