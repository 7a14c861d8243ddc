"""The search index of a release: one SQLite file beside its store, written once and opened read-only by all.

Things are numbered in the order in which equally good matches are shown, so that the full-text index (FTS5), which
answers in the order of numbers, never has to sort: the first page of a word that a million things have costs as much as
that of a rare one. Sets of classes are few, and each is one more word of the things that have it; so kinds and classes
are found as words are.
"""

import json
import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from metropolis_kg.model.kinds import LAST, KindsByClass
from metropolis_kg.model.spelling import folded, has_spellings, pieces, plain_words

SEARCH = "search.sqlite"
"""File of a release with its search index."""

VERSION = 1
"""What the file is like; another program may write another."""

LANGUAGES = ("en", "de")
"""Languages in whose order things are listed."""

LONGEST_NAME = 1_000
"""Characters of a name that are kept."""

_FEW_WORDS = 5
MOST_WORDS = 100
"""Words of one thing's names, from the first, by which it is found."""

_SCHEMA = """
PRAGMA page_size = 8192;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
CREATE TABLE facts (name TEXT PRIMARY KEY, value ANY) WITHOUT ROWID;
CREATE TABLE things (id INTEGER PRIMARY KEY, iri TEXT NOT NULL, kept BLOB NOT NULL);
CREATE TABLE names (name TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (name, id)) WITHOUT ROWID;
CREATE TABLE pieces (piece TEXT PRIMARY KEY, words TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE shelves (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, language TEXT NOT NULL, things INTEGER NOT NULL, letters TEXT NOT NULL,
  ids BLOB NOT NULL, UNIQUE (kind, language)
);
CREATE VIRTUAL TABLE found USING fts5 (
  words, content = '', columnsize = 0, detail = none, prefix = '1 2 3', tokenize = "ascii tokenchars '_'"
);
INSERT INTO found (found, rank) VALUES ('hashsize', 67108864);
"""


