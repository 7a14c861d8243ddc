"""Where the things around a thing are drawn: in rows, so that no name covers another, whatever their number.

Wide, the thing is in the middle, its neighbours on both sides, what is beyond them further out. Narrow, it is on top,
and the others below it as a tree. The same things always stand in the same places.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

BOX, ROW = 46, 54
"""Pixels that a box is high, and that a row is."""


@dataclass(frozen=True)
class Place:
    """A box, in pixels; and the side of the middle it is on: -1 left, 1 right, 0 for the middle and a tree."""

    x: float
    y: float
    width: float
    side: int = 0

    @property
    def middle(self) -> float:
        """The height of its middle."""
        return self.y + BOX / 2

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width


@dataclass(frozen=True)
class Places:
    """The box in the middle, those around it, and beside each of them those beyond; and the size of all."""

    width: float
    height: float
    middle: Place
    around: tuple[Place, ...]
    beyond: tuple[tuple[Place, ...], ...]


def wide(beyond: Sequence[int]) -> Places:
    """Return the places where beside each neighbour stand so many things as ``beyond`` says."""
    two = any(beyond)
    width, inner, box, centre = (1240, 40, 215, 220) if two else (930, 80, 270, 230)
    left = _left(beyond)
    height = ROW * max(1, sum(map(_rows, beyond[:left])), sum(map(_rows, beyond[left:])))
    middle = Place((width - centre) / 2, (height - BOX) / 2, centre)
    around, further = [], []
    for side, counts in ((-1, beyond[:left]), (1, beyond[left:])):
        first = middle.x - inner - box if side < 0 else middle.right + inner
        last = first + side * (box + inner)
        for top, count in _tops(counts, height):
            around.append(Place(first, top + (_rows(count) * ROW - BOX) / 2, box, side))
            gap = (ROW - BOX) / 2
            further.append(tuple(Place(last, top + row * ROW + gap, box, side) for row in range(count)))
    return Places(width, height, middle, tuple(around), tuple(further))


def narrow(beyond: Sequence[int]) -> Places:
    """Return the same as a tree from top to bottom."""
    width, step, y = 340, 22, float(ROW)
    around, further = [], []
    for count in beyond:
        around.append(Place(step, y, width - step))
        further.append(tuple(Place(2 * step, y + row * ROW, width - 2 * step) for row in range(1, count + 1)))
        y += ROW * (count + 1)
    return Places(width, y - (ROW - BOX), Place(0, 0, width), tuple(around), tuple(further))


def trunk(nearer: Place, further: Sequence[Place]) -> str | None:
    """Return the path of an SVG down which the branches of a tree begin; none where there is no tree."""
    if not further or further[0].side:
        return None
    return f"M{nearer.x + 10:g} {nearer.y + BOX:g}V{further[-1].middle:g}"


def curve(nearer: Place, further: Place) -> str:
    """Return the path of an SVG from one box to another further out or, in a tree, from the trunk to it."""
    if further.side == 0:
        return f"M{nearer.x + 10:g} {further.middle:g}H{further.x:g}"
    start = nearer.right if further.side > 0 else nearer.x
    end = further.x if further.side > 0 else further.right
    half, from_, to = (start + end) / 2, nearer.middle, further.middle
    return f"M{start:g} {from_:g}C{half:g} {from_:g} {half:g} {to:g} {end:g} {to:g}"


def _rows(count: int) -> int:
    return max(1, count)


def _left(beyond: Sequence[int]) -> int:
    """Return how many of the first stand on the left, so that both sides are about as high."""
    heights = [sum(map(_rows, beyond[:number])) for number in range(len(beyond) + 1)]
    return min(range(len(beyond) + 1), key=lambda number: (abs(2 * heights[number] - heights[-1]), number))


def _tops(counts: Sequence[int], height: float) -> Iterator[tuple[float, int]]:
    """Yield where the rows of each begin, all of them together half way down."""
    top = (height - ROW * sum(map(_rows, counts))) / 2
    for count in counts:
        yield top, count
        top += ROW * _rows(count)
