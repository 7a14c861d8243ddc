"""The wheel carries the content: installed alone, far from any checkout, it builds the same release."""

import os
import subprocess
import sys
from pathlib import Path

from metropolis_kg.curation.release import Release, Releases
from repository import REPOSITORY


def run(command: list[str], cwd: Path, **environ: str) -> None:
    done = subprocess.run(command, cwd=cwd, env=os.environ | environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_installed_wheel_builds_the_release_of_the_checkout(tmp_path: Path, release: Release) -> None:
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    run([*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", ".", str(REPOSITORY)], tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    run([*pip, "install", "--no-deps", "--target", "site", str(wheel)], tmp_path)
    site = str(tmp_path / "site")
    where = "import metropolis_kg; print(metropolis_kg.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", where], env=os.environ | {"PYTHONPATH": site}, capture_output=True, text=True, check=True
    )
    assert found.stdout.startswith(site)
    run([sys.executable, "-m", "metropolis_kg", "--var", "var", "build"], tmp_path, PYTHONPATH=site)
    built = Releases(tmp_path / "var").current()
    assert built is not None
    assert built.digest == release.digest
