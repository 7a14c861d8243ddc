"""A description as the HTML template of a thing wants it."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

import pyoxigraph as ox

from metropolis_kg.model.claims import ALL_KINDS
from metropolis_kg.publication.claim_view import (
    ClaimView,
    EvidenceView,
    SourceView,
    claim_view,
    evidence_view,
    source_view,
)
from metropolis_kg.publication.description import Description
from metropolis_kg.publication.identifiers import Identifier, identifiers_of
from metropolis_kg.publication.link_counts import LinkCounts
from metropolis_kg.publication.linked import Part
from metropolis_kg.publication.names import Names
from metropolis_kg.publication.reading import Fact, Links, Reader, Value, named
from metropolis_kg.publication.shape_order import CONTENT, NAMING, NO_ORDER, ShapeOrder
from metropolis_kg.publication.surroundings import ALONE, IDENTIFYING, GraphContents, Surroundings
from metropolis_kg.publication.time_words import day as day_in_words
from metropolis_kg.publication.words import Words
from metropolis_kg.store.protocol import Term

_LEADING = ("skos:definition", "dct:description", "skos:scopeNote")
_TAKEN = ("content", "pointing", "timeline", "site-search", "as-of")
"""Anchors that the page has in any case."""

_GENERAL = ("mkg:Claim", "mkg:Source", "mkg:Graph")
_HIDDEN = (
    "rdf:type", "rdfs:label", "skos:prefLabel", "foaf:name", "dct:title", "schema:subjectOf", "foaf:isPrimaryTopicOf",
    "org:hasMembership", "cv:participates", "cv:hasParticipation", "rdfs:isDefinedBy",
)  # fmt: skip
_OF_EVIDENCE = (
    "mkg:quote", "mkg:quotePrefix", "mkg:quoteSuffix", "mkg:startsAt", "mkg:textKind", "oa:hasBody", "oa:hasTarget",
    "oa:motivatedBy", "mkg:row", "mkg:pointer",
)  # fmt: skip
"""What the page of a piece of evidence shows as a quote in its context, and by the claims that rest on it."""


@dataclass(frozen=True)
class FactGroup:
    """Facts under the heading of a group of the shapes; none for what makes up the thing."""

    heading: str | None
    facts: list[Fact]


@dataclass(frozen=True)
class EvidencePart:
    """A piece of evidence, and the sources it is from."""

    view: EvidenceView
    sources: list[SourceView]


@dataclass(frozen=True)
class GraphPart:
    """What a named graph holds."""

    statements: str | None
    claims: list[Value]
    count: int
    download: str


@dataclass(frozen=True)
class ClaimGroup:
    """Claims of one kind, under one heading."""

    kind: str
    heading: str
    claims: list[ClaimView]
    count: int
    """How many there are, on whichever page."""


@dataclass(frozen=True)
class Pointing:
    """What points to a thing by one property; of many, some."""

    fact: Fact
    count: int
    """How many there are, on whichever page."""


@dataclass(frozen=True)
class PartView:
    """Which part of what is said about a thing a page shows, in words."""

    place: str | None
    """Which page of how many; none of one."""

    total: str
    day: str | None
    held: str
    left_out: str


@dataclass(frozen=True)
class Page:
    """What the page of a thing shows."""

    iri: str
    title: Value
    kinds: list[Value]
    lead: list[Value]
    """What it is, in a sentence."""

    facts: list[FactGroup]
    identifiers: list[Identifier]
    claim: ClaimView | None
    """The thing itself where it is a claim; its own statements are shown as such then, and not as facts."""

    evidence: EvidencePart | None
    """None where the thing is no evidence."""

    contents: GraphPart | None
    """None where the thing is no named graph."""

    groups: list[ClaimGroup]
    pointing: list[Pointing]
    part: PartView | None
    """Which part of what is said it shows; none where it shows all."""

    claim_count: int
    """How many claims the thing occurs in, on whichever page."""

    elsewhere: list[tuple[str, int]]
    """The kinds of claims of which only other pages show some: heading and number."""

    @property
    def pointing_count(self) -> int:
        """How many links to it there are that are no claims, on whichever page."""
        return sum(each.count for each in self.pointing)


def page_of(
    description: Description,
    names: Names,
    links: Links,
    words: Words,
    order: ShapeOrder = NO_ORDER,
    surroundings: Surroundings = ALONE,
) -> Page:
    """Return the page for ``description`` in the language of ``words``, in the ``order`` of the shapes."""
    reader = Reader(description, names, links, words, order)
    thing, counts = description.thing, surroundings.counts or LinkCounts()
    is_claim = description.is_a(thing, "mkg:Claim")
    groups = _groups(reader, surroundings)
    evidence = _evidence(reader, surroundings) if description.is_a(thing, "mkg:Evidence") else None
    return Page(
        iri=thing,
        title=_title(reader, evidence),
        kinds=_kinds(reader),
        lead=[each for name in _LEADING for each in reader.best(description.literals(thing, name))],
        facts=[] if is_claim else _facts(reader, thing),
        identifiers=identifiers_of(reader, surroundings),
        claim=claim_view(reader, thing, surroundings.contexts) if is_claim else None,
        evidence=evidence,
        contents=_contents(reader, surroundings.contents) if surroundings.contents else None,
        groups=groups,
        pointing=_pointing(reader, counts),
        part=part_view(description.part, words) if description.part else None,
        elsewhere=_elsewhere(counts, groups, words),
        claim_count=sum(counts.claims.values()) or sum(len(group.claims) for group in groups),
    )


def part_view(part: Part, words: Words) -> PartView:
    """Return in words which part of what is said a description holds."""
    return PartView(
        place=words["page_of"].format(words.number(part.page), words.number(part.pages)) if part.pages > 1 else None,
        total=words["linked_in_all"].format(words.number(part.total)),
        day=words["as_of"].format(day_in_words(part.day, words.language)) if part.day else None,
        held=words["held_then"].format(words.number(part.held)),
        left_out=words["left_out"].format(words.number(part.left_out)),
    )


def _kinds(reader: Reader) -> list[Value]:
    """Return the thing's own classes by name; ours, and not those that say little, where there are others."""
    classes = reader.description.things(reader.description.thing, "rdf:type")
    ours = [each for each in classes if reader.links.is_ours(each)]
    general = {reader.description.iri(name) for name in _GENERAL}
    specific = [each for each in ours if each not in general]
    found = {value.text: value for value in map(reader.value, map(ox.NamedNode, specific or ours or classes))}
    return [value for text, value in found.items() if text]


