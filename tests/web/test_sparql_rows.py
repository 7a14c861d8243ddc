"""The rows Q1 to Q14, G1 and H3 of the HTTP contract, each against a running server: one row, one or more tests."""

import http.server
import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest

from metropolis_kg.content import FOLDERS, find_content
from metropolis_kg.curation.build import build
from metropolis_kg.store.protocol import RESULTS_JSON
from repository import REPOSITORY
from servers import Answer, ask, free_port, served

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
PROBLEM = "application/problem+json"

NAMES = "SELECT ?name WHERE { ?person a mkg:Person ; foaf:name ?name } ORDER BY ?name"
ONE = "ASK { ?person a mkg:Person }"
PEOPLE = "CONSTRUCT { ?person a mkg:Person } WHERE { ?person a mkg:Person }"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c + ?f + ?i = 17) }"
PAIRS = "SELECT ?a ?b WHERE { ?a a ?x . ?b a ?y }"
ROWS_OF_ONE = "SELECT (1 AS ?one) WHERE { ?a a ?x . ?b a ?y }"
TRIPLES = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"

SECONDS, ROWS, MEGABYTES = 2, 2000, 1
AT_ONCE, WAITING, PER_CLIENT = 4, 2, 2
LIMITS = {
    "METROPOLIS_KG_QUERY_SECONDS": str(SECONDS),
    "METROPOLIS_KG_QUERY_ROWS": str(ROWS),
    "METROPOLIS_KG_QUERY_MEGABYTES": str(MEGABYTES),
    "METROPOLIS_KG_QUERIES_AT_ONCE": str(AT_ONCE),
    "METROPOLIS_KG_QUERIES_WAITING": str(WAITING),
    "METROPOLIS_KG_QUERIES_PER_CLIENT": str(PER_CLIENT),
    "METROPOLIS_KG_PROXIES": "1",
}
"""A server that gives up soon, and believes who its proxy says is asking."""

Send = Callable[[str, str], Answer]


def get(endpoint: str, query: str, accept: str | None = None, *, method: str = "GET", **more: str) -> Answer:
    """Ask by GET, or another method without a body."""
    return ask(f"{endpoint}?{urlencode({'query': query, **more})}", accept, method=method)


def form(endpoint: str, query: str, accept: str | None = None, *, method: str = "POST") -> Answer:
    """Ask by a form."""
    return ask(endpoint, accept, method=method, body=urlencode({"query": query}).encode(), content_type=FORM)


def direct(
    endpoint: str, query: str, accept: str | None = None, *, method: str = "POST", kind: str = QUERY, **headers: str
) -> Answer:
    """Ask by a body that is the query."""
    return ask(endpoint, accept, method=method, body=query.encode(), content_type=kind, **headers)


WAYS = {
    "GET": get,
    "POST form": form,
    "POST query": direct,
    "QUERY": lambda *asked: direct(*asked, method="QUERY"),
    "QUERY form": lambda *asked: form(*asked, method="QUERY"),
}
"""Every way to send a query."""


def is_problem(answer: Answer, status: int, name: str = "") -> bool:
    """Return whether an answer is the problem ``name`` with this status and CORS."""
    assert answer.status == status, answer.body[:500]
    assert answer.headers["content-type"] == PROBLEM
    assert answer.headers["access-control-allow-origin"] == "*"
    problem = answer.json()
    return problem["status"] == status and problem["type"].endswith(f"/problem/{name or f'http-{status}'}")


@pytest.fixture(scope="module")
def endpoint(site: str) -> str:
    """The endpoint of the site."""
    return f"{site}/sparql"


@pytest.fixture(scope="module")
def limited(site_var: Path) -> Iterator[str]:
    """The endpoint of a server with narrow limits."""
    with served(site_var, free_port(), **LIMITS) as url:
        yield f"{url}/sparql"


# ---- Q1 ----


def test_q1_every_way_to_send_a_query_gives_the_same_body(endpoint: str) -> None:
    for query, accept in ((NAMES, None), (NAMES, "text/csv"), (ONE, RESULTS_JSON), (PEOPLE, "application/n-triples")):
        answers = {way: send(endpoint, query, accept) for way, send in WAYS.items()}
        assert {way: answer.status for way, answer in answers.items()} == dict.fromkeys(WAYS, 200)
        assert len({answer.body for answer in answers.values()}) == 1
        assert len({answer.headers["content-type"] for answer in answers.values()}) == 1


def test_q1_head_is_get_without_the_body(endpoint: str) -> None:
    for address in (endpoint, f"{endpoint}?{urlencode({'query': NAMES})}", f"{endpoint}?query=ASK%7B"):
        head, whole = ask(address, method="HEAD"), ask(address)
        assert (head.status, head.body) == (whole.status, b"")
        assert {name: head.headers.get(name) for name in ("content-type", "etag", "vary", "content-length")} == {
            name: whole.headers.get(name) for name in ("content-type", "etag", "vary", "content-length")
        }


