"""Things that are not held are a sequence as good as a tuple of them."""

import random
from pathlib import Path

import pytest

from metropolis_kg.curation.noted_things import FEW, NotedThings, listed, mapped, noted
from metropolis_kg.store.sorted_lines import SortedLines

CHANCE = random.Random(5)  # noqa: S311 - for a test
NAMES = {f"id/{CHANCE.randrange(9_999)}{'ä' * CHANCE.randrange(60)}" for _ in range(6_000)}
LINES = sorted(NAMES | {"y" * 200_000, 'z "\\'})


@pytest.fixture(scope="module")
def things(tmp_path_factory: pytest.TempPathFactory) -> NotedThings:
    path = tmp_path_factory.mktemp("noted") / "note"
    before = ' "other": [\n  "a",\n  "b"\n ],\n "created": ['
    path.write_text(before + "".join(noted(LINES)) + '\n ],\n "removed": [\n  "zzzz"\n ]\n')
    with path.open("rb") as file:
        data = mapped(file)
    start = len(before) + 1
    return NotedThings(data, start, data.find(b"\n ]", start))


def test_there_are_as_many_and_in_the_same_order(things: NotedThings) -> None:
    assert len(things) == len(LINES)
    assert list(things) == LINES


def test_each_and_each_part_is_found_by_its_place(things: NotedThings) -> None:
    whole = tuple(LINES)
    for place in (0, 1, len(LINES) // 2, len(LINES) - 1, -1, -2):
        assert things[place] == whole[place]
    for part in (
        slice(0, 100),
        slice(2_000, 2_100),
        slice(-3, None),
        slice(9, 3),
        slice(8_000, 9_999),
        slice(9, 0, -4),
    ):
        assert things[part] == whole[part]
    with pytest.raises(IndexError):
        things[len(whole)]


def test_a_line_is_in_it_and_a_part_of_one_is_not(things: NotedThings) -> None:
    assert all(line in things for line in (*LINES[::50], LINES[0], LINES[-1]))
    assert not any(text in things for text in ("", "i", LINES[7] + "0", LINES[7][:-1] + "!", "zzzz", "a", "\udc80", 3))


def test_few_things_are_held_and_many_are_not(tmp_path: Path) -> None:
    lines = SortedLines(tmp_path)
    lines.extend([b"%06d\n" % number for number in range(FEW)])
    held = listed(lines)
    assert held == tuple(f"{number:06}" for number in range(FEW))
    lines.extend([b"x\n"])
    assert isinstance(listed(lines), NotedThings)
    assert tuple(listed(lines)) == (*held, "x")
