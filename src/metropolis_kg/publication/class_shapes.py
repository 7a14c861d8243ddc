"""What the shapes promise of the properties of each class: read from ``shapes/``, and the classes from ``ontology/``.

Only what every released thing keeps to counts: constraints of severity ``sh:Violation`` on the values of a property.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.errors import ContentError
from metropolis_kg.model.identifiers import Rebase
from metropolis_kg.model.namespaces import RDF, RDFS, SH

_CONSTRAINTS = ("minCount", "maxCount", "datatype", "class", "nodeKind", "pattern", "minInclusive", "minLength")
_DEFINITION = "http://www.w3.org/2004/02/skos/core#definition"

Texts = Mapping[str, str]
"""Language → text."""


@dataclass(frozen=True)
class ShapeGroup:
    """A group of property shapes (SHACL section 2.3.2.4), under one heading."""

    name: str = ""
    """The last part of its IRI."""

    labels: Texts = field(default_factory=dict)
    order: float = 0


@dataclass(frozen=True)
class PropertyShape:
    """What holds of the values of one property."""

    path: str
    names: Texts
    """What the property is called here."""

    definitions: Texts
    """What the property means; nothing where the vocabulary does not say."""

    constraints: Mapping[str, str]
    """Local name of a SHACL term → its value: an IRI, or the text of a literal."""

    values: tuple[str, ...] = ()
    """The IRIs that there are to choose from (``sh:in``); none where that is open."""

    order: float = 0
    """Where it stands among those of its group."""

    group: ShapeGroup = ShapeGroup()

    @property
    def least(self) -> int:
        """How many values there are at least."""
        return int(self.constraints.get("minCount", 0))

    @property
    def most(self) -> int | None:
        """How many values there are at most; none where that is open."""
        return int(self.constraints["maxCount"]) if "maxCount" in self.constraints else None

    def __and__(self, other: "PropertyShape") -> "PropertyShape":
        """Return what holds where both do; where both say what values are, this one is taken to say it more exactly."""
        constraints = {**other.constraints, **self.constraints}
        if self.least or other.least:
            constraints["minCount"] = str(max(self.least, other.least))
        limits = [each for each in (self.most, other.most) if each is not None]
        if limits:
            constraints["maxCount"] = str(min(limits))
        telling = self if self.constraints or not other.constraints else other
        values = self.values or other.values
        return replace(telling, constraints=constraints, values=values, order=self.order, group=self.group)


@dataclass(frozen=True)
class ClassShape:
    """What holds of every thing of a class, by its own shape and those of the classes above."""

    name: str
    """The last part of the shape's IRI."""

    classes: tuple[str, ...]
    """IRIs of the classes that the shape is for: mostly one."""

    labels: Texts
    definitions: Texts
    """What the class is; nothing where the vocabulary does not say."""

    properties: tuple[PropertyShape, ...]
    """One for each property."""

    own: frozenset[str] = frozenset()
    """The properties of which its own shape says something."""


@lru_cache(maxsize=8)
def read_class_shapes(content: Content, base: str) -> tuple[ClassShape, ...]:
    """Return what the shapes of ``content`` say of the classes that they are for, by name, with IRIs under ``base``.

    Raises ContentError for a file that cannot be read.
    """
    shapes, ontology = _Statements(content.shapes, base), _Statements(content.ontology, base)
    above = _above(ontology)
    targets = {shape: set(shapes.values(shape, f"{SH}targetClass")) for shape in shapes.instances(f"{SH}NodeShape")}
    found = []
    for shape, classes in sorted(targets.items()):
        if classes:
            holding = [
                other
                for other, theirs in sorted(targets.items(), key=lambda item: item[0] != shape)
                if all(theirs & {each, *above.get(each, ())} for each in classes)
            ]
            found.append(_class_shape(shape, sorted(classes), shapes, ontology, holding))
    return tuple(found)


def _class_shape(
    shape: str, classes: list[str], shapes: "_Statements", ontology: "_Statements", holding: Iterable[str]
) -> ClassShape:
    merged: dict[str, PropertyShape] = {}
    for each in holding:
        for found in _properties(shapes, ontology, each):
            merged[found.path] = merged[found.path] & found if found.path in merged else found
    definitions = ontology.texts(classes[0], _DEFINITION) if len(classes) == 1 else {}
    name = shape.rsplit("/", 1)[-1]
    own = frozenset(each.path for each in _properties(shapes, ontology, shape))
    labels = shapes.texts(shape, f"{RDFS}label")
    return ClassShape(name, tuple(classes), labels, definitions, tuple(merged.values()), own)


