"""What is evaluated here over gathered statements has the answer that all statements give.

Random queries are asked of a few statements that hang together in many ways, so that hardly any answer is empty. They
are looked up in an Oxigraph store: one that holds them as they are, and one that holds several releases. No statement
is in two graphs: Oxigraph finds such a one twice in the union of its graphs.
"""

import io
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox
import pytest

from layouts import laid_out
from metropolis_kg.store.embedded import EmbeddedStore
from metropolis_kg.store.engines.engine import Engine
from metropolis_kg.store.gathered import Dataset, Gathering
from metropolis_kg.store.protocol import N_TRIPLES, RESULTS_JSON, QueryRefusedError, Question

PREFIXES, BASE = {"ex": "http://example.org/"}, "http://example.org/"
DATASET = """
@prefix ex: <http://example.org/> .
ex:g1 { ex:a ex:p ex:b , ex:c ; ex:q "x" . ex:b ex:p ex:c ; ex:q "x"@de . ex:c ex:r ex:g1 . ex:g1 ex:q ex:a }
ex:g2 { ex:a ex:r ex:d . ex:d ex:p ex:a ; ex:q 7 , "x" . ex:b ex:r ex:a . _:n ex:p ex:a ; ex:r _:n }
ex:g3 { ex:e ex:q true ; ex:r ex:b . ex:d ex:r ex:e . ex:p ex:q ex:r . ex:g1 ex:r ex:g2 }
"""
NODES = ["?a", "?a", "?a", "?b", "?c", "?a", "?b", "ex:a", "ex:d"]
PROPERTIES = [
    "ex:p", "ex:q", "ex:r", "ex:p", "ex:r", "ex:p", "ex:r", "?d", "^ex:p", "ex:p/ex:r", "ex:r+", "(ex:p|ex:r)",
    "!(ex:p|^ex:q)", "(ex:p/ex:q?)", "ex:p*", "^(ex:r/ex:p)", "ex:q",
]  # fmt: skip
OBJECTS = ["?b", "?b", "?c", "?c", "?e", "?f", "?d", "ex:a", '"x"@de', "7"]
TESTS = ["?a != ?c", "BOUND(?c)", "!BOUND(?b)", "ISIRI(?b)", "COALESCE(?c, ?b) = ex:a", "?a IN (ex:a, ex:b)", "?z > 1"]

DATASETS = [((), ()), ((), ()), (("g1",), ()), (("g1", "g3"), ("g2",)), ((), ("g2", "g3"))]


class Draw:
    """Draws queries, of every form as often as of any other."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - for tests

    def one(self, *of: str) -> str:
        """Return one of several."""
        return self._random.choice(of)

    def triples(self) -> str:
        """Return a few patterns that hang together."""
        drawn = [
            (self.one(*NODES), self.one(*PROPERTIES), self.one(*OBJECTS)) for _ in range(self._random.randint(1, 2))
        ]
        return " ".join(f"{' '.join(each)} ." for each in drawn)

    def group(self, depth: int) -> str:
        """Return a group of patterns, at most so deep."""
        if not depth:
            return self.triples()
        return self.one(*GROUPS).format(
            g=self.group(depth - 1), h=self.group(depth - 1), s=self.triples(), t=self.triples(), u=self.triples(),
            test=self.one(*TESTS), value=self.one("?a", "?c", "1 + 1", "EXISTS { ?a ex:r ?b }"),
            name=self.one("?g", "?c", "ex:g2"), some=self.one("ex:a", "ex:b ex:d"),
            selected=self.one("?a ?b", "DISTINCT ?c", "*"), wanted=self.one("FILTER EXISTS", "FILTER NOT EXISTS"),
        )  # fmt: skip

    def query(self) -> str:
        """Return a query."""
        depth = self._random.choice([1, 1, 2])
        things = self.one("?a", "?b ex:d", "*")
        return self.one(*QUERIES).format(g=self.group(depth), t=self.triples(), things=things)

    def dataset(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the default and the named graphs of the protocol."""
        return self._random.choice(DATASETS)


