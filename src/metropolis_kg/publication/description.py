"""What is said about a thing: its own statements, the claims it occurs in with their evidence, what else points to it.

One query (``queries/description/thing.rq``) finds it all. What it answers, beyond what the dataset states: the thing is
``schema:subjectOf`` each claim it occurs in, and a claim ``dct:isPartOf`` the named graph that states it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.errors import MetropolisError
from metropolis_kg.publication.media_types import N_TRIPLES, RESULTS_JSON
from metropolis_kg.store.protocol import Term
from metropolis_kg.store.release import OpenRelease

Subject = Mapping[str, list[Term]]


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

    def iri(self, name: str) -> str:
        """Return the IRI that the prefixed name stands for."""
        prefix, _, local = name.partition(":")
        return self.prefixes[prefix] + local

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


def describe(release: OpenRelease, queries: Path, iri: str) -> Description:
    """Return what ``release`` says about the thing ``iri``, with one query.

    ``queries`` is the folder of that name in the content. The vocabulary is described with all its terms. Raises
    UnknownThingError and what the store raises.
    """
    thing = _node(iri)
    query = _text(queries / "description" / ("vocabulary.rq" if iri == release.prefixes["mkg"] else "thing.rq"))
    answer = release.service.query(query, N_TRIPLES.media_type, bindings={"thing": thing})
    triples = ordered({quad.triple for quad in ox.parse(answer, format=ox.RdfFormat.N_TRIPLES)}, iri)
    if not any(triple.subject == thing for triple in triples):
        raise UnknownThingError(iri)
    return Description(iri, tuple(triples), release.prefixes)


def is_known(release: OpenRelease, queries: Path, iri: str) -> bool:
    """Return whether ``release`` says anything about the thing ``iri``. Raises what the store raises."""
    query = _text(queries / "description" / "known.rq")
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


@lru_cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
