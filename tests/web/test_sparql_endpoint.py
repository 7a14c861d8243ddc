"""The SPARQL endpoint keeps the protocol, and sends nothing anywhere."""

import http.server
import threading
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest

from servers import Answer, ask

FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"
PEOPLE = "SELECT ?name WHERE { ?person a mkg:Person ; foaf:name ?name FILTER(LANG(?name) = 'de') } ORDER BY ?name"
GRAPH = "CONSTRUCT { ?s a mkg:Person } WHERE { ?s a mkg:Person }"


def get(site: str, query: str, accept: str | None = None, **more: str) -> Answer:
    """Ask by GET."""
    return ask(f"{site}/sparql?{urlencode({'query': query, **more})}", accept)


def post(site: str, body: str, content_type: str, accept: str | None = None) -> Answer:
    """Ask by POST."""
    return ask(f"{site}/sparql", accept, method="POST", body=body.encode(), content_type=content_type)


def test_get_and_both_kinds_of_post_give_the_same_body(site: str) -> None:
    answers = [
        get(site, PEOPLE),
        post(site, urlencode({"query": PEOPLE}), FORM),
        post(site, PEOPLE, QUERY),
        post(site, PEOPLE, f"{QUERY}; charset=utf-8"),
    ]
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    assert b"Michael M\xc3\xbcller" in answers[0].body


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "application/sparql-results+json"),
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("application/json", "application/json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("text/html", "text/html; charset=utf-8"),
    ],
)
def test_select_and_ask_answer_in_the_type_asked_for(site: str, accept: str | None, content_type: str) -> None:
    for query in (PEOPLE, "ASK { ?s a mkg:Person }"):
        answer = get(site, query, accept)
        assert (answer.status, answer.headers["content-type"]) == (200, content_type)
        assert "Accept" in answer.headers["vary"]


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "text/turtle; charset=utf-8"),
        ("application/n-triples", "application/n-triples"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/ld+json", "application/ld+json"),
        ("text/html", "text/html; charset=utf-8"),
    ],
)
def test_construct_and_describe_answer_in_the_type_asked_for(site: str, accept: str | None, content_type: str) -> None:
    for query in (GRAPH, "DESCRIBE person:michael-mueller"):
        answer = get(site, query, accept)
        assert (answer.status, answer.headers["content-type"]) == (200, content_type)
        assert b"michael-mueller" in answer.body


def test_select_is_not_answered_in_turtle(site: str) -> None:
    assert get(site, PEOPLE, "text/turtle").status == 406
    assert get(site, GRAPH, "text/csv").status == 406


def test_without_a_query_machines_get_the_service_description_and_people_a_form(site: str) -> None:
    described = ask(f"{site}/sparql", "text/turtle")
    triples = [str(quad.triple) for quad in ox.parse(described.body, format=ox.RdfFormat.TURTLE)]
    assert any("UnionDefaultGraph" in triple for triple in triples)
    assert any(f"<{site}/sparql>" in triple for triple in triples)
    form = ask(f"{site}/sparql", "text/html")
    assert b"<textarea" in form.body


@pytest.mark.parametrize("send", [get, lambda site, query: post(site, query, QUERY)])
def test_a_syntax_error_is_400_with_line_and_column(site: str, send: object) -> None:
    answer: Answer = send(site, "SELECT * WHERE {\n  ?s ?p ?o .\n  FILTER(?o > )\n}")  # type: ignore[operator]
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["line"], problem["column"]) == (3, 3)
    assert "FILTER(?o >" in problem["detail"]


@pytest.mark.parametrize("parameters", ["", "query=", "query=ASK%7B%7D&query=ASK%7B%7D", "query=ASK%7B%7D+ASK%7B%7D"])
def test_no_query_and_two_queries_are_400(site: str, parameters: str) -> None:
    assert post(site, parameters, FORM).status == 400
    if parameters:
        assert ask(f"{site}/sparql?{parameters}").status == 400


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/json", f"{QUERY}; charset=iso-8859-1", "", "multipart/mixed"]
)
def test_other_bodies_are_415(site: str, content_type: str) -> None:
    answer = post(site, "ASK {}", content_type)
    assert (answer.status, answer.headers["content-type"]) == (415, "application/problem+json")


def test_a_query_is_decoded_once(site: str) -> None:
    query = 'ASK { FILTER("100%25" = "100%25" && STRLEN("100%25") = 6) }'
    for answer in (get(site, query), post(site, urlencode({"query": query}), FORM), post(site, query, QUERY)):
        assert answer.json()["boolean"] is True


def test_the_dataset_of_the_protocol_overrides_that_of_the_query(site: str) -> None:
    query = "SELECT (COUNT(*) AS ?n) FROM graph:wikidata WHERE { ?s ?p ?o }"
    union = get(site, "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", "text/csv").body
    by_from = get(site, query, "text/csv").body
    by_protocol = get(site, query, "text/csv", **{"default-graph-uri": f"{site}/graph/geonames"}).body
    assert len({union, by_from, by_protocol}) == 3


@pytest.mark.parametrize("update", ["INSERT DATA { <a:a> <a:a> <a:a> }", "DELETE WHERE { ?s ?p ?o }", "CLEAR ALL"])
def test_an_update_is_refused_however_it_comes_and_changes_nothing(site: str, update: str) -> None:
    count = get(site, "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", "text/csv").body
    answers = [
        get(site, update),
        post(site, update, QUERY),
        post(site, urlencode({"update": update}), FORM),
        post(site, update, "application/sparql-update"),
        ask(f"{site}/sparql?update={quote(update)}"),
    ]
    assert [answer.status for answer in answers] == [403] * 5
    assert get(site, "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", "text/csv").body == count


