"""The same site from a SPARQL server: the same documents, and an outage is an outage."""

import re
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from metropolis_kg.curation.release import STORE, Releases
from servers import ask, free_port, served, start_oxigraph, wait_for

PATHS = ["/doc/person/michael-mueller.nt", "/doc/organisation/metropolis.jsonld", "/doc/place/berlin.ttl", "/doc/ns.nt",
         "/doc/person/michael-mueller.html", "/query/who-led?format=csv", "/query/who-led",
         "/search?q=metropolsi", "/search?kind=people&format=json", "/map",
         "/neighbourhood/organisation/metropolis?steps=2", "/neighbourhood/place/berlin?at=2018-03-15",
         "/doc/shapes/Tenure.nt", "/doc/shapes/Tenure.html", "/doc/shapes.html",
         "/doc/event/metropolis-annual-meeting-2018.nt?profile=schema"]  # fmt: skip


@contextmanager
def oxigraph(var: Path, port: int) -> Iterator[None]:
    """Serve the published release's store by Oxigraph's own server."""
    release = Releases(var).current()
    assert release
    server = start_oxigraph(release.path / STORE, port)
    try:
        yield
    finally:
        server.kill()
        server.wait()


@pytest.fixture(scope="module")
def store_port() -> int:
    """Port of the SPARQL server."""
    return free_port()


@pytest.fixture(scope="module")
def remote(site: str, store_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site from a remote store; it needs no release of its own, and starts without the store being there."""
    options = ("--store", f"http://127.0.0.1:{store_port}/query")
    with served(tmp_path_factory.mktemp("empty"), free_port(), *options, METROPOLIS_KG_BASE_IRI=f"{site}/") as url:
        yield url


def test_a_remote_store_gives_the_same_site(site: str, remote: str, site_var: Path, store_port: int) -> None:
    with oxigraph(site_var, store_port):
        wait_for(lambda: all(ask(f"{remote}/readyz").status == 200 for _ in range(12)))  # by both workers
        for path in PATHS:
            here, there = ask(site + path), ask(remote + path)
            assert there.status == 200
            assert _content(there.body) == _content(here.body), path
        assert b"16 things, for example" in ask(f"{remote}/doc/ns.html").body
        first = ask(f"{remote}/doc/place/berlin.ttl")
        assert ask(f"{remote}/doc/place/berlin.ttl", if_none_match=first.headers["etag"]).status == 304
        assert ask(f"{remote}/doc/place/nowhere").status == 404
        assert ask(f"{remote}/sparql?query=SELECT+*+%7B+%3Fs+%3Fp+%7D").json()["line"] == 1


@contextmanager
def listening(port: int) -> Iterator[tuple[int, list[bytes]]]:
    """Pass requests on to the SPARQL server at ``port``; yields the port to send them to, and the bodies that came."""
    heard: list[bytes] = []

    class Passing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["Content-Length"])))
            headers = {name: self.headers[name] for name in ("Content-Type", "Accept") if name in self.headers}
            sent = urllib.request.Request(f"http://127.0.0.1:{port}{self.path}", heard[-1], headers)
            with urllib.request.urlopen(sent) as answer:
                body, kind = answer.read(), answer.headers["Content-Type"]
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the standard library
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Passing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1], heard
    finally:
        server.shutdown()
        server.server_close()


def test_a_document_is_one_query_to_the_store(site: str, site_var: Path, tmp_path: Path) -> None:
    store = free_port()
    with oxigraph(site_var, store), listening(store) as (port, heard):
        options = ("--store", f"http://127.0.0.1:{port}/query")
        with served(tmp_path, free_port(), *options, METROPOLIS_KG_BASE_IRI=f"{site}/") as url:
            heard.clear()
            for extension in ("ttl", "jsonld", "nq"):
                assert ask(f"{url}/doc/person/michael-mueller.{extension}").status == 200
    assert len([each for each in heard if b"BASE" in each]) == 3  # beside finding out which engine it is


def _content(body: bytes) -> list[bytes]:
    """Leave out what only a release knows: when it was built and its digest (a typed triple, the foot of a page), and
    its history (a link to versions)."""
    body = re.sub(rb'"dateModified": ?"[^"]*", ?', b"", body)
    lines = body.partition(b'<footer class="site">')[0].splitlines()
    left_out = (b"odified", b"@prefix xsd:", b"/timemap/")
    return sorted(line for line in lines if not any(each in line for each in left_out))


def test_an_outage_is_503_with_retry_after_and_not_404_nor_empty(remote: str, store_port: int) -> None:
    for path in ("/doc/place/berlin", "/doc/place/nowhere.ttl", "/id/place/berlin", "/query/who-led", "/readyz",
                 "/sparql?query=ASK%7B%7D", "/"):  # fmt: skip
        answer = ask(remote + path)
        assert answer.status == 503
        assert answer.headers["retry-after"] == "5"
        assert answer.headers["content-type"] == "application/problem+json"
        assert str(store_port).encode() not in answer.body
        assert b"127.0.0.1" not in answer.body.replace(answer.json()["type"].encode(), b"")
    page = ask(f"{remote}/doc/place/berlin", "text/html", accept_language="en")
    assert (page.status, b"cannot be reached" in page.body) == (503, True)


def test_a_store_whose_default_graph_is_empty_is_an_outage_and_not_unknown_things(
    remote: str, site_var: Path, store_port: int
) -> None:
    release = Releases(site_var).current()
    assert release
    store = start_oxigraph(release.path / STORE, store_port, union=False)
    try:
        for path in ("/id/place/berlin", "/doc/place/berlin", "/doc/Place/Berlin", "/readyz"):
            assert ask(remote + path, "text/turtle").status == 503, path
    finally:
        store.kill()
        store.wait()


def test_the_server_outlives_the_store(remote: str, site_var: Path, store_port: int) -> None:
    assert ask(f"{remote}/healthz").status == 200
    assert ask(f"{remote}/readyz").status == 503
    with oxigraph(site_var, store_port):
        wait_for(lambda: all(ask(f"{remote}/readyz").status == 200 for _ in range(12)))  # by both workers
        assert ask(f"{remote}/doc/place/berlin").status == 200
    assert ask(f"{remote}/doc/place/berlin").status == 503
