"""The journal: every publication is noted before it takes place, and what did not take place is no publication."""

import json
import os
import random
import signal
import subprocess
import sys
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest

from metropolis_kg.curation.changes import Changes, changes
from metropolis_kg.curation.noted_things import FEW, NotedThings
from metropolis_kg.curation.release import Release, Releases
from metropolis_kg.errors import ReleaseError
from metropolis_kg.model.publications import Publication, having

BASE = "http://x/"
CREATED = "2020-01-01T00:00:00+00:00"


def nquads(*statements: str, base: str = BASE) -> str:
    """Return sorted N-Quads of statements such as ``person/a says b``."""
    lines = [
        f"<{base}id/{subject}> <p:{verb}> <o:{word}> <g:1> .\n" for subject, verb, word in map(str.split, statements)
    ]
    return "".join(sorted({*lines, f"<{base}dataset> <p:has> <o:{len(lines)}> <g:1> .\n"}))


def made(var: Path, *statements: str, base: str = BASE) -> Release:
    text = nquads(*statements, base=base)
    folder = var / "building"
    folder.mkdir(parents=True)
    (folder / "dataset.nq").write_text(text)
    manifest = {"created": CREATED, "quads": text.count("\n"), "difference": {}, "base": base, "prefixes": {}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return Releases(var).adopt(folder, sha256(text.encode()).hexdigest())


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    return Releases(tmp_path)


@pytest.fixture
def two(tmp_path: Path) -> tuple[Release, Release]:
    return made(tmp_path, "person/a is b", "place/c is d"), made(tmp_path, "person/a is e", "role/f is g")


def digests(releases: Releases) -> list[str]:
    return [publication.digest for publication in releases.publications()]


def test_a_publication_says_which_things_are_new_changed_and_gone(
    releases: Releases, two: tuple[Release, Release], tmp_path: Path
) -> None:
    for release in (two[0], two[1], two[0]):
        releases.switch(release)
    first, second, back = releases.publications()
    assert (first.created, first.updated, first.removed) == (("id/person/a", "id/place/c"), (), ())
    assert (second.created, second.updated, second.removed) == (("id/role/f",), ("id/person/a",), ("id/place/c",))
    assert (back.created, back.updated, back.removed) == (("id/place/c",), ("id/person/a",), ("id/role/f",))
    assert [each.number for each in (first, second, back)] == [1, 2, 3]
    assert first.published < second.published < back.published
    noted = json.loads((tmp_path / "journal" / "000002.json").read_bytes())
    assert noted.keys() == {"number", "digest", "published", "base", "created", "updated", "removed"}
    assert datetime.fromisoformat(noted["published"]) == second.published
    assert (noted["digest"], noted["created"]) == (two[1].digest, ["id/role/f"])


def test_the_history_is_listed_with_the_latest_first(
    releases: Releases, two: tuple[Release, Release], tmp_path: Path
) -> None:
    for release in (two[0], two[1]):
        releases.switch(release)
    command = [sys.executable, "-m", "metropolis_kg", "--var", str(tmp_path), "releases", "history"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    latest, first = releases.publications()[::-1]
    assert said[0].split() == ["2", latest.published.isoformat(), two[1].digest[:12], "+1", "~1", "-1", BASE]
    assert said[1].split() == ["1", first.published.isoformat(), two[0].digest[:12], "+2", "~0", "-0", BASE]


def test_publishing_what_is_published_is_no_publication(releases: Releases, two: tuple[Release, Release]) -> None:
    for release in (two[0], two[0], two[1], two[1]):
        releases.switch(release)
    assert digests(releases) == [two[0].digest, two[1].digest]


def test_another_base_starts_anew(releases: Releases, two: tuple[Release, Release], tmp_path: Path) -> None:
    releases.switch(two[0])
    releases.switch(made(tmp_path, "person/a is b", base="https://y/kg/"))
    moved = releases.publications()[-1]
    assert (moved.base, moved.created, moved.removed) == ("https://y/kg/", ("id/person/a",), ())


def test_a_release_older_than_the_journal_counts_as_published_when_it_was_built(
    releases: Releases, two: tuple[Release, Release], tmp_path: Path
) -> None:
    (tmp_path / "current").symlink_to(Path("releases") / two[0].digest)
    (implicit,) = releases.publications()
    assert (implicit.digest, implicit.published.isoformat()) == (two[0].digest, CREATED)
    assert implicit.created == ("id/person/a", "id/place/c")
    assert not (tmp_path / "journal").exists()
    releases.switch(two[1])
    assert releases.publications()[0] == implicit
    assert digests(releases) == [two[0].digest, two[1].digest]


def test_a_release_that_something_else_published_is_noted_before_the_next(
    releases: Releases, two: tuple[Release, Release], tmp_path: Path
) -> None:
    third = made(tmp_path, "person/a is z")
    releases.switch(two[0])
    (tmp_path / "current").unlink()
    (tmp_path / "current").symlink_to(Path("releases") / third.digest)
    assert digests(releases) == [two[0].digest, third.digest]
    releases.switch(two[1])
    assert digests(releases) == [two[0].digest, third.digest, two[1].digest]
    assert [each.number for each in releases.publications()] == [1, 2, 3]


def test_where_the_link_is_gone_the_last_publication_counts(
    releases: Releases, two: tuple[Release, Release], tmp_path: Path
) -> None:
    releases.switch(two[0])
    (tmp_path / "current").unlink()
    assert digests(releases) == [two[0].digest]
    releases.switch(two[0])
    assert digests(releases) == [two[0].digest]


def test_where_the_release_before_is_gone_its_things_are_known_from_the_journal(
    releases: Releases, two: tuple[Release, Release]
) -> None:
    releases.switch(two[0])
    (two[0].path / "dataset.nq").unlink()
    releases.switch(two[1])
    last = releases.publications()[-1]
    assert (last.created, last.updated, last.removed) == (("id/role/f",), ("id/person/a",), ("id/place/c",))


def test_a_release_without_its_dataset_is_not_published(releases: Releases, two: tuple[Release, Release]) -> None:
    releases.switch(two[0])
    (two[1].path / "dataset.nq").unlink()
    with pytest.raises(ReleaseError, match=r"has no readable dataset\.nq; build it again"):
        releases.switch(two[1])
    assert digests(releases) == [two[0].digest]


def test_a_note_is_read_once_and_again_when_it_is_another_file(
    releases: Releases, two: tuple[Release, Release], tmp_path: Path
) -> None:
    for release in two:
        releases.switch(release)
    first, second = releases.publications()
    assert all(one is other for one, other in zip(releases.publications(), (first, second), strict=True))
    assert first.created[1] is second.removed[0]
    note = tmp_path / "journal" / "000001.json"
    note.write_text(note.read_text().replace("place/c", "place/d"))
    again, same = releases.publications()
    assert again.created == ("id/person/a", "id/place/d")
    assert same is second


@pytest.mark.parametrize("damage", ["{", "[]", "{}", '{"number": 7}', "null"])
def test_a_damaged_note_is_named_and_says_what_to_do(
    releases: Releases, two: tuple[Release, Release], tmp_path: Path, damage: str
) -> None:
    releases.switch(two[0])
    (tmp_path / "journal" / "000001.json").write_text(damage)
    with pytest.raises(ReleaseError, match=r"publication 1, .*000001.json, .*move .*journal away"):
        releases.publications()
    with pytest.raises(ReleaseError, match="restore it"):
        releases.switch(two[1])


def test_a_missing_note_is_missed(releases: Releases, two: tuple[Release, Release], tmp_path: Path) -> None:
    for release in two:
        releases.switch(release)
    (tmp_path / "journal" / "000001.json").unlink()
    with pytest.raises(ReleaseError, match="publication 1"):
        releases.publications()


def test_what_else_lies_in_the_journal_is_no_note(
    releases: Releases, two: tuple[Release, Release], tmp_path: Path
) -> None:
    releases.switch(two[0])
    for name in ("notes.json", ".fresh", "000001.json~"):
        (tmp_path / "journal" / name).write_text("?")
    assert digests(releases) == [two[0].digest]


@pytest.mark.parametrize("called", ["os.fsync", "pathlib.Path.replace", "pathlib.Path.symlink_to"])
def test_a_switch_killed_before_each_call_leaves_a_journal_that_tells_what_is_published(
    releases: Releases, two: tuple[Release, Release], tmp_path: Path, called: str
) -> None:
    releases.switch(two[0])
    for number in range(1, 20):
        before = releases.publications()
        wanted = two[1] if releases.current() == two[0] else two[0]
        if not _killed(tmp_path, wanted, called, number):
            break
        current = releases.current()
        assert current is not None
        assert releases.publications()[-1].digest == current.digest
        assert releases.publications()[: len(before)] == before
    assert number > 2
    assert releases.publications()[-1].digest == wanted.digest
    assert_alternating(releases.publications())


def _killed(var: Path, release: Release, called: str, number: int) -> bool:
    """Switch in another process, which is killed when it is about to make a call for the ``number``-th time."""
    module, _, name = called.rpartition(".")
    program = (
        "import os, pathlib, signal, sys; from metropolis_kg.curation.release import Releases\n"
        f"real, left = {module}.{name}, [{number}]\n"
        "def counted(*a, **k):\n"
        "    left[0] -= 1\n"
        "    if not left[0]: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return real(*a, **k)\n"
        f"{module}.{name} = counted\n"
        "releases = Releases(pathlib.Path(sys.argv[1])); releases.switch(releases.find(sys.argv[2]))\n"
    )
    status = subprocess.run([sys.executable, "-c", program, str(var), release.digest], check=False).returncode
    assert status in (0, -signal.SIGKILL)
    return status != 0


MANY = [f"person/{'p' * 200}{number}" for number in range(FEW + 1)]


@pytest.fixture
def long(tmp_path: Path) -> tuple[Release, Release]:
    return made(tmp_path, *(f"{each} is x" for each in MANY)), made(tmp_path, *(f"{each} is y" for each in MANY[1:]))


def test_a_long_list_of_things_is_noted_as_a_short_one_is_and_is_not_held(
    releases: Releases, long: tuple[Release, Release], tmp_path: Path
) -> None:
    for release in long:
        releases.switch(release)
    first, second = releases.publications()
    assert isinstance(first.created, NotedThings)
    assert list(first.created) == sorted(f"id/{each}" for each in MANY)
    assert (len(second.updated), second.removed[:], second.created) == (FEW, (f"id/{MANY[0]}",), ())
    assert [first.what(f"id/{name}") for name in (MANY[0], MANY[9], "person/p")] == ["created", "created", None]
    assert having((first, second), f"id/{MANY[0]}") == (first,)
    text = (tmp_path / "journal" / "000002.json").read_text()
    noted = json.loads(text)
    assert noted["updated"] == list(second.updated)
    assert text == json.dumps(noted, indent=1) + "\n"


def test_a_long_note_that_is_cut_is_missed(releases: Releases, long: tuple[Release, Release], tmp_path: Path) -> None:
    releases.switch(long[0])
    path = tmp_path / "journal" / "000001.json"
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(ReleaseError, match=r"\]' is missing.*restore it"):
        releases.publications()


def test_what_went_before_a_dataset_is_gone_is_new_when_it_comes_back(
    releases: Releases, two: tuple[Release, Release]
) -> None:
    for release in two:
        releases.switch(release)
    (two[1].path / "dataset.nq").unlink()
    releases.switch(two[0])
    assert releases.publications()[-1].created == ("id/place/c",)


def test_what_was_published_with_long_lists_stands_for_a_dataset_that_is_gone(
    releases: Releases, long: tuple[Release, Release]
) -> None:
    releases.switch(long[0])
    (long[0].path / "dataset.nq").unlink()
    releases.switch(long[1])
    last = releases.publications()[-1]
    assert (last.created, len(last.updated), last.removed[:]) == ((), FEW, (f"id/{MANY[0]}",))


def assert_alternating(publications: tuple[Publication, ...]) -> None:
    """No publication repeats the one before, and times and numbers increase."""
    for one, other in pairwise(publications):
        assert one.digest != other.digest
        assert one.published < other.published
        assert one.number + 1 == other.number


def test_what_was_noted_but_not_published_is_written_over(
    releases: Releases, two: tuple[Release, Release], tmp_path: Path
) -> None:
    releases.switch(two[0])
    assert _killed(tmp_path, two[1], "pathlib.Path.symlink_to", 1)
    assert (tmp_path / "journal" / "000002.json").exists()
    assert digests(releases) == [two[0].digest]
    third = made(tmp_path, "person/a is z")
    releases.switch(third)
    assert digests(releases) == [two[0].digest, third.digest]


def test_two_processes_that_switch_at_once_note_every_publication_once(
    releases: Releases, two: tuple[Release, Release], tmp_path: Path
) -> None:
    program = (
        "import sys; from pathlib import Path; from metropolis_kg.curation.release import Releases\n"
        "releases = Releases(Path(sys.argv[1])); both = [releases.find(each) for each in sys.argv[2:]]\n"
        "for number in range(40): releases.switch(both[number % 2])\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path), two[0].digest, two[1].digest]
    with subprocess.Popen(command) as one, subprocess.Popen(command) as other:
        assert (one.wait(60), other.wait(60)) == (0, 0)
    publications = releases.publications()
    assert 40 <= len(publications) <= 80
    assert_alternating(publications)


def test_a_var_that_cannot_be_written_is_named(
    releases: Releases, two: tuple[Release, Release], tmp_path: Path
) -> None:
    (tmp_path / "journal").write_text("no folder")
    with pytest.raises(ReleaseError, match="cannot switch releases in"):
        releases.switch(two[0])
    assert releases.current() is None


def changed(tmp_path: Path, old: str, new: str) -> Changes:
    (tmp_path / "old").write_text(old)
    (tmp_path / "new").write_text(new)
    return changes(tmp_path / "old", tmp_path / "new", BASE)


def test_what_is_said_of_a_fragment_is_said_of_its_thing(tmp_path: Path) -> None:
    old = nquads("tenure/x is a", "tenure/x#time is b", "tenure/x-y is c", "tenure/z is d")
    new = nquads("tenure/x is a", "tenure/x#time is e", "tenure/x-y is c", "tenure/z is d", "tenure/z#new is f")
    assert changed(tmp_path, old, new) == Changes(updated=("id/tenure/x", "id/tenure/z"))


def test_a_fragment_of_what_is_no_thing_is_no_change(tmp_path: Path) -> None:
    assert changed(tmp_path, nquads("a/b is c"), nquads("a/b is c", "x/y#z is c")) == Changes()


def test_a_statement_that_moves_to_another_graph_is_a_change(tmp_path: Path) -> None:
    old = nquads("a/b is c")
    assert changed(tmp_path, old, old.replace("<g:1>", "<g:2>")) == Changes(updated=("id/a/b",))


RETIRED = f"<http://x/id/p/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{BASE}ns#RetiredThing> <g:1> .\n"


def test_what_stewards_say_is_retired_is_gone_and_never_new(tmp_path: Path) -> None:
    alive, other = nquads("p/a is b"), nquads("p/b is c")
    retired = "".join(sorted([*alive.splitlines(keepends=True), RETIRED]))
    assert changed(tmp_path, alive, retired).removed == ("id/p/a",)
    assert changed(tmp_path, retired, alive).created == ("id/p/a",)
    assert changed(tmp_path, retired, retired.replace("<o:b>", "<o:c>")) == Changes()
    assert changed(tmp_path, other, retired) == Changes(removed=("id/p/b",))
    assert changes(None, tmp_path / "new", BASE) == Changes()
    several = "".join(sorted((nquads("p/0 is c", "p/b is c") + retired).splitlines(keepends=True)))
    assert changed(tmp_path, "", several).created == ("id/p/0", "id/p/b")
    quoted = f'<http://x/id/p/a> <p:is> "{RETIRED[:-9]}" <g:1> .\n'
    assert changed(tmp_path, "", quoted).created == ("id/p/a",)


def test_changes_equal_those_found_by_comparing_sets(tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311 - for a test
    names = ["p/a", "p/a-b", "p/a#t", "p/a.b", "p/ab", "q/a", "q/a#t", "q/a#u"]
    for _ in range(200):
        sides = [
            {f"{chance.choice(names)} is {chance.choice('xyz')}" for _ in range(chance.randrange(8))} for _ in "ab"
        ]
        found = changed(tmp_path, *(nquads(*side) for side in sides))
        whole = [{each.split()[0] for each in side if "#" not in each} for side in sides]
        said = [{(each.partition("#")[0].split()[0], each) for each in side} for side in sides]
        differing = {thing for thing, _ in said[0] ^ said[1]}
        assert set(found.created) == {f"id/{each}" for each in whole[1] - whole[0]}
        assert set(found.removed) == {f"id/{each}" for each in whole[0] - whole[1]}
        assert set(found.updated) == {f"id/{each}" for each in differing & whole[0] & whole[1]}


def test_no_more_is_held_than_what_differs(tmp_path: Path) -> None:
    many = nquads(*(f"p/{number} is x" for number in range(80_000)))
    (tmp_path / "old").write_text(many)
    (tmp_path / "new").write_text(many.replace("p/777> <p:is> <o:x>", "p/777> <p:is> <o:y>"))
    program = (
        "import sys, tracemalloc; from pathlib import Path; from metropolis_kg.curation.changes import changes\n"
        "tracemalloc.start(); found = changes(Path(sys.argv[1]), Path(sys.argv[2]), 'http://x/')\n"
        "print(found.updated, tracemalloc.get_traced_memory()[1])"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "old"), str(tmp_path / "new")]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ).stdout
    assert said.startswith("('id/p/777',)")
    assert int(said.split()[-1]) < 8_000_000, "of 20 in all"
