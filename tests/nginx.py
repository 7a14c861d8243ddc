"""A real nginx for tests: on 127.0.0.1, with the configuration of deploy/ in which only addresses and paths differ."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from repository import REPOSITORY
from servers import listens, wait_for

SITES = REPOSITORY / "deploy" / "nginx"


@dataclass(frozen=True)
class Certificate:
    """A certificate that trusts itself, for 127.0.0.1."""

    certificate: Path
    key: Path


def make_certificate(folder: Path) -> Certificate:
    """Return a new certificate, in ``folder``."""
    made = Certificate(folder / "localhost.pem", folder / "localhost.key")
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", made.key, "-out", made.certificate,
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    return made


def site(name: str, replaced: Mapping[str, str]) -> str:
    """Return the configuration ``name`` of deploy/ with other addresses and paths; each that is replaced is there."""
    text = (SITES / name).read_text(encoding="utf-8")
    for old, new in replaced.items():
        assert old in text, f"{old!r} is not in {name}"
        text = text.replace(old, new)
    return text


@contextmanager
def nginx(folder: Path, port: int, *sites: str) -> Iterator[Path]:
    """Run nginx with ``sites`` until the context ends, and yield the file of its errors; it listens on ``port``."""
    command = [*_command(configured(folder, *sites)), "-g", "daemon off;"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        wait_for(lambda: listens(port), process)
        yield folder / "error.log"
    finally:
        process.send_signal(signal.SIGQUIT)
        process.communicate(timeout=20)


def configured(folder: Path, *sites: str) -> Path:
    """Write a configuration with ``sites`` into ``folder``, in which nginx keeps all it needs; return its path."""
    for number, text in enumerate(sites):
        (folder / f"site{number}.conf").write_text(text, encoding="utf-8")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"  {kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    user = "user root;\n" if os.geteuid() == 0 else ""
    path = folder / "nginx.conf"
    path.write_text(
        f"{user}worker_processes 2;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log warn;\n"
        f"events {{ worker_connections 512; }}\n"
        f"http {{\n  access_log off;\n{paths}  include {folder}/site*.conf;\n}}\n",
        encoding="utf-8",
    )
    return path


def checked(configuration: Path) -> subprocess.CompletedProcess[str]:
    """Return what ``nginx -t`` says of ``configuration``."""
    return subprocess.run([*_command(configuration), "-t"], capture_output=True, text=True, check=False)


def _command(configuration: Path) -> list[str]:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not found:
        pytest.skip("needs nginx; on Debian: apt-get install nginx-light")
    return [found, "-p", str(configuration.parent), "-c", str(configuration)]
