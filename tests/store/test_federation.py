"""SERVICE: nobody is asked who is not on the list, and who is on it is asked as the standard says."""

import csv
import io
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pyoxigraph as ox
import pytest

from metropolis_kg.store.embedded import EmbeddedStore
from metropolis_kg.store.federation import MOST_SOLUTIONS, Federation, is_public
from metropolis_kg.store.guarded import GuardedStore
from metropolis_kg.store.protocol import QueryRefusedError, ServiceFailedError
from servers import free_port

PREFIXES = {"ex": "http://example.org/"}
BASE = "http://base.example/"
JSON = "application/sparql-results+json"
LOCAL = "INSERT DATA { <http://example.org/local> <http://example.org/name> 'Metropolis'@de, 'elsewhere' }"


HIDDEN = "FILTER(1<'>' || true) SERVICE <http://a.org/> {} FILTER('' != 'SERVICE <http://b.org/> {}')"
"""Whoever takes ``<'>`` for an IRI takes the clause for a string, and the string for a clause."""


def service(*allowed: str, private: bool = True) -> GuardedStore:
    """Return a store that may ask the endpoints ``allowed``."""
    store = ox.Store()
    store.update(LOCAL)
    return GuardedStore(EmbeddedStore(store, PREFIXES, BASE), PREFIXES, BASE, Federation(allowed, private, seconds=5))


def rows(store: GuardedStore, query: str) -> list[list[str]]:
    """Return the rows of a SELECT as sorted lists of plain values."""
    return sorted(list(csv.reader(io.StringIO(store.query(query, "text/csv").decode())))[1:])


