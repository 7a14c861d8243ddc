"""From the bulk sources to one file of canonical N-Quads under the deployed base, with all that is checked on the way.

What is said of a single statement or graph is told here, by the line that is at hand; what needs other statements is
asked of the store (``checking``). Nothing is held but what is told, the names of graphs, and distinct values for a
while.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.bulk.blocks import Block, FaultList
from metropolis_kg.curation.bulk.graphs import GraphNames
from metropolis_kg.curation.bulk.kinds import STREAMED, TABLES, suffix_of
from metropolis_kg.curation.bulk.rebasing import BlockRebase
from metropolis_kg.curation.bulk.statements import StatementChecks, Vocabulary, without_nameless
from metropolis_kg.curation.diagnostics import Diagnostic
from metropolis_kg.curation.imports.sources import KnownThings, read_table
from metropolis_kg.curation.progress import SILENT, Steps
from metropolis_kg.curation.sources import bulk_files, graph_name
from metropolis_kg.curation.steps import End
from metropolis_kg.curation.terms import declared_terms
from metropolis_kg.errors import ContentError, ContentErrors
from metropolis_kg.model.dataset import BulkSource, Dataset
from metropolis_kg.model.namespaces import CANONICAL_BASE


@dataclass(frozen=True)
class Streamed:
    """What came of one file."""

    source: BulkSource
    faults: tuple[ContentError, ...]
    """What is wrong with single statements and graphs."""

    times: tuple[Diagnostic, ...]
    """Times that are impossible."""

    rewritten: Mapping[bytes, End]
    """Literals in N-Triples form that the store keeps otherwise, and how."""


def stream(dataset: Dataset, content: Content, spool: BinaryIO, steps: Steps = SILENT) -> list[Streamed]:
    """Write the statements of the bulk sources of ``content`` to ``spool``, and return what came of each file.

    ``dataset`` is what is held of the content. Raises ContentErrors with what cannot be read, by file and line.
    """
    vocabulary = Vocabulary.of(declared_terms(dataset, content), dataset.prefixes)
    taken = {graph.name.value.rpartition("/")[2]: content.relative(graph.path) for graph in dataset.graphs}
    files = bulk_files(content)
    known = KnownThings.of(dataset, content) if any(suffix_of(path) in TABLES for path in files) else None
    streamed: list[Streamed] = []
    errors: list[ContentError] = []
    for path in files:
        steps.begin(f"reading {content.relative(path)}")
        reading = _Reading(path, content.relative(path), dataset.base, vocabulary, taken, steps, known)
        try:
            streamed.append(reading.into(spool))
        except ContentErrors as found:
            errors += found.errors
        taken |= dict.fromkeys(reading.graphs.names, content.relative(path))
    if errors:
        raise ContentErrors(errors)
    return streamed


class _Reading:
    """One file while it is read."""

    def __init__(
        self,
        path: Path,
        place: Path,
        base: str,
        vocabulary: Vocabulary,
        taken: Mapping[str, Path],
        steps: Steps,
        known: KnownThings | None,
    ) -> None:
        self._path, self._place, self._steps, self._size = path, place, steps, path.stat().st_size or 1
        self._known = known
        self._refused, self._found, self._timed = FaultList(place), FaultList(place), FaultList(place)
        self.graphs = GraphNames(base, taken, self._refused)
        self._rebased = BlockRebase(base)
        self._checks = StatementChecks(vocabulary, self.graphs, self._found, self._timed)

    def into(self, spool: BinaryIO) -> Streamed:
        """Write the statements to ``spool``. Raises ContentErrors with what cannot be read."""
        count = 0
        try:
            for block in self._blocks():
                self._checks.look_at(block)
                spool.write(block.statements)
                count += len(block.lines)
        except ContentError as error:
            own = error.path == self._path
            raise ContentErrors([*self._refused, error.within(self._place) if own else error]) from error
        if self._refused.are_grave:
            raise ContentErrors(list(self._refused))
        self._tell_of_the_whole(count)
        names = frozenset(ox.NamedNode(graph[1:-1].decode()) for graph in self.graphs.begin)
        faults = (*self._refused, *self._found, *self._timed.more())
        return Streamed(
            BulkSource(self._path, names, count), faults, tuple(self._checks.times), self._checks.rewritten
        )  # fmt: skip

    def _blocks(self) -> Iterator[Block]:
        for block in self._read():
            named = without_nameless(block, self._refused)
            self._steps.share(block.read / self._size)
            yield named._replace(statements=self._rebased(named.statements))

    def _read(self) -> Iterator[Block]:
        """Yield the statements as they are read, and make things known to the tables that come later."""
        suffix = suffix_of(self._path) or ""
        if suffix in TABLES and self._known:
            yield from read_table(self._path, self._place, self._refused, self._known)
            return
        for block in STREAMED[suffix](self._path, graph_name(self._path, CANONICAL_BASE), self._refused):
            if self._known:
                self._known.add(block.statements)
            yield block

    def _tell_of_the_whole(self, count: int) -> None:
        self.graphs.tell_undescribed(self._found)
        if not count:
            self._found.add("empty-file")
