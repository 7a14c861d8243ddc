"""The search index of a remote store: what has a name is read from there once, and anew when that is a while ago.

Nobody says when such a store changes. So what is found may be some minutes behind what its documents say.
"""

import tempfile
import threading
import time
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import find_content
from metropolis_kg.errors import MetropolisError
from metropolis_kg.publication.own_queries import rows
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.store.search_entries import Draft, roles
from metropolis_kg.store.search_entry import Entry
from metropolis_kg.store.search_file import SEARCH, write_search
from metropolis_kg.store.search_index import SearchIndex

MOST_STATEMENTS = 200_000
"""Statements that are read from a remote store; names.rq asks for one more."""

KEPT = 600
"""Seconds after which they are read anew."""


class SearchUnavailableError(MetropolisError):
    """The release cannot be searched."""


class RemoteIndex:
    """Makes the index when it is first needed, in a temporary file, and again when it is old. Threads may share it."""

    def __init__(self, release: OpenRelease) -> None:
        """Ask nothing yet."""
        self._release, self._making = release, threading.Lock()
        self._made: tuple[float, SearchIndex, tempfile.TemporaryDirectory[str]] | None = None

    def index(self) -> SearchIndex:
        """Return the index; while one thread makes a new one, others go on with the old one.

        Raises SearchUnavailableError where there is too much to read, and what the store raises.
        """
        made = self._made
        if made and time.monotonic() - made[0] < KEPT:
            return made[1]
        if not self._making.acquire(blocking=made is None) and made:
            return made[1]
        try:
            if self._made is made:
                self._made = self._make()
            return self._made[1] if self._made else self.index()
        finally:
            self._making.release()

    def _make(self) -> "tuple[float, SearchIndex, tempfile.TemporaryDirectory[str]]":
        folder = tempfile.TemporaryDirectory(prefix="metropolis-kg-search-")
        path = Path(folder.name) / SEARCH
        write_search(path, _entries(self._release), self._release.prefixes)
        return time.monotonic(), SearchIndex(path), folder


def _entries(release: OpenRelease) -> list[Entry]:
    """Return what search knows of each thing. Raises SearchUnavailableError, and what the store raises."""
    queries = find_content().queries / "search"  # the program's own, whatever content it serves
    known = roles(release.prefixes)
    found = rows(release, queries / "names.rq", {"property": [ox.NamedNode(iri) for iri in known]})
    if len(found) > MOST_STATEMENTS:
        raise SearchUnavailableError(
            f"The store has more than the {MOST_STATEMENTS:,} names, classes and times that are read from a remote "
            "one. A release that 'metropolis-kg build' makes can be searched whatever its size."
        )
    drafts: dict[str, Draft] = {}
    for row in found:
        value, role = row["value"], known[row["property"]["value"]]
        drafts.setdefault(row["thing"]["value"], Draft()).add(role, value["value"], value.get("xml:lang", ""))
    links = {row["thing"]["value"]: int(row["links"]["value"]) for row in rows(release, queries / "links.rq")}
    return [draft.entry(iri, links.get(iri, 0)) for iri, draft in drafts.items() if draft.is_sought(iri, release.base)]
