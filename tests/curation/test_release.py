"""Releases on disk: found, compared, switched."""

import json
from pathlib import Path

import pytest

from metropolis_kg.curation.release import Release, Releases
from metropolis_kg.errors import ReleaseError


def made(var: Path, digest: str, created: str, quads: str = "") -> Release:
    folder = var / "building"
    folder.mkdir(parents=True)
    (folder / "dataset.nq").write_text(quads)
    manifest = {"created": created, "quads": quads.count("\n"), "difference": {"added": 0, "removed": 0}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return Releases(var).adopt(folder, digest)


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    made(tmp_path, "aa11", "2026-01-01T00:00:00+00:00", "<a> <b> <c> <g> .\n<a> <b> <d> <g> .\n")
    made(tmp_path, "ab22", "2026-01-02T00:00:00+00:00", "<a> <b> <d> <g> .\n<a> <b> <e> <g> .\n")
    return Releases(tmp_path)


def test_the_newest_release_comes_first(releases: Releases) -> None:
    assert [release.digest for release in releases.all()] == ["ab22", "aa11"]


def test_nothing_is_published_before_the_first_switch(releases: Releases) -> None:
    assert releases.current() is None


def test_switching_publishes_and_switching_again_rolls_back(releases: Releases) -> None:
    for digest in ("aa11", "ab22", "aa11"):
        releases.switch(releases.find(digest))
        current = releases.current()
        assert current is not None
        assert current.digest == digest


def test_a_release_is_found_by_the_first_digits_of_its_digest(releases: Releases) -> None:
    assert releases.find("ab").digest == "ab22"


@pytest.mark.parametrize(("digest", "said"), [("a", "2 releases"), ("c", "no release"), ("", "no release")])
def test_digits_that_fit_none_or_several_are_refused(releases: Releases, digest: str, said: str) -> None:
    with pytest.raises(ReleaseError, match=said):
        releases.find(digest)


def test_a_difference_names_what_each_side_alone_says(releases: Releases) -> None:
    difference = list(releases.difference(releases.find("aa"), releases.find("ab")))
    assert difference == [("-", "<a> <b> <c> <g> ."), ("+", "<a> <b> <e> <g> .")]


def test_an_equal_release_that_is_there_is_kept(releases: Releases, tmp_path: Path) -> None:
    made(tmp_path, "aa11", "2027-01-01T00:00:00+00:00")
    assert releases.find("aa11").manifest["created"].startswith("2026")
    assert not (tmp_path / "building").exists()


def test_an_unreadable_manifest_is_named(tmp_path: Path) -> None:
    release = made(tmp_path, "aa11", "2026")
    (release.path / "manifest.json").write_text("{")
    with pytest.raises(ReleaseError, match=r"release aa11 has no readable manifest\.json"):
        Releases(tmp_path).all()


def test_a_folder_without_manifest_is_no_release(tmp_path: Path) -> None:
    (tmp_path / "releases" / "half").mkdir(parents=True)
    assert Releases(tmp_path).all() == []
