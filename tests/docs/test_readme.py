"""The session in the README is run as it stands there, on another port, and gives what stands there (… is any text)."""

import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from metropolis_kg.content import FOLDERS
from repository import REPOSITORY

BIN = Path(sys.executable).parent


def steps() -> list[tuple[str, str]]:
    """Return each command of the README's console blocks with the output that stands below it."""
    blocks = re.findall(r"```console\n(.*?)```", (REPOSITORY / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    commands = [part for block in blocks for part in re.split(r"^\$ ", block, flags=re.MULTILINE) if part]
    return [(command, output) for command, _, output in (each.partition("\n") for each in commands)]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A copy of the content, built and served on a free port; yields the folder and the port."""
    folder = tmp_path_factory.mktemp("readme")
    for name in FOLDERS:
        shutil.copytree(REPOSITORY / name, folder / name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    program = [str(BIN / "metropolis-kg"), "--root", "."]
    subprocess.run(
        [*program, "build", "--base", f"http://localhost:{port}/"], cwd=folder, check=True, capture_output=True
    )
    with subprocess.Popen([*program, "serve", "--port", port], cwd=folder, stderr=subprocess.DEVNULL) as server:
        try:
            wait_until_ready(f"http://localhost:{port}/readyz")
            yield folder, port
        finally:
            server.terminate()


def wait_until_ready(url: str) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer")


def test_the_readme_shows_a_session() -> None:
    assert len(steps()) >= 6


@pytest.mark.parametrize(("command", "expected"), steps(), ids=lambda text: text[:40])
def test_the_session_gives_what_the_readme_shows(session: tuple[Path, str], command: str, expected: str) -> None:
    folder, port = session
    here = command.replace("localhost:8000", f"localhost:{port}").replace(
        ".venv/bin/metropolis-kg", f"{BIN}/metropolis-kg --root ."
    )
    done = subprocess.run(["bash", "-c", here], cwd=folder, capture_output=True, text=True, check=False)
    pattern = re.escape(expected.replace("localhost:8000", f"localhost:{port}")).replace("…", "(?s:.*)")
    assert re.fullmatch(pattern, done.stdout), done.stdout + done.stderr
