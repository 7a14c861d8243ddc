"""Rows C1 to C5 and X1: what clients, caches and scripts on other sites may rely on."""

import gzip
import re
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import brotli
import pytest
import zstandard

from metropolis_kg.curation.release import Releases
from metropolis_kg.web.codings import SMALLEST
from servers import Answer, ask, free_port, served, start_oxigraph

DOCUMENT = "/doc/organisation/metropolis"
DECODE = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompress(body),
}
CODED = [
    f"{DOCUMENT}.ttl", f"{DOCUMENT}.nt", f"{DOCUMENT}.nq", f"{DOCUMENT}.trig", f"{DOCUMENT}.rdf", f"{DOCUMENT}.jsonld",
    f"{DOCUMENT}.html", DOCUMENT, "/", "/context.jsonld", "/openapi.json", "/query/", "/query/20-claims-in-page-order",
    "/static/style.css", "/sparql?query=SELECT*%7B?s?p?o%7DLIMIT+100",
]  # fmt: skip
PER_REQUEST = {"x-request-id", "server-timing", "date"}


def steady(answer: Answer) -> dict[str, str]:
    """Return the headers that do not differ from request to request."""
    return {name: value for name, value in answer.headers.items() if name not in PER_REQUEST}


def fields(answer: Answer, header: str) -> set[str]:
    """Return the members of a header that is a list, in lower case."""
    return {each.strip().lower() for each in answer.headers.get(header, "").split(",") if each.strip()}


def links(answer: Answer) -> set[str]:
    """Return the members of Link, none of which has a comma before a ``<``."""
    return {each.lstrip("<") for each in answer.headers.get("link", "").split(", <")} - {""}


@pytest.fixture(params=["hot", "not kept"])
def url(request: pytest.FixtureRequest, site: str) -> str:
    """The site, whose hot documents are kept, and the same where nothing is kept."""
    return site if request.param == "hot" else str(request.getfixturevalue("forgetful"))


@pytest.fixture(scope="module")
def forgetful(site_var: Path) -> Iterator[str]:
    """A server of the same releases that keeps nothing."""
    with served(site_var, free_port(), METROPOLIS_KG_DOCUMENTS_MEGABYTES="0") as url:
        yield url


def test_c1_entity_tags_are_strong_and_differ_by_format_language_and_coding(site: str) -> None:
    asked: list[tuple[str, dict[str, str]]] = [
        *((f"{DOCUMENT}.{extension}", {}) for extension in ("ttl", "nt", "nq", "trig", "rdf", "jsonld")),
        *((f"{DOCUMENT}.html", {"accept_language": language}) for language in ("de", "en")),
        *((f"{DOCUMENT}.ttl", {"accept_encoding": coding}) for coding in DECODE),
    ]
    tags = [ask(site + path, **headers).headers["etag"] for path, headers in asked]
    assert len(set(tags)) == len(tags)
    assert all(re.fullmatch(r'"[0-9a-f]{32}(-\w+)?"', tag) for tag in tags), tags


def test_c1_a_restart_and_another_server_change_no_entity_tag(site: str, site_var: Path) -> None:
    before = [ask(site + path, accept_encoding="gzip").headers["etag"] for path in CODED]
    with served(site_var, free_port()) as url:
        assert [ask(url + path, accept_encoding="gzip").headers["etag"] for path in CODED] == before


@pytest.mark.parametrize("coding", ["identity", *DECODE])
@pytest.mark.parametrize("path", CODED)
def test_c2_who_has_it_gets_304_with_the_same_tag_vary_cache_control_and_cors(url: str, path: str, coding: str) -> None:
    whole = ask(url + path, "text/html;q=.5,*/*", accept_encoding=coding)
    tag = whole.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', f'W/"other",W/{tag}', "*"):
        for method in ("GET", "HEAD"):
            kept = ask(url + path, "text/html;q=.5,*/*", method=method, accept_encoding=coding, if_none_match=known)
            assert (kept.status, kept.body) == (304, b""), known
            for name in ("etag", "vary", "cache-control", "content-location", "access-control-allow-origin"):
                assert kept.headers.get(name) == whole.headers.get(name), name
            assert links(kept) <= links(whole)  # those that only the content tells may be missing
            assert {"content-type", "content-encoding"}.isdisjoint(kept.headers)
    for unknown in ('"other"', 'W/""', "", '"'):
        assert ask(url + path, "text/html;q=.5,*/*", accept_encoding=coding, if_none_match=unknown).status == 200


