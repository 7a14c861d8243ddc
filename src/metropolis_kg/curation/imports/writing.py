"""The statements of an import as a file of the content: Turtle as it is laid out, or N-Quads where they are many."""

import gzip
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyoxigraph as ox
import zstandard

from metropolis_kg.curation.bulk.kinds import TABLES, TURTLE, suffix_of
from metropolis_kg.curation.formatting import formatted

MOST_IN_TURTLE = 20_000
"""Statements up to which a file is Turtle, which people can read."""

_ZSTANDARD_LEVEL = 10


def written(quads: list[ox.Quad], suffix: str, prefixes: Mapping[str, str]) -> bytes:
    """Return the bytes of a file with that suffix. The same statements give the same bytes."""
    if suffix == TURTLE:
        return _turtle(quads, prefixes)
    lines = ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
    if suffix == ".nq.gz":
        return gzip.compress(lines, mtime=0)
    return zstandard.compress(lines, _ZSTANDARD_LEVEL) if suffix == ".nq.zst" else lines


def _turtle(quads: list[ox.Quad], prefixes: Mapping[str, str]) -> bytes:
    triples = (ox.Triple(*quad.triple) for quad in _by_subject(quads))
    text = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=dict(prefixes)) or b""
    return formatted(text, prefixes)


def _by_subject(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return the statements of each subject together, subjects in the order in which they are first spoken of."""
    order: dict[object, list[ox.Quad]] = {}
    for quad in quads:
        order.setdefault(quad.subject, []).append(quad)
    return [quad for told in order.values() for quad in told]


def written_as(path: Path) -> str | None:
    """Return the suffix by which the file is written; none where it is none of those."""
    suffix = suffix_of(path)
    return suffix if suffix not in TABLES else None
