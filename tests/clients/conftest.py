"""The running server that real clients ask, and those of them that npm brings."""

import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from questions import Questions

from npm import install, node_js

HERE = Path(__file__).parent

Comunica = Callable[..., Any]


@pytest.fixture(scope="session")
def questions(site: str) -> Questions:
    """What is asked."""
    return Questions(f"{site}/")


@pytest.fixture(scope="session")
def node() -> Path:
    """Node.js 22 or newer, from PyPI."""
    return node_js()


@pytest.fixture(scope="session")
def installed() -> None:
    """See to it that what the lock file names is installed."""
    install(HERE)


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
