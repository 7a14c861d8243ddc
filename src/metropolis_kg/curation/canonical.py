"""RDF Dataset Canonicalization (RDFC-1.0): the canonical N-Quads of a dataset, in bounded memory.

A dataset without blank nodes is canonical once its canonical N-Quads lines are sorted by code point and each stands
once (RDFC-1.0 section 4.4.3 has nothing to relabel then); ours has none. Of one that has, the statements about blank
nodes go through the full algorithm, which looks at no others.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.curation.progress import SILENT, Share
from metropolis_kg.store.sorted_lines import MEGABYTE, SortedLines

Lines = list[bytes]

_READ = 4 * MEGABYTE
_BLANK = re.compile(rb"^_:|^[^ ]+ [^ ]+ _:| _:[^ ]+ \.$")
"""Where a statement has a blank node."""


def has_blank_node(line: bytes) -> bool:
    """Return whether a statement, a line of canonical N-Quads, has a blank node."""
    return b"_:" in line and _BLANK.search(line) is not None


def canonical_lines(nquads: bytes) -> Lines:
    """Return the canonical N-Quads lines, without line ends, of canonical N-Quads in any order."""
    if b"_:" in nquads:
        nquads = _relabelled(nquads)
    return sorted(set(nquads.splitlines()))


def write_canonical(raw: Sequence[Path], dataset: Path, share: Share = SILENT.share) -> None:
    """Write to ``dataset`` the canonical N-Quads of the files ``raw``, canonical N-Quads in any order.

    The files are removed. Memory grows with the statements about blank nodes only. ``share`` is told how much is done.
    Raises OSError.
    """
    statements, blank = SortedLines(dataset.parent), Lines()
    size, done = sum(path.stat().st_size for path in raw) or 1, 0
    for path in raw:
        for text in _texts(path):
            lines = text.splitlines(keepends=True)
            if b"_:" in text:
                blank += filter(has_blank_node, lines)
                lines = [line for line in lines if not has_blank_node(line)]
            statements.extend(lines)
            done += len(text)
            share(done / size / 2)
        path.unlink()
    if blank:
        statements.extend(_relabelled(b"".join(blank)).splitlines(keepends=True))
    with dataset.open("wb") as file:
        for block in statements.blocks():
            file.writelines(block)
            share(0.5 + file.tell() / size / 2)


def _texts(path: Path) -> Iterator[bytes]:
    """Yield the text of a file, some megabytes of whole lines at a time."""
    with path.open("rb") as file:
        while text := file.read(_READ):
            text += file.readline()
            yield text if text.endswith(b"\n") else text + b"\n"


def _relabelled(nquads: bytes) -> bytes:
    dataset = ox.Dataset(ox.parse(nquads, format=ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b""


def digest(canonical: Iterable[bytes]) -> str:
    """Return the SHA-256, in hexadecimal, of a canonical document (RDFC-1.0), given in parts."""
    found = sha256()
    for part in canonical:
        found.update(part)
    return found.hexdigest()


def in_graph(triples: bytes, graph: str) -> bytes:
    """Return canonical N-Triples as N-Quads: `` .`` and a line feed stand at the end of a line and nowhere else."""
    return triples.replace(b" .\n", f" <{graph}> .\n".encode())


def without_graph(quads: bytes, graph: str) -> bytes:
    """Return canonical N-Quads, all of ``graph``, as N-Triples."""
    return quads.replace(f" <{graph}> .\n".encode(), b" .\n")
