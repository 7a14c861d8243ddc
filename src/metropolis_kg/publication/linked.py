"""What a thing is linked with: the pages of that, and what of it held on a day.

A description of a thing with many links holds a part of them. All parts together hold every statement.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import read_text
from metropolis_kg.publication.own_queries import kept_by_release, lean_rows
from metropolis_kg.publication.paging import neighbours, on_page, pages_of
from metropolis_kg.publication.time_words import Bounds, Certainty
from metropolis_kg.store.protocol import N_TRIPLES, Term
from metropolis_kg.store.release import OpenRelease


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
    """Of those claims of all pages that held on the day; the thing itself is one where it is such a claim."""

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
        return replace(part, pointing=pointing, day=day, certainties=held, left_out=len(not_held))

    def _paged(self, things: tuple[str, ...], page: int) -> Part:
        linked = tuple(on_page(things, page))
        pointing = tuple(each for each in linked if each not in self.not_pointing)
        return Part(linked, pointing, page, pages_of(len(things)), len(things))


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
    bindings: dict[str, Term] = {"thing": ox.NamedNode(iri)}
    query = read_text(queries / "description" / "thing-alone.rq")
    answer = release.service.query(query, N_TRIPLES, bindings=bindings)
    return Linked(
        tuple(sorted(pointing, key=lambda linked: (pointing[linked], linked))),
        frozenset(linked for linked, points in pointing.items() if not points),
        frozenset(named),
        tuple(quad.triple for quad in ox.parse(answer, format=ox.RdfFormat.N_TRIPLES)),
    )


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
