"""Which claims rest on which places of a source, in the order of its text, without their words.

The register of a release has them by page. Without one, all are read by one query a source, and kept for a while: so
counts are exact, and of a source with 100,000 claims only a page is described.
"""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from metropolis_kg.content import read_text
from metropolis_kg.model.claims import rank
from metropolis_kg.model.coverage import Coverage, Place, coverage
from metropolis_kg.publication.linked import claims_of
from metropolis_kg.publication.own_queries import kept_by_release
from metropolis_kg.publication.paging import PAGE, pages_of, refuse_unknown
from metropolis_kg.publication.registered import register_of
from metropolis_kg.store.register import CountedPlaces, Register, Resting
from metropolis_kg.store.release import OpenRelease


class SourceClaims(Protocol):
    """What rests on a source."""

    @property
    def number(self) -> int:
        """How many claims."""

    @property
    def quotes(self) -> int:
        """How many pieces of evidence have a quote."""

    @property
    def conflicts(self) -> Sequence[tuple[str, str]]:
        """A claim of the source, and one of another that conflicts with it, of every such pair."""

    @property
    def by_kind(self) -> Sequence[tuple[str, int]]:
        """The local name of a class, and how many of all claims it has, in the order of pages."""

    @property
    def coverage(self) -> Coverage | None:
        """How much of the text is quoted; none where nothing is quoted with its position."""

    @property
    def pages(self) -> int:
        """How many pages there are."""

    def page(self, number: int) -> Sequence[Place]:
        """Return the places on a page, from 1: a claim as often as it rests on evidence. Raises UnknownPageError.

        They are in the order of the text; then come quotes without a position, then evidence without a quote.
        """

    def reached(self, number: int) -> int:
        """Return how far the text has been told on the pages before this one."""


def claims_of_source(release: OpenRelease, queries: Path, source: str, day: date | None = None) -> SourceClaims:
    """Return what rests on the source with this IRI; with ``day``, of claims that held then.

    Raises what the store raises.
    """
    register = register_of(release)
    resting = register.resting(source) if register else None
    if register and resting:
        return HeldClaims(register, resting, day) if day else RegisteredClaims(register, resting)
    every = source_claims(release, queries, source)
    if day is None:
        return every
    return every.only([claim for claim, bounds in claims_of(release, queries, source) if bounds.certainty(day)])


@dataclass(frozen=True)
class RegisteredClaims:
    """What rests on a source, as the register of the release says."""

    register: Register
    resting: Resting

    @property
    def number(self) -> int:
        """How many claims."""
        return self.resting.claims

    @property
    def quotes(self) -> int:
        """How many pieces of evidence have a quote."""
        return self.resting.quotes

    @cached_property
    def conflicts(self) -> Sequence[tuple[str, str]]:
        """A claim of the source, and one of another that conflicts with it."""
        return self.register.conflicts_of(self.resting.place)

    @property
    def by_kind(self) -> Sequence[tuple[str, int]]:
        """How many of all claims a class has."""
        return self.resting.by_kind

    @property
    def coverage(self) -> Coverage | None:
        """How much of the text is quoted."""
        return self.resting.coverage

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return pages_of(self.resting.places)

    def page(self, number: int) -> Sequence[Place]:
        """Return the places on a page."""
        refuse_unknown(number, self.pages)
        return self.register.rested(self.resting.place, PAGE, (number - 1) * PAGE)

    def reached(self, number: int) -> int:
        """Return how far the text has been told before a page."""
        return self.register.told_before(self.resting.place, (number - 1) * PAGE)


