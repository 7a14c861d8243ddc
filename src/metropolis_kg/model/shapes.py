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

TAKES_SHAPE = frozenset({"property", "node", "not", "qualifiedValueShape"})
TAKES_SHAPES = frozenset({"and", "or", "xone"})
"""Terms whose value is a shape, and those whose value is a list of shapes."""

_TARGETS = {SH + term for term in TARGETS}
_MAKES_SHAPE = _TARGETS | {f"{SH}property", f"{SH}node"}
_DECLARE, _ONTOLOGY = f"{SH}declare", ox.NamedNode("http://www.w3.org/2002/07/owl#Ontology")
_PREFIXES = {
    "rdf": RDF,
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
}
_DEEPEST = 10
"""How deep pySHACL follows a path."""

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

    @cached_property
    def shape_nodes(self) -> frozenset[Term]:
        """Every node that is a shape to pySHACL, which does not take a constraint alone for a sign of one."""
        found: set[Term] = {subject for subject, predicate, _ in self.statements if predicate.value in _MAKES_SHAPE}
        found |= {subject for subject, predicate, value in self.statements if predicate == TYPE and value in KINDS}
        for _, predicate, value in self.statements:
            term = predicate.value.removeprefix(SH)
            found.update({value} if term in TAKES_SHAPE else self.members(value) or () if term in TAKES_SHAPES else ())
        return frozenset(found)

    def is_class(self, shape: Node) -> bool:
        """Return whether a shape is a class too, whose instances are then its focus nodes (SHACL section 2.1.3.3)."""
        return shape in self.shape_nodes and not self.kinds_of_class.isdisjoint(self.values(shape, TYPE.value))

    def states_target(self, statement: Statement) -> bool:
        """Return whether a statement of a shape names focus nodes, or makes the shape a class."""
        subject, predicate, value = statement
        if predicate == TYPE:
            return value in self.kinds_of_class and self.is_class(subject)
        return predicate.value in _TARGETS

    @cached_property
    def kinds_of_class(self) -> frozenset[Term]:
        """What a shape that is a class too has as a type: ``rdfs:Class`` or what the shapes place right below it."""
        below = {subject for subject, predicate, value in self.statements if (predicate, value) == (SUBCLASS, _CLASS)}
        return frozenset({_CLASS, ox.NamedNode("http://www.w3.org/2002/07/owl#Class"), *below})

    @cached_property
    def has_components(self) -> bool:
        """True where the shapes declare constraint components of their own (SHACL section 6)."""
        kind = ox.NamedNode(f"{SH}ConstraintComponent")
        return any(predicate.value == f"{SH}parameter" or value == kind for _, predicate, value in self.statements)

    @cached_property
    def property_shapes(self) -> frozenset[Term]:
        """Every node that some shape names with sh:property."""
        return frozenset(value for _, predicate, value in self.statements if predicate.value == f"{SH}property")

    def subjects(self, predicate: str, value: Term) -> list[Node]:
        """Return the nodes that have ``value`` for the predicate with the IRI ``predicate``, in a fixed order."""
        return sorted((s for s, p, o in self.statements if p.value == predicate and o == value), key=str)

    def shape(self, node: Node) -> Shape:
        """Return the shape that ``node`` names. Raises ContentError where its path is none."""
        about = self._index.get(node, {})
        values = {name.removeprefix(SH): terms for name, terms in about.items() if name.startswith(SH)}
        paths = values.get("path", ())
        return Shape(node, values, self.path(node, paths[0]) if paths else None)

    def properties(self, shape: Shape) -> list[Shape]:
        """Return the property shapes directly below ``shape``, in a fixed order."""
        nodes = [node for node in shape.values.get("property", ()) if isinstance(node, Node)]
        return [self.shape(node) for node in sorted(nodes, key=str)]

    def messages(self, source: Node, constraint: Term | None) -> list[ox.Literal]:
        """Return the messages as written for results of the shape ``source`` and its SPARQL constraint, if any."""
        own = self.values(constraint, f"{SH}message") if constraint is not None else ()
        both = (*self.values(source, f"{SH}message"), *own)
        return [message for message in both if isinstance(message, ox.Literal)]

    def declared_prefixes(self, constraint: Term) -> dict[str, str] | None:
        """Return the prefixes a SPARQL constraint may use, as pySHACL collects them; none where one is declared twice.

        They are those of its ``sh:prefixes``; those of every ontology too, unless it names an ontology that has some.
        """
        found = set(_PREFIXES.items())
        ontologies = self.subjects(TYPE.value, _ONTOLOGY)
        for named in self.values(constraint, f"{SH}prefixes"):
            own = self.values(named, _DECLARE)
            others = () if own and named in ontologies else ontologies
            for declared in (*own, *(each for other in others for each in self.values(other, _DECLARE))):
                names, spaces = self.values(declared, f"{SH}prefix"), self.values(declared, f"{SH}namespace")
                found.update((name.value, space.value) for name in names for space in spaces)
        return dict(found) if len(dict(found)) == len(found) else None

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

    def path(self, shape: Node, node: Term, depth: int = 0) -> PropertyPath:
        """Return the path that ``node`` is (SHACL section 2.3.1). Raises ContentError on ``shape`` where it is none."""
        if isinstance(node, ox.NamedNode):
            return node
        if self.values(node, FIRST.value) and depth < _DEEPEST:
            return CompoundPath("/", self._paths(shape, node, 1 if depth else 2, depth))
        stated = ((operator, self.values(node, SH + name)) for name, operator in _PATH_OPERATORS.items())
        operator, values = next(((operator, values) for operator, values in stated if values), (None, ()))
        if operator and len(values) == 1 and depth < _DEEPEST:
            one = operator != "|"
            parts = (self.path(shape, values[0], depth + 1),) if one else self._paths(shape, values[0], 2, depth)
            return CompoundPath(operator, parts)
        raise ContentError(f"{shape}: sh:path is no property path (SHACL section 2.3.1)", self.files.get(shape))

    def _paths(self, shape: Node, head: Term, least: int, depth: int) -> tuple[PropertyPath, ...]:
        members = self.members(head)
        if members is None or len(members) < least:
            raise ContentError(f"{shape}: a list of paths needs at least two members", self.files.get(shape))
        return tuple(self.path(shape, member, depth + 1) for member in members)
