"""The reading half of the W3C's tests of the SPARQL 1.1 Graph Store HTTP Protocol, against a running server.

What a test writes is published as a release, which is how this dataset changes; what it then reads, it reads over HTTP,
by the manifest's own requests. The writing requests are sent as well, and must be refused.
"""

import email
import email.policy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest
from freezing import publish
from http_manifests import SUITES, Counted, Entry, Request, entries
from rdflib import Graph
from rdflib.compare import isomorphic, to_isomorphic

from servers import Answer, ask, free_port, served

SUITE = "SPARQL 1.1 Graph Store HTTP Protocol, reading"
DRAFT = "SPARQL 1.1 Graph Store HTTP Protocol, the earlier suite"
FOLDER = SUITES / "graph-store-protocol"
DIRECT, CREATION = "DirectGraphIdentification", "POSTGraphCreation"
NOT_APPLICABLE = {
    DIRECT: "a graph's IRI is its name, which leads to a document (303); its statements are at /graph-store?graph=",
    CREATION: "they need the server to make up a graph's IRI on POST, which a read-only server does not",
}
"""Feature that a test requires → why it is not there."""

ENTRIES = entries(FOLDER / "manifest-indirect.ttl") + entries(FOLDER / "manifest-direct.ttl")
DEPRECATED = entries(SUITES / "http-rdf-update" / "manifest.ttl")
DEFAULT = "http://www.example/only"
"""The named graph in which what is written to the default graph lies, which is then the union."""

ELSEWHERE = ox.NamedNode("http://www.example/elsewhere")
SOMETHING_ELSE = [ox.Quad(ELSEWHERE, ELSEWHERE, ELSEWHERE, ELSEWHERE)]
"""What is published where a test has left no graph; a release without a statement is not served."""


def reason_against(entry: Entry) -> str:
    """Return why a test does not apply; nothing where it does."""
    return next((reason for feature, reason in NOT_APPLICABLE.items() if feature in entry.requires), "")


@dataclass
class Place:
    """A running server and the releases it serves."""

    url: str
    var: Path
    graphs: dict[str, Graph] = field(default_factory=dict)

    def write(self, request: Request) -> None:
        """Publish a release in which is done what ``request`` asks (section 5.3, 5.4, 5.5 of the protocol)."""
        name = self._name(request)
        if request.method in ("PUT", "DELETE"):
            self.graphs.pop(name, None)
        if request.method != "DELETE":
            self.graphs[name] = self.graphs.get(name, Graph()) + _sent(request)
        publish(self._quads() if self.graphs else SOMETHING_ELSE, self.var, f"{self.url}/")

    def send(self, request: Request) -> Answer:
        """Send a request of the manifest."""
        headers = {name.replace("-", "_"): value for name, value in request.headers.items()}
        address = request.path.replace("/gsp", f"{self.url}/graph-store", 1)
        return ask(address, method=request.method, body=request.body, **headers)

    def _name(self, request: Request) -> str:
        return parse_qs(urlsplit(request.path).query).get("graph", [DEFAULT])[0]

    def _quads(self) -> Iterable[ox.Quad]:
        for name, graph in self.graphs.items():
            for quad in ox.parse(graph.serialize(format="nt"), format=ox.RdfFormat.N_TRIPLES):
                yield ox.Quad(*quad.triple, ox.NamedNode(name))


def _sent(request: Request) -> Graph:
    """Return the graph in the body of a request, whose parts are merged where it has several."""
    head = f"content-type: {request.headers['content-type']}\n\n".encode()
    body = b"\n".join(line.strip() for line in (request.body or b"").splitlines())
    message = email.message_from_bytes(head + body, policy=email.policy.default)
    graph = Graph()
    for part in message.walk():
        if not part.is_multipart():
            graph.parse(data=part.get_content(), format="turtle")
    return graph


@pytest.fixture(scope="module")
def running(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A running server."""
    port, var = free_port(), tmp_path_factory.mktemp("graph-store")
    publish(SOMETHING_ELSE, var, f"http://127.0.0.1:{port}/")
    with served(var, port) as url:
        yield Place(url, var)


@pytest.fixture
def place(running: Place) -> Place:
    """The server, with no graph of an earlier test."""
    running.graphs.clear()
    return running


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if not reason_against(entry)] or [None], ids=str)
def test_what_was_published_is_read_as_the_manifest_expects(entry: Entry, place: Place, counted: Counted) -> None:
    counted(SUITE, entry.name)
    for request in entry.requests:
        answer = place.send(request)
        if not request.reads:
            assert_refused(answer)
            place.write(request)
            continue
        assert request.expected.allows(answer.status), answer.body
        if request.expected.media_type:
            assert answer.headers["content-type"] == request.expected.media_type
        if request.expected.body:
            assert_same(answer.body.decode(), request.expected.body)
    assert any(request.reads for request in entry.requests)


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if reason_against(entry)] or [None], ids=str)
def test_what_does_not_apply_is_refused(entry: Entry, place: Place, counted: Counted) -> None:
    counted(SUITE, entry.name, reason_against(entry))
    for request in entry.requests:
        if "$LOCATION$" not in request.path:
            assert place.send(request).status in (404, 405)


def assert_refused(answer: Answer) -> None:
    """Check that a writing request was refused, and that the answer says what is allowed (RFC 9110 section 15.5.6)."""
    assert answer.status == 405
    assert {"GET", "HEAD"} <= set(answer.headers["allow"].split(", "))
    assert answer.headers["content-type"] == "application/problem+json"


def assert_same(sent: str, expected: str) -> None:
    """Check that both Turtle documents state the same graph."""
    got, wanted = Graph().parse(data=sent, format="turtle"), Graph().parse(data=expected, format="turtle")
    assert isomorphic(got, wanted), f"{to_isomorphic(got).serialize()} instead of {to_isomorphic(wanted).serialize()}"


@pytest.mark.parametrize("entry", DEPRECATED or [None], ids=str)
def test_the_first_draft_of_the_suite_is_deprecated_as_a_whole(entry: Entry, shared: Path, counted: Counted) -> None:
    counted(DRAFT, entry.name, "deprecated by the W3C in favour of the suite above, which has them in a readable form")
    assert entry.deprecated
    assert not entry.requests
