"""The engines that ``queries.py`` compares: pyoxigraph in this process, and servers of the same release over HTTP."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

import pyoxigraph as ox

from memory import memory
from processes import Limits, end

BESIDE_PYTHON = Path(sys.executable).parent
RDFLIB_ENDPOINT = ("rdflib-endpoint==0.6.3", "rdflib==7.6.0", "fastapi==0.165.0", "uvicorn==0.54.0")
SLOWEST = 10
"""Seconds after which a query to rdflib-endpoint is given up."""

_RESULTS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "text/csv": ox.QueryResultsFormat.CSV,
}


@dataclass(frozen=True)
class Case:
    """A query, and the media type to answer it in."""

    name: str
    query: str
    media_type: str
    prefixes: dict[str, str]


class Engine(Protocol):
    """Answers a query with the bytes of its result."""

    def ask(self, case: Case) -> bytes:
        """Return the whole answer. Raises EngineError, and TimeoutError where there is a limit."""


class EngineError(Exception):
    """An engine does not start, or does not answer as it should."""


class InProcess:
    """pyoxigraph in this process, result and serialisation."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store

    @classmethod
    def in_memory(cls, dataset: Path) -> "InProcess":
        """Load the N-Quads file ``dataset``."""
        store = ox.Store()
        store.bulk_load(path=dataset, format=ox.RdfFormat.N_QUADS, lenient=True)
        return cls(store)

    @classmethod
    def on_disk(cls, folder: Path) -> "InProcess":
        """Open the Oxigraph directory ``folder``."""
        return cls(ox.Store.read_only(str(folder)))

    def ask(self, case: Case) -> bytes:
        """Return the whole answer."""
        result = self._store.query(case.query, use_default_graph_as_union=True)
        if isinstance(result, ox.QueryTriples):
            return ox.serialize(result, format=ox.RdfFormat.TURTLE, prefixes=case.prefixes) or b""
        return result.serialize(format=_RESULTS[case.media_type]) or b""


