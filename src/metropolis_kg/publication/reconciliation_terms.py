"""Ids of the reconciliation service, and the classes and properties that a client may name.

An entity's id is what stands after ``id/`` in its IRI, so that identifier space and id together are the IRI. The id of
a class or property is its prefixed name; its IRI, and the bare name of a term of the own vocabulary, are understood.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.model.namespaces import shorten
from metropolis_kg.model.spelling import spellings
from metropolis_kg.publication.own_queries import kept_by_release, rows
from metropolis_kg.publication.search import types as classes_in_use
from metropolis_kg.store.release import OpenRelease

DEFAULT_TYPES = (
    "mkg:CityNetwork", "mkg:City", "dct:Location", "org:Organization", "mkg:Person", "mkg:Office", "mkg:Event",
)  # fmt: skip
"""Classes that a client may offer first; those that the release has are in the manifest."""

_UNINTERESTING = ("rdf:type", "rdfs:label", "rdfs:isDefinedBy")
_NAME, _DEFINITION, _BROADER = "rdfs:label", "skos:definition", "rdfs:subClassOf"


@dataclass(frozen=True)
class VocabularyTerm:
    """A class or property: its id, its names and definitions by language, its direct superclasses by IRI."""

    iri: str
    id: str
    names: Mapping[str, str]
    definitions: Mapping[str, str]
    broader: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """Return what it is called in ``language``, else in another, else its id."""
        return self.names.get(language) or next(iter(self.names.values()), self.id)

    def identified(self, language: str) -> dict[str, str]:
        """Return its id and name."""
        return {"id": self.id, "name": self.name(language)}

    def shown(self, language: str) -> dict[str, str]:
        """Return it as the API has types and properties."""
        definition = self.definitions.get(language) or next(iter(self.definitions.values()), "")
        described = {"description": definition} if definition else {}
        return self.identified(language) | described


@dataclass(frozen=True)
class Terms:
    """The terms of a release by IRI."""

    all: Mapping[str, VocabularyTerm]
    """Those of its vocabularies, and the classes and properties in use."""

    classes: Mapping[str, VocabularyTerm]
    """The classes that entities are of."""

    properties: Mapping[str, VocabularyTerm]
    """The properties in use."""

    prefixes: Mapping[str, str]

    def term(self, iri: str) -> VocabularyTerm:
        """Return the class or property ``iri``, be it known or not."""
        return self.all.get(iri) or VocabularyTerm(iri, term_id(iri, self.prefixes), {}, {})

    def most_specific(self, classes: Iterable[str]) -> list[VocabularyTerm]:
        """Return those of ``classes`` that are no superclass of another of them, own ones first."""
        every = list(classes)
        broader = {each for iri in every for each in self._above(iri) if each != iri}
        found = [self.term(iri) for iri in every if iri not in broader]
        return sorted(found, key=lambda term: (not term.iri.startswith(self.prefixes["mkg"]), term.id))

    def _above(self, iri: str) -> set[str]:
        above: set[str] = set()
        waiting = [iri]
        while waiting:
            new = set(self.term(waiting.pop()).broader) - above
            above |= new
            waiting += new
        return above


def entity_id(release: OpenRelease, iri: str) -> str:
    """Return the id of an entity, given its IRI."""
    return iri.removeprefix(release.iri("id/"))


def entity_iri(release: OpenRelease, given: str) -> str:
    """Return the IRI of an entity, given its id, or the IRI itself."""
    return given if is_iri(given) else release.iri(f"id/{given}")


def is_iri(text: str) -> bool:
    """Return whether ``text`` is the IRI of something on the web."""
    return text.startswith(("http://", "https://")) and node(text) is not None


def node(iri: str) -> ox.NamedNode | None:
    """Return ``iri`` as a term; none where it is no IRI."""
    try:
        return ox.NamedNode(iri)
    except ValueError:
        return None


def nodes(iris: Iterable[str]) -> list[ox.NamedNode]:
    """Return those of ``iris`` that are IRIs, as terms."""
    return [found for iri in iris if (found := node(iri)) is not None]


def term_id(iri: str, prefixes: Mapping[str, str]) -> str:
    """Return the id of a class or property: its prefixed name, or its IRI where it has none."""
    return shorten(iri, dict(prefixes)).removeprefix("<").removesuffix(">")


def term_iri(given: str, prefixes: Mapping[str, str]) -> str:
    """Return the IRI of a class or property, given its id, its IRI, or the bare name of a term of the vocabulary."""
    prefix, colon, local = given.partition(":")
    if colon and prefix in prefixes:
        return prefixes[prefix] + local
    return given if colon else prefixes["mkg"] + given


@kept_by_release(4)
def terms_of(release: OpenRelease, queries: Path) -> Terms:
    """Return the classes that entities are of, and the properties in use. Raises what the store raises."""
    said: dict[str, dict[str, list[Mapping[str, str]]]] = {}
    for row in rows(release, queries / "reconciliation" / "terms.rq"):
        of_term = said.setdefault(row["term"]["value"], {})
        of_term.setdefault(row["property"]["value"], []).append(row["value"])
    known = {iri: _term(release, iri, facts) for iri, facts in said.items()}
    classes = {iri: known.get(iri) or _term(release, iri, {}) for iri in classes_in_use(release)}
    others = nodes(iri for iri in known if iri not in classes)
    used = rows(release, queries / "reconciliation" / "in-use.rq", {"property": others}) if others else []
    hidden = {term_iri(name, release.prefixes) for name in _UNINTERESTING}
    properties = {row["property"]["value"] for row in used} - hidden
    return Terms(known | classes, classes, {iri: known[iri] for iri in sorted(properties)}, release.prefixes)


def _term(release: OpenRelease, iri: str, facts: Mapping[str, list[Mapping[str, str]]]) -> VocabularyTerm:
    def texts(name: str) -> dict[str, str]:
        values = facts.get(term_iri(name, release.prefixes), ())
        return {value.get("xml:lang", ""): value["value"] for value in values}

    broader = facts.get(term_iri(_BROADER, release.prefixes), ())
    return VocabularyTerm(
        iri,
        term_id(iri, release.prefixes),
        texts(_NAME),
        texts(_DEFINITION),
        tuple(value["value"] for value in broader),
    )


def suggested(terms: Iterable[VocabularyTerm], prefix: str, language: str) -> list[VocabularyTerm]:
    """Return the terms a name of which, in any language, or whose id has a word that begins with ``prefix``.

    Those whose name begins with it come first. An empty prefix suggests all.
    """
    sought = min(spellings(prefix))
    ranked = [(rank, term.name(language).casefold(), term.id, term) for term in terms
              if (rank := _rank(term, prefix.strip(), sought)) is not None]  # fmt: skip
    return [term for *_, term in sorted(ranked, key=lambda each: each[:3])]


def _rank(term: VocabularyTerm, prefix: str, sought: str) -> int | None:
    names = [spelling for name in term.names.values() for spelling in spellings(name)]
    if prefix in (term.id, term.iri):
        return 0
    if any(name.startswith(sought) for name in names):
        return 1
    words = (word for name in names for word in _tails(name))
    local = term.id.partition(":")[2] or term.id
    begins = any(each.casefold().startswith(prefix.casefold()) for each in (term.id, local))
    return 2 if begins or (sought and any(word.startswith(sought) for word in words)) else None


def _tails(name: str) -> Iterator[str]:
    """Yield what is left of ``name`` from each of its words on."""
    words = name.split()
    return (" ".join(words[start:]) for start in range(len(words)))


@kept_by_release(64)
def properties_of_class(release: OpenRelease, queries: Path, class_iri: str) -> tuple[str, ...]:
    """Return the properties that things of a class have, the most usual first. Raises what the store raises."""
    asked = node(class_iri)
    if asked is None:
        return ()
    found = rows(release, queries / "reconciliation" / "properties-of-class.rq", {"class": asked})
    hidden = {term_iri(name, release.prefixes) for name in _UNINTERESTING}
    uses = {row["property"]["value"]: int(row["uses"]["value"]) for row in found if "property" in row}
    return tuple(sorted(uses.keys() - hidden, key=lambda iri: (-uses[iri], iri)))
