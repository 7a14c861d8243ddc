"""The wheel carries the content: installed alone, far from any checkout, it builds the same release."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from metropolis_kg.curation.release import Release, Releases
from repository import REPOSITORY


def run(command: list[str], cwd: Path, **environ: str) -> None:
    done = subprocess.run(command, cwd=cwd, env=os.environ | environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def assert_editor_in(wheel: Path) -> None:
    """Fail where the scripts of the pages, or the licences of what is in them, are not in the wheel."""
    built = "metropolis_kg/web/static/built/"
    with zipfile.ZipFile(wheel) as archive:
        sizes = {each.filename: each.file_size for each in archive.infolist()}
        scripts = {name.removeprefix(built).rpartition("-")[0]: name for name in sizes if name.endswith(".js")}
        assert set(scripts) == {"query-page", "site", "validation-page", "shared"}
        assert sum(sizes[name] for name in scripts.values()) > 200_000
        [land] = [size for name, size in sizes.items() if name.startswith(f"{built}land-") and name.endswith(".svg")]
        assert 10_000 < land < 25_000
        licences = archive.read(f"{built}LICENSES.txt").decode()
        assert all(name in licences for name in ("codemirror-lang-sparql", "world-atlas"))
        assert not [name for name in sizes if "node_modules" in name or "frontend" in name]


def test_the_installed_wheel_builds_the_release_of_the_checkout(tmp_path: Path, release: Release) -> None:
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    run([*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", ".", str(REPOSITORY)], tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    assert_editor_in(wheel)
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