class OverHttp:
    """A SPARQL endpoint, asked by POST over one connection that is kept open."""

    def __init__(self, port: int, path: str, process: subprocess.Popen[bytes], timeout: float = 60) -> None:
        self.port, self.process, self.path = port, process, path
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def ask(self, case: Case) -> bytes:
        """Return the whole answer. Raises EngineError for any status but 200, TimeoutError."""
        headers = {"Content-Type": "application/sparql-query", "Accept": case.media_type}
        return self.send("POST", self.path, case.query.encode(), headers)

    def send(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], expected: int = 200
    ) -> bytes:
        """Return the body of the answer to one request. Raises EngineError for an unexpected status, TimeoutError."""
        try:
            response = self._request(method, path, body, headers)
            answer = response.read()
        except (TimeoutError, http.client.IncompleteRead) as error:
            self._connection.close()
            raise TimeoutError(f"no whole answer to {method} {path[:60]}") from error
        if response.status != expected:
            raise EngineError(f"{response.status} for {method} {path[:60]}: {answer[:300]!r}")
        return answer

    def _request(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        """Send a request, once more where the server has closed the connection while others had their turns."""
        try:
            self._connection.request(method, path, body, headers)
            return self._connection.getresponse()
        except ConnectionError:
            self._connection.close()
            self._connection.request(method, path, body, headers)
            return self._connection.getresponse()

    def response(self, path: str, headers: Mapping[str, str]) -> tuple[str, list[tuple[str, str]], bytes]:
        """Return status line, headers and body of what is at ``path``; connection headers left out."""
        response = self._request("GET", path, None, headers)
        sent = [(name, value) for name, value in response.getheaders() if name not in ("date", "server")]
        return f"{response.status} {response.reason}", sent, response.read()

    def entity_tag(self, path: str, accept: str) -> str:
        """Return the entity tag of what is at ``path``."""
        self._connection.request("GET", path, headers={"Accept": accept})
        response = self._connection.getresponse()
        response.read()
        return response.headers["ETag"] or ""


class OverForms(OverHttp):
    """An endpoint that is asked by forms, since it waits for ever where a query is the body."""

    def ask(self, case: Case) -> bytes:
        """Return the whole answer. Raises EngineError, TimeoutError."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": case.media_type}
        return self.send("POST", self.path, urlencode({"query": case.query}).encode(), headers)


class RdflibEndpoint(OverHttp):
    """rdflib-endpoint, whose process is replaced where a query takes longer than ``SLOWEST``."""

    def ask(self, case: Case) -> bytes:
        """Return the whole answer. Raises EngineError, TimeoutError."""
        try:
            return super().ask(case)
        except TimeoutError:
            self.process.send_signal(signal.SIGHUP)
            time.sleep(0.5)  # until the ended process has let go of the port
            wait_for(self.port, self.process, Limits(60))
            raise


@contextmanager
def ours(var: Path, port: int | None = None, **environment: str) -> Iterator[OverHttp]:
    """Serve the release in ``var`` as users do; keywords are more of the environment."""
    port = port or free_port()
    command = [str(BESIDE_PYTHON / "metropolis-kg"), "--var", str(var), "serve", "--port", str(port)]
    with running(command, port, environment) as process:
        yield OverHttp(port, "/sparql", process)


@contextmanager
def running_granian(target: str, workers: int, threads: int, environment: Mapping[str, str]) -> Iterator[OverHttp]:
    """Serve a WSGI application of this folder as ours is served."""
    port = free_port()
    command = [
        str(BESIDE_PYTHON / "granian"), "--interface", "wsgi", "--port", str(port), "--workers", str(workers),
        "--blocking-threads", str(threads), "--log-level", "error", "--working-dir", str(Path(__file__).parent), target,
    ]  # fmt: skip
    with running(command, port, environment) as process:
        yield OverHttp(port, "/", process)


@contextmanager
def oxigraph(store: Path, *options: str) -> Iterator[OverHttp]:
    """Serve the Oxigraph directory by Oxigraph's own server, read-only."""
    port = free_port()
    command = [str(BESIDE_PYTHON / "oxigraph"), "serve-read-only", "--location", str(store), "--union-default-graph"]
    with running([*command, "--bind", f"127.0.0.1:{port}", *options], port) as process:
        yield OverHttp(port, "/query", process)


@contextmanager
def oxigraph_in_memory(dataset: Path) -> Iterator[OverHttp]:
    """Serve the N-Quads file by Oxigraph's own server from its memory."""
    port = free_port()
    command = [str(BESIDE_PYTHON / "oxigraph"), "serve", "--union-default-graph", "--bind", f"127.0.0.1:{port}"]
    with running(command, port) as process:
        engine = OverHttp(port, "/query", process)
        engine.send("POST", "/store", dataset.read_bytes(), {"Content-Type": "application/n-quads"}, expected=204)
        yield engine


@contextmanager
def rdflib_endpoint(
    dataset: Path, environment: Path, slowest: float = SLOWEST, limits: Limits | None = None
) -> Iterator[RdflibEndpoint]:
    """Serve the N-Quads file by rdflib-endpoint from the virtual environment in a folder, which is made at need.

    A query that takes more than ``slowest`` seconds is given up; ``limits`` are those of loading.
    """
    install_rdflib_endpoint(environment)
    port = free_port()
    server = str(Path(__file__).with_name("rdflib_server.py"))
    command = [str(environment / "bin" / "python"), server, str(dataset), str(port)]
    with running(command, port, limits=limits) as process:
        yield RdflibEndpoint(port, "/sparql", process, slowest)


def install_rdflib_endpoint(environment: Path) -> None:
    """Make the virtual environment of rdflib-endpoint, where it is not there."""
    if not (environment / "bin" / "rdflib-endpoint").exists():
        venv.create(environment, with_pip=True)
        subprocess.run([environment / "bin" / "pip", "install", "--quiet", *RDFLIB_ENDPOINT], check=True)


@contextmanager
def all_engines(var: Path, environment: Path | None) -> Iterator[dict[str, Engine]]:
    """Start every engine on the release published in ``var``; without an ``environment`` no rdflib-endpoint."""
    dataset, store = var / "current" / "dataset.nq", var / "current" / "store"
    with ExitStack() as stack:
        engines: dict[str, Engine] = {
            "in memory": InProcess.in_memory(dataset),
            "on disk": InProcess.on_disk(store),
            "ours": stack.enter_context(ours(var, METROPOLIS_KG_CACHE_MEGABYTES="0")),
            "oxigraph, disk": stack.enter_context(oxigraph(store)),
            "oxigraph, memory": stack.enter_context(oxigraph_in_memory(dataset)),
        }
        if environment:
            engines["rdflib-endpoint"] = stack.enter_context(rdflib_endpoint(dataset, environment))
        yield engines


@contextmanager
def running(
    command: list[str],
    port: int,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    limits: Limits | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server, from when it listens; in ``folder``, and with more of an environment.

    Raises EngineError, also where it takes more than its ``limits`` until it listens.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=said, cwd=folder, env={**os.environ, **(environment or {})}
        )
        try:
            wait_for(port, process, limits or Limits(900))
            yield process
        except EngineError as error:
            said.seek(0)
            error.add_note(said.read().decode(errors="replace")[-2000:])
            raise
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        end(process)


def wait_for(port: int, process: subprocess.Popen[bytes], limits: Limits) -> None:
    """Return once somebody listens. Raises EngineError where the process ends before, or takes too much."""
    began, looked, name = time.monotonic(), 0.0, Path(str(process.args[0])).name  # type: ignore[index] # a list
    while time.monotonic() - began < limits.seconds and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if time.monotonic() - looked > 1:
            looked = time.monotonic()
            if memory(process.pid).shared_once > limits.megabytes:
                raise EngineError(f"{name} needs more than {limits.megabytes:,.0f} MB until it listens")
        time.sleep(0.01)
    raise EngineError(f"{name} does not listen")


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
