"""Publishers that do it in another way, or hardly at all: what does not concern them is not asked, with a reason."""

import socket
import time
from collections.abc import Mapping

import pytest
from raw import Behaving, misbehaving

from metropolis_kg.doctor.behaviours import behaviours
from metropolis_kg.doctor.client import Limits
from metropolis_kg.doctor.examination import Diagnosis, examine
from metropolis_kg.doctor.finding import Verdict
from metropolis_kg.doctor.publisher import Hints, UnreachableError

TURTLE = "<http://{host}/people{mark}ada> a <http://xmlns.com/foaf/0.1/Person> ; <urn:name> 'Ada', [] .\n"
VOID = """
<http://{host}/void> a <http://rdfs.org/ns/void#Dataset> ; <http://rdfs.org/ns/void#triples> 2 ;
    <http://rdfs.org/ns/void#exampleResource> <http://{host}/people{mark}ada> .
"""


def serving(mark: str) -> Behaving:
    """Return a server of two Turtle files; things are named after the file with ``mark`` between."""

    def serve(connection: socket.socket, asked: bytes) -> None:
        host = f"127.0.0.1:{connection.getsockname()[1]}"
        files: Mapping[str, str] = {
            f"/people{'/ada' if mark == '/' else ''}": TURTLE.format(host=host, mark=mark),
            "/.well-known/void": VOID.format(host=host, mark=mark),
        }
        found = files.get(asked.split(b" ")[1].decode())
        status, body = ("200 OK", found) if found else ("404 Not Found", "")
        connection.sendall(f"HTTP/1.1 {status}\r\nContent-Type: text/turtle\r\n\r\n{body}".encode())

    return serve


def diagnosed(behave: Behaving, **limits: float) -> Diagnosis:
    with misbehaving(behave) as url:
        return examine(Hints(f"{url}/"), Limits(**limits), behaviours(), lambda _: None)  # type: ignore[arg-type] # numbers


@pytest.mark.parametrize(
    ("mark", "leads", "reason"),
    [
        ("#", "hash", "its things have hash IRIs, which need no redirect"),
        ("/", "itself", "it has no separate documents: the thing's IRI answers 200 itself"),
    ],
)
def test_a_publisher_without_separate_documents_is_told_so(mark: str, leads: str, reason: str) -> None:
    diagnosis = diagnosed(serving(mark))
    outcomes = {each.behaviour.id: each for each in diagnosis.outcomes}
    assert diagnosis.publisher.thing.endswith(f"/people{mark}ada")
    assert diagnosis.publisher.how["thing"] == "void:exampleResource"
    assert (diagnosis.publisher.leads, outcomes["E1"].reason) == (leads, reason)
    assert outcomes["E13"].reason == "its documents cannot be asked for a day: ?at= changes nothing"
    assert outcomes["E16"].reason == "it comes in 1 format of RDF; two are needed to compare"
    assert outcomes["Q1"].reason == "no SPARQL endpoint was found; --sparql URL names one"
    assert outcomes["E7"].verdict is Verdict.FAILS
    assert not any("could not be judged" in each.reason for each in diagnosis.outcomes)


@pytest.mark.parametrize("body", [b"\xff\xfe\x00" * 500, b"<rdf:RDF", b"[" * 50_000])
@pytest.mark.parametrize("kind", ["application/ld+json", "application/rdf+xml", "text/html"])
def test_nonsense_of_any_type_is_judged_without_an_accident(body: bytes, kind: str) -> None:
    def nonsense(connection: socket.socket, _: bytes) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nLink: <>; rel=describedby; type=text/turtle\r\n\r\n"
        connection.sendall(head.encode() + body)

    diagnosis = diagnosed(nonsense)
    assert [each.reason for each in diagnosis.outcomes if "could not be judged" in each.reason] == []
    assert not diagnosis.holds


def test_a_publisher_whose_bodies_never_end_costs_no_more_than_the_time_that_was_given() -> None:
    def endless(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/turtle\r\n\r\n")
        while True:
            connection.sendall(b"<urn:a> <urn:b> <urn:c> .\n")
            time.sleep(0.01)

    diagnosis = diagnosed(endless, seconds=1)
    assert diagnosis.seconds < 20, "each of 51 behaviours would take its ten"
    assert any("(--seconds)" in each.reason for each in diagnosis.outcomes)


def test_a_publisher_that_is_at_another_host_is_to_be_asked_there() -> None:
    def moved(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 301 Moved\r\nLocation: https://www.example.org/\r\nContent-Length: 0\r\n\r\n")

    with pytest.raises(UnreachableError, match=r"leads to another host; ask that: https://www\.example\.org/"):
        diagnosed(moved)


def test_where_nothing_answers_nothing_is_asked() -> None:
    with pytest.raises(UnreachableError, match="cannot be asked: no HTTP answer"):
        diagnosed(lambda *_: None)


def test_what_could_write_is_not_sent() -> None:
    asked: list[bytes] = []
    described = b'{"paths": {"/things": {"post": {"requestBody": {"content": {"text/turtle": {}}}}}}}'

    def willing(connection: socket.socket, request: bytes) -> None:
        asked.append(request.split(b"\r\n", 1)[0])
        body = described if b"openapi" in request else b""
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + body)

    diagnosis = diagnosed(willing)
    assert diagnosis.publisher.openapi
    assert {line.split(b" ", 1)[0] for line in asked} == {b"GET", b"HEAD", b"OPTIONS"}
