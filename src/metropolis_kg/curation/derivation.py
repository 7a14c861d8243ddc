"""From what does a derived statement follow? The rules, read backwards.

A rule says in its CONSTRUCT what it makes and in its WHERE of what. A statement is matched with what the rule makes;
what that leaves open is looked up in the store, where the rule's other statements stand too; then the WHERE is asked
with all that is known, and the statements it names are those from which the derived one follows. Measured on the
repository's content: a statement is led back in two milliseconds, once the rule is read (rdflib, some 30 ms).
A rule that makes only what is not there (FILTER NOT EXISTS) finds nothing once it has made it: then without that.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any

import pyoxigraph as ox
from rdflib import URIRef, Variable
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Literal, Node

from metropolis_kg.curation.rules import Rule, rule_functions
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import shorten
from metropolis_kg.model.shapes import TYPE
from metropolis_kg.store.query_text import Token, tokens

Part = ox.Variable | Term
Pattern = tuple[Part, Part, Part]
Bindings = dict[ox.Variable, Term]

_OTHER_QUERIES = {"Builtin_EXISTS", "Builtin_NOTEXISTS", "Minus"}
"""What a solution does not contain."""

_DEPTH = {"{": 1, "}": -1}


@dataclass(frozen=True)
class RulePatterns:
    """What a rule makes and of what, and the queries for the latter, to be asked one after the other."""

    makes: tuple[Pattern, ...]
    needs: tuple[Pattern, ...]
    queries: tuple[str, ...]
    variables: frozenset[ox.Variable]
    """What the queries can be asked for."""


class Derivation:
    """Leads derived statements back to what they were derived from. ``store`` holds both."""

    def __init__(self, rules: Sequence[Rule], store: ox.Store, prefixes: Mapping[str, str]) -> None:
        self._rules, self._store, self._prefixes = rules, store, dict(prefixes)

    def prepare(self) -> None:
        """Read all rules, for which the first statements to lead back would otherwise wait."""
        for rule in self._rules:
            _patterns(rule.query, tuple(self._prefixes.items()))

    def sources(self, derived: ox.Quad) -> Iterator[tuple[Rule, list[ox.Quad]]]:
        """Yield each rule that makes ``derived``, with statements of which it does, those of the same thing first."""
        for rule in self._ordered(derived.predicate):
            patterns = _patterns(rule.query, tuple(self._prefixes.items()))
            for made in patterns.makes:
                matched = _match(made, derived)
                found = None if matched is None else self._solution(patterns, matched, derived.graph_name)
                if found is not None:
                    yield rule, self._statements(patterns.needs, found, derived)
                    break

    def _ordered(self, predicate: ox.NamedNode) -> list[Rule]:
        """Rules that name the predicate first, so that the others need not be read."""
        name = " a " if predicate == TYPE else shorten(predicate.value, self._prefixes)
        return sorted(self._rules, key=lambda rule: name not in rule.query)

    @cached_property
    def _functions(self) -> dict[ox.NamedNode, object]:
        return dict(rule_functions(self._prefixes))

    def _solution(self, patterns: RulePatterns, known: Bindings, graph: object) -> Bindings | None:
        """Return what the rule's variables stand for where it made what is ``known``; none where it did not."""
        for pattern in chain(patterns.makes, patterns.makes):
            known |= self._only_match(pattern, known, graph)
        asked = {variable: term for variable, term in known.items() if variable in patterns.variables}
        row = next(filter(None, (self._first_row(query, asked) for query in patterns.queries)), None)
        if row is None:
            return None
        found = ((variable, row[variable.value]) for variable in patterns.variables)
        return known | {variable: term for variable, term in found if term is not None}

    def _first_row(self, query: str, asked: Bindings) -> Any:
        rows = self._store.query(
            query,
            prefixes=self._prefixes,
            use_default_graph_as_union=True,
            substitutions=asked,  # type: ignore[arg-type] # its type forgets that a variable is a key
            custom_functions=self._functions,  # type: ignore[arg-type] # as rules call them
        )
        return next(rows, None) if isinstance(rows, ox.QuerySolutions) else None

    def _only_match(self, pattern: Pattern, known: Bindings, graph: object) -> Bindings:
        parts = [known.get(part, part) if isinstance(part, ox.Variable) else part for part in pattern]
        if not any(isinstance(part, ox.Variable) for part in parts) or isinstance(parts[1], ox.Variable):
            return {}
        found = self._matching(parts, graph, limit=2)
        return (_match(pattern, found[0]) or {}) if len(found) == 1 else {}

    def _matching(self, parts: Sequence[Part], graph: object, limit: int) -> list[ox.Quad]:
        asked = [None if isinstance(part, ox.Variable) else part for part in parts]
        if asked[0] is asked[2] is None or isinstance(asked[0], ox.Literal):
            return []
        found: Iterable[ox.Quad] = self._store.quads_for_pattern(*asked, graph)  # type: ignore[call-arg,arg-type] # three
        return [quad for quad, _ in zip(found, range(limit), strict=False)]

    def _statements(self, needs: Sequence[Pattern], known: Bindings, derived: ox.Quad) -> list[ox.Quad]:
        parts = ([known.get(part, part) if isinstance(part, ox.Variable) else part for part in each] for each in needs)
        found = [quad for each in parts for quad in self._matching(each, None, limit=10) if quad != derived]
        return sorted(found, key=lambda quad: _distance(quad, derived))


