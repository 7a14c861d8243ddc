"""Real engines for tests: Virtuoso and Oxigraph's server, each writable, on 127.0.0.1, ended by its own process id."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest

from metropolis_kg.store.bare import BareStore
from metropolis_kg.store.credentials import Credentials
from metropolis_kg.store.endpoint import Endpoint
from metropolis_kg.store.engines import engine_of
from repository import REPOSITORY
from servers import ask, free_port, wait_for

PASSWORD = "dba"  # noqa: S105 - as it comes; to change it at the start makes Virtuoso exit

_PATIENCE = 120

_INI = REPOSITORY / "benchmarks" / "virtuoso.ini"
"""Without limits, but for ``rows``; Debian's own file has several that cut answers."""


class RunningEngine:
    """An engine in a folder, which can be killed and started again."""

    def __init__(self, command: list[str], folder: Path, query: str, update: str) -> None:
        self._command, self._folder = command, folder
        self.query, self.update = query, update
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and return when it answers."""
        (self._folder / "virtuoso.lck").unlink(missing_ok=True)  # which one that was killed leaves
        self._process = subprocess.Popen(
            self._command, cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_for(lambda: ask(f"{self.query}?query=ASK%7B%7D").status == 200, self._process, _PATIENCE)

    def kill(self) -> None:
        """End it at once."""
        if self._process:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    @property
    def credentials(self) -> Path:
        """A file that says who may update it."""
        path = self._folder / "credentials"
        path.write_text(f"dba:{PASSWORD}\n", encoding="utf-8")
        return path

    @property
    def bare(self) -> BareStore:
        """The store as it is."""
        return BareStore.at(self.query, None, Credentials("dba", PASSWORD))

    def graphs(self) -> set[str]:
        """Return the names of all graphs with statements, but for those that the engine brings along."""
        query = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"
        answer = ask(f"{self.query}?{urlencode({'query': query})}", "application/sparql-results+json")
        found = {row["g"]["value"] for row in answer.json()["results"]["bindings"]}
        return {graph for graph in found if graph.startswith("urn:metropolis-kg:") or "example.org" in graph}

    def load(self, quads: Iterable[ox.Quad]) -> None:
        """Add ``quads``, all of named graphs, by SPARQL Update."""
        engine = engine_of(Endpoint(self.query), time.monotonic() + _PATIENCE)
        updated = Endpoint(self.update, Credentials("dba", PASSWORD), engine.authentication)
        by_graph: dict[str, list[str]] = {}
        for quad in quads:
            line = f"{quad.subject} {quad.predicate} {engine.stored(quad.object)} ."
            by_graph.setdefault(str(quad.graph_name), []).append(line)
        for graph, lines in by_graph.items():
            for start in range(0, len(lines), engine.batch):
                some = " ".join(lines[start : start + engine.batch])
                send(updated, f"INSERT DATA {{ GRAPH {graph} {{ {some} }} }}")

    def drop(self, graphs: Iterable[str]) -> None:
        """Remove graphs."""
        engine = engine_of(Endpoint(self.query), time.monotonic() + _PATIENCE)
        updated = Endpoint(self.update, Credentials("dba", PASSWORD), engine.authentication)
        for graph in graphs:
            send(updated, f"DROP SILENT GRAPH <{graph}>")


def send(updated: Endpoint, text: str) -> None:
    """Send an update, which has to succeed."""
    with updated.update(text, time.monotonic() + _PATIENCE) as answer:
        assert answer.status in (200, 204), answer.read(500)


@contextmanager
def virtuoso(folder: Path, rows: int = 10_000_000) -> Iterator[RunningEngine]:
    """Run Virtuoso in ``folder``, where an answer has up to ``rows`` rows. To make a database takes it some seconds."""
    if not shutil.which("virtuoso-t"):
        pytest.skip("needs Virtuoso; on Debian: apt-get install virtuoso-opensource-7")
    sql, http = free_port(), free_port()
    ini = folder / "virtuoso.ini"
    settings = _INI.read_text(encoding="utf-8")
    settings = settings.format(sql=sql, http=http, folder=folder, rows=rows, buffers=8000, dirty=6000, threads=20)
    ini.write_text(settings, encoding="utf-8")
    url = f"http://127.0.0.1:{http}"
    command = ["virtuoso-t", "+foreground", "+configfile", str(ini)]
    with _running(RunningEngine(command, folder, f"{url}/sparql", f"{url}/sparql-auth")) as engine:
        yield engine


@contextmanager
def oxigraph(folder: Path, *options: str, union: bool = True) -> Iterator[RunningEngine]:
    """Run Oxigraph's server, writable, in ``folder``; its default graph is the ``union`` of all."""
    beside_python = Path(sys.executable).with_name("oxigraph")
    binary = str(beside_python) if beside_python.exists() else shutil.which("oxigraph")
    if not binary:
        pytest.skip("needs a SPARQL server; bring it with: pip install oxigraph")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    place = ["--location", str(folder / "store"), "--bind", f"127.0.0.1:{port}"]
    command = [binary, "serve", *(["--union-default-graph"] if union else []), *place, *options]
    with _running(RunningEngine(command, folder, f"{url}/query", f"{url}/update")) as engine:
        yield engine


@contextmanager
def _running(engine: RunningEngine) -> Iterator[RunningEngine]:
    try:
        engine.start()
        yield engine
    finally:
        engine.kill()
