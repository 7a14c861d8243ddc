"""The same small dataset behind both implementations of the port: an Oxigraph directory, and a real SPARQL server."""

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from metropolis_kg.store.embedded import EmbeddedStore
from metropolis_kg.store.protocol import QueryService
from metropolis_kg.store.remote import RemoteStore
from servers import free_port, start_oxigraph

PREFIXES = {"ex": "http://example.org/", "xsd": "http://www.w3.org/2001/XMLSchema#"}

DATASET = """
@prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:page {
  ex:berlin ex:name "Berlin"@de ; ex:since "1991-01-01"^^xsd:date .
}
ex:enrichment {
  ex:berlin ex:memberOf ex:metropolis .
  ex:metropolis ex:name "Metropolis"@de, "a \\"quoted\\" name \\u007D ?at" .
}
"""


@pytest.fixture(scope="session")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An Oxigraph directory that holds the dataset."""
    folder = tmp_path_factory.mktemp("dataset") / "store"
    store = ox.Store(str(folder))
    store.load(DATASET, format=ox.RdfFormat.TRIG)
    store.flush()
    return folder


@pytest.fixture(scope="session")
def endpoint(directory: Path) -> Iterator[str]:
    """URL of a SPARQL server over the dataset, for as long as the tests run."""
    port = free_port()
    server = start_oxigraph(directory, port)
    yield f"http://127.0.0.1:{port}/query"
    server.kill()
    server.wait()


@pytest.fixture(params=["embedded", "remote"])
def service(request: pytest.FixtureRequest, directory: Path) -> QueryService:
    """Each implementation of the port in turn, over the same dataset."""
    if request.param == "embedded":
        return EmbeddedStore(directory, PREFIXES)
    return RemoteStore(request.getfixturevalue("endpoint"), PREFIXES)
