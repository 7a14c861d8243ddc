"""A release beside others in a store gives the answers that it gives from a store of its own."""

from collections import Counter
from collections.abc import Hashable, Iterator
from itertools import chain
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from layouts import laid_out, served_store
from metropolis_kg.store.embedded import EmbeddedStore
from metropolis_kg.store.layout import CONTROL, NOTHING, physical, union_graph
from metropolis_kg.store.physical import PhysicalGraphs
from metropolis_kg.store.protocol import (
    N_TRIPLES,
    RESULTS_JSON,
    QueryMalformedError,
    QueryRefusedError,
    QueryService,
    Question,
)
from metropolis_kg.store.remote import RemoteStore

BASE = "http://example.org/"
PREFIXES = {"": BASE}
NOW, BEFORE = "b" * 64, "a" * 64
DATASET = """@prefix : <http://example.org/> .
:g1 { :a :p :b . :g1 :n "one" . :b :q 1 }
:g2 { :a :p :c . :b :p :c . :g2 :n "two" . :g1 :n "uno" }
:g3 { :z :q :a , "a" }
"""
OTHERS = ":g9 { :a :p :old . :g9 :n 'nine' } :g1 { :g1 :p :old }"
FOREIGN = ":g1 { :a :p :foreign } :g10 { :g10 :n 'ten' . :a :p :foreign . :g1 :n 'foreign' }"


def quads(text: str) -> list[ox.Quad]:
    return list(ox.parse("@prefix : <http://example.org/> .\n" + text, format=ox.RdfFormat.TRIG))


@pytest.fixture(scope="module")
def own() -> QueryService:
    """The release in a store of its own."""
    store = ox.Store()
    store.extend(quads(DATASET))
    return EmbeddedStore(store, PREFIXES, BASE)


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueryService]:
    """The release in a store that has another one, and graphs of others, under the same names as well."""
    everything = chain(laid_out(NOW, quads(DATASET)), laid_out(BEFORE, quads(DATASET + OTHERS)), quads(FOREIGN))
    with served_store(tmp_path_factory.mktemp("shared") / "store", everything) as url:
        yield RemoteStore(url, PREFIXES, BASE, digest=NOW)


def meaning(service: QueryService, query: str, default: list[str], named: list[str]) -> Hashable:
    """Return what ``service`` answers, whatever the order of rows."""
    is_graph = query.startswith(("CONSTRUCT", "DESCRIBE"))
    graphs = {"default_graphs": [BASE + each for each in default], "named_graphs": [BASE + each for each in named]}
    answer = service.query(query, N_TRIPLES if is_graph else RESULTS_JSON, **graphs)
    if is_graph:
        return frozenset(answer.splitlines())
    results = ox.parse_query_results(answer, format=ox.QueryResultsFormat.JSON)
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    assert isinstance(results, ox.QuerySolutions)
    names = sorted(each.value for each in results.variables)
    return tuple(names), frozenset(Counter(tuple(row[name] for name in names) for row in results).items())


DATASETS: list[tuple[list[str], list[str]]] = [
    ([], []), (["g1"], []), (["g1", "g2"], ["g1"]), ([], ["g1", "g2"]), (["nowhere"], []), (["g1"], ["g2", "nowhere"]),
]  # fmt: skip

