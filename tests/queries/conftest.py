"""The release behind each engine, and the stored queries, each asked but once."""

from collections.abc import Iterator
from functools import cache

import pytest

from engines import Answer, Ask, Engine, of_rdflib, of_service, read_answer
from metropolis_kg.content import Content
from metropolis_kg.curation.release import Release
from metropolis_kg.publication.stored_queries import StoredQueries
from metropolis_kg.store.release import OpenRelease, open_embedded
from metropolis_kg.store.remote import RemoteStore
from servers import free_port, start_oxigraph


@pytest.fixture(scope="session")
def opened(release: Release) -> OpenRelease:
    """The release, open in this process."""
    return open_embedded(release.path / "store", release.manifest)


@pytest.fixture(scope="session")
def endpoint(release: Release) -> Iterator[str]:
    """URL of a SPARQL server over the release, for as long as the tests run."""
    port = free_port()
    server = start_oxigraph(release.path / "store", port)
    yield f"http://127.0.0.1:{port}/query"
    server.kill()
    server.wait()


@pytest.fixture(scope="session")
def ask(request: pytest.FixtureRequest, release: Release, opened: OpenRelease, content: Content) -> Ask:
    """Ask a stored query on one of the engines: pyoxigraph, rdflib, endpoint."""
    stored = StoredQueries(content)

    @cache
    def engine_called(engine: str) -> Engine:
        if engine == "rdflib":
            return of_rdflib(release.path / "dataset.nq", opened.prefixes)
        if engine == "endpoint":
            return of_service(RemoteStore(request.getfixturevalue("endpoint"), opened.prefixes, opened.base))
        return of_service(opened.service)

    @cache
    def answer(name: str, engine: str = "pyoxigraph", **arguments: str) -> Answer:
        query = stored.find(name)
        return read_answer(engine_called(engine)(query.text, query.bindings(arguments, opened)))

    return answer
