"""What two sorted files do not have in common, however large they are."""

import random
from pathlib import Path

import pytest

from metropolis_kg.curation.differences import Blocks, differing, shared
from metropolis_kg.store.sorted_lines import file_blocks


def sides(folder: Path, *lines: set[int]) -> tuple[Blocks, Blocks]:
    paths = folder / "before", folder / "after"
    for path, own in zip(paths, lines, strict=True):
        path.write_text("".join(f"{line:06} {'x' * 300}\n" for line in sorted(own)))
    return file_blocks(paths[0]), file_blocks(paths[1])


@pytest.mark.parametrize("seed", range(3))
def test_what_differs_is_what_comparing_sets_finds_and_in_order(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - for a test
    old = set(chance.sample(range(100_000), 9_000))
    new = set(chance.sample(sorted(old), 8_000)) | set(chance.sample(range(50_000), 1_000))
    found = [(sign, int(line[:6])) for sign, line in differing(*sides(tmp_path, old, new))]
    assert found == sorted(
        [("-", each) for each in old - new] + [("+", each) for each in new - old], key=lambda x: x[1]
    )


@pytest.mark.parametrize(("old", "new"), [(set(), set()), ({1}, set()), (set(), {1, 2}), ({1, 2}, {1, 2})])
def test_a_side_may_have_nothing_or_the_same(tmp_path: Path, old: set[int], new: set[int]) -> None:
    found = list(differing(*sides(tmp_path, old, new)))
    assert [sign for sign, _ in found] == ["-"] * len(old - new) + ["+"] * len(new - old)


def test_what_both_have_comes_in_order(tmp_path: Path) -> None:
    threes, fives = set(range(0, 30_000, 3)), set(range(0, 30_000, 5))
    found = [int(line[:6]) for lines in shared(*sides(tmp_path, threes, fives)) for line in lines]
    assert found == sorted(threes & fives)
