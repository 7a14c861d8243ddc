"""What a request is refused for before any view sees it, and hosts that are made up."""

import gzip
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest

from metropolis_kg.settings import Settings
from metropolis_kg.web.app import create_app
from metropolis_kg.web.requests import FORM, LARGEST_BODY
from servers import Answer, ask

MULLER = "ASK%7BFILTER(%22M%FCller%22%3D%22x%22)%7D"


def refused(answer: Answer, status: int) -> str:
    """Return what the problem of this status says."""
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json"), answer.body[:300]
    return str(answer.json()["detail"])


def test_no_address_leads_to_the_host_that_a_request_names(site: str, site_var: Path) -> None:
    rules = [rule.rule for rule in create_app(Settings(var=site_var)).url_map.iter_rules()]
    paths = {re.sub("<[^>]+>", "x", rule).rstrip("/") for rule in rules}
    assert len(paths) > 15
    for path in paths:
        for address in (path, f"{path}/", f"/{path}"):
            answer = ask(site + address, host="evil.example", x_forwarded_host="evil.example")
            assert b"evil.example" not in answer.body, address
            assert answer.headers.get("location", site).startswith(site), address


def test_the_list_of_queries_without_its_slash_leads_on_with_what_was_asked(site: str) -> None:
    answer = ask(f"{site}/query?lang=de", host="evil.example")
    assert (answer.status, answer.headers["location"]) == (308, f"{site}/query/?lang=de")
    assert "max-age" in answer.headers["cache-control"]
    assert ask(f"{site}/query").headers["location"] == f"{site}/query/"


def test_a_body_in_chunks_that_is_too_large_is_413_and_never_cut(site: str) -> None:
    query, graph = b"query=ASK {?s ?p ?o}&pad=", b"&default-graph-uri=http://nope/"
    for length in (LARGEST_BODY - len(query), LARGEST_BODY, 2 * LARGEST_BODY):
        chunks = [query, b"a" * length, graph]
        refused(ask(f"{site}/sparql", method="POST", body=chunks, content_type=FORM), 413)
    rest = LARGEST_BODY - len(query) - len(graph)
    answer = ask(f"{site}/sparql", method="POST", body=[query, b"a" * rest, graph], content_type=FORM)
    assert (answer.status, answer.json()["boolean"]) == (200, False)


@pytest.mark.parametrize("method", ["POST", "QUERY"])
def test_a_body_in_chunks_is_read_whole(site: str, method: str) -> None:
    for body, kind in ((b"ASK {}", "application/sparql-query"), (urlencode({"query": "ASK {}"}).encode(), FORM)):
        chunks = [body[index : index + 1] for index in range(len(body))]
        assert ask(f"{site}/sparql", method=method, body=chunks, content_type=kind).json()["boolean"] is True


@pytest.mark.parametrize(
    ("path", "name", "byte"),
    [
        (f"/sparql?query={MULLER}", "query", "%FC"),
        ("/query/quotes-with?text=Kopr%E4sident", "text", "%E4"),
        ("/query/quotes-with?lang=de&text=a%C3", "text", "%C3"),
        ("/doc/place/berlin?lang=%ED%A0%80", "lang", "%ED"),
    ],
)
def test_what_is_not_utf_8_in_an_address_is_400_naming_field_and_byte(
    site: str, path: str, name: str, byte: str
) -> None:
    said = refused(ask(site + path), 400)
    assert f"“{name}”" in said
    assert byte in said


@pytest.mark.parametrize("body", [f"query={MULLER}".encode(), b"query=ASK{FILTER('M\xfcller'='x')}"])
def test_what_is_not_utf_8_in_a_form_is_400(site: str, body: bytes) -> None:
    for sent in (body, [body]):
        answer = ask(f"{site}/sparql", method="POST", body=sent, content_type=FORM)
        assert "“query”" in refused(answer, 400)


def test_what_only_looks_like_wrong_encoding_is_read(site: str) -> None:
    query = urlencode({"query": "ASK { FILTER(STRLEN('%FC') = 3) }"})
    assert ask(f"{site}/sparql?{query}").json()["boolean"] is True
    assert ask(f"{site}/query/quotes-with?text=Kopr%C3%A4sident", "text/csv").body.count(b"\n") == 3


@pytest.mark.parametrize("kind", [FORM, "application/sparql-query"])
def test_a_body_in_a_content_coding_is_415_that_says_which_are_taken(site: str, kind: str) -> None:
    body = b"query=ASK{}" if kind == FORM else b"ASK{}"
    answer = ask(
        f"{site}/sparql", method="POST", body=gzip.compress(body), content_type=kind, content_encoding="gzip"
    )  # fmt: skip
    assert "Content-Encoding" in refused(answer, 415)
    assert answer.headers["accept-encoding"] == "identity"
    plain = ask(f"{site}/sparql", method="POST", body=body, content_type=kind, content_encoding="identity")
    assert plain.status == 200