SAME = [
    "SELECT * { GRAPH ?g {} }", "SELECT * { GRAPH :g1 {} }", "SELECT * { GRAPH :nowhere {} }",
    "SELECT * { GRAPH ?g { ?s :p ?o FILTER(?g = :g1) } }", "SELECT * { GRAPH ?g { BIND(?g AS ?x) } }",
    "SELECT * { GRAPH ?g { ?s :p ?o OPTIONAL { ?s :q ?z FILTER(?g = :g1) } BIND(STR(?g) AS ?x) } }",
    "SELECT * { GRAPH ?g { ?x :p* ?y } }", "SELECT * { GRAPH ?g { :a :p* ?y } }",
    "SELECT * { GRAPH :g2 { :a :p+ ?y } }",
    "SELECT * { GRAPH ?g { ?s :p ?o MINUS { ?x :n ?y } } }", "SELECT * { GRAPH ?g { OPTIONAL { ?x :n ?y } } }",
    "SELECT * { GRAPH ?g { ?s :p ?o FILTER EXISTS { ?g :n ?y } } }",
    "SELECT * { GRAPH ?g { ?s :p ?o . GRAPH ?h { ?s :p ?y } } }", "SELECT * { GRAPH :g1 { GRAPH ?h { ?s :p ?y } } }",
    "SELECT * { BIND(:g1 AS ?g) GRAPH ?g {} }", "SELECT * { VALUES ?g { :g1 :g9 :g10 :nowhere } GRAPH ?g {} }",
    "SELECT * { GRAPH ?g { ?s :p ?o } FILTER NOT EXISTS { GRAPH ?g { ?x :p :b } } }",
    "SELECT * FROM :g1 FROM NAMED :g2 { ?s ?p ?o . GRAPH ?g { ?x :n ?y } }", "SELECT * FROM <nowhere> { ?s ?p ?o }",
    "SELECT * FROM NAMED :g2 { GRAPH ?g { ?x ?p ?y } }", "DESCRIBE :a FROM :g1",
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?x ?p ?y } } GROUP BY ?g HAVING(?g != :g3) ORDER BY ?g",
    "SELECT (STR(?g) AS ?x) { GRAPH ?g { ?a ?b ?c } } ORDER BY DESC(?g) LIMIT 3", "ASK { GRAPH <g1> { :a :p :c } }",
    "CONSTRUCT { ?s ?p ?g } { GRAPH ?g { ?s ?p ?o } }", "CONSTRUCT WHERE { ?s :p ?o }", "DESCRIBE :a",
    "CONSTRUCT FROM :g1 WHERE { ?s :p ?o }", "DESCRIBE ?s FROM NAMED :g2 { GRAPH ?g { ?s :n ?o } }",
    "DESCRIBE ?g :a { GRAPH ?g { ?s :n 'one' } }", "DESCRIBE * { GRAPH ?g { ?s :n ?o } }",
    "DESCRIBE :a WHERE { GRAPH :g1 { ?s :n ?o } } LIMIT 1 # last",
    "SELECT * { { SELECT ?g { GRAPH ?g { ?s :p ?o } } } GRAPH ?g { ?g :n ?n } }",
    "SELECT * { ?s :p ?o FILTER EXISTS { GRAPH ?g { ?s :p :c } } }",
    "SELECT * { ?s :p ?o MINUS { GRAPH :g1 { ?s :p ?o } } }",
    "SELECT ?s (EXISTS { GRAPH ?g { ?s :n ?q } } AS ?e) { ?s ?p ?o }",
    "SELECT DISTINCT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?o LIMIT 3",
    "SELECT * { GRAPH ?g { ?s ?p ?o } } VALUES ?g { :g1 :g9 :g10 }",
    "SELECT * { VALUES (?g ?z) { (:g1 1) (:g9 2) } OPTIONAL { GRAPH ?g { ?s ?p ?o } } }",
    "SELECT * { ?s :p+ ?o GRAPH ?g { ?s (:p|:n)* ?o } }", "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }",
    "SELECT * { GRAPH ?g { ?g ?p ?o } }", "SELECT * {}", "ASK {}", "ASK { GRAPH ?g { ?s ?p :foreign } }",
    "SELECT * { GRAPH $g { ?s ?p $o } FILTER(?g != :g2) }", "SELECT ?g_physical ?g { GRAPH ?g { ?g_physical ?p ?o } }",
    "SELECT (COUNT(DISTINCT *) AS ?n) { GRAPH ?g { ?s ?p ?o } }",
    "SELECT ?x { GRAPH ?g { { SELECT ?x { ?x ?y ?z } } } }",
    "SELECT * { GRAPH ?g { { SELECT ?g ?s { ?s :p ?o } } } }", "SELECT ('GRAPH ?g {' AS ?x) {} # GRAPH",
    f"SELECT * {{ GRAPH <{union_graph(NOW)}> {{ ?s ?p ?o }} }}", f"SELECT * {{ GRAPH <{CONTROL}> {{ ?s ?p ?o }} }}",
    f"SELECT * {{ GRAPH <{physical(BEFORE, BASE + 'g1')}> {{ ?s ?p ?o }} }}",
]  # fmt: skip


@pytest.mark.parametrize("query", SAME)
def test_a_query_has_the_same_answer_for_every_dataset(
    query: str, own: QueryService, shared_store: QueryService
) -> None:
    for default, named in DATASETS:
        assert meaning(shared_store, query, default, named) == meaning(own, query, default, named), (default, named)


