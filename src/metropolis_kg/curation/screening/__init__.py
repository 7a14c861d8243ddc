"""Screening: finding, over the whole data at once, every focus node that could possibly fail.

Each constraint is compiled to sets of nodes, most of them SPARQL queries, that hold every focus node which is not
certainly fine; ``agreement`` says what is certain. So a focus node in none of them has no result. A shape with a
constraint that is not compiled is not screened, and the judge sees all its focus nodes; so it is with all shapes where
pySHACL may refuse the shapes as such, whatever the data.

Queries are made of the terms of the shapes, each written by the RDF library, never of text from the data.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from metropolis_kg.curation.focus_nodes import FocusNodes
from metropolis_kg.curation.progress import SILENT, Steps
from metropolis_kg.curation.report import Coverage
from metropolis_kg.curation.screening.agreement import NotScreenedError
from metropolis_kg.curation.screening.constraints import compile_shape
from metropolis_kg.curation.screening.scope import Failing, Scope, constant, iri, shape_of
from metropolis_kg.curation.screening.sets import Data, Found, Nodes, Query, select, union
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import SH
from metropolis_kg.model.shapes import KINDS, TAKES_SHAPES, TYPE, Node, Shape, ShapesGraph


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
    def coverage(self) -> Coverage:
        """How a report came about that followed this screening."""
        return Coverage(self.shapes, self.constraints, self.unscreened_names, self.left)

    @property
    def left(self) -> int:
        """How many focus nodes, shape by shape, are suspects."""
        return sum(len(nodes) for nodes in self.suspects.values())


def screen(store: ox.Store, shapes: ShapesGraph, *, few: int = 1000, steps: Steps = SILENT) -> Screening:
    """Return every focus node of ``shapes`` that could fail in the union of all graphs of ``store``.

    A shape with fewer than ``few`` focus nodes is screened by looking at each, any other by counting first; fewer than
    ``few`` nodes that may fail are looked at each, whether they are focus nodes.
    """
    unscreened = dict(_refused(shapes))
    if unscreened:
        refused = "the shapes are ill-formed elsewhere"
        return Screening({}, dict.fromkeys(shapes.target_nodes, refused) | unscreened, len(shapes.target_nodes), 0)
    data, compiled = Data(store, few), dict[Node, tuple[str, Failing]]()

    def sets() -> Iterator[Nodes]:
        for number, node in enumerate(shapes.target_nodes):
            steps.share(number / len(shapes.target_nodes))
            try:
                compiled[node] = _compile(node, shapes, data)
                yield from compiled[node][1].may
            except NotScreenedError as reason:
                unscreened[node] = str(reason)

    found = data.find_all(sets())
    focus_nodes, suspects = FocusNodes(store, shapes), dict[Node, Found]()
    for node, (target, failing) in compiled.items():
        nodes = Found().union(*(found[each] for each in failing.may))
        is_few = len(nodes) < few
        among = focus_nodes.among(node, nodes) if is_few else data.find(Query(select(target)))
        suspects[node] = nodes & among
    constraints = sum(failing.constraints for _, failing in compiled.values())
    return Screening(suspects, unscreened, len(shapes.target_nodes), constraints)


def _compile(node: Node, shapes: ShapesGraph, data: Data) -> tuple[str, Failing]:
    """Return the pattern for the focus nodes of a shape, and which of them may fail. Raises NotScreenedError."""
    if shapes.has_components:
        raise NotScreenedError("the shapes declare constraint components of their own")
    if isinstance(node, ox.BlankNode) and any(value == node for _, _, value in shapes.statements):
        raise NotScreenedError("a nameless shape with a target is told in messages of other shapes")
    shape = shape_of(shapes, node)
    target = _target(shape, shapes, data)
    return target, compile_shape(Scope(shapes, data, target, data.has_few(target), shape))


def _target(shape: Shape, shapes: ShapesGraph, data: Data) -> str:
    classes = [*shape.values.get("targetClass", ()), *([shape.node] if shapes.is_class(shape.node) else [])]
    if any(data.has_nameless_class(iri(cls)) for cls in classes):
        raise NotScreenedError("a subclass is a blank node")
    patterns = [data.instances(cls) for cls in classes]
    patterns += [f"?this {iri(predicate)} [] ." for predicate in shape.values.get("targetSubjectsOf", ())]
    patterns += [f"[] {iri(predicate)} ?this ." for predicate in shape.values.get("targetObjectsOf", ())]
    patterns += [f"VALUES ?this {{ {constant(node)} }}" for node in shape.values.get("targetNode", ())]
    return union(patterns)


def _refused(shapes: ShapesGraph) -> Iterator[tuple[Node, str]]:
    """Yield the shapes because of which pySHACL may refuse all shapes, each with the reason."""
    if not shapes.kinds_of_class.isdisjoint(KINDS):
        yield from ((kind, "a class of shapes is a class of classes") for kind in KINDS & shapes.kinds_of_class)
    for node in sorted(shapes.shape_nodes, key=str):
        if reason := _fault(node, shapes):
            yield node if isinstance(node, Node) else ox.BlankNode(), reason


def _fault(node: Term, shapes: ShapesGraph) -> str | None:
    kinds, paths = KINDS.intersection(shapes.values(node, TYPE.value)), shapes.values(node, f"{SH}path")
    if not isinstance(node, Node):
        return f"{node} is no shape"
    if len(kinds) > 1 or len(paths) > 1 or (kinds and (ox.NamedNode(f"{SH}PropertyShape") in kinds) != bool(paths)):
        return "a node shape has no path, a property shape one"
    deactivated = shapes.values(node, f"{SH}deactivated")
    if len(deactivated) > 1 or not all(isinstance(value, ox.Literal) for value in deactivated):
        return "sh:deactivated is not one truth value"
    lists = (shapes.members(head) for term in TAKES_SHAPES for head in shapes.values(node, SH + term))
    return None if all(lists) else "a list of shapes is empty or ill-formed"
