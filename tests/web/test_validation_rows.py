"""Row V1 of the HTTP behaviour: RDF is sent to /validate, and a report comes back."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path

import pyoxigraph as ox
import pytest
from jsonschema import Draft202012Validator

from metropolis_kg.content import Content
from metropolis_kg.web.submission import _guessed
from pages import Elements
from sent_texts import FAULTY
from servers import Answer, ask, free_port, served

SH = "http://www.w3.org/ns/shacl#"
SYNTAX = f"{FAULTY}person:max a\n  Person .\n"
TURTLE = "text/turtle"


def post(
    site: str, body: str | bytes, accept: str | None = "application/json", kind: str = TURTLE, **headers: str
) -> Answer:
    """Send a text to be validated."""
    sent = body.encode() if isinstance(body, str) else body
    return ask(f"{site}/validate", accept, method="POST", body=sent, content_type=kind, **headers)


def form(site: str, lang: str = "en", file: tuple[str, str] | None = None, **fields: str) -> Answer:
    """Send the form of the page, as a browser does."""
    parts = [(f'name="{name}"', value) for name, value in fields.items()]
    parts += [(f'name="file"; filename="{file[0]}"', file[1])] if file else []
    written = [f"--x\r\nContent-Disposition: form-data; {head}\r\n\r\n{value}\r\n" for head, value in parts]
    body = "".join([*written, "--x--\r\n"])
    return ask(
        f"{site}/validate?lang={lang}", "text/html", method="POST", body=body.encode(),
        content_type="multipart/form-data; boundary=x",
    )  # fmt: skip


def found(answer: Answer) -> list[tuple[str, int | None]]:
    """Return code and line of everything found."""
    return [(each["code"], each["line"]) for each in answer.json()["diagnostics"]]


def test_v1_the_report_is_200_conforming_or_not(site: str, content: Content) -> None:
    faulty = post(site, FAULTY)
    assert (faulty.status, faulty.json()["conforms"]) == (200, False)
    assert sorted(found(faulty)) == [("Name-english", 6), ("misspelt-term", 7)]
    right = post(site, (content.data / "enrichment" / "ror.ttl").read_bytes())
    assert (right.status, right.json()["conforms"], found(right)) == (200, True, [])
    for answer in (faulty, right):
        assert answer.headers["cache-control"] == "no-store"
        assert "Accept" in answer.headers["vary"]
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "etag" not in answer.headers


@pytest.mark.parametrize("media_type", ["text/turtle", "application/ld+json"])
def test_v1_the_shacl_report_comes_as_rdf(site: str, media_type: str) -> None:
    answer = post(site, FAULTY, media_type)
    assert (answer.status, answer.headers["content-type"].partition(";")[0]) == (200, media_type)
    syntax = ox.RdfFormat.from_media_type(media_type)
    assert syntax
    report = ox.Dataset(ox.parse(answer.body, format=syntax))
    focus = [quad.object for quad in report if quad.predicate.value == f"{SH}focusNode"]
    assert focus == [ox.NamedNode(f"{site}/id/person/erika")]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/sarif+json", "application/sarif+json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
    ],
)
def test_v1_the_format_is_negotiated(site: str, accept: str | None, media_type: str) -> None:
    answer = post(site, FAULTY, accept)
    assert (answer.status, answer.headers["content-type"].partition(";")[0]) == (200, media_type)
    assert b"misspelt" in answer.body or b"nam" in answer.body


def test_v1_406_names_what_there_is(site: str) -> None:
    answer = post(site, FAULTY, "image/png")
    assert answer.status == 406
    assert "application/ld+json" in answer.json()["alternatives"]


def test_v1_400_tells_line_and_column_of_a_syntax_error(site: str) -> None:
    details = set()
    for language in ("de", "en"):
        answer = post(site, SYNTAX, accept_language=language)
        problem = answer.json()
        assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json")
        assert (problem["type"], problem["line"], problem["column"]) == (f"{site}/problem/rdf-malformed", 9, 3)
        assert answer.headers["content-language"] == language
        assert answer.headers["cache-control"] == "no-store"
        details.add(problem["detail"])
    assert len(details) == 2


TEXTS = {
    "application/trig": "GRAPH <{base}graph/x> {{\n<{base}id/person/e> a\n <{base}ns#Person> }}",
    "application/n-triples": "\n\n<{base}id/person/e> <{rdf}type> <{base}ns#Person> .",
    "application/n-quads": "\n\n<{base}id/person/e> <{rdf}type> <{base}ns#Person> <{base}graph/x> .",
    "application/ld+json": '{{"@context": "{base}context.jsonld",\n"id": "{base}id/person/e",\n"type": "Person"}}',
    "application/rdf+xml": (
        '<r:RDF xmlns:r="{rdf}" xmlns:m="{base}ns#">\n\n<m:Person r:about="{base}id/person/e"></m:Person></r:RDF>'
    ),
}


@pytest.mark.parametrize("media_type", TEXTS)
def test_v1_each_syntax_is_read_and_has_lines(site: str, media_type: str) -> None:
    base, rdf = f"{site}/", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    answer = post(site, TEXTS[media_type].format(base=base, rdf=rdf), kind=f"{media_type}; charset=UTF-8")
    lines = dict(found(answer))
    assert set(lines) == {"Name-german", "Name-english"}
    assert set(lines.values()) <= {2, 3}


def test_v1_415_says_what_is_taken_and_400_that_nothing_came(site: str) -> None:
    for kind in ("text/plain", "application/json; charset=latin-1", "image/png"):
        answer = post(site, FAULTY, kind=kind)
        assert (answer.status, "application/trig" in answer.json()["detail"]) == (415, True)
    assert ask(f"{site}/validate", method="POST", body=FAULTY.encode()).status == 415
    assert post(site, " \n").status == 400
    assert "UTF-8, from line 2" in post(site, b"# a\n# \xe4").json()["detail"]


def test_v1_whoever_sends_nothing_from_the_page_stays_on_it(site: str) -> None:
    answer = form(site, lang="de", data=" ")
    assert answer.status == 400
    assert "RDF einfügen oder eine Datei wählen" in answer.body.decode()
    assert '<form id="validation"' in answer.body.decode()


@pytest.mark.parametrize(("kind", "text"), [(TURTLE, "# later"), ("application/ld+json", '{"name": "Erika"}')])
def test_v1_a_text_that_says_nothing_does_not_conform(site: str, kind: str, text: str) -> None:
    answer = post(site, text, kind=kind)
    assert (answer.status, found(answer)) == (200, [("no-statement", None)])


def test_v1_413_before_all_is_read(site: str) -> None:
    chunks = (b"# a comment\n" * 1000 for _ in range(10_000))
    for body in (b"#" * ((1 << 20) + 1), chunks):
        answer = ask(f"{site}/validate", method="POST", body=body, content_type=TURTLE)
        assert (answer.status, answer.json()["type"]) == (413, f"{site}/problem/http-413")


def test_v1_other_methods_are_405_and_options_204(site: str) -> None:
    answer = ask(f"{site}/validate", method="PUT", body=FAULTY.encode(), content_type=TURTLE)
    assert (answer.status, set(answer.headers["allow"].split(", "))) == (405, {"GET", "HEAD", "OPTIONS", "POST"})
    preflight = ask(f"{site}/validate", method="OPTIONS", access_control_request_method="POST")
    assert (preflight.status, "POST" in preflight.headers["access-control-allow-methods"]) == (204, True)
    assert "Content-Type" in preflight.headers["access-control-allow-headers"]


def test_v1_get_is_the_page_or_says_what_is_taken(site: str) -> None:
    page = ask(f"{site}/validate", "text/html", accept_language="de")
    assert (page.status, page.headers["content-language"]) == (200, "de")
    assert "unsafe" not in page.headers["content-security-policy"]
    described = ask(f"{site}/validate", "*/*")
    assert described.json()["limits"]["bytes"] == 1 << 20
    assert described.json()["accepts"] == described.headers["accept-post"].split(", ")
    head = ask(f"{site}/validate", "*/*", method="HEAD")
    assert (head.status, head.headers["etag"], head.body) == (200, described.headers["etag"], b"")


@pytest.fixture
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A port on which somebody listens, and what came there."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                heard.append(connection.recv(100))
                connection.close()

        threading.Thread(target=listen, daemon=True).start()
        yield server.getsockname()[1], heard


def test_v1_nothing_that_is_sent_causes_a_request(site: str, listener: tuple[int, list[bytes]]) -> None:
    port, heard = listener
    away = f"http://127.0.0.1:{port}/x"
    xml = '<!DOCTYPE r [<!ENTITY x SYSTEM "{0}"><!ENTITY % y SYSTEM "{0}"> %y;]><r:RDF xmlns:r="{1}">&x;</r:RDF>'
    rule = f'[] <{SH}select> "SELECT $this {{ SERVICE <{away}> {{ ?a ?b ?c }} }}" .'
    bodies = {
        TURTLE: f"{FAULTY}<{away}> a <{SH}NodeShape> ; <http://www.w3.org/2002/07/owl#imports> <{away}> .\n{rule}",
        "application/trig": f"GRAPH <{away}> {{ <> <{SH}shapesGraph> <{away}> }}".replace("<>", f"<{away}>"),
        "application/rdf+xml": xml.format(away, "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    }
    for kind, body in bodies.items():
        assert post(site, body, kind=kind).status in (200, 400)
    for context in (away, [away], {"@import": away}, {"p": {"@id": "urn:p", "@context": away}}):
        answer = post(site, json.dumps({"@context": context, "@id": away}), kind="application/ld+json")
        assert (answer.status, away in answer.json()["detail"]) == (400, True)
        assert f"{site}/context.jsonld" in answer.json()["detail"]
    time.sleep(0.2)
    assert heard == []
    with socket.create_connection(("127.0.0.1", port)) as own:
        own.sendall(b"heard")
    time.sleep(0.2)
    assert heard == [b"heard"]


# The page


def test_v1_the_page_shows_each_finding_below_its_line(site: str) -> None:
    for language, word, other in (("de", "Fehler", "Line"), ("en", "Violation", "Zeile")):
        answer = form(site, language, data=FAULTY.replace("\n", "\r\n"))
        page = answer.body.decode()
        assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
        elements = Elements(page)
        assert {"line-6", "line-7"} <= set(elements.ids)
        assert len(set(elements.ids)) == len(elements.ids)
        assert {"#line-6", "#line-7"} <= set(elements.links())
        assert word in page
        assert f"{other}&nbsp;7" not in page
        listing = page[page.index('id="line-7"') : page.index("</ol>", page.index('id="line-7"'))]
        assert "foaf:name" in listing


def test_v1_the_page_tells_of_what_has_no_name_and_no_line_in_words_and_last(site: str) -> None:
    page = form(site, data=f"{FAULTY}[] a mkg:Person .").body.decode()
    listed = page[page.index('<ol class="found">') :]
    listed = listed[: listed.index("</ol>")]
    assert "something without a name" in page
    assert listed.rindex("No line known") > listed.rindex("#line-8")
    assert listed.index("#line-6") < listed.index("No line known")


def test_v1_the_page_shows_a_syntax_error_at_its_line_and_keeps_the_text(site: str) -> None:
    answer = form(site, data=SYNTAX)
    page = answer.body.decode()
    assert answer.status == 400
    assert 'href="#line-9"' in page
    text = page.partition("<textarea")[2].partition(">\n")[2].partition("</textarea>")[0]
    assert unescape(text) == SYNTAX


@pytest.mark.parametrize(
    ("name", "text", "chosen"),
    [
        ("a.jsonld", '{"@id": "urn:a", "urn:p": 1}', "jsonld"),
        ("a.TTL", "<urn:a> <urn:p> 1 .", "ttl"),
        ("a.txt", "GRAPH <urn:g> { <urn:a> <urn:p> 1 }", "trig"),
        ("a", '[{"@id": "urn:a", "urn:p": 1}]', "jsonld"),
        ("a", "<urn:a> <urn:p> '{' .", "ttl"),
    ],
)
def test_v1_the_syntax_of_a_file_is_recognised(site: str, name: str, text: str, chosen: str) -> None:
    page = form(site, file=(name, text), data="", syntax="").body.decode()
    assert f'<option value="{chosen}" selected>' in page


@pytest.mark.parametrize(
    ("text", "is_graph"),
    [
        ("<urn:g> {", True), ("x:g\n{", True), ("\tgraph <urn:g> {", True),
        ("\n" * 20_000 + "x", False), (" " * 20_000 + "x", False), ("graph " * 5_000, False),
    ],
)  # fmt: skip
def test_v1_the_syntax_of_a_text_is_guessed_at_once(text: str, is_graph: bool) -> None:
    start = time.process_time()
    assert _guessed(text, "").extension == ("trig" if is_graph else "ttl")
    assert time.process_time() - start < 1


def test_v1_what_is_sent_does_nothing_on_the_page(site: str) -> None:
    name = f"</textarea><script>alert(1)</script>\u202e<img src=x onerror=y>{'x' * 10_000}"
    hostile = FAULTY.replace('foaf:nam "Erika', f'foaf:nam "{name}')
    page = form(site, data=hostile).body.decode()
    harmless = form(site, data=FAULTY).body.decode()
    acting, expected = (
        [each for each in Elements(text).all if each[0] in ("img", "script")] for text in (page, harmless)
    )
    assert acting == expected
    listing = page[page.index('class="listing"') : page.rindex("<form")]
    assert "\u202e" not in listing
    assert "\\u202E" in listing
    assert "x" * 400 not in listing


def test_v1_the_report_can_be_downloaded_from_the_page(site: str) -> None:
    answer = form(site, data=FAULTY, format="ttl")
    assert answer.headers["content-disposition"] == 'attachment; filename="report.ttl"'
    assert answer.headers["content-type"].startswith(TURTLE)


def test_v1_the_example_has_the_mistakes_that_it_says(site: str) -> None:
    page = ask(f"{site}/validate?example=1", "text/html", accept_language="en").body.decode()
    text = unescape(page.partition("<textarea")[2].partition(">\n")[2].partition("</textarea>")[0])
    assert {"Name-english", "misspelt-term", "Claim-evidence-missing"} <= {code for code, _ in found(post(site, text))}


# Limits


@pytest.fixture(scope="module")
def narrow(site_var: Path) -> Iterator[str]:
    """A server that examines one text at a time, for two seconds at most."""
    limits = {"METROPOLIS_KG_VALIDATION_SECONDS": "2", "METROPOLIS_KG_VALIDATIONS_AT_ONCE": "1"}
    with served(site_var, free_port(), **limits) as url:
        assert post(url, FAULTY).status == 200
        yield url


BOMB = FAULTY + "".join(f"person:p{number} a mkg:Person .\n" for number in range(15_000))


@pytest.mark.alone
def test_v1_a_text_that_takes_too_long_is_ended_and_harms_nobody(narrow: str) -> None:
    with ThreadPoolExecutor(2) as threads:
        began = time.monotonic()
        bomb = threads.submit(post, narrow, BOMB)
        time.sleep(0.2)
        busy = threads.submit(post, narrow, FAULTY)
        document = ask(f"{narrow}/doc/person/michael-mueller.ttl")
        assert (document.status, time.monotonic() - began < 2) == (200, True)
        ended, turned_away = bomb.result(), busy.result()
    problem = ended.json()
    assert (ended.status, problem["type"].rpartition("/")[2]) == (413, "validation-ended")
    assert "more than 2 seconds" in problem["detail"]
    assert turned_away.status in (200, 503)
    assert post(narrow, FAULTY).status == 200


@pytest.mark.alone
def test_v1_503_where_as_many_as_may_be_are_examined(narrow: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: post(narrow, BOMB), range(4)))
    busy = [answer for answer in answers if answer.status == 503]
    assert busy
    assert {answer.json()["type"].rpartition("/")[2] for answer in busy} == {"validation-busy"}
    assert all(answer.headers["retry-after"] for answer in busy)


def test_v1_the_description_fits_the_openapi_document(site: str) -> None:
    document = ask(f"{site}/openapi.json").json()
    operation = document["paths"]["/validate"]
    assert set(operation["post"]["requestBody"]["content"]) >= {TURTLE, "application/trig", "application/ld+json"}
    schema = operation["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert list(Draft202012Validator(schema).iter_errors(post(site, FAULTY).json())) == []