def _facts(reader: Reader, subject: str) -> list[FactGroup]:
    """Return what is said of a thing by group, what makes it up first; without what is shown in other places."""
    said = reader.description
    hidden = {said.iri(name) for name in (*_HIDDEN, *_LEADING, *IDENTIFYING)}
    if said.is_a(subject, "mkg:Evidence"):
        hidden |= {said.iri(name) for name in _OF_EVIDENCE}
    grouped: dict[str | None, list[Fact]] = {}
    for fact in reader.facts(subject, hidden):
        own = fact.group.name in (CONTENT, NAMING)
        heading = None if own else fact.group.labels.get(reader.language, fact.group.name)
        grouped.setdefault(heading, []).append(fact)
    groups = [FactGroup(heading, facts) for heading, facts in grouped.items()]
    return sorted(groups, key=lambda group: group.heading is not None)


def _groups(reader: Reader, surroundings: Surroundings) -> list[ClaimGroup]:
    claims: dict[str, list[ClaimView]] = {}
    taken = {*_TAKEN, *(f"group-{kind.lower()}" for kind in ALL_KINDS)}
    for iri in reader.description.claims:
        if iri != reader.description.thing:
            view = claim_view(reader, iri, surroundings.contexts)
            if view.anchor in taken:
                view = replace(view, anchor=f"{view.kind.lower()}-{view.anchor}")
            taken.add(view.anchor)
            claims.setdefault(view.kind, []).append(view)
    counts = surroundings.counts.claims if surroundings.counts else {}
    return [
        ClaimGroup(
            kind,
            reader.words.group(kind),
            sorted(claims[kind], key=lambda view: view.order),
            counts.get(kind, len(claims[kind])),
        )
        for kind in ALL_KINDS
        if kind in claims
    ]


def _elsewhere(counts: LinkCounts, groups: list[ClaimGroup], words: Words) -> list[tuple[str, int]]:
    here = {group.kind for group in groups}
    return [(words.group(kind), counts.claims[kind]) for kind in ALL_KINDS if kind in counts.claims.keys() - here]


def _pointing(reader: Reader, counts: LinkCounts) -> list[Pointing]:
    """Return what points to the thing and is no claim, by property; parts of other things are left out."""
    said = reader.description
    claims, hidden = set(said.claims), {said.iri(name) for name in ("foaf:primaryTopic", "void:inDataset")}
    found: dict[str, list[Term]] = {}
    for predicate, subject in said.incoming():
        if subject not in claims and predicate not in hidden and "#" not in subject.removeprefix(said.prefixes["mkg"]):
            found.setdefault(predicate, []).append(ox.NamedNode(subject))
    return [
        Pointing(reader.fact(predicate, subjects), counts.others.get(predicate, len(subjects)))
        for predicate, subjects in sorted(found.items())
    ]


def _evidence(reader: Reader, surroundings: Surroundings) -> EvidencePart:
    said = reader.description
    targets = said.things(said.thing, "oa:hasTarget")
    sources = sorted({source for target in targets for source in said.things(target, "oa:hasSource")})
    view = evidence_view(reader, said.thing, surroundings.contexts, sources)
    return EvidencePart(view, [source_view(reader, each) for each in sources])


def _title(reader: Reader, evidence: EvidencePart | None) -> Value:
    """Return what the thing is called; a row of a table by its cells."""
    label = reader.label(reader.description.thing)
    entry = evidence.view.entry if evidence else None
    return replace(label, text=" · ".join(cell for _, cell in entry.cells)) if entry and entry.cells else label


def _contents(reader: Reader, contents: GraphContents) -> GraphPart:
    thing, names = reader.description.thing, Names(contents.claims)
    claims = [named(iri, names, reader.links, reader.language) for iri in contents.claims]
    return GraphPart(
        statements=reader.words.number(contents.statements) if contents.statements is not None else None,
        claims=sorted(claims, key=lambda value: value.text.casefold()),
        count=contents.count,
        download=reader.links.file(f"graph-store?{urlencode({'graph': thing})}"),
    )
