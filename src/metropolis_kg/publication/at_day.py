"""What held on a day, over all claims: a page of them by how certain it is; and the days on which something changes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from metropolis_kg.content import read_text
from metropolis_kg.model.bounds import STANDINGS, Standing
from metropolis_kg.publication.claim_days import claim_days
from metropolis_kg.publication.claim_view import ClaimView, claim_view
from metropolis_kg.publication.description import Description
from metropolis_kg.publication.names import Names
from metropolis_kg.publication.page import ClaimGroup
from metropolis_kg.publication.paging import PAGE, pages_of, refuse_unknown, turns
from metropolis_kg.publication.reading import Links, Reader
from metropolis_kg.publication.registered import register_of
from metropolis_kg.publication.shape_order import ShapeOrder
from metropolis_kg.publication.time_words import day as day_in_words
from metropolis_kg.publication.words import Words
from metropolis_kg.store.protocol import N_TRIPLES, Term
from metropolis_kg.store.release import OpenRelease

MOST_ENTRIES = 400
"""Links in the overview: to days, and where there are more, to the first changing day of each year or century."""

_SPANS = ((0, 1), (1, 10), (100, 1000))
"""What an entry of the overview stands for, and what a group of them: years; 0 is a day."""

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class StandingGroups:
    """How many claims stand in one way on the day, and those on the page, by kind."""

    standing: Standing
    total: int
    groups: tuple[ClaimGroup, ...]


@dataclass(frozen=True)
class DayPage:
    """A page of what held on a day; where to go on to: other days, and other pages."""

    day: date
    standings: tuple[StandingGroups, ...]
    undated: int
    page: int
    pages: int
    previous_change: date | None
    next_change: date | None

    @property
    def day_before(self) -> date | None:
        """The day before; none on the first day of the calendar."""
        return self.day - _DAY if self.day > date.min else None

    @property
    def day_after(self) -> date | None:
        """The day after; none on the last day of the calendar."""
        return self.day + _DAY if self.day < date.max else None

    @property
    def turns(self) -> dict[str, int]:
        """The numbers of the pages to go on to: first, previous, next, last."""
        return turns(self.page, self.pages)


@dataclass(frozen=True)
class Entry:
    """The first of some days on which something changes; what they are called; how many claims change on them."""

    day: date
    text: str
    claims: int


@dataclass(frozen=True)
class Overview:
    """The days on which something changes, by year; where there are too many, the years or centuries of them."""

    groups: Mapping[str, Sequence[Entry]]
    claims: int
    undated: int


class Days(Protocol):
    """Tells on which days claims hold: the register of a release, or what was read of a store."""

    @property
    def number_of_claims(self) -> int:
        """How many claims there are."""

    @property
    def undated(self) -> int:
        """How many of them have no day."""

    def held_on(self, day: date) -> Mapping[Standing, int]:
        """Return how many claims stand in each way on a day."""

    def claims_on(self, day: date, standing: Standing, limit: int, offset: int) -> Sequence[tuple[str, str]]:
        """Return claims that stand in this way on a day, each with its kind, by kind and by when they began."""

    def neighbours(self, day: date) -> tuple[date | None, date | None]:
        """Return the last day before ``day`` on which something changes, and the first after it."""

    def days_of_change(self, years: int, most: int) -> Sequence[tuple[date, int]]:
        """Return up to ``most`` days on which something changes; or, with ``years``, the first of each so many."""


def days_of(release: OpenRelease, queries: Path) -> Days:
    """Return on which days the claims of ``release`` hold. Raises AnswerTooLargeError, and what the store raises."""
    return register_of(release) or claim_days(release, queries)


@dataclass(frozen=True)
class AtDay:
    """Tells someone what held on a day in a release, in a language."""

    release: OpenRelease
    queries: Path
    names: Names
    links: Links
    words: Words
    order: ShapeOrder

    def page(self, day: date, page: int) -> DayPage:
        """Return a page of what held on ``day``: no more than ``paging.PAGE`` claims of each standing.

        Raises UnknownPageError and what the store raises.
        """
        known = days_of(self.release, self.queries)
        held = known.held_on(day)
        pages = pages_of(max(held.values()), PAGE)
        refuse_unknown(page, pages)
        shown = {standing: known.claims_on(day, standing, PAGE, (page - 1) * PAGE) for standing in STANDINGS}
        views = self._views([claim for claims in shown.values() for claim, _ in claims])
        standings = tuple(
            StandingGroups(standing, held[standing], tuple(self._groups(shown[standing], views)))
            for standing in STANDINGS
        )
        return DayPage(day, standings, known.undated, page, pages, *known.neighbours(day))

    def overview(self) -> Overview:
        """Return the days on which something changes. Raises what the store raises."""
        known = days_of(self.release, self.queries)
        wanted = ((self._entries(known, years), above) for years, above in _SPANS)
        entries, above = next((each for each in wanted if len(each[0]) <= MOST_ENTRIES), ([], 1))
        groups = groupby(entries, key=lambda entry: _years(entry.day, above))
        return Overview({text: list(each) for text, each in groups}, known.number_of_claims, known.undated)

    def _entries(self, known: Days, years: int) -> Sequence[Entry]:
        """Return the days on which something changes, one more than fit; with ``years``, so many of them together."""
        return [
            Entry(day, _years(day, years) if years else day_in_words(day, self.words.language), claims)
            for day, claims in known.days_of_change(years, MOST_ENTRIES + 1)
        ]

    def _groups(self, shown: Sequence[tuple[str, str]], views: Mapping[str, ClaimView]) -> Iterator[ClaimGroup]:
        for kind, together in groupby(shown, key=lambda each: each[1]):
            claims = [views[claim] for claim, _ in together]
            yield ClaimGroup(kind, self.words.group(kind), claims, len(claims))

    def _views(self, claims: Sequence[str]) -> dict[str, ClaimView]:
        """Return claim → what a list says of it, with one query."""
        if not claims:
            return {}
        query = read_text(self.queries / "description" / "at-day-claims.rq")
        bindings: dict[str, Term | Sequence[Term]] = {"claim": [ox.NamedNode(each) for each in claims]}
        answer = self.release.service.query(query, N_TRIPLES, bindings=bindings)
        triples = {quad.triple for quad in ox.parse(answer, format=ox.RdfFormat.N_TRIPLES)}
        ordered = tuple(sorted(triples, key=str))
        reader = Reader(Description("", ordered, self.release.prefixes), self.names, self.links, self.words, self.order)
        return {each: claim_view(reader, each, {}) for each in claims}


def _years(day: date, number: int) -> str:
    """Return the year of a day, or the years with which it belongs together.

    >>> _years(date(1991, 3, 1), 1), _years(date(1991, 3, 1), 10)
    ('1991', '1990–1999')
    """
    first = day.year - day.year % number
    return str(first) if number == 1 else f"{first}–{first + number - 1}"
