"""Which triples a SPARQL constraint can depend on, read off rdflib's algebra.

Every variable that a part of the query certainly binds has a state. A triple pattern reads the triples of the nodes
that are known at one of its ends; so what is read holds every solution whose known variables have the values they can
have, and what those solutions are joined with, filtered by or extended by. Where neither end is known, all triples of
the predicate are read. The end that is tried first is the subject: a node has few values, and a value can be that of
many nodes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox
from rdflib import BNode, URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, NegatedPath, SequencePath
from rdflib.plugins.sparql.parserutils import CompValue

from metropolis_kg.curation.shapes import parse_select
from metropolis_kg.curation.steps import Footprint, Scan, State, Step, UnknownFootprintError
from metropolis_kg.model.shapes import CompoundPath, Operator, PropertyPath, predicates_of, sparql_path

Known = Mapping[Any, State]
"""The variables that are certainly bound, with the state that holds every node they can have."""

_THIS = Variable("this")
_BOUND_AS = re.compile(r"[\s{}()][$?]this")
"""Where pySHACL looks for ``$this``; a query in which it finds none is asked without."""

_PATH = re.compile(r"([\s{}()])[$?]PATH\b")
_PATH_IN_PATH = re.compile(r"[/|^]\s*[$?]PATH\b|[$?]PATH(\s*[/|*+]|\?)")


def add_select(
    footprint: Footprint, focus: State, select: str, prefixes: Mapping[str, str], path: PropertyPath | None
) -> None:
    """Add what the query ``select`` reads for a focus node. ``path`` stands for ``$PATH``.

    Raises UnknownFootprintError where that is not known.
    """
    if not _BOUND_AS.search(select):
        raise UnknownFootprintError("a SPARQL constraint without $this")
    try:
        query, _ = parse_select(_with_path(select, path), prefixes)
    except SyntaxError as error:
        raise UnknownFootprintError("a SPARQL constraint that cannot be read") from error
    _Reading(footprint, focus).pattern(query.algebra, {_THIS: focus})


def _with_path(select: str, path: PropertyPath | None) -> str:
    if path is None or not _PATH.search(select):
        return select
    if not isinstance(path, ox.NamedNode) and _PATH_IN_PATH.search(select):
        raise UnknownFootprintError("$PATH within a property path")
    return _PATH.sub(lambda found: found[1] + sparql_path(path), select)


class _Reading:
    """Adds what a query reads to a footprint, part by part."""

    def __init__(self, footprint: Footprint, focus: State) -> None:
        self._footprint, self._focus = footprint, focus

    def pattern(self, part: CompValue, known: Known) -> Known:
        """Add what ``part`` reads where ``known`` variables are bound around it; return what is known after it."""
        match part.name:
            case "BGP":
                return self._triples(part.triples, known)
            case "Join" | "LeftJoin" | "Minus":
                return self._two(part, known)
            case "Union":
                return self._either(self.pattern(part.p1, known), self.pattern(part.p2, known), known)
            case "Filter" | "Extend" | "OrderBy":
                after = self.pattern(part.p, known)
                self._expressions(part.expr, after)
                return after
            case "SelectQuery" | "Distinct" | "Reduced" | "Project":
                return self.pattern(part.p, known)
            case "AggregateJoin" | "Group":
                return self._grouped(part, known)
            case "ToMultiSet":
                return self._subquery(part.p, known)
        raise UnknownFootprintError(f"{part.name} in a SPARQL constraint")

    def _two(self, part: CompValue, known: Known) -> Known:
        first = self.pattern(part.p1, known)
        second = self.pattern(part.p2, first)
        if part.name == "LeftJoin":
            self._expressions(part.expr, second)
        return second if part.name == "Join" else first

    def _either(self, first: Known, second: Known, known: Known) -> Known:
        """Return what is known after a UNION: what is so after each of its parts."""
        merged = dict(known)
        for variable in (first.keys() & second.keys()) - known.keys():
            merged[variable] = self._footprint.state()
            self._footprint.same += [(each[variable], merged[variable]) for each in (first, second)]
        return merged

    def _grouped(self, part: CompValue, known: Known) -> Known:
        after = self.pattern(part.p, known)
        for expressions in (part.get("A"), part.get("expr")):
            self._expressions(expressions, after)
        return after if part.name == "Group" else self._of_all()

    def _subquery(self, part: CompValue, known: Known) -> Known:
        """Read a subquery, which is evaluated by itself: of the variables around it only ``$this`` is bound in it."""
        if part.name == "values":
            return known
        inner = self.pattern(part, self._of_all())
        return {variable: inner[variable] for variable in inner.keys() & set(_projected(part))} | dict(known)

    def _of_all(self) -> Known:
        return {_THIS: self._focus}

    def _expressions(self, expression: object, known: Known) -> None:
        """Add what EXISTS in an expression reads."""
        if isinstance(expression, CompValue):
            if "graph" in expression:  # rdflib keeps the algebra as an attribute, beside the item, which is no algebra
                self.pattern(expression.graph, known)
                return
            expression = [value for key, value in expression.items() if key != "_vars"]
        if isinstance(expression, list | tuple):
            for each in expression:
                self._expressions(each, known)

    # Triple patterns

    def _triples(self, triples: Iterable[tuple[Any, Any, Any]], known: Known) -> Known:
        reached, distance = dict(known), dict.fromkeys(known, 0)
        waiting = list(triples)
        while waiting:
            best = min(waiting, key=lambda triple: _cost(triple, distance))
            waiting.remove(best)
            cost = _cost(best, distance)
            for variable in self._triple(best, reached):
                distance[variable] = cost[1] + 1
        return reached

    def _triple(self, triple: tuple[Any, Any, Any], reached: dict[Any, State]) -> Iterator[Any]:
        """Add what one pattern reads; yield the variables that are known by it, and note them in ``reached``."""
        subject, predicate, value = triple
        targets = {}
        for end in (subject, value):
            if isinstance(end, Variable | BNode) and end not in reached:
                targets[end] = self._footprint.state()
        if subject in reached:
            self._read(predicate, reached[subject], targets.get(value), _iri(value), inverse=False)
        elif value in reached:
            self._read(predicate, reached[value], targets.get(subject), _iri(subject), inverse=True)
        elif iri := _iri(subject):
            self._read(predicate, self._footprint.constant(iri), targets.get(value), _iri(value), inverse=False)
        elif iri := _iri(value):
            self._read(predicate, self._footprint.constant(iri), targets.get(subject), None, inverse=True)
        else:
            self._scan(predicate, targets.get(subject), targets.get(value))
        reached |= targets
        yield from targets

    def _read(
        self, predicate: object, source: State, target: State | None, only: ox.NamedNode | None, *, inverse: bool
    ) -> None:
        if isinstance(predicate, Variable):
            self._footprint.steps.append(Step(source, None, target, inverse, only))
        elif isinstance(predicate, URIRef):
            self._footprint.steps.append(Step(source, ox.NamedNode(str(predicate)), target, inverse, only))
        elif isinstance(predicate, NegatedPath):
            for backwards in (False, True):
                self._footprint.steps.append(Step(source, None, target, backwards))
        else:
            end = self._footprint.state() if target is None else target
            self._footprint.path(_property_path(predicate), source, end, inverse=inverse)

    def _scan(self, predicate: object, subject: State | None, value: State | None) -> None:
        if not isinstance(predicate, URIRef):
            if isinstance(predicate, Variable) or _may_be_empty(path := _property_path(predicate)):
                raise UnknownFootprintError("a pattern in a SPARQL constraint that any triple can match")
            states = [(self._any(subject, value), each) for each in predicates_of(path)]
            self._footprint.scans += [Scan(each, state, state) for state, each in states]
            return
        self._footprint.scans.append(Scan(ox.NamedNode(str(predicate)), subject, value))

    def _any(self, *states: State | None) -> State:
        """Return a state whose nodes are in each of the others."""
        state = self._footprint.state()
        self._footprint.same += [(state, each) for each in states if each is not None]
        return state


def _cost(triple: tuple[Any, Any, Any], distance: Mapping[Any, int]) -> tuple[int, int]:
    """Order patterns: from a known end to few nodes, to many, from an IRI, from nothing; near the focus node first."""
    subject, _, value = triple
    if subject in distance:
        return 0, distance[subject]
    if value in distance:
        return int(_iri(subject) is None), distance[value]
    return (2 if _iri(subject) else 3 if _iri(value) else 4), 0


def _iri(end: object) -> ox.NamedNode | None:
    return ox.NamedNode(str(end)) if isinstance(end, URIRef) else None


def _projected(part: CompValue) -> list[Variable]:
    while part.name != "Project":
        part = part.p
    return list(part.PV)


_OPERATORS: dict[type, Operator] = {SequencePath: "/", AlternativePath: "|"}


def _property_path(path: object) -> PropertyPath:
    """Return a property path of rdflib as one of SHACL. Raises UnknownFootprintError where it is none."""
    match path:
        case URIRef():
            return ox.NamedNode(str(path))
        case InvPath():
            return CompoundPath("^", (_property_path(path.arg),))
        case SequencePath() | AlternativePath():
            return CompoundPath(_OPERATORS[type(path)], tuple(_property_path(arg) for arg in path.args))
        case MulPath(mod=("*" | "+" | "?") as operator):
            return CompoundPath(operator, (_property_path(path.path),))
    raise UnknownFootprintError("a property path in a SPARQL constraint that is none of SHACL")


def _may_be_empty(path: PropertyPath) -> bool:
    """Return whether a path leads from every node to itself."""
    if isinstance(path, ox.NamedNode):
        return False
    match path.operator:
        case "*" | "?":
            return True
        case "|":
            return any(_may_be_empty(part) for part in path.parts)
    return all(_may_be_empty(part) for part in path.parts)
