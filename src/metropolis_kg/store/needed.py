"""Which statements a query can depend on, found by walking through its algebra (SPARQL 1.1 section 18).

For engines that look statements up reliably but get whole queries wrong. Each part of a query is walked through with
what is known of its variables so far: the terms that they can have. What is needed is asked for pattern by pattern,
and more than is needed does no harm, since Oxigraph evaluates the query over what was gathered. A variable is only
looked at as known where every solution binds it, and where what it excludes could not have had a part in the answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

import pyoxigraph as ox

from metropolis_kg.store.protocol import QueryRefusedError
from metropolis_kg.store.query_form import algebra_of, translated
from metropolis_kg.store.query_text import first_keyword, group, tokens

Terms = frozenset[Any] | None
"""The terms that a variable, or a place in a pattern, can have; none: any."""

Scope = dict[str, Terms]
"""Variable → its terms, for those that every solution binds."""

XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


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
        self._algebra = _algebra(without_template(query), tuple(prefixes.items()), base)
        self._query, self._statements = query, statements
        self._given: Mapping[str, Terms] = {}
        self._named: Terms = None

    def gather(self, default: Terms, named: Terms, given: Mapping[str, Terms]) -> None:
        """Gather what the query needs of the graphs ``default`` and ``named``; none: all graphs.

        ``given`` are the terms of its parameters.
        """
        self._given, self._named = given, named
        places = self._undefined(self._algebra)
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
        if not all(_is_variable(each) for each in triple) or len(set(triple)) < len(triple):
            return False
        self._statements.need(default, None, None, None, most)
        return True

    def _describe(self, default: Terms, known: Scope) -> None:
        wanted = [term for term in self._algebra.PV or () if term != "*"] or list(known)
        for term in wanted:
            subjects = known.get(str(term)) if _is_variable(term) else frozenset([_term(term)])
            told: frozenset[Any] = frozenset()
            while subjects is None or subjects - told:
                self._statements.need(default, subjects, None, None)
                if subjects is None:
                    break
                told |= subjects
                about = self._statements.found(default, subjects, None, None)
                subjects = frozenset(quad.object for quad in about if isinstance(quad.object, ox.BlankNode))

    def _undefined(self, node: Any) -> set[str]:
        return {name for values in _parts(node, "values") for row in values.res for name in _names_undefined(row)}

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
        self._expressions(node.expr, graphs, _only(known, _bound(node.p)))
        same = known.get(str(node.expr)) if _is_variable(node.expr) and str(node.expr) in _bound(node.p) else None
        return _with(known, str(node.var), same) if same is not None else known

    def _filter(self, node: Any, graphs: Terms, scope: Scope) -> Scope:
        known = self._walk(node.p, graphs, scope)
        self._expressions(node.expr, graphs, _only(known, _bound(node.p)))
        return known

    def _expressions(self, expression: Any, graphs: Terms, known: Scope) -> None:
        for exists in (*_parts(expression, "Builtin_EXISTS"), *_parts(expression, "Builtin_NOTEXISTS")):
            self._walk(translated(exists.graph), graphs, known)

    def _join(self, node: Any, graphs: Terms, scope: Scope) -> Scope:
        known = scope
        for part in sorted(_joined(node), key=lambda each: not _is_values(each)):
            known = self._walk(part, graphs, known)
        return known

    def _leftjoin(self, node: Any, graphs: Terms, scope: Scope) -> Scope:
        known = self._walk(node.p1, graphs, scope)
        both = self._walk(node.p2, graphs, _only(known, _bound(node.p1)))
        self._expressions(node.expr, graphs, _only(both, _bound(node.p1) | _bound(node.p2)))
        return known

    def _minus(self, node: Any, graphs: Terms, scope: Scope) -> Scope:
        known = self._walk(node.p1, graphs, scope)
        self._walk(node.p2, graphs, _only(known, _bound(node.p1)))
        return known

    def _union(self, node: Any, graphs: Terms, scope: Scope) -> Scope:
        one, other = (self._walk(each, graphs, scope) for each in (node.p1, node.p2))
        in_both = _bound(node.p1) & _bound(node.p2)
        known = dict(scope)
        for name in in_both:
            first, second = one.get(name), other.get(name)
            if first is not None and second is not None:
                known[name] = first | second
        return known

    def _graph(self, node: Any, graphs: Terms, scope: Scope) -> Scope:
        if not _is_variable(node.term):
            return self._walk(node.p, _within(frozenset([_term(node.term)]), self._named), scope)
        name = str(node.term)
        among = _within(scope.get(name), self._named)
        if node.p.name != "BGP" or not node.p.triples:
            among = self._statements.need_graphs(among)
        known = self._walk(node.p, among, scope)
        return _with(known, name, self._graphs_of(node.p, among, known))

    def _graphs_of(self, node: Any, among: Terms, known: Scope) -> Terms:
        """Return the graphs that have statements for the first pattern of ``node``."""
        plain = [each for each in getattr(node, "triples", None) or () if not _is_path(each[1])]
        if node.name != "BGP" or not plain:
            return among
        return frozenset(quad.graph_name for quad in self._statements.found(among, *_places(plain[0], known)))

    def _tomultiset(self, node: Any, graphs: Terms, scope: Scope) -> Scope:
        if node.p.name == "values":
            return self._values(node.p, scope)
        projected = {str(each) for each in _projected(node.p)}
        is_alone = any(True for kind in ("Slice", "Group") for _ in _parts(node.p, kind))
        known = self._walk(node.p, graphs, {} if is_alone else _only(scope, projected))
        return _merged(scope, _only(known, projected & _bound(node.p)))

    def _values(self, node: Any, scope: Scope) -> Scope:
        known = scope
        for name in {str(name) for row in node.res for name in row}:
            terms: set[Any] = set()
            for row in node.res:
                term = next((value for key, value in row.items() if str(key) == name), "UNDEF")
                is_undefined = str(term) == "UNDEF" and not hasattr(term, "n3")
                given = self._given.get(name) if is_undefined else _one(term, self._query)
                if given is None:
                    break
                terms |= given
            else:
                known = _with(known, name, frozenset(terms))
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
        if _is_path(predicate):
            starts, ends = self._path(predicate, graphs, subjects, objects)
            return _with(_with(known, _name(subject), starts), _name(object_), ends)
        self._statements.need(graphs, subjects, predicates, objects)
        found = list(self._statements.found(graphs, subjects, predicates, objects))
        for place, terms in (
            (subject, {quad.subject for quad in found}),
            (predicate, {quad.predicate for quad in found}),
            (object_, {quad.object for quad in found}),
        ):
            known = _with(known, _name(place), frozenset(terms))
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
        predicates = frozenset([_term(path)]) if kind == "URIRef" else None  # none: a negated set (section 9.1)
        subjects, objects = starts, ends
        if kind == "NegatedPath" and any(type(each).__name__ == "InvPath" for each in path.args):
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


@lru_cache(maxsize=256)
def _algebra(query: str, prefixes: tuple[tuple[str, str], ...], base: str) -> Any:
    return algebra_of(query, dict(prefixes), base)


def without_template(query: str) -> str:
    """Return ``query`` with an empty template, where it is a CONSTRUCT that has one of its own.

    >>> without_template("CONSTRUCT { ?s ?p 1 } WHERE { ?s ?p ?o }")
    'CONSTRUCT { } WHERE { ?s ?p ?o }'
    """
    word = first_keyword(query)
    after = [piece for piece in tokens(query) if word and piece.start >= word.end]
    if not word or word.text != "CONSTRUCT" or not after or after[0].text != "{":
        return query
    template = group(after)
    return f"{query[: template[0].start]}{{ }}{query[template[-1].end :]}" if template else query


def _reach(triple: Any, known: Scope) -> tuple[int, int]:
    """Return how much a pattern may match, to compare."""
    ends = [_size(triple[0], known), _size(triple[2], known)]
    return min(ends), _size(triple[1], known) if not _is_path(triple[1]) else 1


def _size(place: Any, known: Scope) -> int:
    if not _is_variable(place):
        return 1
    terms = known.get(_name(place))
    return len(terms) if terms is not None else 1 << 40


def _places(triple: Any, known: Scope, query: str = "") -> tuple[Terms, Terms, Terms]:
    return tuple(  # type: ignore[return-value] # three of them
        known.get(_name(each)) if _is_variable(each) else None if _is_path(each) else _one(each, query)
        for each in triple
    )


def _one(term: Any, query: str) -> Terms:
    """Return ``term`` alone, or any where it is a literal that rdflib may have read as another one."""
    read = _term(term)
    if isinstance(read, ox.Literal):
        is_same = f"@{read.language}" in query if read.language else read.datatype.value == XSD_STRING
        return frozenset([read]) if is_same else None
    return frozenset([read])


def _term(term: Any) -> Any:
    kind = type(term).__name__
    if kind == "URIRef":
        return ox.NamedNode(str(term))
    if term.language:
        return ox.Literal(str(term), language=term.language)
    return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype or XSD_STRING)))


def _is_variable(term: Any) -> bool:
    return type(term).__name__ in ("Variable", "BNode")


def _is_path(term: Any) -> bool:
    return type(term).__name__.endswith("Path")


def _name(term: Any) -> str:
    """Return the name of a variable, or the label of a blank node, which is as good as one (section 4.1.4)."""
    return str(term) if type(term).__name__ == "Variable" else f"_:{term}" if _is_variable(term) else ""


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


def _is_values(node: Any) -> bool:
    return bool(node.name == "ToMultiSet" and node.p.name == "values")


def _joined(node: Any) -> Iterator[Any]:
    for part in (node.p1, node.p2):
        if part.name == "Join":
            yield from _joined(part)
        else:
            yield part


def _projected(node: Any) -> Sequence[Any]:
    while node.name != "Project":
        node = node.p
    projected: Sequence[Any] = node.PV
    return projected


def _names_undefined(row: Mapping[Any, Any]) -> Iterator[str]:
    return (str(name) for name, term in row.items() if str(term) == "UNDEF" and not hasattr(term, "n3"))


def _bound(node: Any) -> set[str]:
    """Return the variables that every solution of ``node`` binds."""
    kind = node.name
    if kind == "BGP":
        return {_name(each) for triple in node.triples for each in triple if _is_variable(each)}
    if kind == "values":
        some = [{str(name) for name in row} - set(_names_undefined(row)) for row in node.res]
        return set.intersection(*some) if some else set()
    if kind == "Join":
        return _bound(node.p1) | _bound(node.p2)
    if kind in ("LeftJoin", "Minus"):
        return _bound(node.p1)
    if kind == "Union":
        return _bound(node.p1) & _bound(node.p2)
    if kind == "Graph":
        return _bound(node.p) | ({str(node.term)} if _is_variable(node.term) else set())
    if kind == "Extend":
        is_same = _is_variable(node.expr) and str(node.expr) in _bound(node.p)
        return _bound(node.p) | ({str(node.var)} if is_same else set())
    if kind == "Project":
        return _bound(node.p) & {str(each) for each in node.PV}
    if kind == "AggregateJoin":
        return set()
    return _bound(node.p)


def _parts(node: Any, kind: str) -> Iterator[Any]:
    """Yield the parts of ``node`` of a kind, wherever they are in it."""
    waiting, seen = [node], set()
    while waiting:
        part = waiting.pop()
        if isinstance(part, str) or id(part) in seen:
            continue
        seen.add(id(part))
        if getattr(part, "name", None) == kind:
            yield part
        if hasattr(part, "values") and callable(part.values):
            waiting.extend(part.values())
        elif isinstance(part, list | tuple | set | frozenset):
            waiting.extend(part)
