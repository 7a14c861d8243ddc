"""What two sorted files do not have in common, in bounded memory."""

from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from metropolis_kg.store.sorted_lines import file_blocks

Sign = Literal["-", "+"]


def differing(before: Path, after: Path) -> Iterator[tuple[Sign, bytes]]:
    """Yield ``("-", line)`` for what only ``before`` has and ``("+", line)`` for what only ``after`` has, in order.

    Both are sorted and have each line once. Raises OSError.
    """
    for old, new in _side_by_side(before, after):
        if old != new:
            gone, come = set(old).difference(new), set(new).difference(old)
            for line in sorted(gone | come):
                yield "-" if line in gone else "+", line


def _side_by_side(before: Path, after: Path) -> Iterator[tuple[list[bytes], list[bytes]]]:
    """Yield the lines of both up to the same place, many at a time."""
    sides = file_blocks(before), file_blocks(after)
    heads: list[list[bytes]] = [[], []]
    while True:
        heads = [head or next(side, []) for head, side in zip(heads, sides, strict=True)]
        if not any(heads):
            return
        bound = min(head[-1] for head in heads if head)
        cuts = [bisect_right(head, bound) for head in heads]
        yield heads[0][: cuts[0]], heads[1][: cuts[1]]
        heads = [head[cut:] for head, cut in zip(heads, cuts, strict=True)]
