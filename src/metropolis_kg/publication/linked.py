"""What a thing is linked with: the pages of that, and what of it held on a day.

A description of a thing with many links holds a part of them. All parts together hold every statement.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import read_text
from metropolis_kg.errors import MetropolisError
from metropolis_kg.publication.time_words import Bounds, Certainty
from metropolis_kg.store.protocol import Term
from metropolis_kg.store.release import OpenRelease

PAGE = 100
"""Linked things on a page."""

_CSV = "text/csv"


class UnknownPageError(MetropolisError):
    """A document has fewer pages; carries the number asked for and how many there are."""

    def __init__(self, page: int, pages: int) -> None:
        self.page, self.pages = page, pages
        there_are = "There is 1 page" if pages == 1 else f"There are {pages:,} pages"
        super().__init__(f"{there_are}, and no page {page:,}.")


@dataclass(frozen=True)
class Part:
    """Which part of what is said about a thing a description holds."""

    linked: tuple[str, ...]
    """The linked things that it tells of."""

    page: int
    pages: int
    total: int
    """How many linked things all pages tell of."""

    day: date | None = None
    """The day of which it tells; none: of all time."""

    certainties: Mapping[str, Certainty] = field(default_factory=dict)
    """Of those claims of all pages that held on the day; the thing itself is one where it is such a claim."""

    left_out: int = 0
    """Claims that did not certainly or possibly hold on the day, or have no date."""

    @property
    def others(self) -> dict[str, int]:
        """The numbers of the pages to go on to: first, previous, next, last."""
        numbers = {"first": 1, "previous": self.page - 1, "next": self.page + 1, "last": self.pages}
        return {name: number for name, number in numbers.items() if 1 <= number <= self.pages}


@dataclass(frozen=True)
class Linked:
    """What a thing is linked with, in the order of pages: first what does not point to it, then by IRI."""

    things: tuple[str, ...]

    def part(self, page: int) -> Part:
        """Return a page of all. Raises UnknownPageError."""
        return _paged(self.things, page)

    def part_on(self, day: date, page: int, claims: tuple[tuple[str, Bounds], ...]) -> Part:
        """Return a page of what held on ``day``: claims that did, and links that are no claims and have no time.

        ``claims`` are those among the things, and the thing itself where it is one. Raises UnknownPageError.
        """
        answers = {bounds: bounds.certainty(day) for bounds in {bounds for _, bounds in claims}}
        held = {claim: certainty for claim, bounds in claims if (certainty := answers[bounds])}
        not_held = {claim for claim, _ in claims if claim not in held}
        part = _paged(tuple(each for each in self.things if each not in not_held), page)
        return Part(part.linked, page, part.pages, part.total, day, held, len(not_held))


def _paged(things: tuple[str, ...], page: int) -> Part:
    pages = max(1, -(-len(things) // PAGE))
    if page > pages:
        raise UnknownPageError(page, pages)
    return Part(things[(page - 1) * PAGE : page * PAGE], page, pages, len(things))


def linked_of(release: OpenRelease, queries: Path, iri: str) -> Linked:
    """Return what ``release`` links with the thing ``iri``. Raises what the store raises.

    Of a release, which does not change, it is kept for a while: reading 100,000 links takes half a second.
    """
    return _linked_kept(release, queries, iri) if release.digest else _linked(release, queries, iri)


def claims_of(release: OpenRelease, queries: Path, iri: str) -> tuple[tuple[str, Bounds], ...]:
    """Return each claim in which the thing ``iri`` occurs, or that it is, and when it held; kept likewise."""
    return _claims_kept(release, queries, iri) if release.digest else _claims(release, queries, iri)


def _linked(release: OpenRelease, queries: Path, iri: str) -> Linked:
    pointing: dict[str, bool] = {}
    for linked, points in _rows(release, queries / "description" / "linked.rq", iri):
        pointing[linked] = pointing.get(linked, False) or bool(points)
    return Linked(tuple(sorted(pointing, key=lambda linked: (pointing[linked], linked))))


def _claims(release: OpenRelease, queries: Path, iri: str) -> tuple[tuple[str, Bounds], ...]:
    rows = _rows(release, queries / "description" / "claim-times.rq", iri)
    known: dict[tuple[str, ...], Bounds] = {}
    for _, *days in rows:
        known.setdefault(tuple(days), Bounds(*(date.fromisoformat(day) if day else None for day in days)))
    return tuple((claim, known[tuple(days)]) for claim, *days in rows)


_linked_kept = lru_cache(maxsize=16)(_linked)
_claims_kept = lru_cache(maxsize=16)(_claims)


def _rows(release: OpenRelease, path: Path, iri: str) -> list[list[str]]:
    bindings: dict[str, Term] = {"thing": ox.NamedNode(iri)}
    answer = release.service.query(read_text(path), _CSV, bindings=bindings)
    return list(_without_head(csv.reader(io.StringIO(answer.decode(), newline=""))))


def _without_head(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    next(rows)
    return rows