BY_THE_STANDARD = {
    "SELECT ?g ?s { GRAPH ?g { SELECT ?s { ?s :p ?o } } }": {("g1", "a"), ("g2", "a"), ("g2", "b")},
    "SELECT ?g ?s { GRAPH ?g { { SELECT * { ?s :p :c } } } }": {("g2", "a"), ("g2", "b")},
    "SELECT ?g ?x { GRAPH ?g { VALUES ?x { :b } } }": {("g1", "b"), ("g2", "b"), ("g3", "b")},
    "SELECT ?g ?s { GRAPH ?g { GRAPH :g1 { ?s :p ?o } } }": {("g1", "a"), ("g2", "a"), ("g3", "a")},
}
"""Here Oxigraph leaves the variable of GRAPH unbound, and looks into all graphs at once; section 18.6 of SPARQL 1.1
evaluates the group once for each."""


@pytest.mark.parametrize("query", BY_THE_STANDARD)
def test_a_sub_select_within_graph_is_about_each_graph(query: str, shared_store: QueryService) -> None:
    answer = shared_store.query(query, "text/csv").decode().replace(BASE, "").split()
    assert {tuple(row.split(",")) for row in answer[1:]} == BY_THE_STANDARD[query]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { GRAPH ?g { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } } }",
        "SELECT * { GRAPH ?g { { SELECT ?s { ?s ?p ?o } LIMIT 1 } } }",
        "SELECT * { GRAPH :g1 { ?s ?p ?o FILTER(?o <?p#x>) GRAPH ?g { ?s ?p ?o } }\n ) } }",
        "SELECT * { \\u0047RAPH ?g { ?s ?p ?o } }",
    ],
)
def test_what_cannot_be_put_to_the_graphs_of_a_release_is_refused(query: str, shared_store: QueryService) -> None:
    with pytest.raises(QueryRefusedError):
        shared_store.query(query, RESULTS_JSON)


@pytest.mark.parametrize(
    "query", ["SELECT * { GRAPH ?g { ?s ?p ?o }", "ASK { GRAPH ?g } }", "ASK { GRAPH", "ASK } GRAPH {"]
)
def test_a_query_that_is_not_sparql_says_so(query: str, shared_store: QueryService) -> None:
    with pytest.raises(QueryMalformedError):
        shared_store.query(query, RESULTS_JSON)


NODES = st.sampled_from(["?s", "?o", "?g", "?x", ":a", ":b", ":g1", ":g2", ":g9"])


def test_a_graph_that_was_not_chosen_is_not_even_named_to_an_engine() -> None:
    """Some engines answer from graphs that the dataset of the protocol leaves out."""
    question = Question("ASK { GRAPH :g2 { :a :p :c } }", RESULTS_JSON, {}, (f"{BASE}g1",), (f"{BASE}g1",))
    asked = PhysicalGraphs(NOW, PREFIXES, BASE).asked(question)
    assert asked.text == f"ASK {{ GRAPH <{NOTHING}> {{ :a :p :c }} }}"


VERBS = st.sampled_from([":p", ":n", ":q", "?p", ":p*", ":p|:q", "^:p"])
TRIPLES = st.builds("{} {} {} .".format, NODES, VERBS, NODES)
CONDITIONS = st.sampled_from([
    "?g = :g1", "?g != :g2", "BOUND(?h)", "STRENDS(STR(?g), '2')", "?s = ?o", "?g IN (:g1, :g9)", "ISIRI(?x)",
    "!BOUND(?g)",
])  # fmt: skip
GRAPHS = st.sampled_from(["?g", "?g", "?h", ":g1", ":g2", ":g9", ":nowhere"])


SELECTED = st.sampled_from(["?g", "?g ?s", "DISTINCT *", "*"])


def groups(depth: int) -> st.SearchStrategy[str]:
    """Groups of patterns that say GRAPH, at most so deep; in a GRAPH with a variable there is always a triple."""
    simple = st.one_of(TRIPLES, st.builds("{} {}".format, TRIPLES, TRIPLES))
    if depth == 0:
        return simple
    inner = groups(depth - 1)
    return st.one_of(
        st.builds("GRAPH {} {{ {} {} }}".format, GRAPHS, TRIPLES, st.one_of(st.just(""), inner)),
        st.builds("{} GRAPH {} {{ {} FILTER({}) }}".format, simple, GRAPHS, simple, CONDITIONS),
        st.builds("{} FILTER({})".format, inner, CONDITIONS),
        st.builds("{} OPTIONAL {{ {} }}".format, simple, inner),
        st.builds("{{ {} }} UNION {{ {} }}".format, inner, inner),
        st.builds("{} MINUS {{ {} }}".format, inner, inner),
        st.builds("{} FILTER {} {{ {} }}".format, inner, st.sampled_from(["EXISTS", "NOT EXISTS"]), inner),
        st.builds("{} BIND(STR({}) AS ?name)".format, inner, st.sampled_from(["?g", "?s"])),
        st.builds("{{ SELECT {} WHERE {{ {} }} }} {}".format, SELECTED, inner, simple),
        st.builds("VALUES ?g {{ :g2 :g9 :nowhere }} {}".format, inner),
    )  # fmt: skip


