"""What is said about a thing: its own statements, the claims it occurs in with their evidence, what else points to it.

One query (``queries/description/thing.rq``) finds it all; of a thing with many links, ``thing-part.rq`` finds a part.
What they answer, beyond what the dataset states: the thing is ``schema:subjectOf`` each claim it occurs in, and a claim
``dct:isPartOf`` the named graph that states it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import read_text
from metropolis_kg.errors import MetropolisError
from metropolis_kg.model.namespaces import RDF, XSD, expand
from metropolis_kg.publication.linked import Linked, Part, part_of
from metropolis_kg.publication.media_types import N_TRIPLES, RESULTS_JSON
from metropolis_kg.publication.paging import PAGE
from metropolis_kg.publication.registered import hub_of
from metropolis_kg.store.protocol import NO_BINDINGS, Bindings, Term
from metropolis_kg.store.release import OpenRelease

Subject = Mapping[str, list[Term]]

_TYPE, _DATE = ox.NamedNode(f"{RDF}type"), ox.NamedNode(f"{XSD}date")
_MOST_POINTING, _MOST_OWN = 500, 1000
"""What ``thing.rq`` answers at most, beside linked things: statements that point to the thing, and its own."""


class UnknownThingError(MetropolisError):
    """Nothing is said about a thing; carries its IRI."""

    def __init__(self, iri: str) -> None:
        self.iri = iri
        super().__init__(f"Nothing is known about {iri}.")


@dataclass(frozen=True)
class Description:
    """The triples about one thing; properties are named as prefixed names (``org:member``)."""

    thing: str
    triples: tuple[ox.Triple, ...]
    prefixes: Mapping[str, str]
    part: Part | None = None
    """Which part of all that is said it holds; none: all of it."""

    def iri(self, name: str) -> str:
        """Return the IRI that the prefixed name stands for."""
        return expand(name, self.prefixes)

    def properties(self, subject: str) -> Subject:
        """Return IRI of property → values, in order, of what is said of ``subject``."""
        return self._index.get(subject, {})

    def values(self, subject: str, name: str) -> list[Term]:
        """Return the values of one property of ``subject``."""
        return self.properties(subject).get(self.iri(name), [])

    def literals(self, subject: str, name: str) -> list[ox.Literal]:
        """Return those values that are literals."""
        return [value for value in self.values(subject, name) if isinstance(value, ox.Literal)]

    def things(self, subject: str, name: str) -> list[str]:
        """Return the IRIs of those values that are things."""
        return [value.value for value in self.values(subject, name) if isinstance(value, ox.NamedNode)]

    def text(self, subject: str, name: str) -> str | None:
        """Return the first literal value as text; none where there is no literal."""
        return next((literal.value for literal in self.literals(subject, name)), None)

    def is_a(self, subject: str, name: str) -> bool:
        """Return whether ``subject`` has the class with this prefixed name."""
        return self.iri(name) in self.things(subject, "rdf:type")

    @property
    def claims(self) -> list[str]:
        """The claims the thing occurs in."""
        return self.things(self.thing, "schema:subjectOf")

    def incoming(self) -> list[tuple[str, str]]:
        """Return property and subject of every triple that points to the thing."""
        node = ox.NamedNode(self.thing)
        return [
            (predicate.value, subject.value)
            for subject, predicate, value in self.triples
            if value == node and isinstance(subject, ox.NamedNode)
        ]

    @cached_property
    def _index(self) -> dict[str, dict[str, list[Term]]]:
        index: dict[str, dict[str, list[Term]]] = {}
        for subject, predicate, value in self.triples:
            if isinstance(subject, ox.NamedNode) and isinstance(value, ox.NamedNode | ox.Literal):
                index.setdefault(subject.value, {}).setdefault(predicate.value, []).append(value)
        return index


def describe(release: OpenRelease, queries: Path, iri: str, *, page: int = 1, day: date | None = None) -> Description:
    """Return what ``release`` says about the thing ``iri``: all of it, by one query, where that is no more than a page.

    ``queries`` is the folder of that name in the content. Of more than ``paging.PAGE`` linked things, those on ``page``
    are described. With ``day``, claims are described that certainly or possibly held then, and marked so. The
    vocabulary is always described with all its terms.

    Raises UnknownThingError, UnknownPageError and what the store raises.
    """
    thing = _node(iri)
    if iri == release.prefixes["mkg"]:
        described = tuple(ordered(_asked(release, queries, "vocabulary.rq", thing), iri))
        part = Linked(()).part_on(iri, day, page, ()) if day else Linked(()).part(page)
        return _known(Description(iri, described, release.prefixes, part if day else None))
    if page == 1 and day is None and not hub_of(release, iri):
        whole = Description(iri, tuple(ordered(_asked(release, queries, "thing.rq", thing), iri)), release.prefixes)
        if _is_whole(whole):
            return _known(whole)
    return _known(_part_of(release, queries, thing, page, day))


def _part_of(release: OpenRelease, queries: Path, thing: ox.NamedNode, page: int, day: date | None) -> Description:
    found = part_of(release, queries, thing.value, page, day)
    if found is None:
        raise UnknownThingError(thing.value)
    part, alone = found
    triples = alone + _asked(release, queries, "thing-part.rq", thing, _bindings(thing, part))
    shown = part if part.day or part.pages > 1 else None
    return Description(thing.value, tuple(ordered(set(triples), thing.value)), release.prefixes, shown)


def described_claims(release: OpenRelease, queries: Path, iri: str, claims: Sequence[str]) -> tuple[ox.Triple, ...]:
    """Return what a description of the thing ``iri`` says of ``claims``, whether it occurs in them or not.

    Raises what the store raises.
    """
    linked = _nodes(claims)
    return _asked(release, queries, "thing-part.rq", _node(iri), {"linked": linked, "pointing": linked})


def _bindings(thing: ox.NamedNode, part: Part) -> Bindings:
    """Return what ``thing-part.rq`` asks with."""
    bindings = {"linked": _nodes(part.linked), "pointing": _nodes(part.pointing)}
    if part.day is None:
        return bindings
    told = (thing.value, *part.linked)
    held: dict[str, Term | Sequence[Term]] = {
        certainty: _nodes(each for each in told if part.certainties.get(each) == certainty)
        for certainty in ("certain", "possible")
    }
    return {**bindings, **held, "day": ox.Literal(part.day.isoformat(), datatype=_DATE)}


def _nodes(iris: Iterable[str]) -> list[Term]:
    return [ox.NamedNode(iri) for iri in iris]


def _asked(
    release: OpenRelease, queries: Path, name: str, thing: ox.NamedNode, bindings: Bindings = NO_BINDINGS
) -> tuple[ox.Triple, ...]:
    """Return what the query ``name`` answers about ``thing``."""
    query = read_text(queries / "description" / name)
    answer = release.service.query(query, N_TRIPLES.media_type, bindings={"thing": thing, **bindings})
    return tuple({quad.triple for quad in ox.parse(answer, format=ox.RdfFormat.N_TRIPLES)})


def _is_whole(description: Description) -> bool:
    """Tell whether ``thing.rq`` has reached none of its limits, which are those of a page, or generous."""
    thing = ox.NamedNode(description.thing)
    pointing = [triple for triple in description.triples if triple.object == thing]
    own = [triple for triple in description.triples if triple.subject == thing]
    linked = {triple.subject for triple in pointing}
    linked |= {each.object for each in own if isinstance(each.object, ox.NamedNode) and each.predicate != _TYPE}
    return len(linked) <= PAGE and len(pointing) < _MOST_POINTING and len(own) < _MOST_OWN


def _known(description: Description) -> Description:
    if description.thing not in {str(triple.subject)[1:-1] for triple in description.triples[:1]}:
        raise UnknownThingError(description.thing)
    return description


def is_known(release: OpenRelease, queries: Path, iri: str) -> bool:
    """Return whether ``release`` says anything about the thing ``iri``. Raises what the store raises."""
    query = read_text(queries / "description" / "known.rq")
    try:
        thing = _node(iri)
    except UnknownThingError:
        return False
    return bool(json.loads(release.service.query(query, RESULTS_JSON.media_type, bindings={"thing": thing}))["boolean"])


def ordered(triples: Iterable[ox.Triple], first: str) -> list[ox.Triple]:
    """Return ``triples`` in reading order: those of ``first`` lead, types before all else, then by IRI and value."""

    def place(triple: ox.Triple) -> tuple[bool, str, bool, str, str]:
        subject, predicate = str(triple.subject), triple.predicate.value
        return subject != f"<{first}>", subject, not predicate.endswith("#type"), predicate, str(triple.object)

    return sorted(triples, key=place)


def _node(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise UnknownThingError(iri) from error