def test_q1_a_body_is_read_only_where_the_method_has_one(endpoint: str) -> None:
    body = urlencode({"query": NAMES}).encode()
    answer = ask(endpoint, "text/turtle", method="GET", body=body, content_type="application/x-www-form-urlencoded")
    assert answer.headers["content-type"].startswith("text/turtle")  # the service description


def test_q1_media_types_are_the_same_in_capitals(endpoint: str) -> None:
    for kind, body in (
        ("Application/Sparql-Query", NAMES.encode()),
        ("APPLICATION/X-WWW-FORM-URLENCODED", urlencode({"query": NAMES}).encode()),
    ):
        assert ask(endpoint, method="POST", body=body, content_type=kind).status == 200


# ---- Q2 ----


@pytest.mark.parametrize("accept", [None, "*/*", "text/turtle", "application/ld+json", "application/rdf+xml"])
def test_q2_without_parameters_machines_get_the_service_description(endpoint: str, accept: str | None) -> None:
    answer = ask(endpoint, accept)
    wanted = accept if accept and accept != "*/*" else "text/turtle"
    assert (answer.status, answer.headers["content-type"].partition(";")[0]) == (200, wanted)
    assert b"UnionDefaultGraph" in answer.body


def test_q2_without_parameters_a_browser_gets_the_query_page(endpoint: str) -> None:
    answer = ask(endpoint, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b"<textarea" in answer.body


@pytest.mark.parametrize("parameters", ["Query=ASK%7B%7D", "default-graph-uri=http%3A%2F%2Fa%2F", "format=ttl&q=x"])
def test_q2_parameters_without_a_query_are_400_naming_them(endpoint: str, parameters: str) -> None:
    for accept in (None, "text/html"):
        assert ask(f"{endpoint}?{parameters}", accept).status == 400
    assert f"“{parameters.rpartition('&')[2].partition('=')[0]}”" in ask(f"{endpoint}?{parameters}").json()["detail"]
    for known in ("format=ttl", "lang=de"):
        assert ask(f"{endpoint}?{known}").status == 200


# ---- Q3 ----

TABLES = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
}
GRAPHS = {
    "ttl": "text/turtle; charset=utf-8",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}


@pytest.mark.parametrize(
    ("query", "types", "default"),
    [
        (NAMES, TABLES, "json"),
        (ONE, TABLES, "json"),
        (PEOPLE, GRAPHS, "ttl"),
        ("DESCRIBE person:michael-mueller", GRAPHS, "ttl"),
    ],
)
def test_q3_an_answer_comes_in_the_type_accepted_or_named(
    endpoint: str, query: str, types: dict[str, str], default: str
) -> None:
    asked = {name: get(endpoint, query, sent.partition(";")[0]) for name, sent in types.items()}
    named = {name: get(endpoint, query, "text/html", format=name) for name in types}
    for answers in (asked, named):
        assert {name: answer.status for name, answer in answers.items()} == dict.fromkeys(types, 200)
        assert {name: answer.headers["content-type"] for name, answer in answers.items()} == types
    for accept in (None, "*/*", "foo"):
        assert get(endpoint, query, accept).headers["content-type"] == types[default]


@pytest.mark.parametrize(
    ("query", "accept"),
    [(NAMES, "text/turtle"), (ONE, "application/ld+json"), (PEOPLE, "text/csv"), (ONE, "image/png")],
)
def test_q3_what_it_cannot_be_written_in_is_406_naming_the_alternatives(
    endpoint: str, query: str, accept: str
) -> None:  # fmt: skip
    answer = get(endpoint, query, accept)
    assert is_problem(answer, 406, "not-acceptable")
    assert RESULTS_JSON in answer.json()["alternatives"] or "text/turtle" in answer.json()["alternatives"]


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        (ONE, "text/turtle, text/html"),
        (ONE, "text/html,text/turtle;q=0.9,application/rdf+xml"),
        (PEOPLE, "text/csv, text/html;q=0.1"),
        (ONE, "application/xhtml+xml"),
        (PEOPLE, "application/xhtml+xml"),
        ("ASK {", "text/csv;q=0.5, text/html"),
        ("INSERT", "text/turtle;q=0.5, application/xhtml+xml"),
        (None, "application/sparql-results+json, text/html"),
        (None, "application/xhtml+xml, text/csv"),
    ],
)
def test_q3_a_page_is_sent_where_it_is_what_there_is_of_all_that_is_accepted(
    endpoint: str, query: str | None, accept: str
) -> None:
    answer = ask(endpoint, accept) if query is None else get(endpoint, query, accept)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.status == (200 if query in (ONE, PEOPLE, None) else 400 if query == "ASK {" else 403)
    assert b"<textarea" in answer.body


