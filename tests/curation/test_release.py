"""Releases on disk: found, compared, switched."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from metropolis_kg.curation.release import Release, Releases
from metropolis_kg.errors import ReleaseError
from metropolis_kg.store.register_file import REGISTER
from metropolis_kg.store.search_file import SEARCH


def made(var: Path, digest: str, created: str, quads: str = "") -> Release:
    folder = var / "building"
    folder.mkdir(parents=True)
    (folder / "dataset.nq").write_text(quads)
    manifest = {"created": created, "quads": quads.count("\n"), "difference": {}, "base": "http://x/", "prefixes": {}}
    manifest["statistics"] = {}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / SEARCH).touch()
    (folder / REGISTER).touch()
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


def test_rolling_back_twice_leads_back_again(releases: Releases) -> None:
    for digest in ("aa11", "ab22"):
        releases.switch(releases.find(digest))
    for digest in ("aa11", "ab22"):
        previous = releases.previous()
        assert previous is not None
        assert previous.digest == digest
        releases.switch(previous)


def test_publishing_the_same_release_again_forgets_nothing(releases: Releases) -> None:
    for digest in ("aa11", "ab22", "ab22"):
        releases.switch(releases.find(digest))
    previous = releases.previous()
    assert previous is not None
    assert previous.digest == "aa11"


EMPTY = hashlib.sha256(b"").hexdigest()


def test_an_equal_release_that_is_there_is_kept(tmp_path: Path) -> None:
    made(tmp_path, EMPTY, "2026-01-01T00:00:00+00:00")
    again = made(tmp_path, EMPTY, "2027-01-01T00:00:00+00:00")
    assert again.manifest["created"].startswith("2026")
    assert not (tmp_path / "building").exists()


def test_an_equal_release_that_an_older_program_built_without_counts_gives_way(tmp_path: Path) -> None:
    path = made(tmp_path, EMPTY, "2026-01-01T00:00:00+00:00").path / "manifest.json"
    path.write_text(path.read_text().replace("statistics", "unknown"))
    again = made(tmp_path, EMPTY, "2027-01-01T00:00:00+00:00")
    assert again.manifest["created"].startswith("2027")
    assert [path.name for path in tmp_path.iterdir()] == ["releases"]


@pytest.mark.parametrize("name", [SEARCH, REGISTER])
def test_an_equal_release_that_an_older_program_built_without_one_of_its_indexes_gives_way(
    tmp_path: Path, name: str
) -> None:
    (made(tmp_path, EMPTY, "2026-01-01T00:00:00+00:00").path / name).unlink()
    assert (made(tmp_path, EMPTY, "2027-01-01T00:00:00+00:00").path / name).exists()


@pytest.mark.parametrize("name", [SEARCH, REGISTER])
def test_a_release_with_a_damaged_index_gives_way(tmp_path: Path, name: str) -> None:
    (made(tmp_path, EMPTY, "2026-01-01T00:00:00+00:00").path / name).write_bytes(b"damaged")
    assert (made(tmp_path, EMPTY, "2027-01-01T00:00:00+00:00").path / name).read_bytes() == b""


@pytest.mark.parametrize(
    ("file", "damage"), [("dataset.nq", "garbage"), ("manifest.json", "{"), ("manifest.json", "[]")]
)
def test_a_damaged_release_gives_way_to_the_same_built_again(tmp_path: Path, file: str, damage: str) -> None:
    (made(tmp_path, EMPTY, "2026-01-01T00:00:00+00:00").path / file).write_text(damage)
    again = made(tmp_path, EMPTY, "2027-01-01T00:00:00+00:00")
    assert again.is_whole
    assert [path.name for path in tmp_path.iterdir()] == ["releases"]


@pytest.mark.parametrize("damage", ["{", "{}", "[]"])
def test_a_damaged_manifest_is_named_and_stands_in_nobody_elses_way(
    releases: Releases, tmp_path: Path, damage: str
) -> None:
    damaged = releases.find("ab22")
    (damaged.path / "manifest.json").write_text(damage)
    with pytest.raises(ReleaseError, match="release ab22 has"):
        assert Releases(tmp_path).find("ab22").manifest
    with pytest.raises(ReleaseError, match="release ab22 is damaged"):
        releases.switch(Releases(tmp_path).find("ab22"))
    releases.switch(Releases(tmp_path).find("aa11"))
    assert [release.digest for release in Releases(tmp_path).all()] == ["aa11", "ab22"]


def test_two_processes_may_switch_at_once(releases: Releases, tmp_path: Path) -> None:
    assert releases.all()
    program = (
        "import sys; from pathlib import Path; from metropolis_kg.curation.release import Releases\n"
        "releases = Releases(Path(sys.argv[1])); both = [releases.find('aa'), releases.find('ab')]\n"
        "for number in range(300): releases.switch(both[number % 2])\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command) as one, subprocess.Popen(command) as other:
        assert (one.wait(60), other.wait(60)) == (0, 0)
