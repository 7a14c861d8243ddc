"""Where was it written? From a result of the SHACL report to the statement a steward wrote.

A result names a focus node, a path and a value. The statement it is about is looked for from near to far: with that
value, with that property, about that thing, naming that thing. What was written has a place; what was derived is led
back, rule by rule, to what was written.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.bulk.sought import Sought
from metropolis_kg.curation.derivation import Derivation
from metropolis_kg.curation.lines import Span
from metropolis_kg.curation.report import Result
from metropolis_kg.curation.rules import Rule, read_rules
from metropolis_kg.curation.sources import Places
from metropolis_kg.model.dataset import Dataset
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.shapes import TYPE, CompoundPath

_FAR = 8
"""No rule of ours builds on a longer chain of rules."""
_ENOUGH = 50
"""How many statements of a thing are looked at, so that one that everything names does not take minutes."""


@dataclass(frozen=True)
class Writing:
    """A piece of a file, and by which rules what is concerned follows from it, the last rule first."""

    path: Path
    span: Span | None
    rules: tuple[str, ...] = ()
    sought: Sought | None = None
    """The statement itself, where it stands in a bulk source and its place is still to be found."""


class Trace:
    """Finds where what the shapes complain of was written. ``store`` holds ``dataset`` and what derives from it."""

    def __init__(self, dataset: Dataset, content: Content, store: ox.Store) -> None:
        self._dataset, self._content, self._store = dataset, content, store
        self._places = Places(dataset, content)
        self._graphs = {graph.name: (number, graph) for number, graph in enumerate(dataset.graphs)}
        self._bulk = dataset.bulk_graphs
        self._known: dict[ox.Quad, Writing | None] = {}

    def of_result(self, result: Result) -> Writing | None:
        """Return where the statement that ``result`` is about was written; none where nobody wrote anything of it."""
        for pattern in _patterns(result):
            for quad in self._quads(*pattern):
                if found := self.of_statement(quad):
                    return found if pattern[1] or pattern[0] is None else self._of_subject(quad, found)
        return self._of_rule(result.focus)

    def of_value(self, result: Result) -> Writing | None:
        """Return where the other thing was written that ``result`` is about without a statement to it; none if none.

        Where it refers to the focus node, that is the place.
        """
        other = result.value
        if not isinstance(other, ox.NamedNode) or other == result.focus or self._quads(result.focus, None, other):
            return None
        for quad in self._quads(other, None, result.focus):
            return self.of_statement(quad)
        written = (quad for quad in self._quads(other, None, None) if self._is_authored(quad))
        return next((self._of_subject(quad, found) for quad in written if (found := self.of_statement(quad))), None)

    def of_statement(self, quad: ox.Quad, far: int = _FAR) -> Writing | None:
        """Return where a statement of the store was written or, for a derived one, what it was derived from."""
        if quad not in self._known:
            self._known[quad] = None  # a circle leads nowhere
            self._known[quad] = self._written(quad) or (self._of_source(quad, far - 1) if far else None)
        return self._known[quad]

    def _of_subject(self, quad: ox.Quad, found: Writing) -> Writing:
        """What is missing is missing of the thing, not of the statement that happens to come first."""
        if found.rules or not self._is_authored(quad) or isinstance(quad.subject, ox.BlankNode):
            return found
        if found.sought:
            return replace(found, sought=found.sought._replace(predicate=None, value=None))
        path, span = self._places.span(self._graphs[quad.graph_name][1], quad.subject)  # type: ignore[index,arg-type] # no triple terms
        return Writing(path, span)

    def _is_authored(self, quad: ox.Quad) -> bool:
        return quad.graph_name in self._graphs or quad.graph_name in self._bulk

    def _written(self, quad: ox.Quad) -> Writing | None:
        if source := self._bulk.get(quad.graph_name):
            sought = Sought(source.path, quad.graph_name, *quad.triple)  # type: ignore[arg-type] # authored: terms, named
            return Writing(self._content.relative(source.path), None, sought=sought)
        if quad.graph_name not in self._graphs:
            return None
        _, graph = self._graphs[quad.graph_name]  # type: ignore[index] # authored: its graph is named
        if isinstance(quad.subject, ox.BlankNode):  # known to the parser by another label
            return self._of_blank_node(quad.subject) or Writing(self._content.relative(graph.path), None)
        return Writing(*self._places.span(graph, *quad.triple))

    def _of_blank_node(self, node: ox.BlankNode) -> Writing | None:
        referring = (quad for quad in self._quads(None, None, node) if quad.subject != node)
        return next(filter(None, map(self.of_statement, referring)), None)

    def _of_source(self, quad: ox.Quad, far: int) -> Writing | None:
        for rule, sources in self._derivation.sources(quad):
            for source in sources:
                if found := self.of_statement(source, far):
                    return replace(found, rules=(rule.name, *found.rules))
        return self._of_rule(quad.subject)

    def _of_rule(self, subject: object) -> Writing | None:
        """What the graphs say of a rule itself stands in its file."""
        rule = self._rules.get(subject)
        return Writing(rule.path, Span(1, 1, 1)) if rule else None

    @cached_property
    def _rules(self) -> dict[object, Rule]:
        names = self._dataset.prefixes["rule"]
        return {ox.NamedNode(names + rule.name): rule for rule in read_rules(self._content)}

    @cached_property
    def _derivation(self) -> Derivation:
        return Derivation(list(self._rules.values()), self._store, self._dataset.prefixes)

    def _quads(self, subject: Term | None, predicate: ox.NamedNode | None, value: Term | None) -> list[ox.Quad]:
        """Return statements of the store, those that were written first, in the order of the files; classes first."""
        if isinstance(subject, ox.Literal):
            return []
        found = islice(self._store.quads_for_pattern(subject, predicate, value, None), _ENOUGH)
        return sorted(found, key=self._order)

    def _order(self, quad: ox.Quad) -> tuple[int, bool, int]:
        number = self._graphs[quad.graph_name][0] if quad.graph_name in self._graphs else len(self._graphs)  # type: ignore[index]
        return not self._is_authored(quad), quad.predicate != TYPE, number


_Pattern = tuple[Term | None, ox.NamedNode | None, Term | None]


def _patterns(result: Result) -> Iterator[_Pattern]:
    """Yield what to look for, from near to far."""
    focus, value = result.focus, None if result.value == result.focus else result.value
    predicate, inverse = result.predicate, _inverse(result)
    if inverse:
        yield (value, inverse, focus)
    if predicate and value is not None:
        yield (focus, predicate, value)
    if predicate:
        yield (focus, predicate, None)
    if value is not None:
        yield (focus, None, value)
    yield (focus, None, None)
    yield (None, None, focus)


def _inverse(result: Result) -> ox.NamedNode | None:
    path = result.path
    plain = isinstance(path, CompoundPath) and path.operator == "^" and isinstance(path.parts[0], ox.NamedNode)
    return path.parts[0] if plain else None  # type: ignore[union-attr,return-value] # a plain path has one predicate
