"""Ours and its peers, as the benchmark report compares them: how each is got, loads a release, and serves it.

All have the same N-Quads. Virtuoso runs on its own settings and not on Debian's, whose limits cut answers and leave it
some megabytes of memory. Trifid has no store: it publishes what an endpoint has, here Oxigraph's.
"""

import json
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from engines import (
    BESIDE_PYTHON,
    RDFLIB_ENDPOINT,
    EngineError,
    OverForms,
    OverHttp,
    free_port,
    install_rdflib_endpoint,
    ours,
    oxigraph,
    rdflib_endpoint,
    running,
)
from figures import OURS
from machine import megabytes
from memory import memory
from processes import Limits, Run, size, timed

TRIFID = "5.3.0"
LOADED = (
    "import sys, pyoxigraph as ox; store = ox.Store(sys.argv[2]); "
    "store.bulk_load(path=sys.argv[1], format=ox.RdfFormat.N_QUADS, lenient=True); store.optimize()"
)
PARSED = "import sys, rdflib; rdflib.Dataset(default_union=True).parse(sys.argv[1], format='nquads')"
NOTHING_KEPT = {"METROPOLIS_KG_DOCUMENTS_MEGABYTES": "0", "METROPOLIS_KG_CACHE_MEGABYTES": "0"}

_VIRTUOSO = Path(__file__).with_name("virtuoso.ini")
_LOADER = "DB.DBA.rdf_loader_run(); checkpoint; select ll_error from DB.DBA.load_list where ll_error is not null;"
_BUFFER = 8.7 / 1024
"""Megabytes of memory that one of Virtuoso's buffers takes."""


class AbsentError(Exception):
    """A peer is not installed; says how to install it."""


@dataclass(frozen=True)
class Place:
    """Where a release is, where what peers make of it goes, where they are installed, and what each may take."""

    var: Path
    folder: Path
    installed: Path
    limits: Limits
    port: int
    """That of the base IRI of the release."""

    slowest: float
    """Seconds that a query may take."""

    @property
    def dataset(self) -> Path:
        """The released N-Quads."""
        return (self.var / "current").resolve() / "dataset.nq"


class Peer(ABC):
    """A server of linked data, or an engine."""

    name: str
    query: str
    """The path of its SPARQL endpoint."""

    @abstractmethod
    def install(self, installed: Path) -> str:
        """Bring it where it is not there, and return its name and version. Raises AbsentError."""

    def load(self, place: Place) -> tuple[Run, float]:
        """Load the release, and return what that took, and the megabytes on disk. Raises EngineError."""
        raise NotImplementedError

    @abstractmethod
    def serve(self, place: Place) -> AbstractContextManager[OverHttp]:
        """Serve what was loaded."""

    def asked(self, server: OverHttp) -> list[str]:
        """Return where a doctor begins, and what it is told."""
        return [f"http://127.0.0.1:{server.port}{self.query}"]


class Ours(Peer):
    """This project; ``settings`` are those of the environment."""

    name, query = OURS, "/sparql"

    def __init__(self, **settings: str) -> None:
        self._settings = settings

    def install(self, installed: Path) -> str:
        """Return the version."""
        return f"{OURS} {version(OURS)}"

    def load(self, place: Place) -> tuple[Run, float]:
        """Load as a build does: in bulk, and put in order."""
        store = _empty(place.folder / "ours")
        run = timed([sys.executable, "-c", LOADED, place.dataset, store], place.limits)
        return run, size(store)

    def serve(self, place: Place) -> AbstractContextManager[OverHttp]:
        """Serve the release itself."""
        port = None if self._settings else place.port
        return ours(place.var, port, METROPOLIS_KG_QUERY_SECONDS=f"{place.slowest:.0f}", **self._settings)

    def asked(self, server: OverHttp) -> list[str]:
        """Return the start page."""
        return [f"http://localhost:{server.port}/"]


class Oxigraph(Peer):
    """Oxigraph's server, from disk."""

    name, query = "Oxigraph", "/query"

    def install(self, installed: Path) -> str:
        """Return the version of what is installed with the tools of this project."""
        return f"Oxigraph {version('oxigraph')}"

    def load(self, place: Place) -> tuple[Run, float]:
        """Load, and put in order, as it advises itself."""
        store, command = _empty(place.folder / "oxigraph"), BESIDE_PYTHON / "oxigraph"
        one = timed([command, "load", "--location", store, "--file", place.dataset], place.limits)
        if one.ended:
            return one, size(store)
        two = timed([command, "optimize", "--location", store], place.limits)
        most = max(one.megabytes, two.megabytes)
        return Run(one.seconds + two.seconds, one.processors + two.processors, most, ended=two.ended), size(store)

    def serve(self, place: Place) -> AbstractContextManager[OverHttp]:
        """Serve what was loaded; a query that takes longer than it may is ended."""
        return oxigraph(place.folder / "oxigraph", f"--timeout-s={place.slowest:.0f}")


