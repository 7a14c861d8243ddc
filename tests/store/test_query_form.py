"""What kind of query a text is, and where it breaks. Disguises of SERVICE: ``tests/web/test_sparql_endpoint.py``."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from metropolis_kg.store.protocol import QueryMalformedError, QueryRefusedError
from metropolis_kg.store.query_form import LONGEST_READ, form_of, is_repeatable, located, says_service


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("SELECT * WHERE {}", "SELECT"),
        ("# a comment\nPREFIX a: <http://a/>\nask {}", "ASK"),
        ("BASE <http://b/>\nConstruct WHERE { ?s ?p ?o }", "CONSTRUCT"),
        ("DESCRIBE <http://a/>", "DESCRIBE"),
    ],
)
def test_the_form_is_told(query: str, form: str) -> None:
    assert form_of(query) == form


@pytest.mark.parametrize(
    "update", ["INSERT DATA {}", "PREFIX a: <http://a/> DELETE WHERE {}", "with <g> DELETE {} WHERE {}"]
)
def test_an_update_is_refused(update: str) -> None:
    with pytest.raises(QueryRefusedError, match="read only"):
        form_of(update)


@pytest.mark.parametrize(
    ("text", "place"), [("", (1, 1)), ("PREFIX a: <http://a/>\n  SELEKT *", (2, 3)), ("{}", (1, 1))]
)
def test_what_is_no_query_is_malformed_at_its_first_word(text: str, place: tuple[int, int]) -> None:
    with pytest.raises(QueryMalformedError) as caught:
        form_of(text)
    assert (caught.value.line, caught.value.column) == place


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("SELECT * WHERE {\n  ?s ?p ?o .\n  FILTER(?o > )\n}", (3, 3)),
        ("SELECT ?s\nWHERE {\n  ?s ?p ?o\nLIMIT 10", (4, 1)),
        ("SELECT ?s\nWHERE {\n  ?s rdf:type ?o\n  ?s ?p ?o\n}", (4, 3)),
        ("SELECT * WHERE { ?s ?p ?o }\nLIMT 10", (2, 1)),
        ("SELECT *\tWHERE {\t?a\t?b }", (1, 18)),
        ("SELECT *\r\nWHERE {\r\n\t?a ?b\r\n}", (3, 2)),
    ],
)
def test_a_mistake_is_placed_where_it_begins(query: str, place: tuple[int, int]) -> None:
    error = located(query, QueryMalformedError("reading stopped.", 9, 9))
    assert (error.line, error.column) == place


def test_a_mistake_that_only_the_engine_sees_keeps_the_place_it_gives() -> None:
    error = QueryMalformedError("Prefix not found.", 1, 9)
    assert located("ASK { ?s unknown:p ?o }", error) is error


def test_a_mistake_in_a_query_with_escapes_keeps_the_place_that_the_engine_gives() -> None:
    error = QueryMalformedError("reading stopped.", 1, 39)
    assert located("SELECT ('\\u0041\\u0041' AS ?x) WHERE { ?a ?b }", error) is error


def test_what_cannot_be_read_and_says_service_is_refused() -> None:
    with pytest.raises(QueryMalformedError):
        says_service("SELECT ?service WHERE {")
    with pytest.raises(QueryRefusedError, match="nests too deeply"):
        says_service("SELECT ?service WHERE " + "{" * 3000 + "}" * 3000)
    with pytest.raises(QueryRefusedError, match="longer than"):
        says_service("ASK {} # service" + " " * LONGEST_READ)


def test_both_readers_find_the_same_services() -> None:
    assert says_service("SELECT * { SERVICE <http://a.org/> {} { SERVICE SILENT ?x { ?s ?p ?o } } }")
    assert not says_service("SELECT ?service { ?service a 'SERVICE' } # SERVICE <http://a.org/> {}")
    with pytest.raises(QueryRefusedError, match="codepoint escapes"):
        says_service("SELECT * { \\u0053ERVICE <http://a.org/> {} }")


@pytest.mark.parametrize(
    ("query", "repeatable"),
    [
        ("SELECT ?now ?rand { ?now ?p 'NOW() RAND()' } # UUID()", True),
        ("SELECT * { ?s ?p [ ?q ?o ] . _:b ?p ?o }", True),
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", True),
        ("SELECT (NOW() AS ?x) {}", False),
        ("SELECT (rand() AS ?x) {}", False),
        ("SELECT (UUID() AS ?x) {}", False),
        ("SELECT (STRUUID() AS ?x) {}", False),
        ("SELECT (BNODE() AS ?x) {}", False),
        ("SELECT (\\u004EOW() AS ?x) {}", False),
        ("SELECT * { SERVICE <http://a.org/> {} }", False),
        ("CONSTRUCT { ?s ?p [] } WHERE { ?s ?p ?o }", False),
        ("CONSTRUCT { ?s ?p _:new } WHERE { ?s ?p ?o }", False),
        ("CONSTRUCT { ?s ?p (1) } WHERE { ?s ?p ?o }", False),
        ("CONSTRUCT { <<?s ?p ?o>> ?p ?o } WHERE { ?s ?p ?o }", False),
        ("CONSTRUCT { ?s ?p ?o {| ?p ?o |} } WHERE { ?s ?p ?o }", False),
        ("CONSTRUCT { ?s ?p ?o ~ ?r } WHERE { ?s ?p ?o }", False),
        ("CONSTRUCT WHERE { ?s ?p [] }", False),
        ("CONSTRUCT { ?s ?p ?o ; ?p '[', 1 . } WHERE { ?s ?p [] FILTER(?o IN (1)) }", True),
        ("SELECT (0.5<RAND()&&2>1 AS ?x) {}", False),
        ("SELECT (?y<NOW()&&3>1 AS ?x) {}", False),
        ("SELECT ('\\u0022' AS ?x) (RAND() AS ?y) ('\\u0022' AS ?z) {}", False),
        ("SELECT * { GRAPH ?g {} }", False),
        ("ASK { GRAPH ?g { ?s ?p ?o } FILTER(STR(?o)<='M'&&STR(?o)>='A') }", True),
        ("ASK { GRAPH ?g { ?s ?p ?o } BIND(1 AS ?x) { BIND(2 AS ?y) } GRAPH ?h { ?s ?p ?o } }", True),
        ("SELECT * { graph $g { { ?s ?p ?o } UNION { BIND(1 AS ?n) } } }", False),
        ("SELECT * { GRAPH <http://a.org/> { BIND(1 AS ?n) } }", True),
        ("SELECT * { GRAPH ?g { ?s ?p ?o FILTER(?o > 1) { SELECT ?s { ?s ?p ?o } } } BIND(1 AS ?n) }", True),
    ],
)
def test_what_changes_by_itself_is_not_repeatable(query: str, repeatable: bool) -> None:
    assert is_repeatable(query) is repeatable


@pytest.mark.parametrize(
    "query", ["ASK { GRAPH ?g {?s ?p ?o} } } }", "} } GRAPH ?g {", "CONSTRUCT {", "GRAPH", "", "ASK }"]
)
def test_brackets_that_do_not_fit_are_left_to_the_engine(query: str) -> None:
    assert is_repeatable(query)


@pytest.mark.alone
@pytest.mark.parametrize("piece", ["GRAPH ?g{?s ?p ?o.", "GRAPH ?g{", "CONSTRUCT{", '"\\', "NOW("])
def test_the_longest_query_is_judged_in_no_time(piece: str) -> None:
    started = time.monotonic()
    is_repeatable(("SELECT NOW GRAPH{" + piece * 100_000)[:100_000])
    assert time.monotonic() - started < 2


def test_queries_are_read_in_many_threads_at_once() -> None:
    query = "SELECT ?service WHERE { ?service a ?class FILTER(?class != 'SERVICE') }"
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(says_service, [query] * 40)) == [False] * 40
