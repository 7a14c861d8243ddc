"""Real servers for tests: on 127.0.0.1, on a free port, ended by their own process id."""

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_oxigraph(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Start a real SPARQL server on ``folder`` and wait until it listens."""
    beside_python = Path(sys.executable).with_name("oxigraph")
    binary = str(beside_python) if beside_python.exists() else shutil.which("oxigraph")
    if not binary:
        pytest.skip("needs a SPARQL server; bring it with: pip install oxigraph")
    place = ["--location", str(folder), "--bind", f"127.0.0.1:{port}"]
    command = [binary, "serve-read-only", "--union-default-graph", *place]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server
        time.sleep(0.02)
    server.kill()
    raise RuntimeError("oxigraph did not begin to listen within 10 seconds")
