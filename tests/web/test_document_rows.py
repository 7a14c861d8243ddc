"""Things and documents: each row E of the design (but E6, E9 and E14, which have files of their own), H1 to H3 too."""

import http.client
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
import rdflib
from pyld import jsonld

from metropolis_kg.publication.media_types import DOCUMENTS, GRAPHS, JSON_LD, Syntax, content_type
from metropolis_kg.store.results import GRAPH_FORMATS
from servers import Answer, ask, free_port, served

METROPOLIS = "/id/organisation/metropolis"
THINGS = [
    "organisation/metropolis", "person/michael-mueller", "tenure/governing-mayor-interim-president-2017",
    "evidence/berlin-metropolis-f43", "source/berlin-metropolis", "relation/use-platform-of-network", "role/president",
    "place/berlin", "scheme/roles", "rule/platform-of-network", "graph/berlin-metropolis", "graph/inferred", "dataset",
    "ns", "prefixes",
]  # fmt: skip
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


def canonical(quads: "ox.QuadParser | list[ox.Quad]") -> ox.Dataset:
    """Return the quads as a dataset that equals another exactly when the graphs are isomorphic."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def graph_of(answer: Answer, syntax: Syntax) -> ox.Dataset:
    """Read a document; JSON-LD with PyLD, which loads the context from the server."""
    if syntax is not JSON_LD:
        return canonical(ox.parse(answer.body, format=GRAPH_FORMATS[syntax.media_type]))
    nquads = jsonld.to_rdf(answer.json(), {"format": "application/n-quads", "documentLoader": load})
    return canonical(ox.parse(nquads.encode(), format=ox.RdfFormat.N_QUADS))


def load(url: str, _: object) -> dict[str, object]:
    """Load a context over HTTP, as any JSON-LD processor does."""
    answer = ask(url, "application/ld+json")
    assert answer.status == 200
    return {"contextUrl": None, "documentUrl": url, "document": answer.json()}


# ---- E1, E2: a thing leads to its document ----


@pytest.mark.parametrize("accept", ["text/turtle", "text/html,*/*;q=0.8", "application/ld+json", None])
def test_e1_a_thing_answers_with_303_to_its_document_for_everyone(site: str, accept: str | None) -> None:
    answer = ask(site + METROPOLIS, accept)
    assert answer.status == 303
    assert answer.headers["location"] == f"{site}/doc/organisation/metropolis"
    assert "Accept" in answer.headers["vary"]
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/dataset", "/doc/dataset"),
        ("/graph/berlin-metropolis", "/doc/graph/berlin-metropolis"),
        ("/graph/derived", "/doc/graph/derived"),
        ("/prefixes", "/doc/prefixes"),
        ("/ns", "/doc/ns"),
    ],
)
def test_e1_what_is_no_thing_but_has_an_iri_leads_to_a_document_too(site: str, path: str, document: str) -> None:
    answer = ask(site + path)
    assert (answer.status, answer.headers["location"]) == (303, site + document)
    assert ask(site + document, "text/turtle").status == 200


def test_e1_the_redirect_says_in_which_formats_the_document_comes(site: str) -> None:
    links = ask(site + METROPOLIS).headers["link"]
    for syntax in GRAPHS:
        address = f"{site}/doc/organisation/metropolis.{syntax.extension}"
        assert f'<{address}>; rel="describedby"; type="{syntax.media_type}"' in links


def test_e2_a_browser_is_led_to_a_document_that_is_html(site: str) -> None:
    answer = ask(site + METROPOLIS, BROWSER)
    assert answer.status == 303
    page = ask(answer.headers["location"], BROWSER)
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.body.startswith(b"<!doctype html>")


# ---- E3: HEAD ----


def test_e3_head_answers_like_get_without_a_body(site: str) -> None:
    for path in (METROPOLIS, "/doc/organisation/metropolis.ttl", "/", "/nix"):
        got, head = ask(site + path), ask(site + path, method="HEAD")
        ignored = {"date", "content-length", "x-request-id", "server-timing"}
        assert head.status == got.status
        assert {k: v for k, v in head.headers.items() if k not in ignored} == {
            k: v for k, v in got.headers.items() if k not in ignored
        }
        assert head.body == b""


@pytest.mark.parametrize(
    "path",
    [
        "/doc/organisation/metropolis", "/doc/organisation/metropolis.html", "/doc/source/berlin-metropolis.ttl?page=2",
        "/doc/source/berlin-metropolis?page=9", "/doc/organisation/metropolis?at=2018-03-15", "/doc/place/berlin?at=x",
        "/linkset/place/berlin", "/id/Place/Berlin", "/doc/place/nowhere",
    ],
)  # fmt: skip
def test_e3_head_has_the_headers_of_get(site: str, path: str) -> None:
    got, head = ask(site + path), ask(site + path, method="HEAD")
    passing = {"date", "x-request-id", "server-timing", "content-length"}
    assert (head.status, head.body) == (got.status, b"")
    assert {**head.headers, **dict.fromkeys(passing, "")} == {**got.headers, **dict.fromkeys(passing, "")}


# ---- E4, E5: extensions and negotiation ----


@pytest.mark.parametrize("syntax", DOCUMENTS, ids=lambda syntax: syntax.extension)
def test_e4_an_extension_names_the_format_and_beats_accept(site: str, syntax: Syntax) -> None:
    for accept in (None, "image/png", "text/html", "text/turtle;q=0"):
        answer = ask(f"{site}/doc/place/berlin.{syntax.extension}", accept)
        assert answer.status == 200
        assert answer.headers["content-type"] == content_type(syntax.media_type)
        assert ("content-location" in answer.headers) == (syntax is JSON_LD)  # which has forms to choose from


@pytest.mark.parametrize("syntax", DOCUMENTS, ids=lambda syntax: syntax.extension)
def test_e5_a_negotiated_document_says_where_this_very_format_is(site: str, syntax: Syntax) -> None:
    answer = ask(f"{site}/doc/place/berlin", syntax.media_type)
    assert answer.status == 200
    assert answer.headers["content-location"] == f"{site}/doc/place/berlin.{syntax.extension}"
    varying = {each.strip() for each in answer.headers["vary"].split(",")}
    assert "Accept" in varying
    assert ("Accept-Language" in varying) == (syntax.extension == "html")


def test_e5_what_content_location_names_is_the_very_same_representation(site: str) -> None:
    for accept in ("text/turtle", "application/ld+json", BROWSER):
        negotiated = ask(f"{site}/doc/place/berlin", accept)
        assert ask(negotiated.headers["content-location"]).body == negotiated.body


# ---- E7, E8: not acceptable, not there ----


def test_e7_nothing_acceptable_is_406_with_the_alternatives(site: str) -> None:
    answer = ask(f"{site}/doc/place/berlin", "image/png")
    assert answer.status == 406
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"text/turtle", "text/html", "application/ld+json"} <= set(answer.json()["alternatives"])


@pytest.mark.parametrize(
    "path",
    [
        "/id/organisation/nobody", "/id/nothing/metropolis", "/id/organisation/Z%C3%BCrich", "/id/organisation/a%2Fb",
        "/id//metropolis", "/id/organisation",
        "/id/organisation/%00", "/id/organisation/%3Cscript%3E", "/graph/nix", "/doc/organisation/nobody",
        "/doc/organisation/metropolis.exe", "/doc/organisation/metropolis.ttl.ttl", "/doc/.ttl", "/doc//", "/nix",
    ],
)  # fmt: skip
def test_e8_what_is_not_there_is_404_and_never_an_accident(site: str, path: str) -> None:
    answer = ask(site + path)
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404
    assert answer.headers["access-control-allow-origin"] == "*"


def test_e8_a_browser_gets_a_page_that_says_so(site: str) -> None:
    for path in ("/doc/place/nowhere", "/id/place/nowhere"):
        answer = ask(site + path, BROWSER, accept_language="de")
        assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert b'lang="de"' in answer.body


# ---- E10: other spellings of a name ----


def raw(site: str, path: str) -> tuple[int, str | None]:
    """Return status and Location of GET for a path that is sent exactly as it stands."""
    connection = http.client.HTTPConnection(urlsplit(site).netloc, timeout=30)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.getheader("Location")
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("/id/organisation/metropolis/", METROPOLIS), ("/id/organisation//metropolis", METROPOLIS),
        ("/id/Organisation/METROPOLIS", METROPOLIS),
        ("/id/person/Michael%20M%C3%BCller", "/id/person/michael-mueller"),
        ("/id/person/michael-m%c3%bcller", "/id/person/michael-mueller"),
        ("/id/person/michael-mu%CC%88ller", "/id/person/michael-mueller"),
        ("/id/person/michael_mueller?at=2018-03-15", "/id/person/michael-mueller"),
        ("/graph/Berlin-Metropolis", "/graph/berlin-metropolis"),
        ("/graph/berlin-metropolis/", "/graph/berlin-metropolis"),
        ("/doc/Organisation/Metropolis", "/doc/organisation/metropolis"),
        ("/doc/organisation/metropolis/", "/doc/organisation/metropolis"),
        ("/doc/organisation//metropolis.ttl", "/doc/organisation/metropolis.ttl"),
        ("/doc/person/Michael%20M%C3%BCller.TTL", "/doc/person/michael-mueller.ttl"),
        ("/doc/place/Berlin?at=2018-03-15&lang=de", "/doc/place/berlin?at=2018-03-15&lang=de"),
        ("/doc/Graph/berlin-metropolis", "/doc/graph/berlin-metropolis"), ("/doc/NS", "/doc/ns"),
    ],
)  # fmt: skip
def test_e10_another_spelling_leads_to_the_canonical_one(site: str, path: str, canonical: str) -> None:
    assert raw(site, path) == (308, site + canonical)
    assert ask(site + canonical).status in (200, 303)


@pytest.mark.parametrize(
    "path",
    [
        "/id/place/Z%C3%BCrich", "/id/place/Z%c3%bcrich", "/id/place/berlin%252F", "/id/organisation%252Fmetropolis",
        "/id/place/a%2Fb", "/id/place/berlin/x", "/id//place/berlin", "/id/place/%2E%2E/berlin", "/id/place/%FF",
        "/id/place/%00", "/id/place/%C0%AF", "/id/place/%E2%80%AE", "/id/%", "/id/place/%zz", "/id/place/" + "a" * 3000,
        "/doc/place/Z%C3%BCrich", "/doc/place/berlin%252Ettl", "/doc/place/berlin.ttl.ttl", "/doc/place/berlin.%00",
        "/doc/place/%FF", "/doc//place/berlin", "/doc/place/berlin.", "/doc/.html", "/doc/place/..%2F..%2Fdataset%252F",
        "/linkset/place/nowhere", "/linkset/place/berlin.ttl", "/graph/%C3%A4",
    ],
)  # fmt: skip
def test_e10_what_no_spelling_leads_to_is_404_and_never_an_accident(site: str, path: str) -> None:
    assert raw(site, path)[0] == 404


# ---- E11: the store is away ----


def test_e11_an_outage_is_503_with_retry_after(tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{free_port()}/query"
    with served(tmp_path, free_port(), "--store", nobody) as url:
        for path in ("/doc/place/berlin", "/doc/place/berlin.ttl", "/doc/place/nowhere", "/id/place/berlin",
                     "/id/Place/Berlin", "/doc/place/berlin?at=2018-03-15", "/doc/place/berlin?page=2",
                     "/linkset/place/berlin"):  # fmt: skip
            answer = ask(url + path)
            assert (answer.status, answer.headers["retry-after"]) == (503, "5"), path
            assert answer.headers["content-type"] == "application/problem+json"


# ---- E12: other methods ----


@pytest.mark.parametrize("path", [METROPOLIS, "/doc/organisation/metropolis", "/", "/query/who-led"])
def test_e12_writing_is_refused_with_what_is_allowed(site: str, path: str) -> None:
    answer = ask(site + path, method="PUT", body=b"")
    assert answer.status == 405
    assert "GET" in answer.headers["allow"]
    options = ask(site + path, method="OPTIONS")
    assert (options.status, options.body) == (204, b"")
    assert "GET" in options.headers["allow"]
    assert options.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_e12_documents_take_no_method_that_changes(site: str, method: str) -> None:
    for path in ("/doc/place/berlin.ttl", "/id/place/berlin", "/linkset/place/berlin"):
        answer = ask(site + path, method=method, body=b"")
        assert answer.status == 405
        assert {each.strip() for each in answer.headers["allow"].split(",")} == {"GET", "HEAD", "OPTIONS"}


# ---- E13: a day ----

# Which claims held, how, and on which pages: test_document_parts.py.


def test_e13_a_document_of_a_day_marks_each_claim_that_held(site: str) -> None:
    graph = rdflib.Graph().parse(f"{site}/doc/organisation/metropolis.ttl?at=2018-03-15")
    ns = rdflib.Namespace(f"{site}/ns#")
    day = rdflib.Literal("2018-03-15", datatype=rdflib.XSD.date)
    thing = rdflib.URIRef(f"{site}{METROPOLIS}")
    claims = set(graph.objects(thing, rdflib.SDO.subjectOf))
    marked = set(graph.subjects(ns.certainOn, day)) | set(graph.subjects(ns.possibleOn, day))
    interim = rdflib.URIRef(f"{site}/id/tenure/governing-mayor-interim-president-2017")
    assert interim in claims
    assert claims == marked
    assert (interim, ns.certainOn, day) in graph


@pytest.mark.parametrize(
    "wrong", ["2018-13-01", "2018", "", "2018-3-15", "15.03.2018", "2018-02-29", "0000-01-01", "%00"]
)
def test_e13_what_is_no_day_is_400_that_names_the_form(site: str, wrong: str) -> None:
    for path in ("/doc/place/berlin", "/doc/place/berlin.ttl", "/linkset/place/berlin"):
        problem = ask(f"{site}{path}?at={wrong}")
        assert problem.status == 400
        assert problem.json()["type"] == f"{site}/problem/argument-wrong"
        assert (problem.json()["parameter"], problem.json()["expected"]) == ("at", "a day such as 2018-03-15")


def test_e13_two_days_are_400(site: str) -> None:
    problem = ask(f"{site}/doc/place/berlin?at=2018-03-15&at=2018-03-16")
    assert (problem.status, problem.json()["parameter"]) == (400, "at")


def test_e13_a_document_of_a_day_is_a_document_of_its_own(site: str) -> None:
    plain, dated = (ask(f"{site}/doc/place/berlin{fields}", "text/turtle") for fields in ("", "?at=2018-03-15"))
    assert dated.headers["content-location"] == f"{site}/doc/place/berlin.ttl?at=2018-03-15"
    assert dated.headers["etag"] != plain.headers["etag"]
    document = f"{site}/doc/place/berlin?at=2018-03-15"
    graph = rdflib.Graph().parse(data=dated.body, format="turtle")
    assert str(graph.value(rdflib.URIRef(document), rdflib.FOAF.primaryTopic)) == f"{site}/id/place/berlin"
    assert str(graph.value(rdflib.URIRef(document), rdflib.SDO.temporalCoverage)) == "2018-03-15"


# ---- E15, E16: what a document says of itself, and that it says the same in every format ----


@pytest.mark.parametrize("thing", [each for each in THINGS if each != "ns"])
@pytest.mark.parametrize("syntax", GRAPHS, ids=lambda syntax: syntax.extension)
def test_e15_each_rdf_document_describes_itself(site: str, thing: str, syntax: Syntax) -> None:
    answer = ask(f"{site}/doc/{thing}.{syntax.extension}")
    about: dict[str, list[str]] = {}
    for quad in graph_of(answer, syntax):
        if quad.subject == ox.NamedNode(f"{site}/doc/{thing}"):
            about.setdefault(quad.predicate.value, []).append(quad.object.value)  # type: ignore[union-attr] # no triple
    place = thing if thing.startswith("graph/") or "/" not in thing else f"id/{thing}"
    assert about[str(rdflib.FOAF.primaryTopic)] == [f"{site}/{place}"]
    assert about[str(rdflib.VOID.inDataset)] == [f"{site}/dataset"]
    assert about[str(rdflib.DCTERMS.license)] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert len(about[str(rdflib.DCTERMS.modified)]) == 1
    assert about[str(rdflib.DCTERMS.title)]


@pytest.mark.parametrize("thing", THINGS)
def test_e16_every_format_of_a_document_is_the_same_graph(site: str, thing: str) -> None:
    graphs = {}
    for syntax in GRAPHS:
        answer = ask(f"{site}/doc/{thing}.{syntax.extension}", "image/png")
        assert answer.status == 200
        assert answer.headers["content-type"].split(";")[0] == syntax.media_type
        graphs[syntax.name] = graph_of(answer, syntax)
    turtle = graphs["Turtle"]
    assert len(turtle) > 5
    assert [name for name, graph in graphs.items() if graph != turtle] == []


@pytest.mark.parametrize("fields", ["?at=2018-03-15", "?page=2", "?at=2020-12-31&page=1"])
def test_e16_every_format_of_a_part_is_the_same_graph(site: str, fields: str) -> None:
    address = f"{site}/doc/source/berlin-metropolis"
    graphs = [graph_of(ask(f"{address}.{syntax.extension}{fields}"), syntax) for syntax in GRAPHS]
    assert len(graphs[0]) > 5
    assert all(graph == graphs[0] for graph in graphs)


# ---- H1 to H3 ----


def test_h1_every_answer_has_the_headers_that_keep_browsers_safe(site: str) -> None:
    for path in (
        "/doc/place/berlin",
        "/doc/place/berlin.html",
        "/doc/place/nowhere",
        METROPOLIS,
        "/linkset/place/berlin",
    ):
        headers = ask(site + path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe-inline" not in headers["content-security-policy"]


def test_h1_no_error_shows_a_path_or_a_trace(site: str, site_var: Path) -> None:
    for path in (
        "/doc/place/nowhere",
        "/id/place/%FF",
        "/doc/place/berlin?page=9",
        "/doc/place/berlin?at=x",
        "/doc/%00",
    ):
        body = ask(site + path).body
        assert b"Traceback" not in body
        assert str(site_var).encode() not in body


def test_h2_a_forged_host_changes_nothing(site: str) -> None:
    def forged(path: str) -> Answer:
        return ask(site + path, host="evil.example", x_forwarded_host="evil.example", x_forwarded_proto="https")

    answer = forged(METROPOLIS)
    assert answer.headers["location"] == f"{site}/doc/organisation/metropolis"
    for path in ("/doc/organisation/metropolis.ttl", "/doc/organisation/metropolis.html", "/nix", "/id//x"):
        answer = forged(path)
        assert b"evil.example" not in answer.body + repr(answer.headers).encode()


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/doc/place/nowhere", 404, "thing-unknown"), ("/id/place/nowhere", 404, "thing-unknown"),
        ("/doc/place/berlin?page=2", 404, "page-unknown"), ("/doc/place/berlin?page=0", 400, "argument-wrong"),
        ("/linkset/place/nowhere", 404, "thing-unknown"), ("/linkset/place/berlin?at=x", 400, "argument-wrong"),
    ],
)  # fmt: skip
def test_h3_every_error_is_a_problem_with_a_type_that_can_be_looked_up(
    site: str, path: str, status: int, kind: str
) -> None:
    answer = ask(site + path)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json()["type"] == f"{site}/problem/{kind}"
    assert ask(answer.json()["type"], BROWSER).status == 200
    page = ask(site + path, BROWSER)
    assert (page.status, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