@pytest.mark.parametrize(
    ("query", "accept", "sent"),
    [
        (ONE, "text/csv, text/html", "text/csv"),
        (ONE, "text/html;q=0.9, application/sparql-results+json", RESULTS_JSON),
        (PEOPLE, "text/html, application/ld+json", "application/ld+json"),
        (None, "text/html, text/turtle", "text/turtle"),
    ],
)
def test_q3_data_are_sent_where_they_are_accepted_as_gladly_as_a_page(
    endpoint: str, query: str | None, accept: str, sent: str
) -> None:
    answer = ask(endpoint, accept) if query is None else get(endpoint, query, accept)
    assert (answer.status, answer.headers["content-type"].partition(";")[0]) == (200, sent)


def test_q3_the_page_can_be_named_as_a_format(endpoint: str) -> None:
    for answer in (
        get(endpoint, ONE, "*/*", format="html"),
        ask(endpoint, method="POST", body=urlencode({"query": ONE, "format": "html"}).encode(), content_type=FORM),
        ask(f"{endpoint}?format=html"),
    ):
        assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert get(endpoint, "ASK {", format="html").headers["content-type"] == "text/html; charset=utf-8"


# ---- Q4 ----


@pytest.mark.parametrize(
    "body", ["", "query=", "default-graph-uri=http%3A%2F%2Fa%2F", "query=ASK%7B%7D&query=ASK%7B%7D"]
)
def test_q4_no_query_and_two_queries_are_400(endpoint: str, body: str) -> None:
    for method in ("POST", "QUERY"):
        answer = ask(endpoint, method=method, body=body.encode(), content_type=FORM)
        assert answer.status == 400
        assert answer.headers["content-type"] == PROBLEM
    if body.startswith("query"):
        assert ask(f"{endpoint}?{body}").status == 400


@pytest.mark.parametrize("way", WAYS)
def test_q4_a_syntax_error_is_400_with_line_and_column(endpoint: str, way: str) -> None:
    answer = WAYS[way](endpoint, "SELECT * WHERE {\n  ?s ?p ?o .\n  FILTER(?o > )\n}")
    assert is_problem(answer, 400, "query-malformed")
    assert (answer.json()["line"], answer.json()["column"]) == (3, 3)


# ---- Q5 ----


@pytest.mark.parametrize("method", ["POST", "QUERY"])
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/json", "", f"{QUERY}; charset=iso-8859-1", f"{QUERY}; charset=utf-16"]
)
def test_q5_a_body_of_another_kind_or_charset_is_415(endpoint: str, method: str, kind: str) -> None:
    assert is_problem(direct(endpoint, ONE, method=method, kind=kind), 415)


# ---- Q6 ----


@pytest.mark.parametrize("way", WAYS)
def test_q6_a_query_is_decoded_once(endpoint: str, way: str) -> None:
    for query in ('ASK{FILTER("100%25"="100%25")}', 'ASK{FILTER(STRLEN("100%25")=6)}', 'ASK{FILTER(STRLEN("a+b")=3)}'):
        assert WAYS[way](endpoint, query).json()["boolean"] is True


# ---- Q7 ----


def size(site: str, query: str, **graphs: list[str]) -> int:
    """Return the number that ``query`` answers, asked over these graphs."""
    parameters = {name.replace("_", "-"): iris for name, iris in graphs.items()}
    answer = ask(f"{site}/sparql?{urlencode({'query': query, **parameters}, doseq=True)}", "text/csv")
    assert answer.status == 200, answer.body
    return int(answer.body.split()[1])


def test_q7_the_dataset_of_the_protocol_overrides_that_of_the_query(site: str) -> None:
    geonames, wikidata = f"{site}/graph/geonames", f"{site}/graph/wikidata"
    within = "SELECT (COUNT(*) AS ?n) FROM graph:wikidata WHERE { ?s ?p ?o }"
    sizes = {name: size(site, COUNT, default_graph_uri=[name]) for name in (geonames, wikidata)}
    assert sizes[geonames] != sizes[wikidata]
    assert size(site, within) == sizes[wikidata]
    assert size(site, within, default_graph_uri=[geonames]) == sizes[geonames]
    assert size(site, COUNT, default_graph_uri=[geonames, wikidata]) == sum(sizes.values())


def test_q7_named_graphs_are_those_of_the_protocol(site: str) -> None:
    count = "SELECT (COUNT(DISTINCT ?g) AS ?n) FROM NAMED graph:wikidata WHERE { GRAPH ?g { ?s ?p ?o } }"
    three = [f"{site}/graph/{name}" for name in ("geonames", "gnd", "ror")]
    assert size(site, count) == 1
    assert size(site, count, named_graph_uri=three) == 3
    assert size(site, COUNT, named_graph_uri=three) == 0


