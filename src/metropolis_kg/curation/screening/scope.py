"""A shape where it is applied, for screening: its focus nodes, the value nodes its path leads to, and who fails.

What a compiled constraint says of its focus nodes: every one that has a result in pySHACL may fail; every one that
surely fails has one. Where a query gives exactly the nodes with a result both are the same.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pyoxigraph as ox

from metropolis_kg.curation.screening.agreement import NotScreenedError, kept_as_written
from metropolis_kg.curation.screening.sets import AnyOf, Data, Holders, Nodes, Query, select
from metropolis_kg.errors import ContentError
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.shapes import TYPE, CompoundPath, Node, PropertyPath, Shape, ShapesGraph, sparql_path

_DEEPEST = 10
"""How deep shapes may be nested; pySHACL gives up at 15. A path may have as many parts; it gives up at 10 levels."""


@dataclass(frozen=True)
class Scope:
    """A shape whose constraints are compiled, and the pattern for its focus nodes, of which there may be few."""

    shapes: ShapesGraph
    data: Data
    target: str
    few: bool
    shape: Shape
    above: tuple[Node, ...] = ()
    """The shapes it is nested in."""

    negated: bool = False
    """Whether a result of the shape may be none of a shape it is nested in."""

    def nested(self, node: Term, *, negated: bool = False) -> "Scope":
        """Return the scope of a shape applied to the value nodes of this one. Raises NotScreenedError."""
        above = (*self.above, self.shape.node)
        if node in above:
            raise NotScreenedError("the shape is recursive")
        if len(above) == _DEEPEST:
            raise NotScreenedError("shapes are nested too deep")
        target = self.target if self.shape.path is None else f"{{ {self._value_nodes} }}"
        few = self.few if self.shape.path is None else self.data.has_few(target)
        shape = shape_of(self.shapes, node)
        return replace(self, target=target, few=few, shape=shape, above=above, negated=self.negated or negated)

    def holders(self, values: Nodes) -> Nodes:
        """Return the focus nodes that have a value node in a set."""
        return values if self.shape.path is None else Holders(self.pairs, values)

    @property
    def pairs(self) -> str:
        """A query for focus nodes and their value nodes."""
        return f"SELECT DISTINCT ?this ?value WHERE {{ {self.values} }}"

    @property
    def focus_nodes(self) -> Nodes:
        """All focus nodes."""
        return Query(select(self.target))

    @property
    def value_nodes(self) -> Nodes:
        """All value nodes."""
        return self.focus_nodes if self.shape.path is None else Query(self._value_nodes)

    @property
    def _value_nodes(self) -> str:
        return f"SELECT (?value AS ?this) WHERE {{ {{ SELECT DISTINCT ?value WHERE {{ {self.values} }} }} }}"

    def need_path(self) -> "Scope":
        """Return this scope, of a property shape. Raises NotScreenedError for a node shape."""
        if self.shape.path is None:
            raise NotScreenedError("a constraint that needs a path, without one")
        return self

    @property
    def path(self) -> str:
        """A pattern by which ``?value`` hangs on ``?this``; only of a property shape."""
        if self.shape.path is None:
            raise ValueError("a node shape has no path")
        return f"?this {sparql_path(self.shape.path)} ?value ."

    @property
    def is_simple(self) -> bool:
        """Whether the path is a property, from all nodes of which value nodes are quickly found."""
        return isinstance(self.shape.path, ox.NamedNode) and self.shape.path != TYPE

    @property
    def values(self) -> str:
        """A pattern for every value node. Other nodes may come along where that is faster; they are left out later.

        What a path of no step leads to is added, for Oxigraph does not find it from a node without statements.
        """
        itself = f"{self.target} BIND(?this AS ?value)"
        if self.shape.path is None:
            return itself
        if self.is_simple and not self.few:
            return self.path
        reached = f"{self.target} {self.path}"
        return f"{{ {reached} }} UNION {{ {itself} }}" if _can_be_empty(self.shape.path) else reached

    @property
    def reached(self) -> str:
        """A pattern like ``values``, without the focus nodes where the path begins or ends with a property."""
        simple = self.is_simple or (isinstance(self.shape.path, CompoundPath) and self.shape.path.operator == "^")
        return self.path if simple and not _can_be_empty(self.shape.path) else self.values

    @property
    def is_counted_quickly(self) -> bool:
        """Whether counting what the path reaches is quicker than joining: so it is for a property, either way."""
        path = self.shape.path
        if isinstance(path, CompoundPath) and path.operator == "^":
            return isinstance(path.parts[0], ox.NamedNode)
        return self.is_simple

    def list(self, head: Term) -> list[Term]:
        """Return the members of a list in the shapes. Raises NotScreenedError where it is none."""
        members = self.shapes.members(head)
        if members is None:
            raise NotScreenedError("an ill-formed list")
        return members

    def the_only(self, term: str) -> Term:
        """Return the value of a term that may have one only. Raises NotScreenedError where there are more."""
        values = self.shape.values[term]
        if len(values) != 1:
            raise NotScreenedError(f"sh:{term} has {len(values)} values")
        return values[0]


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


def exactly(*nodes: Nodes) -> Failing:
    """Return that the nodes in these sets fail, and no others."""
    return Failing(nodes, nodes)


NEVER = Failing(())
Compile = Callable[[Scope, Term], Failing]
"""Says of a scope and a value of a constraint's term which focus nodes fail. Raises NotScreenedError."""


def shape_of(shapes: ShapesGraph, node: Term) -> Shape:
    """Return the shape that a node is, where pySHACL takes it for a well-formed one. Raises NotScreenedError."""
    if not isinstance(node, Node) or node not in shapes.shape_nodes:
        raise NotScreenedError(f"{node} is no shape")
    try:
        shape = shapes.shape(node)
    except ContentError as error:
        raise NotScreenedError(error.reason) from error
    if shape.path is not None:
        _check_path(shape.path)
    return shape


def _check_path(path: PropertyPath) -> None:
    if _size(path) > _DEEPEST:
        raise NotScreenedError("a long path")
    if _has_inverse_sequence(path, inverse=False):
        raise NotScreenedError("pySHACL follows the inverse of a sequence in the wrong order")


def _size(path: PropertyPath) -> int:
    return 1 + sum(map(_size, path.parts)) if isinstance(path, CompoundPath) else 1


def _has_inverse_sequence(path: PropertyPath | None, *, inverse: bool) -> bool:
    if not isinstance(path, CompoundPath):
        return False
    if path.operator == "/" and inverse and len(path.parts) > 1:
        return True
    below = inverse != (path.operator == "^")
    return any(_has_inverse_sequence(part, inverse=below) for part in path.parts)


def _can_be_empty(path: PropertyPath | None) -> bool:
    """Return whether a path leads from a node to itself without a step."""
    if not isinstance(path, CompoundPath):
        return False
    if path.operator in "*?":
        return True
    return (any if path.operator == "|" else all)(map(_can_be_empty, path.parts))


def constant(term: Term) -> Term:
    """Return a term as a query names it. Raises NotScreenedError where the store may have it in another form."""
    if isinstance(term, ox.BlankNode) or not kept_as_written(term):
        raise NotScreenedError(f"{term} may be read differently")
    return term


def iri(term: Term) -> ox.NamedNode:
    """Return a term that is an IRI. Raises NotScreenedError for any other."""
    if not isinstance(term, ox.NamedNode):
        raise NotScreenedError(f"{term} is no IRI")
    return term
