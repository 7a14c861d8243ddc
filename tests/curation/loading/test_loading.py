"""A release is loaded whole or not at all, and nothing else in the store is touched."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from metropolis_kg.curation.loading import lease as leases
from metropolis_kg.curation.loading.lease import lease
from metropolis_kg.curation.loading.loader import Loader
from metropolis_kg.curation.loading.target import Target
from metropolis_kg.curation.release import Release
from metropolis_kg.errors import ReleaseError
from metropolis_kg.store.layout import CONTROL, LOADER, names_graph, physical, union_graph
from metropolis_kg.store.pointer import manifest_in, standing
from metropolis_kg.store.protocol import StoreUnavailableError
from metropolis_kg.store.remote import RemoteStore
from real_engines import RunningEngine, oxigraph, virtuoso
from servers import wait_for
from told_program import TOLD

FOREIGN = '<http://example.org/s> <http://example.org/p> "of others" .'
BASE = "http://localhost:8000/"


STATEMENTS = """@prefix : <http://localhost:8000/id/> . @prefix graph: <http://localhost:8000/graph/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
graph:page {
  :berlin :name "Berlin"@de , "a \\"quoted\\" name\\n\\t\\u0007 \\\\ é😀" ; :members 01 , 1.50 , "x"^^:own , true .
  :a :p :b .
}
graph:other { :berlin :memberOf :metropolis ; :name "Berlin"@de . :b :founded "1985-01-01"^^xsd:date }
graph:third { :metropolis :name "%s" , "Metropolis"@en ; :since "1985"^^xsd:gYear }
"""
"""Some of the literals are kept by stores otherwise than they are written."""


def released(var: Path, name: str) -> Release:
    """Return a small release below ``var``, as ``build`` lays it out."""
    quads = ox.parse(STATEMENTS % name, format=ox.RdfFormat.TRIG, lenient=True)
    lines = sorted(set((ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)))
    digest = sha256(b"".join(lines)).hexdigest()
    release = Release(var / "releases" / digest)
    release.path.mkdir(parents=True)
    (release.path / "dataset.nq").write_bytes(b"".join(lines))
    (release.path / "report.json").write_text('{"conforms": true}', encoding="utf-8")
    graphs = sorted({line.rsplit(b" ", 2)[1][1:-1].decode() for line in lines})
    manifest = {
        "digest": digest, "base": BASE, "created": "2026-01-01T00:00:00+00:00", "prefixes": {}, "difference": {},
        "quads": len(lines), "graphs": {graph: {} for graph in graphs}, "dumps": {"dataset.nq": {}},
    }  # fmt: skip
    (release.path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return release


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Release, Release]:
    """Two releases of the same graphs."""
    var = tmp_path_factory.mktemp("var")
    return released(var, "Metropolis"), released(var, "Metropolis anew")


@pytest.fixture(scope="module", params=["oxigraph", "virtuoso"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEngine]:
    """Each engine in turn, with a graph of others in it."""
    folder = tmp_path_factory.mktemp(request.param)
    with virtuoso(folder) if request.param == "virtuoso" else oxigraph(folder, union=False) as engine:
        yield engine


@pytest.fixture
def store(running: RunningEngine) -> RunningEngine:
    """An engine with nothing in it but a graph of others."""
    for graph in running.graphs():
        running.bare.update(f"DROP SILENT GRAPH <{graph}>")
    running.bare.update(f"INSERT DATA {{ GRAPH <http://example.org/others> {{ {FOREIGN} }} }}")
    return running


class Telling:
    """Takes what a loader says, and does something when it says a word for the first time."""

    def __init__(self, word: str = "", does: Any = None) -> None:
        self.said: list[str] = []
        self._word, self._does = word, does

    def __call__(self, text: str) -> None:
        """Take ``text``."""
        self.said.append(text)
        if self._does and self._word in text:
            does, self._does = self._does, None
            does()


def loader(store: RunningEngine, told: Telling | None = None) -> Loader:
    return Loader(Target(store.bare), told or Telling())


def graphs_of(release: Release) -> set[str]:
    own = {physical(release.digest, graph) for graph in release.manifest["graphs"]}
    return {CONTROL, names_graph(release.digest), union_graph(release.digest), *own}


def count(store: RunningEngine, digest: str | None) -> int:
    service = RemoteStore(store.query, {}, BASE, digest=digest)
    answer = service.query("SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }", "text/csv")
    return int(answer.split()[1])


def test_a_release_is_loaded_beside_others_and_replaces_the_one_before(
    store: RunningEngine, two: tuple[Release, Release]
) -> None:
    first, second = two
    assert loader(store).load(first) == []
    assert standing(store.bare).current == first.digest
    assert store.graphs() == graphs_of(first) | {"http://example.org/others"}
    replaced = loader(store).load(second)
    assert replaced == [first.digest]
    assert standing(store.bare).current == second.digest
    assert store.graphs() == graphs_of(first) | graphs_of(second) | {"http://example.org/others"}
    loader(store).remove(replaced, 0)
    assert store.graphs() == graphs_of(second) | {"http://example.org/others"}
    assert store.bare.count("http://example.org/others") == 1
    assert count(store, second.digest) == second.manifest["quads"]
    assert not standing(store.bare).loaders


def test_the_store_has_the_manifest_and_the_report_but_not_what_is_said_of_files(
    store: RunningEngine, two: tuple[Release, Release]
) -> None:
    loader(store).load(two[0])
    manifest = manifest_in(store.bare, two[0].digest)
    assert manifest["report"]["conforms"] is True
    assert "dumps" not in manifest
    assert all(manifest[name] == two[0].manifest[name] for name in manifest.keys() - {"report"})


def test_a_release_that_is_there_is_switched_to_without_being_loaded_again(
    store: RunningEngine, two: tuple[Release, Release]
) -> None:
    loader(store).load(two[0])
    loader(store).load(two[1])
    told = Telling()
    loader(store, told).load(two[0])
    assert not any("loading" in each for each in told.said)
    assert loader(store).switch(two[1].digest[:6]) == two[1].digest
    assert standing(store.bare).current == two[1].digest
    with pytest.raises(ReleaseError, match="no release begins with 'beef' in the store"):
        loader(store).switch("beef")


@pytest.mark.parametrize("change", ["", "INSERT", "DELETE"])
def test_a_graph_that_changes_behind_its_back_stops_the_loader(
    change: str, store: RunningEngine, two: tuple[Release, Release]
) -> None:
    """Once while the graph is loaded, which its digest shows, and once after it was proved."""
    first, second = two
    loader(store).load(first)
    graph = physical(second.digest, f"{BASE}graph/third")
    statement = f"GRAPH <{graph}> {{ <http://example.org/s> <http://example.org/p> 1 }}"
    target = Target(store.bare)
    insert, proved = target.insert, threading.Event()

    def inserting(name: str, triples: Any) -> None:
        if not change and name == graph:
            triples = [*triples[1:], triples[0].replace(b"http", b"hhtp", 1)]
        if change and name == union_graph(second.digest) and not proved.is_set():
            proved.set()
            whole = f"DELETE WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
            store.bare.update(f"INSERT DATA {{ {statement} }}" if change == "INSERT" else whole)
        insert(name, triples)

    target.insert = inserting  # type: ignore[method-assign] # what an engine that lies does to what it is sent
    expected = (
        "was changed by others" if change else f"into the graph {BASE}graph/third: expected .* found .* Nobody loaded"
    )
    with pytest.raises(ReleaseError, match=expected):
        Loader(target, Telling()).load(second)
    assert standing(store.bare).current == first.digest
    assert count(store, first.digest) == first.manifest["quads"]
    loader(store).load(second)
    assert standing(store.bare).current == second.digest
    assert count(store, second.digest) == second.manifest["quads"]


def test_the_engine_is_killed_while_loading_and_the_release_before_is_still_whole(
    store: RunningEngine, two: tuple[Release, Release], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "_PAUSE", 0.05)
    monkeypatch.setattr(leases, "LIVES", 1)  # the loader that fails here runs in the process that loads again
    first, second = two
    loader(store).load(first)
    target = Target(store.bare)
    insert = target.insert

    def inserting(name: str, triples: Any) -> None:
        if name == union_graph(second.digest):
            store.kill()
        insert(name, triples)

    target.insert = inserting  # type: ignore[method-assign] # a moment at which to kill the engine
    with pytest.raises(StoreUnavailableError):
        Loader(target, Telling()).load(second)
    store.start()
    assert standing(store.bare).current == first.digest
    assert count(store, first.digest) == first.manifest["quads"]
    replaced = loader(store).load(second)
    loader(store).remove(replaced, 0)
    assert store.graphs() == graphs_of(second) | {"http://example.org/others"}
    assert store.bare.count("http://example.org/others") == 1


STUCK = """
import sys, time
from pathlib import Path
from metropolis_kg.curation.loading.loader import Loader
from metropolis_kg.curation.loading.target import Target
from metropolis_kg.curation.release import Release
from metropolis_kg.store.bare import BareStore
from metropolis_kg.store.credentials import Credentials
url, credentials, path, graph = sys.argv[1:]
target = Target(BareStore.at(url, None, Credentials.from_file(Path(credentials))))
insert = target.insert
target.insert = lambda name, triples: time.sleep(60) if name == graph else insert(name, triples)
Loader(target, lambda _: None).load(Release(Path(path)))
"""
"""A loader that gets no further than to one of the graphs."""


def test_the_loader_is_killed_and_the_next_one_need_not_wait(
    store: RunningEngine, two: tuple[Release, Release]
) -> None:
    first, second = two
    loader(store).load(first)
    graph = physical(second.digest, f"{BASE}graph/third")
    stuck = [sys.executable, "-c", STUCK, store.query, str(store.credentials), str(second.path), graph]
    with subprocess.Popen(stuck) as loading:
        wait_for(lambda: physical(second.digest, f"{BASE}graph/page") in store.graphs(), loading)
        loading.kill()
    assert standing(store.bare).current == first.digest
    assert standing(store.bare).loaders
    var, digest = str(second.path.parent.parent), second.digest[:12]
    command = [*TOLD, "--var", var, "releases", "load", digest, "--to", store.query]
    environment = {**os.environ, "METROPOLIS_KG_STORE_CREDENTIALS": str(store.credentials)}
    done = subprocess.run([*command, "--grace", "0"], env=environment, capture_output=True, check=True)
    assert b"loaded in part" in done.stderr
    assert b"waiting for another loader" not in done.stderr
    assert store.graphs() == graphs_of(second) | {"http://example.org/others"}


def test_a_loader_waits_for_another_and_takes_over_when_its_lease_has_run_out(
    store: RunningEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "_PAUSE", 0.05)
    target, told = Target(store.bare), Telling()
    with lease(target, told):
        waiting = threading.Thread(target=lambda: enter(target, told), daemon=True)
        waiting.start()
        wait_for(lambda: bool(told.said))
        assert waiting.is_alive()
    waiting.join(10)
    assert not waiting.is_alive()
    elsewhere = f"{LOADER}:elsewhere"
    target.state(
        (elsewhere, leases.UNTIL, ox.Literal("2020-01-01T00:00:00+00:00")),
        (elsewhere, leases.PLACE, ox.Literal("x 1 2")),
        (CONTROL, LOADER, ox.NamedNode(elsewhere)),
    )  # fmt: skip
    enter(target, told)
    assert not standing(store.bare).loaders


def enter(target: Target, told: Telling) -> None:
    with lease(target, told):
        pass


def test_a_loader_that_has_lost_its_lease_does_not_switch(store: RunningEngine, two: tuple[Release, Release]) -> None:
    loader(store).load(two[0])
    robbed = Telling(
        "switching", lambda: [Target(store.bare).forget(each.node) for each in standing(store.bare).loaders]
    )
    with pytest.raises(ReleaseError, match="Another loader has taken over"):
        loader(store, robbed).load(two[1])
    assert standing(store.bare).current == two[0].digest


@pytest.mark.parametrize(("file", "damage", "why"), [
    ("dataset.nq", lambda text: text.replace(b"Berlin", b"Barlin", 1), "is damaged"),
    ("report.json", lambda text: text.replace(b'"conforms": true', b'"conforms": false'), "does not conform"),
])  # fmt: skip
def test_what_is_damaged_or_does_not_conform_is_not_loaded(
    file: str, damage: Any, why: str, store: RunningEngine, two: tuple[Release, Release], tmp_path: Path
) -> None:
    shutil.copytree(two[1].path, tmp_path / "releases" / two[1].digest)
    release = Release(tmp_path / "releases" / two[1].digest)
    path = release.path / file
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ReleaseError, match=why):
        loader(store).load(release)
    assert store.graphs() <= {"http://example.org/others", CONTROL}
