"""Reading and checking ``shapes/``: one merged SHACL shapes graph in which every shape remembers its file."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

import pyoxigraph as ox
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import Query

from metropolis_kg.content import Content
from metropolis_kg.curation.lines import line_index
from metropolis_kg.curation.sources import parse_turtle
from metropolis_kg.errors import ContentError, ContentErrors
from metropolis_kg.model.identifiers import Rebase, Term, rebase_prefixes
from metropolis_kg.model.namespaces import CANONICAL_BASE, RDF, SH, XSD, read_prefixes

Node = ox.NamedNode | ox.BlankNode
Statement = tuple[Node, ox.NamedNode, Term]

FIRST, REST, NIL = (ox.NamedNode(f"{RDF}{name}") for name in ("first", "rest", "nil"))
TYPE = ox.NamedNode(f"{RDF}type")
SUBCLASS = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")

_CLASS = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#Class")
_KINDS = {ox.NamedNode(f"{SH}NodeShape"), ox.NamedNode(f"{SH}PropertyShape")}

SEVERITIES = ("Violation", "Warning", "Info")
TARGETS = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")

DESCRIPTIVE = frozenset({"name", "description", "message", "order", "group", "severity", "defaultValue", "path"})
"""Terms of a shape that constrain nothing (SHACL section 2.3.2)."""

_COUNTS = ("minCount", "maxCount", "minLength", "maxLength", "qualifiedMinCount", "qualifiedMaxCount")
_OF_PROPERTIES = ("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals")
_LISTS = ("in", "languageIn", "and", "or", "xone", "ignoredProperties")
_OTHERS = (
    *("property", "deactivated", "datatype", "nodeKind", "class", "pattern", "flags", "hasValue", "uniqueLang"),
    *("minInclusive", "maxInclusive", "minExclusive", "maxExclusive", "lessThan", "lessThanOrEquals", "equals"),
    *("closed", "disjoint", "node", "not", "qualifiedValueShape", "qualifiedValueShapesDisjoint", "sparql"),
)
_KNOWN = DESCRIPTIVE | {*TARGETS, *_COUNTS, *_LISTS, *_OTHERS}
_NODE_KINDS = {"IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"}
_PATH_OPERATORS: dict[str, "Operator"] = {
    "inversePath": "^",
    "alternativePath": "|",
    "zeroOrMorePath": "*",
    "oneOrMorePath": "+",
    "zeroOrOnePath": "?",
}
_NOT_IN_CONSTRAINTS = {"Minus": "MINUS", "ServiceGraphPattern": "SERVICE", "ToMultiSet": "VALUES or a subquery"}

Operator = Literal["/", "^", "|", "*", "+", "?"]


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
    def has_target(self) -> bool:
        """True where the shape itself names focus nodes (SHACL section 2.1.3)."""
        return any(term in self.values for term in TARGETS)

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
        return bool(constrains or _KINDS.intersection(types)) and bool(self._kinds_of_class.intersection(types))

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


def read_shapes(content: Content, base: str = CANONICAL_BASE) -> ShapesGraph:
    """Return the shapes of ``content`` under ``base``, with the prefix declarations their SPARQL refers to.

    Raises ContentErrors with every file that is not Turtle and every ill-formed shape, each with its place, and
    ContentError where no shape has a target, for then nothing would be checked.
    """
    canonical = _read(content)
    if not canonical.target_nodes:
        raise ContentError("no shape has a target, so nothing would be checked", content.relative(content.shapes))
    if faults := list(_faults(canonical, content)):
        raise ContentErrors(faults)
    return canonical if base == CANONICAL_BASE else _rebased(canonical, Rebase(base))


def _read(content: Content) -> ShapesGraph:
    statements: list[Statement] = []
    files: dict[Node, Path] = {}
    errors: list[ContentError] = []
    for path in [content.prefixes_file, *sorted(content.shapes.rglob("*.ttl"))]:
        try:
            found = list(_statements(path))
            statements += found
            files |= {subject: path for subject, _, _ in found if subject not in files}
        except ContentError as error:
            errors.append(ContentError(error.reason, content.relative(path), error.line))
    if errors:
        raise ContentErrors(errors)
    return ShapesGraph(tuple(statements), read_prefixes(content.prefixes_file), files)


def _statements(path: Path) -> Iterator[Statement]:
    for subject, predicate, value, _ in parse_turtle(path):
        if isinstance(subject, ox.Triple) or isinstance(value, ox.Triple):
            raise ContentError("statements about statements (RDF 1.2) are not used in shapes", path)
        yield subject, predicate, value


def _rebased(graph: ShapesGraph, rebase: Rebase) -> ShapesGraph:
    statements = tuple(
        (_rebased_node(subject, rebase), rebase.named_node(predicate), rebase.term(value))
        for subject, predicate, value in graph.statements
    )
    files = {_rebased_node(node, rebase): path for node, path in graph.files.items()}
    return ShapesGraph(statements, rebase_prefixes(dict(graph.prefixes), rebase), files)


def _rebased_node(node: Node, rebase: Rebase) -> Node:
    return rebase.named_node(node) if isinstance(node, ox.NamedNode) else node


# What is wrong with a shape


def _faults(graph: ShapesGraph, content: Content) -> Iterator[ContentError]:
    for node in _shape_nodes(graph):
        try:
            reasons = list(_reasons(graph, graph.shape(node)))
        except ContentError as error:
            reasons = [error.reason.removeprefix(f"{node}: ")]
        for reason in reasons:
            yield _fault(graph, content, node, reason)


def _fault(graph: ShapesGraph, content: Content, node: Node, reason: str) -> ContentError:
    path = graph.files.get(node, content.shapes)
    line = line_index(path).subjects.get(str(node)) if path.is_file() else None
    return ContentError(f"{node}: {reason}", content.relative(path), line)


def _shape_nodes(graph: ShapesGraph) -> list[Node]:
    """Return every node that SHACL section 2 takes for a shape here: typed, targeting, or value of sh:property."""
    nodes: set[Term] = set(graph.target_nodes)
    nodes |= {subject for subject, predicate, value in graph.statements if predicate == TYPE and value in _KINDS}
    nodes |= graph.property_shapes
    return sorted((node for node in nodes if isinstance(node, Node)), key=str)


def _reasons(graph: ShapesGraph, shape: Shape) -> Iterator[str]:
    for term in sorted(shape.values.keys() - _KNOWN):
        yield f"sh:{term} is not a term of SHACL for shapes"
    yield from _wrong_path(graph, shape)
    yield from _wrong_terms(shape)
    for term in _COUNTS:
        for value in shape.values.get(term, ()):
            if not _is_count(value):
                yield f"sh:{term} must be a whole number from 0 on, not {value}"
    for term in _LISTS:
        for value in shape.values.get(term, ()):
            if graph.members(value) is None:
                yield f"sh:{term} needs a list: sh:{term} ( … )"
    yield from _wrong_patterns(shape)
    for constraint in shape.values.get("sparql", ()):
        yield from _wrong_sparql(graph, constraint)


def _wrong_path(graph: ShapesGraph, shape: Shape) -> Iterator[str]:
    paths = len(shape.values.get("path", ()))
    if not shape.values:
        yield "sh:property names it, but it is described nowhere"
    elif paths > 1 or (paths == 0 and shape.node in graph.property_shapes):
        yield f"a property shape needs exactly one sh:path; this one has {paths}"
    for term in _OF_PROPERTIES if paths == 0 else ():
        if term in shape.values:
            yield f"sh:{term} is for property shapes, and this shape has no sh:path"


def _wrong_terms(shape: Shape) -> Iterator[str]:
    for severity in shape.values.get("severity", ()):
        if severity not in {ox.NamedNode(SH + name) for name in SEVERITIES}:
            yield f"sh:severity must be one of {', '.join(f'sh:{name}' for name in SEVERITIES)}, not {severity}"
    for kind in shape.values.get("nodeKind", ()):
        if kind not in {ox.NamedNode(SH + name) for name in _NODE_KINDS}:
            yield f"sh:nodeKind must be one of {', '.join(sorted(f'sh:{name}' for name in _NODE_KINDS))}, not {kind}"
    for term in ("targetClass", "class", "datatype", "lessThan", "lessThanOrEquals", "equals", "disjoint"):
        for value in shape.values.get(term, ()):
            if not isinstance(value, ox.NamedNode):
                yield f"sh:{term} must name an IRI, not {value}"
    for order in shape.values.get("order", ()):
        if not _is_decimal(order):
            yield f"sh:order must be a number, not {order}"


def _is_count(value: Term) -> bool:
    integer = isinstance(value, ox.Literal) and value.datatype.value == f"{XSD}integer"
    return integer and bool(re.fullmatch(r"\+?[0-9]+", value.value))


def _is_decimal(value: Term) -> bool:
    try:
        return isinstance(value, ox.Literal) and Decimal(value.value).is_finite()
    except InvalidOperation:
        return False


def _wrong_patterns(shape: Shape) -> Iterator[str]:
    for pattern in shape.values.get("pattern", ()):
        try:
            re.compile(pattern.value if isinstance(pattern, ox.Literal) else "")
        except re.error as error:
            yield f"sh:pattern {pattern} is no regular expression: {error}"


def _wrong_sparql(graph: ShapesGraph, constraint: Term) -> Iterator[str]:
    selects = graph.values(constraint, f"{SH}select")
    if len(selects) != 1 or not isinstance(selects[0], ox.Literal):
        yield "sh:sparql needs exactly one sh:select, a string"
        return
    if not any(graph.values(prefixes, f"{SH}declare") for prefixes in graph.values(constraint, f"{SH}prefixes")):
        yield "sh:sparql needs sh:prefixes that declare prefixes with sh:declare (ontology/prefixes.ttl)"
        return
    yield from _wrong_select(selects[0].value, graph.prefixes)


def _wrong_select(select: str, prefixes: Mapping[str, str]) -> Iterator[str]:
    try:
        ox.Store().query(select, prefixes=dict(prefixes))
        query, _ = parse_select(select, prefixes)
    except SyntaxError as error:
        yield f"sh:select is not SPARQL: {error.msg}"
        return
    if query.algebra.name != "SelectQuery" or "this" not in {str(name) for name in query.algebra.PV}:
        yield "sh:select must be a SELECT that returns $this"
    if any(part.name == "Extend" and str(part.var) == "this" for part in parts_of(query.algebra)):
        yield "sh:select must not give $this another value (SHACL section 5.3)"
    for name in sorted({part.name for part in parts_of(query.algebra)} & _NOT_IN_CONSTRAINTS.keys()):
        yield f"sh:select must not use {_NOT_IN_CONSTRAINTS[name]} (SHACL section 5.3)"


def parse_select(select: str, prefixes: Mapping[str, str]) -> tuple[Query, set[str]]:
    """Return a SPARQL query as the judge, rdflib, reads it: its algebra, and the names of its patterns as written.

    Raises SyntaxError with what is wrong.
    """
    return _parse_select(select, tuple(sorted(prefixes.items())))


@lru_cache(maxsize=1024)
def _parse_select(select: str, prefixes: tuple[tuple[str, str], ...]) -> tuple[Query, set[str]]:
    try:
        tree = parseQuery(select)
        names = {part.name for part in parts_of(tree[1])}
        return translateQuery(tree, initNs=dict(prefixes)), names
    except Exception as error:  # rdflib raises pyparsing's errors, bare Exception and more
        raise SyntaxError(str(error)) from error


def parts_of(expression: object) -> Iterator[CompValue]:
    """Yield every operator and expression below and including ``expression``, a part of rdflib's SPARQL algebra."""
    if isinstance(expression, CompValue):
        yield expression
        below: Iterable[object] = [
            # rdflib keeps the algebra of EXISTS as an attribute, beside the item, which is the parse tree
            expression.graph if key == "graph" else value
            for key, value in expression.items()
            if key != "_vars"
        ]
    else:
        below = expression if isinstance(expression, list | tuple | set) else ()
    for part in below:
        yield from parts_of(part)
