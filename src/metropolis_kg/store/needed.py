"""Which statements a query can depend on, found by walking through its algebra (SPARQL 1.1 section 18).

For engines that look statements up reliably but get whole queries wrong. Each part of a query is walked through with
what is known of its variables so far: the terms that they can have. What is needed is asked for pattern by pattern,
and more than is needed does no harm, since Oxigraph evaluates the query over what was gathered. A variable is only
looked at as known where every solution binds it, and where what it excludes could not have had a part in the answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import pyoxigraph as ox

from metropolis_kg.store.algebra import (
    XSD_STRING,
    Terms,
    algebra,
    bound,
    is_path,
    is_values,
    is_variable,
    joined,
    name_of,
    parameter_of,
    parts,
    projected_by,
    steps,
    term_of,
    without_template,
)
from metropolis_kg.store.protocol import QueryRefusedError
from metropolis_kg.store.query_form import translated

Scope = dict[str, Terms]
"""Variable → its terms, for those that every solution binds."""


class Statements(Protocol):
    """What is gathered, from a dataset that is elsewhere."""

    def need(self, graphs: Terms, subjects: Terms, predicates: Terms, objects: Terms, most: int | None = None) -> None:
        """Gather the statements that fit, or ``most`` of them where it is given."""

    def found(self, graphs: Terms, subjects: Terms, predicates: Terms, objects: Terms) -> Iterator[ox.Quad]:
        """Yield those that fit of what was gathered."""

    def need_nodes(self, graphs: Terms, nodes: frozenset[Any]) -> None:
        """Gather a statement about each of ``nodes``, where there is one."""

    def need_graphs(self, graphs: Terms) -> frozenset[Any]:
        """Have all named graphs of the dataset, of ``graphs`` only, and return their names."""


class Walk:
    """Goes through one query."""

    def __init__(self, query: str, prefixes: Mapping[str, str], base: str, statements: Statements) -> None:
        """Read ``query``. Raises QueryRefusedError where its algebra cannot be had."""
        self._algebra = algebra(without_template(query), tuple(prefixes.items()), base)
        self._query, self._statements = query, statements
        self._given: Mapping[str, Terms] = {}
        self._named: Terms = None

    def gather(self, default: Terms, named: Terms, given: Mapping[str, Terms]) -> None:
        """Gather what the query needs of the graphs ``default`` and ``named``; none: all graphs.

        ``given`` are the terms of its parameters.
        """
        self._given, self._named = given, named
        places = {parameter_of(values) for values in parts(self._algebra, "values")}
        scope: Scope = {name: terms for name, terms in given.items() if name not in places}
        if not self._gather_few(default):
            known = self._walk(self._algebra.p, default, scope) if self._algebra.p is not None else scope
            if self._algebra.name == "DescribeQuery":
                self._describe(default, known)

    def _gather_few(self, default: Terms) -> bool:
        """Gather only as many statements as are asked for, where that is all the query says."""
        most, part = 1 if self._algebra.name == "AskQuery" else None, self._algebra.p
        while part is not None and part.name in ("Slice", "Project"):
            if part.name == "Slice" and part.length is not None:
                most = part.start + part.length
            part = part.p
        if most is None or self._given or part is None or part.name != "BGP" or len(part.triples) != 1:
            return False
        (triple,) = part.triples
        if not all(is_variable(each) for each in triple) or len(set(triple)) < len(triple):
            return False
        self._statements.need(default, None, None, None, most)
        return True

    def _describe(self, default: Terms, known: Scope) -> None:
        wanted = [term for term in self._algebra.PV or () if term != "*"] or list(known)
        for term in wanted:
            subjects = known.get(str(term)) if is_variable(term) else frozenset([term_of(term)])
            told: frozenset[Any] = frozenset()
            while subjects is None or subjects - told:
                self._statements.need(default, subjects, None, None)
                if subjects is None:
                    break
                told |= subjects
                about = self._statements.found(default, subjects, None, None)
                subjects = frozenset(quad.object for quad in about if isinstance(quad.object, ox.BlankNode))

    def _walk(self, node: Any, graphs: Terms, scope: Scope) -> Scope:
        """Gather what ``node`` needs, joined with ``scope``; return what is known of the variables then."""
        return getattr(self, f"_{node.name.lower()}")(node, graphs, scope)  # type: ignore[no-any-return] # a Scope

    def _project(self, node: Any, graphs: Terms, scope: Scope) -> Scope:
        return self._walk(node.p, graphs, scope)

    _distinct = _reduced = _slice = _project

    def _orderby(self, node: Any, graphs: Terms, scope: Scope) -> Scope:
        return self._filter(node, graphs, scope)

    _group = _orderby

    def _aggregatejoin(self, node: Any, graphs: Terms, scope: Scope) -> Scope:
        self._expressions(node.A, graphs, self._walk(node.p, graphs, scope))
        return scope

    def _extend(self, node: Any, graphs: Terms, scope: Scope) -> Scope:
        known = self._walk(node.p, graphs, scope)
        self._expressions(node.expr, graphs, _only(known, bound(node.p, self._given)))
        same = (
            known.get(str(node.expr))
            if is_variable(node.expr) and str(node.expr) in bound(node.p, self._given)
            else None
        )
        return _with(known, str(node.var), same) if same is not None else known

    def _filter(self, node: Any, graphs: Terms, scope: Scope) -> Scope:
        known = self._walk(node.p, graphs, scope)
        self._expressions(node.expr, graphs, _only(known, bound(node.p, self._given)))
        return known

    def _expressions(self, expression: Any, graphs: Terms, known: Scope) -> None:
        for exists in (*parts(expression, "Builtin_EXISTS"), *parts(expression, "Builtin_NOTEXISTS")):
            self._walk(translated(exists.graph), graphs, known)

    def _join(self, node: Any, graphs: Terms, scope: Scope) -> Scope:
        known = scope
        for part in sorted(joined(node), key=lambda each: not is_values(each)):
            known = self._walk(part, graphs, known)
        return known

    def _leftjoin(self, node: Any, graphs: Terms, scope: Scope) -> Scope:
        known = self._walk(node.p1, graphs, scope)
        both = self._walk(node.p2, graphs, _only(known, bound(node.p1, self._given)))
        self._expressions(node.expr, graphs, _only(both, bound(node.p1, self._given) | bound(node.p2, self._given)))
        return known

    def _minus(self, node: Any, graphs: Terms, scope: Scope) -> Scope:
        known = self._walk(node.p1, graphs, scope)
        self._walk(node.p2, graphs, _only(known, bound(node.p1, self._given)))
        return known

    def _union(self, node: Any, graphs: Terms, scope: Scope) -> Scope:
        one, other = (self._walk(each, graphs, scope) for each in (node.p1, node.p2))
        in_both = bound(node.p1, self._given) & bound(node.p2, self._given)
        known = dict(scope)
        for name in in_both:
            first, second = one.get(name), other.get(name)
            if first is not None and second is not None:
                known[name] = first | second
        return known

    def _graph(self, node: Any, graphs: Terms, scope: Scope) -> Scope:
        if not is_variable(node.term):
            return self._walk(node.p, _within(frozenset([term_of(node.term)]), self._named), scope)
        name = str(node.term)
        among = _within(scope.get(name), self._named)
        if node.p.name != "BGP" or not node.p.triples:
            among = self._statements.need_graphs(among)
        known = self._walk(node.p, among, scope)
        return _with(known, name, self._graphs_of(node.p, among, known))

    def _graphs_of(self, node: Any, among: Terms, known: Scope) -> Terms:
        """Return the graphs that have statements for a pattern of ``node``."""
        for triple in node.triples if node.name == "BGP" else ():
            subjects, predicates, objects = _places(triple, known, self._query)
            if is_path(triple[1]):
                subjects, predicates, objects = None, steps(triple[1]), None
            if predicates is not None or not is_path(triple[1]):
                fitting = self._statements.found(among, subjects, predicates, objects)
                return frozenset(quad.graph_name for quad in fitting) - {ox.DefaultGraph()}
        return among

    def _tomultiset(self, node: Any, graphs: Terms, scope: Scope) -> Scope:
        if node.p.name == "values":
            return self._values(node.p, scope)
        projected = {str(each) for each in projected_by(node.p)}
        is_alone = any(True for kind in ("Slice", "Group") for _ in parts(node.p, kind))
        known = self._walk(node.p, graphs, {} if is_alone else _only(scope, projected))
        return _merged(scope, _only(known, projected & bound(node.p, self._given)))

    def _values(self, node: Any, scope: Scope) -> Scope:
        if place := parameter_of(node):
            return _with(scope, place, self._given.get(place))
        known = scope
        for name in bound(node, self._given):
            terms = [_one(row[key], self._query) for row in node.res for key in row if str(key) == name]
            if None not in terms:
                known = _with(known, name, frozenset().union(*(each for each in terms if each)))
        return known

    def _bgp(self, node: Any, graphs: Terms, scope: Scope) -> Scope:
        known, waiting = dict(scope), list(node.triples)
        while waiting:
            triple = min(waiting, key=lambda each: _reach(each, known))
            waiting.remove(triple)
            known = self._triple(triple, graphs, known)
        return known

    def _triple(self, triple: Any, graphs: Terms, known: Scope) -> Scope:
        subject, predicate, object_ = triple
        subjects, predicates, objects = _places(triple, known, self._query)
        if is_path(predicate):
            starts, ends = self._path(predicate, graphs, subjects, objects)
            return _with(_with(known, name_of(subject), starts), name_of(object_), ends)
        self._statements.need(graphs, subjects, predicates, objects)
        found = list(self._statements.found(graphs, subjects, predicates, objects))
        for place, terms in (
            (subject, {quad.subject for quad in found}),
            (predicate, {quad.predicate for quad in found}),
            (object_, {quad.object for quad in found}),
        ):
            known = _with(known, name_of(place), frozenset(terms))
        return known

    def _path(self, path: Any, graphs: Terms, starts: Terms, ends: Terms) -> tuple[Terms, Terms]:
        """Gather the edges of ``path`` between ``starts`` and ``ends``; return those of either that it can join."""
        kind = type(path).__name__
        if kind == "SequencePath":
            return self._sequence(list(path.args), graphs, starts, ends)
        if kind == "AlternativePath":
            return _united([self._path(each, graphs, starts, ends) for each in path.args])
        if kind == "InvPath":
            return self._path(path.arg, graphs, ends, starts)[::-1]
        if kind == "MulPath":
            return self._repeated(path, graphs, starts, ends)
        predicates = frozenset([term_of(path)]) if kind == "URIRef" else None  # none: a negated set (section 9.1)
        subjects, objects = starts, ends
        if kind == "NegatedPath" and any(type(each).__name__ != "URIRef" for each in path.args):
            self._statements.need(graphs, ends, None, starts)
            subjects = objects = None
        self._statements.need(graphs, starts, predicates, ends)
        found = list(self._statements.found(graphs, subjects, predicates, objects))
        return frozenset(quad.subject for quad in found), frozenset(quad.object for quad in found)

    def _sequence(self, steps: list[Any], graphs: Terms, starts: Terms, ends: Terms) -> tuple[Terms, Terms]:
        reached = starts
        if starts is None and ends is not None:
            reached = ends
            for step in reversed(steps):
                reached, _ = self._path(step, graphs, None, reached)
            return reached, ends
        first: Terms = None
        for place, step in enumerate(steps):
            begun, reached = self._path(step, graphs, reached, ends if place == len(steps) - 1 else None)
            first = begun if place == 0 else first
        return first, reached

    def _repeated(self, path: Any, graphs: Terms, starts: Terms, ends: Terms) -> tuple[Terms, Terms]:
        if starts is None and ends is None:
            if path.mod != "+":
                raise QueryRefusedError(
                    "A path that may have no step, between anything and anything, is not followed in this store. Say "
                    "where it starts or ends."
                )
            return self._path(path.path, graphs, None, None)
        is_forward = starts is not None
        frontier = (starts if is_forward else ends) or frozenset()
        if path.mod != "+":
            self._statements.need_nodes(graphs, frontier)
        reached, arrived = frontier, frozenset[Any]()
        while frontier:
            edges = self._path(path.path, graphs, *((frontier, None) if is_forward else (None, frontier)))
            step = edges[1 if is_forward else 0] or frozenset()
            arrived, frontier, reached = arrived | step, step - reached, reached | step
            if path.mod == "?":
                break
        other = arrived if path.mod == "+" else reached
        return (starts, other) if is_forward else (other, ends)


def _reach(triple: Any, known: Scope) -> tuple[int, int]:
    """Return how much a pattern may match, to compare."""
    ends = [_size(triple[0], known), _size(triple[2], known)]
    return min(ends), _size(triple[1], known) if not is_path(triple[1]) else 1


def _size(place: Any, known: Scope) -> int:
    if not is_variable(place):
        return 1
    terms = known.get(name_of(place))
    return len(terms) if terms is not None else 1 << 40


def _places(triple: Any, known: Scope, query: str = "") -> tuple[Terms, Terms, Terms]:
    return tuple(  # type: ignore[return-value] # three of them
        known.get(name_of(each)) if is_variable(each) else None if is_path(each) else _one(each, query)
        for each in triple
    )


def _one(term: Any, query: str) -> Terms:
    """Return ``term`` alone, or any where it is a literal that rdflib may have read as another one."""
    read = term_of(term)
    if isinstance(read, ox.Literal):
        is_same = f"@{read.language}" in query if read.language else read.datatype.value == XSD_STRING
        return frozenset([read]) if is_same else None
    return frozenset([read])


def _with(known: Scope, name: str, terms: Terms) -> Scope:
    if not name or terms is None:
        return known
    before = known.get(name)
    return {**known, name: terms if before is None else before & terms}


def _merged(one: Scope, other: Scope) -> Scope:
    for name, terms in other.items():
        one = _with(one, name, terms)
    return one


def _only(known: Scope, names: set[str]) -> Scope:
    return {name: terms for name, terms in known.items() if name in names}


def _within(one: Terms, other: Terms) -> Terms:
    return other if one is None else one if other is None else one & other


def _united(pairs: Sequence[tuple[Terms, Terms]]) -> tuple[Terms, Terms]:
    starts = [pair[0] for pair in pairs]
    ends = [pair[1] for pair in pairs]
    return (
        None if None in starts else frozenset().union(*(each for each in starts if each)),
        None if None in ends else frozenset().union(*(each for each in ends if each)),
    )
