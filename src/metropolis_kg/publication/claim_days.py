"""On which days every claim certainly or possibly held, or was only last known, where no register says so: read once.

A store filters the bounds of all claims anew for each day. Of a million statements on disk (20,000 claims), a filter
over two of the bounds takes as long as reading all bounds once by property (2.1 to 3 s, machine busy; one row a claim,
with OPTIONAL, takes three times that). Kept here as sorted arrays, they tell a day in 1 ms. Each process reads them
once.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, islice
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.model.bounds import LAST_DAY, STANDINGS, TIMES, Bounds, Standing, Stretch, changes, stretches
from metropolis_kg.model.claims import ALL_KINDS
from metropolis_kg.publication.own_queries import kept_by_release, lean_rows
from metropolis_kg.store.protocol import NO_BINDINGS, AnswerTooLargeError, Bindings
from metropolis_kg.store.release import OpenRelease

_MOST = {"at-day-times": 8_000_000, "at-day-kinds": 4_000_000}


@dataclass(frozen=True)
class Stretches:
    """Stretches of days by their first day, as ordinals; of each its last day, and the number of its claim."""

    first: Sequence[int]
    last: Sequence[int]
    claim: Sequence[int]

    @classmethod
    def of(cls, stretches: Iterable[tuple[int, int, int]]) -> "Stretches":
        """Return the stretches, each first day, last day and claim, in order."""
        ordered = sorted(stretches)
        return cls(*(array("i", (each[place] for each in ordered)) for place in range(3)))

    def on(self, day: int) -> list[int]:
        """Return the claims of the stretches that include ``day``, in order."""
        begun = bisect_right(self.first, day)
        return sorted(claim for last, claim in zip(self.last[:begun], self.claim[:begun], strict=True) if last >= day)


@dataclass(frozen=True)
class ClaimDays:
    """Every claim, by kind and by when it began, and its stretches."""

    claims: tuple[str, ...]
    kinds: tuple[str, ...]
    """Of each claim: one of ``model.claims.ALL_KINDS``."""

    stretches: Mapping[Standing, Stretches]
    undated: int
    """Claims that are not certain, possible or last known on any day."""

    changes: Sequence[int]
    """The days, in order, on which a claim stands otherwise than on the day before."""

    changing: Sequence[int]
    """How many claims do so on each."""

    @property
    def number_of_claims(self) -> int:
        """How many claims there are."""
        return len(self.claims)

    def held_on(self, day: date) -> Mapping[Standing, int]:
        """Return how many claims stand in each way on a day."""
        return {standing: len(found) for standing, found in self.on(day).items()}

    def claims_on(self, day: date, standing: Standing, limit: int, offset: int) -> Sequence[tuple[str, str]]:
        """Return claims that stand in this way on a day, each with its kind, by kind and by when they began."""
        found = self.stretches[standing].on(day.toordinal())[offset : offset + limit]
        return [(self.claims[number], self.kinds[number]) for number in found]

    def days_of_change(self, years: int, most: int) -> Sequence[tuple[date, int]]:
        """Return the days on which something changes, and how many claims do; up to ``most`` of them.

        With ``years``, the first one of each so many years, and how many claims change in these.
        """
        changes = [(date.fromordinal(day), claims) for day, claims in zip(self.changes, self.changing, strict=True)]
        together = groupby(changes, key=lambda change: change[0].year // years if years else change[0])
        days = (list(each) for _, each in islice(together, most))
        return [(each[0][0], sum(claims for _, claims in each)) for each in days]

    def on(self, day: date) -> dict[Standing, list[int]]:
        """Return the claims of each standing on a day, by number, in order."""
        return {standing: self.stretches[standing].on(day.toordinal()) for standing in STANDINGS}

    def neighbours(self, day: date) -> tuple[date | None, date | None]:
        """Return the last day before ``day`` on which something changes, and the first after it."""
        ordinal = day.toordinal()
        before, after = bisect_left(self.changes, ordinal), bisect_right(self.changes, ordinal)
        previous = date.fromordinal(self.changes[before - 1]) if before else None
        return previous, date.fromordinal(self.changes[after]) if after < len(self.changes) else None


@kept_by_release(2)
def claim_days(release: OpenRelease, queries: Path) -> ClaimDays:
    """Return the days of every claim of ``release``.

    Raises AnswerTooLargeError where there are more than a million or so, and what the store raises.
    """
    kinds = _kinds(release, queries)
    bounds = _bounds(release, queries, kinds)
    known: dict[Bounds, list[Stretch]] = {each: list(stretches(each)) for each in set(bounds.values())}
    starts = {each: min((first for _, first, _ in found), default=LAST_DAY) for each, found in known.items()}
    claims = sorted(kinds, key=lambda claim: (kinds[claim], starts[bounds[claim]], claim))
    return _table(claims, [known[bounds[claim]] for claim in claims], [ALL_KINDS[kinds[claim]] for claim in claims])


def _table(
    claims: Sequence[str], found: Sequence[list[Stretch]], kinds: Sequence[str]
) -> ClaimDays:  # fmt: skip
    by_standing: dict[Standing, list[tuple[int, int, int]]] = {standing: [] for standing in STANDINGS}
    changing: Counter[int] = Counter()
    for number, each in enumerate(found):
        for standing, first, last in each:
            by_standing[standing].append((first, last, number))
        changing.update(changes(each))
    days = sorted(changing)
    return ClaimDays(
        tuple(claims),
        tuple(kinds),
        {standing: Stretches.of(every) for standing, every in by_standing.items()},
        sum(not each for each in found),
        array("i", days),
        array("i", (changing[day] for day in days)),
    )


def _kinds(release: OpenRelease, queries: Path) -> dict[str, int]:
    """Return claim → the first of ``ALL_KINDS`` that it has, by number."""
    numbers = {release.prefixes["mkg"] + name: number for number, name in enumerate(ALL_KINDS)}
    found: dict[str, int] = {}
    for claim, kind in _rows(release, queries, "at-day-kinds", {"kind": [ox.NamedNode(each) for each in numbers]}):
        found[claim] = min(found.get(claim, len(ALL_KINDS)), numbers[kind])
    return found


def _bounds(release: OpenRelease, queries: Path, claims: Iterable[str]) -> dict[str, Bounds]:
    """Return claim → when it held; nothing is known of a time that is not wholly within the years 1 to 9999."""
    names = {release.prefixes["mkg"] + name: place for place, name in enumerate(TIMES)}
    texts: dict[str, list[str]] = {}
    intervals: dict[str, str] = {}
    for subject, name, value in _rows(release, queries, "at-day-times"):
        if name in names:
            texts.setdefault(subject, [""] * len(names))[names[name]] = value
        else:
            intervals[subject] = value
    none = [""] * len(names)
    read: dict[tuple[str, ...], Bounds] = {}  # many claims have the same
    found: dict[str, Bounds] = {}
    for claim in claims:
        own = texts.get(intervals.get(claim, claim), none)[:5]
        days = (*own, *texts.get(claim, none)[5:])
        found[claim] = read[days] if days in read else read.setdefault(days, Bounds.read(days))
    return found


def _rows(release: OpenRelease, queries: Path, name: str, bindings: Bindings = NO_BINDINGS) -> Iterator[list[str]]:
    rows = lean_rows(release, queries / "description" / f"{name}.rq", bindings)
    if len(rows) > _MOST[name]:
        raise AnswerTooLargeError(f"The days of so many claims are not told; the most are {_MOST[name]:,} dates.")
    yield from rows
