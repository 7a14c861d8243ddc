"""A release that takes long to open: requests go on with the one before, until it is ready."""

import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from metropolis_kg.curation.release import Release, Releases
from metropolis_kg.settings import Settings
from metropolis_kg.web.current import Current
from servers import wait_for


@pytest.fixture
def both(release: Release, tmp_path: Path) -> tuple[Releases, Release, Path]:
    """A published release, and where another one opens as soon as somebody writes its manifest to a pipe."""
    releases = Releases(tmp_path)
    first, second = (releases.folder / digest for digest in ("a" * 64, "b" * 64))
    shutil.copytree(release.path, first)
    shutil.copytree(release.path, second, ignore=shutil.ignore_patterns("dataset.*"))
    (tmp_path / "current").symlink_to(f"releases/{first.name}")
    (second / "manifest.json").unlink()
    os.mkfifo(second / "manifest.json")
    return releases, Release(first), second


def test_requests_go_on_with_the_release_before_until_the_new_one_is_open(
    both: tuple[Releases, Release, Path], release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    releases, _, second = both
    monkeypatch.setattr("metropolis_kg.web.current._PATIENCE", 0.05)
    current = Current(Settings(var=releases.var))
    before = current.release()
    (releases.var / "current").unlink()
    (releases.var / "current").symlink_to(f"releases/{second.name}")
    began = time.monotonic()
    assert [current.release() for _ in range(3)] == [before] * 3
    assert time.monotonic() - began < 2
    assert sum(thread.name.startswith("Thread") and "_moved" in thread.name for thread in threading.enumerate()) == 1
    (second / "manifest.json").write_bytes((release.path / "manifest.json").read_bytes())
    wait_for(lambda: current.release() is not before)
    assert current.release().folder == second