def _properties(shapes: "_Statements", ontology: "_Statements", shape: str) -> Iterator[PropertyShape]:
    """Yield what the property shapes of ``shape`` say, in their order; those that only warn promise nothing."""
    found = shapes.values(shape, f"{SH}property")
    for each in sorted(found, key=lambda it: _order(shapes, it)):
        group = next((_group(shapes, it) for it in shapes.values(each, f"{SH}group")), ShapeGroup())
        for path in set(shapes.values(each, f"{SH}path")) - {f"{RDF}type"}:
            names, definitions = shapes.texts(each, f"{SH}name"), ontology.texts(path, _DEFINITION)
            bare = PropertyShape(path, names, definitions, {}, order=_order(shapes, each), group=group)
            if shapes.values(each, f"{SH}severity") in ([], [f"{SH}Violation"]):
                stated = {name: shapes.values(each, SH + name) for name in _CONSTRAINTS}
                constraints = {name: values[0] for name, values in stated.items() if values}
                yield replace(bare, constraints=constraints, values=tuple(shapes.members(each, f"{SH}in")))
            else:
                yield bare


def _group(shapes: "_Statements", group: str) -> ShapeGroup:
    return ShapeGroup(group.rsplit("/", 1)[-1], shapes.texts(group, f"{RDFS}label"), _order(shapes, group))


def _order(shapes: "_Statements", node: str) -> float:
    return float(next(iter(shapes.values(node, f"{SH}order")), 0))


def _above(ontology: "_Statements") -> dict[str, set[str]]:
    """Return class → every class above it."""
    direct: dict[str, set[str]] = {}
    for below, over in ontology.pairs(f"{RDFS}subClassOf"):
        direct.setdefault(below, set()).add(over)
    above: dict[str, set[str]] = {}
    for each in direct:
        todo = list(direct[each])
        while todo:
            over = todo.pop()
            if over not in above.setdefault(each, set()):
                above[each].add(over)
                todo += direct.get(over, ())
    return above


class _Statements:
    """The statements of the Turtle files in a folder; IRIs are given and returned under a deployed base."""

    def __init__(self, folder: Path, base: str) -> None:
        self._store, self._rebase = ox.Store(), Rebase(base)
        for path in sorted(folder.glob("*.ttl")):
            try:
                self._store.load(path=path, format=ox.RdfFormat.TURTLE)
            except (OSError, SyntaxError) as error:
                raise ContentError(f"the file cannot be read: {error}", path) from error

    def values(self, subject: str, predicate: str) -> list[str]:
        """Return the values that are IRIs or literals, in order."""
        return sorted(
            self._text(term) for term in self._terms(subject, predicate) if not isinstance(term, ox.BlankNode)
        )

    def texts(self, subject: str, predicate: str) -> dict[str, str]:
        """Return language → text of the values that are literals."""
        found = [term for term in self._terms(subject, predicate) if isinstance(term, ox.Literal)]
        return {term.language or "": term.value for term in sorted(found, key=str)}

    def members(self, subject: str, predicate: str) -> Iterator[str]:
        """Yield the members of the list that is the value."""
        rest = next(iter(self._terms(subject, predicate)), None)
        while isinstance(rest, ox.BlankNode):
            yield from map(self._text, self._objects(rest, f"{RDF}first"))
            rest = next(iter(self._objects(rest, f"{RDF}rest")), None)

    def instances(self, class_: str) -> list[str]:
        """Return the subjects that have the class."""
        return [subject for subject, kind in self.pairs(f"{RDF}type") if kind == class_]

    def pairs(self, predicate: str) -> list[tuple[str, str]]:
        """Return subject and object of every statement between two IRIs."""
        quads = self._store.quads_for_pattern(None, ox.NamedNode(predicate), None)
        both = [(quad.subject, quad.object) for quad in quads]
        named = [each for each in both if all(isinstance(term, ox.NamedNode) for term in each)]
        return sorted((self._text(subject), self._text(value)) for subject, value in named)

    def _terms(self, subject: str, predicate: str) -> list[ox.NamedNode | ox.BlankNode | ox.Literal]:
        return self._objects(ox.NamedNode(self._rebase.canonical(subject)), predicate)

    def _objects(
        self, subject: ox.NamedNode | ox.BlankNode, predicate: str
    ) -> list[ox.NamedNode | ox.BlankNode | ox.Literal]:
        quads = self._store.quads_for_pattern(subject, ox.NamedNode(predicate), None)
        return [quad.object for quad in quads if not isinstance(quad.object, ox.Triple)]

    def _text(self, term: object) -> str:
        if isinstance(term, ox.NamedNode):
            return self._rebase.iri(term.value)
        return term.value if isinstance(term, ox.Literal | ox.BlankNode) else ""
