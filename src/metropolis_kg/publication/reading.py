"""Terms as a reader sees them: text in a language, a readable name, an address to follow."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

import pyoxigraph as ox

from metropolis_kg.model.identifiers import document_path
from metropolis_kg.model.namespaces import shorten
from metropolis_kg.publication.class_shapes import PropertyShape, ShapeGroup
from metropolis_kg.publication.description import Description
from metropolis_kg.publication.names import Names
from metropolis_kg.publication.shape_order import NO_ORDER, ShapeOrder, group_of, place_of
from metropolis_kg.publication.time_words import stated
from metropolis_kg.publication.words import Words
from metropolis_kg.store.protocol import Term

NAMED_APART = ("dataset", "ns", "prefixes")
"""Paths, other than those below ``id/`` and ``graph/``, that name something with a document about it."""


@dataclass(frozen=True)
class Value:
    """A value on a page: its text, the language of that text where it is not the page's, an address if it has one."""

    text: str
    language: str | None = None
    href: str | None = None
    outside: bool = False


@dataclass(frozen=True)
class Fact:
    """A readable property name and its values."""

    name: str
    values: list[Value]
    shape: PropertyShape | None = None
    """What the shape of the thing's class says of the property; none where it says nothing."""

    @property
    def group(self) -> ShapeGroup:
        """The group of its property."""
        return group_of(self.shape)


class Links:
    """Addresses of pages below a base IRI; relative to the host, so that they hold on any name of it."""

    def __init__(self, base: str, language: str | None = None, day: date | None = None) -> None:
        """``language`` is the one the reader chose by hand; every address keeps it.

        ``day`` is the one of which the reader wants to know; the addresses of things keep it.
        """
        self.chosen, self.day = language, day
        self._base, self._root = base, urlsplit(base).path
        self._suffix = f"?lang={language}" if language else ""

    def page(self, path: str) -> str:
        """Return the address of a page, given its path below the base."""
        path, hash_, fragment = path.partition("#")
        suffix = self._suffix.replace("?", "&") if "?" in path else self._suffix
        return self._root + path + suffix + hash_ + fragment

    def file(self, path: str) -> str:
        """Return the address of something that is the same in every language."""
        return self._root + path

    def of(self, iri: str) -> str:
        """Return the address to follow for ``iri``: our page about it, or the IRI itself where it is not ours."""
        if not self.is_ours(iri):
            return iri
        path, hash_, fragment = iri[len(self._base) :].partition("#")
        is_named = path.startswith(("id/", "graph/")) or path in NAMED_APART
        at = f"?at={self.day}" if self.day and is_named else ""
        return self.page((document_path(path) if is_named else path) + at + hash_ + fragment)

    def is_ours(self, iri: str) -> bool:
        """Return whether ``iri`` is named below the base."""
        return iri.startswith(self._base)


def named(iri: str, names: Names, links: Links, language: str) -> Value:
    """Return a thing by the name that it has in ``names``; only what is on the web becomes a link."""
    href = links.of(iri) if iri.startswith(("http://", "https://")) else None
    return Value(names.name(iri, language), names.fallback(iri, language), href, outside=not links.is_ours(iri))


@dataclass(frozen=True)
class Reader:
    """Reads a description to someone in a language."""

    description: Description
    names: Names
    links: Links
    words: Words
    order: ShapeOrder = NO_ORDER

    @property
    def language(self) -> str:
        """The language of the page."""
        return self.words.language

    def label(self, iri: str) -> Value:
        """Return what ``iri`` is called, without an address."""
        labels = self.description.literals(iri, "rdfs:label")
        return self.best(labels)[0] if labels else Value(self._fallback(iri))

    def value(self, term: Term) -> Value:
        """Return a term as text, linked where it can be followed."""
        if isinstance(term, ox.Literal):
            return self._literal(term)
        if term.value.startswith(("http://", "https://")):
            label = self.label(term.value)
            return Value(label.text, label.language, self.links.of(term.value), not self.links.is_ours(term.value))
        return Value(term.value)

    def best(self, literals: Iterable[ox.Literal]) -> list[Value]:
        """Return those literals that are in the page's language or in none; where there are none, all of them."""
        every = list(literals)
        fitting = [each for each in every if not each.language or each.language == self.language]
        return [self._literal(each) for each in fitting or every]

    def shapes(self, subject: str) -> Mapping[str, PropertyShape]:
        """Return IRI of property → what the shapes of the classes of ``subject`` say of it."""
        return self.order.of(self.description.things(subject, "rdf:type"))

    def facts(self, subject: str, hidden: Collection[str] = (), but: str | None = None) -> list[Fact]:
        """Return what is said of ``subject``, in the order of its shapes, without the properties ``hidden``.

        Values that are ``but`` go without saying.
        """
        shapes, found = self.shapes(subject), []
        for predicate, terms in self.description.properties(subject).items():
            shown = [term for term in terms if term.value != but]
            if shown and predicate not in hidden:
                found.append(self.fact(predicate, shown, shapes.get(predicate)))
        return sorted(found, key=lambda fact: (fact.group.order, place_of(fact.shape), fact.name.casefold()))

    def facts_of(self, subject: str, properties: Iterable[str]) -> list[Fact]:
        """Return those of ``properties`` (``dct:publisher``) that ``subject`` has, in their order."""
        said = self.description
        return [self.fact(said.iri(name), terms) for name in properties if (terms := said.values(subject, name))]

    def fact(self, predicate: str, terms: Iterable[Term], shape: PropertyShape | None = None) -> Fact:
        """Return a property and its values as a fact, named things in alphabetical order.

        It is called what ``shape``, of the class of its thing, calls it.
        """
        literals = [term for term in terms if isinstance(term, ox.Literal)]
        things = [self.value(term) for term in terms if not isinstance(term, ox.Literal)]
        things.sort(key=lambda value: value.text.casefold())
        name = shape.names.get(self.language) if shape else None
        return Fact(name or self.names.name(predicate, self.language), self.best(literals) + things, shape)

    def _literal(self, literal: ox.Literal) -> Value:
        datatype = literal.datatype.value
        if datatype.endswith("#boolean"):
            return Value(self.words["yes" if literal.value in ("true", "1") else "no"])
        if datatype.endswith(("/EDTF", "#date", "#gYear", "#gYearMonth")):
            return Value(stated(literal.value, self.language))
        if datatype.endswith("#decimal"):
            return Value(self.words.written_decimal(literal.value))
        if datatype.endswith("#anyURI") and literal.value.startswith(("http://", "https://")):
            return Value(literal.value, None, literal.value, outside=not self.links.is_ours(literal.value))
        return Value(literal.value, literal.language if literal.language != self.language else None)

    def _fallback(self, iri: str) -> str:
        """Return the name of a term; of what has no name, its IRI, short where a prefix shortens it."""
        if iri in self.names.labels:
            return self.names.name(iri, self.language)
        short = shorten(iri, dict(self.description.prefixes))
        if not short.startswith("<"):
            return short
        return iri.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
