"""IRIs of things lead to documents, whoever asks and however the host is spelt."""

import pytest

from servers import Answer, ask

METROPOLIS = "/id/organisation/metropolis"


@pytest.mark.parametrize("accept", ["text/turtle", "text/html,*/*;q=0.8", "application/ld+json", None])
def test_a_thing_answers_with_303_to_its_document_for_everyone(site: str, accept: str | None) -> None:
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
def test_what_is_no_thing_but_has_an_iri_leads_to_a_document_too(site: str, path: str, document: str) -> None:
    answer = ask(site + path)
    assert (answer.status, answer.headers["location"]) == (303, site + document)
    assert ask(site + document, "text/turtle").status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/id/organisation/nobody", "/id/nothing/metropolis", "/id/organisation/Z%C3%BCrich", "/id/organisation/a%2Fb",
        "/id//metropolis", "/id/organisation",
        "/id/organisation/%00", "/id/organisation/%3Cscript%3E", "/graph/nix", "/doc/organisation/nobody",
        "/doc/organisation/metropolis.exe", "/doc/organisation/metropolis.ttl.ttl", "/doc/.ttl", "/doc//", "/nix",
    ],
)  # fmt: skip
def test_what_is_not_there_is_404_and_never_an_accident(site: str, path: str) -> None:
    answer = ask(site + path)
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_forged_host_changes_nothing(site: str) -> None:
    def forged(path: str) -> Answer:
        return ask(site + path, host="evil.example", x_forwarded_host="evil.example", x_forwarded_proto="https")

    answer = forged(METROPOLIS)
    assert answer.headers["location"] == f"{site}/doc/organisation/metropolis"
    for path in ("/doc/organisation/metropolis.ttl", "/doc/organisation/metropolis.html", "/nix", "/id//x"):
        answer = forged(path)
        assert b"evil.example" not in answer.body + repr(answer.headers).encode()


def test_head_answers_like_get_without_a_body(site: str) -> None:
    for path in (METROPOLIS, "/doc/organisation/metropolis.ttl", "/", "/nix"):
        got, head = ask(site + path), ask(site + path, method="HEAD")
        ignored = {"date", "content-length", "x-request-id", "server-timing"}
        assert head.status == got.status
        assert {k: v for k, v in head.headers.items() if k not in ignored} == {
            k: v for k, v in got.headers.items() if k not in ignored
        }
        assert head.body == b""


@pytest.mark.parametrize("path", [METROPOLIS, "/doc/organisation/metropolis", "/", "/query/who-led"])
def test_writing_is_refused_with_what_is_allowed(site: str, path: str) -> None:
    answer = ask(site + path, method="PUT", body=b"")
    assert answer.status == 405
    assert "GET" in answer.headers["allow"]
    options = ask(site + path, method="OPTIONS")
    assert (options.status, options.body) == (204, b"")
    assert "GET" in options.headers["allow"]
    assert options.headers["access-control-allow-origin"] == "*"
