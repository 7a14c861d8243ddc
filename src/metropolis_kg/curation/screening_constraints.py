"""Constraints as sets of nodes: those that may fail, and, for shapes within ``sh:not`` and its like, those that do.

What a compiled constraint says of its focus nodes: every one that has a result in pySHACL may fail; every one that
surely fails has one. Where a query gives exactly the nodes with a result both are the same.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

import pyoxigraph as ox

from metropolis_kg.curation.agreement import Comparison, NotScreenedError, check_constraint, fine_comparison
from metropolis_kg.curation.screening_scope import Scope, constant, iri, shape_of
from metropolis_kg.curation.screening_sets import (
    OF_CLASS,
    AllOf,
    AnyOf,
    Fewer,
    More,
    Nodes,
    Query,
    Without,
    count,
    count_rows,
    select,
)
from metropolis_kg.curation.screening_values import VALUE_CONSTRAINTS, number_of, truth_of
from metropolis_kg.curation.shapes import DESCRIPTIVE
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import SH
from metropolis_kg.model.shapes import TARGETS, Shape, sparql_path

_HEAD = re.compile(r"\s*SELECT\s+(?:(?:DISTINCT|REDUCED)\s+)?(?:[$?]\w+\s+)+WHERE\s*\{", re.IGNORECASE)
_THIS, _PATH = re.compile(r"[\s{}()][$?]this\b"), re.compile(r"([\s{}()])[$?]PATH\b")
_REFUSED = re.compile(r"INUS|ERVICE|(?<![\w:-])VALUES\b", re.IGNORECASE)
_NO_CONSTRAINTS = DESCRIPTIVE | {*TARGETS, "flags", "deactivated"}


@dataclass(frozen=True)
class Failing:
    """The focus nodes of a shape or a constraint that may fail, and some that surely do."""

    may: tuple[Nodes, ...]
    surely: tuple[Nodes, ...] = ()
    constraints: int = 1
    """How many constraints were compiled."""

    @property
    def possible(self) -> Nodes:
        """All that may fail, as one set."""
        return AnyOf(self.may)

    @property
    def certain(self) -> Nodes:
        """All that surely fail, as one set."""
        return AnyOf(self.surely)


def _exactly(*nodes: Nodes) -> Failing:
    return Failing(nodes, nodes)


_NEVER = Failing(())
_Compile = Callable[[Scope, Term], Failing]


def compile_shape(scope: Scope) -> Failing:
    """Return which focus nodes of a shape may fail, by all its constraints. Raises NotScreenedError."""
    if not _is_active(scope.shape):
        return Failing((), (), 0)
    found = [_values(scope), *_constraints(scope)]
    return Failing(
        tuple(nodes for each in found for nodes in each.may),
        tuple(nodes for each in found for nodes in each.surely),
        sum(each.constraints for each in found),
    )


def _is_active(shape: Shape) -> bool:
    return True not in {truth_of(value) for value in shape.values.get("deactivated", ())}


def _constraints(scope: Scope) -> Iterator[Failing]:
    for term, values in sorted(scope.shape.values.items()):
        if term in _NO_CONSTRAINTS or term in VALUE_CONSTRAINTS:
            continue
        if term not in _CONSTRAINTS:
            raise NotScreenedError(f"sh:{term} is not compiled")
        for value in values:
            yield _CONSTRAINTS[term](scope, value)


def _values(scope: Scope) -> Failing:
    """Compile all constraints that look at one value at a time, at once."""
    verdicts = [
        VALUE_CONSTRAINTS[term](scope, value)
        for term, values in sorted(scope.shape.values.items())
        for value in (values if term in VALUE_CONSTRAINTS else ())
    ]
    if not verdicts:
        return Failing((), (), 0)
    fine = " && ".join(f"({verdict.fine})" for verdict in verdicts)
    fails = " || ".join(f"({verdict.fails})" for verdict in verdicts)
    return Failing(
        (Query(select(f"{scope.values} FILTER(!COALESCE({fine}, false))")),),
        (Query(select(f"{scope.values} FILTER(COALESCE({fails}, false))")),),
        len(verdicts),
    )


# How many values, and which


def _too_few(scope: Scope, _: Term) -> Failing:
    number = number_of(scope.the_only("minCount"))
    reached = scope.need_path().reached
    if number == 0:
        return _NEVER
    if number > 1:
        enough = f"SELECT ?this WHERE {{ {reached} }} GROUP BY ?this HAVING(COUNT(DISTINCT ?value) >= {number})"
        return _exactly(Query(select(f"{scope.target} MINUS {{ {enough} }}")))
    if scope.few and isinstance(scope.shape.path, ox.NamedNode):
        return _exactly(Query(select(f"{scope.target} FILTER NOT EXISTS {{ {reached} }}")))
    together = f"{{ {scope.target} }} UNION {{ {reached} }}"
    counts = (count(together, "?this"), count(reached, "?this")) if scope.is_counted_quickly else None
    return _exactly(Query(select(f"{scope.target} MINUS {{ {reached} }}"), counts))


def _too_many(scope: Scope, _: Term) -> Failing:
    number = number_of(scope.the_only("maxCount"))
    values = scope.need_path().values
    if number == 0:
        return _exactly(Query(select(values)))
    grouped = f"SELECT ?this WHERE {{ {values} }} GROUP BY ?this HAVING(COUNT(DISTINCT ?value) > {number})"
    counts = (count_rows(values), count(values, "?this")) if scope.is_counted_quickly else None
    return _exactly(Query(grouped, counts))


def _without_value(scope: Scope, value: Term) -> Failing:
    if scope.shape.path is None:
        return _exactly(Query(select(f"{scope.values} FILTER(!sameTerm(?this, {constant(value)}))")))
    if isinstance(scope.shape.path, ox.NamedNode):
        with_value = f"?this {sparql_path(scope.shape.path)} {constant(value)} ."
    else:
        with_value = f"{scope.values} FILTER(sameTerm(?value, {constant(value)}))"
    return _exactly(Query(select(f"{scope.target} MINUS {{ {with_value} }}")))


def _of_another_class(scope: Scope, cls: Term) -> Failing:
    if scope.data.has_nameless_class(iri(cls)):
        raise NotScreenedError("a subclass is a blank node")
    typed = scope.data.instances(cls, "?value")
    lacking = f"MINUS {{ {typed} }}" if OF_CLASS in typed else f"FILTER NOT EXISTS {{ {typed} }}"
    together = f"{{ {scope.values} }} UNION {{ {typed} }}"
    counts = None if scope.few else (count(together, "?value"), count(typed, "?value"))
    return _exactly(Query(select(f"{scope.values} {lacking}"), counts))


def _language_twice(scope: Scope, _: Term) -> Failing:
    reached = scope.need_path().values
    if not truth_of(scope.the_only("uniqueLang")):
        return _NEVER
    other = f"{{ {reached.replace('?value', '?other')} }}"
    same = 'LANG(?value) != "" && LCASE(LANG(?value)) = LCASE(LANG(?other)) && !sameTerm(?value, ?other)'
    tagged = f"{{ SELECT DISTINCT ?this ?tag WHERE {{ {reached} BIND(LCASE(LANG(?value)) AS ?tag) }} }}"
    counts = count_rows(reached), count_rows(tagged)
    return _exactly(Query(select(f"{{ {reached} }} {other} FILTER({same})"), counts))


# Two properties


def _unequal(scope: Scope, predicate: Term) -> Failing:
    theirs = f"?this {iri(predicate)} ?value ."
    more = Query(select(f"{{ {scope.values} }} MINUS {{ {theirs} }}"))
    less = Query(select(f"{{ {scope.target} }} {theirs} MINUS {{ {scope.values} }}"))
    return _exactly(more, less)


def _in_common(scope: Scope, predicate: Term) -> Failing:
    return _exactly(Query(select(f"{{ {scope.values} }} ?this {iri(predicate)} ?value .")))


def _out_of_order(operator: str) -> _Compile:
    def compiled(scope: Scope, predicate: Term) -> Failing:
        other = f"?this {iri(predicate)} ?other ."
        if scope.need_path().negated and scope.data.has(_nameless(scope, iri(predicate))):
            raise NotScreenedError("the order of blank nodes, at which pySHACL stops")
        fine = fine_comparison("?value", operator, "?other")
        refused = Query(select(f"{scope.values} FILTER(isBlank(?value))"))
        return Failing((Query(select(f"{{ {scope.values} }} {other} FILTER(!COALESCE({fine}, false))")), refused))

    return compiled


def _nameless(scope: Scope, predicate: ox.NamedNode) -> str:
    either = f"{{ {scope.values} }} UNION {{ ?this {predicate} ?value }}"
    return f"{either} FILTER(isBlank(?value))"


# Shapes


def _property(scope: Scope, node: Term) -> Failing:
    below = scope.nested(node)
    if below.shape.path is None:
        raise NotScreenedError(f"{node} is no property shape")
    return _below(scope, below, own=0)


def _node(scope: Scope, node: Term) -> Failing:
    below = scope.nested(node)
    if below.shape.path is not None:
        raise NotScreenedError(f"{node} is no node shape")
    return _below(scope, below, own=1)


def _below(scope: Scope, below: Scope, own: int) -> Failing:
    """Return the focus nodes of which a value node may fail another shape, and of which one surely does."""
    found = compile_shape(below)
    may, surely = (tuple(map(scope.holders, nodes)) for nodes in (found.may, found.surely))
    return Failing(may, surely, found.constraints + own)


def _not(scope: Scope, node: Term) -> Failing:
    found = compile_shape(scope.nested(node, negated=True))
    may = Without(scope.value_nodes, found.certain)
    surely = Without(scope.value_nodes, found.possible)
    return Failing((scope.holders(may),), (scope.holders(surely),), found.constraints + 1)


def _members(scope: Scope, head: Term, *, negated: bool = True) -> list[Failing]:
    nodes = scope.list(head)
    if not nodes:
        raise NotScreenedError("an empty list of shapes")
    return [compile_shape(scope.nested(node, negated=negated)) for node in nodes]


def _not_all(scope: Scope, head: Term) -> Failing:
    found = _members(scope, head, negated=False)
    may = tuple(scope.holders(nodes) for each in found for nodes in each.may)
    surely = tuple(scope.holders(nodes) for each in found for nodes in each.surely)
    return Failing(may, surely, _constraint_count(found))


def _constraint_count(found: list[Failing]) -> int:
    return 1 + sum(each.constraints for each in found)


def _none_of(scope: Scope, head: Term) -> Failing:
    found = _members(scope, head)
    may = AllOf(tuple(each.possible for each in found))
    surely = AllOf(tuple(each.certain for each in found))
    return Failing((scope.holders(may),), (scope.holders(surely),), _constraint_count(found))


def _not_just_one(scope: Scope, head: Term) -> Failing:
    found, nodes = _members(scope, head), scope.value_nodes
    passing = [Without(nodes, each.possible) for each in found]
    just_one = AnyOf(tuple(_only(number, passing, found) for number in range(len(found))))
    several = AnyOf(tuple(map(AllOf, combinations(passing, 2))))
    surely = AnyOf((AllOf(tuple(each.certain for each in found)), several))
    return Failing((scope.holders(Without(nodes, just_one)),), (scope.holders(surely),), _constraint_count(found))


def _only(number: int, passing: list[Without], found: list[Failing]) -> Nodes:
    others = (each.certain for other, each in enumerate(found) if other != number)
    return AllOf((passing[number], *others))


def _not_so_many_of(scope: Scope, node: Term) -> Failing:
    if scope.shape.path is None:
        return _NEVER
    own = compile_shape(scope.nested(node, negated=True))
    siblings = [compile_shape(scope.nested(sibling, negated=True)) for sibling in _siblings(scope, node)]
    conforming = Without(scope.value_nodes, own.possible)
    sure = AllOf((conforming, *(each.certain for each in siblings)))
    other = AnyOf(tuple(Without(scope.value_nodes, each.possible) for each in siblings))
    possible = Without(Without(scope.value_nodes, own.certain), other)
    return Failing(
        tuple(_miscounted(scope, sure, possible)),
        tuple(_miscounted(scope, possible, sure)),
        own.constraints + 1,
    )


def _miscounted(scope: Scope, at_least: Nodes, at_most: Nodes) -> Iterator[Nodes]:
    """Yield where the least may be too few, and the most too many."""
    limits = [term for term in ("qualifiedMinCount", "qualifiedMaxCount") if term in scope.shape.values]
    if not limits:
        raise NotScreenedError("sh:qualifiedValueShape without a count")
    if "qualifiedMinCount" in limits:
        number = number_of(scope.the_only("qualifiedMinCount"))
        yield Fewer(scope.focus_nodes, scope.pairs, at_least, number)
    if "qualifiedMaxCount" in limits:
        yield More(scope.pairs, at_most, number_of(scope.the_only("qualifiedMaxCount")))


def _siblings(scope: Scope, node: Term) -> list[Term]:
    """Return the sibling shapes (SHACL section 4.7.3)."""
    if True not in {truth_of(value) for value in scope.shape.values.get("qualifiedValueShapesDisjoint", ())}:
        return []
    parents = scope.shapes.subjects(f"{SH}property", scope.shape.node)
    properties = [value for parent in parents for value in scope.shapes.values(parent, f"{SH}property")]
    found = {value for each in properties for value in scope.shapes.values(each, f"{SH}qualifiedValueShape")}
    return sorted(found - {node}, key=str)


def _with_qualified(scope: Scope, _: Term) -> Failing:
    """Check that what goes with ``sh:qualifiedValueShape`` has one."""
    if scope.shape.path is not None and "qualifiedValueShape" not in scope.shape.values:
        raise NotScreenedError("a qualified count without sh:qualifiedValueShape")
    return Failing((), (), 0)


def _with_closed(scope: Scope, _: Term) -> Failing:
    if "closed" not in scope.shape.values:
        raise NotScreenedError("sh:ignoredProperties without sh:closed")
    return Failing((), (), 0)


def _other_property(scope: Scope, _: Term) -> Failing:
    ignored = [term for head in scope.shape.values.get("ignoredProperties", ()) for term in scope.list(head)]
    paths = [shape_of(scope.shapes, node).path for node in scope.shape.values.get("property", ())]
    if not truth_of(scope.the_only("closed")):
        return _NEVER
    allowed = {term for term in (*ignored, *paths) if isinstance(term, ox.NamedNode)}
    others = " && ".join(f"?predicate != {term}" for term in sorted(allowed, key=str)) or "true"
    found = f"{{ {scope.values} }} ?value ?predicate ?object . FILTER({others})"
    return Failing((Query(select(found)),), (Query(select(f"{found} FILTER(?object != {_RESOURCE})")),))


_RESOURCE = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#Resource")


# SPARQL


def _by_sparql(scope: Scope, constraint: Term) -> Failing:
    deactivated = scope.shapes.values(constraint, f"{SH}deactivated")
    if True in {truth_of(value) for value in deactivated}:
        return _NEVER
    text, prefixes = _query_of(scope, constraint), scope.shapes.declared_prefixes(constraint)
    if prefixes is None:
        raise NotScreenedError("prefixes that are declared twice")
    if refused := _REFUSED.search(text):
        raise NotScreenedError(f"pySHACL may take {refused[0]} for what a SPARQL constraint must not have")
    comparisons = _comparisons(text, prefixes)
    if not all(scope.data.agrees_on(comparison) for comparison in comparisons):
        raise NotScreenedError("a SPARQL constraint compares terms that may be ordered differently")
    head = _HEAD.match(text)
    if not head or not _THIS.search(text):
        raise NotScreenedError("a SPARQL constraint that is not SELECT … WHERE { … $this … }")
    found = f"{scope.target} {text[head.end() : text.rindex('}')]}"
    return Failing((Query(select(found), None, tuple(sorted(prefixes.items()))),))


def _comparisons(text: str, prefixes: dict[str, str]) -> list[Comparison]:
    try:
        return check_constraint(text, prefixes)
    except SyntaxError as error:
        raise NotScreenedError(f"a SPARQL constraint is ill-formed: {error.msg}") from error


def _query_of(scope: Scope, constraint: Term) -> str:
    selects = scope.shapes.values(constraint, f"{SH}select")
    messages = scope.shapes.values(constraint, f"{SH}message")
    if len(selects) != 1 or not isinstance(selects[0], ox.Literal):
        raise NotScreenedError("sh:sparql without one sh:select")
    if not all(isinstance(message, ox.Literal) for message in messages):
        raise NotScreenedError("a message of a SPARQL constraint is no string")
    if "#" in selects[0].value or OF_CLASS in selects[0].value:
        raise NotScreenedError(f"a SPARQL constraint that may have comments, or names a variable …{OF_CLASS}")
    if isinstance(scope.shape.path, ox.NamedNode):
        return _PATH.sub(lambda found: f"{found[1]}{scope.shape.path}", selects[0].value)
    return selects[0].value


_CONSTRAINTS: dict[str, _Compile] = {
    "minCount": _too_few,
    "maxCount": _too_many,
    "hasValue": _without_value,
    "class": _of_another_class,
    "uniqueLang": _language_twice,
    "equals": _unequal,
    "disjoint": _in_common,
    "lessThan": _out_of_order("<"),
    "lessThanOrEquals": _out_of_order("<="),
    "property": _property,
    "node": _node,
    "not": _not,
    "and": _not_all,
    "or": _none_of,
    "xone": _not_just_one,
    "qualifiedValueShape": _not_so_many_of,
    **dict.fromkeys(("qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint"), _with_qualified),
    "closed": _other_property,
    "ignoredProperties": _with_closed,
    "sparql": _by_sparql,
}
