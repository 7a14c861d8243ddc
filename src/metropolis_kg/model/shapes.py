"""Shapes as SHACL writes them: property paths, shapes, and the shapes graph in which each remembers its file."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import pyoxigraph as ox

from metropolis_kg.errors import ContentError
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import RDF, SH

Node = ox.NamedNode | ox.BlankNode
Statement = tuple[Node, ox.NamedNode, Term]

FIRST, REST, NIL = (ox.NamedNode(f"{RDF}{name}") for name in ("first", "rest", "nil"))
TYPE = ox.NamedNode(f"{RDF}type")
SUBCLASS = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")

KINDS = {ox.NamedNode(f"{SH}NodeShape"), ox.NamedNode(f"{SH}PropertyShape")}
"""The classes of shapes."""

TARGETS = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
"""Terms by which a shape names its focus nodes (SHACL section 2.1.3)."""

_CLASS = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#Class")

Operator = Literal["/", "^", "|", "*", "+", "?"]

_PATH_OPERATORS: dict[str, Operator] = {
    "inversePath": "^",
    "alternativePath": "|",
    "zeroOrMorePath": "*",
    "oneOrMorePath": "+",
    "zeroOrOnePath": "?",
}


@dataclass(frozen=True)
class CompoundPath:
    """A SHACL property path that is not a single predicate; ``operator`` is that of SPARQL (SHACL section 2.3.1)."""

    operator: Operator
    parts: tuple["PropertyPath", ...]


PropertyPath = ox.NamedNode | CompoundPath


def sparql_path(path: PropertyPath) -> str:
    """Return ``path`` as SPARQL writes it, with full IRIs."""
    if isinstance(path, ox.NamedNode):
        return str(path)
    parts = [sparql_path(part) for part in path.parts]
    match path.operator:
        case "^":
            return f"^({parts[0]})"
        case "/" | "|":
            return f"({path.operator.join(parts)})"
        case _:
            return f"({parts[0]}){path.operator}"


def predicates_of(path: PropertyPath) -> list[ox.NamedNode]:
    """Return the predicates of ``path`` from left to right."""
    if isinstance(path, ox.NamedNode):
        return [path]
    return [predicate for part in path.parts for predicate in predicates_of(part)]


@dataclass(frozen=True)
class Shape:
    """One shape: its node and the values it has for each term of the SHACL namespace, by the term's local name."""

    node: Node
    values: Mapping[str, tuple[Term, ...]]
    path: PropertyPath | None

    def one(self, term: str) -> Term | None:
        """Return the value for ``term`` where there is one."""
        return next(iter(self.values.get(term, ())), None)

    @property
    def messages(self) -> list[ox.Literal]:
        """The messages of the shape as written, sorted by language."""
        found = [value for value in self.values.get("message", ()) if isinstance(value, ox.Literal)]
        return sorted(found, key=lambda message: (message.language or "", message.value))


