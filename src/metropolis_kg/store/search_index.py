"""The search index of a release as processes and threads read it, at the same time and without locks."""

import json
import sqlite3
import threading
import time
from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
from rapidfuzz.distance import OSA

from metropolis_kg.model.spelling import edits, folded, likely_pieces
from metropolis_kg.store.protocol import QueryTimeoutError, StoreUnavailableError
from metropolis_kg.store.search_entry import LANGUAGES
from metropolis_kg.store.search_file import VERSION
from metropolis_kg.store.search_results import Compared, Found, Shelf
from metropolis_kg.store.search_text import every, having

_MOST_SPELLINGS = 40
_SECONDS = 2.0
_STEPS_BETWEEN_LOOKS = 20_000


class SearchIndex:
    """The search index in one file. Threads may share it; each has its own connection."""

    def __init__(self, path: Path) -> None:
        """Open nothing yet."""
        self.path, self._local = path, threading.local()

    def entry(self, iri: str) -> Found | None:
        """Return what is known of ``iri``; none where it is not in the index."""
        rows = self.rows("SELECT iri, kept FROM things WHERE iri = ?", iri)
        return self._found(rows[0], None) if rows else None

    def browse(self, kind: str, limit: int, offset: int = 0, language: str = LANGUAGES[0]) -> Shelf:
        """Return ``limit`` things of ``kind`` from ``offset`` on, in the alphabetical order of their names."""
        shelves = self.rows("SELECT id, things, letters FROM shelves WHERE kind = ? AND language = ?", kind, language)
        if not shelves:
            return Shelf(0, [], {})
        number, things, letters = shelves[0]
        ids = array("I")
        with self._connection().blobopen("shelves", "ids", number, readonly=True) as blob:
            blob.seek(min(offset, things) * ids.itemsize)
            ids.frombytes(blob.read(limit * ids.itemsize))
        return Shelf(things, self.things(ids), json.loads(letters))

    def most_connected(self, kind: str, limit: int) -> list[Found]:
        """Return ``limit`` things of ``kind``, those to which most statements point first."""
        signatures = self.signatures_of(kind, ())
        return self.things(self.matches(having(signatures), limit)) if signatures else []

    @cached_property
    def kinds(self) -> Mapping[str, int]:
        """Kind → number of its things."""
        counts: Counter[str] = Counter()
        for kind, _, number in self._signatures:
            counts[kind] += number
        return counts

    @cached_property
    def types(self) -> Mapping[str, int]:
        """IRI of a class → number of the things that have it."""
        counts: Counter[str] = Counter()
        for _, classes, number in self._signatures:
            counts.update(dict.fromkeys(classes, number))
        return counts

    @property
    def size(self) -> int:
        """How many things there are."""
        return sum(self.kinds.values())

    def kind_of(self, id_: int) -> str:
        """Return the kind of a thing, given its number."""
        return self._kinds[self._of[id_ - 1]]

    def rows(self, query: str, *values: object) -> list[Any]:
        """Return the rows of a query. Raises QueryTimeoutError and StoreUnavailableError."""
        try:
            return self._connection().execute(query, values).fetchall()
        except sqlite3.OperationalError as error:
            if "interrupted" in str(error):
                raise QueryTimeoutError(f"The search took more than {_SECONDS:g} seconds; try longer words.") from error
            raise StoreUnavailableError(f"The search index cannot be read: {error}.") from error
        except sqlite3.DatabaseError as error:
            raise StoreUnavailableError(f"The search index cannot be read: {error}.") from error

    def matches(self, expression: str, most: int) -> list[int]:
        """Return the numbers of up to ``most`` things that fit an expression, in order."""
        query = "SELECT rowid FROM found WHERE found MATCH ? ORDER BY rowid LIMIT ?"
        return [id_ for (id_,) in self.rows(query, expression, most)]

    def named(self, name: str, most: int) -> list[int]:
        """Return the numbers of up to ``most`` things that have a name with just these letters, in order."""
        query = "SELECT id FROM names WHERE name = ? ORDER BY id LIMIT ?"
        return [id_ for (id_,) in self.rows(query, name, most)]

    def knows(self, word: str) -> bool:
        """Tell whether anything has ``word``."""
        return bool(self.matches(every([word]), 1))

    def spellings(self, forms: Collection[str]) -> list[str]:
        """Return the known words that are spelt nearly as one of the ``forms`` of a word, the nearest first."""
        sought = json.dumps(sorted(piece for form in forms for piece in likely_pieces(form)))
        query = "SELECT words FROM pieces WHERE piece IN (SELECT value FROM json_each(?))"
        candidates = {near for (near,) in self.rows(query, sought) for near in near.split()}.difference(forms)
        near = [(min(OSA.distance(form, each, score_cutoff=2) for form in forms), each) for each in candidates]
        fitting = sorted((distance, each) for distance, each in near if distance <= edits(len(each)))
        return list(dict.fromkeys(folded(each) for _, each in fitting[:_MOST_SPELLINGS]))

    @contextmanager
    def in_time(self) -> Iterator[None]:
        """End what is asked within, when it takes too long."""
        self._connection()
        self._local.limit.ends = time.monotonic() + _SECONDS
        try:
            yield
        finally:
            self._local.limit.ends = float("inf")

    @cached_property
    def _signatures(self) -> list[tuple[str, list[str], int]]:
        found: list[tuple[str, list[str], int]] = json.loads(self._fact("signatures"))
        return found

    @cached_property
    def _kinds(self) -> list[str]:
        return [kind for kind, _, _ in self._signatures]

    @cached_property
    def _of(self) -> "array[int]":
        numbers = array("I")
        numbers.frombytes(self._fact("of"))
        return numbers

    def signatures_of(self, kind: str | None, types: Collection[str]) -> set[int]:
        """Return the numbers of the sets of classes of ``kind``, and with one of ``types``, where these are given."""
        wanted = set(types)
        return {
            number
            for number, (known, classes, _) in enumerate(self._signatures)
            if kind in (None, known) and (not wanted or not wanted.isdisjoint(classes))
        }

    def signature_of(self, id_: int) -> int:
        """Return the number of a thing's set of classes, given the thing's number."""
        return self._of[id_ - 1]

    def _fact(self, name: str) -> Any:
        return self.rows("SELECT value FROM facts WHERE name = ?", name)[0][0]

    def things(self, ids: Sequence[int], compared: Compared | None = None) -> list[Found]:
        """Return what is known of things, given their numbers; how well they fit, where that is to be ``compared``."""
        query = "SELECT id, iri, kept FROM things WHERE id IN (SELECT value FROM json_each(?))"
        known = {id_: (iri, kept) for id_, iri, kept in self.rows(query, json.dumps(list(ids)))}
        return [self._found(known[id_], compared) for id_ in ids]

    def _found(self, row: tuple[str, bytes], compared: Compared | None) -> Found:
        iri, kept = row
        signature, labels, names, codes, notes, when, links = orjson.loads(kept)
        kind, classes, _ = self._signatures[signature]
        every = [*((label, language) for language, label in labels.items()), *names, *((code, "") for code in codes)]
        every = every or [(iri, "")]
        matched, language, score, exact = compared.best(every) if compared else (*every[0], 100.0, True)
        return Found(
            iri, labels, kind, tuple(classes), matched, score, exact, language, tuple(codes), notes, when, links
        )

    def _connection(self) -> sqlite3.Connection:
        known: sqlite3.Connection | None = getattr(self._local, "connection", None)
        return known or self._opened()

    def _opened(self) -> sqlite3.Connection:
        """Open the file as what never changes: nothing is locked, and any number of processes read it at once."""
        address = f"file:{quote(str(self.path))}?mode=ro&immutable=1"
        try:
            connection = sqlite3.connect(address, uri=True, isolation_level=None)
            (version,) = connection.execute("SELECT value FROM facts WHERE name = 'version'").fetchone() or (None,)
        except sqlite3.Error as error:
            raise StoreUnavailableError(f"The search index cannot be read: {error}.") from error
        if version != VERSION:
            raise StoreUnavailableError("The search index was written by another version of the program.")
        limit = self._local.limit = _Limit()  # what the handler holds must not lead to the connection again
        connection.set_progress_handler(lambda: time.monotonic() > limit.ends, _STEPS_BETWEEN_LOOKS)
        self._local.connection = connection
        return connection


@dataclass
class _Limit:
    """When what a connection is asked has to end, by the monotonic clock."""

    ends: float = float("inf")
