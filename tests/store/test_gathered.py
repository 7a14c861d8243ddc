"""What is evaluated here over gathered statements has the answer that all statements give.

Random queries are asked of a few statements that hang together in many ways, so that hardly any answer is empty. They
are looked up in an Oxigraph store: one that holds them as they are, and one that holds several releases. No statement
is in two graphs: Oxigraph finds such a one twice in the union of its graphs.
"""

import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
NODES = ["?a", "?b", "?c", "?a", "?b", "ex:a", "ex:b", "ex:d"]
PROPERTIES = [
    "ex:p", "ex:q", "ex:r", "?d", "^ex:p", "ex:p/ex:r", "ex:p?", "ex:p*", "ex:r+", "(ex:p|ex:r)", "!(ex:p|^ex:q)",
    "(ex:p/ex:q?)", "^(ex:r/ex:p)",
]  # fmt: skip
OBJECTS = ["?b", "?c", "?c", "?d", "ex:a", "ex:c", '"x"', '"x"@de', "7", "true"]
BOUND = ["?a", "?c", "1 + 1", "EXISTS { ?a ex:r ?b }"]
AFTER = ["", "?z ex:p ?y ."]
TESTS = ["?a != ?c", "BOUND(?c)", "!BOUND(?b)", "ISIRI(?b)", "COALESCE(?c, ?b) = ex:a", "?a IN (ex:a, ex:b)", "?z > 1"]

triple = st.builds("{} {} {} .".format, st.sampled_from(NODES), st.sampled_from(PROPERTIES), st.sampled_from(OBJECTS))
triples = st.lists(triple, min_size=1, max_size=3).map(" ".join)


def groups(depth: int) -> st.SearchStrategy[str]:
    """Groups of patterns, at most so deep."""
    if depth == 0:
        return triples
    inner = groups(depth - 1)
    return st.one_of(
        triples,
        st.builds("{} FILTER({})".format, inner, st.sampled_from(TESTS)),
        st.builds("{} OPTIONAL {{ {} }}".format, inner, inner),
        st.builds("{} OPTIONAL {{ {} FILTER EXISTS {{ {} }} }}".format, triples, triples, triples),
        st.builds("{{ {} }} UNION {{ {} }} {}".format, inner, inner, triples),
        st.builds("{} MINUS {{ {} }}".format, inner, inner),
        st.builds("{} FILTER {} {{ {} }}".format, inner, st.sampled_from(["EXISTS", "NOT EXISTS"]), inner),
        st.builds("{} BIND({} AS ?z) {}".format, triples, st.sampled_from(BOUND), st.sampled_from(AFTER)),
        st.builds("{} VALUES (?a ?z) {{ (ex:a 1) (UNDEF {}) }}".format, inner, st.sampled_from(["2", "ex:b"])),
        st.builds("VALUES ?a {{ {} }} {}".format, st.sampled_from(["ex:a", "ex:b ex:d"]), inner),
        st.builds("GRAPH {} {{ {} }} {}".format, st.sampled_from(["?g", "?c", "ex:g2"]), inner, triples),
        st.builds("{} GRAPH ?g {{ }}".format, triples),
        st.builds("{{ SELECT {} WHERE {{ {} }} }} {}".format, st.sampled_from(["?a ?b", "DISTINCT ?c", "*"]), inner,
                  triples),
        st.builds("{{ SELECT ?a (COUNT(?b) AS ?z) WHERE {{ {} }} GROUP BY ?a }} {}".format, inner, triples),
        st.builds("{{ SELECT ?a ?b WHERE {{ {} }} ORDER BY ?a ?b ?c ?d LIMIT 2 }} {}".format, triples, triples),
    )  # fmt: skip


group = groups(2)
queries = st.one_of(
    st.builds("SELECT * WHERE {{ {} }}".format, group),
    st.builds("SELECT ?a (COUNT(*) AS ?n) WHERE {{ {} }} GROUP BY ?a HAVING(COUNT(*) > 1)".format, group),
    st.builds("SELECT ?a (EXISTS {{ {} }} AS ?x) WHERE {{ {} }} ORDER BY ?a".format, triples, group),
    st.builds("ASK {{ {} }}".format, group),
    st.builds("CONSTRUCT {{ ?a ex:p ?b . ?b ex:q [] }} WHERE {{ {} }}".format, group),
    st.builds("DESCRIBE {} WHERE {{ {} }}".format, st.sampled_from(["?a", "?b ex:d", "*"]), triples),
)
datasets = st.sampled_from([((), ()), ((), ()), (("g1",), ()), (("g1", "g3"), ("g2",)), ((), ("g2", "g3"))])

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
        return ({name: _blank(row[name]) for name in names} for row in found)

    return solutions


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(query=queries, graphs=datasets)
def test_random_queries_have_the_same_answers_from_what_they_need(
    answering: Answering, query: str, graphs: tuple[tuple[str, ...], tuple[str, ...]]
) -> None:
    media_type = N_TRIPLES if query.startswith(("CONSTRUCT", "DESCRIBE")) else RESULTS_JSON
    default, named = (tuple(f"{BASE}{each}" for each in names) for names in graphs)
    question = Question(query, media_type, {}, default, named)
    whole, *gathered = (_answer(each, question) for each in answering)
    assert [each for each in gathered if each not in (whole, REFUSED)] == []


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
