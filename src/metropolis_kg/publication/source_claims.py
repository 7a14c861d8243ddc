"""Which claims rest on which places of a source, in the order of its text: all of them, without their words.

One query a source, kept by release: so counts are exact, and of a source with 100,000 claims only a page is described.
"""

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from metropolis_kg.content import read_text
from metropolis_kg.model.sentences import Span
from metropolis_kg.publication.claim_view import KINDS
from metropolis_kg.publication.own_queries import kept_by_release
from metropolis_kg.publication.paging import PAGE, on_page, pages_of
from metropolis_kg.store.release import OpenRelease


class Place(NamedTuple):
    """A claim and evidence it rests on: with a quote of so many characters, or without, and where that starts."""

    start: int | None
    length: int | None
    evidence: str
    claim: str

    @property
    def span(self) -> Span | None:
        """Where the quote stands; none without a quote, or where that is not known."""
        return None if self.start is None or self.length is None else Span(self.start, self.start + self.length)


@dataclass(frozen=True)
class SourceClaims:
    """What rests on a source."""

    places: tuple[Place, ...]
    """In the order of its text; then quotes without a position, then evidence without a quote."""

    claims: frozenset[str]
    conflicts: tuple[tuple[str, str], ...]
    """A claim of the source, and one of another that conflicts with it."""

    by_kind: tuple[tuple[str, int], ...]
    """The local name of a class, and how many of all claims it has, in the order of pages."""

    @cached_property
    def quotes(self) -> int:
        """How many pieces of evidence have a quote."""
        return len({place.evidence for place in self.places if place.length is not None})

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Evidence → its place among all, from 1."""
        return {evidence: at for at, evidence in enumerate(dict.fromkeys(place.evidence for place in self.places), 1)}

    @cached_property
    def quoted(self) -> tuple[Span, ...]:
        """The stretches of the text that at least one quote has, in order."""
        stretches: list[Span] = []
        for span in (place.span for place in self.places if place.span):
            if stretches and span.start <= stretches[-1].end:
                stretches[-1] = Span(stretches[-1].start, max(span.end, stretches[-1].end))
            else:
                stretches.append(span)
        return tuple(stretches)

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return pages_of(len(self.places))

    def page(self, number: int) -> tuple[Place, ...]:
        """Return the places on a page, from 1: a claim as often as it rests on evidence. Raises UnknownPageError."""
        return tuple(on_page(self.places, number))

    def reached(self, number: int) -> int:
        """Return how far into the text the quotes on the pages before ``number`` reach."""
        return max((place.span.end for place in self.places[: (number - 1) * PAGE] if place.span), default=0)

    def only(self, claims: Collection[str]) -> "SourceClaims":
        """Return what rests on the source of ``claims``."""
        return replace(
            self,
            places=tuple(place for place in self.places if place.claim in claims),
            claims=self.claims & set(claims),
            conflicts=tuple(each for each in self.conflicts if each[0] in claims),
        )


@kept_by_release(16)
def source_claims(release: OpenRelease, queries: Path, source: str) -> SourceClaims:
    """Return what rests on the source with this IRI. Raises what the store raises."""
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
    return SourceClaims(
        tuple(sorted(places, key=_order)), claims, tuple(between), tuple(sorted(kinds.items(), key=_rank))
    )


def _rank(counted: tuple[str, int]) -> tuple[int, str]:
    return KINDS.index(counted[0]) if counted[0] in KINDS else len(KINDS), counted[0]


def _order(place: Place) -> tuple[bool, bool, int, int, str, str]:
    start, length, evidence, claim = place
    return length is None, start is None, start or 0, -(length or 0), evidence, claim
