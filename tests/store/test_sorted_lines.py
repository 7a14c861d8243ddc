"""Sorting outside of memory gives what sorting in memory gives, and holds no more than it may."""

import random
import tracemalloc
from pathlib import Path

import pytest

from metropolis_kg.store.sorted_lines import SortedLines, file_blocks

CHANCE = random.Random(3)  # noqa: S311 - for a test
WORDS = [b"%d %s\n" % (CHANCE.randrange(400), b"x" * CHANCE.randrange(120)) for _ in range(4_000)]


def taken(folder: Path, lines: list[bytes], held: int, *, once: bool = True) -> SortedLines:
    found = SortedLines(folder, once=once, held=held)
    for start in range(0, len(lines), 37):
        found.extend(lines[start : start + 37])
    return found


@pytest.mark.parametrize("held", [2_000, 100_000, 1 << 30])
def test_lines_come_sorted_and_each_once_or_as_often_as_they_were_taken(tmp_path: Path, held: int) -> None:
    assert list(taken(tmp_path, WORDS, held).lines()) == sorted(set(WORDS))
    assert list(taken(tmp_path, WORDS, held, once=False).lines()) == sorted(WORDS)


@pytest.mark.parametrize("held", [2_000, 1 << 30])
def test_lines_can_be_had_again_and_more_can_be_taken_in_between(tmp_path: Path, held: int) -> None:
    found = taken(tmp_path, WORDS[:2_000], held)
    assert list(found.lines()) == list(found.lines()) == sorted(set(WORDS[:2_000]))
    found.extend(WORDS[2_000:])
    assert list(found.lines()) == sorted(set(WORDS))


def test_a_line_may_be_longer_than_what_is_read_at_once(tmp_path: Path) -> None:
    lines = [letter * 300_000 + b"\n" for letter in (b"c", b"a", b"d", b"b")]
    assert list(taken(tmp_path, lines, 1_000).lines()) == sorted(lines)


def test_nothing_comes_of_nothing_and_nothing_is_left_in_the_folder(tmp_path: Path) -> None:
    assert list(taken(tmp_path, [], 1_000).blocks()) == []
    found = taken(tmp_path, WORDS, 2_000)
    assert list(tmp_path.iterdir()) == []
    assert next(found.lines()) == min(WORDS)


def test_no_more_is_held_than_may_be(tmp_path: Path) -> None:
    def batches() -> list[bytes]:
        return [b"%015d %s\n" % (CHANCE.randrange(10**15), b"x" * 100) for _ in range(1_000)]

    tracemalloc.start()
    found = SortedLines(tmp_path, held=1 << 20)
    for _ in range(100):
        found.extend(batches())
    number = sum(1 for _ in found.lines())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert number == 100_000
    assert peak < 8 << 20, "of 16 megabytes in all"


def test_the_lines_of_a_file_come_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "lines").write_bytes(b"".join(WORDS))
    assert [line for block in file_blocks(tmp_path / "lines") for line in block] == WORDS
