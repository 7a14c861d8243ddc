"""The W3C's tests of the SPARQL 1.1 Protocol, against a running server that serves the data they come with.

The manifest's requests are sent as they are; only the path of the endpoint is put in the place of ``/sparql/``. A test
that wants an update done does not apply to a server that only reads; the update is sent all the same, and must be
refused and change nothing.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from freezing import publish
from http_manifests import SUITES, Counted, Entry, Request, entries

from metropolis_kg.publication.media_types import CSV, GRAPHS, RESULTS, RESULTS_JSON, TSV
from servers import Answer, ask, free_port, served

SUITE = "SPARQL 1.1 Protocol"
ENTRIES = entries(SUITES / "protocol" / "manifest.ttl")
UPDATES = "they need update, which a read-only server refuses (checked: 4xx, and nothing changes)"
FORMATS = {
    "boolean": [syntax.media_type for syntax in RESULTS if syntax not in (CSV, TSV)],
    "tabular": [syntax.media_type for syntax in RESULTS],
    "RDF": [syntax.media_type for syntax in GRAPHS],
}
"""The manifest's word for a format → media types that are such."""


def wants_update(entry: Entry) -> bool:
    """Return whether a test wants an update done, rather than refused."""
    return entry.name.startswith("update_")


@pytest.fixture(scope="module")
def endpoint(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of a server over the data of all tests, each file in the graph that the tests name."""
    port, var = free_port(), tmp_path_factory.mktemp("protocol")
    files = {name: file for entry in ENTRIES for name, file in entry.data.items()}
    quads = [
        ox.Quad(*quad.triple, ox.NamedNode(name))
        for name, file in files.items()
        for quad in ox.parse(path=file, format=ox.RdfFormat.N_TRIPLES)
    ]
    publish(quads, var, f"http://127.0.0.1:{port}/")
    with served(var, port) as url:
        yield f"{url}/sparql"


def send(endpoint: str, request: Request) -> Answer:
    """Send a request of the manifest to ``endpoint``."""
    headers = {name.replace("-", "_"): value for name, value in request.headers.items()}
    path = request.path.removeprefix("/sparql/")
    return ask(endpoint + path, method=request.method, body=request.body, **headers)


def everything(endpoint: str) -> list[str]:
    """Return all that the store says, in order."""
    select = "SELECT%20*%20%7B%20GRAPH%20%3Fg%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20%7D"
    answer = ask(f"{endpoint}?query={select}", "text/csv")
    assert answer.status == 200
    return sorted(answer.body.decode().splitlines())


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if not wants_update(entry)] or [None], ids=str)
def test_the_server_answers_as_the_manifest_expects(entry: Entry, endpoint: str, counted: Counted) -> None:
    counted(SUITE, entry.name)
    for request in entry.requests:
        answer = send(endpoint, request)
        assert request.expected.allows(answer.status), answer.body
        if request.expected.format:
            assert answer.headers["content-type"].partition(";")[0] in FORMATS[request.expected.format]
        if request.expected.boolean is not None:
            assert answer.json()["boolean"] is request.expected.boolean


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if wants_update(entry)] or [None], ids=str)
def test_an_update_is_refused_and_changes_nothing(entry: Entry, endpoint: str, counted: Counted) -> None:
    counted(SUITE, entry.name, UPDATES)
    before = everything(endpoint)
    assert len(before) > 1
    updates = [request for request in entry.requests if request.headers["content-type"] != "application/sparql-query"]
    assert updates
    assert {send(endpoint, update).status // 100 for update in updates} == {4}
    assert everything(endpoint) == before


def test_the_data_decide_the_answers(endpoint: str) -> None:
    """A guard of the tests above: the manifest only expects true, and a server may say so to anything."""
    entry = next(entry for entry in ENTRIES if entry.name == "query_dataset_default_graphs_get")
    without = entry.requests[0].path.replace("default-graph-uri=", "named-graph-uri=")
    assert send(endpoint, replace(entry.requests[0], path=without)).json()["boolean"] is False


def test_json_is_the_default_for_results(endpoint: str) -> None:
    """The tests above read booleans as JSON without asking for it."""
    assert ask(f"{endpoint}?query=ASK%7B%7D").headers["content-type"] == RESULTS_JSON.media_type
