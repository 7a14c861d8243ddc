"""The page of a source: its text as far as it is quoted, with the claims that rest on each quote; coverage, conflicts.

The document in RDF is that of any thing. What it has on several pages stands otherwise here, in the order of the text.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import read_text
from metropolis_kg.model.coverage import Coverage, Place
from metropolis_kg.model.evidence import Quote
from metropolis_kg.publication.claim_view import ClaimView, bounds_of, claim_view, kind_name
from metropolis_kg.publication.conflicts import Conflict, conflicts_of
from metropolis_kg.publication.description import Description, described_claims, ordered
from metropolis_kg.publication.linked import Part
from metropolis_kg.publication.page import PartView, part_view
from metropolis_kg.publication.paging import turns
from metropolis_kg.publication.quoted_text import Quotation, QuotedPassage, quoted_text
from metropolis_kg.publication.reading import Reader, Value
from metropolis_kg.publication.source_claims import SourceClaims, claims_of_source
from metropolis_kg.publication.source_description import (
    Additions,
    DescribedSource,
    GraphView,
    additions_of,
    described_source,
    graph_views,
)
from metropolis_kg.store.protocol import N_TRIPLES
from metropolis_kg.store.release import OpenRelease

_LINE_END = 2
"""Characters at the most that end a line."""

MOST_CONFLICTS = 40
"""Pairs of claims that conflict, of which a page tells; the others are counted."""


@dataclass(frozen=True)
class Told:
    """A claim beside the words it rests on."""

    view: ClaimView
    label: Value
    kind: str


@dataclass(frozen=True)
class Resting:
    """Evidence, and the claims that rest on it."""

    evidence: str
    number: int
    """Its place among all evidence of the source, from 1."""

    anchor: str
    href: str | None
    kind: Value | None
    start: int | None
    """Where its quote starts; none without a quote, or where that is not known."""

    is_row: bool
    """Whether it is a row of a table."""

    quotes: list[Value]
    notes: list[Value]
    claims: list[Told]


@dataclass(frozen=True)
class Marked:
    """Words of a passage that the same quotes have: which of these start with them, and which end."""

    text: str
    starting: list[Resting]
    ending: list[Resting]
    is_shared: bool
    """Whether more than one quote has them."""


@dataclass(frozen=True)
class PassageView:
    """A passage of the text, and what rests on its quotes."""

    gap: int
    otherwise: bool
    language: str | None
    parts: list[Marked]
    resting: list[Resting]


@dataclass(frozen=True)
class SourcePage:
    """What the page of a source shows."""

    source: DescribedSource
    graphs: list[GraphView]
    claims: SourceClaims
    """All of them; with a day, those that held then."""

    by_kind: list[tuple[str, int]]
    coverage: Coverage | None
    """None where nothing is quoted with its position."""

    passages: list[PassageView]
    unplaced: list[Resting]
    without_quote: list[Resting]
    additions: Additions
    conflicts: list[Conflict]
    conflicts_left_out: int
    part: PartView | None
    """Which part of what is said it shows; none where it shows all."""

    turns: Mapping[str, int]
    """Name → number of the pages to go on to."""

    is_beyond: bool
    """Whether the claims end on a page before it."""


def source_page_of(release: OpenRelease, queries: Path, reader: Reader, number: int) -> SourcePage:
    """Return the page with this number of the source that the reader's description is about.

    Beyond the last page there are no claims, since the document in RDF may have more. Raises what the store raises.
    """
    said = reader.description
    claims = claims_of_source(release, queries, said.thing, said.part.day if said.part else None)
    first = number == 1
    places = claims.page(number) if number <= claims.pages else ()
    pairs = claims.conflicts[:MOST_CONFLICTS] if first else ()
    about = _about(release, queries, said)
    more = _described(release, queries, said, [*(place.claim for place in places), *chain(*pairs)])
    whole = replace(reader, description=_with_certainties(_with(said, about.triples, more), places))
    resting = _resting(whole, places)
    return SourcePage(
        source=described_source(whole),
        graphs=graph_views(whole),
        claims=claims,
        by_kind=[(reader.words.group(kind), count) for kind, count in claims.by_kind],
        coverage=claims.coverage,
        passages=list(_passages(whole, resting, claims.reached(number))),
        unplaced=[each for each in resting if each.quotes and each.start is None],
        without_quote=[each for each in resting if not each.quotes],
        additions=additions_of(replace(reader, description=about)) if first else Additions(),
        conflicts=conflicts_of(whole, pairs, {claim for claim, _ in pairs}, said.part.day if said.part else None),
        conflicts_left_out=len(claims.conflicts) - len(pairs) if first else 0,
        part=_part(reader, claims, number),
        turns=turns(number, claims.pages),
        is_beyond=number > claims.pages,
    )


def _about(release: OpenRelease, queries: Path, said: Description) -> Description:
    query, bindings = read_text(queries / "description" / "source-about.rq"), {"source": ox.NamedNode(said.thing)}
    answer = release.service.query(query, N_TRIPLES, bindings=bindings)
    triples = {quad.triple for quad in ox.parse(answer, format=ox.RdfFormat.N_TRIPLES)}
    return replace(said, triples=tuple(ordered(triples, said.thing)))


def _described(
    release: OpenRelease, queries: Path, said: Description, claims: Iterable[str]
) -> tuple[ox.Triple, ...]:  # fmt: skip
    """Return what is said of those ``claims`` that the description of the source does not tell of."""
    known = set() if said.part else set(said.claims)
    others = [claim for claim in dict.fromkeys(claims) if claim not in known]
    return described_claims(release, queries, said.thing, others) if others else ()


def _with(said: Description, *more: Iterable[ox.Triple]) -> Description:
    return replace(said, triples=tuple(ordered({*said.triples, *chain(*more)}, said.thing)))


def _with_certainties(said: Description, places: Iterable[Place]) -> Description:
    """Return ``said`` with how certainly the claims at ``places`` held on its day; without a day, as it is."""
    part = said.part
    if part is None or part.day is None:
        return said
    held = {place.claim: bounds_of(said, place.claim).certainty(part.day) for place in places}
    known = {claim: certainty for claim, certainty in held.items() if certainty}
    return replace(said, part=replace(part, certainties={**part.certainties, **known}))


def _resting(reader: Reader, places: Sequence[Place]) -> list[Resting]:
    numbers = {place.evidence: place.number for place in places}
    told = {claim: _told(reader, claim) for claim in dict.fromkeys(place.claim for place in places)}
    claims: dict[str, list[Told]] = {}
    for place in places:
        claims.setdefault(place.evidence, []).append(told[place.claim])
    return [_rest(evidence, numbers[evidence], resting) for evidence, resting in claims.items()]


def _told(reader: Reader, claim: str) -> Told:
    view = claim_view(reader, claim, {})
    return Told(view, reader.value(ox.NamedNode(claim)), kind_name(reader, view.kind))


def _rest(evidence: str, number: int, claims: list[Told]) -> Resting:
    view = next(each for each in claims[0].view.evidence if each.iri == evidence)
    anchor = evidence.rstrip("/").rpartition("/")[2]
    start = view.starts_at if view.quotes and view.starts_at >= 0 else None
    is_row = view.entry is not None and view.entry.row is not None
    return Resting(evidence, number, anchor, view.href, view.kind, start, is_row, view.quotes, view.notes, claims)


def _passages(reader: Reader, resting: Iterable[Resting], told: int) -> Iterator[PassageView]:
    """Yield the passages that quotes with a position make; ``told`` characters are told on the pages before."""
    by_evidence = {each.evidence: each for each in resting if each.start is not None}
    quotations = [
        Quotation(each.evidence, Quote(each.quotes[0].text, each.start), language=each.quotes[0].language)
        for each in by_evidence.values()
    ]
    for passage in quoted_text(quotations, told).passages:
        first = by_evidence[passage.quotations[0].evidence]
        yield PassageView(
            0 if first.is_row and passage.gap <= _LINE_END else passage.gap,
            passage.otherwise,
            passage.quotations[0].language,
            list(_marked(passage, by_evidence)),
            [by_evidence[each.evidence] for each in passage.quotations],
        )


def _marked(passage: QuotedPassage, resting: Mapping[str, Resting]) -> Iterator[Marked]:
    start = passage.start
    for segment in passage.segments:
        end = start + len(segment.text)
        yield Marked(
            segment.text,
            [resting[each.evidence] for each in segment.quotations if each.start == start],
            [resting[each.evidence] for each in segment.quotations if each.end == end],
            len(segment.quotations) > 1,
        )
        start = end


def _part(reader: Reader, claims: SourceClaims, number: int) -> PartView | None:
    part = reader.description.part or Part((), (), 1, 1, 0)
    if not part.day and claims.pages == 1:
        return None
    return part_view(replace(part, page=number, pages=claims.pages), reader.words)
