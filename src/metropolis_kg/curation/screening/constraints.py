"""Shapes as sets of the nodes that fail them, by all their constraints, the shapes nested in them among these.

A shape within ``sh:not`` and its like is looked at from both sides: who may fail it, and who surely does.
"""

from collections.abc import Iterator
from itertools import combinations

from metropolis_kg.curation.screening.agreement import NotScreenedError
from metropolis_kg.curation.screening.properties import PROPERTY_CONSTRAINTS
from metropolis_kg.curation.screening.scope import NEVER, Compile, Failing, Scope
from metropolis_kg.curation.screening.sets import AllOf, AnyOf, Fewer, More, Nodes, Query, Without, select
from metropolis_kg.curation.screening.sparql import by_sparql
from metropolis_kg.curation.screening.values import VALUE_CONSTRAINTS, number_of, truth_of
from metropolis_kg.curation.shapes import DESCRIPTIVE
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import SH
from metropolis_kg.model.shapes import TARGETS, Shape

_NO_CONSTRAINTS = DESCRIPTIVE | {*TARGETS, "flags", "deactivated"}


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
        return NEVER
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


_CONSTRAINTS: dict[str, Compile] = PROPERTY_CONSTRAINTS | {
    "property": _property,
    "node": _node,
    "not": _not,
    "and": _not_all,
    "or": _none_of,
    "xone": _not_just_one,
    "qualifiedValueShape": _not_so_many_of,
    **dict.fromkeys(("qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint"), _with_qualified),
    "sparql": by_sparql,
}
