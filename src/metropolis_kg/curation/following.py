"""Content that is examined again after each edit: what did not change is neither read nor judged again.

Files are compared by time, size and inode a few times a second. Content has some dozens of files, for which that is
nothing; it needs no library, and works on network drives and in containers, where notices of changes often get lost.
Of a file that was read again only what changed is derived again, and judged with all that follows from it.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pyoxigraph as ox

from metropolis_kg.content import FOLDERS, Content
from metropolis_kg.curation.checking import Findings, examine, judge, unread
from metropolis_kg.curation.rederiving import Rederivation
from metropolis_kg.curation.report import Report
from metropolis_kg.curation.revalidation import Revalidation
from metropolis_kg.curation.rewritten import Rewritten, kept
from metropolis_kg.curation.rules import read_rules
from metropolis_kg.curation.sources import FileState, Known, bulk_files, file_state, read_dataset
from metropolis_kg.curation.validation import ValidationError, validate
from metropolis_kg.errors import ContentError, ContentErrors
from metropolis_kg.model.dataset import Dataset, NamedGraph
from metropolis_kg.model.shapes import ShapesGraph

States = dict[Path, FileState]


class Following:
    """Content while somebody edits it. ``texts`` are those of the sources (``quotations.read_texts``).

    A process with pySHACL is kept; leaving the context ends it.
    """

    def __init__(self, content: Content, texts: Mapping[str, str]) -> None:
        self._content, self._texts = content, texts
        self._known: Known = {}
        self._derived: _Derived | None = None
        self._judged: _Judged | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._forget_report()

    def states(self) -> States:
        """Return what tells whether files of the content were changed, added or removed."""
        folders = (self._states_below(self._content.root / folder) for folder in FOLDERS)
        return {path: state for found in folders for path, state in found.items()}

    def _states_below(self, folder: Path) -> States:
        found: States = {}
        for path in folder.rglob("*"):
            with suppress(ContentError):  # removed meanwhile
                found[path] = file_state(path)
        return {path: state for path, state in found.items() if path.is_file()}

    def examine(self) -> Findings:
        """Return everything found in the content as it is now. Raises what ``checking.examine`` raises.

        Where there are bulk sources, nothing of it is known before.
        """
        try:
            dataset = read_dataset(self._content, known=self._known)
        except ContentErrors as errors:
            return unread(errors, self._content)
        if bulk_files(self._content):
            return examine(self._content, self._texts)
        return judge(dataset, self._content, self._store_of(dataset), self._texts, self._validated)

    def _store_of(self, dataset: Dataset) -> ox.Store:
        """Return what is written and what the rules derive of it; the report that follows it has followed."""
        rules = self._states_of(self._content.queries / "rules")
        if self._derived is None or self._derived.rules != rules:
            self._forget_report()
            self._derived = _Derived.of(dataset, self._content, rules)
            return self._derived.store
        added, removed = self._derived.edited(dataset)
        if self._judged:
            self._judged.apply(added, removed)
        else:
            _apply(self._derived.store, added, removed)
        return self._derived.store

    def _validated(self, store: ox.Store, shapes: ShapesGraph, rewritten: Rewritten) -> Report:
        """Return the report on ``store``, of which only what the last edit can affect is judged.

        Where the store keeps something otherwise than it was written, which stewards are told, all of it is.
        """
        states = self._states_of(self._content.shapes)
        if rewritten or (self._judged and self._judged.shapes != states):
            self._forget_report()
        if rewritten:
            return validate(store, shapes, rewritten)
        if self._judged is None:
            self._judged = _Judged(Revalidation(store, shapes), states)
        return self._judged.report()

    def _states_of(self, folder: Path) -> States:
        """Return the states of the files in a folder, and of the prefixes they are written with."""
        return self._states_below(folder) | {self._content.prefixes_file: file_state(self._content.prefixes_file)}

    def _forget_report(self) -> None:
        if self._judged:
            self._judged.following.close()
            self._judged = None


@dataclass
class _Derived:
    """What is written, with what the rules derive of it, and the state of the files of the rules then."""

    store: ox.Store
    following: Rederivation
    graphs: list[NamedGraph]
    rules: States

    @classmethod
    def of(cls, dataset: Dataset, content: Content, rules: States) -> Self:
        """Return ``dataset`` with all that is derived. Raises ContentError."""
        store = ox.Store()
        store.bulk_extend(dataset.quads())
        following = Rederivation(store, read_rules(content), dataset.prefixes, dataset.base)
        return cls(store, following, dataset.graphs, rules)

    def edited(self, dataset: Dataset) -> tuple[set[ox.Quad], set[ox.Quad]]:
        """Return the quads that come and go as ``dataset`` takes the place of the one before. Raises ContentError."""
        same = {id(graph) for graph in self.graphs} & {id(graph) for graph in dataset.graphs}
        then, now = (
            kept(quad for graph in graphs if id(graph) not in same for quad in graph.quads)
            for graphs in (self.graphs, dataset.graphs)
        )
        changes = self.following.consequences(now - then, then - now)
        self.graphs = dataset.graphs
        return changes


@dataclass
class _Judged:
    """The report that follows a store, and the state of the files of the shapes then."""

    following: Revalidation
    shapes: States
    failed: ValidationError | None = None

    def apply(self, added: Iterable[ox.Quad], removed: Iterable[ox.Quad]) -> None:
        """Change the store; where it cannot be judged then, ``report`` says so."""
        try:
            self.failed = None
            self.following.apply(added, removed)
        except ValidationError as error:
            self.failed = error

    def report(self) -> Report:
        """Return the report on the store as it is now. Raises ValidationError."""
        if self.failed:
            raise self.failed
        return self.following.report


def _apply(store: ox.Store, added: Iterable[ox.Quad], removed: Iterable[ox.Quad]) -> None:
    for quad in removed:
        store.remove(quad)
    store.extend(added)
