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
        if not any((sub, cls) in self._implicit for sub in below):
            return f"?this a {cls} ."
        return f"VALUES ?class {{ {' '.join(str(each) for each in sorted(below, key=str))} }} ?this a ?class ."

    @cached_property
    def _parents(self) -> dict[Term, set[Term]]:
        parents: dict[Term, set[Term]] = {}
        for quad in self._store.quads_for_pattern(None, _SUBCLASS, None):
            parents.setdefault(quad.object, set()).add(quad.subject)  # type: ignore[arg-type]
        return parents

    def _below(self, cls: Term) -> set[Term]:
        """Return the class and all its subclasses, as the data state them."""
        below, waiting = {cls}, [cls]
        while waiting:
            new = self._parents.get(waiting.pop(), set()) - below
            below |= new
            waiting += new
        return below
