"""What a thing is linked with: the pages of that, and what of it held on a day.

A description of a thing with many links holds a part of them. All parts together hold every statement. Which others a
thing with many is linked with, the register of a release says; without one, all of them are read, and kept for a while.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import read_text
from metropolis_kg.model.bounds import Bounds, Certainty
from metropolis_kg.publication.own_queries import kept_by_release, lean_rows
from metropolis_kg.publication.paging import PAGE, neighbours, pages_of, refuse_unknown
from metropolis_kg.publication.registered import hub_of
from metropolis_kg.store.protocol import N_TRIPLES, Term
from metropolis_kg.store.register import Hub, LinkedThing, Register
from metropolis_kg.store.release import OpenRelease

SIZE = 50
"""Linked things on each page of a document of which there are several; one of ``paging.PAGE`` at most has one page."""


@dataclass(frozen=True)
class Part:
    """Which part of what is said about a thing a description holds."""

    linked: tuple[str, ...]
    """The linked things that it tells of."""

    pointing: tuple[str, ...]
    """Those of them that point to the thing."""

    page: int
    pages: int
    total: int
    """How many linked things all pages tell of."""

    day: date | None = None
    """The day of which it tells; none: of all time."""

    certainties: Mapping[str, Certainty] = field(default_factory=dict)
    """Of those claims among them that held on the day; the thing itself is one where it is such a claim."""

    held: int = 0
    """How many claims of all pages held on the day, the thing itself among them."""

    left_out: int = 0
    """Claims that did not certainly or possibly hold on the day, or have no date."""

    @property
    def others(self) -> dict[str, int]:
        """The numbers of the pages to go on to: first, previous, next, last."""
        return neighbours(self.page, self.pages)


@dataclass(frozen=True)
class Linked:
    """What a thing is linked with, in the order of pages: first what does not point to it, then by IRI."""

    things: tuple[str, ...]
    not_pointing: frozenset[str] = frozenset()
    """Those that do not point to it."""

    named: frozenset[str] = frozenset()
    """Those that it points to itself."""

    alone: tuple[ox.Triple, ...] = ()
    """What is said of the thing without naming others: its classes and literals."""

    def part(self, page: int) -> Part:
        """Return a page of all. Raises UnknownPageError."""
        return self._paged(self.things, page)

    def part_on(self, thing: str, day: date, page: int, claims: tuple[tuple[str, Bounds], ...]) -> Part:
        """Return a page of what held on ``day``: claims that did, and links that are no claims and have no time.

        ``claims`` are those among the things, and ``thing`` itself where it is one. It is told whole then: what it
        names stays a link, also a claim that did not hold, of which no more is told. Raises UnknownPageError.
        """
        answers = {bounds: bounds.certainty(day) for bounds in {bounds for _, bounds in claims}}
        held = {claim: certainty for claim, bounds in claims if (certainty := answers[bounds])}
        not_held = {claim for claim, _ in claims if claim not in held}
        named = self.named if any(claim == thing for claim, _ in claims) else frozenset()
        part = self._paged(tuple(each for each in self.things if each not in not_held or each in named), page)
        pointing = tuple(each for each in part.pointing if each not in not_held)
        told = {each: held[each] for each in (thing, *part.linked) if each in held}
        return replace(part, pointing=pointing, day=day, certainties=told, held=len(held), left_out=len(not_held))

    def _paged(self, things: tuple[str, ...], page: int) -> Part:
        pages, size = parts_of(len(things))
        refuse_unknown(page, pages)
        linked = things[(page - 1) * size : page * size]
        pointing = tuple(each for each in linked if each not in self.not_pointing)
        return Part(linked, pointing, page, pages, len(things))


def parts_of(total: int) -> tuple[int, int]:
    """Return how many pages a document of a thing with so many linked things has, and how many of these are on each.

    >>> parts_of(100), parts_of(101)
    ((1, 100), (3, 50))
    """
    return (1, PAGE) if total <= PAGE else (pages_of(total, SIZE), SIZE)


def part_of(
    release: OpenRelease, queries: Path, iri: str, page: int, day: date | None
) -> tuple[Part, tuple[ox.Triple, ...]] | None:
    """Return a page of what ``release`` links with the thing ``iri``, with ``day`` of what held then; and what is said
    of the thing without naming others.

    None where nothing is said of it. Raises UnknownPageError and what the store raises.
    """
    known = hub_of(release, iri)
    if known:
        part = _hub_part_on(*known, iri, page, day) if day else _hub_part(*known, page)
        return part, _alone(release, queries, iri)
    linked = linked_of(release, queries, iri)
    if not (linked.things or linked.alone):
        return None
    claims = claims_of(release, queries, iri) if day else ()
    return linked.part_on(iri, day, page, claims) if day else linked.part(page), linked.alone


def _hub_part(register: Register, hub: Hub, page: int) -> Part:
    pages, size = parts_of(hub.total)
    refuse_unknown(page, pages)
    links = register.links(hub, size, (page - 1) * size)
    return Part(_iris(links), _iris(each for each in links if each.points), page, pages, hub.total)


def _hub_part_on(register: Register, hub: Hub, thing: str, page: int, day: date) -> Part:
    is_claim, own = register.is_claim(thing), register.certainty_on(thing, day)
    counted = register.counted_on(hub, day, keep_named=is_claim)
    pages, size = parts_of(counted.total)
    refuse_unknown(page, pages)
    links = register.links_on(hub, day, size, (page - 1) * size, keep_named=is_claim)
    certainties = {each.iri: each.certainty for each in links if each.certainty} | ({thing: own} if own else {})
    return Part(
        _iris(links),
        _iris(each for each in links if each.points),
        page,
        pages,
        counted.total,
        day,
        certainties,
        counted.held + bool(own),
        counted.not_held + (is_claim and not own),
    )


def _iris(links: Iterable[LinkedThing]) -> tuple[str, ...]:
    return tuple(each.iri for each in links)


@kept_by_release(16)
def linked_of(release: OpenRelease, queries: Path, iri: str) -> Linked:
    """Return what ``release`` links with the thing ``iri``. Raises what the store raises.

    Of a release, which does not change, it is kept for a while: reading 100,000 links takes half a second.
    """
    pointing: dict[str, bool] = {}
    named: set[str] = set()
    for linked, points in _rows(release, queries / "description" / "linked.rq", iri, "thing"):
        pointing[linked] = pointing.get(linked, False) or bool(points)
        if not points:
            named.add(linked)
    return Linked(
        tuple(sorted(pointing, key=lambda linked: (pointing[linked], linked))),
        frozenset(linked for linked, points in pointing.items() if not points),
        frozenset(named),
        _alone(release, queries, iri),
    )


def _alone(release: OpenRelease, queries: Path, iri: str) -> tuple[ox.Triple, ...]:
    bindings: dict[str, Term] = {"thing": ox.NamedNode(iri)}
    query = read_text(queries / "description" / "thing-alone.rq")
    answer = release.service.query(query, N_TRIPLES, bindings=bindings)
    return tuple(quad.triple for quad in ox.parse(answer, format=ox.RdfFormat.N_TRIPLES))


@kept_by_release(16)
def claims_of(release: OpenRelease, queries: Path, iri: str) -> tuple[tuple[str, Bounds], ...]:
    """Return each claim in which the thing ``iri`` occurs, or that it is, and when it held. Raises likewise."""
    rows = _rows(release, queries / "description" / "claim-times.rq", iri, "thing", "claim")
    known: dict[tuple[str, ...], Bounds] = {}  # many claims have the same
    for _, *days in rows:
        known.setdefault(tuple(days), Bounds.read(days))
    return tuple((claim, known[tuple(days)]) for claim, *days in rows)


def _rows(release: OpenRelease, path: Path, iri: str, *parameters: str) -> list[list[str]]:
    """Return the rows that the query in ``path`` answers with ``iri`` for each of ``parameters``."""
    return lean_rows(release, path, {each: ox.NamedNode(iri) for each in parameters})
