"""A description as the HTML template of a thing wants it."""

from dataclasses import dataclass

import pyoxigraph as ox

from metropolis_kg.publication.claim_view import HEADINGS, ClaimView, claim_view
from metropolis_kg.publication.description import Description
from metropolis_kg.publication.linked import Part
from metropolis_kg.publication.names import Names
from metropolis_kg.publication.reading import Fact, Links, Reader, Value
from metropolis_kg.publication.time_words import day as day_in_words
from metropolis_kg.publication.words import Words
from metropolis_kg.store.protocol import Term

_FIRST = (
    "skos:definition", "dct:description", "skos:scopeNote", "mkg:note", "skos:altLabel", "org:classification",
    "org:postIn", "org:unitOf", "mkg:governs", "schema:location", "schema:containedInPlace", "schema:superEvent",
    "schema:organizer", "dct:publisher", "mkg:source",
)  # fmt: skip
_LAST = (
    "foaf:homepage", "schema:url", "owl:sameAs", "skos:closeMatch", "schema:identifier", "adms:identifier",
    "dct:license",
)  # fmt: skip
_GENERAL = ("mkg:Claim", "mkg:Source", "mkg:Graph")
_HIDDEN = (
    "rdf:type", "rdfs:label", "skos:prefLabel", "foaf:name", "dct:title", "schema:subjectOf", "foaf:isPrimaryTopicOf",
    "org:hasMembership", "cv:participates", "cv:hasParticipation", "rdfs:isDefinedBy",
)  # fmt: skip


@dataclass(frozen=True)
class ClaimGroup:
    """Claims of one kind, under one heading."""

    kind: str
    heading: str
    claims: list[ClaimView]


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
    facts: list[Fact]
    claim: ClaimView | None
    """The thing itself where it is a claim; its own statements are shown as such then, and not as facts."""

    groups: list[ClaimGroup]
    pointing: list[Fact]
    part: PartView | None
    """Which part of what is said it shows; none where it shows all."""

    @property
    def claim_count(self) -> int:
        """How many claims the thing occurs in."""
        return sum(len(group.claims) for group in self.groups)


def page_of(description: Description, names: Names, links: Links, words: Words) -> Page:
    """Return the page for ``description`` in the language of ``words``."""
    reader = Reader(description, names, links, words)
    thing = description.thing
    is_claim = description.is_a(thing, "mkg:Claim")
    return Page(
        iri=thing,
        title=reader.label(thing),
        kinds=_kinds(reader),
        facts=[] if is_claim else _facts(reader, thing),
        claim=claim_view(reader, thing) if is_claim else None,
        groups=_groups(reader),
        pointing=_pointing(reader),
        part=part_view(description.part, words) if description.part else None,
    )


def part_view(part: Part, words: Words) -> PartView:
    """Return in words which part of what is said a description holds."""
    return PartView(
        place=words["page_of"].format(part.page, part.pages) if part.pages > 1 else None,
        total=words["linked_in_all"].format(part.total),
        day=words["as_of"].format(day_in_words(part.day, words.language)) if part.day else None,
        held=words["held_then"].format(len(part.certainties)),
        left_out=words["left_out"].format(part.left_out),
    )


def _kinds(reader: Reader) -> list[Value]:
    """Return the thing's own classes by name; ours, and not those that say little, where there are others."""
    classes = reader.description.things(reader.description.thing, "rdf:type")
    ours = [each for each in classes if reader.links.is_ours(each)]
    general = {reader.description.iri(name) for name in _GENERAL}
    specific = [each for each in ours if each not in general]
    named = {value.text: value for value in map(reader.value, map(ox.NamedNode, specific or ours or classes))}
    return [value for text, value in named.items() if text]


def _facts(reader: Reader, subject: str) -> list[Fact]:
    said = reader.description
    hidden = {said.iri(name) for name in _HIDDEN}
    order = {said.iri(name): place for place, name in enumerate(_FIRST)}
    order |= {said.iri(name): 1000 + place for place, name in enumerate(_LAST)}
    facts = [
        (order.get(predicate, 100), reader.fact(predicate, terms))
        for predicate, terms in said.properties(subject).items()
        if predicate not in hidden
    ]
    return [fact for _, fact in sorted(facts, key=lambda placed: (placed[0], placed[1].name.casefold()))]


def _groups(reader: Reader) -> list[ClaimGroup]:
    claims: dict[str, list[ClaimView]] = {}
    for iri in reader.description.claims:
        if iri != reader.description.thing:
            view = claim_view(reader, iri)
            claims.setdefault(view.kind, []).append(view)
    kinds = [*HEADINGS, "Claim"]
    return [
        ClaimGroup(kind, reader.words.group(kind), sorted(claims[kind], key=lambda view: view.order))
        for kind in kinds
        if kind in claims
    ]


def _pointing(reader: Reader) -> list[Fact]:
    """Return what points to the thing and is no claim, by property; parts of other things are left out."""
    said = reader.description
    claims, hidden = set(said.claims), {said.iri(name) for name in ("foaf:primaryTopic", "void:inDataset")}
    found: dict[str, list[Term]] = {}
    for predicate, subject in said.incoming():
        if subject not in claims and predicate not in hidden and "#" not in subject.removeprefix(said.prefixes["mkg"]):
            found.setdefault(predicate, []).append(ox.NamedNode(subject))
    return [reader.fact(predicate, subjects) for predicate, subjects in sorted(found.items())]
