"""The focus nodes of shapes in a store, as pySHACL finds them (SHACL section 2.1.3)."""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from metropolis_kg.curation.steps import End, Triple
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import SH
from metropolis_kg.model.shapes import KINDS, SUBCLASS, TARGETS, TYPE, Node, Shape, ShapesGraph

_NAMES_SHAPES = {ox.NamedNode(SH + term) for term in ("property", "node", "not", "qualifiedValueShape")}
_LISTS_SHAPES = {ox.NamedNode(SH + term) for term in ("and", "or", "xone")}


class FocusNodes:
    """The focus nodes of ``shapes`` in the union of all graphs of ``store``, as it is when asked."""

    def __init__(self, store: ox.Store, shapes: ShapesGraph) -> None:
        self._store, self._shapes = store, shapes

    def of(self, shape: Shape) -> set[End]:
        """Return all focus nodes of ``shape``."""
        found: set[End] = set(shape.values.get("targetNode", ()))
        for cls in self._classes(shape):
            found |= {quad.subject for quad in self._quads(None, TYPE, cls)}
        for predicate in shape.values.get("targetSubjectsOf", ()):
            found |= {quad.subject for quad in self._quads(None, predicate, None)}
        for predicate in shape.values.get("targetObjectsOf", ()):
            found |= {quad.object for quad in self._quads(None, predicate, None)}
        return found

    def among(self, shape: Shape, nodes: Iterable[End]) -> set[End]:
        """Return those of ``nodes`` that are focus nodes of ``shape``."""
        named, classes = set(shape.values.get("targetNode", ())), self._classes(shape)
        return {node for node in nodes if node in named or self._is_targeted(shape, classes, node)}

    def _is_targeted(self, shape: Shape, classes: set[Term], node: End) -> bool:
        subjects = shape.values.get("targetSubjectsOf", ())
        if isinstance(node, Node):
            if any(quad.object in classes for quad in self._quads(node, TYPE, None)):
                return True
            if any(True for predicate in subjects for _ in self._quads(node, predicate, None)):
                return True
        objects = shape.values.get("targetObjectsOf", ())
        return any(True for predicate in objects for _ in self._quads(None, predicate, node))

    def touched(self, shape: Shape, triples: Iterable[Triple]) -> Iterator[End]:
        """Yield the nodes that can become focus nodes, or be ones no more, as ``triples`` come or go.

        Statements about subclasses are not looked at.
        """
        classes = self._classes(shape)
        for subject, predicate, value in triples:
            if predicate in shape.values.get("targetSubjectsOf", ()) or (predicate == TYPE and value in classes):
                yield subject
            if predicate in shape.values.get("targetObjectsOf", ()):
                yield value

    def _classes(self, shape: Shape) -> set[Term]:
        """Return the classes whose instances are focus nodes, with their subclasses."""
        found = set(shape.values.get("targetClass", ()))
        if self._shapes.is_class(shape.node) and is_judged(shape, self._shapes):
            found.add(shape.node)
        waiting = list(found)
        while waiting:
            new = {quad.subject for quad in self._quads(None, SUBCLASS, waiting.pop())} - found
            found |= new  # type: ignore[arg-type]
            waiting += new  # type: ignore[arg-type]
        return found

    def _quads(self, subject: Node | None, predicate: Term, value: End | None) -> Iterator[ox.Quad]:
        if not isinstance(predicate, ox.NamedNode):
            return iter(())
        return self._store.quads_for_pattern(subject, predicate, value)


def is_judged(shape: Shape, shapes: ShapesGraph) -> bool:
    """Return whether pySHACL takes ``shape`` for one: typed, with a target or nested shapes, or named by a shape."""
    if any(term in shape.values for term in (*TARGETS, "property", "node")):
        return True
    if KINDS.intersection(shapes.values(shape.node, TYPE.value)):
        return True
    for _, predicate, value in shapes.statements:
        named = {value} if predicate in _NAMES_SHAPES else shapes.members(value) if predicate in _LISTS_SHAPES else ()
        if shape.node in (named or ()):
            return True
    return False
