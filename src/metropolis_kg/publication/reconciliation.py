"""Matching names to things, as the Reconciliation Service API 0.2 wants it.

A batch costs three queries of the store, and for each name one search of the index.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import Any

import pyoxigraph as ox

from metropolis_kg.model.spelling import spellings
from metropolis_kg.publication.own_queries import rows
from metropolis_kg.publication.reconciliation_candidates import (
    ALIKE,
    Candidate,
    by_score,
    is_of,
    match,
    name_likeness,
)
from metropolis_kg.publication.reconciliation_identifiers import things_identified
from metropolis_kg.publication.reconciliation_request import Attribute, Entity, Extension, Given, Query
from metropolis_kg.publication.reconciliation_terms import (
    Terms,
    entity_id,
    entity_iri,
    node,
    properties_of_class,
    suggested,
    term_id,
    term_iri,
    terms_of,
)
from metropolis_kg.publication.reconciliation_values import StoredValue, Values, agrees, cells, in_language, values_of
from metropolis_kg.publication.search import Found, entry, find
from metropolis_kg.store.protocol import QueryTimeoutError
from metropolis_kg.store.release import OpenRelease

SUGGESTIONS = 10
"""Suggestions in one answer; the next ones are had with a cursor."""

PROPOSED = 100
"""Properties that are proposed for a type at most."""

_LOOKED_AT = 20
"""Things that are looked at for a query at least, so that namesakes are seen whatever the limit."""

_SECONDS = 20
"""How long the names of a batch may take; a worker of the server is busy that long."""

_ABOUT_OTHERS = ("claims", "quotes", "rules")
"""Kinds of things that are found only where their type is asked for: their names are those of others."""

_TEXTS = ("skos:definition", "dct:description")
_DESCRIBING = (
    *_TEXTS, "schema:containedInPlace", "org:unitOf", "org:postIn", "mkg:governs", "dct:spatial", "schema:location",
    "org:classification",
)  # fmt: skip
_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")
_LONGEST = 200


@dataclass(frozen=True)
class Reconciler:
    """Answers about one release, in a language."""

    release: OpenRelease
    queries: Path
    language: str

    @cached_property
    def terms(self) -> Terms:
        """The classes and properties a client may name."""
        return terms_of(self.release, self.queries)

    def reconcile(self, batch: Mapping[str, Query]) -> dict[str, Any]:
        """Return the result batch. Raises what the store raises."""
        found = self.candidates(batch)
        matches = {key: match(each) for key, each in found.items()}
        kept = {key: each[: batch[key].limit] for key, each in found.items()}
        values = self._describing(candidate.thing for each in kept.values() for candidate in each)
        return {
            key: {"result": [self._shown(each, each is matches[key], values) for each in candidates]}
            for key, candidates in kept.items()
        }

    def candidates(self, batch: Mapping[str, Query]) -> dict[str, list[Candidate]]:
        """Return the candidates for each query, the best first. Raises what the store raises."""
        names = [query.name for query in batch.values() if query.name]
        identified = things_identified(self.release, self.queries, names)
        found, began = {}, monotonic()
        for key, query in batch.items():
            found[key] = self._found(query, identified.get(query.name, set()))
            if monotonic() - began > _SECONDS:
                raise QueryTimeoutError(f"The names took more than {_SECONDS} seconds; send fewer at once.")
        properties = {self.iri(each.property) for query in batch.values() for each in query.attributes}
        things = [candidate.thing.iri for each in found.values() for candidate in each]
        values = values_of(self.release, self.queries, things, properties)
        return {
            key: by_score(self._compared(candidate, batch[key].attributes, values) for candidate in each)
            for key, each in found.items()
        }

    def suggest_entities(self, prefix: str, skipped: int) -> list[dict[str, Any]]:
        """Return the entities that ``prefix`` identifies, and those that it may begin the name of."""
        identified = things_identified(self.release, self.queries, [prefix]).get(prefix, set())
        first = [thing for iri in sorted(identified) if (thing := entry(self.release, iri))]
        found = find(self.release, prefix, limit=SUGGESTIONS, offset=skipped).found if prefix else ()
        entities = [thing for thing in found if self._is_entity(thing, ())]
        by_iri = {thing.iri: thing for thing in (*(() if skipped else first), *entities)}
        things = sorted(by_iri.values(), key=lambda thing: not _begins(thing, prefix))[:SUGGESTIONS]
        values = self._describing(things)
        return [self._entity(thing, values) | {"notable": self._types(thing)} for thing in things]

    def suggest_types(self, prefix: str, skipped: int) -> list[dict[str, Any]]:
        """Return the classes that ``prefix`` may begin the name of, each with its broader ones."""
        found = suggested(self.terms.classes.values(), prefix, self.language)[skipped:][:SUGGESTIONS]
        return [
            each.shown(self.language)
            | {"broader": [self.terms.term(iri).identified(self.language) for iri in sorted(each.broader)]}
            for each in found
        ]

    def suggest_properties(self, prefix: str, skipped: int) -> list[dict[str, Any]]:
        """Return the properties in use that ``prefix`` may begin the name of."""
        found = suggested(self.terms.properties.values(), prefix, self.language)[skipped:][:SUGGESTIONS]
        return [each.shown(self.language) for each in found]

    def propose(self, type_id: str, limit: int) -> list[dict[str, Any]]:
        """Return the properties that things of a type have, the most usual first."""
        properties = properties_of_class(self.release, self.queries, self.iri(type_id))
        return [self.terms.term(iri).shown(self.language) for iri in properties[:limit]]

    def extend(self, asked: Extension) -> dict[str, Any]:
        """Return the data extension response. Raises AnswerTooLargeError, and what the store raises."""
        properties = {each: self.iri(each) for each in asked.properties}
        things = {each: entity_iri(self.release, each) for each in asked.ids}
        values = values_of(self.release, self.queries, things.values(), properties.values())
        meta = [{"id": each, "name": self.terms.term(iri).name(self.language)} for each, iri in properties.items()]
        rows = {
            each: {
                name: cells(self.release, values.get(thing, {}).get(iri, ()), self.language)
                for name, iri in properties.items()
            }
            for each, thing in things.items()
        }
        return {"meta": meta, "rows": rows}

    def described(self, things: Sequence[Found]) -> list[dict[str, Any]]:
        """Return each of ``things`` as the API has entities, with its types."""
        values = self._describing(things)
        return [self._entity(thing, values) | {"type": self._types(thing)} for thing in things]

    def iri(self, term: str) -> str:
        """Return the IRI of a class or property by what a client calls it."""
        return term_iri(term, self.release.prefixes)

    def _found(self, query: Query, identified: set[str]) -> list[Candidate]:
        """Return what may be meant, before properties are compared."""
        types, only_should = tuple(map(self.iri, query.types)), query.strictness == "should"
        things = {thing.iri: thing for iri in sorted(identified) if (thing := entry(self.release, iri))}
        if query.name:
            named = self._named(query, () if only_should else types)
            things |= {thing.iri: thing for thing in named if self._is_entity(thing, types)}
        else:
            things |= {thing.iri: thing for thing in self._with_values(query.attributes)}
        found = [
            Candidate(
                thing, name_likeness(query.name, thing), thing.iri in identified,
                is_of(thing, types, query.strictness), bool(query.name),
            )
            for thing in things.values()
        ]  # fmt: skip
        alike = [each for each in found if each.is_identified or not each.is_named or each.likeness >= ALIKE]
        return [each for each in alike if each.is_of_type or only_should]

    def _named(self, query: Query, types: Sequence[str]) -> Sequence[Found]:
        """Return what is called so; only where nothing is, what is called alike, which takes longer to find."""
        most = max(_LOOKED_AT, query.limit)
        found = find(self.release, query.name, types=types, limit=most, fuzzy=False).found
        if any(name_likeness(query.name, thing) == 100 for thing in found if self._is_entity(thing, types)):
            return found
        return find(self.release, query.name, types=types, limit=most).found

    def _is_entity(self, thing: Found, types: Sequence[str]) -> bool:
        """Return whether ``thing`` is meant where one of ``types`` is asked for: without any, nothing about others."""
        return thing.iri.startswith(self.release.iri("id/")) and bool(types or thing.kind not in _ABOUT_OTHERS)

    def _with_values(self, attributes: Sequence[Attribute]) -> list[Found]:
        """Return the things that have a value asked for, by the first property for which any has."""
        for attribute in attributes:
            asked = node(self.iri(attribute.property))
            values = [term for given in attribute.values for term in self._stored(given)]
            found = self._having(asked, values) if asked and values else []
            if found:
                return found
        return []

    def _having(self, asked: ox.NamedNode, values: list[ox.NamedNode | ox.Literal]) -> list[Found]:
        labels = [term for term in values if isinstance(term, ox.Literal)] or [ox.Literal("")]
        path = self.queries / "reconciliation" / "with-value.rq"
        found = rows(self.release, path, {"property": asked, "value": values, "label": labels})
        return [thing for row in found if (thing := entry(self.release, row["thing"]["value"]))]

    def _stored(self, given: Given) -> list[ox.NamedNode | ox.Literal]:
        """Return the terms that a store may have for a value that a client gives."""
        if isinstance(given, Entity):
            named = node(entity_iri(self.release, given.id))
            return [named] if named else []
        if not isinstance(given, str):
            return [ox.Literal(given)]
        named = node(given) if ":" in given else None
        literals = [ox.Literal(given), *(ox.Literal(given, language=each) for each in _LANGUAGES)]
        return [*literals, *([named] if named else [])]

    def _compared(self, candidate: Candidate, attributes: Sequence[Attribute], values: Values) -> Candidate:
        of_thing = values.get(candidate.thing.iri, {})
        agreements: dict[str, bool | None] = {}
        for each in attributes:
            iri = self.iri(each.property)
            name, agreed = term_id(iri, self.release.prefixes), agrees(self.release, each, of_thing.get(iri, ()))
            agreements[name] = agreed and agreements.get(name, True)  # where it is given twice, both have to agree
        return replace(candidate, agreements=agreements)

    def _describing(self, things: Iterable[Found]) -> Values:
        return values_of(self.release, self.queries, (thing.iri for thing in things), map(self.iri, _DESCRIBING))

    def _shown(self, candidate: Candidate, is_match: bool, values: Values) -> dict[str, Any]:
        facts = {"type": self._types(candidate.thing), "score": candidate.score, "match": is_match}
        return self._entity(candidate.thing, values) | facts | {"features": candidate.features}

    def _entity(self, thing: Found, values: Values) -> dict[str, Any]:
        name = thing.labels.get(self.language) or next(iter(thing.labels.values()), thing.matched)
        description = self._description(thing, values.get(thing.iri, {}))
        described = {"description": description} if description else {}
        return {"id": entity_id(self.release, thing.iri), "name": name, **described}

    def _types(self, thing: Found) -> list[dict[str, str]]:
        return [term.identified(self.language) for term in self.terms.most_specific(thing.types)]

    def _description(self, thing: Found, values: Mapping[str, Sequence[StoredValue]]) -> str:
        """Return what is said of a thing in a few words: its definition, or its type and what it belongs to."""
        said = {
            name: in_language(values[iri], self.language) for name in _DESCRIBING if (iri := self.iri(name)) in values
        }
        for name in _TEXTS:
            if name in said:
                return said[name][0].text[:_LONGEST]
        kinds = [term.name(self.language) for term in self.terms.most_specific(thing.types)]
        related = [self._related(name, found) for name, found in said.items()]
        return " · ".join([*kinds[:2], *related[:2]])[:_LONGEST]

    def _related(self, name: str, values: Sequence[StoredValue]) -> str:
        called = ", ".join(each.name(self.language) for each in values[:2])
        return f"{self.terms.term(self.iri(name)).name(self.language)}: {called}"


def _begins(thing: Found, prefix: str) -> bool:
    """Return whether a name of ``thing`` begins with ``prefix``."""
    begun = tuple(spellings(prefix))
    return any(each.startswith(begun) for name in thing.labels.values() for each in spellings(name))
