"""Real servers for tests: on 127.0.0.1, on a free port, ended by their own process id."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Return whether somebody listens on ``port``."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start_oxigraph(folder: Path, port: int, *, union: bool = True, writable: bool = False) -> subprocess.Popen[bytes]:
    """Start a real SPARQL server on ``folder`` and wait until it listens; the default graph is the ``union`` of all.

    A ``writable`` one takes updates at ``/update``.
    """
    beside_python = Path(sys.executable).with_name("oxigraph")
    binary = str(beside_python) if beside_python.exists() else shutil.which("oxigraph")
    if not binary:
        pytest.skip("needs a SPARQL server; bring it with: pip install oxigraph")
    place = ["--location", str(folder), "--bind", f"127.0.0.1:{port}"]
    command = [
        binary,
        "serve" if writable else "serve-read-only",
        *(["--union-default-graph"] if union else []),
        *place,
    ]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if listens(port):
            return server
        time.sleep(0.02)
    server.kill()
    raise RuntimeError("oxigraph did not begin to listen within 10 seconds")


@dataclass(frozen=True)
class Answer:
    """What a server sent: status, headers (names in lower case; repeated ones joined), body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def ask(
    url: str,
    accept: str | None = None,
    *,
    method: str = "GET",
    body: bytes | Iterable[bytes] | None = None,
    **headers: str,
) -> Answer:
    """Send one request and return the answer as it comes: no redirect is followed, no header is added unasked.

    Keyword arguments are header names in Python spelling: ``if_none_match`` is ``If-None-Match``. A body that is not
    bytes is sent in chunks.
    """
    parts = urlsplit(url)
    sent = {name.replace("_", "-").title(): value for name, value in headers.items()}
    if accept is not None:
        sent["Accept"] = accept
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        with suppress(BrokenPipeError):  # a server may answer before it has read all of a body
            connection.request(method, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, sent)
        response = connection.getresponse()
        joined: dict[str, str] = {}
        for name, value in response.getheaders():
            joined[name.lower()] = f"{joined[name.lower()]}, {value}" if name.lower() in joined else value
        return Answer(response.status, joined, response.read())
    finally:
        connection.close()


def serve_command(var: Path, port: int, *options: str) -> list[str]:
    """Return the command that serves the releases in ``var``."""
    return [sys.executable, "-m", "metropolis_kg", "--var", str(var), "serve", "--port", str(port), *options]


@contextmanager
def served(var: Path, port: int, *options: str, **environment: str) -> Iterator[str]:
    """Serve the releases in ``var`` as users do, and yield the address; keywords are more of the environment."""
    command = serve_command(var, port, *options)
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env={**os.environ, **environment})
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: ask(f"{url}/healthz").status == 200, process)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def wait_for(is_so: Callable[[], bool], process: subprocess.Popen[bytes] | None = None, seconds: float = 60) -> None:
    """Return once ``is_so`` holds. Fails when that takes too long, or the process that should bring it about ends."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process and process.poll() is not None:
            said = process.stderr.read().decode() if process.stderr else ""
            pytest.fail(f"the server ended with status {process.returncode}: {said}")
        try:
            if is_so():
                return
        except OSError:
            pass
        time.sleep(0.02)
    pytest.fail(f"waited {seconds} seconds in vain")