@dataclass(frozen=True)
class ShapesGraph:
    """All shapes of a content under one base, with the prefixes their SPARQL is written with."""

    statements: tuple[Statement, ...]
    prefixes: Mapping[str, str]
    files: Mapping[Node, Path]
    """The file in which each subject is described."""

    @cached_property
    def _index(self) -> Mapping[Node, Mapping[str, tuple[Term, ...]]]:
        index: defaultdict[Node, defaultdict[str, tuple[Term, ...]]] = defaultdict(lambda: defaultdict(tuple))
        for subject, predicate, value in self.statements:
            index[subject][predicate.value] += (value,)
        return index

    def values(self, subject: Term, predicate: str) -> tuple[Term, ...]:
        """Return the values that ``subject`` has for the predicate with the IRI ``predicate``."""
        return self._index[subject].get(predicate, ()) if isinstance(subject, Node) and subject in self._index else ()

    @cached_property
    def targeting(self) -> tuple[Shape, ...]:
        """The shapes with a target, in a fixed order. Raises ContentError where the path of one is none."""
        return tuple(self.shape(node) for node in self.target_nodes)

    @cached_property
    def target_nodes(self) -> tuple[Node, ...]:
        """The nodes of the shapes with a target, explicit or because they are classes too, in a fixed order."""
        explicit = {node for node in self._index if any(self.values(node, SH + term) for term in TARGETS)}
        return tuple(sorted(explicit.union(filter(self.is_class, self._index)), key=str))

    def is_class(self, shape: Node) -> bool:
        """Return whether a shape is a class too, whose instances are then its focus nodes (SHACL section 2.1.3.3)."""
        types = self.values(shape, TYPE.value)
        constrains = any(predicate.startswith(SH) for predicate in self._index.get(shape, ()))
        return bool(constrains or KINDS.intersection(types)) and bool(self._kinds_of_class.intersection(types))

    @cached_property
    def _kinds_of_class(self) -> set[Term]:
        below = {subject for subject, predicate, value in self.statements if (predicate, value) == (SUBCLASS, _CLASS)}
        return {_CLASS, ox.NamedNode("http://www.w3.org/2002/07/owl#Class"), *below}

    @cached_property
    def has_components(self) -> bool:
        """True where the shapes declare constraint components of their own (SHACL section 6)."""
        return any(predicate.value == f"{SH}parameter" for _, predicate, _ in self.statements)

    @cached_property
    def property_shapes(self) -> frozenset[Term]:
        """Every node that some shape names with sh:property."""
        return frozenset(value for _, predicate, value in self.statements if predicate.value == f"{SH}property")

    def shape(self, node: Node) -> Shape:
        """Return the shape that ``node`` names. Raises ContentError where its path is none."""
        about = self._index.get(node, {})
        values = {name.removeprefix(SH): terms for name, terms in about.items() if name.startswith(SH)}
        paths = values.get("path", ())
        return Shape(node, values, self._path(node, paths[0]) if paths else None)

    def properties(self, shape: Shape) -> list[Shape]:
        """Return the property shapes directly below ``shape``, in a fixed order."""
        nodes = [node for node in shape.values.get("property", ()) if isinstance(node, Node)]
        return [self.shape(node) for node in sorted(nodes, key=str)]

    def messages(self, source: Node, constraint: Term | None) -> list[ox.Literal]:
        """Return the messages as written for results of the shape ``source`` and its SPARQL constraint, if any."""
        own = self.values(constraint, f"{SH}message") if constraint is not None else ()
        return [*self.shape(source).messages, *(message for message in own if isinstance(message, ox.Literal))]

    def members(self, head: Term) -> list[Term] | None:
        """Return the members of the RDF list that begins at ``head``; none where it is no well-formed list."""
        members: list[Term] = []
        seen: set[Term] = set()
        while head != NIL:
            first, rest = self.values(head, FIRST.value), self.values(head, REST.value)
            if len(first) != 1 or len(rest) != 1 or head in seen:
                return None
            members.append(first[0])
            seen.add(head)
            head = rest[0]
        return members

    def _path(self, shape: Node, node: Term) -> PropertyPath:
        if isinstance(node, ox.NamedNode):
            return node
        if self.values(node, FIRST.value):
            return CompoundPath("/", self._paths(shape, node))
        for name, operator in _PATH_OPERATORS.items():
            for value in self.values(node, SH + name):
                below = self._paths(shape, value) if operator == "|" else (self._path(shape, value),)
                return CompoundPath(operator, below)
        raise ContentError(f"{shape}: sh:path is no property path (SHACL section 2.3.1)", self.files.get(shape))

    def _paths(self, shape: Node, head: Term) -> tuple[PropertyPath, ...]:
        members = self.members(head)
        if members is None or len(members) < 2:
            raise ContentError(f"{shape}: a list of paths needs at least two members", self.files.get(shape))
        return tuple(self._path(shape, member) for member in members)