def _distance(quad: ox.Quad, derived: ox.Quad) -> int:
    """How far a statement is from one that follows from it: it has its value, is about the same thing, or names it."""
    if _whole(derived.subject) == _whole(quad.subject):
        return 0 if quad.object == derived.object else 1
    return 2 if quad.object in (derived.subject, derived.object) else 3


def _whole(term: object) -> object:
    return term.value.partition("#")[0] if isinstance(term, ox.NamedNode) else term


def _match(pattern: Pattern, quad: ox.Quad) -> Bindings | None:
    """Return what the variables of ``pattern`` stand for in ``quad``; none where it does not match."""
    found: Bindings = {}
    for part, term in zip(pattern, quad.triple, strict=True):
        if isinstance(part, ox.Variable):
            if found.setdefault(part, term) != term:
                return None
        elif part != term:
            return None
    return found


# Reading a rule


@lru_cache(maxsize=256)
def _patterns(query: str, prefixes: tuple[tuple[str, str], ...]) -> RulePatterns:
    algebra = translateQuery(parseQuery(query), initNs=dict(prefixes)).algebra
    return RulePatterns(
        makes=tuple(_pattern(triple) for triple in algebra.template or ()),
        needs=tuple(_pattern(triple) for triple in _triples(algebra.p) if isinstance(triple[1], URIRef | Variable)),
        queries=_queries(query),
        variables=frozenset(ox.Variable(name) for name in algebra.p.PV),
    )


def _triples(part: object) -> Iterator[tuple[Node, Node, Node]]:
    if isinstance(part, CompValue):
        if part.name == "BGP":
            yield from part.triples
        below = (value for key, value in part.items() if key != "_vars")
        for value in below if part.name not in _OTHER_QUERIES else ():
            yield from _triples(value)
    elif isinstance(part, list):
        for value in part:
            yield from _triples(value)


def _pattern(triple: tuple[Node, Node, Node]) -> Pattern:
    subject, predicate, value = map(_part, triple)
    return subject, predicate, value


def _part(node: Node) -> Part:
    if isinstance(node, Variable):
        return ox.Variable(str(node))
    if isinstance(node, URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, Literal):
        datatype = ox.NamedNode(str(node.datatype)) if node.datatype else None
        return ox.Literal(str(node), language=node.language, datatype=datatype)
    return ox.Variable(f"_{node}")


def _queries(query: str) -> tuple[str, ...]:
    """Return the query for all that the rule's WHERE finds, and the same without what must not be there."""
    depth, pieces = 0, list(tokens(query))
    for token in pieces:
        depth += _DEPTH.get(token.text, 0) if token.kind == "mark" else 0
        if token.text == "}" and not depth:
            asked = f"SELECT *{query[token.end :]}"
            loose = _without_negation(asked)
            return (asked,) if loose == asked else (asked, loose)
    raise ValueError("a rule has braces")


def _without_negation(query: str) -> str:
    """Return ``query`` without ``FILTER NOT EXISTS { … }``."""
    pieces = list(tokens(query))
    for number, token in enumerate(pieces):
        if [piece.text for piece in pieces[number : number + 3]] == ["FILTER", "NOT", "EXISTS"]:
            end = _closing(pieces[number + 3 :])
            return _without_negation(query[: token.start] + query[end:])
    return query


def _closing(pieces: Sequence[Token]) -> int:
    """Return the position behind the group with which ``pieces`` begin."""
    depth = 0
    for token in pieces:
        depth += _DEPTH.get(token.text, 0) if token.kind == "mark" else 0
        if not depth:
            return token.end
    return pieces[-1].end