@pytest.mark.parametrize("field", ["default-graph-uri", "named-graph-uri"])
def test_q7_a_graph_is_named_by_an_absolute_iri_and_an_empty_name_names_none(endpoint: str, field: str) -> None:
    for name in ("foo", "/graph/gnd", "http://a/> ?s"):
        answers = [get(endpoint, ONE, **{field: name})]
        body = urlencode({"query": ONE, field: name}).encode()
        answers += [ask(endpoint, method=each, body=body, content_type=FORM) for each in ("POST", "QUERY")]
        for answer in answers:
            assert is_problem(answer, 400)
            assert f"{field} is “{name}”" in answer.json()["detail"]
    assert get(endpoint, COUNT, **{field: ""}).body == get(endpoint, COUNT).body
    page = get(endpoint, ONE, "text/html", **{field: ""})
    assert (page.status, f'name="{field}"'.encode() in page.body) == (200, False)


def test_q7_the_default_graph_is_the_union_and_the_service_description_says_so(site: str) -> None:
    distinct = "SELECT (COUNT(*) AS ?n) WHERE { SELECT DISTINCT ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } } }"
    assert size(site, COUNT) == size(site, distinct) > 1000
    assert b"union of all named graphs" in ask(f"{site}/sparql", "text/turtle").body


# ---- Q8 ----


class Elsewhere:
    """A SPARQL endpoint that knows one city, and remembers who asked."""

    def __init__(self) -> None:
        heard: list[str] = []
        city = {"head": {"vars": ["city"]}, "results": {"bindings": [{"city": {"type": "literal", "value": "Seoul"}}]}}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                heard.append(self.path)
                self.send_response(200)
                self.send_header("Content-Type", RESULTS_JSON)
                self.end_headers()
                self.wfile.write(json.dumps(city).encode())

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.do_GET()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.heard = heard
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self) -> "Elsewhere":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    """A place where a query that got out would be heard."""
    with Elsewhere() as listening:
        yield listening


CITIES = "SELECT ?city WHERE { SERVICE <URL> { ?s ?p ?city } }"
DISGUISES = [
    CITIES,
    "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
    "SELECT * { BIND(<URL> AS ?x) SERVICE ?x { ?s ?p ?o } }",
    "ASK { ?a ?b ?c FILTER EXISTS { { SELECT * { OPTIONAL { SERVICE <URL> { ?s ?p ?o } } } } } }",
    "PREFIX : <URL> SELECT * { SERVICE: { ?s ?p ?o } }",
    "SELECT * { # SERVICE <x> {\n sErViCe <URL> { ?s ?p ?o } }",
    "SELECT * { \\u0053ERVICE <URL> { ?s ?p ?o } }",
]


@pytest.mark.parametrize("disguise", DISGUISES)
def test_q8_service_is_403_in_every_disguise_and_no_packet_leaves(
    endpoint: str, elsewhere: Elsewhere, disguise: str
) -> None:
    query = disguise.replace("URL", elsewhere.url)
    for send in WAYS.values():
        assert is_problem(send(endpoint, query), 403, "query-refused")
    assert elsewhere.heard == []


def test_q8_nobody_is_asked_in_the_shadow_of_one_who_is_on_the_list(site_var: Path, elsewhere: Elsewhere) -> None:
    listed = "http://listed.invalid/sparql"
    in_shadow = f"FILTER('' != 'SERVICE SILENT <{listed}> {{}}')"
    query = f"SELECT * {{ FILTER(1<'>' || true) SERVICE <{elsewhere.url}> {{ ?s ?p ?o }} {in_shadow} }}"
    on_disk = {"METROPOLIS_KG_SERVICES": listed, "METROPOLIS_KG_STATEMENTS_IN_MEMORY": "0"}
    with served(site_var, free_port(), **on_disk) as url:
        for send in WAYS.values():
            assert is_problem(send(f"{url}/sparql", query), 403, "query-refused")
        assert get(f"{url}/sparql", query.replace(elsewhere.url, listed).replace("<'>'", "< '>'")).status == 502
    assert elsewhere.heard == []


def test_q8_the_service_description_says_federated_only_where_service_is_possible(
    site_var: Path, endpoint: str
) -> None:
    without = ask(endpoint, "text/turtle")
    assert b"BasicFederatedQuery" not in without.body
    with served(site_var, free_port(), METROPOLIS_KG_SERVICES="http://example.org/sparql") as url:
        described = ask(f"{url}/sparql", "text/turtle", if_none_match=without.headers["etag"])
    assert described.status == 200
    assert b"sd:feature sd:UnionDefaultGraph , sd:BasicFederatedQuery" in described.body


def test_q8_what_only_looks_like_it_is_answered(endpoint: str) -> None:
    for query in ('ASK { BIND("SERVICE <http://a/> { }" AS ?x) }', f"{ONE} # SERVICE <http://a/> {{ }}"):
        assert get(endpoint, query).json()["boolean"] is True


