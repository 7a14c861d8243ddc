"""Real SPARQL stores that take updates: Oxigraph's server and Virtuoso, which a test may kill and start again."""

import json
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest

from metropolis_kg.store.bare import BareStore
from metropolis_kg.store.endpoint import Credentials
from servers import ask, free_port, start_oxigraph, wait_for

_VIRTUOSO_INI = """[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = temporary.db
TransactionFile = temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
CheckpointInterval = 0
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = 10000000
"""


@dataclass
class Served:
    """A store in a folder, running or not; ``kind`` is ``oxigraph`` or ``virtuoso``."""

    kind: str
    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"http://127.0.0.1:{self.port}/{'query' if self.kind == 'oxigraph' else 'sparql'}"

    @property
    def credentials(self) -> Path:
        """A file that says who may update it."""
        path = self.folder / "credentials"
        path.write_text("dba:dba\n", encoding="utf-8")
        return path

    @property
    def bare(self) -> BareStore:
        """The store as it is."""
        return BareStore.at(self.url, None, Credentials.from_file(self.credentials))

    def start(self) -> None:
        """Return once it answers."""
        self.folder.mkdir(exist_ok=True)
        if self.kind == "oxigraph":
            self.process = start_oxigraph(self.folder / "store", self.port, union=False, writable=True)
        else:
            self.process = self._start_virtuoso()
        wait_for(lambda: ask(f"{self.url}?query=ASK%7B%7D", "application/sparql-results+json").status == 200)

    def kill(self) -> None:
        """End it as a failing machine would."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _start_virtuoso(self) -> subprocess.Popen[bytes]:
        binary = shutil.which("virtuoso-t")
        if not binary:
            pytest.skip("needs Virtuoso; on Debian: apt-get install virtuoso-opensource-7-bin")
        (self.folder / "virtuoso.ini").write_text(_VIRTUOSO_INI.format(sql=free_port(), port=self.port))
        (self.folder / "virtuoso.lck").unlink(missing_ok=True)
        command = [binary, "+foreground", "+configfile", "virtuoso.ini"]
        return subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def graphs(self) -> set[str]:
        """Return the names of all graphs with statements, but for those that the engine brings along."""
        query = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"
        answer = ask(f"{self.url}?{urlencode({'query': query})}", "application/sparql-results+json")
        found = {row["g"]["value"] for row in json.loads(answer.body)["results"]["bindings"]}
        return {graph for graph in found if graph.startswith("urn:metropolis-kg:") or "example.org" in graph}