class RdflibEndpoint(Peer):
    """rdflib-endpoint, from memory."""

    name, query = "rdflib-endpoint", "/sparql"

    def install(self, installed: Path) -> str:
        """Install it in an environment of its own."""
        try:
            install_rdflib_endpoint(installed / "rdflib-endpoint")
        except subprocess.CalledProcessError as error:
            raise AbsentError(f"{self.name} could not be installed from PyPI") from error
        return ", ".join(RDFLIB_ENDPOINT[:2]).replace("==", " ")

    def load(self, place: Place) -> tuple[Run, float]:
        """Read the N-Quads into memory; there is nothing on disk."""
        python = place.installed / "rdflib-endpoint" / "bin" / "python"
        return timed([python, "-c", PARSED, place.dataset], place.limits), 0

    def serve(self, place: Place) -> AbstractContextManager[OverHttp]:
        """Serve the N-Quads, when they are read."""
        environment = place.installed / "rdflib-endpoint"
        return rdflib_endpoint(place.dataset, environment, place.slowest, place.limits)


class Virtuoso(Peer):
    """Virtuoso 7, with a quarter of the machine's memory for its buffers."""

    name, query = "Virtuoso", "/sparql"

    def install(self, installed: Path) -> str:
        """Return the version. Raises AbsentError."""
        if not (shutil.which("virtuoso-t") and shutil.which("isql-vt")):
            raise AbsentError(f"{self.name} is not installed; on Debian: apt-get install virtuoso-opensource-7")
        said = subprocess.run(["virtuoso-t", "-?"], capture_output=True, text=True, check=False)
        told = (said.stdout + said.stderr).partition("Version ")[2].split()
        return f"{self.name} {told[0] if told else '7'}"

    def load(self, place: Place) -> tuple[Run, float]:
        """Load by its bulk loader, and make a checkpoint; making an empty database is not counted."""
        folder = _empty(place.folder / "virtuoso")
        with self._running(folder, place, sql := free_port()) as server:
            said = f"DB.DBA.ld_dir('{place.dataset.parent}', '{place.dataset.name}', 'urn:none'); {_LOADER}"
            run = timed(["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", f"exec={said}"], place.limits)
            most = memory(server.process.pid).shared_once
        if not run.ended and "\n0 Rows." not in run.said:
            raise EngineError(f"{self.name} did not load: {run.said[-500:]}")
        return Run(run.seconds, run.processors, most, ended=run.ended), size(folder)

    def serve(self, place: Place) -> AbstractContextManager[OverHttp]:
        """Serve the database."""
        return self._running(place.folder / "virtuoso", place, free_port())

    @contextmanager
    def _running(self, folder: Path, place: Place, sql: int) -> Iterator[OverHttp]:
        http, buffers = free_port(), int(megabytes("MemTotal") / 4 / _BUFFER)
        ini = _VIRTUOSO.read_text(encoding="utf-8").format(
            sql=sql, http=http, folder=place.dataset.parent, rows=10_000_000, buffers=buffers,
            dirty=buffers * 3 // 4, threads=40,
        )  # fmt: skip
        (folder / "virtuoso.ini").write_text(ini, encoding="utf-8")
        with running(["virtuoso-t", "+foreground", "+configfile", "virtuoso.ini"], http, folder=folder) as process:
            yield OverForms(http, self.query, process, place.slowest)


class Trifid(Peer):
    """Trifid, in front of Oxigraph's server."""

    name, query = "Trifid", "/query"

    def __init__(self, endpoint: OverHttp | None = None) -> None:
        self._endpoint = endpoint

    def install(self, installed: Path) -> str:
        """Install it in a folder of its own. Raises AbsentError."""
        folder = installed / "trifid"
        if not shutil.which("npm"):
            raise AbsentError(f"{self.name} needs Node.js and npm")
        if not (folder / "node_modules" / "trifid").exists():
            folder.mkdir(parents=True, exist_ok=True)
            command = ["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", folder, f"trifid@{TRIFID}"]
            if subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode:
                raise AbsentError(f"{self.name} could not be installed from npm")
        node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
        return f"{self.name} {TRIFID} (Node.js {node.removeprefix('v')})"

    @contextmanager
    def serve(self, place: Place) -> Iterator[OverHttp]:
        """Serve what the endpoint has, by Trifid's own configuration for this, without its log and its own proxy."""
        if not self._endpoint:
            raise EngineError("Trifid needs Oxigraph's server, which does not run")
        folder, port = place.installed / "trifid", free_port()
        trifid = folder / "node_modules" / "trifid"
        given = trifid / "instances" / "docker-sparql" / "config.yaml"
        config = place.folder / "trifid.yaml"
        endpoint = f"http://127.0.0.1:{self._endpoint.port}{self._endpoint.path}"
        told = {
            "extends": [str(given)],
            "server": {"logLevel": "warn"},
            "globals": {"endpoints": {"default": {"url": endpoint}}},
        }
        config.write_text(json.dumps(told), encoding="utf-8")  # which is YAML
        command = ["node", str(trifid / "server.js"), "--config", str(config), "--port", str(port)]
        command += ["--sparql-endpoint-url", endpoint, "--dataset-base-url", f"http://localhost:{place.port}/"]
        with running(command, port, {"NODE_ENV": "production"}, place.folder) as process:
            yield OverHttp(port, self.query, process, place.slowest)

    def asked(self, server: OverHttp) -> list[str]:
        """Return the start page, and a thing, since it has no list of them."""
        home = f"http://localhost:{server.port}/"
        return [home, "--thing", f"{home}id/person/network-0-5"]


def _empty(folder: Path) -> Path:
    """Return the folder, made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
