"""Everything that was written: what is held, and one file with what the bulk sources say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, cast

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.bulk.streaming import Streamed, stream
from metropolis_kg.curation.progress import SILENT, Steps, WatchedFile
from metropolis_kg.curation.sources import bulk_files, read_dataset
from metropolis_kg.curation.steps import End
from metropolis_kg.model.dataset import Dataset

_DERIVED_FOR_ONE = 3
"""Statements that the rules derive for one that is written (measured on tenures with evidence: 3.4)."""


@dataclass(frozen=True)
class Authored:
    """What stewards and programs wrote, under one base."""

    dataset: Dataset
    """What is held, with the names of the graphs that are not."""

    spool: Path | None = None
    """The statements of the bulk sources as canonical N-Quads; none where there are no such sources."""

    streamed: Sequence[Streamed] = ()
    """What came of each bulk source."""

    @property
    def expected(self) -> int:
        """About how many statements there will be with those that are derived."""
        held = sum(len(graph.quads) for graph in self.dataset.graphs)
        return (held + sum(each.source.statements for each in self.streamed)) * (1 + _DERIVED_FOR_ONE)

    @property
    def forms(self) -> dict[bytes, End]:
        """Literals of the bulk sources that the store keeps otherwise, as N-Triples has them, and how."""
        return {value: kept for each in self.streamed for value, kept in each.rewritten.items()}

    def load_into(self, store: ox.Store, steps: Steps = SILENT) -> None:
        """Load all statements into ``store``."""
        store.bulk_extend(self.dataset.quads())
        if self.spool:
            with WatchedFile(self.spool, steps.share) as file:
                store.bulk_load(cast(BinaryIO, file), format=ox.RdfFormat.N_QUADS, lenient=True)


def read_authored(content: Content, base: str, spool: Path, steps: Steps = SILENT) -> Authored:
    """Return everything that is written in ``content``, under ``base``; what is not held goes to the file ``spool``.

    Raises ContentErrors with everything that cannot be read, by file and line.
    """
    dataset = read_dataset(content, base)
    if not bulk_files(content):
        return Authored(dataset)
    with spool.open("wb") as file:
        streamed = stream(dataset, content, file, steps)
    return Authored(replace(dataset, bulk=tuple(each.source for each in streamed)), spool, streamed)
