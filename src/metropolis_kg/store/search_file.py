"""The search index of a release: one SQLite file beside its store, written once and opened read-only by all.

Things are numbered in the order in which equally good matches are shown, so that the full-text index (FTS5), which
answers in the order of numbers, never has to sort: the first page of a word that a million things have costs as much as
that of a rare one. Sets of classes are few, and each is one more word of the things that have it; so kinds and classes
are found as words are. What grows with the release is sorted outside of memory; of each thing four bytes are held.
"""

import json
import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from itertools import groupby
from pathlib import Path

from metropolis_kg.model.kinds import KindsByClass
from metropolis_kg.model.spelling import folded, has_spellings, pieces
from metropolis_kg.store.search_entry import LANGUAGES, Entry
from metropolis_kg.store.search_records import Record, record_line
from metropolis_kg.store.sorted_lines import SortedLines

SEARCH = "search.sqlite"
"""File of a release with its search index."""

VERSION = 1
"""What the file is like; another program may write another."""

_KNOWN_WORDS = 100_000
"""Words that are held before they are put away."""

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


def write_search(path: Path, entries: Iterable[Entry], prefixes: Mapping[str, str]) -> None:
    """Write the index of ``entries`` to ``path``, which must not exist. Raises OSError.

    ``prefixes`` are those of the classes by which kinds are told. The same entries give the same answers, whatever
    their order.
    """
    things = _Things(path.parent, KindsByClass(prefixes))
    for entry in entries:
        things.add(entry)
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.executescript(_SCHEMA)
            database.execute("BEGIN")
            _Writer(database, things, path.parent).write()
            database.execute("INSERT INTO found (found) VALUES ('optimize')")
            database.execute("COMMIT")
    except sqlite3.Error as error:
        raise OSError(f"the search index cannot be written: {error}") from error


class _Things:
    """All things in the order in which equally good matches are shown, and the sets of their classes."""

    def __init__(self, folder: Path, kinds: KindsByClass) -> None:
        self._lines, self._kinds = SortedLines(folder), kinds
        self._classes: dict[tuple[str, ...], tuple[int, str]] = {}

    def add(self, entry: Entry) -> None:
        known = self._classes.get(entry.classes)
        if known is None:
            known = self._classes[entry.classes] = len(self._classes), self._kinds.of(entry.classes)
        number, kind = known
        self._lines.extend([record_line(entry, kind, number)])

    def signatures(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return kind and classes of each set of classes, by their numbers in the index."""
        return [(self._classes[classes][1], classes) for classes in sorted(self._classes)]

    def __iter__(self) -> Iterator[tuple[int, Record, int]]:
        """Yield the number of each thing, the thing, and the number of its set of classes."""
        numbers = {self._classes[classes][0]: number for number, classes in enumerate(sorted(self._classes))}
        for id_, line in enumerate(self._lines.lines(), 1):
            record = Record.read(line)
            yield id_, record, numbers[record.signature]


class _Writer:
    def __init__(self, database: sqlite3.Connection, things: _Things, folder: Path) -> None:
        self._database, self._things = database, things
        self._names, self._shelves, self._pieces = SortedLines(folder), SortedLines(folder), SortedLines(folder)
        self._words: set[str] = set()
        self._kinds: dict[str, int] = {}
        self._signatures = array("I")

    def write(self) -> None:
        rows = ((id_, record.iri, record.kept(signature)) for id_, record, signature in self._things)
        self._database.executemany("INSERT INTO things VALUES (?, ?, ?)", rows)
        self._database.execute("CREATE UNIQUE INDEX iris ON things (iri)")
        self._database.executemany("INSERT INTO found (rowid, words) VALUES (?, ?)", self._found())
        self._database.executemany("INSERT INTO names VALUES (?, ?)", map(_named, self._names.lines()))
        self._put_words_away()
        self._database.executemany("INSERT INTO pieces VALUES (?, ?)", _pieces(self._pieces.lines()))
        self._database.executemany("INSERT INTO shelves VALUES (NULL, ?, ?, ?, ?, ?)", self._shelf_rows())
        self._database.executemany("INSERT INTO facts VALUES (?, ?)", self._facts())

    def _found(self) -> Iterator[tuple[int, str]]:
        """Yield the number and the words of each thing; what else is written of them is gathered on the way."""
        for id_, record, signature in self._things:
            self._gather(id_, record)
            self._signatures.append(signature)
            yield id_, record.indexed(signature)

    def _gather(self, id_: int, record: Record) -> None:
        self._names.extend([f"{name}\t{id_:010}\n".encode() for name in record.names])
        kind = self._kinds.setdefault(record.kind, len(self._kinds))
        keys = enumerate(record.keys)
        self._shelves.extend([f"{language}\t{kind:02}\t{key}\t{id_:010}\n".encode() for language, key in keys])
        self._words.update(record.words.split())
        if len(self._words) > _KNOWN_WORDS:
            self._put_words_away()

    def _put_words_away(self) -> None:
        known = self._words | set(map(folded, self._words))
        spelt = filter(has_spellings, known)
        self._pieces.extend([f"{piece}\t{word}\n".encode() for word in spelt for piece in pieces(word)])
        self._words = set()

    def _shelf_rows(self) -> Iterator[tuple[str, str, int, str, bytes]]:
        kinds = list(self._kinds)
        lines = (line.decode().rstrip("\n").split("\t") for line in self._shelves.lines())
        for (language, kind), shelf in groupby(lines, lambda line: line[:2]):
            ids, letters = array("I"), dict[str, int]()
            for place, (_, _, key, id_) in enumerate(shelf):
                letters.setdefault(_letter(key), place)
                ids.append(int(id_))
            told = json.dumps(letters, ensure_ascii=False)
            yield kinds[int(kind)], LANGUAGES[int(language)], len(ids), told, ids.tobytes()

    def _facts(self) -> list[tuple[str, object]]:
        counts = Counter(self._signatures)
        signatures = [[kind, classes, counts[of]] for of, (kind, classes) in enumerate(self._things.signatures())]
        facts = {"version": VERSION, "signatures": json.dumps(signatures), "of": self._signatures.tobytes()}
        return sorted(facts.items())


def _named(line: bytes) -> tuple[str, int]:
    name, _, id_ = line.decode().partition("\t")
    return name, int(id_)


def _pieces(lines: Iterable[bytes]) -> Iterator[tuple[str, str]]:
    pairs = (line.decode().rstrip("\n").split("\t") for line in lines)
    for piece, same in groupby(pairs, lambda pair: pair[0]):
        yield piece, " ".join(word for _, word in same)


def _letter(name: str) -> str:
    first = name[:1]
    return first.upper() if first.isalpha() else "#"
