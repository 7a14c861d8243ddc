"""The register of a release: one SQLite file beside its store, written once, of what would else be read whole.

Which claims hold on a day, what rests on a source, and what a thing with many links is linked with: each in the order
in which pages show it, so that a page is one lookup, however much there is. What is said of one subject after the
other is gathered in a second file first, and put in order by SQLite, whose memory is bounded.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from metropolis_kg.model.bounds import LAST_DAY, STANDINGS, Bounds, Stretch, changes, stretches
from metropolis_kg.model.claims import ALL_KINDS, rank
from metropolis_kg.model.coverage import coverage
from metropolis_kg.model.sentences import Span
from metropolis_kg.store import register_sql as sql

REGISTER = "register.sqlite"
"""File of a release with its register."""

VERSION = 1
"""What the file is like; another program may write another."""

MOST_ALONE = 100
"""Linked things beyond which those of a thing are in the register."""

MOST_CONFLICTS = 10_000
"""Pairs of claims that conflict, which the register has."""

_BATCH = 10_000
_Row = Sequence[Any]


class GatheredRows:
    """Takes what was said as rows, table by table, in any order; ``register_sql.GATHERED`` says which there are."""

    def __init__(self, database: sqlite3.Connection) -> None:
        """Write to ``database``."""
        self._database = database
        self._rows: dict[str, list[_Row]] = {}

    def add(self, table: str, *row: str | int | None) -> None:
        """Add a row to a table."""
        rows = self._rows.setdefault(table, [])
        rows.append(row)
        if len(rows) >= _BATCH:
            self._write(table, rows)

    def end(self) -> None:
        """Write what was held back."""
        for table, rows in self._rows.items():
            self._write(table, rows)

    def _write(self, table: str, rows: list[_Row]) -> None:
        if rows:
            _insert(self._database, f"gathered.{table}", rows)
            rows.clear()


@contextmanager
def written_register(path: Path, claim: str) -> Iterator[GatheredRows]:
    """Write the register of what is gathered within to ``path``, which must not exist.

    ``claim`` is the IRI of the class of claims. Raises OSError.
    """
    beside = path.with_name(f"{path.name}.gathered")
    beside.unlink(missing_ok=True)
    database = sqlite3.connect(path, isolation_level=None)
    try:
        database.execute("ATTACH ? AS gathered", (str(beside),))
        database.executescript(sql.GATHERED + sql.FINAL)
        database.execute("BEGIN")
        rows = GatheredRows(database)
        yield rows
        rows.end()
        _put_in_order(database, claim)
        database.execute("COMMIT")
    except sqlite3.Error as error:
        raise OSError(f"the register cannot be written: {error}") from error
    finally:
        database.close()
        beside.unlink(missing_ok=True)


def _put_in_order(database: sqlite3.Connection, claim: str) -> None:
    _date_claims(database)
    for statement in (*sql.CLAIMS, *sql.LINKS, *sql.SOURCES):
        limits = {"most_alone": MOST_ALONE, "most_conflicts": MOST_CONFLICTS}
        database.execute(statement, limits if ":most" in statement else {})
    _count_links(database)
    _place_evidence(database)
    _count_kinds(database, claim)
    _insert(database, "facts", [("version", VERSION)])


def _insert(database: sqlite3.Connection, table: str, rows: Iterable[_Row]) -> None:
    """Insert rows, all as long as the first; what is there already is left."""
    ahead = iter(rows)
    first = next(ahead, None)
    if first is not None:
        statement = f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * len(first))})"  # noqa: S608 # our names
        database.execute(statement, first)
        database.executemany(statement, ahead)


def _date_claims(database: sqlite3.Connection) -> None:
    """Say of every claim when it held, and of every day of change how many claims hold from then on."""
    known: dict[_Row, list[Stretch]] = {}  # many claims have the same
    changing: Counter[int] = Counter()
    turning: dict[str, Counter[int]] = {standing: Counter() for standing in STANDINGS}

    def dated() -> Iterator[_Row]:
        for iri, kind, *texts in database.execute(sql.TIMES):
            found = known.get(tuple(texts))
            if found is None:
                found = known[tuple(texts)] = list(stretches(Bounds.read(texts)))
            changing.update(changes(found))
            for standing, first, last in found:
                turning[standing][first] += 1
                turning[standing][last + 1] -= 1
            yield kind, min((first for _, first, _ in found), default=LAST_DAY), iri, *_spans(found)

    _insert(database, "gathered.dated", dated())
    _insert(database, "days", _days(changing, turning))


def _spans(found: Sequence[Stretch]) -> Iterator[int | None]:
    """Yield from when to when a claim with these stretches is certain, holds in any way, and when it is last known.

    The stretches in which it is certain or possible adjoin.
    """
    certain = [(first, last) for standing, first, last in found if standing == "certain"]
    held = [(first, last) for standing, first, last in found if standing != "last known"]
    for spans in (certain, held):
        yield min((first for first, _ in spans), default=None)
        yield max((last for _, last in spans), default=None)
    yield next((first for standing, first, _ in found if standing == "last known"), None)


def _days(changing: Counter[int], turning: Mapping[str, Counter[int]]) -> Iterator[_Row]:
    held = dict.fromkeys(turning, 0)
    for day in sorted(changing):
        for standing, turns in turning.items():
            held[standing] += turns[day]
        yield day, date.fromordinal(day).year, changing[day], *held.values()


def _count_links(database: sqlite3.Connection) -> None:
    """Note with each thing with many links how many claims of each kind, and what else, point to it."""
    claims: dict[int, dict[str, int]] = {}
    others: dict[int, dict[str, int]] = {}
    for hub, kind, number in database.execute(sql.CLAIMS_COUNTED):
        claims.setdefault(hub, {})[ALL_KINDS[kind]] = number
    for hub, name, number in database.execute(sql.OTHERS_COUNTED):
        others.setdefault(hub, {})[name] = number
    counted = (
        (json.dumps({"claims": claims.get(hub, {}), "others": others.get(hub, {})}), hub) for hub in claims | others
    )
    database.executemany("UPDATE hubs SET counted = ? WHERE id = ?", counted)


def _place_evidence(database: sqlite3.Connection) -> None:
    """Put what rests on each source in the order of its text, with the numbers that its page shows."""
    for source, found in groupby(database.execute(sql.RESTING), key=lambda row: int(row[0])):
        counting = _Counting()
        _insert(database, "resting", map(counting.placed, found))
        row = (counting.places, counting.quotes, *counting.coverage(), source)
        database.execute(sql.COUNTED, row)


class _Counting:
    """Counts along the text of a source."""

    def __init__(self) -> None:
        self.places = self.quotes = self._evidence = self._told = 0
        self._last = ""
        self._spans: list[Span] = []

    def placed(self, row: _Row) -> _Row:
        """Return a row of ``resting``, given what it says; rows come in order."""
        source, start, length, evidence, claim = row
        if evidence != self._last:
            self._evidence, self.quotes = self._evidence + 1, self.quotes + (length is not None)
        placed = (source, self.places, start, length, evidence, self._evidence, claim, self._told)
        self.places, self._last = self.places + 1, evidence
        if start is not None and length is not None:
            self._told = max(self._told, start + length)
            self._spans.append(Span(start, start + length))
        return placed

    def coverage(self) -> tuple[int | None, int | None, str | None]:
        """Return how many characters are quoted, of how many, and the bar; nothing where no quote has a position."""
        found = coverage(self._spans)
        return (found.quoted, found.reached, json.dumps(found.bar)) if found else (None, None, None)


def _count_kinds(database: sqlite3.Connection, claim: str) -> None:
    found: dict[int, list[tuple[str, int]]] = {}
    for source, kind, number in database.execute(sql.KINDS_OF_SOURCES, (claim,)):
        found.setdefault(source, []).append((kind.rpartition("#")[2], number))
    rows = [(json.dumps(sorted(kinds, key=lambda each: rank(each[0]))), source) for source, kinds in found.items()]
    database.executemany("UPDATE sources SET kinds = ? WHERE place = ?", rows)
