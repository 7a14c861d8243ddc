"""The dataset in canonical form, and the dumps made of it: in a process of their own, while others validate and load.

Dumps come from the dataset and not from the store, which rewrites some literals.
"""

from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.curation.canonical import Lines, by_graph, canonical_lines, digest, document, in_graph


@dataclass(frozen=True)
class Canonical:
    """What a manifest says of the dataset: digests by RDFC-1.0, counts, and the difference to the release before."""

    digest: str
    quads: int
    graphs: dict[str, dict[str, str | int]]
    difference: dict[str, int]


def write_dumps(raw: Path, dataset: Path, previous: Path | None, prefixes: dict[str, str]) -> Canonical:
    """Write the canonical N-Quads ``dataset``, and beside it ``.trig`` and ``.ttl`` (the union of all graphs).

    ``raw`` holds the dataset as canonical N-Quads in any order, and is removed. ``previous`` is that of the release
    before, where there is one. Raises OSError.
    """
    lines = canonical_lines(raw.read_bytes())
    raw.unlink()
    dataset.write_bytes(document(lines))
    graphs = by_graph(lines)
    _write_trig(graphs, dataset.with_suffix(".trig"), prefixes)
    _write_turtle(graphs, dataset.with_suffix(".ttl"), prefixes)
    described: dict[str, dict[str, str | int]] = {
        name: {"quads": len(triples), "digest": digest(triples)} for name, triples in graphs.items()
    }
    return Canonical(digest(lines), len(lines), described, _difference(previous, lines))


def _write_trig(graphs: dict[str, Lines], path: Path, prefixes: dict[str, str]) -> None:
    grouped = b"".join(in_graph(document(triples), graph) for graph, triples in graphs.items())
    quads = ox.parse(grouped, format=ox.RdfFormat.N_QUADS, lenient=True)
    ox.serialize(quads, path, format=ox.RdfFormat.TRIG, prefixes=prefixes)


def _write_turtle(graphs: dict[str, Lines], path: Path, prefixes: dict[str, str]) -> None:
    union = document(dict.fromkeys(chain.from_iterable(graphs.values())))
    triples = ox.parse(union, format=ox.RdfFormat.N_TRIPLES, lenient=True)
    ox.serialize(triples, path, format=ox.RdfFormat.TURTLE, prefixes=prefixes)


def _difference(previous: Path | None, lines: Lines) -> dict[str, int]:
    if previous is None:
        return {"added": 0, "removed": 0}
    before = set(previous.read_bytes().splitlines())
    kept = sum(line in before for line in lines)
    return {"added": len(lines) - kept, "removed": len(before) - kept}