@contextmanager
def answering(body: bytes, head: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: " + JSON.encode()) -> Iterator[str]:
    """Yield the URL of a server that gives one request this answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):  # closing with something unread would reset the connection
                    pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/sparql"


def test_an_allowed_endpoint_is_asked_and_its_solutions_are_joined(endpoint: str) -> None:
    query = f"""SELECT ?s ?there WHERE {{
      ?s ex:name ?name .
      SERVICE <{endpoint}> {{ ?there ex:name ?name }}
    }}"""
    assert rows(service(endpoint), query) == [["http://example.org/local", "http://example.org/metropolis"]]


@pytest.mark.parametrize(
    "clause",
    [
        "SERVICE <URL> { ?there ex:memberOf ?x }",
        "SERVICE SILENT <URL> { ?there ex:memberOf ?x }",
        "{ SELECT ?there { SERVICE <URL> { ?there ex:memberOf ?x } } }",
        "service<URL>{ ?there ex:memberOf ?x FILTER(?x != '}') }",
        "OPTIONAL { SERVICE <URL> { ?there ex:memberOf [] } }",
        "SERVICE e: { ?there ex:memberOf ?x } SERVICE e: { ?there ex:name 'Berlin'@de }",
        "VALUES ?y { <http://example.org/#y> } SERVICE <URL> { ?there ex:memberOf ?x }",
    ],
)
def test_however_the_clause_is_written(endpoint: str, clause: str) -> None:
    query = f"PREFIX e: <{endpoint}> SELECT DISTINCT ?there WHERE {{ {clause.replace('URL', endpoint)} }}"
    assert rows(service(endpoint), query) == [["http://example.org/berlin"]]


def test_the_parameters_of_a_query_reach_the_other_endpoint(endpoint: str) -> None:
    query = f"SELECT ?there WHERE {{ SERVICE <{endpoint}> {{ VALUES ?name {{ UNDEF }} ?there ex:name ?name }} }}"
    answer = service(endpoint).query(query, "text/csv", bindings={"name": ox.Literal("Metropolis", language="de")})
    assert answer.split() == [b"there", b"http://example.org/metropolis"]


def test_what_one_reader_overlooks_is_refused_for_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("metropolis_kg.store.query_text._EVIDENT", re.compile("<"))  # takes <'> for an IRI then
    with pytest.raises(QueryRefusedError, match="cannot be told for certain"):
        service("http://b.org/").query(f"SELECT * WHERE {{ {HIDDEN} }}", JSON)


def test_unbound_values_literals_and_blank_nodes_of_the_other_endpoint_arrive_as_terms() -> None:
    body = b"""{"head":{"vars":["a","b"]},"results":{"bindings":[
      {"a":{"type":"literal","value":"x} UNION { ?s ?p ?o","xml:lang":"en"}},
      {"b":{"type":"bnode","value":"b0"}}]}}"""
    with answering(body) as url:
        found = rows(service(url), f"SELECT ?a ?b WHERE {{ SERVICE <{url}> {{ ?a ?x ?b }} }}")
    genid = url.replace("/sparql", "/.well-known/genid/b0")
    assert found == [["", genid], ["x} UNION { ?s ?p ?o", ""]]


@pytest.mark.parametrize(
    ("clause", "why"),
    [
        ("SERVICE <http://a.org/> {}", "SERVICE <http://a.org/> is not followed here. Only http://b.org/ may be asked"),
        ("SERVICE SILENT <http://a.org/> {}", "not followed here"),
        ("SERVICE ?x {} VALUES ?x { <http://b.org/> }", "a variable is not followed"),
        ("SERVICE <http://b.org/> { SERVICE <http://b.org/> {} }", "SERVICE within SERVICE|nests too deeply"),
        ("SERVICE <http://b.org/#> {}", "not followed here"),
        ("SERVICE <http://b.org/> {} SERVICE <http://a.org/> {}", "SERVICE <http://a.org/> is not followed"),
        (HIDDEN, "cannot be told for certain"),
    ],
)
def test_everything_else_is_refused(clause: str, why: str) -> None:
    with pytest.raises(QueryRefusedError, match=why):
        service("http://b.org/").query(f"SELECT * WHERE {{ {clause} }}", JSON)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "127.1"])
def test_a_name_on_the_list_that_leads_to_this_machine_is_refused_all_the_same(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        url = f"http://{host}:{listener.getsockname()[1]}/"
        with pytest.raises((QueryRefusedError, ServiceFailedError), match=r"not at a public address|Name or service"):
            service(url, private=False).query(f"ASK {{ SERVICE <{url}> {{ ?s ?p ?o }} }}", JSON)
        with pytest.raises(TimeoutError):
            listener.accept()


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "::1", "fe80::1%eth0", "fd00::1",
        "224.0.0.1", "::ffff:127.0.0.1", "0.0.0.0", "2002:7f00:1::", "64:ff9b::7f00:1", "::10.0.0.1", "fec0::1",
        "192.88.99.1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


FAILURES = {
    "away": "Connection refused",
    "redirect": "it answers with status 302",
    "no results": "Parser error at line 1",
    "too many": f"more than {MOST_SOLUTIONS:,} solutions",
    "yes or no": "yes or no",
    "a triple": "a triple as a term",
}


@contextmanager
def failing(kind: str) -> Iterator[str]:
    """Yield the URL of an endpoint that fails in this way."""
    row = b'{"a":{"type":"literal","value":"x"}}'
    rows = b",".join([row] * (MOST_SOLUTIONS + 1))
    bodies = {
        "redirect": b"",
        "no results": b"{]",
        "too many": b'{"head":{"vars":["a"]},"results":{"bindings":[' + rows + b"]}}",
        "yes or no": b'{"head":{},"boolean":true}',
        "a triple": b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":{"type":"triple","value":{"subject":'
        b'{"type":"uri","value":"a:a"},"predicate":{"type":"uri","value":"a:b"},'
        b'"object":{"type":"uri","value":"a:c"}}}}]}}',
    }
    if kind == "away":
        yield f"http://127.0.0.1:{free_port()}/"
    elif kind == "redirect":
        with answering(b"", b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/") as url:
            yield url
    else:
        with answering(bodies[kind]) as url:
            yield url


@pytest.mark.parametrize("kind", FAILURES)
def test_an_endpoint_that_fails_is_an_error_and_with_silent_one_empty_solution(kind: str) -> None:
    with failing(kind) as url, pytest.raises(ServiceFailedError, match=FAILURES[kind]):
        service(url).query(f"SELECT * WHERE {{ SERVICE <{url}> {{ ?a ?b ?c }} }}", JSON)
    with failing(kind) as url:
        silent = f"SELECT ?n WHERE {{ SERVICE SILENT <{url}> {{ ?a ?b ?c }} BIND(1 AS ?n) }}"
        assert rows(service(url), silent) == [["1"]]


def test_the_engine_never_gets_to_see_the_clause() -> None:
    query = "SELECT * WHERE { SERVICE SILENT <http://b.org/> { ?s ?p ?o } }"
    unreachable = Federation(["http://b.org/"], private=True, seconds=0.01)
    assert "SERVICE" not in unreachable.resolved(query, PREFIXES, BASE)
