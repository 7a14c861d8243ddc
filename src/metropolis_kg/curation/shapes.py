"""Reading and checking ``shapes/``: one merged SHACL shapes graph in which every shape remembers its file."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox
from rdflib import Variable
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import Query

from metropolis_kg.content import Content
from metropolis_kg.curation.lines import line_index
from metropolis_kg.curation.turtle.files import parse_turtle
from metropolis_kg.errors import ContentError, ContentErrors
from metropolis_kg.model.identifiers import Rebase, Term, rebase_prefixes
from metropolis_kg.model.namespaces import CANONICAL_BASE, SH, XSD, read_prefixes
from metropolis_kg.model.shapes import KINDS, TARGETS, TYPE, Node, Shape, ShapesGraph, Statement

SEVERITIES = ("Violation", "Warning", "Info")

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
_IMPORTS, _DECLARE = ox.NamedNode("http://www.w3.org/2002/07/owl#imports"), ox.NamedNode(f"{SH}declare")
_KNOWN = DESCRIPTIVE | {*TARGETS, *_COUNTS, *_LISTS, *_OTHERS}
_NODE_KINDS = {"IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"}
_NOT_IN_CONSTRAINTS = {"Minus": "MINUS", "ServiceGraphPattern": "SERVICE", "ToMultiSet": "VALUES or a subquery"}


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


def parse_shapes(turtle: str | bytes, base: str = CANONICAL_BASE) -> ShapesGraph:
    """Return the shapes that stand in a Turtle document, as they are: whether they are well-formed is not looked at.

    Prefixes that a subject takes over by ``owl:imports`` (SHACL section 5.2.1) are stated of it too, for pySHACL does
    not look for them. Raises ContentError where it is not Turtle, or has statements about statements.
    """
    try:
        quads = ox.parse(turtle, format=ox.RdfFormat.TURTLE, base_iri=base)
        statements = [(quad.subject, quad.predicate, quad.object) for quad in quads]
    except SyntaxError as error:
        raise ContentError(f"the shapes are not Turtle: {error}") from error
    if any(isinstance(term, ox.Triple) for statement in statements for term in statement):
        raise ContentError("statements about statements (RDF 1.2) are not used in shapes")
    graph = ShapesGraph(tuple(dict.fromkeys(statements)), quads.prefixes, {})
    return ShapesGraph((*graph.statements, *_imported(graph)), quads.prefixes, {})


def _imported(graph: ShapesGraph) -> Iterator[Statement]:
    for subject, predicate, value in graph.statements:
        for declared in graph.values(value, f"{SH}declare") if predicate == _IMPORTS else ():
            yield subject, _DECLARE, declared


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
            errors.append(error.within(content.relative(path)))
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
    line = line_index(path).find(str(node)) if path.is_file() else None
    return ContentError(f"{node}: {reason}", content.relative(path), line)


def _shape_nodes(graph: ShapesGraph) -> list[Node]:
    """Return every node that SHACL section 2 takes for a shape here: typed, targeting, or value of sh:property."""
    nodes: set[Term] = set(graph.target_nodes)
    nodes |= {subject for subject, predicate, value in graph.statements if predicate == TYPE and value in KINDS}
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


def certainly_bound(part: CompValue) -> set[Variable]:
    """Return the variables that every solution of a pattern binds."""
    match part.name:
        case "BGP":
            return {end for triple in part.triples for end in triple if isinstance(end, Variable)}
        case "Join":
            return certainly_bound(part.p1) | certainly_bound(part.p2)
        case "Union":
            return certainly_bound(part.p1) & certainly_bound(part.p2)
        case "LeftJoin" | "Minus":
            return certainly_bound(part.p1)
        case "ToMultiSet" if part.p.name != "values":
            return set(part.p.PV) & _grouped(part.p) if "PV" in part.p else certainly_bound(part.p)
        case "Filter" | "Extend" | "Graph" | "Project" | "Distinct" | "SelectQuery":
            return certainly_bound(part.p)
    return set()


def _grouped(part: CompValue) -> set[Variable]:
    """Return the variables that the solutions of a subquery certainly bind: those it groups by, if it does."""
    groups = [each for each in parts_of(part) if each.name == "Group"]
    return {each for group in groups for each in group.expr or () if isinstance(each, Variable)}
