"""RDF Dataset Canonicalization (RDFC-1.0): the canonical N-Quads of a dataset, and digests of it.

A dataset without blank nodes is canonical once its canonical N-Quads lines are sorted by code point and each stands
once (RDFC-1.0 section 4.4.3 has nothing to relabel then); ours has none. One that has goes through the full algorithm.
"""

from collections.abc import Iterable
from hashlib import sha256
from itertools import groupby

import pyoxigraph as ox

Lines = list[bytes]


def canonical_lines(nquads: bytes) -> Lines:
    """Return the canonical N-Quads lines, without line ends, of canonical N-Quads in any order."""
    if b" _:" in nquads or b"\n_:" in nquads or nquads.startswith(b"_:"):
        nquads = _relabelled(nquads)
    return sorted(set(nquads.splitlines()))


def _relabelled(nquads: bytes) -> bytes:
    dataset = ox.Dataset(ox.parse(nquads, format=ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b""


def document(lines: Iterable[bytes]) -> bytes:
    """Return lines as a document: each with its line end."""
    joined = b"\n".join(lines)
    return joined + b"\n" if joined else b""


def digest(canonical: bytes) -> str:
    """Return the SHA-256, in hexadecimal, of a canonical document (RDFC-1.0)."""
    return sha256(canonical).hexdigest()


def by_graph(lines: Lines) -> dict[str, Lines]:
    """Return graph IRI → its canonical N-Triples lines, from canonical N-Quads lines whose graphs are named by IRIs."""
    graphs: dict[bytes, Lines] = {}
    for line in lines:
        triple, graph, _ = line.rsplit(b" ", 2)
        graphs.setdefault(graph, []).append(triple + b" .")
    return {graph[1:-1].decode(): triples for graph, triples in sorted(graphs.items())}


def union(lines: Lines) -> Lines:
    """Return the canonical N-Triples lines of the union of all graphs, from canonical N-Quads lines.

    Of sorted lines, those of one triple in several graphs follow each other: they begin alike up to the graph's name.
    """
    triples = (line.rsplit(b" ", 2)[0] + b" ." for line in lines)
    return [triple for triple, _ in groupby(triples)]


def in_graph(triples: bytes, graph: str) -> bytes:
    """Return canonical N-Triples as N-Quads: `` .`` and a line feed stand at the end of a line and nowhere else."""
    return triples.replace(b" .\n", f" <{graph}> .\n".encode())