def test_c2_what_was_sent_in_another_coding_is_another_representation(url: str) -> None:
    plain, coded = (ask(f"{url}{DOCUMENT}.ttl", accept_encoding=coding) for coding in ("identity", "br"))
    assert ask(f"{url}{DOCUMENT}.ttl", if_none_match=coded.headers["etag"]).status == 200
    assert ask(f"{url}{DOCUMENT}.ttl", accept_encoding="br", if_none_match=plain.headers["etag"]).status == 200


def test_c2_who_comes_first_with_a_tag_and_then_without_gets_it_whole(site_var: Path) -> None:
    with served(site_var, free_port(), "--workers", "1") as url:
        tag = '"0"'
        for known in (tag, "", "HEAD"):
            if known == "HEAD":
                ask(f"{url}{DOCUMENT}.nt", method="HEAD")
            answer = ask(f"{url}{DOCUMENT}.nt", if_none_match=known) if known else ask(f"{url}{DOCUMENT}.nt")
            assert (answer.status, len(answer.body)) == (200, int(answer.headers["content-length"]))
            tag = answer.headers["etag"]
    with served(site_var, free_port(), "--workers", "1") as url:
        first = [ask(f"{url}{DOCUMENT}.nt", if_none_match=tag) for _ in range(3)]
        assert {answer.status for answer in first} == {304}
        assert "cache;desc=hit" in first[-1].headers["server-timing"]
        assert ask(f"{url}{DOCUMENT}.nt").body == answer.body


def test_c3_last_modified_is_the_time_of_the_release(url: str, site_var: Path) -> None:
    current = Releases(site_var).current()
    assert current
    created = datetime.fromisoformat(current.manifest["created"])
    for path in CODED:
        if not path.startswith("/static/"):
            said = ask(url + path).headers["last-modified"]
            assert parsedate_to_datetime(said) == created, path


def test_c4_current_documents_keep_briefly_versions_for_ever_and_errors_not_at_all(url: str) -> None:
    context = ask(f"{url}{DOCUMENT}.jsonld").json()["@context"].rpartition("/")[2]
    scripts = re.findall(r'(/static/built/[^"]+)"', ask(f"{url}/sparql", "text/html").body.decode())
    assert len(scripts) == 2, "that of every page, and that of this one"
    for path in (*CODED, "/id/place/berlin", "/ns", "/problem/unexpected"):
        said = fields(ask(url + path), "cache-control")
        assert said == {"public", "max-age=60", "must-revalidate"}, path
    for path in (f"/context/{context}", *scripts):
        assert fields(ask(url + path), "cache-control") == {"public", "max-age=31536000", "immutable"}, path
    for path, status in (("/nix", 404), ("/doc/place/nowhere", 404), ("/sparql?query=x", 400), ("/sparql?x=1", 400)):
        answer = ask(url + path)
        assert (answer.status, answer.headers["cache-control"]) == (status, "no-store"), path


@pytest.mark.parametrize("path", CODED)
def test_c5_what_is_text_comes_in_the_coding_that_the_client_takes(url: str, path: str) -> None:
    plain = ask(url + path)
    assert len(plain.body) >= SMALLEST
    assert "content-encoding" not in plain.headers
    for coding, decode in DECODE.items():
        answer = ask(url + path, accept_encoding=coding)
        assert answer.headers["content-encoding"] == coding
        assert decode(answer.body) == plain.body
        assert int(answer.headers["content-length"]) == len(answer.body) < len(plain.body)
        assert "accept-encoding" in fields(answer, "vary") & fields(plain, "vary")
        head = ask(url + path, method="HEAD", accept_encoding=coding)
        assert (head.status, head.body, steady(head)) == (200, b"", steady(answer))


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"), ("gzip, deflate", "gzip"), ("GZip", "gzip"), ("x-gzip", "gzip"), ("*", "br"),
        ("br;q=0.5, gzip", "gzip"), ("br;q=0, *", "zstd"), ("gzip;q=0.5, identity", None), ("deflate", None),
        ("identity", None), ("", None), ("*;q=0, gzip", "gzip"), ("gzip;q=x", None), (",;q=1,=", None),
        ("gzip;q=0", None), ("a," * 4000 + "gzip", None),
    ],
)  # fmt: skip
def test_c5_the_coding_is_chosen_by_quality(url: str, accepted: str, coding: str | None) -> None:
    answer = ask(f"{url}{DOCUMENT}.ttl", accept_encoding=accepted)
    assert (answer.status, answer.headers.get("content-encoding")) == (200, coding)


