"""Claims that conflict, side by side: what each source says, when, with which words, and in what they differ.

Both stand; nothing here judges between them. What conflicts is what stewards have marked so (``mkg:conflictsWith``).
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import pyoxigraph as ox

from metropolis_kg.model.bounds import Certainty
from metropolis_kg.publication.claim_view import ClaimView, bounds_of, claim_view, kind_name
from metropolis_kg.publication.reading import Reader, Value
from metropolis_kg.publication.time_words import stated
from metropolis_kg.store.protocol import Term

_COMPARED = (
    "org:member", "mkg:post", "org:role", "org:organization", "mkg:partner", "schema:value", "mkg:countUnit",
    "mkg:countOf", "mkg:participant", "cv:role", "mkg:event", "schema:about", "mkg:dates", "schema:location",
    "schema:organizer", "schema:superEvent", "mkg:establishes", "schema:text",
)  # fmt: skip
"""What a claim says, in the order of a card."""

_TIME = "mkg:when"
_TIMES = ("/EDTF", "#date", "#gYear", "#gYearMonth")


@dataclass(frozen=True)
class Said:
    """One thing that a claim says, and whether another in the conflict says otherwise."""

    name: str
    values: list[Value]
    differs: bool


@dataclass(frozen=True)
class Saying:
    """A claim in a conflict, as a card shows it."""

    view: ClaimView
    label: Value
    kind: str
    said: list[Said]
    is_own: bool
    """Whether it is of the source that the page is about."""

    certainty: Certainty | None
    """How certainly it held on the day of which the page tells; none where it tells of all time."""


@dataclass(frozen=True)
class Conflict:
    """Claims that conflict with each other, directly or through others."""

    sayings: list[Saying]
    common: list[Said]
    """What all of them say alike, which is not among what each says."""

    differing: list[str]
    """The names of what they differ in."""

    notes: list[Value]
    """What those say of it who noted the conflict."""


def conflicts_of(
    reader: Reader, pairs: Iterable[tuple[str, str]], own: Collection[str] = (), day: date | None = None
) -> list[Conflict]:
    """Return the conflicts between the claims of ``pairs``, which the reader's description tells of.

    The ``own`` claims come first in each. With ``day``, only claims that certainly or possibly held then are shown, and
    only conflicts that leaves.
    """
    said = reader.description
    held = [pair for pair in pairs if not day or all(bounds_of(said, each).certainty(day) for each in pair)]
    return [_conflict(reader, _in_order(reader, group, own), own, day) for group in _groups(held)]


def _groups(pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    """Return the claims that pairs join, directly or through others, in the order in which they come."""
    groups: list[set[str]] = []
    for pair in pairs:
        joined = [group for group in groups if group & set(pair)]
        place = groups.index(joined[0]) if joined else len(groups)
        groups = [group for group in groups if group not in joined]
        groups.insert(place, set(pair).union(*joined))
    return groups


def _in_order(reader: Reader, claims: Iterable[str], own: Collection[str]) -> list[str]:
    def place(claim: str) -> tuple[bool, str, str]:
        return claim not in own, reader.label(claim).text.casefold(), claim

    return sorted(claims, key=place)


def _conflict(reader: Reader, claims: list[str], own: Collection[str], day: date | None) -> Conflict:
    views = [claim_view(reader, claim, {}) for claim in claims]
    said = [_said(reader, view) for view in views]
    differing = list(_differing(reader, views, said))
    common = [name for name in said[0] if name not in differing and all(name in each for each in said)]
    notes = [note for claim in claims for note in reader.best(reader.description.literals(claim, "mkg:note"))]
    sayings = [
        Saying(
            view,
            reader.value(ox.NamedNode(view.iri)),
            kind_name(reader, view.kind),
            [Said(name, values, name in differing) for name, values in each.items() if name not in common],
            view.iri in own,
            bounds_of(reader.description, view.iri).certainty(day) if day else None,
        )
        for view, each in zip(views, said, strict=True)
    ]
    alike = [Said(name, said[0][name], differs=False) for name in common]
    return Conflict(sayings, alike, differing, list(dict.fromkeys(notes)))


def _said(reader: Reader, view: ClaimView) -> dict[str, list[Value]]:
    """Return name → values of what a claim says, in the order of a card; of a relation, what it relates to."""
    properties = _relation(reader, view.iri) or {
        reader.description.iri(name): values
        for name in _COMPARED
        if (values := reader.description.values(view.iri, name))
    }
    facts = [reader.fact(predicate, terms) for predicate, terms in properties.items()]
    time = [stated(each.value, reader.language) for each in reader.description.literals(view.iri, _TIME)]
    texts = time or view.when.stated
    return {fact.name: fact.values for fact in facts} | ({_time(reader): [*map(Value, texts)]} if texts else {})


def _relation(reader: Reader, claim: str) -> dict[str, list[Term]]:
    values = reader.description.values(claim, "rdf:object")
    return dict.fromkeys(reader.description.things(claim, "rdf:predicate"), values)


def _time(reader: Reader) -> str:
    return reader.names.name(reader.description.iri(_TIME), reader.language)


def _differing(reader: Reader, views: list[ClaimView], said: list[dict[str, list[Value]]]) -> Iterator[str]:
    """Yield what the claims say otherwise; what a relation says is said otherwise even if the others do not say it."""
    related = [_relation(reader, view.iri) for view in views]
    alone = {reader.names.name(predicate, reader.language) for each in related for predicate in each}
    dates = any(_is_time(term) for each in related for terms in each.values() for term in terms)
    for name in dict.fromkeys(name for each in said for name in each):
        wordings = {tuple(value.text for value in each[name]) for each in said if name in each}
        if len(wordings) > 1 or name in alone or (dates and name == _time(reader)):
            yield name


def _is_time(term: Term) -> bool:
    return isinstance(term, ox.Literal) and term.datatype.value.endswith(_TIMES)