@dataclass(frozen=True)
class HeldClaims:
    """What rests on a source of claims that held on a day, as the register of the release says."""

    register: Register
    resting: Resting
    day: date

    quotes, coverage = 0, None
    """Not told of a day."""

    @cached_property
    def _counted(self) -> CountedPlaces:
        return self.register.counted_rested_on(self.resting.place, self.day)

    @property
    def number(self) -> int:
        """How many claims."""
        return self._counted.claims

    @cached_property
    def conflicts(self) -> Sequence[tuple[str, str]]:
        """A claim of the source that held, and one of another that conflicts with it."""
        pairs = self.register.conflicts_of(self.resting.place)
        return [pair for pair in pairs if self.register.certainty_on(pair[0], self.day)]

    @property
    def by_kind(self) -> Sequence[tuple[str, int]]:
        """How many of all claims a class has."""
        return self.resting.by_kind

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return pages_of(self._counted.places)

    def page(self, number: int) -> Sequence[Place]:
        """Return the places on a page."""
        refuse_unknown(number, self.pages)
        offset = (number - 1) * PAGE
        places = self.register.rested_on(self.resting.place, self.day, PAGE, offset)
        continues = self.register.rested_on(self.resting.place, self.day, 1, offset - 1) if offset else ()
        before = self._before(number).evidence - any(each.evidence == places[0].evidence for each in continues)
        return [place._replace(number=before + place.number) for place in _numbered(places)]

    def reached(self, number: int) -> int:
        """Return how far the text has been told before a page."""
        return self._before(number).reached if number > 1 else 0

    def _before(self, number: int) -> CountedPlaces:
        return self.register.counted_rested_on(self.resting.place, self.day, (number - 1) * PAGE)


@dataclass(frozen=True)
class ReadClaims:
    """What rests on a source, all of it."""

    places: tuple[Place, ...]
    """In the order of its text; then quotes without a position, then evidence without a quote."""

    claims: frozenset[str]
    conflicts: tuple[tuple[str, str], ...]
    """A claim of the source, and one of another that conflicts with it."""

    by_kind: tuple[tuple[str, int], ...]
    """The local name of a class, and how many of all claims it has, in the order of pages."""

    @property
    def number(self) -> int:
        """How many claims."""
        return len(self.claims)

    @cached_property
    def quotes(self) -> int:
        """How many pieces of evidence have a quote."""
        return len({place.evidence for place in self.places if place.length is not None})

    @cached_property
    def coverage(self) -> Coverage | None:
        """How much of the text is quoted."""
        return coverage(place.span for place in self.places if place.span)

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return pages_of(len(self.places))

    def page(self, number: int) -> tuple[Place, ...]:
        """Return the places on a page."""
        refuse_unknown(number, self.pages)
        return self.places[(number - 1) * PAGE : number * PAGE]

    def reached(self, number: int) -> int:
        """Return how far the text has been told before a page."""
        return max((place.span.end for place in self.places[: (number - 1) * PAGE] if place.span), default=0)

    def only(self, claims: Collection[str]) -> "ReadClaims":
        """Return what rests on the source of ``claims``."""
        kept = self.claims & set(claims)
        return ReadClaims(
            tuple(_numbered(place for place in self.places if place.claim in kept)),
            kept,
            tuple(each for each in self.conflicts if each[0] in kept),
            self.by_kind,
        )


@kept_by_release(16)
def source_claims(release: OpenRelease, queries: Path, source: str) -> ReadClaims:
    """Return all that rests on the source with this IRI. Raises what the store raises."""
    query, bindings = read_text(queries / "description" / "source-claims.rq"), {"source": ox.NamedNode(source)}
    answer = release.service.query(query, "text/csv", bindings=bindings).decode()
    resting, conflicts = set[tuple[str, str]](), set[tuple[str, str]]()
    starts, lengths, kinds = dict[str, int](), dict[str, int](), dict[str, int]()
    for claim, evidence, start, length, other, kind, count in list(csv.reader(io.StringIO(answer, newline="")))[1:]:
        if start:
            starts[evidence] = int(start)
        elif length:
            lengths[evidence] = int(length)
        elif kind:
            kinds[kind.rpartition("#")[2]] = int(count)
        else:
            (conflicts if other else resting).add((claim, other or evidence))
    places = (Place(starts.get(evidence), lengths.get(evidence), evidence, claim) for claim, evidence in resting)
    claims = frozenset(claim for claim, _ in resting)
    between = sorted((claim, other) for claim, other in conflicts if claim in claims and other not in claims)
    ordered = tuple(_numbered(sorted(places, key=_order)))
    return ReadClaims(ordered, claims, tuple(between), tuple(sorted(kinds.items(), key=lambda each: rank(each[0]))))


def _numbered(places: Iterable[Place]) -> Iterator[Place]:
    """Yield ``places``, which are in order, with the numbers of their evidence."""
    number, last = 0, ""
    for place in places:
        number, last = number + (place.evidence != last), place.evidence
        yield place._replace(number=number)


def _order(place: Place) -> tuple[bool, bool, int, int, str, str]:
    start, length, evidence, claim, _ = place
    return length is None, start is None, start or 0, -(length or 0), evidence, claim
