"""Answers from an engine that looks statements up reliably, but gets whole queries wrong.

What a query needs is gathered here, lookup by lookup, and evaluated by Oxigraph: its answer is that of a release's own
store. Of an engine that evaluates queries itself it is asked in one request instead.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pyoxigraph as ox

from metropolis_kg.store.algebra import XSD_STRING, Terms
from metropolis_kg.store.embedded import EmbeddedStore
from metropolis_kg.store.engines.engine import Engine
from metropolis_kg.store.layout import LOGICAL, names_graph, physical, union_graph
from metropolis_kg.store.needed import Walk
from metropolis_kg.store.protocol import Output, QueryEndedError, Question
from metropolis_kg.store.query_text import dataset_clause, several, with_bindings

Solutions = Callable[[str], Iterable[Mapping[str, Any]]]
"""A SELECT → its solutions: variable → term."""

MOST_STATEMENTS = 500_000
"""Statements that one query may gather; each needs half a kilobyte."""

_AT_ONCE = 200
"""Terms of one variable that a lookup names."""

_MOST_PAIRS = 10_000
"""Pairs of a subject and an object up to which both are named in a lookup."""

_STATEMENTS = "SELECT ?g ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } }"
_OF_RELEASE = "SELECT ?g ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } GRAPH ?names { ?g ?logical ?name } }"
_GRAPHS = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"  # DISTINCT takes seconds


@dataclass(frozen=True)
class Dataset:
    """Which graphs of a store are meant, and by which names."""

    without: frozenset[str] = frozenset()
    """Graphs that come with the engine."""

    digest: str | None = None
    """Of the release that is meant, whose graphs have physical names; none: all graphs, by their own names."""

    @classmethod
    def of_release(cls, digest: str) -> "Dataset":
        """Return the graphs of the release that was loaded under ``digest``, by their logical names."""
        return cls(digest=digest)

    @property
    def default(self) -> Terms:
        """The default graph, where a question chooses none: the union of a release, else of all graphs."""
        return frozenset([ox.DefaultGraph()]) if self.digest else None

    def physical(self, graph: Any) -> Any:
        """Return the name under which ``graph`` is in the store."""
        if not self.digest:
            return graph
        is_union = isinstance(graph, ox.DefaultGraph)
        return ox.NamedNode(union_graph(self.digest) if is_union else physical(self.digest, graph.value))

    def logical(self, graph: Any) -> Any:
        """Return the graph that is in the store as ``graph``; none for one that is not meant."""
        if not self.digest:
            return None if graph.value in self.without else graph
        begins = physical(self.digest, "")
        if graph.value == union_graph(self.digest):
            return ox.DefaultGraph()
        named = graph.value.removeprefix(begins)
        return ox.NamedNode(unquote(named)) if graph.value.startswith(begins) and ":" in unquote(named) else None

    def lookup(self, places: Mapping[str, Sequence[Any]]) -> str:
        """Return the SELECT of the statements of any graph, or of some, that have given terms in their places."""
        if self.digest and "g" not in places:
            names, logical = ox.NamedNode(names_graph(self.digest)), ox.NamedNode(LOGICAL)
            return with_bindings(_OF_RELEASE, {**places, "names": names, "logical": logical})
        return with_bindings(_STATEMENTS, places)

    def graphs(self, solutions: Solutions, among: Terms) -> frozenset[Any]:
        """Return the named graphs that there are, of those ``among``."""
        if self.digest:
            names = {"g": [ox.NamedNode(names_graph(self.digest))], "p": [ox.NamedNode(LOGICAL)]}
            found = (each["o"] for each in solutions(with_bindings(_STATEMENTS, names)))
        else:
            fixed = {} if among is None else {"g": sorted(among, key=str)}
            found = (each["g"] for each in solutions(with_bindings(_GRAPHS, fixed)) if self.logical(each["g"]))
        return frozenset(found) if among is None else frozenset(found) & among


class Gathering:
    """Evaluates queries over what is looked up for them; nothing is kept between two queries."""

    def __init__(
        self, solutions: Solutions, engine: Engine, dataset: Dataset, prefixes: Mapping[str, str], base: str
    ) -> None:  # fmt: skip
        """Look up by ``solutions``, which ``engine`` answers."""
        self._solutions, self._engine, self._dataset = solutions, engine, dataset
        self._prefixes, self._base = prefixes, base

    def write(self, question: Question, output: Output) -> None:
        """Write the answer to ``question`` to ``output``, as ``Store.write`` promises.

        Raises QueryEndedError where it would take too many statements.
        """
        held = ox.Store()
        here = EmbeddedStore(held, self._prefixes, self._base, has_union=self._dataset.digest is None)
        here.write(question, BytesIO())  # which shows what is wrong with it
        graphs = question.default_graphs, question.named_graphs
        default, named = graphs if any(graphs) else dataset_clause(question.query, self._prefixes, self._base)
        chosen: list[Terms] = [self._dataset.default, None]
        if default or named:
            chosen = [frozenset(map(ox.NamedNode, each)) for each in (default, named)]
        given = {name: _written_alike(several(terms)) for name, terms in question.bindings.items()}
        gathered = _Gathered(held, self._solutions, self._engine, self._dataset)
        Walk(question.query, self._prefixes, self._base, gathered).gather(chosen[0], chosen[1], given)
        here.write(question, output)


class _Gathered:
    """The statements that were looked up, in ``held``."""

    def __init__(self, held: ox.Store, solutions: Solutions, engine: Engine, dataset: Dataset) -> None:
        self._held, self._solutions, self._engine, self._dataset = held, solutions, engine, dataset
        self._known: set[Any] = set()
        self._count = 0

    def need(self, graphs: Terms, subjects: Terms, predicates: Terms, objects: Terms, most: int | None = None) -> None:
        """Gather the statements that fit, or ``most`` of them where it is given."""
        if most == 0:
            return
        subjects, predicates = _nodes(subjects), _nodes(predicates)
        if objects and not all(self._engine.finds(each) for each in objects if isinstance(each, ox.Literal)):
            objects = None
        if any(terms is not None and not terms for terms in (graphs, subjects, predicates, objects)):
            return
        places = {"g": graphs, "p": predicates}
        if most and graphs is None:
            places["g"] = self.need_graphs(None)  # so that no place is taken by what does not count
        if subjects is None and objects is None:
            self._look_up(places, most)
        elif subjects is not None and objects is not None and len(subjects) * len(objects) <= _MOST_PAIRS:
            self._look_up({**places, "s": subjects, "o": objects}, most)
        elif subjects is not None and (objects is None or len(subjects) <= len(objects)):
            self._look_up_each(places, "s", subjects, most)
        else:
            self._look_up_each(places, "o", objects or frozenset(), most)

    def found(self, graphs: Terms, subjects: Terms, predicates: Terms, objects: Terms) -> Iterator[ox.Quad]:
        """Yield the statements that fit of what was gathered."""
        for quad in self._candidates(_nodes(subjects), _nodes(predicates), objects):
            places = (quad.graph_name, graphs), (quad.subject, subjects), (quad.predicate, predicates)
            if all(terms is None or term in terms for term, terms in (*places, (quad.object, objects))):
                yield quad

    def _candidates(self, subjects: Terms, predicates: Terms, objects: Terms) -> Iterator[ox.Quad]:
        patterns: list[tuple[Any, Any, Any]] = [(None, None, None)]
        if subjects is not None:
            patterns = [(each, None, None) for each in subjects]
        elif objects is not None:
            patterns = [(None, None, each) for each in objects]
        elif predicates is not None:
            patterns = [(None, each, None) for each in predicates]
        for pattern in patterns:
            yield from self._held.quads_for_pattern(*pattern, None)

    def need_nodes(self, graphs: Terms, nodes: frozenset[Any]) -> None:
        """Gather a statement about each of ``nodes``, where there is one."""
        self.need(graphs, frozenset(node for node in nodes if not self._has(graphs, node)), None, None)
        for node in nodes:
            if not self._has(graphs, node):
                self.need(graphs, None, None, frozenset([node]), 1)

    def _has(self, graphs: Terms, node: Any) -> bool:
        one = frozenset([node])
        return any(self.found(graphs, one, None, None)) or any(self.found(graphs, None, None, one))

    def need_graphs(self, graphs: Terms) -> frozenset[Any]:
        """Have all named graphs of the dataset, of ``graphs`` only, and return their names."""
        present = self._dataset.graphs(self._solutions, graphs)
        for graph in present:
            self._held.add_graph(graph)
        return present

    def _look_up_each(self, places: dict[str, Terms], place: str, terms: frozenset[Any], most: int | None) -> None:
        """Look up what has one of ``terms`` in a place, as far as that is not known."""
        key = (places["g"], place)
        properties = places["p"] or (None,)
        wanted = [
            term for term in terms
            if not all({(*key, None, term), (*key, each, term)} & self._known for each in properties)
        ]  # fmt: skip
        for start in range(0, len(wanted), _AT_ONCE):
            self._look_up({**places, place: frozenset(wanted[start : start + _AT_ONCE])}, most)
        if most is None:
            self._known.update((*key, each, term) for term in wanted for each in properties)

    def _look_up(self, places: Mapping[str, Terms], most: int | None) -> None:
        key = tuple(sorted((place, terms) for place, terms in places.items() if terms is not None))
        if key in self._known:
            return
        fixed = {
            place: sorted(map(self._dataset.physical if place == "g" else self._engine.stored, terms), key=str)
            for place, terms in places.items()
            if terms is not None
        }
        limit = f" LIMIT {most}" if most else ""
        self._held.extend(self._counted(self._solutions(self._dataset.lookup(fixed) + limit)))
        if most is None:
            self._known.add(key)

    def _counted(self, found: Iterable[Mapping[str, Any]]) -> Iterator[ox.Quad]:
        for each in found:
            graph = self._dataset.logical(each["g"])
            if graph is None:
                continue
            self._count += 1
            if self._count > MOST_STATEMENTS:
                raise QueryEndedError(
                    f"The query has to look at more than {MOST_STATEMENTS:,} statements, which is the most that is "
                    "fetched from this store. Say more narrowly which things are meant."
                )
            yield ox.Quad(each["s"], each["p"], each["o"], graph)


def _nodes(terms: Terms) -> Terms:
    """Return those of ``terms`` that can have statements."""
    return terms if terms is None else frozenset(each for each in terms if not isinstance(each, ox.Literal))


def _written_alike(given: Sequence[Any]) -> Terms:
    """Return the terms ``given``, or any where there is one, such as a number, that can be written in several ways."""
    literals = [each for each in given if isinstance(each, ox.Literal)]
    is_text = all(each.language or each.datatype.value == XSD_STRING for each in literals)
    return frozenset(given) if is_text else None