@pytest.mark.parametrize(("private", "status"), [("yes", 200), ("no", 403)])
def test_q8_an_endpoint_on_the_list_is_asked_unless_its_address_is_private(
    site_var: Path, elsewhere: Elsewhere, private: str, status: int
) -> None:
    allowed = {"METROPOLIS_KG_SERVICES": elsewhere.url, "METROPOLIS_KG_SERVICES_PRIVATE": private}
    with served(site_var, free_port(), **allowed) as url:
        assert b"sd:BasicFederatedQuery" in ask(f"{url}/sparql", "text/turtle").body
        answer = get(f"{url}/sparql", CITIES.replace("URL", elsewhere.url), "text/csv")
        other = get(f"{url}/sparql", CITIES.replace("URL", "http://127.0.0.1:9/sparql"))
    assert answer.status == status
    assert other.status == 403
    assert (b"Seoul" in answer.body, len(elsewhere.heard)) == (status == 200, int(status == 200))


# ---- Q9 ----


@pytest.mark.parametrize("update", ["INSERT DATA { <a:a> <a:a> <a:a> }", "DELETE WHERE { ?s ?p ?o }", "CLEAR ALL"])
def test_q9_an_update_is_refused_however_it_comes_and_changes_nothing(site: str, endpoint: str, update: str) -> None:
    before = size(site, COUNT)
    sent = urlencode({"update": update})
    answers = [send(endpoint, update) for send in WAYS.values()]
    answers += [
        ask(f"{endpoint}?{sent}"),
        ask(endpoint, method="POST", body=sent.encode(), content_type=FORM),
        direct(endpoint, update, kind=UPDATE),
        direct(endpoint, update, kind=UPDATE, method="QUERY"),
    ]
    assert {answer.status for answer in answers} <= {400, 403}
    assert {answer.headers["content-type"] for answer in answers} == {PROBLEM}
    assert size(site, COUNT) == before


# ---- Q10 ----


def processor_seconds() -> float:
    """Return the processor time of this process's descendants, dead ones included, in seconds."""
    parents, times = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)], times[int(stat.parent.name)] = int(fields[1]), sum(map(int, fields[11:15]))
    mine = {os.getpid()}
    while more := {child for child, parent in parents.items() if parent in mine} - mine:
        mine |= more
    return sum(times[each] for each in mine - {os.getpid()}) / os.sysconf("SC_CLK_TCK")


@pytest.mark.alone
@pytest.mark.parametrize("way", ["GET", "POST query", "QUERY"])
def test_q10_a_runaway_query_is_stopped_within_a_second_of_its_limit(limited: str, way: str) -> None:
    begun = time.monotonic()
    answer = WAYS[way](limited, RUNAWAY)
    taken = time.monotonic() - begun
    assert is_problem(answer, 503, "query-timeout")
    assert SECONDS <= taken < SECONDS + 1
    assert f"{SECONDS} seconds" in answer.json()["detail"]


@pytest.mark.alone
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads processor times from /proc")
def test_q10_the_processor_is_free_afterwards(limited: str) -> None:
    started = processor_seconds()
    assert get(limited, RUNAWAY).status == 503
    burnt = processor_seconds()
    time.sleep(1)
    assert processor_seconds() - burnt < 0.2
    assert burnt - started > 0.3, "the query did not run; this would see nothing"


@pytest.mark.alone
def test_q10_other_requests_are_answered_meanwhile(limited: str) -> None:
    document = limited.replace("/sparql", "/doc/organisation/metropolis.ttl")
    with ThreadPoolExecutor(1) as pool:
        runaway, times = pool.submit(get, limited, RUNAWAY), []
        time.sleep(0.2)
        while not runaway.done():
            begun = time.monotonic()
            assert ask(document).status == 200
            assert get(limited, NAMES).status == 200
            times.append(time.monotonic() - begun)
    assert runaway.result().status == 503
    assert len(times) > 2
    assert max(times) < SECONDS


# ---- Q11 ----


@pytest.mark.parametrize("accept", [sent.partition(";")[0] for sent in TABLES.values()])
def test_q11_more_rows_than_the_limit_are_an_error_and_as_many_are_not(limited: str, accept: str) -> None:
    for rows in (ROWS + 1, 3 * ROWS):
        answer = get(limited, f"{ROWS_OF_ONE} LIMIT {rows}", accept)
        assert is_problem(answer, 403, "answer-too-large")
        assert f"{ROWS:,} rows" in answer.json()["detail"]
        assert "LIMIT" in answer.json()["detail"]
    assert get(limited, f"{ROWS_OF_ONE} LIMIT {ROWS}", accept).status == 200


@pytest.mark.parametrize("accept", [sent.partition(";")[0] for sent in GRAPHS.values()])
def test_q11_more_triples_than_the_limit_are_an_error(limited: str, accept: str) -> None:
    assert is_problem(get(limited, TRIPLES, accept), 403, "answer-too-large")
    assert is_problem(get(limited, f"{TRIPLES} LIMIT {ROWS + 1}", accept), 403, "answer-too-large")
    assert get(limited, f"{TRIPLES} LIMIT {ROWS}", accept).status == 200


