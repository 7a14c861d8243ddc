"""Content that is examined again after each edit: what did not change is neither read nor judged again.

Files are compared by time, size and inode a few times a second. Content has some dozens of files, for which that is
nothing; it needs no library, and works on network drives and in containers, where notices of changes often get lost.
What changed in a file is looked for after deriving, so that a fact is judged with all that follows from it.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pyoxigraph as ox

from metropolis_kg.content import FOLDERS, Content
from metropolis_kg.curation.checking import Findings, derive, judge, unread
from metropolis_kg.curation.report import Report
from metropolis_kg.curation.revalidation import Revalidation
from metropolis_kg.curation.sources import FileState, Known, file_state, read_dataset
from metropolis_kg.errors import ContentError, ContentErrors
from metropolis_kg.model.shapes import ShapesGraph

States = dict[Path, FileState]


@dataclass(frozen=True)
class _Judged:
    """What was judged last: the report that follows its store, and the state of the files of the shapes."""

    following: Revalidation
    store: ox.Store
    shapes: States


class Following:
    """Content while somebody edits it. ``texts`` are those of the sources (``quotations.read_texts``).

    A process with pySHACL is kept; leaving the context ends it.
    """

    def __init__(self, content: Content, texts: Mapping[str, str]) -> None:
        self._content, self._texts = content, texts
        self._known: Known = {}
        self._judged: _Judged | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._forget()

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
        """Return everything found in the content as it is now. Raises what ``checking.examine`` raises."""
        try:
            dataset = read_dataset(self._content, known=self._known)
        except ContentErrors as errors:
            return unread(errors, self._content)
        return judge(dataset, self._content, derive(dataset, self._content), self._texts, self._validated)

    def _validated(self, store: ox.Store, shapes: ShapesGraph) -> Report:
        """Return the report on ``store``, of which only the difference to the one before is judged."""
        states = self._states_below(self._content.shapes) | {
            self._content.prefixes_file: file_state(self._content.prefixes_file)
        }
        if self._judged and self._judged.shapes == states:
            now, then = set(store), set(self._judged.store)
            return self._judged.following.apply(added=now - then, removed=then - now)
        self._forget()
        copy = ox.Store()
        copy.bulk_extend(store)
        self._judged = _Judged(Revalidation(copy, shapes), copy, states)
        return self._judged.following.report

    def _forget(self) -> None:
        if self._judged:
            self._judged.following.close()
            self._judged = None
