"""The focus nodes of shapes in a store, as pySHACL finds them (SHACL section 2.1.3)."""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from metropolis_kg.curation.steps import End, Triple
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import SH
from metropolis_kg.model.shapes import SUBCLASS, TYPE, Node, ShapesGraph


class FocusNodes:
    """The focus nodes of ``shapes`` in the union of all graphs of ``store``, as it is when asked."""

    def __init__(self, store: ox.Store, shapes: ShapesGraph) -> None:
        self._store, self._shapes = store, shapes

    def of(self, shape: Node) -> set[End]:
        """Return all focus nodes of ``shape``."""
        found: set[End] = set(self._named(shape, "targetNode"))
        for cls in self._classes(shape):
            found |= {quad.subject for quad in self._quads(None, TYPE, cls)}
        for predicate in self._named(shape, "targetSubjectsOf"):
            found |= {quad.subject for quad in self._quads(None, predicate, None)}
        for predicate in self._named(shape, "targetObjectsOf"):
            found |= {quad.object for quad in self._quads(None, predicate, None)}
        return found

    def stated(self, shape: Node) -> set[ox.Triple]:
        """Return the statements that make nodes focus nodes of ``shape``."""
        patterns: list[tuple[Term, End | None]] = []
        for cls in self._classes(shape):
            patterns += [(TYPE, cls), (SUBCLASS, cls)]
        patterns += [(predicate, None) for predicate in self._named(shape, "targetSubjectsOf")]
        patterns += [(predicate, None) for predicate in self._named(shape, "targetObjectsOf")]
        return {quad.triple for predicate, value in patterns for quad in self._quads(None, predicate, value)}

    def among(self, shape: Node, nodes: Iterable[End]) -> set[End]:
        """Return those of ``nodes`` that are focus nodes of ``shape``."""
        named, classes = set(self._named(shape, "targetNode")), self._classes(shape)
        return {node for node in nodes if node in named or self._is_targeted(shape, classes, node)}

    def _is_targeted(self, shape: Node, classes: set[Term], node: End) -> bool:
        if isinstance(node, Node):
            if any(quad.object in classes for quad in self._quads(node, TYPE, None)):
                return True
            if any(True for each in self._named(shape, "targetSubjectsOf") for _ in self._quads(node, each, None)):
                return True
        return any(True for each in self._named(shape, "targetObjectsOf") for _ in self._quads(None, each, node))

    def touched(self, shape: Node, triples: Iterable[Triple]) -> Iterator[End]:
        """Yield the nodes that can become focus nodes, or be ones no more, as ``triples`` come or go.

        Statements about subclasses are not looked at.
        """
        classes = self._classes(shape)
        for subject, predicate, value in triples:
            if predicate in self._named(shape, "targetSubjectsOf") or (predicate == TYPE and value in classes):
                yield subject
            if predicate in self._named(shape, "targetObjectsOf"):
                yield value

    def _classes(self, shape: Node) -> set[Term]:
        """Return the classes whose instances are focus nodes, with their subclasses."""
        found = {*self._named(shape, "targetClass"), *([shape] if self._shapes.is_class(shape) else [])}
        waiting = list(found)
        while waiting:
            new = {quad.subject for quad in self._quads(None, SUBCLASS, waiting.pop())} - found
            found |= new  # type: ignore[arg-type] # subjects are terms
            waiting += new  # type: ignore[arg-type] # subjects are terms
        return found

    def _named(self, shape: Node, term: str) -> tuple[Term, ...]:
        return self._shapes.values(shape, SH + term)

    def _quads(self, subject: Node | None, predicate: Term, value: End | None) -> Iterator[ox.Quad]:
        if not isinstance(predicate, ox.NamedNode):
            return iter(())
        return self._store.quads_for_pattern(subject, predicate, value)
