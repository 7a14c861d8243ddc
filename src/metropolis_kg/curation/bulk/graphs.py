"""The named graphs of a bulk source: what they may be called, where each begins, and whether it is described."""

from collections.abc import Mapping
from pathlib import Path

from metropolis_kg.curation.bulk.blocks import FaultList
from metropolis_kg.model.dataset import DERIVED_GRAPHS
from metropolis_kg.model.identifiers import SLUG


class GraphNames:
    """The graphs of one file, as N-Triples has their names. ``taken`` are those of other files."""

    def __init__(self, base: str, taken: Mapping[str, Path], refused: FaultList) -> None:
        self._base, self._taken, self._refused = base, taken, refused
        self.begin: dict[bytes, int] = {}
        """Where each graph begins: the line of its first statement."""
        self._described: set[bytes] = set()

    def enter(self, graph: bytes, line: int) -> None:
        """Note that the first statement of ``graph`` stands on ``line``; refuse a name that will not do."""
        self.begin[graph] = line
        iri = graph[1:-1].decode()
        name = iri.removeprefix(f"{self._base}graph/")
        if name == iri or not SLUG.fullmatch(name):
            self._refused.add("foreign-graph", line, name=iri, base=self._base)
        elif name in DERIVED_GRAPHS:
            self._refused.add("reserved-graph", line, name=name)
        elif name in self._taken:
            self._refused.add("graph-in-two-files", line, name=name, other=self._taken[name])

    def describe(self, graph: bytes) -> None:
        """Note that a graph says something about itself."""
        self._described.add(graph)

    def tell_undescribed(self, found: FaultList) -> None:
        """Note each graph that says nothing about itself, where it begins."""
        for graph, line in self.begin.items():
            if graph not in self._described:
                found.add("bulk-graph-not-described", line, name=graph[1:-1].decode().rpartition("/")[2])

    @property
    def names(self) -> list[str]:
        """The names of the graphs below ``graph/``."""
        return [graph[1:-1].decode().removeprefix(f"{self._base}graph/") for graph in self.begin]