@pytest.mark.parametrize("accepted", ["identity;q=0", "*;q=0", "gzip;q=0, br;q=0, zstd;q=0, identity;q=0"])
def test_c5_who_excludes_every_coding_and_none_as_well_gets_406_that_says_which_there_are(
    url: str, accepted: str
) -> None:
    answer = ask(f"{url}{DOCUMENT}.ttl", accept_encoding=accepted)
    assert (answer.status, answer.headers["content-type"]) == (406, "application/problem+json")
    assert answer.json()["alternatives"] == ["br", "zstd", "gzip", "identity"]
    assert ask(answer.json()["type"]).status == 200


def test_c5_who_takes_nothing_uncoded_gets_even_what_is_tiny_in_a_coding(url: str) -> None:
    tiny = "/sparql?query=ASK%7B%7D"
    assert "content-encoding" not in ask(url + tiny, accept_encoding="gzip").headers
    answer = ask(url + tiny, accept_encoding="gzip, identity;q=0")
    assert answer.headers["content-encoding"] == "gzip"
    assert b"true" in gzip.decompress(answer.body)


def test_c5_nothing_is_coded_that_is_small_or_empty_or_no_text(url: str) -> None:
    for path in ("/healthz", "/id/place/berlin", "/nix"):
        answer = ask(url + path, accept_encoding="gzip")
        assert "content-encoding" not in answer.headers, path
    assert "accept-encoding" not in fields(ask(f"{url}/id/place/berlin", accept_encoding="gzip"), "vary")
    assert ask(f"{url}{DOCUMENT}.nt", accept_encoding="gzip", if_none_match="*").body == b""


def test_c5_pages_that_no_client_keeps_are_coded_as_well(url: str) -> None:
    page = ask(f"{url}/sparql", "text/html", accept_encoding="gzip")
    assert page.headers["content-encoding"] == "gzip"
    assert b"<html" in gzip.decompress(page.body)
    posted = ask(
        f"{url}/sparql", method="POST", body=b"SELECT*{?s?p?o}LIMIT 100", content_type="application/sparql-query",
        accept_encoding="zstd",
    )  # fmt: skip
    assert posted.headers["content-encoding"] == "zstd"
    assert b'"results"' in DECODE["zstd"](posted.body)
    error = ask(f"{url}/nix", "text/html", accept_encoding="br")
    assert (error.status, error.headers["content-encoding"]) == (404, "br")
    assert b"<html" in brotli.decompress(error.body)


@pytest.mark.parametrize("path", [*CODED, "/id/place/berlin"])
def test_a_hot_response_is_the_one_that_is_made_anew(site: str, forgetful: str, path: str) -> None:
    for accepted in ("gzip", "identity"):
        asked = [ask(site + path, "text/turtle, */*;q=0.5", accept_encoding=accepted) for _ in range(3)]
        hits = [answer for answer in asked if "cache;desc=hit" in answer.headers["server-timing"]]
        hot = (hits or asked)[-1]  # each of the two workers writes it once
        fresh = ask(forgetful + path, "text/turtle, */*;q=0.5", accept_encoding=accepted)
        assert (hot.status, hot.body, steady(hot)) == (fresh.status, fresh.body, steady(fresh))
        assert "cache;desc=hit" not in fresh.headers["server-timing"]
        if not path.startswith(("/sparql", "/static")):
            assert hits


def test_another_spelling_leads_to_the_right_one_for_every_client_hot_or_not(url: str) -> None:
    for accept in ("image/png", "text/turtle", *["image/png"] * 8):
        answer = ask(f"{url}/doc/Place/Berlin", accept)
        assert (answer.status, answer.headers["location"].endswith("/doc/place/berlin")) == (308, True)
    assert ask(f"{url}/doc/place/berlin", "image/png").status == 406


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/id/place/berlin", "GET", 303), ("/id/Place/Berlin", "GET", 308), (f"{DOCUMENT}.ttl", "OPTIONS", 204)],
)
def test_what_has_no_content_has_no_type(url: str, path: str, method: str, status: int) -> None:
    answer = ask(url + path, method=method)
    assert (answer.status, answer.body, answer.headers.get("content-type")) == (status, b"", None)


