"""What two sorted sides have in common and what not, in bounded memory: each comes as lines, many at a time."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal

Blocks = Iterator[list[bytes]]
"""Lines in order, each once."""

Sign = Literal["-", "+"]


def differing(before: Blocks, after: Blocks) -> Iterator[tuple[Sign, bytes]]:
    """Yield ``("-", line)`` for what only ``before`` has and ``("+", line)`` for what only ``after`` has, in order."""
    for old, new in side_by_side(before, after):
        if old != new:
            gone, come = set(old).difference(new), set(new).difference(old)
            for line in sorted(gone | come):
                yield "-" if line in gone else "+", line


def shared(one: Blocks, other: Blocks) -> Blocks:
    """Yield what both have, in order."""
    for lines, others in side_by_side(one, other):
        found = set(others)
        yield [line for line in lines if line in found]


def side_by_side(one: Blocks, other: Blocks) -> Iterator[tuple[list[bytes], list[bytes]]]:
    """Yield the lines of both up to the same place, many at a time."""
    sides = filter(None, one), filter(None, other)
    heads: list[list[bytes]] = [[], []]
    while True:
        heads = [head or next(side, []) for head, side in zip(heads, sides, strict=True)]
        if not any(heads):
            return
        bound = min(head[-1] for head in heads if head)
        cuts = [bisect_right(head, bound) for head in heads]
        yield heads[0][: cuts[0]], heads[1][: cuts[1]]
        heads = [head[cut:] for head, cut in zip(heads, cuts, strict=True)]
