"""A claim as a page shows it: what it says, when it held, with which words a source says so, who states it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import pyoxigraph as ox

from metropolis_kg.model.bounds import TIMES, Bounds, Certainty
from metropolis_kg.model.claims import KINDS
from metropolis_kg.publication.description import Description
from metropolis_kg.publication.quoted_text import Context
from metropolis_kg.publication.reading import Fact, Reader, Value
from metropolis_kg.publication.table_rows import Entry, entry_of
from metropolis_kg.publication.time_words import day, short_day, stated, stretch

_NAMES = ("skos:prefLabel", "dct:title")
_OWN_TIMES, _WINDOW = TIMES[:5], TIMES[5:]
"""Of an interval, and of a claim without a date."""

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

    brief: str = ""
    """What is certain, in few words."""


@dataclass(frozen=True)
class EvidenceView:
    """The words of a source, or a note where its text is not kept."""

    quotes: list[Value]
    notes: list[Value]
    kind: Value | None
    position: str | None
    starts_at: int
    iri: str
    href: str | None
    """Its page; none where no page can be named by its IRI."""

    context: Context | None
    """What is quoted around it; none where it has no position."""

    entry: Entry | None = None
    """The row of a table or the entry of JSON that it is; none where it is neither."""


@dataclass(frozen=True)
class SourceView:
    """A source, and when it was written."""

    title: Value
    written: str | None
    digest: str | None = None
    """SHA-256 of its text; none where that is not kept."""


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


def claim_view(reader: Reader, claim: str, contexts: Mapping[str, Context]) -> ClaimView:
    """Return the claim with IRI ``claim``, of which the reader's description says all it needs.

    ``contexts`` has IRI of evidence → its quote in context.
    """
    said = reader.description
    kind = kind_of(said, claim)
    hidden = {said.iri(name) for name in _SHOWN_APART}
    facts = reader.facts(claim, hidden, but=said.thing)
    sources = said.things(claim, "prov:hadPrimarySource")
    return ClaimView(
        iri=claim,
        kind=kind,
        anchor=claim.rstrip("/").rsplit("/", 1)[-1],
        href=reader.links.of(claim),
        heading=_heading(reader, claim),
        when=_when(reader, claim),
        facts=facts,
        evidence=sorted(
            (evidence_view(reader, each, contexts, sources) for each in said.things(claim, "mkg:evidence")), key=_place
        ),
        sources=[source_view(reader, each) for each in sources],
        stated_by=_stated_by(said, claim),
        rule=next((reader.value(ox.NamedNode(each)) for each in said.things(claim, "mkg:rule")), None),
        premises=[reader.value(ox.NamedNode(each)) for each in said.things(claim, "prov:wasDerivedFrom")],
        confidence=next((reader.label(each) for each in said.things(claim, "mkg:confidence")), None),
        certainty=said.part.certainties.get(claim) if said.part else None,
    )


def kind_of(said: Description, claim: str) -> str:
    """Return which of ``KINDS`` a claim is; ``Claim`` where it is none of them."""
    return next((name for name in KINDS if said.is_a(claim, f"mkg:{name}")), "Claim")


def kind_name(reader: Reader, kind: str) -> str:
    """Return what one claim of a kind is called, as the vocabulary has it."""
    return reader.names.name(reader.description.iri(f"mkg:{kind}"), reader.language)


def _heading(reader: Reader, claim: str) -> list[Value]:
    """Return the claim's name where it was given one, else what it cannot be without, in the order of its shape.

    A relation is told whole; elsewhere the thing of the page goes without saying.
    """
    said = reader.description
    if any(said.values(claim, name) for name in _NAMES):
        return [reader.label(claim)]
    whole = bool(said.values(claim, "rdf:subject"))
    essential = reader.order.essential(said.things(claim, "rdf:type"))
    terms = [term for path in essential for term in said.properties(claim).get(path, [])]
    return [reader.value(term) for term in terms if whole or term.value != said.thing] or [reader.label(claim)]


def bounds_of(said: Description, claim: str) -> Bounds:
    """Return when a claim held; of a count without a date, the window within which it can have been true."""
    interval = next(iter(said.things(claim, "time:hasTime")), claim)
    texts = [said.text(interval, f"mkg:{name}") for name in _OWN_TIMES]
    return Bounds.read([*texts, *(said.text(claim, f"mkg:{name}") for name in _WINDOW)])


def _when(reader: Reader, claim: str) -> When:
    said, language = reader.description, reader.language
    interval = next(iter(said.things(claim, "time:hasTime")), claim)
    bounds = bounds_of(said, claim)
    certain, last_known = bounds.certain(), bounds.last_known()
    return When(
        stated=list(_stated_times(reader, claim)),
        certain=stretch(certain, language) if certain else None,
        possible=[stretch(days, language) for days in bounds.possible()],
        last_known=f"{reader.words['after']} {day(last_known, language)}" if last_known else None,
        begins=next(filter(None, (said.text(interval, f"mkg:{name}") for name in _OWN_TIMES)), ""),
        brief=_brief(reader, certain, last_known),
    )


def _brief(reader: Reader, certain: tuple[date, date] | None, last_known: date | None) -> str:
    """Return what is certain in few words; nothing where nothing is."""
    if not certain:
        return ""
    words = reader.words
    days = " – ".join(dict.fromkeys(short_day(each, reader.language) for each in certain))
    return f"{words['certain']} {days}" + (f", {words['claim_last_known']}" if last_known else "")


def held_times(reader: Reader, claim: str) -> Iterator[str]:
    """Yield in words when a source says that the claim held, or attests it."""
    said, words = reader.description, reader.words
    for literal in said.literals(claim, "mkg:when"):
        yield stated(literal.value, reader.language)
    moments = [stated(each.value, reader.language) for each in said.literals(claim, "mkg:attestedDuring")]
    if moments:
        yield words["attested"] + " " + f" {words['and']} ".join(moments)


def _stated_times(reader: Reader, claim: str) -> Iterator[str]:
    said, words = reader.description, reader.words
    yield from held_times(reader, claim)
    for literal in said.literals(claim, "mkg:plannedEnd"):
        yield f"{words['planned_end']}: {stated(literal.value, reader.language)}"
    window = _window(reader, claim)
    if window:
        yield f"{words['observed']} {window}"


def _window(reader: Reader, subject: str) -> str | None:
    return f" {reader.words['window_and']} ".join(window_days(reader, subject)) or None


def window_days(reader: Reader, subject: str) -> list[str]:
    """Return the first and the last day of the observation window of a source or a count, in words; the same once."""
    ends = [_day(reader.description, subject, f"mkg:{name}") for name in _WINDOW]
    return list(dict.fromkeys(day(each, reader.language) for each in ends if each))


def evidence_view(
    reader: Reader, evidence: str, contexts: Mapping[str, Context], sources: Iterable[str]
) -> EvidenceView:
    """Return the evidence with that IRI, which is from ``sources``; ``contexts`` is as for ``claim_view``."""
    said = reader.description
    quotes = said.literals(evidence, "mkg:quote")
    start = said.text(evidence, "mkg:startsAt")
    starts_at = int(start) if start and start.isdecimal() else -1
    kind = next(iter(said.things(evidence, "mkg:textKind")), None)
    return EvidenceView(
        quotes=[Value(quote.value, quote.language) for quote in quotes],
        notes=reader.best(said.literals(evidence, "mkg:note")),
        kind=reader.value(ox.NamedNode(kind)) if kind else None,
        position=f"{starts_at}–{starts_at + len(quotes[0].value)}" if quotes and starts_at >= 0 else None,
        starts_at=starts_at,
        iri=evidence,
        href=reader.value(ox.NamedNode(evidence)).href,
        context=contexts.get(evidence),
        entry=entry_of(said, evidence, sources),
    )


def _place(evidence: EvidenceView) -> tuple[int, str]:
    return evidence.starts_at, evidence.href or ""


def source_view(reader: Reader, source: str) -> SourceView:
    """Return the source with IRI ``source``, with its window in words."""
    window = _window(reader, source)
    several = window and reader.words["window_and"] in window
    written = f"{reader.words['written' if several else 'written_on']} {window}" if window else None
    return SourceView(reader.value(ox.NamedNode(source)), written, reader.description.text(source, "mkg:sha256"))


def _stated_by(said: Description, claim: str) -> str | None:
    kinds = {"mkg:PageGraph": "page", "mkg:EnrichmentGraph": "enrichment", "mkg:InferredGraph": "inferred"}
    graphs = said.things(claim, "dct:isPartOf")
    return next((word for name, word in kinds.items() for graph in graphs if said.is_a(graph, name)), None)


def _day(said: Description, subject: str, name: str) -> date | None:
    text = said.text(subject, name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
