"""The W3C's manifests of HTTP tests: requests, and what is expected of the answers, as data."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph, Namespace, Node, URIRef
from rdflib.collection import Collection

from repository import REPOSITORY

SHARED = Path(os.environ.get("METROPOLIS_KG_SHARED", REPOSITORY.parent / "shared")).resolve()
SUITES = SHARED / "conformance" / "sparql11"
"""Where the W3C's SPARQL 1.1 tests lie; the fixture ``shared`` skips where they are absent."""

Counted = Callable[..., None]
"""Called with suite, name and, where the test does not apply, the reason; see the fixture ``counted``."""

CNT = Namespace("http://www.w3.org/2011/content#")
DAWG = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-dawg#")
HT = Namespace("http://www.w3.org/2011/http#")
HTS = Namespace("http://www.w3.org/2011/http-statusCodes#")
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
RDFS_LABEL = URIRef("http://www.w3.org/2000/01/rdf-schema#label")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")

_CODES = {"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404}


@dataclass(frozen=True)
class Expected:
    """What an answer must be like; what is none, or empty, is not said."""

    statuses: frozenset[str]
    boolean: bool | None
    format: str | None
    media_type: str | None
    body: str | None
    location: str | None

    def allows(self, status: int) -> bool:
        """Return whether ``status`` is one of those expected, or of a class of them (``StatusCode4xx``)."""
        return any(_CODES.get(name) == status or name == f"StatusCode{status // 100}xx" for name in self.statuses)


@dataclass(frozen=True)
class Request:
    """One request; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None
    expected: Expected

    @property
    def reads(self) -> bool:
        """Whether the Graph Store Protocol calls it a reading operation."""
        return self.method in ("GET", "HEAD")


@dataclass(frozen=True)
class Entry:
    """One test of a manifest: its local name, what it needs of a server, its data and its requests, in order."""

    name: str
    requires: frozenset[str]
    deprecated: bool
    data: Mapping[str, Path]
    """IRI of a named graph → the file that it is filled with."""

    requests: tuple[Request, ...]

    def __str__(self) -> str:
        return self.name


def entries(manifest: Path) -> list[Entry]:
    """Return the tests of ``manifest`` in its order; none where the file is absent."""
    if not manifest.exists():
        return []
    graph = Graph().parse(manifest)
    return [_entry(graph, node) for listed in graph.objects(None, MF.entries) for node in Collection(graph, listed)]


def _entry(graph: Graph, node: Node) -> Entry:
    data = graph.objects(node, UT.graphData)
    files = {str(graph.value(each, RDFS_LABEL)): graph.value(each, UT.graph) for each in data}
    connection = graph.value(node, MF.action)
    return Entry(
        _local(node),
        frozenset(_local(feature) for feature in graph.objects(node, MF.requires)),
        DAWG.Deprecated in set(graph.objects(node, DAWG.approval)),
        {name: Path(str(file).removeprefix("file://")) for name, file in files.items()},
        tuple(_request(graph, each) for each in _listed(graph, connection, HT.requests)),
    )


def _request(graph: Graph, node: Node) -> Request:
    answer, body = graph.value(node, HT.resp), graph.value(node, HT.body)
    return Request(
        str(graph.value(node, HT.methodName)),
        str(graph.value(node, HT.absolutePath)),
        _headers(graph, node),
        _text(graph, body).encode(str(graph.value(body, CNT.characterEncoding))) if body else None,
        _expected(graph, answer),
    )


def _expected(graph: Graph, node: Node | None) -> Expected:
    boolean, body = graph.value(node, MF.expectedBoolean), graph.value(node, HT.body)
    return Expected(
        frozenset(_local(status) for status in graph.objects(node, MF.expectedStatus)),
        None if boolean is None else str(boolean) == "true",
        _optional(graph, node, MF.expectedFormat),
        _headers(graph, node).get("content-type"),
        _text(graph, body) if body else None,
        _optional(graph, node, MF.expectedLocation),
    )


def _headers(graph: Graph, node: Node | None) -> dict[str, str]:
    listed = _listed(graph, node, HT.headers)
    return {str(graph.value(each, HT.fieldName)).lower(): str(graph.value(each, HT.fieldValue)) for each in listed}


def _listed(graph: Graph, node: Node | None, name: URIRef) -> Iterator[Node]:
    for listed in graph.objects(node, name) if node else ():
        yield from Collection(graph, listed)


def _text(graph: Graph, body: Node) -> str:
    return str(graph.value(body, CNT.chars))


def _optional(graph: Graph, node: Node | None, name: URIRef) -> str | None:
    value = graph.value(node, name)
    return None if value is None else str(value)


def _local(node: Node) -> str:
    return str(node).rpartition("#")[2]
