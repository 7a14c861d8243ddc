"""A dataset: named graphs, each remembering its file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

DERIVED_GRAPHS = ("derived", "inferred")
"""Graphs that no file holds: what follows mechanically, and the claims that rules infer."""

THINGS = "things.txt"
"""File of a release with the paths, below the base, of the things that have documents; one a line, sorted."""


@dataclass(frozen=True)
class NamedGraph:
    """The authored statements of one file."""

    name: ox.NamedNode
    path: Path
    quads: list[ox.Quad]


@dataclass(frozen=True)
class BulkSource:
    """A file whose statements are too many to be held; it may have many named graphs."""

    path: Path
    graphs: frozenset[ox.NamedNode]
    statements: int


@dataclass(frozen=True)
class Dataset:
    """All authored graphs under one base, with the prefixes they are written with."""

    base: str
    prefixes: dict[str, str]
    graphs: list[NamedGraph]
    """The graphs of the files that are held."""

    bulk: tuple[BulkSource, ...] = ()
    """The other files, as far as they were read."""

    @property
    def derived_graphs(self) -> list[str]:
        """Names of the graphs that rules fill."""
        return [f"{self.base}graph/{name}" for name in DERIVED_GRAPHS]

    @cached_property
    def bulk_graphs(self) -> Mapping[object, BulkSource]:
        """The graphs of the files that are not held, each with its file."""
        return {graph: source for source in self.bulk for graph in source.graphs}

    def quads(self) -> Iterator[ox.Quad]:
        """Yield every authored quad that is held, graph by graph."""
        for graph in self.graphs:
            yield from graph.quads