GROUPS = [
    "{s} FILTER({test})",
    "{g} OPTIONAL {{ {h} }}",
    "{g} OPTIONAL {{ {s} OPTIONAL {{ {t} }} }}",
    "{s} OPTIONAL {{ {t} FILTER EXISTS {{ {u} }} }}",
    "{{ {g} }} UNION {{ {h} }} {s}",
    "{g} MINUS {{ {h} }}",
    "{g} {wanted} {{ {h} }}",
    "{s} BIND({value} AS ?z) ?z ex:p ?y .",
    "{g} VALUES (?a ?z) {{ (ex:a 1) (UNDEF ex:b) }}",
    "VALUES ?a {{ {some} }} {g}",
    "GRAPH {name} {{ {g} }} {s}",
    "{s} GRAPH ?g {{ }}",
    "{{ SELECT {selected} WHERE {{ {g} }} }} {s}",
    "{{ SELECT ?a (COUNT(?b) AS ?z) WHERE {{ {g} }} GROUP BY ?a }} {s}",
    "{{ SELECT ?a ?b WHERE {{ {s} }} ORDER BY ?a ?b ?c ?d LIMIT 2 }} {t}",
]
QUERIES = [
    "SELECT * WHERE {{ {g} }}",
    "SELECT ?a ?b WHERE {{ {g} }}",
    "SELECT ?a ?b ?c ?e WHERE {{ {g} }}",
    "SELECT DISTINCT ?b ?z WHERE {{ {g} }}",
    "SELECT ?a (COUNT(*) AS ?n) WHERE {{ {g} }} GROUP BY ?a HAVING(COUNT(*) > 1)",
    "SELECT ?a (EXISTS {{ ?a <http://example.org/r> ?b }} AS ?x) WHERE {{ {g} }} ORDER BY ?a",
    "ASK {{ {g} }}",
    "CONSTRUCT {{ ?a ex:p ?b . ?b ex:q [] }} WHERE {{ {g} }}",
    "DESCRIBE {things} WHERE {{ {t} }}",
]

Answering = tuple[EmbeddedStore, Gathering, Gathering]


@pytest.fixture(scope="module")
def answering() -> Answering:
    """The statements; the same gathered from a store that holds only them, and from one that holds others as well."""
    quads = list(ox.parse(DATASET, format=ox.RdfFormat.TRIG))
    plain, shared = ox.Store(), ox.Store()
    plain.extend(quads)
    shared.extend(laid_out("3fa9", quads))
    shared.extend(laid_out("0000", quads[:9]))
    whole = EmbeddedStore(plain, PREFIXES, BASE)
    return whole, _gathering(plain, Dataset()), _gathering(shared, Dataset.of_release("3fa9"))


class Unnamed(Engine):
    """Oxigraph cannot be asked for a blank node by its name; the lookups of these tests have IRIs for them instead."""

    def stored(self, term: Any) -> Any:
        return ox.NamedNode(f"nodeID://{term.value}") if isinstance(term, ox.BlankNode) else term


def _gathering(held: ox.Store, dataset: Dataset) -> Gathering:
    named = ox.Store()
    named.extend(ox.Quad(*(_iri(each) for each in quad)) for quad in held)
    return Gathering(_solutions(named), Unnamed(), dataset, PREFIXES, BASE)


def _iri(term: Any) -> Any:
    return ox.NamedNode(f"nodeID://{term.value}") if isinstance(term, ox.BlankNode) else term


def _blank(term: Any) -> Any:
    is_blank = isinstance(term, ox.NamedNode) and term.value.startswith("nodeID://")
    return ox.BlankNode(term.value.removeprefix("nodeID://")) if is_blank else term


def _solutions(held: ox.Store) -> Callable[[str], Iterator[Mapping[str, Any]]]:
    def solutions(lookup: str) -> Iterator[Mapping[str, Any]]:
        found: Any = held.query(lookup)
        names = [each.value for each in found.variables]
        return iter([{name: _blank(row[name]) for name in names} for row in found])

    return solutions


def test_random_queries_have_the_same_answers_from_what_they_need(answering: Answering) -> None:
    draw, outcomes = Draw(7), Counter[str]()
    for _ in range(300):
        query, graphs = draw.query(), draw.dataset()
        media_type = N_TRIPLES if query.startswith(("CONSTRUCT", "DESCRIBE")) else RESULTS_JSON
        default, named = (tuple(f"{BASE}{each}" for each in names) for names in graphs)
        question = Question(query, media_type, {}, default, named)
        whole, *gathered = (_answer(each, question) for each in answering)
        outcomes["refused" if REFUSED in gathered else "something" if whole else "nothing"] += 1
        assert [each for each in gathered if each not in (whole, REFUSED)] == [], (query, graphs)
    assert outcomes["something"] > 45, outcomes
    assert outcomes["refused"] < 80, outcomes


def test_nothing_is_looked_up_for_a_query_that_asks_for_nothing() -> None:
    lookups: list[str] = []

    def solutions(lookup: str) -> list[Mapping[str, Any]]:
        lookups.append(lookup)
        return []

    gathering = Gathering(solutions, Engine(), Dataset(), PREFIXES, BASE)
    assert _answer(gathering, Question("SELECT * WHERE { ?a ?b ?c } LIMIT 0", RESULTS_JSON)) == Counter()
    assert lookups == []


REFUSED = "refused"


def _answer(service: EmbeddedStore | Gathering, question: Question) -> Any:
    output = io.BytesIO()
    try:
        service.write(question, output)
    except QueryRefusedError:
        return REFUSED
    if question.media_type == N_TRIPLES:
        return _graph(output.getvalue())
    results: Any = ox.parse_query_results(output.getvalue(), format=ox.QueryResultsFormat.JSON)
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    return Counter(tuple(str(row[name]) for name in results.variables) for row in results)


def _graph(ntriples: bytes) -> Any:
    graph = ox.Dataset(ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES))
    graph.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in graph}
