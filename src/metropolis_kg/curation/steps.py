"""Which triples a verdict can depend on, as steps from a focus node: a finite automaton over the graph.

A state stands for a place in a shape or query (its focus node, its value nodes, a variable) and holds the nodes that
can be there. A step reads, for each node of its source, the triples of a predicate, and leads to the nodes at their
other end. Loops are paths that repeat, and shapes that name themselves. The same automaton is walked forwards to find
what a verdict reads, and backwards to find whose verdict a triple can change (``slicing``).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import pyoxigraph as ox

from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.shapes import CompoundPath, PropertyPath

End = Term | ox.Triple
"""What can stand at an end of a statement."""

Triple = tuple[End, ox.NamedNode, End]

State = int
START: State = 0
"""The state of the focus node."""

Key = TypeVar("Key")
Value = TypeVar("Value")


class UnknownFootprintError(Exception):
    """What a shape reads is not known; says why. The whole graph is then its footprint."""


@dataclass(frozen=True)
class Step:
    """From nodes of ``source`` along the triples of ``predicate``, or of any, to ``target``.

    Read are only triples whose other end is ``only``, where that is given, and only from blank nodes with ``of_blank``.
    Where there is no ``target`` the triples are read, and the step leads nowhere.
    """

    source: State
    predicate: ox.NamedNode | None
    target: State | None = None
    inverse: bool = False
    only: ox.NamedNode | None = None
    of_blank: bool = False


@dataclass(frozen=True)
class Scan:
    """All triples of ``predicate``, whatever the focus node; leads to their subjects and objects."""

    predicate: ox.NamedNode
    subject: State | None = None
    object: State | None = None


@dataclass
class Footprint:
    """Which triples the verdict of a shape on a focus node can depend on. Made by ``footprint.footprint_of``."""

    steps: list[Step] = field(default_factory=list)
    scans: list[Scan] = field(default_factory=list)
    constants: list[tuple[State, ox.NamedNode]] = field(default_factory=list)
    """Nodes that are in a state whatever the focus node."""

    same: list[tuple[State, State]] = field(default_factory=list)
    """Pairs of states: nodes of the first are in the second too."""

    whole: str | None = None
    """Why the footprint is the whole graph, where it is."""

    states: int = 1

    # Building

    def state(self) -> State:
        """Return a new state."""
        self.states += 1
        return self.states - 1

    def constant(self, node: ox.NamedNode) -> State:
        """Return a new state that holds ``node``."""
        state = self.state()
        self.constants.append((state, node))
        return state

    def path(self, path: PropertyPath, source: State, target: State, *, inverse: bool = False) -> None:
        """Add what a property path from ``source`` to ``target`` reads."""
        if isinstance(path, ox.NamedNode):
            self.steps.append(Step(source, path, target, inverse))
            return
        match path.operator:
            case "^":
                self.path(path.parts[0], source, target, inverse=not inverse)
            case "|":
                for part in path.parts:
                    self.path(part, source, target, inverse=inverse)
            case "/":
                self._sequence(path, source, target, inverse=inverse)
            case _:
                self._repeated(path, source, target, inverse=inverse)

    def _sequence(self, path: CompoundPath, source: State, target: State, *, inverse: bool) -> None:
        # pySHACL goes an inverted sequence part by part in the order written, SPARQL from the last part: both are read
        for parts in (path.parts, path.parts[::-1]) if inverse else (path.parts,):
            states = [source, *(self.state() for _ in parts[1:]), target]
            for part, before, after in zip(parts, states, states[1:], strict=False):
                self.path(part, before, after, inverse=inverse)

    def _repeated(self, path: CompoundPath, source: State, target: State, *, inverse: bool) -> None:
        inside = self.state()
        self.path(path.parts[0], source, inside, inverse=inverse)
        self.same.append((inside, target))
        if path.operator != "?":
            self.path(path.parts[0], inside, inside, inverse=inverse)
        if path.operator != "+":
            self.same.append((source, target))

    # Walking

    @cached_property
    def after(self) -> Mapping[State, list[Step]]:
        """The steps by source."""
        return _grouped((step.source, step) for step in self.steps)

    @cached_property
    def before(self) -> Mapping[State, list[Step]]:
        """The steps by target."""
        return _grouped((step.target, step) for step in self.steps if step.target is not None)

    @cached_property
    def same_after(self) -> Mapping[State, list[State]]:
        """The states that hold the nodes of a state too."""
        return _grouped(self.same)

    @cached_property
    def same_before(self) -> Mapping[State, list[State]]:
        """The states whose nodes a state holds too."""
        return _grouped((second, first) for first, second in self.same)

    @cached_property
    def reading(self) -> Mapping[ox.NamedNode | None, list[Step]]:
        """The steps by predicate."""
        return _grouped((step.predicate, step) for step in self.steps)

    @cached_property
    def scanned(self) -> frozenset[ox.NamedNode]:
        """The predicates all triples of which are read."""
        return frozenset(scan.predicate for scan in self.scans)

    @cached_property
    def from_scans(self) -> frozenset[State | None]:
        """The states to which scans lead."""
        return frozenset(state for scan in self.scans for state in (scan.subject, scan.object))


def _grouped(pairs: Iterable[tuple[Key, Value]]) -> Mapping[Key, list[Value]]:
    groups: defaultdict[Key, list[Value]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return dict(groups)
