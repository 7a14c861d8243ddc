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
from metropolis_kg.model.spelling import fold, has_spellings, pieces, words

SEARCH = "search.sqlite"
"""File of a release with its search index."""

VERSION = 1
"""What the file is like; another program may write another."""

LANGUAGES = ("en", "de")
"""Languages in whose order things are listed."""

LONGEST_NAME = 1_000
"""Characters of a name that are kept."""

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


class _Writer:
    def __init__(self, database: sqlite3.Connection, kinds: KindsByClass) -> None:
        self._database, self._kinds = database, kinds

    def write(self, entries: Iterable[Entry]) -> None:
        kinds = self._kinds
        signatures: dict[tuple[str, ...], str] = {}
        placed: list[tuple[int, int, str, str, str, Entry]] = []
        for entry in entries:
            kind = signatures.get(entry.classes) or signatures.setdefault(entry.classes, kinds.of(entry.classes))
            label = _label(entry, LANGUAGES[0])
            placed.append((LAST.get(kind, 0), -entry.links, kind, fold(label), entry.iri, entry))
        placed.sort(key=lambda each: each[:5])
        ordered = [each[-1] for each in placed]
        numbers = {classes: number for number, classes in enumerate(sorted(signatures))}
        self._write_things(ordered, numbers)
        self._write_words(ordered, numbers)
        self._write_shelves(ordered, signatures)
        self._write_facts(ordered, signatures, numbers)

    def _write_things(self, entries: list[Entry], numbers: Mapping[tuple[str, ...], int]) -> None:
        rows = (
            (id_, entry.iri, orjson.dumps(_kept(entry, numbers[entry.classes]))) for id_, entry in enumerate(entries, 1)
        )
        self._database.executemany("INSERT INTO things VALUES (?, ?, ?)", rows)
        self._database.execute("CREATE UNIQUE INDEX iris ON things (iri)")

    def _write_words(self, entries: list[Entry], numbers: Mapping[tuple[str, ...], int]) -> None:
        known: set[str] = set()
        names: list[tuple[str, int]] = []
        rows: list[tuple[int, str]] = []
        for id_, entry in enumerate(entries, 1):
            found: dict[str, None] = {}
            whole: set[str] = set()
            for name in _names(entry):
                parts = words(name)
                found.update(dict.fromkeys(parts))
                whole.add("".join(parts))
            of_thing = list(found)[:MOST_WORDS]
            known.update(of_thing)
            names += [(name, id_) for name in whole if name]
            names += [(squeezed, id_) for code in entry.codes if "://" in code and (squeezed := "".join(words(code)))]
            rows.append((id_, f"{' '.join(of_thing)} _{numbers[entry.classes]}"))
        self._database.executemany("INSERT INTO found (rowid, words) VALUES (?, ?)", rows)
        self._database.executemany("INSERT OR IGNORE INTO names VALUES (?, ?)", sorted(names))
        self._database.executemany("INSERT INTO pieces VALUES (?, ?)", _by_piece(known))

    def _write_shelves(self, entries: list[Entry], kinds: Mapping[tuple[str, ...], str]) -> None:
        for language in LANGUAGES:
            shelves: dict[str, list[tuple[str, int]]] = {}
            for id_, entry in enumerate(entries, 1):
                shelves.setdefault(kinds[entry.classes], []).append((" ".join(words(_label(entry, language))), id_))
            for kind, shelf in shelves.items():
                shelf.sort()
                letters = json.dumps(_letters(shelf), ensure_ascii=False)
                row = (kind, language, len(shelf), letters, array("I", (id_ for _, id_ in shelf)).tobytes())
                self._database.execute("INSERT INTO shelves VALUES (NULL, ?, ?, ?, ?, ?)", row)

    def _write_facts(
        self, entries: list[Entry], kinds: Mapping[tuple[str, ...], str], numbers: Mapping[tuple[str, ...], int]
    ) -> None:
        counts = Counter(entry.classes for entry in entries)
        signatures = [[kinds[classes], list(classes), counts[classes]] for classes in numbers]
        of_things = array("I", (numbers[entry.classes] for entry in entries)).tobytes()
        facts = {"version": VERSION, "things": len(entries), "signatures": json.dumps(signatures), "of": of_things}
        self._database.executemany("INSERT INTO facts VALUES (?, ?)", sorted(facts.items()))


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


def _names(entry: Entry) -> Iterator[str]:
    yield from entry.labels.values()
    for name, _ in entry.names:
        yield name
    for code in entry.codes:
        if "://" not in code:
            yield code


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
