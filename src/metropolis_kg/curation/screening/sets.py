"""Sets of nodes that are found in a store: by a query, or out of other sets.

A set is described first and looked up later, each once and several at a time: Oxigraph answers without Python's lock.
What hangs on nodes of another set is looked up in Python, so that no term of the data gets into a query. Measured:
counting is ten times as fast as joining, so a query may come with two counts that are equal where it finds nothing.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import pyoxigraph as ox

from metropolis_kg.curation.screening.agreement import kinds_expression
from metropolis_kg.curation.screening.agreement_sparql import Comparison
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.shapes import SUBCLASS

Found = frozenset[Term]
OF_CLASS = "_of_class"
"""What follows the name of a variable in that of the variable for its class."""


class Nodes(Protocol):
    """A set of nodes, described; equal descriptions are looked up once."""

    def find(self, data: "Data") -> Found:
        """Return the nodes, as ``data`` has them."""


@dataclass(frozen=True)
class Query:
    """What a query finds in its first column; nothing where its two counts are equal."""

    text: str
    counts: tuple[str, str] | None = None
    prefixes: tuple[tuple[str, str], ...] = ()

    def find(self, data: "Data") -> Found:
        """Return the nodes, as ``data`` has them."""
        if self.counts and data.count(self.counts[0]) == data.count(self.counts[1]):
            return frozenset()
        return frozenset(row[0] for row in data.rows(self.text, dict(self.prefixes)))


@dataclass(frozen=True)
class AnyOf:
    """The nodes that are in one of the sets."""

    parts: tuple[Nodes, ...]

    def find(self, data: "Data") -> Found:
        """Return the nodes, as ``data`` has them."""
        return Found().union(*map(data.find, self.parts))


@dataclass(frozen=True)
class AllOf:
    """The nodes that are in each of the sets, of which there is one at least."""

    parts: tuple[Nodes, ...]

    def find(self, data: "Data") -> Found:
        """Return the nodes, as ``data`` has them."""
        found = data.find(self.parts[0])
        for part in self.parts[1:]:
            found = found & data.find(part) if found else found
        return found


@dataclass(frozen=True)
class Without:
    """The nodes of one set that are not in the other."""

    nodes: Nodes
    others: Nodes

    def find(self, data: "Data") -> Found:
        """Return the nodes, as ``data`` has them."""
        found = data.find(self.nodes)
        return found - data.find(self.others) if found else found


@dataclass(frozen=True)
class Holders:
    """The nodes that have a value in a set; ``pairs`` is a query for nodes and values."""

    pairs: str
    values: Nodes

    def find(self, data: "Data") -> Found:
        """Return the nodes, as ``data`` has them."""
        values = data.find(self.values)
        return frozenset(row[0] for row in data.rows(self.pairs) if row[1] in values) if values else values


@dataclass(frozen=True)
class Fewer:
    """The nodes of a set that have fewer than so many values in another; each pair of ``pairs`` comes once."""

    nodes: Nodes
    pairs: str
    values: Nodes
    number: int

    def find(self, data: "Data") -> Found:
        """Return the nodes, as ``data`` has them."""
        if self.number < 1:
            return frozenset()
        counted = _counted(data, self.pairs, self.values)
        return frozenset(node for node in data.find(self.nodes) if counted[node] < self.number)


@dataclass(frozen=True)
class More:
    """The nodes that have more than so many values in a set; each pair of ``pairs`` comes once."""

    pairs: str
    values: Nodes
    number: int

    def find(self, data: "Data") -> Found:
        """Return the nodes, as ``data`` has them."""
        counted = _counted(data, self.pairs, self.values)
        return frozenset(node for node, number in counted.items() if number > self.number)


def _counted(data: "Data", pairs: str, values: Nodes) -> Counter[Term]:
    among = data.find(values)
    return Counter(row[0] for row in data.rows(pairs) if row[1] in among) if among else Counter()


class Data:
    """Asks the store, in which a node in several graphs is one."""

    def __init__(self, store: ox.Store, few: int) -> None:
        self._store, self._few = store, few
        self._counts: dict[str, int] = {}
        self._found: dict[Nodes, Found] = {}

    def find_all(self, sets: Iterable[Nodes]) -> Mapping[Nodes, Found]:
        """Return what each set has, looked up on all processors at once, and while ``sets`` are still being made."""
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            running = dict[Nodes, Future[Found]]()
            for nodes in sets:
                if nodes not in running:
                    running[nodes] = threads.submit(self.find, nodes)
            return {nodes: future.result() for nodes, future in running.items()}

    def find(self, nodes: Nodes) -> Found:
        """Return what a set has."""
        if nodes not in self._found:
            self._found[nodes] = nodes.find(self)
        return self._found[nodes]

    def count(self, query: str) -> int:
        """Return the number that a query gives."""
        if query not in self._counts:
            (row,) = self.rows(query)
            self._counts[query] = int(row[0].value)
        return self._counts[query]

    def rows(self, query: str, prefixes: Mapping[str, str] | None = None) -> ox.QuerySolutions:
        """Return the rows of a query over the union of all graphs."""
        rows = self._store.query(query, prefixes=dict(prefixes or {}), use_default_graph_as_union=True)
        if not isinstance(rows, ox.QuerySolutions):
            raise TypeError(f"not a SELECT: {query}")
        return rows

    def has_few(self, pattern: str) -> bool:
        """Return whether so few nodes match that looking at each is cheaper than counting."""
        rows = self.rows(f"SELECT ?this WHERE {{ {pattern} }} LIMIT {self._few}")
        return sum(1 for _ in rows) < self._few

    def has(self, pattern: str) -> bool:
        """Return whether anything matches."""
        return next(self.rows(f"SELECT * WHERE {{ {pattern} }} LIMIT 1"), None) is not None

    def agrees_on(self, comparison: Comparison) -> bool:
        """Return whether all terms compared are of one kind that the engines order alike."""
        kinds = comparison.kinds.union(*map(self._kinds, comparison.predicates))
        return '"odd"' not in kinds and len({kind.strip('"') for kind in kinds}) <= 1

    def _kinds(self, predicate: str) -> set[str]:
        asked = f"SELECT DISTINCT ?kind WHERE {{ ?s <{predicate}> ?o BIND({kinds_expression('?o')} AS ?kind) }}"
        return {str(kind) for kind in self.find(Query(asked))}

    def instances(self, cls: Term, variable: str = "?this") -> str:
        """Return a pattern that binds a variable to the SHACL instances of a class (SHACL section 1.1)."""
        plain, below = f"{variable} a {cls} .", self._below(cls)
        if below == {cls}:
            return plain
        kinds = " ".join(sorted(str(kind) for kind in below if isinstance(kind, ox.NamedNode)))
        every = f"VALUES {variable}{OF_CLASS} {{ {kinds} }} {variable} a {variable}{OF_CLASS} ."
        explicit = self.count(count(plain, variable)) == self.count(count(every, variable))
        return plain if explicit else every

    def has_nameless_class(self, cls: Term) -> bool:
        """Return whether a blank node is a subclass of a class, which no query can name."""
        return any(isinstance(kind, ox.BlankNode) for kind in self._below(cls))

    def _below(self, cls: Term) -> set[Term]:
        """Return the class and all its subclasses, as the data state them."""
        below, waiting = {cls}, [cls]
        while waiting:
            new = self._children.get(waiting.pop(), set()) - below
            below |= new
            waiting += new
        return below

    @cached_property
    def _children(self) -> dict[Term, set[Term]]:
        children: dict[Term, set[Term]] = {}
        for quad in self._store.quads_for_pattern(None, SUBCLASS, None):
            children.setdefault(quad.object, set()).add(quad.subject)  # type: ignore[arg-type]
        return children


def select(pattern: str) -> str:
    """Return a query for the nodes ``?this`` of a pattern."""
    return f"SELECT DISTINCT ?this WHERE {{ {pattern} }}"


def count(pattern: str, variable: str) -> str:
    """Return a query that counts what a variable of a pattern is bound to."""
    return f"SELECT (COUNT(DISTINCT {variable}) AS ?n) WHERE {{ {pattern} }}"


def count_rows(pattern: str) -> str:
    """Return a query that counts how often a pattern matches."""
    return f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}"


def union(patterns: Iterable[str]) -> str:
    """Return a pattern that matches where one of ``patterns`` does."""
    alternatives = list(patterns)
    return alternatives[0] if len(alternatives) == 1 else " UNION ".join(_braced(alternatives))


def _braced(patterns: Iterable[str]) -> Iterator[str]:
    return (f"{{ {pattern} }}" for pattern in patterns)
