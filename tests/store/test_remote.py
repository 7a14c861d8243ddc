"""What only a store at the other end of a connection can do: be away, be slow, be something else."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from metropolis_kg.store.bare import BareStore
from metropolis_kg.store.credentials import Credentials
from metropolis_kg.store.endpoint import Endpoint
from metropolis_kg.store.engines import engine_of
from metropolis_kg.store.engines.engine import Engine
from metropolis_kg.store.engines.graphdb import GraphDB
from metropolis_kg.store.engines.neptune import Neptune
from metropolis_kg.store.engines.oxigraph import Oxigraph
from metropolis_kg.store.engines.qlever import QLever
from metropolis_kg.store.engines.stardog import Stardog
from metropolis_kg.store.engines.virtuoso import Virtuoso
from metropolis_kg.store.protocol import (
    AnswerTooLargeError,
    QueryMalformedError,
    QueryTimeoutError,
    Question,
    StoreError,
    StoreRefusedError,
    StoreUnavailableError,
)
from metropolis_kg.store.recipe import Limits
from metropolis_kg.store.remote import RemoteStore
from metropolis_kg.store.sheet import Sheet
from servers import free_port, start_oxigraph

PREFIXES = {"ex": "http://example.org/"}
BASE = "http://base.example/"
JSON = "application/sparql-results+json"
ANY = Engine()


SPACED = b"""{ "head": { "vars": [ "a" ] },
  "results": { "bindings": [ { "a": { "type": "literal", "value": "x" } },
                             { "a": { "type": "literal", "value": "y" } } ] } }
"""


@contextmanager
def listening(answer: bytes | None) -> Iterator[str]:
    """Yield the URL of a server that reads one request and sends ``answer``; without one it stays silent."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = threading.Event()

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                if answer is None:
                    done.wait(10)
                else:
                    connection.sendall(answer)
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(65536):  # closing with something unread would reset the connection
                        pass

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/sparql"
        done.set()
        thread.join()


def test_a_store_that_is_away_is_an_error_and_not_an_empty_answer() -> None:
    store = RemoteStore(f"http://127.0.0.1:{free_port()}/query", PREFIXES, BASE)
    with pytest.raises(StoreUnavailableError, match="does not answer"):
        store.query("SELECT ?s WHERE { ?s ?p ?o }", JSON)


def test_a_store_that_dies_and_comes_back_is_used_again(directory: Path) -> None:
    port = free_port()
    store = RemoteStore(f"http://127.0.0.1:{port}/query", PREFIXES, BASE)
    server = start_oxigraph(directory, port)
    try:
        assert b"true" in store.query("ASK {}", JSON)
    finally:
        server.kill()
        server.wait()
    with pytest.raises(StoreUnavailableError):
        store.query("ASK {}", JSON)
    server = start_oxigraph(directory, port)
    try:
        assert b"true" in store.query("ASK {}", JSON)
    finally:
        server.kill()
        server.wait()


def test_a_silent_store_is_given_up_in_time() -> None:
    with listening(None) as url, pytest.raises(QueryTimeoutError, match="within 1 seconds"):
        RemoteStore(url, PREFIXES, BASE, timeout=1, engine=ANY).query("ASK {}", JSON)


def served_as(media_type: str, body: bytes, head: bytes = b"") -> bytes:
    """Return a response of HTTP 1.0, which ends with its connection."""
    return b"HTTP/1.0 200 OK\r\nContent-Type: " + media_type.encode() + b"\r\n" + head + b"\r\n" + body


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("ASK {}", served_as(JSON, b'{"head":{},"boolean":true', b"")),
        ("ASK {}", served_as(JSON, b'{"head":{},"boolean":true}', b"Content-Length: 36\r\n")),
        ("ASK {}", served_as(JSON, SPACED)),
        ("SELECT ?a {}", served_as(JSON, b'{"head":{},"boolean":true}')),
    ],
)
def test_half_an_answer_and_the_answer_to_something_else_are_an_outage(query: str, answer: bytes) -> None:
    with listening(answer) as url, pytest.raises(StoreUnavailableError):
        RemoteStore(url, PREFIXES, BASE, timeout=2, engine=ANY).query(query, JSON)