def test_headers_that_select_are_told_apart_while_hot(site: str) -> None:
    seen = {}
    for _ in range(3):
        for accept in ("text/turtle", "application/ld+json", "text/html", "application/n-triples", None):
            for language in ("de", "en"):
                for coding in (*DECODE, "identity"):
                    answer = ask(site + DOCUMENT, accept, accept_language=language, accept_encoding=coding)
                    body = DECODE.get(coding, bytes)(answer.body)
                    kind = answer.headers["content-type"].partition(";")[0]
                    assert kind == (accept or "text/turtle")
                    assert answer.headers.get("content-encoding", "identity") == coding
                    if kind == "text/html":
                        assert f'<html lang="{language}"'.encode() in body
                    assert seen.setdefault(answer.headers["etag"], body) == body
    assert len(seen) == 4 * 4 + 4


def test_a_store_that_may_change_is_asked_each_time(site_var: Path) -> None:
    store_port, port = free_port(), free_port()
    current = Releases(site_var).current()
    assert current
    store = start_oxigraph(current.path / "store", store_port)
    try:
        remote = ("--store", f"http://127.0.0.1:{store_port}/query")
        with served(site_var, port, *remote, METROPOLIS_KG_BASE_IRI=current.manifest["base"]) as url:
            answers = [ask(f"{url}{DOCUMENT}.ttl", accept_encoding="gzip") for _ in range(4)]
            assert {answer.headers["content-encoding"] for answer in answers} == {"gzip"}
            assert all("cache;desc=miss" in answer.headers["server-timing"] for answer in answers)
            kept = ask(f"{url}{DOCUMENT}.ttl", accept_encoding="gzip", if_none_match=answers[0].headers["etag"])
            assert kept.status == 304
    finally:
        store.kill()
        store.wait()


EXPOSED = {
    "accept-ranges", "content-disposition", "content-encoding", "content-location", "content-range", "etag", "link",
    "location", "memento-datetime", "repr-digest", "retry-after", "server-timing", "x-request-id",
}  # fmt: skip


def test_x1_every_answer_may_be_read_by_scripts_of_other_sites(url: str) -> None:
    tag = ask(f"{url}{DOCUMENT}.ttl").headers["etag"]
    answers = [
        ask(f"{url}{DOCUMENT}.ttl"), ask(f"{url}/id/place/berlin"), ask(f"{url}{DOCUMENT}.ttl", if_none_match=tag),
        ask(f"{url}/sparql?query=x"), ask(f"{url}/nix"), ask(url + DOCUMENT, method="PUT"),
        ask(url + DOCUMENT, "image/png"), ask(f"{url}/static/style.css"), ask(f"{url}/healthz"),
        ask(f"{url}/sparql?query=ASK%7BSERVICE%3Chttp://x/%3E%7B%7D%7D"), ask(f"{url}/data/dataset.nq.gz"),
    ]  # fmt: skip
    assert [answer.status for answer in answers] == [200, 303, 304, 400, 404, 405, 406, 200, 200, 403, 200]
    for answer in answers:
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["timing-allow-origin"] == "*"
        assert fields(answer, "access-control-expose-headers") == EXPOSED
        assert "access-control-allow-credentials" not in answer.headers
        assert "origin" not in fields(answer, "vary")


def test_x1_an_outage_may_be_read_as_well(tmp_path: Path) -> None:
    with served(tmp_path, free_port(), "--store", f"http://127.0.0.1:{free_port()}/query") as url:
        answer = ask(f"{url}/doc/place/berlin")
        assert (answer.status, answer.headers["access-control-allow-origin"]) == (503, "*")
        assert answer.headers["retry-after"]
        assert fields(answer, "access-control-expose-headers") == EXPOSED


@pytest.mark.parametrize("path", ["/sparql", DOCUMENT, f"{DOCUMENT}.ttl", "/id/place/berlin", "/context.jsonld"])
def test_x1_a_preflight_is_204_and_keeps(url: str, path: str) -> None:
    answer = ask(
        url + path, method="OPTIONS", origin="https://portal.example", access_control_request_method="GET",
        access_control_request_headers="if-none-match",
    )  # fmt: skip
    assert (answer.status, answer.body) == (204, b"")
    assert "content-length" not in answer.headers
    assert fields(answer, "access-control-allow-methods") >= {"get", "head", "options"}
    assert fields(answer, "access-control-allow-headers") >= {"accept", "if-none-match", "content-type", "range"}
    assert int(answer.headers["access-control-max-age"]) >= 3600
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["allow"]
