"""The vocabulary as its reference page shows it: what it is, its terms as the ontology, shapes and data have them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from metropolis_kg.model.namespaces import shorten
from metropolis_kg.publication.description import Description
from metropolis_kg.publication.drawn_text import shortened
from metropolis_kg.publication.names import Names
from metropolis_kg.publication.reading import Fact, Reader, Value
from metropolis_kg.publication.shapes_page import RuleView, ShapesReader, ShapeView
from metropolis_kg.publication.vocabulary import Concept, Example, Scheme, Usage
from metropolis_kg.store.protocol import Term
from metropolis_kg.store.release import OpenRelease

_ABOVE = ("rdfs:subClassOf", "rdfs:subPropertyOf")
_SHOWN_APART = (
    "rdf:type", "rdfs:label", "skos:prefLabel", "skos:definition", "rdfs:isDefinedBy", "rdfs:domain", "rdfs:range",
    *_ABOVE,
)  # fmt: skip
_LONGEST = 100
"""Characters of a text in an example beyond which it is cut."""

_OF_VOCABULARY = ("dct:creator", "dct:publisher", "dct:license")


@dataclass(frozen=True)
class PathRow:
    """What the shape of a class demands of one of its properties."""

    path: Value
    rules: list[RuleView]
    """Those that say how many values there are and which come before those in SPARQL."""

    @property
    def first(self) -> RuleView:
        """The rule that names the row."""
        return self.rules[0]

    @property
    def cardinality(self) -> str:
        """How many values there may be, such as ``1`` or ``0..*``; empty where no rule counts."""
        return next((rule.cardinality for rule in self.rules if rule.cardinality), "")

    @property
    def need(self) -> str:
        """Whether a value is ``required``, ``recommended`` (data without one draw a warning) or ``optional``."""
        severities = {rule.severity for rule in self.rules if rule.required}
        return "required" if "Violation" in severities else "recommended" if severities else "optional"


@dataclass(frozen=True)
class ShapeTable:
    """The properties that a shape speaks of, in its order."""

    shape: ShapeView
    rows: list[PathRow]


@dataclass(frozen=True)
class ExampleView:
    """An example as it is shown."""

    thing: Value
    value: Value | None


@dataclass(frozen=True)
class TermView:
    """A term of the vocabulary."""

    anchor: str
    name: Value
    kinds: list[Value]
    definition: list[Value]
    facts: list[Fact]
    count: int
    examples: list[ExampleView]
    tables: list[ShapeTable]
    """Of a class: what its own shapes demand."""

    inherited: list[ShapeView]
    """Of a class: the shapes of the classes above it."""


@dataclass(frozen=True)
class ConceptView:
    """A concept of a scheme."""

    name: Value
    definition: str


@dataclass(frozen=True)
class SchemeView:
    """A concept scheme with its concepts."""

    anchor: str
    name: Value
    concepts: list[ConceptView]


@dataclass(frozen=True)
class OutsideView:
    """The terms of another vocabulary that the data uses."""

    prefix: str
    namespace: str
    terms: list[tuple[str, Value]]
    """Prefixed name and label, linked."""


@dataclass(frozen=True)
class VocabularyPage:
    """What the page of the vocabulary shows."""

    iri: str
    prefix: str
    title: Value
    description: list[Value]
    facts: list[Fact]
    creator: str
    licence: str
    version: str
    classes: list[TermView]
    properties: list[TermView]
    values: list[TermView]
    schemes: list[SchemeView]
    outside: list[OutsideView]


def terms_of(description: Description) -> tuple[list[str], list[str], list[str]]:
    """Return the classes, properties and other terms that a vocabulary defines, each in alphabetical order."""
    defines = description.iri("rdfs:isDefinedBy")
    terms = sorted((term for predicate, term in description.incoming() if predicate == defines), key=str.casefold)
    classes = [term for term in terms if description.is_a(term, "owl:Class")]
    kinds = ("owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty")
    properties = [term for term in terms if any(description.is_a(term, kind) for kind in kinds)]
    return classes, properties, [term for term in terms if term not in {*classes, *properties}]


def vocabulary_page(
    release: OpenRelease, reader: Reader, shapes: ShapesReader, usage: Usage, schemes: Sequence[Scheme], known: Names
) -> VocabularyPage:
    """Return the page of the vocabulary that ``reader`` reads, in its language.

    The names of ``reader`` are those of the vocabulary graphs, ``known``, and of the things in the examples.
    """
    said, space = reader.description, reader.description.thing
    writer = _Writer(reader, shapes, usage)
    classes, properties, others = terms_of(said)
    licence = next(iter(said.things(space, "dct:license")), "")
    return VocabularyPage(
        iri=space, prefix=said.text(space, "vann:preferredNamespacePrefix") or "", title=writer.title(),
        description=reader.best(said.literals(space, "dct:description")), facts=writer.facts_of_vocabulary(),
        creator=_creator(reader), licence=licence, version=release.digest or "",
        classes=list(map(writer.class_view, classes)), properties=list(map(writer.property_view, properties)),
        values=list(map(writer.view, others)), schemes=[_scheme(reader, scheme) for scheme in schemes],
        outside=outside_terms(reader, known, release.base),
    )  # fmt: skip


@dataclass(frozen=True)
class _Writer:
    reader: Reader
    shapes: ShapesReader
    usage: Usage

    @property
    def _said(self) -> Description:
        return self.reader.description

    def title(self) -> Value:
        titles = self._said.literals(self._said.thing, "dct:title")
        return self.reader.best(titles)[0] if titles else self.reader.label(self._said.thing)

    def facts_of_vocabulary(self) -> list[Fact]:
        return [fact for name in _OF_VOCABULARY if (fact := self._fact(self._said.thing, name))]

    def class_view(self, term: str) -> TermView:
        below = self._pointing(term, "rdfs:subClassOf")
        facts = [
            self._fact(term, "rdfs:subClassOf"),
            self._listed("vocabulary_subclasses", below),
            self._listed("vocabulary_domain_of", self._pointing(term, "rdfs:domain")),
            self._listed("vocabulary_range_of", self._pointing(term, "rdfs:range")),
            self._listed("vocabulary_instances", self._pointing(term, "rdf:type")),
        ]
        tables = [_table(shape) for shape in self.shapes.of_class(term)]
        inherited = [shape for above in self._above(term) for shape in self.shapes.of_class(above)]
        return self.view(term, facts, tables, inherited)

    def property_view(self, term: str) -> TermView:
        facts = [self._fact(term, name) for name in ("rdfs:domain", "rdfs:range", "rdfs:subPropertyOf")]
        facts.append(self._listed("vocabulary_subproperties", self._pointing(term, "rdfs:subPropertyOf")))
        return self.view(term, [*facts, self._demanded(term)])

    def view(
        self,
        term: str,
        facts: Iterable[Fact | None] = (),
        tables: Sequence[ShapeTable] = (),
        inherited: Sequence[ShapeView] = (),
    ) -> TermView:
        said = self._said
        apart = {said.iri(name) for name in _SHOWN_APART}
        rest = [
            self.reader.fact(predicate, values)
            for predicate, values in said.properties(term).items()
            if predicate not in apart
        ]
        return TermView(
            anchor=term.removeprefix(said.thing), name=self._name(term),
            kinds=[self.reader.value(ox.NamedNode(kind)) for kind in said.things(term, "rdf:type")],
            definition=self.reader.best(said.literals(term, "skos:definition")),
            facts=[*(fact for fact in facts if fact), *rest], count=self.usage.counts.get(term, 0),
            examples=list(map(self._example, self.usage.examples.get(term, ()))), tables=list(tables),
            inherited=list(inherited),
        )  # fmt: skip

    def _name(self, term: str) -> Value:
        labels = self._said.literals(term, "skos:prefLabel")
        return self.reader.best(labels)[0] if labels else self.reader.label(term)

    def _above(self, term: str) -> list[str]:
        """Return the classes above one, the nearest first, each once."""
        above: dict[str, None] = {}
        level = [term]
        while level:
            level = [each for below in level for each in self._said.things(below, "rdfs:subClassOf")]
            level = [each for each in level if each not in above and each != term]
            above |= dict.fromkeys(level)
        return list(above)

    def _pointing(self, term: str, name: str) -> list[str]:
        wanted = (ox.NamedNode(self._said.iri(name)), ox.NamedNode(term))
        pointing = [triple.subject for triple in self._said.triples if (triple.predicate, triple.object) == wanted]
        return [subject.value for subject in pointing if isinstance(subject, ox.NamedNode)]

    def _fact(self, subject: str, name: str) -> Fact | None:
        values = self._said.values(subject, name)
        return self.reader.fact(self._said.iri(name), values) if values else None

    def _listed(self, key: str, terms: Iterable[str]) -> Fact | None:
        values = [self.reader.value(ox.NamedNode(each)) for each in terms]
        values.sort(key=lambda value: value.text.casefold())
        return Fact(self.reader.words[key], values) if values else None

    def _demanded(self, term: str) -> Fact | None:
        """Return which shapes speak of a property, with the number of values they demand."""
        values, address = [], self.reader.links.of(term)
        for shape in self.shapes.everything:
            if rules := [rule for rule in shape.rules if rule.path.href == address]:
                number = PathRow(rules[0].path, rules).cardinality
                values.append(Value(f"{shape.title.text} {number}".strip(), None, shape.href))
        return Fact(self.reader.words["vocabulary_demanded"], values) if values else None

    def _example(self, example: Example) -> ExampleView:
        value = self._short(example.value) if example.value else None
        return ExampleView(self._short(example.thing), value)

    def _short(self, term: Term) -> Value:
        value = self.reader.value(term)
        text = shortened(value.text, _LONGEST)
        return replace(value, text=text)


def _table(shape: ShapeView) -> ShapeTable:
    rows: dict[str, list[RuleView]] = {}
    for rule in shape.rules:
        rows.setdefault(rule.path.text, []).append(rule)
    ordered = [sorted(rules, key=lambda rule: bool(rule.sparql)) for rules in rows.values()]
    return ShapeTable(shape, [PathRow(rules[0].path, rules) for rules in ordered])


def _creator(reader: Reader) -> str:
    creators = reader.description.things(reader.description.thing, "dct:creator")
    return ", ".join(reader.label(creator).text for creator in creators)


def _scheme(reader: Reader, scheme: Scheme) -> SchemeView:
    name = Value(_text(reader, scheme.labels), None, reader.links.of(scheme.iri))
    concepts = [_concept(reader, concept) for concept in scheme.concepts.values()]
    anchor = f"scheme-{scheme.iri.rsplit('/', 1)[-1]}"
    return SchemeView(anchor, name, sorted(concepts, key=lambda concept: concept.name.text.casefold()))


def _concept(reader: Reader, concept: Concept) -> ConceptView:
    name = Value(_text(reader, concept.labels), None, reader.links.of(concept.iri))
    return ConceptView(name, _text(reader, concept.definitions))


def _text(reader: Reader, texts: dict[str, str]) -> str:
    return texts.get(reader.language) or next(iter(texts.values()), "")


def outside_terms(reader: Reader, known: Names, base: str) -> list[OutsideView]:
    """Return the terms of other vocabularies that the vocabulary graphs name, by the prefix of their namespace."""
    prefixes = dict(reader.description.prefixes)
    found: dict[str, list[tuple[str, Value]]] = {}
    for iri in sorted(known.labels):
        short = shorten(iri, prefixes)
        if not iri.startswith(base) and not short.startswith("<"):
            label = Value(known.name(iri, reader.language), None, iri, outside=True)
            found.setdefault(short.partition(":")[0], []).append((short, label))
    return [OutsideView(prefix, prefixes[prefix], terms) for prefix, terms in sorted(found.items())]