class Listener:
    """A SPARQL endpoint that remembers who called."""

    def __init__(self) -> None:
        heard: list[str] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                heard.append(self.path)
                self.send_error(500)

            do_POST = do_GET  # noqa: N815 - likewise

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.heard = heard
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    """A place where a query that got out would be heard."""
    listening = Listener()
    yield listening
    listening.server.shutdown()
    listening.server.server_close()
    listening.thread.join()


DISGUISES = {
    "plain": "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "silent": "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
    "lower case": "select * { service <URL> { ?s ?p ?o } }",
    "mixed case": "ASK { sErViCe <URL> { ?s ?p ?o } }",
    "variable": "SELECT * { BIND(<URL> AS ?x) SERVICE ?x { ?s ?p ?o } }",
    "values": "SELECT * { VALUES ?x { <URL> } SERVICE ?x { ?s ?p ?o } }",
    "in a subselect": "SELECT * { { SELECT * { OPTIONAL { SERVICE <URL> { ?s ?p ?o } } } } }",
    "in exists": "ASK { ?a ?b ?c FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    "in union": "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { SERVICE <URL> { ?s ?p ?o } } } }",
    "in minus": "SELECT * { ?s ?p ?o MINUS { SERVICE <URL> { ?s ?p ?o } } }",
    "in construct": "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
    "in describe": "DESCRIBE ?s WHERE { SERVICE <URL> { ?s ?p ?o } }",
    "by prefix": "PREFIX x: <URL> SELECT * { SERVICE x: { ?s ?p ?o } }",
    "glued to a prefix": "PREFIX : <URL> SELECT * { SERVICE: { ?s ?p ?o } }",
    "glued to an iri": "SELECT * { SERVICE<URL>{ ?s ?p ?o } }",
    "glued to a number": "SELECT * { ?a ?b 5SERVICE <URL> { ?s ?p ?o } }",
    "after a look-alike in a comment": "SELECT * { # SERVICE <x> {\n SERVICE <URL> { ?s ?p ?o } }",
    "after a carriage return": "SELECT * { # comment \r SERVICE <URL> { ?s ?p ?o } \n }",
    "after a hash in an iri": "SELECT * { ?a <http://a/#b> ?c . SERVICE <URL> { ?s ?p ?o } }",
    "after a hash in a string": "SELECT * { BIND('#' AS ?x) SERVICE <URL> { ?s ?p ?o } }",
    "behind an escaped quote": 'SELECT * { BIND("\\u0022 AS ?x) } #" AS ?y) SERVICE <URL> { ?s ?p ?o } }',
    "behind an escaped hash": 'SELECT * { BIND("\\u0023" AS ?y) SERVICE <URL> { ?s ?p ?o } }',
    "escaped itself": "SELECT * { \\u0053ERVICE <URL> { ?s ?p ?o } }",
    "in a long string's shadow": "SELECT * { BIND('''a'' ' ''' AS ?y) SERVICE <URL> { ?s ?p ?o } }",
    "with the word in a string as well": 'SELECT * { BIND("SERVICE" AS ?y) SERVICE <URL> { ?s ?p ?o } }',
    "behind a quote that may be in an iri": "SELECT * { FILTER(1<'>') SERVICE <URL> { ?s ?p ?o } FILTER('' != '') }",
    "behind a hash that may be in an iri": "SELECT * { FILTER(?x<5#>\n) SERVICE <URL> { ?s ?p ?o } }",
    "nested deeply": "SELECT * " + "{" * 60 + "SERVICE <URL> { ?s ?p ?o }" + "}" * 60,
}


@pytest.mark.parametrize("name", DISGUISES)
def test_service_is_refused_in_every_disguise_and_no_packet_leaves(site: str, listener: Listener, name: str) -> None:
    query = DISGUISES[name].replace("URL", listener.url)
    for answer in (get(site, query), post(site, query, QUERY), post(site, urlencode({"query": query}), FORM)):
        assert answer.status in (400, 403)
    assert listener.heard == []


def test_the_engine_itself_would_follow_service(listener: Listener) -> None:
    followed = Listener()
    with pytest.raises(OSError, match="500"):
        list(ox.Store().query(f"SELECT * {{ SERVICE <{followed.url}> {{ ?s ?p ?o }} }}"))  # type: ignore[arg-type]
    assert followed.heard
    followed.server.shutdown()
    followed.server.server_close()
    assert listener.heard == []


@pytest.mark.parametrize(
    "query",
    [
        'ASK { BIND("SERVICE <http://x/> {}" AS ?x) }',
        "SELECT ?service WHERE { ?service a mkg:Person } # SERVICE",
        "PREFIX service: <http://service/> ASK { ?s service:of ?o }",
        "ASK { ?s <http://a/SERVICE> 'service' }",
    ],
)
def test_a_query_that_only_looks_like_it_is_answered(site: str, query: str) -> None:
    assert get(site, query).status == 200


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("ASK {" + "{" * 1000 + "}" * 1000 + "}", "1,001 brackets within each other; at most 200"),
        ("ASK { FILTER(" + "!" * 4000 + "1) }", "4,000 times “!”; at most 200"),
        ("ASK {" + "{} UNION" * 4000 + "{} }", "4,000 times “UNION”; at most 200"),
        ("ASK {" + "FILTER EXISTS{" * 4000 + "}" * 4000 + "}", "4,001 brackets"),
    ],
)
def test_a_query_that_would_end_a_worker_is_refused_and_the_server_lives(site: str, query: str, said: str) -> None:
    for _ in range(8):
        answer = post(site, query, QUERY)
        assert (answer.status, answer.json()["type"]) == (403, f"{site}/problem/query-refused")
        assert said in answer.json()["detail"]
    assert {get(site, "ASK {}").status for _ in range(8)} == {200}
