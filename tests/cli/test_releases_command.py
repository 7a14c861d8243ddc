"""``metropolis-kg releases push`` and ``pull``: what they say, and with which exit status they end."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ended import Ended, ended
from transferring import published

Run = Callable[..., Ended]


@pytest.fixture
def releases(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``metropolis-kg --var VAR releases …``."""

    def run(var: Path, *arguments: str) -> Ended:
        return ended(monkeypatch, capsys, "--var", var, "releases", *arguments)

    return run


@pytest.fixture
def place(tmp_path: Path, releases: Run) -> Path:
    """A folder to which a release was pushed by the command."""
    published(tmp_path / "origin", "a", "b")
    done = releases(tmp_path / "origin", "push", str(tmp_path / "place"))
    assert done.status == 0, done.err
    return tmp_path / "place"


def refused(done: Ended) -> str:
    """Return the one message with which a command could not do what was asked."""
    assert done.status == 2
    return done.err.splitlines()[-1]


def test_what_push_names_is_what_pull_takes(place: Path, tmp_path: Path, releases: Run) -> None:
    again = releases(tmp_path / "origin", "push", str(place))
    listed = again.out.split()[-1]
    assert again.out.startswith("already there:")
    other = releases(tmp_path / "replica", "pull", str(place), "--list", "0" * 64)
    assert refused(other) == f"metropolis-kg: the list of files there is {listed}, not {'0' * 64}"
    done = releases(tmp_path / "replica", "pull", str(place), "--list", listed, "--switch", "--history")
    assert [line.split()[0] for line in done.out.splitlines()] == ["pulled", "published"]
    done = releases(tmp_path / "replica", "pull", str(place), "--switch")
    assert [line.rsplit(" ", 1)[0] for line in done.out.splitlines()] == ["already here:", "already published:"]
    assert releases(tmp_path / "replica", "list").out == releases(tmp_path / "origin", "list").out


def test_history_brings_what_was_published_before_as_well(place: Path, tmp_path: Path, releases: Run) -> None:
    second = published(tmp_path / "origin", "c")
    for digest in ([], [second.digest[:6]]):
        done = releases(tmp_path / "origin", "push", *digest, str(place))
        assert done.status == 0, done.err
    assert releases(tmp_path / "one", "pull", str(place), "--switch").out.count("pulled") == 1
    assert releases(tmp_path / "two", "pull", str(place), "--switch", "--history").out.count("pulled") == 2


def test_a_damaged_file_is_one_message(place: Path, tmp_path: Path, releases: Run) -> None:
    next(place.rglob("search.sqlite")).write_bytes(b"damaged" * 1000)
    done = releases(tmp_path / "replica", "pull", str(place), "--switch")
    assert "search.sqlite is longer than the 6,000 bytes it should have" in refused(done)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["pull", "nowhere"], "nothing is published at nowhere yet"),
        (["pull", "http://127.0.0.1:1/"], "http://127.0.0.1:1/releases.json cannot be read: Connection refused"),
        (["pull", "{place}", "abc"], "no release there begins with 'abc'; there is "),
        (["push", "{place}"], "nothing is published in"),
        (["push", "abc", "{place}"], "no release begins with 'abc' in"),
        (["push", "one", "two", "three"], "one release is pushed at a time"),
        (["push", "{origin}"], "is where releases are served from; name a folder of its own"),
    ],
)
def test_what_cannot_be_done_is_one_message(
    place: Path, tmp_path: Path, releases: Run, arguments: list[str], reason: str
) -> None:
    given = [each.format(place=place, origin=tmp_path / "origin") for each in arguments]
    assert reason in refused(releases(tmp_path / "replica", *given))
