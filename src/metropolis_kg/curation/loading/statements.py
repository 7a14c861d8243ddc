"""The statements of a dataset as a loader wants them: graph by graph, and those of all graphs once."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

from metropolis_kg.curation.canonical import has_blank_node
from metropolis_kg.curation.grouping import Graphs
from metropolis_kg.errors import ReleaseError
from metropolis_kg.store.sorted_lines import file_blocks

_Each = TypeVar("_Each")


def grouped(dataset: Path, folder: Path) -> Graphs:
    """Return the graphs of canonical N-Quads, put aside in a file without a name in ``folder``.

    Raises ReleaseError where there is a blank node, of which a store does not give back the name; OSError.
    """
    graphs = Graphs(folder)
    for block in file_blocks(dataset):
        by_graph = defaultdict[bytes, list[bytes]](list)
        for line in block:
            if has_blank_node(line):
                raise ReleaseError(f"A release with blank nodes cannot be loaded: {line.decode().strip()[:200]}")
            by_graph[line.rsplit(b" ", 2)[1]].append(line)
        graphs.extend(by_graph)
    return graphs


def triples_of(graphs: Graphs, graph: str) -> Iterator[bytes]:
    """Yield the lines of ``graph`` as sorted N-Triples."""
    end = f" <{graph}> .\n".encode()
    for text in graphs.of(graph):
        for line in text.splitlines(keepends=True):
            yield line.removesuffix(end) + b" .\n"


def union_of(dataset: Path) -> Iterator[bytes]:
    """Yield the statements of all graphs of sorted N-Quads, each once, as sorted N-Triples."""
    last = b""
    for block in file_blocks(dataset):
        for line in block:
            triple = line.rsplit(b" ", 2)[0]
            if triple != last:
                yield triple + b" .\n"
                last = triple


def batches(every: Iterator[_Each], most: int) -> Iterator[list[_Each]]:
    """Yield ``every`` one of them, at most so many at a time."""
    while batch := list(islice(every, most)):
        yield batch
