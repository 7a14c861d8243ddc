"""A release that another one replaces is closed as soon as nobody is at it, whatever was asked of it before."""

import gc
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from weakref import ReferenceType, ref

import pytest
from flask import Flask

from metropolis_kg.curation.release import Release
from metropolis_kg.settings import Settings
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.web.app import create_app
from servers import wait_for

PAGES, DOCUMENTS = "text/html", "text/turtle"


@pytest.fixture
def two(release: Release, tmp_path: Path) -> list[Path]:
    """The folders of two releases, of which the first is published."""
    folders = [tmp_path / "releases" / (name * 64) for name in "ab"]
    for folder in folders:
        shutil.copytree(release.path, folder, copy_function=os.link)
    (tmp_path / "current").symlink_to(folders[0])
    return folders


@pytest.fixture
def app(two: list[Path], tmp_path: Path) -> Iterator[Flask]:
    """The application that serves them, while nothing is collected that the program does not collect itself."""
    gc.collect()
    gc.disable()
    yield create_app(Settings(var=tmp_path))
    gc.enable()


def opened(folder: Path) -> ReferenceType[OpenRelease]:
    """Return a reference to the open release of this folder that does not keep it open.

    It is asked for once: a list of all objects keeps those alive that are collected meanwhile.
    """
    return next(ref(each) for each in gc.get_objects() if isinstance(each, OpenRelease) and each.folder == folder)


def switch(var: Path, folder: Path) -> None:
    """Publish another release."""
    (var / "fresh").symlink_to(folder)
    (var / "fresh").replace(var / "current")


def get(app: Flask, path: str, accept: str) -> int:
    """Return the status of an answer that was read."""
    with app.test_client().get(path, headers={"Accept": accept}) as answer:
        return answer.status_code


def test_a_page_that_was_written_does_not_keep_its_release_open(
    app: Flask, two: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metropolis_kg.web.replaced._PAUSES", [0.05] * 100)
    assert get(app, "/doc/place/berlin", PAGES) == 200
    before = opened(two[0])
    switch(tmp_path, two[1])
    wait_for(lambda: get(app, "/readyz", PAGES) == 200 and before() is None)
    assert opened(two[1])()


def test_a_thread_that_waits_for_its_next_request_does_not_keep_the_release_of_the_last_one_open(
    app: Flask, two: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metropolis_kg.web.replaced._PAUSES", [])
    with ThreadPoolExecutor(1) as idle:
        assert idle.submit(get, app, "/doc/place/berlin", DOCUMENTS).result() == 200
        before = opened(two[0])
        switch(tmp_path, two[1])
        wait_for(lambda: get(app, "/readyz", PAGES) == 200 and before() is None)
        assert opened(two[1])()