@pytest.mark.parametrize("way", WAYS)
def test_q11_more_bytes_than_the_limit_are_an_error(limited: str, way: str) -> None:
    long = f"SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?b))) AS ?long) WHERE {{ {{ {PAIRS} LIMIT 50000 }} }}"
    answer = WAYS[way](limited, long)
    assert is_problem(answer, 403, "answer-too-large")
    assert f"{MEGABYTES} megabyte" in answer.json()["detail"]


def test_q11_a_limited_answer_is_never_a_short_200(limited: str) -> None:
    """Whatever the number of rows is, there are all of them or none."""
    for rows in (0, 1, ROWS - 1, ROWS, ROWS + 1, 2 * ROWS):
        answer = get(limited, f"{ROWS_OF_ONE} LIMIT {rows}", "text/csv")
        whole = answer.status == 200 and answer.body.count(b"\n") == rows + 1
        assert whole if rows <= ROWS else answer.status == 403


# ---- Q12 ----


@pytest.mark.parametrize("way", ["POST form", "POST query", "QUERY"])
def test_q12_a_body_that_is_too_large_is_413(endpoint: str, way: str) -> None:
    answer = WAYS[way](endpoint, f"{ONE} #" + "x" * (1 << 20))
    assert is_problem(answer, 413)
    assert answer.json()["detail"] == "A body of more than 1 MiB is not read; ask in several smaller queries."


def test_q12_an_address_that_is_too_long_is_414(endpoint: str) -> None:
    assert is_problem(get(endpoint, f"{ONE} #" + "x" * 32_000), 414)
    assert get(endpoint, f"{ONE} #" + "x" * 4_000).status == 200


@pytest.mark.alone
def test_q12_too_many_at_once_are_429_and_one_client_cannot_starve_others(limited: str) -> None:
    def run(client: int) -> Answer:
        return direct(limited, RUNAWAY, x_forwarded_for=f"192.0.2.{client}")

    with ThreadPoolExecutor(24) as pool:
        greedy = [pool.submit(run, 1) for _ in range(16)]
        time.sleep(0.5)
        other = direct(limited, NAMES, x_forwarded_for="192.0.2.2")
        answers = [each.result() for each in greedy]
    assert other.status == 200
    assert {answer.status for answer in answers} == {429, 503}
    refused = [answer for answer in answers if answer.status == 429]
    assert len(refused) >= 16 - AT_ONCE - WAITING - PER_CLIENT
    assert all(is_problem(answer, 429, "too-many-queries") for answer in refused)
    assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)
    assert direct(limited, NAMES, x_forwarded_for="192.0.2.1").status == 200


# ---- Q13 ----


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (NOW() AS ?x) { }",
        "SELECT (RAND() AS ?x) { }",
        "SELECT (UUID() AS ?x) { }",
        "SELECT (STRUUID() AS ?x) { }",
        "SELECT (BNODE() AS ?x) { }",
        "SELECT (ISBLANK(bnode('a')) AS ?x) { }",
        "CONSTRUCT { [] a ?x } WHERE { VALUES ?x { mkg:Person } }",
        "CONSTRUCT { _:b a ?x } WHERE { VALUES ?x { mkg:Person } }",
        "ASK { FILTER(now ( ) > '2018-03-15'^^xsd:date) }",
    ],
)
def test_q13_what_may_differ_each_time_has_no_etag(endpoint: str, query: str) -> None:
    answer = get(endpoint, query)
    assert answer.status == 200, answer.body
    assert "etag" not in answer.headers
    assert "no-store" in answer.headers["cache-control"] or "no-cache" in answer.headers["cache-control"]


def test_q13_a_deterministic_query_has_an_etag_of_its_own_and_its_format(endpoint: str) -> None:
    answers = [
        get(endpoint, NAMES),
        get(endpoint, NAMES, "text/csv"),
        get(endpoint, f"{NAMES} LIMIT 3"),
        get(endpoint, NAMES, **{"default-graph-uri": "http://example.org/"}),
        get(endpoint, 'SELECT ("NOW()" AS ?now) { } # RAND()'),
    ]
    tags = [answer.headers["etag"] for answer in answers]
    assert len(set(tags)) == len(tags)
    assert not any(tag.startswith("W/") for tag in tags)
    assert get(endpoint, NAMES).headers["etag"] == tags[0]


def test_q13_a_client_that_has_it_gets_304(endpoint: str) -> None:
    address = f"{endpoint}?{urlencode({'query': NAMES})}"
    tag = ask(address).headers["etag"]
    for sent in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        answer = ask(address, if_none_match=sent)
        assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", tag)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "Accept" in answer.headers["vary"]
        assert direct(endpoint, NAMES, method="QUERY", if_none_match=sent).status == 304
    assert ask(address, if_none_match='"other"').status == 200
    assert ask(address, "text/csv", if_none_match=tag).status == 200


