"""A claim as a page shows it: what it says, when it held, with which words a source says so, who states it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import pyoxigraph as ox

from metropolis_kg.publication.description import Description
from metropolis_kg.publication.reading import Fact, Reader, Value
from metropolis_kg.publication.time_words import Bounds, Certainty, day, stated, stretch

HEADINGS: dict[str, tuple[str, ...]] = {
    "Founding": (),
    "PostHolding": ("org:member", "mkg:post", "org:organization"),
    "Tenure": ("org:role", "org:member", "org:organization"),
    "Election": (),
    "MemberCount": ("schema:value", "mkg:countUnit", "mkg:countOf"),
    "Partnership": ("mkg:partner",),
    "PartnerList": (),
    "Event": (),
    "Participation": ("mkg:participant", "cv:role", "mkg:event"),
    "Dating": ("mkg:dates",),
    "StatedRelation": ("rdf:subject", "rdf:predicate", "rdf:object"),
    "InferredRelation": ("rdf:subject", "rdf:predicate", "rdf:object"),
    "AttributedStatement": (),
}
"""The classes of claims in the order of their groups on a page, and the properties that make a claim's heading.

Without any, its label is the heading. A class stands before those above it, if they are here as well.
"""

_BOUNDS = ("startEarliest", "startLatest", "endEarliest", "endLatest", "attestedUntil")
_SHOWN_APART = (
    "rdf:type", "rdfs:label", "skos:prefLabel", "dct:title", "schema:subjectOf", "dct:isPartOf",
    "foaf:isPrimaryTopicOf", "mkg:evidence", "prov:hadPrimarySource", "mkg:when", "mkg:attestedDuring",
    "mkg:plannedEnd", "time:hasTime", "org:memberDuring", "mkg:observedNotBefore", "mkg:observedNotAfter",
    "mkg:dateBasis", "mkg:rule", "mkg:confidence", "prov:wasDerivedFrom", "cv:hasParticipation", "mkg:certainOn",
    "mkg:possibleOn",
)  # fmt: skip


@dataclass(frozen=True)
class When:
    """The time of a claim in words: as stated, and on which days it is certain, possible, last known."""

    stated: list[str] = field(default_factory=list)
    certain: str | None = None
    possible: list[str] = field(default_factory=list)
    last_known: str | None = None
    begins: str = ""
    """The first day that is known of it, for sorting."""


@dataclass(frozen=True)
class EvidenceView:
    """The words of a source, or a note where its text is not kept."""

    quotes: list[Value]
    notes: list[Value]
    kind: Value | None
    position: str | None
    starts_at: int
    href: str


@dataclass(frozen=True)
class SourceView:
    """A source, and when it was written."""

    title: Value
    written: str | None


@dataclass(frozen=True)
class ClaimView:
    """Everything a page shows of one claim."""

    iri: str
    kind: str
    anchor: str
    href: str
    heading: list[Value]
    when: When
    facts: list[Fact]
    evidence: list[EvidenceView]
    sources: list[SourceView]
    stated_by: str | None
    """``page``, ``enrichment`` or ``inferred``: what kind of graph states it."""

    rule: Value | None
    premises: list[Value]
    confidence: Value | None
    certainty: Certainty | None
    """How certainly it held on the day of which the page tells; none where it tells of all time, or it did not hold."""

    @property
    def order(self) -> tuple[str, int, str]:
        """Where it stands among the claims of its group: by time where it has one, then in the order of the source."""
        return self.when.begins or "9999", min((each.starts_at for each in self.evidence), default=0), self.iri


def claim_view(reader: Reader, claim: str) -> ClaimView:
    """Return the claim with IRI ``claim``, of which the reader's description says all it needs."""
    said = reader.description
    kind = next((name for name in HEADINGS if said.is_a(claim, f"mkg:{name}")), "Claim")
    parts = [part for part in HEADINGS.get(kind, ()) if said.values(claim, part)]
    return ClaimView(
        iri=claim,
        kind=kind,
        anchor=claim.rstrip("/").rsplit("/", 1)[-1],
        href=reader.links.of(claim),
        heading=_heading(reader, claim, parts),
        when=_when(reader, claim),
        facts=list(_facts(reader, claim, parts)),
        evidence=sorted((_evidence(reader, each) for each in said.things(claim, "mkg:evidence")), key=_place),
        sources=[_source(reader, each) for each in said.things(claim, "prov:hadPrimarySource")],
        stated_by=_stated_by(said, claim),
        rule=next((reader.value(ox.NamedNode(each)) for each in said.things(claim, "mkg:rule")), None),
        premises=[reader.value(ox.NamedNode(each)) for each in said.things(claim, "prov:wasDerivedFrom")],
        confidence=next((reader.label(each) for each in said.things(claim, "mkg:confidence")), None),
        certainty=said.part.certainties.get(claim) if said.part else None,
    )


