"""The same small dataset behind both implementations of the port: an Oxigraph directory, and a real SPARQL server."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from metropolis_kg.store.protocol import QueryService
from metropolis_kg.store.recipe import Limits, Recipe
from metropolis_kg.store.workers import Workers
from servers import free_port, start_oxigraph
from small_dataset import BASE, DATASET, PREFIXES


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


@pytest.fixture(scope="session")
def nquads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An N-Quads file that holds the dataset."""
    path = tmp_path_factory.mktemp("dataset") / "dataset.nq"
    ox.serialize(ox.parse(DATASET, format=ox.RdfFormat.TRIG), path, format=ox.RdfFormat.N_QUADS)
    return path


@pytest.fixture(scope="session")
def meeting() -> Iterator[Path]:
    """A folder for what processes have in common; its path is short, as the addresses of sockets have to be."""
    with tempfile.TemporaryDirectory(prefix="meeting-") as folder:
        yield Path(folder)


@pytest.fixture(params=["disk", "remote", "processes in memory", "processes on disk", "processes for remote"])
def service(request: pytest.FixtureRequest, directory: Path, nquads: Path, meeting: Path) -> QueryService:
    """Each implementation of the port in turn, over the same dataset."""
    kind = request.param.split()[-1]
    endpoint = request.getfixturevalue("endpoint") if kind == "remote" else ""
    places = {"memory": str(nquads), "disk": str(directory), "remote": endpoint}
    recipe = Recipe(kind, places[kind], PREFIXES, BASE, Limits(at_once=1))
    return Workers(recipe, meeting) if request.param.startswith("processes") else recipe.open()