def test_q13_an_answer_to_post_has_none_and_one_to_query_has(endpoint: str) -> None:
    assert "etag" not in direct(endpoint, NAMES).headers
    assert "etag" in direct(endpoint, NAMES, method="QUERY").headers


def test_q13_the_etag_is_that_of_the_release(site_var: Path, port: int, endpoint: str, tmp_path: Path) -> None:
    for folder in FOLDERS:
        shutil.copytree(REPOSITORY / folder, tmp_path / folder)
    title = tmp_path / "data" / "dataset.ttl"
    title.write_text(title.read_text(encoding="utf-8").replace("What is derived", "What follows"), encoding="utf-8")
    assert build(find_content(tmp_path), tmp_path / "var", f"http://127.0.0.1:{port}/").release
    tag = get(endpoint, NAMES).headers["etag"]
    for var, is_same in ((site_var, True), (tmp_path / "var", False)):
        with served(var, free_port()) as url:
            assert (get(f"{url}/sparql", NAMES).headers["etag"] == tag) is is_same


def test_q13_the_etag_of_a_stored_query_changes_with_the_query(site: str, site_var: Path, tmp_path: Path) -> None:
    for folder in FOLDERS:
        shutil.copytree(REPOSITORY / folder, tmp_path / folder)
    edited = tmp_path / "queries/examples/timeline.rq"
    edited.write_text(edited.read_text("utf-8").replace("ORDER BY", "ORDER  BY"), "utf-8")
    with served(site_var, free_port(), METROPOLIS_KG_ROOT=str(tmp_path)) as url:
        before, after = (ask(f"{each}/query/timeline?format=csv").headers["etag"] for each in (site, url))
    assert before != after


# ---- Q14 ----

HOSTILE = [
    '2018-03-15"^^xsd:date } #',
    "} UNION { ?s ?p ?o",
    "?at",
    "UNDEF",
    "'; DROP ALL",
    "<http://a/> } #",
    "\\u0022",
    "2018-03-15\n",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_q14_an_argument_of_a_wrong_type_is_400_naming_the_parameter(site: str, value: str) -> None:
    for parameter in ("at", "lang"):
        answer = ask(f"{site}/query/who-led?{parameter}={quote(value)}")
        assert is_problem(answer, 400, "argument-wrong")
        assert answer.json()["parameter"] == parameter


def test_q14_a_thing_that_is_hostile_text_is_never_part_of_the_query(site: str) -> None:
    for value in ("person/x> } UNION { ?s ?p ?o", "http://a/> . ?s ?p ?o . <http://a/", "person:x UNDEF"):
        answer = ask(f"{site}/query/roles-of?thing={quote(value)}")
        assert answer.status == 400 or answer.json()["results"]["bindings"] == []
    assert ask(f"{site}/query/who-led?at=2018-03-15").json()["results"]["bindings"]


# ---- G1 ----


def store(site: str, query: str, accept: str | None = None, **request: str) -> Answer:
    """Ask the graph store."""
    return ask(f"{site}/graph-store{query}", accept, **request)  # type: ignore[arg-type] # method is one of them


@pytest.mark.parametrize(
    ("accept", "sent"),
    [
        (None, GRAPHS["ttl"]),
        *[(sent.partition(";")[0], sent) for sent in GRAPHS.values()],
        ("application/n-quads", "application/n-quads"),
        ("application/trig", "application/trig"),
    ],
)
def test_g1_a_graph_is_sent_in_the_type_accepted(site: str, accept: str | None, sent: str) -> None:
    answer = store(site, f"?graph={quote(f'{site}/graph/geonames', safe='')}", accept)
    assert (answer.status, answer.headers["content-type"]) == (200, sent)
    assert "Accept" in answer.headers["vary"]
    parsed = {quad.triple for quad in ox.parse(answer.body, format=ox.RdfFormat.from_media_type(sent))}
    wanted = get(f"{site}/sparql", f"SELECT * {{ GRAPH <{site}/graph/geonames> {{ ?s ?p ?o }} }}", "text/csv")
    assert len(parsed) == wanted.body.count(b"\n") - 1 > 10


def test_g1_the_default_graph_is_the_union(site: str) -> None:
    triples = store(site, "?default", "application/n-triples").body
    assert len(set(triples.splitlines())) == size(site, COUNT)


def test_g1_an_unknown_graph_is_404_and_so_is_a_thing_that_is_none(site: str) -> None:
    for name in ("http://example.org/", f"{site}/graph/none", f"{site}/id/person/michael-mueller", "urn:x"):
        assert is_problem(store(site, f"?graph={quote(name, safe='')}"), 404, "graph-unknown")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?",
        "?x=1",
        "?default&graph=http%3A%2F%2Fexample.org%2F",
        "?graph=http%3A%2F%2Fa%2F&graph=http%3A%2F%2Fb%2F",
        "?graph=",
        "?graph=geonames",
        "?graph=%2Fgraph%2Fgeonames",
        "?graph=http%3A%2F%2Fa%2F%3E%20%3Fs",
    ],
)
def test_g1_both_neither_several_and_relative_names_are_400(site: str, query: str) -> None:
    assert is_problem(store(site, query), 400)


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_g1_writing_is_405(site: str, method: str) -> None:
    for query in ("?default", f"?graph={quote(f'{site}/graph/geonames', safe='')}"):
        answer = store(site, query, method=method)
        assert is_problem(answer, 405)
        assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_g1_head_options_and_conditional_requests(site: str) -> None:
    query = f"?graph={quote(f'{site}/graph/geonames', safe='')}"
    whole, head, options = (store(site, query, method=method) for method in ("GET", "HEAD", "OPTIONS"))
    assert (head.status, head.body, head.headers["etag"]) == (200, b"", whole.headers["etag"])
    assert (options.status, set(options.headers["allow"].split(", "))) == (204, {"GET", "HEAD", "OPTIONS"})
    assert whole.headers["last-modified"]
    assert store(site, query, if_none_match=whole.headers["etag"]).status == 304
    other = f"?graph={quote(f'{site}/graph/gnd', safe='')}"
    tags = {store(site, each).headers["etag"] for each in (query, other, "?default")}
    assert len(tags) == 3
    assert store(site, other, if_none_match=whole.headers["etag"]).status == 200


