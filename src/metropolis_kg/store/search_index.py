"""The search index of a release as processes and threads read it, at the same time and without locks."""

import json
from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import orjson
from rapidfuzz.distance import OSA

from metropolis_kg.model.spelling import edits, folded, likely_pieces
from metropolis_kg.store.protocol import QueryTimeoutError
from metropolis_kg.store.read_only import ReadOnlyFile
from metropolis_kg.store.search_entry import LANGUAGES
from metropolis_kg.store.search_file import VERSION
from metropolis_kg.store.search_results import Compared, Found, Shelf
from metropolis_kg.store.search_text import every, having

_MOST_SPELLINGS = 40
_SECONDS = 2.0


class SearchIndex(ReadOnlyFile):
    """The search index in one file."""

    def __init__(self, path: Path) -> None:
        """Open nothing yet."""
        super().__init__(path, "The search index", VERSION)

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
        with self.connection().blobopen("shelves", "ids", number, readonly=True) as blob:
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
        """End what is asked within, when it takes too long. Raises QueryTimeoutError."""
        try:
            with self.within(_SECONDS):
                yield
        except QueryTimeoutError as error:
            raise QueryTimeoutError(f"The search took more than {_SECONDS:g} seconds; try longer words.") from error

    @cached_property
    def _signatures(self) -> list[tuple[str, list[str], int]]:
        found: list[tuple[str, list[str], int]] = json.loads(self.fact("signatures"))
        return found

    @cached_property
    def _kinds(self) -> list[str]:
        return [kind for kind, _, _ in self._signatures]

    @cached_property
    def _of(self) -> "array[int]":
        numbers = array("I")
        numbers.frombytes(self.fact("of"))
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
