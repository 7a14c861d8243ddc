"""Screening: finding, over the whole data at once, every focus node that could possibly fail.

Each constraint is compiled to a SPARQL query for the focus nodes that are not certainly fine; ``agreement`` says what is
certain. So a focus node that no query names has no result. A shape with a constraint that is not compiled is not
screened, and the judge sees all its focus nodes.

Queries are made of the terms of the shapes, each written by the RDF library, never of text from the data. They avoid
what is quadratic in Oxigraph: ``NOT EXISTS`` over more than one pattern.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pyoxigraph as ox

from metropolis_kg.curation.agreement import (
    Comparison,
    NotScreenedError,
    check_constraint,
    check_pattern,
    fine_comparison,
    fine_of_datatype,
    fine_range,
    kept_as_written,
    kinds_expression,
)
from metropolis_kg.curation.shapes import DESCRIPTIVE, TARGETS, TYPE, Node, Shape, ShapesGraph, sparql_path
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import SH

_SUBCLASS = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
_CLASSES = {ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#Class"), ox.NamedNode("http://www.w3.org/2002/07/owl#Class")}
_HEAD = re.compile(r"\s*SELECT\s+(?:(?:DISTINCT|REDUCED)\s+)?(?:[$?]\w+\s+)+WHERE\s*\{", re.IGNORECASE)
_IGNORED = DESCRIPTIVE | {*TARGETS, "property", "flags", "deactivated"}


@dataclass(frozen=True)
class Screening:
    """What is left to judge: suspects by shape, and the shapes that could not be screened, each with the reason."""

    suspects: Mapping[Node, frozenset[Term]]
    unscreened: Mapping[Node, str]
    shapes: int
    """How many shapes with a target there are."""

    constraints: int
    """How many constraints were screened."""

    @property
    def clears_all(self) -> bool:
        """True where no focus node could fail."""
        return not self.unscreened and not any(self.suspects.values())

    @property
    def unscreened_names(self) -> tuple[str, ...]:
        """The shapes not screened, each with the reason, sorted."""
        return tuple(sorted(f"{node}: {reason}" for node, reason in self.unscreened.items()))

    @property
    def left(self) -> int:
        """How many focus nodes, shape by shape, are suspects."""
        return sum(len(nodes) for nodes in self.suspects.values())


def screen(store: ox.Store, shapes: ShapesGraph) -> Screening:
    """Return every focus node of ``shapes`` that could fail in the union of all graphs of ``store``."""
    data = _Data(store, shapes.prefixes)
    suspects: dict[Node, frozenset[Term]] = {}
    unscreened: dict[Node, str] = {}
    constraints = 0
    for shape in shapes.targeting:
        try:
            compiled = _compile(shape, shapes, data)
        except NotScreenedError as reason:
            unscreened[shape.node] = str(reason)
            continue
        constraints += compiled.constraints
        suspects[shape.node] = data.suspects(compiled)
    return Screening(suspects, unscreened, len(shapes.targeting), constraints)


@dataclass
class _Compiled:
    """The queries of one shape. ``target`` is a pattern that binds ``?this`` to its focus nodes."""

    target: str
    constraints: int = 0
    queries: list[str] = field(default_factory=list)


# The data --------------------------------------------------------------------------------------------------------------


class _Data:
    """Asks the store; every query is asked once."""

    def __init__(self, store: ox.Store, prefixes: Mapping[str, str]) -> None:
        self._store, self._prefixes = store, dict(prefixes)
        self._found: dict[str, frozenset[Term]] = {}

    def suspects(self, compiled: _Compiled) -> frozenset[Term]:
        """Return the focus nodes that any query names."""
        if not self._ask(compiled.target):
            return frozenset()
        found = frozenset[Term]().union(*(self.select(query) for query in compiled.queries))
        return found & self.select(f"SELECT DISTINCT ?this WHERE {{ {compiled.target} }}") if found else found

    def select(self, query: str) -> frozenset[Term]:
        """Return the terms of the first column."""
        if query not in self._found:
            self._found[query] = frozenset(row[0] for row in self._rows(query))  # type: ignore[arg-type]
        return self._found[query]

    def agrees_on(self, comparison: Comparison) -> bool:
        """Return whether all terms compared are of one kind that the engines order alike."""
        asked = (
            f"SELECT DISTINCT ?kind WHERE {{ ?s <{predicate}> ?o BIND({kinds_expression('?o')} AS ?kind) }}"
            for predicate in comparison.predicates
        )
        kinds = comparison.kinds.union(*({kind.value for kind in self.select(query)} for query in asked))
        return "odd" not in kinds and len(kinds) <= 1

    def instances(self, cls: Term) -> str:
        """Return a pattern that binds ``?this`` to the SHACL instances of a class (SHACL section 1.1)."""
        below = self._below(cls)
        if not (below - {cls}) & self._incomplete:
            return f"?this a {cls} ."
        return f"VALUES ?class {{ {' '.join(str(each) for each in sorted(below, key=str))} }} ?this a ?class ."

    @cached_property
    def _incomplete(self) -> frozenset[Term]:
        """Classes of which an instance lacks the explicit type of a direct superclass; none after derivation."""
        return self.select(
            f"SELECT DISTINCT ?class WHERE {{ ?class {_SUBCLASS} ?above . ?thing a ?class . "
            "FILTER NOT EXISTS { ?thing a ?above } }"
        )

    @cached_property
    def _children(self) -> dict[Term, set[Term]]:
        children: dict[Term, set[Term]] = {}
        for quad in self._store.quads_for_pattern(None, _SUBCLASS, None):
            children.setdefault(quad.object, set()).add(quad.subject)  # type: ignore[arg-type]
        return children

    def _below(self, cls: Term) -> set[Term]:
        """Return the class and all its subclasses, as the data state them."""
        below, waiting = {cls}, [cls]
        while waiting:
            new = self._children.get(waiting.pop(), set()) - below
            below |= new
            waiting += new
        return below

    def _rows(self, query: str) -> ox.QuerySolutions:
        rows = self._store.query(query, prefixes=self._prefixes, use_default_graph_as_union=True)
        if not isinstance(rows, ox.QuerySolutions):
            raise TypeError(f"not a SELECT: {query}")
        return rows

    def _ask(self, pattern: str) -> bool:
        return bool(self._store.query(f"ASK {{ {pattern} }}", use_default_graph_as_union=True))


# Compiling -------------------------------------------------------------------------------------------------------------


def _compile(shape: Shape, shapes: ShapesGraph, data: _Data) -> _Compiled:
    if any(kind in _CLASSES for kind in shapes.values(shape.node, TYPE.value)):
        raise NotScreenedError("the shape is a class too")
    compiled = _Compiled(_target(shape, data))
    for each in [shape, *shapes.properties(shape)]:
        if each.path is not None and "property" in each.values:
            raise NotScreenedError("property shapes below a property shape")
        scope = _Scope(shapes, data, compiled.target, each)
        compiled.constraints += sum(len(values) for term, values in each.values.items() if term not in _IGNORED)
        compiled.queries += _queries(scope)
    return compiled


def _target(shape: Shape, data: _Data) -> str:
    patterns = [data.instances(cls) for cls in shape.values.get("targetClass", ())]
    patterns += [f"?this {predicate} ?o ." for predicate in shape.values.get("targetSubjectsOf", ())]
    patterns += [f"?s {predicate} ?this ." for predicate in shape.values.get("targetObjectsOf", ())]
    patterns += [f"VALUES ?this {{ {node} }}" for node in shape.values.get("targetNode", ()) if _is_constant(node)]
    return patterns[0] if len(patterns) == 1 else " UNION ".join(f"{{ {pattern} }}" for pattern in patterns)


def _is_constant(node: Term) -> bool:
    if isinstance(node, ox.BlankNode):
        raise NotScreenedError("a blank node as a target")
    return True


@dataclass(frozen=True)
class _Scope:
    """A shape whose constraints are compiled: how ``?value`` hangs on ``?this``, and what the target is."""

    shapes: ShapesGraph
    data: _Data
    target: str
    shape: Shape

    @property
    def values(self) -> str:
        """A pattern for every value node. Focus nodes of other shapes may come along; they are left out afterwards."""
        path = self.shape.path
        if path is None:
            return f"{self.target} BIND(?this AS ?value)"
        together = f"?this {sparql_path(path)} ?value ."
        return together if isinstance(path, ox.NamedNode) and path != TYPE else f"{self.target} {together}"

    def list(self, head: Term) -> list[Term]:
        """Return the members of a list in the shapes."""
        members = self.shapes.members(head)
        if members is None:
            raise NotScreenedError("an ill-formed list")
        return members


def _queries(scope: _Scope) -> Iterator[str]:
    """Yield the queries for the focus nodes that may violate a constraint of the shape, its property shapes left out."""
    fine: list[str] = []
    for term, values in sorted(scope.shape.values.items()):
        for value in values if term not in _IGNORED else ():
            if term in _FINE_VALUES:
                fine.append(f"({_FINE_VALUES[term](scope, value)})")
            elif term in _SUSPECTS:
                yield _select(_SUSPECTS[term](scope, value))
            else:
                raise NotScreenedError(f"sh:{term} is not compiled")
    if "flags" in scope.shape.values:
        raise NotScreenedError("sh:flags is not compiled")
    if fine:
        yield _select(f"{scope.values} FILTER(!COALESCE({' && '.join(fine)}, false))")


def _select(pattern: str) -> str:
    return f"SELECT DISTINCT ?this WHERE {{ {pattern} }}"


# Constraints of single values: when a value is certainly fine.


def _fine_kind(_: _Scope, kind: Term) -> str:
    name = kind.value.removeprefix(SH) if isinstance(kind, ox.NamedNode) else ""
    return " || ".join(f"is{part}(?value)" for part in re.findall("IRI|Literal|Blank", name))


def _fine_datatype(_: _Scope, datatype: Term) -> str:
    if not isinstance(datatype, ox.NamedNode):
        raise NotScreenedError("sh:datatype is no IRI")
    return fine_of_datatype(datatype, "?value")


def _fine_pattern(_: _Scope, pattern: Term) -> str:
    if not isinstance(pattern, ox.Literal):
        raise NotScreenedError("sh:pattern is no string")
    check_pattern(pattern.value)
    return f"!isBlank(?value) && REGEX(STR(?value), {ox.Literal(pattern.value)})"


def _fine_length(operator: str) -> "_Compile":
    return lambda _, length: f"!isBlank(?value) && STRLEN(STR(?value)) {operator} {length}"


def _fine_range(operator: str) -> "_Compile":
    return lambda _, bound: fine_range("?value", operator, bound)


def _fine_choice(scope: _Scope, head: Term) -> str:
    members = [_constant(member) for member in scope.list(head)]
    return " || ".join(f"sameTerm(?value, {member})" for member in members) or "false"


def _fine_language(scope: _Scope, head: Term) -> str:
    tags = ", ".join(str(ox.Literal(tag.value.lower())) for tag in scope.list(head) if isinstance(tag, ox.Literal))
    return f"LCASE(LANG(?value)) IN ({tags})"


def _constant(term: Term) -> Term:
    if isinstance(term, ox.BlankNode) or not kept_as_written(term):
        raise NotScreenedError(f"{term} may be read differently")
    return term


# Other constraints: a pattern for the focus nodes that may violate them.


def _too_few(scope: _Scope, count: Term) -> str:
    match _number(count):
        case 0:
            return "FILTER(false)"
        case 1:
            return f"{scope.target} MINUS {{ {_path(scope)} }}"
        case number:
            enough = f"SELECT ?this WHERE {{ {_path(scope)} }} GROUP BY ?this HAVING(COUNT(DISTINCT ?value) >= {number})"
            return f"{scope.target} MINUS {{ {enough} }}"


def _too_many(scope: _Scope, count: Term) -> str:
    number, path = _number(count), scope.shape.path
    if number == 0:
        return scope.values
    if number == 1 and isinstance(path, ox.NamedNode):
        return f"{scope.values} ?this {path} ?other . FILTER(!sameTerm(?value, ?other))"
    return f"{{ SELECT ?this WHERE {{ {scope.values} }} GROUP BY ?this HAVING(COUNT(DISTINCT ?value) > {number}) }}"


def _number(count: Term) -> int:
    return int(count.value)


def _path(scope: _Scope) -> str:
    if scope.shape.path is None:
        raise NotScreenedError("a count without a path")
    return f"?this {sparql_path(scope.shape.path)} ?value ."


def _without_value(scope: _Scope, value: Term) -> str:
    if scope.shape.path is None:
        return f"{scope.values} FILTER(!sameTerm(?this, {_constant(value)}))"
    return f"{scope.target} MINUS {{ ?this {sparql_path(scope.shape.path)} {_constant(value)} }}"


def _of_another_class(scope: _Scope, cls: Term) -> str:
    return f"{scope.values} FILTER NOT EXISTS {{ ?value a {cls} }}"


def _language_twice(scope: _Scope, wanted: Term) -> str:
    if wanted.value != "true":
        raise NotScreenedError("sh:uniqueLang that is not true")
    return (
        f"{scope.values} {_path(scope).replace('?value', '?other')} "
        'FILTER(LANG(?value) != "" && LCASE(LANG(?value)) = LCASE(LANG(?other)) && !sameTerm(?value, ?other))'
    )


def _out_of_order(operator: str) -> "_Compile":
    def compiled(scope: _Scope, predicate: Term) -> str:
        fine = fine_comparison("?value", operator, "?other")
        return f"{scope.values} ?this {predicate} ?other . FILTER(!COALESCE({fine}, false))"

    return compiled


def _by_sparql(scope: _Scope, constraint: Term) -> str:
    select = next(iter(scope.shapes.values(constraint, f"{SH}select")), None)
    text = select.value if isinstance(select, ox.Literal) else ""
    comparisons = check_constraint(text, scope.shapes.prefixes)
    if not all(scope.data.agrees_on(comparison) for comparison in comparisons):
        raise NotScreenedError("a SPARQL constraint compares terms that may be ordered differently")
    head = _HEAD.match(text)
    if not head or "#" in text:
        raise NotScreenedError("a SPARQL constraint that is not SELECT … WHERE { … }, or has comments")
    return f"{scope.target} {text[head.end() : text.rindex('}')]}"


_Compile = Callable[[_Scope, Term], str]

_FINE_VALUES: dict[str, _Compile] = {
    "nodeKind": _fine_kind,
    "datatype": _fine_datatype,
    "pattern": _fine_pattern,
    "minLength": _fine_length(">="),
    "maxLength": _fine_length("<="),
    "minInclusive": _fine_range(">="),
    "maxInclusive": _fine_range("<="),
    "minExclusive": _fine_range(">"),
    "maxExclusive": _fine_range("<"),
    "in": _fine_choice,
    "languageIn": _fine_language,
}
_SUSPECTS: dict[str, _Compile] = {
    "minCount": _too_few,
    "maxCount": _too_many,
    "hasValue": _without_value,
    "class": _of_another_class,
    "uniqueLang": _language_twice,
    "lessThan": _out_of_order("<"),
    "lessThanOrEquals": _out_of_order("<="),
    "sparql": _by_sparql,
}