def test_blank_nodes_and_iris_that_are_labelled_in_another_way_are_passed_on() -> None:
    labels = b"""{"head":{"vars":["a","b","c"]},"results":{"bindings":[{
      "a":{"type":"bnode","value":"nodeID://b1"}, "b":{"type": "bnode", "value": "b1"},
      "c":{"type":"literal","value":"\\"type\\":\\"bnode\\",\\"value\\":\\"x://\\""}}]}}"""
    with listening(served_as(JSON, labels)) as url:
        answer = RemoteStore(url, PREFIXES, BASE, timeout=2, engine=ANY).query("SELECT * {}", "text/csv")
    assert answer == b'a,b,c\r\n_:nodeIDx3Ax2Fx2Fb1,_:b1,"""type"":""bnode"",""value"":""x://"""\r\n'
    with listening(served_as("application/n-triples", b"<http://x/a|b> <http://x/p> <http://x/a b> .\n")) as url:
        graph = RemoteStore(url, PREFIXES, BASE, timeout=2, engine=ANY).query("CONSTRUCT WHERE {}", "text/turtle")
    assert b"<http://x/a|b>" in graph


def test_rows_are_counted_however_an_endpoint_lays_them_out() -> None:
    answer = b"HTTP/1.0 200 OK\r\nContent-Type: " + JSON.encode() + b"\r\n\r\n" + SPACED
    for media_type in (JSON, "text/csv", "application/sparql-results+xml"):
        with listening(answer) as url:
            sheet = Sheet(media_type, Limits(rows=1))
            RemoteStore(url, PREFIXES, BASE, timeout=2, engine=ANY).write(
                Question("SELECT ?a WHERE {}", media_type), sheet
            )
        with pytest.raises(AnswerTooLargeError):
            sheet.finish()


class Guarded(BaseHTTPRequestHandler):
    """Wants to know who asks, in the way that its server says."""

    def do_POST(self) -> None:
        server: Any = self.server
        self.rfile.read(int(self.headers["Content-Length"]))
        server.heard.append(self.headers.get("Authorization"))
        is_known = self.headers.get("Authorization") is not None
        self.send_response(200 if is_known else 401)
        self.send_header("WWW-Authenticate", server.wanted)
        self.end_headers()
        self.wfile.write(VIRTUOSO_RESULTS if is_known else b"who asks?")

    def version_string(self) -> str:
        return "a proxy"

    def log_message(self, *_: object) -> None:
        """Say nothing."""


VIRTUOSO_RESULTS = b'{ "head": { "link": [], "vars": ["one"] }, "results": { "distinct": false, "bindings": [] } }'


@pytest.mark.parametrize(
    ("wanted", "heard", "name"),
    [('Basic realm="x"', [None, "Basic dTpw"], "Virtuoso"), ('Digest realm="x", nonce="1"', [None], "SPARQL 1.1")],
)
def test_the_password_is_only_sent_in_clear_text_to_who_asks_for_it_so(
    wanted: str, heard: list[str | None], name: str
) -> None:  # fmt: skip
    with HTTPServer(("127.0.0.1", 0), Guarded) as server:
        server.heard, server.wanted = [], wanted  # type: ignore[attr-defined] # for its handler
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        endpoint = Endpoint(f"http://127.0.0.1:{server.server_port}/sparql", Credentials("u", "p"))
        assert engine_of(endpoint, time.monotonic() + 5).name == name
        server.shutdown()
        thread.join()
        assert server.heard == heard  # type: ignore[attr-defined] # as above


def test_an_answer_that_drips_is_given_up_in_time() -> None:
    with dripping() as url:
        began = time.monotonic()
        with pytest.raises(QueryTimeoutError, match="within 1 seconds"):
            RemoteStore(url, PREFIXES, BASE, timeout=1, engine=ANY).query("SELECT ?a {}", JSON)
        assert time.monotonic() - began < 2


