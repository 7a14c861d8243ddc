"""What people see of the reconciliation service: the preview of an entity, and what a name that they try finds."""

from dataclasses import dataclass

from metropolis_kg.publication.drawn_text import shortened
from metropolis_kg.publication.names import names_for
from metropolis_kg.publication.reading import Fact, Links, Value
from metropolis_kg.publication.reconciliation import Reconciler
from metropolis_kg.publication.reconciliation_candidates import Candidate, match
from metropolis_kg.publication.reconciliation_request import Query
from metropolis_kg.publication.reconciliation_values import StoredValue, in_language, values_of
from metropolis_kg.publication.words import Words

_SHOWN = (
    "skos:definition", "dct:description", "skos:altLabel", "schema:containedInPlace", "dct:spatial", "org:unitOf",
    "org:postIn", "mkg:governs", "schema:location", "mkg:when", "org:classification", "foaf:homepage",
    "schema:identifier", "org:linkedTo", "org:hasMembership",
)  # fmt: skip
_FACTS, _VALUES, _LONGEST = 3, 3, 200
_TRIED = 10


@dataclass(frozen=True)
class Preview:
    """An entity in a small frame."""

    title: Value
    kinds: list[str]
    facts: list[Fact]
    href: str


@dataclass(frozen=True)
class Tried:
    """What a name that was tried may mean."""

    name: Value
    kinds: list[str]
    description: str
    points: str
    """Its score, of 100."""

    is_match: bool


def preview(reconciler: Reconciler, iri: str, links: Links) -> Preview:
    """Return the preview of the entity ``iri``. Raises what the store raises."""
    properties = ["rdf:type", *_SHOWN]
    values = values_of(reconciler.release, reconciler.queries, [iri], map(reconciler.iri, properties)).get(iri, {})
    classes = [value.text for value in values.get(reconciler.iri("rdf:type"), ())]
    names = names_for(reconciler.release, reconciler.queries, [iri]).labels.get(iri, {})
    return Preview(
        _value(StoredValue({"type": "uri", "value": iri}, names), reconciler, links),
        [term.name(reconciler.language) for term in reconciler.terms.most_specific(classes)],
        [
            Fact(
                reconciler.terms.term(reconciler.iri(name)).name(reconciler.language),
                [
                    _value(each, reconciler, links)
                    for each in in_language(values[reconciler.iri(name)], reconciler.language)[:_VALUES]
                ],
            )
            for name in _SHOWN
            if reconciler.iri(name) in values
        ][:_FACTS],
        links.of(iri),
    )


def tried(reconciler: Reconciler, name: str, type_id: str, links: Links) -> list[Tried]:
    """Return what ``name`` finds, the likeliest first. Raises what the store raises."""
    words = Words(reconciler.language)
    query = Query(name, (type_id,) if type_id else (), limit=_TRIED)
    candidates = reconciler.candidates({"tried": query})["tried"]
    chosen = match(candidates)
    described = reconciler.described([each.thing for each in candidates[:_TRIED]])
    return [
        Tried(
            _named(each, reconciler, links), [kind["name"] for kind in said["type"]], said.get("description", ""),
            words.decimal(each.score, 0 if each.score.is_integer() else 1), each is chosen,
        )
        for each, said in zip(candidates, described, strict=False)
    ]  # fmt: skip


def _named(candidate: Candidate, reconciler: Reconciler, links: Links) -> Value:
    thing = candidate.thing
    return _value(StoredValue({"type": "uri", "value": thing.iri}, thing.labels), reconciler, links)


def _value(value: StoredValue, reconciler: Reconciler, links: Links) -> Value:
    """Return a value as a page shows it, cut where it is long."""
    if value.term["type"] == "literal":
        language = value.language if value.language != reconciler.language else ""
        return Value(shortened(value.text, _LONGEST), language or None)
    fitting = next(iter(value.names), "")
    language = reconciler.language if reconciler.language in value.names else fitting
    other = None if language in ("", reconciler.language) else language
    href = links.of(value.text) if value.text.startswith(("http://", "https://")) else None
    return Value(shortened(value.name(reconciler.language), _LONGEST), other, href, not links.is_ours(value.text))