def _heading(reader: Reader, claim: str, parts: list[str]) -> list[Value]:
    """A relation is told whole; elsewhere the thing of the page goes without saying."""
    thing = reader.description.thing
    whole = "rdf:subject" in parts
    terms = [term for part in parts for term in reader.description.values(claim, part)]
    values = [reader.value(term) for term in terms if whole or term.value != thing]
    return values or [reader.label(claim)]


def _facts(reader: Reader, claim: str, parts: list[str]) -> Iterator[Fact]:
    said = reader.description
    hidden = {said.iri(name) for name in (*_SHOWN_APART, *parts)}
    for predicate, terms in said.properties(claim).items():
        shown = [term for term in terms if term.value != said.thing]
        if predicate not in hidden and shown:
            yield reader.fact(predicate, shown)


def _when(reader: Reader, claim: str) -> When:
    said, language = reader.description, reader.language
    interval = next(iter(said.things(claim, "time:hasTime")), claim)
    bounds = _bounds(said, interval)
    certain, last_known = bounds.certain(), bounds.last_known()
    return When(
        stated=list(_stated_times(reader, claim)),
        certain=stretch(certain, language) if certain else None,
        possible=[stretch(days, language) for days in bounds.possible()],
        last_known=f"{reader.words['after']} {day(last_known, language)}" if last_known else None,
        begins=next(filter(None, (said.text(interval, f"mkg:{name}") for name in _BOUNDS)), ""),
    )


def _stated_times(reader: Reader, claim: str) -> Iterator[str]:
    said, words = reader.description, reader.words
    for literal in said.literals(claim, "mkg:when"):
        yield stated(literal.value, reader.language)
    moments = [stated(each.value, reader.language) for each in said.literals(claim, "mkg:attestedDuring")]
    if moments:
        yield words["attested"] + " " + f" {words['and']} ".join(moments)
    for literal in said.literals(claim, "mkg:plannedEnd"):
        yield f"{words['planned_end']}: {stated(literal.value, reader.language)}"
    window = _window(reader, claim)
    if window:
        yield f"{words['observed']} {window}"


def _window(reader: Reader, subject: str) -> str | None:
    """Return the observation window of a source or a count in words; none where it has none."""
    ends = [_day(reader.description, subject, name) for name in ("mkg:observedNotBefore", "mkg:observedNotAfter")]
    texts = [day(each, reader.language) for each in ends if each]
    return f" {reader.words['and']} ".join(dict.fromkeys(texts)) if texts else None


def _evidence(reader: Reader, evidence: str) -> EvidenceView:
    said = reader.description
    quotes = said.literals(evidence, "mkg:quote")
    start = said.text(evidence, "mkg:startsAt")
    starts_at = int(start) if start and start.isdecimal() else -1
    kind = next(iter(said.things(evidence, "mkg:textKind")), None)
    return EvidenceView(
        quotes=[Value(quote.value, quote.language) for quote in quotes],
        notes=reader.best(said.literals(evidence, "mkg:note")),
        kind=reader.label(kind) if kind else None,
        position=f"{starts_at}–{starts_at + len(quotes[0].value)}" if quotes and starts_at >= 0 else None,
        starts_at=starts_at,
        href=reader.links.of(evidence),
    )


def _place(evidence: EvidenceView) -> tuple[int, str]:
    return evidence.starts_at, evidence.href


def _source(reader: Reader, source: str) -> SourceView:
    window = _window(reader, source)
    several = window and reader.words["and"] in window
    written = f"{reader.words['written' if several else 'written_on']} {window}" if window else None
    return SourceView(reader.value(ox.NamedNode(source)), written)


def _stated_by(said: Description, claim: str) -> str | None:
    kinds = {"mkg:PageGraph": "page", "mkg:EnrichmentGraph": "enrichment", "mkg:InferredGraph": "inferred"}
    graphs = said.things(claim, "dct:isPartOf")
    return next((word for name, word in kinds.items() for graph in graphs if said.is_a(graph, name)), None)


def _bounds(said: Description, interval: str) -> Bounds:
    return Bounds(*(_day(said, interval, f"mkg:{name}") for name in _BOUNDS))


def _day(said: Description, subject: str, name: str) -> date | None:
    text = said.text(subject, name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