@contextmanager
def dripping() -> Iterator[str]:
    """Yield the URL of a server that sends a byte of its answer every tenth of a second, the head as well."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                for byte in served_as(JSON, SPACED):
                    connection.sendall(bytes([byte]))
                    time.sleep(0.1)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/sparql"
        thread.join()


CUT = SPACED[:-9] + b"The SPARQL operation has been cancelled"
STATE = b"X-SQL-State: S1TAT\r\n"


@pytest.mark.parametrize(
    ("engine", "answer", "meaning"),
    [
        (Oxigraph(), served_as(JSON, CUT), QueryTimeoutError),
        (ANY, served_as(JSON, CUT), StoreUnavailableError),
        (ANY, b"HTTP/1.0 504 Late\r\n\r\n", QueryTimeoutError),
        (ANY, b"HTTP/1.0 401 Who\r\n\r\n", StoreRefusedError),
        (ANY, b"HTTP/1.0 403 No\r\n\r\n", StoreRefusedError),
        (ANY, b"HTTP/1.0 301 Elsewhere\r\nLocation: http://127.0.0.1:9/\r\n\r\n", StoreRefusedError),
        (ANY, b"HTTP/1.0 400 Bad\r\n\r\nerror at 2:9: expected a term", QueryMalformedError),
        (GraphDB(), b"HTTP/1.0 503 Busy\r\n\r\nQuery evaluation took too long", QueryTimeoutError),
        (Stardog(), b"HTTP/1.0 500 Oops\r\n\r\nexecution exceeded query timeout 60000", QueryTimeoutError),
        (Neptune(), b'HTTP/1.0 500 Oops\r\n\r\n{"code":"TimeLimitExceededException"}', QueryTimeoutError),
        (QLever(), b"HTTP/1.0 429 Stop\r\n\r\nOperation timed out.", QueryTimeoutError),
        (Virtuoso(), served_as(JSON, SPACED, STATE), QueryTimeoutError),
        (Virtuoso(), served_as(JSON, SPACED, b"X-SPARQL-MaxRows: 2\r\n"), AnswerTooLargeError),
        (Virtuoso(), b"HTTP/1.0 500 Oops\r\n\r\nVirtuoso S1T00 Error SR171: Transaction timed out", QueryTimeoutError),
    ],
)
def test_how_an_engine_gives_up_is_told_from_how_it_fails(
    engine: Engine, answer: bytes, meaning: type[StoreError]
) -> None:  # fmt: skip
    with listening(answer) as url, pytest.raises(meaning) as caught:
        RemoteStore(url, PREFIXES, BASE, timeout=2, engine=engine).query("SELECT ?s WHERE { ?s ?p ?o }", JSON)
    assert caught.type is meaning


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", "500"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "refuses to answer: HTTP status 404"),
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "503"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi", "text/html"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: " + JSON.encode() + b"\r\nContent-Length: 99\r\n\r\n{",
            "lacks the last 98 bytes",
        ),
        (b"", "closed connection"),
        (
            b"HTTP/1.0 200 OK\r\nContent-Type: " + JSON.encode() + b"\r\n\r\n" + SPACED[:-9],
            "cannot be read as application/sparql",
        ),
        (
            b"HTTP/1.0 200 OK\r\nContent-Type: " + JSON.encode() + b"\r\n\r\n<html>sorry",
            "cannot be read as application/sparql",
        ),
    ],
)
def test_whatever_else_a_server_sends_is_an_outage(answer: bytes, why: str) -> None:
    with listening(answer) as url, pytest.raises(StoreUnavailableError, match=why):
        RemoteStore(url, PREFIXES, BASE, timeout=2, engine=ANY).query("SELECT ?s WHERE { ?s ?p ?o }", JSON)


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        ("401 Who", "METROPOLIS_KG_STORE_CREDENTIALS names a file"),
        ("404 Not Found", "docs/engines.md has the addresses"),
    ],
)
def test_a_store_that_cannot_be_loaded_into_is_told_with_what_may_be_wrong(status: str, hint: str) -> None:
    with listening(f"HTTP/1.0 {status}\r\n\r\n".encode()) as url, pytest.raises(StoreUnavailableError, match=hint):
        BareStore(Endpoint(url), ANY, Endpoint(url), 5).update("CLEAR SILENT GRAPH <urn:a>")
