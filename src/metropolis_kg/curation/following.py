"""Content that is examined again after each edit: what did not change is not read again.

Files are compared by time, size and inode a few times a second. Content has some dozens of files, for which that is
nothing; it needs no library, and works on network drives and in containers, where notices of changes often get lost.
"""

from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import FOLDERS, Content
from metropolis_kg.curation.checking import Findings, derive, judge, unread
from metropolis_kg.curation.report import Report
from metropolis_kg.curation.sources import FileState, Known, file_state, read_dataset
from metropolis_kg.curation.validation import judge_here, validate
from metropolis_kg.errors import ContentError, ContentErrors
from metropolis_kg.model.shapes import ShapesGraph

States = dict[Path, FileState]


class Following:
    """Content while somebody edits it. ``texts`` are those of the sources (``quotations.read_texts``)."""

    def __init__(self, content: Content, texts: Mapping[str, str]) -> None:
        self._content, self._texts = content, texts
        self._known: Known = {}

    def states(self) -> States:
        """Return what tells whether files of the content were changed, added or removed."""
        found: States = {}
        for folder in FOLDERS:
            for path in (self._content.root / folder).rglob("*"):
                try:
                    found[path] = file_state(path)
                except ContentError:  # removed meanwhile
                    continue
        return {path: state for path, state in found.items() if path.is_file()}

    def examine(self) -> Findings:
        """Return everything found in the content as it is now. Raises what ``checking.examine`` raises."""
        try:
            dataset = read_dataset(self._content, known=self._known)
        except ContentErrors as errors:
            return unread(errors, self._content)
        return judge(dataset, self._content, derive(dataset, self._content), self._texts, self._validated)

    def _validated(self, store: ox.Store, shapes: ShapesGraph) -> Report:
        return validate(store, shapes, judge=judge_here)