QUERIES = st.one_of(
    st.builds("SELECT {} {{ {} }}".format, SELECTED, groups(2)),
    st.builds("SELECT (STR(?g) AS ?t) {{ {} }} ORDER BY ?g".format, groups(2)),
    st.builds("SELECT ?g (COUNT(*) AS ?n) {{ {} }} GROUP BY ?g".format, groups(2)),
    st.builds("ASK {{ {} }}".format, groups(2)),
    st.builds("CONSTRUCT {{ ?s :of ?g }} {{ {} }}".format, groups(2)),
    st.builds("SELECT * {} {{ {} }}".format, st.sampled_from(["FROM :g1", "FROM NAMED :g1", "FROM :g2 FROM NAMED :g9"]),
              groups(1)),
)  # fmt: skip


@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(query=QUERIES, dataset=st.sampled_from(DATASETS))
def test_random_queries_have_the_same_answers(
    own: QueryService, shared_store: QueryService, query: str, dataset: tuple[list[str], list[str]]
) -> None:
    try:
        expected = meaning(own, query, *dataset)
    except QueryMalformedError:
        event("not read")
        return
    event("read")
    assert meaning(shared_store, query, *dataset) == expected


def w3c_queries(shared: Path) -> Iterator[tuple[Path, list[ox.Quad]]]:
    """Yield the query of each W3C test that has GRAPH, and its data, each file a named graph."""
    mf, qt = (f"http://www.w3.org/2001/sw/DataAccess/tests/test-{name}#" for name in ("manifest", "query"))
    for manifest in sorted((shared / "conformance" / "sparql11").glob("*/manifest.ttl")):
        store = ox.Store()
        store.load(path=manifest, format=ox.RdfFormat.TURTLE, base_iri=manifest.as_uri())
        rows = store.query(
            f"SELECT ?query (GROUP_CONCAT(DISTINCT STR(?data); SEPARATOR=' ') AS ?files) {{ ?test <{mf}action> ?of . "
            f"?of <{qt}query> ?query ; <{qt}data>|<{qt}graphData> ?data }} GROUP BY ?query ORDER BY ?query"
        )
        assert isinstance(rows, ox.QuerySolutions)
        for row in rows:
            query = Path(row["query"].value.removeprefix("file://"))
            if "graph" in (text := query.read_text(encoding="utf-8").lower()) and "service" not in text:
                files = [Path(each.removeprefix("file://")) for each in row["files"].value.split()]
                yield query, [quad for file in files if file.suffix == ".ttl" for quad in named(file)]


def named(file: Path) -> list[ox.Quad]:
    graph, base = ox.NamedNode(f"{BASE}data/{file.name}"), f"{BASE}data/"
    triples = ox.parse(path=file, format=ox.RdfFormat.TURTLE, base_iri=base, rename_blank_nodes=True)
    return [ox.Quad(each.subject, each.predicate, each.object, graph) for each in triples]


def test_the_w3c_queries_about_graphs_have_the_same_answers(shared: Path, tmp_path: Path) -> None:
    cases = list(w3c_queries(shared))
    assert len(cases) > 10
    refused = []
    by_the_standard = []  # Oxigraph binds the variable of GRAPH by statements only, not for a group of VALUES
    everything = chain.from_iterable(laid_out(f"{number:064x}", own) for number, (_, own) in enumerate(cases))
    with served_store(tmp_path / "store", everything) as url:
        for number, (path, own) in enumerate(cases):
            query, store = path.read_text(encoding="utf-8"), ox.Store()
            store.extend(own)
            base = f"{BASE}data/"
            expected = meaning(EmbeddedStore(store, {}, base), query, [], [])
            try:
                if meaning(RemoteStore(url, {}, base, digest=f"{number:064x}"), query, [], []) != expected:
                    by_the_standard.append(path.parent.name + "/" + path.name)
            except QueryRefusedError:
                refused.append(path.name)
    assert by_the_standard == ["bindings/graph.rq"]
    assert refused == ["agg-empty-group-count-graph.rq"]
