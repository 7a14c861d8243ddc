"""What is known of a rule without running it: whose statements it derives, what it reads, and what it produces.

Every derived statement belongs to an owner: its subject, without a fragment that rules put on. A rule is keyed where
each subject in its head is a variable of its body, or is made of one by such a fragment. Then what it derives about
some owners can be asked by itself, and everything derived about them can be dropped and derived again.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pyoxigraph as ox
from rdflib import Literal, URIRef, Variable
from rdflib.paths import MulPath
from rdflib.plugins.sparql.parserutils import CompValue

from metropolis_kg.curation.query_footprint import add_select
from metropolis_kg.curation.rules import Rule
from metropolis_kg.curation.shapes import certainly_bound, parse_select, parts_of
from metropolis_kg.curation.steps import START, Footprint, UnknownFootprintError
from metropolis_kg.errors import ContentError
from metropolis_kg.model.namespaces import RDF

_BODY = re.compile(r"\bWHERE\s*\{", re.IGNORECASE)
_GRAPH = re.compile(r"\bGRAPH\s+[?$]\w+", re.IGNORECASE)
_TYPE = f"{RDF}type"

Kind = tuple[str | None, str | None]
"""Statements with this predicate and, for rdf:type, this class; none stands for any."""


@dataclass(frozen=True)
class KeyedRule:
    """A rule, with what is known of it."""

    rule: Rule
    prefixes: dict[str, str]

    @cached_property
    def _algebra(self) -> CompValue:
        return parse_select(self.rule.query, self.prefixes)[0].algebra

    @cached_property
    def _bound(self) -> dict[Variable, Any]:
        return {part.var: part.expr for part in parts_of(self._algebra) if part.name == "Extend"}

    @cached_property
    def _body(self) -> re.Match[str]:
        """Where the body begins; any CONSTRUCT … WHERE { … } has one."""
        body = _BODY.search(self.rule.query)
        if body is None:
            raise ContentError("a rule must be CONSTRUCT { … } WHERE { … }", self.rule.path)
        return body

    @cached_property
    def fragments(self) -> frozenset[str]:
        """The fragments that the rule may put on IRIs, each with ``#``."""
        texts = (text for part in parts_of(self._algebra) for text in _literals(part))
        return frozenset(text for text in texts if text.startswith("#") and len(text) > 1)

    @cached_property
    def keys(self) -> frozenset[Variable] | None:
        """The variables to whose owners the derived statements belong; none where the rule is not keyed."""
        keys = {self._key(subject) for subject, _, _ in self._algebra.template}
        if None in keys or not all(_may_be_given(self._algebra.p, key) for key in keys):
            return None
        return frozenset(keys)

    def _key(self, subject: object) -> Any:
        if not isinstance(subject, Variable):
            return None
        made = self._bound.get(subject)
        if made is None or isinstance(made, Variable):
            return subject
        parts = made.arg.arg if made.name == "Builtin_IRI" and made.arg.name == "Builtin_CONCAT" else [None]
        return self._key(_stem(parts[0])) if self._is_fragment(parts[1:2]) else None

    def _is_fragment(self, parts: list[Any]) -> bool:
        """Return whether an expression is certainly a fragment: a constant, or a variable of VALUES with constants."""
        terms = [term for part in parts for term in self._terms(part)]
        return bool(terms) and all(isinstance(term, Literal) and str(term) in self.fragments for term in terms)

    def _terms(self, part: object) -> list[object]:
        """Return the terms that a constant or a variable of VALUES stands for; nothing where that is not known."""
        if not isinstance(part, Variable):
            return [part]
        tables = [table.res for table in parts_of(self._algebra) if table.name == "values"]
        return [row[part] for rows in tables for row in rows if part in row]

    def about(self, owners: Iterable[ox.NamedNode]) -> Iterator[Rule]:
        """Yield rules that derive only what this one derives about ``owners``, one for each key."""
        given, start = " ".join(sorted(map(str, owners))), self._body.end()
        for key in sorted(self.keys or ()):
            values = f" VALUES ?{key} {{ {given} }} "
            yield replace(self.rule, query=self.rule.query[:start] + values + self.rule.query[start:])

    @cached_property
    def footprints(self) -> list[Footprint]:
        """What the statements about an owner can depend on, for each key; without graph names, so rather too much."""
        body = _GRAPH.sub("", self.rule.query[self._body.start() :])
        return [self._footprint(body, key) for key in sorted(self.keys or ())]

    def _footprint(self, body: str, key: Variable) -> Footprint:
        footprint = Footprint()
        select = "SELECT $this " + re.sub(rf"[?$]{key}\b", "$this", body)
        try:
            add_select(footprint, START, select, self.prefixes, None)
        except UnknownFootprintError as reason:
            return Footprint(whole=str(reason))
        return footprint

    @cached_property
    def produces(self) -> frozenset[Kind] | None:
        """What the rule can derive; none where its predicates are in the data."""
        stated = [(self._terms(predicate), value) for _, predicate, value in self._algebra.template]
        if not all(predicates for predicates, _ in stated):
            return None
        return frozenset(_kind(predicate, value) for predicates, value in stated for predicate in predicates)

    def reads_of_others(self, produced: Iterable[Kind]) -> bool:
        """Return whether some pattern about another thing than an owner can match what is ``produced``."""
        return any(may_match(read, kind) for read in self._reads_of_others for kind in produced)

    @cached_property
    def _reads_of_others(self) -> frozenset[Kind]:
        triples = (triple for part in parts_of(self._algebra.p) if part.name == "BGP" for triple in part.triples)
        keys = self.keys or frozenset()
        return frozenset(_kind(predicate, value) for subject, predicate, value in triples if subject not in keys)


def _literals(part: CompValue) -> Iterator[str]:
    """Yield the constants of one operator or expression, and those of VALUES."""
    for value in part.values():
        for each in value if isinstance(value, list) else [value]:
            constants = each.values() if isinstance(each, dict) and not isinstance(each, CompValue) else [each]
            yield from (str(constant) for constant in constants if isinstance(constant, Literal))


def _stem(part: Any) -> object:
    """Return the variable of which ``STR(?x)`` or ``STRBEFORE(STR(?x), "#")`` is the text."""
    if isinstance(part, CompValue) and part.name == "Builtin_STRBEFORE" and str(part.arg2) == "#":
        part = part.arg1
    return part.arg if isinstance(part, CompValue) and part.name == "Builtin_STR" else None


def _kind(predicate: object, value: object) -> Kind:
    if isinstance(predicate, MulPath):
        predicate = predicate.path
    if not isinstance(predicate, URIRef):
        return None, None
    name = str(predicate)
    return name, str(value) if name == _TYPE and isinstance(value, URIRef) else None


def kind_of(triple: ox.Triple) -> Kind:
    """Return the kind of a statement."""
    name = triple.predicate.value
    return name, triple.object.value if name == _TYPE and isinstance(triple.object, ox.NamedNode) else None


def may_match(one: Kind, other: Kind) -> bool:
    """Return whether there may be statements of both kinds."""
    return all(mine is None or theirs is None or mine == theirs for mine, theirs in zip(one, other, strict=True))


def _may_be_given(part: CompValue, key: Any) -> bool:
    """Return whether values given to ``key`` before a pattern leave just its solutions with these values."""
    optional = [each for each in parts_of(part) if each.name in {"LeftJoin", "Minus"}]
    return key in certainly_bound(part) and all(key in certainly_bound(each.p1) for each in optional)