def test_g1_a_graph_beyond_the_limits_is_an_error_that_points_to_the_dump(limited: str) -> None:
    answer = ask(limited.replace("/sparql", "/graph-store?default"))
    assert is_problem(answer, 403, "answer-too-large")
    assert "dump" in answer.json()["detail"]


def test_g1_the_name_of_a_graph_still_leads_to_its_document(site: str) -> None:
    answer = ask(f"{site}/graph/geonames", "text/turtle")
    assert (answer.status, answer.headers["location"]) == (303, f"{site}/doc/graph/geonames")


# ---- H3 ----

WRONG: dict[str, Callable[[str, str], Answer]] = {
    "query-malformed": lambda url, accept: get(url, "ASK {", accept),
    "query-refused": lambda url, accept: get(url, "ASK { SERVICE <http://127.0.0.1:9/> { } }", accept),
    "answer-too-large": lambda url, accept: get(url, PAIRS, accept),
    "query-timeout": lambda url, accept: get(url, RUNAWAY, accept),
    "not-acceptable": lambda url, _: get(url, ONE, format="exe"),
    "http-400": lambda url, accept: ask(f"{url}?query=ASK%7B%7D&query=ASK%7B%7D", accept),
    "http-405": lambda url, accept: ask(url, accept, method="PUT"),
    "http-413": lambda url, accept: direct(url, f"{ONE} #" + "x" * (1 << 20), accept),
    "http-414": lambda url, accept: get(url, f"{ONE} #" + "x" * 32_000, accept),
    "http-415": lambda url, accept: direct(url, ONE, accept, kind="text/plain"),
}


@pytest.mark.parametrize("name", WRONG)
def test_h3_every_error_is_a_problem_with_a_type_that_can_be_looked_up(limited: str, site: str, name: str) -> None:
    answer = WRONG[name](limited, "*/*")
    problem = answer.json()
    assert answer.headers["content-type"] == PROBLEM
    assert (problem["type"], problem["status"]) == (f"{site}/problem/{name}", answer.status)
    assert problem["title"]
    assert problem["detail"]
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "no-store"
    assert ask(problem["type"]).status == 200


@pytest.mark.parametrize("name", sorted(WRONG.keys() - {"not-acceptable"}))
def test_h3_a_browser_gets_a_page(limited: str, name: str) -> None:
    answer = WRONG[name](limited, "text/html,application/xhtml+xml,*/*;q=0.8")
    assert answer.status in (400, 403, 405, 413, 414, 415, 503)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-language"] == "en"
    assert {"Accept", "Accept-Language"} <= set(answer.headers["vary"].split(", "))


def test_h3_no_error_says_how_the_store_is_reached(limited: str, site_var: Path) -> None:
    said = b"".join(send(limited, "*/*").body for send in WRONG.values()).decode()
    assert "Traceback" not in said
    assert str(site_var) not in said
    assert "/src/" not in said


def test_h3_put_says_what_is_allowed_and_options_is_204(endpoint: str) -> None:
    for method, status in (("PUT", 405), ("DELETE", 405), ("PATCH", 405), ("OPTIONS", 204)):
        answer = ask(endpoint, method=method)
        assert answer.status == status
        assert {"GET", "HEAD", "POST", "QUERY"} <= set(answer.headers["allow"].replace(" ", "").split(","))
