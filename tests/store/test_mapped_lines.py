"""Lines that are not held are a sequence as good as a tuple of them."""

import random
from pathlib import Path

import pytest

from metropolis_kg.store.mapped_lines import FEW, MappedLines, listed
from metropolis_kg.store.sorted_lines import SortedLines

CHANCE = random.Random(5)  # noqa: S311 - for a test
LINES = sorted({f"id/{CHANCE.randrange(9_999)}{'ä' * CHANCE.randrange(60)}" for _ in range(6_000)} | {"z" * 200_000})


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> MappedLines:
    path = tmp_path_factory.mktemp("mapped") / "lines"
    path.write_text("".join(f"{line}\n" for line in [*LINES, "z~"]))
    with path.open("rb") as file:
        return MappedLines(file)


def test_there_are_as_many_and_in_the_same_order(mapped: MappedLines) -> None:
    assert len(mapped) == len(LINES) + 1
    assert list(mapped) == [*LINES, "z~"]


def test_each_and_each_part_is_found_by_its_place(mapped: MappedLines) -> None:
    whole = (*LINES, "z~")
    for place in (0, 1, len(LINES) // 2, len(LINES) - 1, len(LINES), -1, -2):
        assert mapped[place] == whole[place]
    for part in (
        slice(0, 100),
        slice(2_000, 2_100),
        slice(-3, None),
        slice(9, 3),
        slice(8_000, 9_999),
        slice(9, 0, -4),
    ):
        assert mapped[part] == whole[part]
    with pytest.raises(IndexError):
        mapped[len(whole)]


def test_a_line_is_in_it_and_a_part_of_one_is_not(mapped: MappedLines) -> None:
    assert all(line in mapped for line in (*LINES[::50], LINES[0], LINES[-1], "z~"))
    assert not any(text in mapped for text in ("", "i", LINES[7] + "0", LINES[7][:-1] + "!", "zzz", "\udc80", 3))


def test_few_lines_are_held_and_many_are_not(tmp_path: Path) -> None:
    lines = SortedLines(tmp_path)
    lines.extend([b"%06d\n" % number for number in range(FEW)])
    held = listed(lines)
    assert held == tuple(f"{number:06}" for number in range(FEW))
    lines.extend([b"x\n"])
    assert isinstance(listed(lines), MappedLines)
    assert tuple(listed(lines)) == (*held, "x")
