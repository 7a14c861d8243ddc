"""All sources: what kind each is, how much rests on it, and where sources say otherwise than others."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import read_text
from metropolis_kg.publication.conflicts import Conflict, conflicts_of
from metropolis_kg.publication.description import Description, described_claims, ordered
from metropolis_kg.publication.names import Names
from metropolis_kg.publication.own_queries import kept_by_release, rows
from metropolis_kg.publication.paging import PAGE, on_page, pages_of, refuse_unknown, turns
from metropolis_kg.publication.reading import Links, Reader, Value
from metropolis_kg.publication.registered import register_of
from metropolis_kg.publication.source_description import graphs_of, kind_of, window
from metropolis_kg.publication.words import Words
from metropolis_kg.store.protocol import N_TRIPLES, Term
from metropolis_kg.store.release import OpenRelease

MOST_CONFLICTS = 20
"""Pairs of claims that conflict, of which the page tells; the others are counted."""

KINDS = ("page", "research", "outside")
"""The kinds of sources in the order of the page."""


@dataclass(frozen=True)
class SourceRow:
    """A source in the list of all."""

    title: Value
    publishers: list[Value]
    outside: list[Value]
    """Where it is, outside this site."""

    window: str | None
    claims: int
    quotes: int
    conflicts: int
    licences: list[Value]
    graphs: list[Value]
    """The IRIs of the named graphs that hold what it says, each with the address of its page."""


@dataclass(frozen=True)
class SourcesPage:
    """What the page of all sources shows."""

    total: int
    by_kind: dict[str, list[SourceRow]]
    """``page``, ``research`` or ``outside`` → the sources on this page, those with most claims first."""

    part: tuple[int, int] | None
    """Which page of how many; none where there is one."""

    turns: Mapping[str, int]
    conflicts: list[Conflict]
    conflicts_left_out: int


@dataclass(frozen=True)
class ListedSource:
    """A source in the list, and how much rests on it."""

    iri: str
    kind: str
    claims: int
    quotes: int
    conflicts: int


@dataclass(frozen=True)
class Listed:
    """A page of the list of sources: how many there are, those on it; some pairs of claims, and how many conflict."""

    total: int
    sources: Sequence[ListedSource]
    pairs: Sequence[tuple[str, str]]
    conflicts: int


@dataclass(frozen=True)
class AllSources:
    """How much rests on each source, and what conflicts: what was read of a store."""

    sources: tuple[tuple[str, str], ...]
    """Kind and IRI, in the order of pages."""

    claims: Mapping[str, int]
    quotes: Mapping[str, int]
    conflicts: tuple[tuple[str, str], ...]
    """Pairs of claims."""

    conflicting: Mapping[str, int]
    """Source → in how many of the pairs it is."""

    def listed(self, number: int) -> Listed:
        """Return a page of the list. Raises UnknownPageError."""
        shown = [
            ListedSource(iri, kind, self.claims.get(iri, 0), self.quotes.get(iri, 0), self.conflicting.get(iri, 0))
            for kind, iri in on_page(self.sources, number)
        ]
        return Listed(len(self.sources), shown, self.conflicts[:MOST_CONFLICTS], len(self.conflicts))


def listed_sources(release: OpenRelease, queries: Path, number: int) -> Listed:
    """Return a page of the list of sources. Raises UnknownPageError and what the store raises."""
    register = register_of(release)
    if register is None:
        return all_sources(release, queries).listed(number)
    total = register.number_of_sources
    refuse_unknown(number, pages_of(total))
    found = register.sources(PAGE, (number - 1) * PAGE)
    shown = [ListedSource(each.iri, KINDS[each.kind], each.claims, each.quotes, each.conflicts) for each in found]
    return Listed(total, shown, *register.conflicts(MOST_CONFLICTS))


@kept_by_release(4)
def all_sources(release: OpenRelease, queries: Path) -> AllSources:
    """Return how much ``release`` has of all its sources. Raises what the store raises."""
    triples = _described(release, queries, "source-list", {})
    counts = rows(release, queries / "description" / "source-counts.rq")
    claims, quotes = ({each["source"]["value"]: int(each[name]["value"]) for each in counts if name in each}
                      for name in ("claims", "quotes"))  # fmt: skip
    pairs = {
        (each["claim"]["value"], each["other"]["value"]): {each["source"]["value"], each["otherSource"]["value"]}
        for each in rows(release, queries / "description" / "source-conflicts.rq")
    }
    conflicting = Counter(source for between in pairs.values() for source in between)
    return AllSources(_in_order(release, triples, claims), claims, quotes, tuple(sorted(pairs)), conflicting)


def _in_order(
    release: OpenRelease, triples: tuple[ox.Triple, ...], claims: Mapping[str, int]
) -> tuple[tuple[str, str], ...]:  # fmt: skip
    said = Description("", triples, release.prefixes)
    named = {each.subject.value for each in triples if isinstance(each.subject, ox.NamedNode)}
    kinds = [(kind_of(said, source), source) for source in named if said.is_a(source, "mkg:Source")]
    return tuple(sorted(kinds, key=lambda each: (KINDS.index(each[0]), -claims.get(each[1], 0), each[1])))


def sources_page(
    release: OpenRelease, queries: Path, names: Names, links: Links, words: Words, number: int
) -> SourcesPage:  # fmt: skip
    """Return the page with this number of the list of sources. Raises UnknownPageError and what the store raises."""
    listed = listed_sources(release, queries, number)
    pages, pairs = pages_of(listed.total), listed.pairs if number == 1 else ()
    sources = [ox.NamedNode(each.iri) for each in listed.sources]
    triples = _described(release, queries, "sources-described", {"source": sources}) if sources else ()
    if pairs:
        more = described_claims(release, queries, listed.sources[0].iri, list(dict.fromkeys(chain(*pairs))))
        triples = tuple(ordered({*triples, *more}, ""))
    reader = Reader(Description("", triples, release.prefixes), names, links, words)
    rows_of = {kind: [_row(reader, each) for each in listed.sources if each.kind == kind] for kind in KINDS}
    return SourcesPage(
        total=listed.total,
        by_kind={kind: found for kind, found in rows_of.items() if found},
        part=(number, pages) if pages > 1 else None,
        turns=turns(number, pages),
        conflicts=conflicts_of(reader, pairs),
        conflicts_left_out=listed.conflicts - len(pairs) if number == 1 else 0,
    )


def _described(
    release: OpenRelease, queries: Path, name: str, bindings: Mapping[str, Sequence[Term]]
) -> tuple[ox.Triple, ...]:  # fmt: skip
    answer = release.service.query(read_text(queries / "description" / f"{name}.rq"), N_TRIPLES, bindings=bindings)
    return tuple(ordered({quad.triple for quad in ox.parse(answer, format=ox.RdfFormat.N_TRIPLES)}, ""))


def _row(reader: Reader, listed: ListedSource) -> SourceRow:
    said, source = reader.description, listed.iri
    graphs = graphs_of(said, source)
    licences = dict.fromkeys(licence for graph in graphs for licence in said.things(graph, "dct:license"))
    return SourceRow(
        title=reader.value(ox.NamedNode(source)),
        publishers=[reader.value(each) for each in said.values(source, "dct:publisher")],
        outside=[reader.value(each) for each in said.values(source, "schema:url")],
        window=window(reader, source),
        claims=listed.claims,
        quotes=listed.quotes,
        conflicts=listed.conflicts,
        licences=[reader.value(ox.NamedNode(each)) for each in licences],
        graphs=[Value(each, None, reader.links.of(each)) for each in graphs],
    )
