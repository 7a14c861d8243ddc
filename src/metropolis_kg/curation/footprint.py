"""Which triples the verdict of a shape on a focus node can depend on, as pySHACL reads them.

Nested shapes, sibling shapes, property paths, class membership with superclasses, closed shapes and SPARQL constraints
are followed; what is not understood has the whole graph for its footprint. pySHACL also writes out blank nodes in the
messages it makes itself, so what is said of a blank node belongs to it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar

import pyoxigraph as ox

from metropolis_kg.curation.query_footprint import add_select
from metropolis_kg.curation.steps import START, Footprint, State, Step, UnknownFootprintError
from metropolis_kg.errors import ContentError
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import SH
from metropolis_kg.model.shapes import FIRST, REST, SUBCLASS, TYPE, Node, Shape, ShapesGraph


def footprint_of(shape: Node, shapes: ShapesGraph) -> Footprint:
    """Return which triples the results of ``shape`` on a focus node can depend on."""
    try:
        if shapes.has_components:
            raise UnknownFootprintError("the shapes declare constraint components of their own")
        return _Reading(shapes).all_of(shape)
    except UnknownFootprintError as reason:
        return Footprint(whole=str(reason))
    except ContentError as error:
        return Footprint(whole=error.reason)


class _Reading:
    """Adds what shapes read to a footprint; each shape once, so shapes may name themselves."""

    def __init__(self, shapes: ShapesGraph) -> None:
        self._shapes, self._footprint = shapes, Footprint()
        self._entries: dict[Term, State] = {}
        self._blank = self._footprint.state()

    def all_of(self, shape: Node) -> Footprint:
        """Return the footprint of ``shape`` with all shapes that it names."""
        self._footprint.same.append((START, self._entry(shape)))
        self._describe_blank_nodes()
        return self._footprint

    def _describe_blank_nodes(self) -> None:
        listed = self._footprint.state()
        self._footprint.steps += [
            Step(self._blank, None, self._blank, of_blank=True),
            Step(self._blank, REST, listed, of_blank=True),
            Step(listed, REST, listed),
            Step(listed, FIRST, self._blank),
        ]

    def _entry(self, node: Term) -> State:
        """Return the state of the focus nodes of a shape."""
        if node not in self._entries:
            self._entries[node] = self._footprint.state()
            if isinstance(node, Node):
                self._add(self._shapes.shape(node), self._entries[node])
        return self._entries[node]

    def _add(self, shape: Shape, focus: State) -> None:
        if len(shape.values.get("path", ())) > 1:
            raise UnknownFootprintError("a shape with two paths")
        values = focus
        if shape.path is not None:
            values = self._footprint.state()
            self._footprint.path(shape.path, focus, values)
        self._footprint.same += [(state, self._blank) for state in {focus, values}]
        for term, parameters in shape.values.items():
            for parameter in parameters if term in self._READS else ():
                self._READS[term](self, shape, parameter, focus, values)

    def _shape(self, _: Shape, other: Term, __: State, values: State) -> None:
        self._footprint.same.append((values, self._entry(other)))

    def _shapes_of_list(self, shape: Shape, head: Term, focus: State, values: State) -> None:
        members = self._shapes.members(head)
        if members is None:
            raise UnknownFootprintError("an ill-formed list of shapes")
        for member in members:
            self._shape(shape, member, focus, values)

    def _siblings(self, shape: Shape, _: Term, focus: State, values: State) -> None:
        for other in self._beside(shape.node):
            for sibling in self._shapes.values(other, f"{SH}qualifiedValueShape"):
                self._shape(shape, sibling, focus, values)

    def _beside(self, node: Node) -> Iterator[Term]:
        """Yield the property shapes of all shapes that have the property shape ``node``."""
        for parent, predicate, value in self._shapes.statements:
            if predicate.value == f"{SH}property" and value == node:
                yield from self._shapes.values(parent, f"{SH}property")

    def _class(self, _: Shape, __: Term, ___: State, values: State) -> None:
        classes = self._footprint.state()
        self._footprint.steps += [Step(values, TYPE, classes), Step(classes, SUBCLASS, classes)]

    def _closed(self, _: Shape, __: Term, ___: State, values: State) -> None:
        self._footprint.steps.append(Step(values, None, self._blank))

    def _other_property(self, _: Shape, predicate: Term, focus: State, __: State) -> None:
        if isinstance(predicate, ox.NamedNode):
            self._footprint.steps.append(Step(focus, predicate, self._blank))

    def _sparql(self, shape: Shape, constraint: Term, focus: State, _: State) -> None:
        for select in self._shapes.values(constraint, f"{SH}select") if isinstance(constraint, Node) else ():
            add_select(self._footprint, focus, select.value, self._prefixes(constraint), shape.path)

    def _prefixes(self, constraint: Term) -> Mapping[str, str]:
        """Return the prefixes of a SPARQL constraint: all that the shapes know, where those are among them.

        Raises UnknownFootprintError where one is declared twice.
        """
        declared, known = self._shapes.declared_prefixes(constraint), self._shapes.prefixes
        if declared is None:
            raise UnknownFootprintError("a prefix is declared twice")
        return known if declared.items() <= known.items() else declared

    _READS: ClassVar[Mapping[str, Callable[["_Reading", Shape, Term, State, State], None]]] = {
        **dict.fromkeys(("property", "node", "not", "qualifiedValueShape"), _shape),
        **dict.fromkeys(("and", "or", "xone"), _shapes_of_list),
        **dict.fromkeys(("equals", "disjoint", "lessThan", "lessThanOrEquals"), _other_property),
        "qualifiedValueShapesDisjoint": _siblings,
        "class": _class,
        "closed": _closed,
        "sparql": _sparql,
    }
    """What reads triples, by the local name of its term; the other terms of SHACL Core look at value nodes alone."""