@dataclass(slots=True)
class Entry:
    """What is known of one thing before it is written."""

    iri: str
    classes: tuple[str, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
    """Language (``""``: none) → what it is called."""

    names: list[tuple[str, str]] = field(default_factory=list)
    """Other names, with their languages."""

    codes: list[str] = field(default_factory=list)
    """Identifiers, and IRIs that others have given to it."""

    notes: dict[str, str] = field(default_factory=dict)
    """Language → a short text about it."""

    when: str = ""
    """When it was, in EDTF."""

    links: int = 0
    """Statements that point to it."""


def write_search(path: Path, entries: Iterable[Entry], prefixes: Mapping[str, str]) -> None:
    """Write the index of ``entries`` to ``path``, which must not exist. Raises OSError.

    ``prefixes`` are those of the classes by which kinds are told. The same entries give the same answers, whatever
    their order.
    """
    kinds = KindsByClass(prefixes)
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.executescript(_SCHEMA)
            database.execute("BEGIN")
            _Writer(database, kinds).write(entries)
            database.execute("INSERT INTO found (found) VALUES ('optimize')")
            database.execute("COMMIT")
    except sqlite3.Error as error:
        raise OSError(f"the search index cannot be written: {error}") from error


@dataclass(slots=True)
class _Placed:
    """An entry, ready to be written."""

    entry: Entry
    kind: str
    keys: tuple[str, ...]
    """What it is sorted by, in each of the languages."""

    words: list[str]
    """The words of its names, plain."""

    names: set[str]
    """Its names, folded and without blanks."""

    @property
    def order(self) -> tuple[int, int, str, str, str]:
        """Its place among equally good matches."""
        return LAST.get(self.kind, 0), -self.entry.links, self.kind, self.keys[0], self.entry.iri


class _Writer:
    def __init__(self, database: sqlite3.Connection, kinds: KindsByClass) -> None:
        self._database, self._kinds = database, kinds

    def write(self, entries: Iterable[Entry]) -> None:
        kinds: dict[tuple[str, ...], str] = {}
        placed: list[_Placed] = []
        for entry in entries:
            kind = kinds.get(entry.classes) or kinds.setdefault(entry.classes, self._kinds.of(entry.classes))
            placed.append(_placed(entry, kind))
        placed.sort(key=lambda each: each.order)
        numbers = {classes: number for number, classes in enumerate(sorted(kinds))}
        self._write_things(placed, numbers)
        self._write_words(placed, numbers)
        self._write_shelves(placed)
        self._write_facts(placed, kinds, numbers)

    def _write_things(self, placed: list[_Placed], numbers: Mapping[tuple[str, ...], int]) -> None:
        rows = (
            (id_, each.entry.iri, orjson.dumps(_kept(each.entry, numbers[each.entry.classes])))
            for id_, each in enumerate(placed, 1)
        )
        self._database.executemany("INSERT INTO things VALUES (?, ?, ?)", rows)
        self._database.execute("CREATE UNIQUE INDEX iris ON things (iri)")

    def _write_words(self, placed: list[_Placed], numbers: Mapping[tuple[str, ...], int]) -> None:
        rows = ((id_, _indexed(each, numbers[each.entry.classes])) for id_, each in enumerate(placed, 1))
        self._database.executemany("INSERT INTO found (rowid, words) VALUES (?, ?)", rows)
        names = sorted((name, id_) for id_, each in enumerate(placed, 1) for name in each.names)
        self._database.executemany("INSERT INTO names VALUES (?, ?)", names)
        known = {word for each in placed for word in each.words}
        self._database.executemany("INSERT INTO pieces VALUES (?, ?)", _by_piece(known | set(map(folded, known))))

    def _write_shelves(self, placed: list[_Placed]) -> None:
        for number, language in enumerate(LANGUAGES):
            shelves: dict[str, list[tuple[str, int]]] = {}
            for id_, each in enumerate(placed, 1):
                shelves.setdefault(each.kind, []).append((each.keys[number], id_))
            for kind, shelf in shelves.items():
                shelf.sort()
                letters = json.dumps(_letters(shelf), ensure_ascii=False)
                row = (kind, language, len(shelf), letters, array("I", (id_ for _, id_ in shelf)).tobytes())
                self._database.execute("INSERT INTO shelves VALUES (NULL, ?, ?, ?, ?, ?)", row)

    def _write_facts(
        self, placed: list[_Placed], kinds: Mapping[tuple[str, ...], str], numbers: Mapping[tuple[str, ...], int]
    ) -> None:
        counts = Counter(each.entry.classes for each in placed)
        signatures = [[kinds[classes], list(classes), counts[classes]] for classes in numbers]
        of_things = array("I", (numbers[each.entry.classes] for each in placed)).tobytes()
        facts = {"version": VERSION, "signatures": json.dumps(signatures), "of": of_things}
        self._database.executemany("INSERT INTO facts VALUES (?, ?)", sorted(facts.items()))


def _placed(entry: Entry, kind: str) -> _Placed:
    read: dict[str, list[str]] = {}
    for name in (*entry.labels.values(), *(name for name, _ in entry.names), *entry.codes):
        if name not in read:
            read[name] = plain_words(name)
    known = dict.fromkeys(word for name, parts in read.items() if "://" not in name for word in parts)
    known |= dict.fromkeys(_together(entry.labels.values(), read))
    keys = tuple(folded(" ".join(read.get(_label(entry, language), ()))) for language in LANGUAGES)
    whole = {folded("".join(parts)) for parts in read.values()} - {""}
    return _Placed(entry, kind, keys, list(known)[:MOST_WORDS], whole)


def _together(names: Iterable[str], read: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield the words of each name in one, where none of them is long enough to be understood if it is misspelt."""
    for name in names:
        parts = read[name]
        if 1 < len(parts) < _FEW_WORDS and not any(map(has_spellings, parts)):
            yield "".join(parts)


def _indexed(placed: _Placed, signature: int) -> str:
    return f"{folded(' '.join(placed.words))} _{signature}"


def _by_piece(known: Iterable[str]) -> list[tuple[str, str]]:
    found: dict[str, list[str]] = {}
    for word in sorted(known):
        if has_spellings(word):
            for piece in pieces(word):
                found.setdefault(piece, []).append(word)
    return sorted((piece, " ".join(words_)) for piece, words_ in found.items())


def _kept(entry: Entry, signature: int) -> list[object]:
    """Return what is shown of a thing, as the reading side knows it."""
    return [signature, entry.labels, entry.names, entry.codes, entry.notes, entry.when, entry.links]


def _label(entry: Entry, language: str) -> str:
    labels = entry.labels
    return labels.get(language) or next(iter(labels.values()), "") or entry.iri


def _letters(shelf: list[tuple[str, int]]) -> dict[str, int]:
    """Return first letter → place from 0 of the first thing on the shelf that begins with it."""
    places: dict[str, int] = {}
    for place, (name, _) in enumerate(shelf):
        first = name[:1]
        places.setdefault(first.upper() if first.isalpha() else "#", place)
    return places
