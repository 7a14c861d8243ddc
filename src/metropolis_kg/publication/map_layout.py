"""Where markers and labels stand on the map, so that none covers another, however wide the map is shown.

Markers stand at shares of the map's width and height, labels at a fixed distance from their marker. So labels that are
apart at both ends of a range of widths, and in its middle, are taken to be apart in all of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from metropolis_kg.publication.drawn_text import width_of
from metropolis_kg.publication.projection import HEIGHT, WIDTH, Point

TARGET = 24
"""Pixels that a marker and a line of a label are high at least, so that they can be hit (WCAG 2.2, 2.5.8)."""

MOST_NAMED = 3
"""Places at one marker that are named beside it; of more there is only their number."""

_TYPE = 13 * 1.16
"""Pixels of the type, and so much more as bold type is wider."""

_GAP = 13
"""Pixels from the middle of a marker to its label."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True)
class Spot:
    """A marker: the places there, by their number, and on which side their names stand; none where there is no room."""

    at: Point
    places: tuple[int, ...]
    side: str | None


def spots(points: Sequence[Point], names: Sequence[str], widths: Sequence[int]) -> list[Spot]:
    """Return the markers for places at ``points``, of which the first have the best chance of a label.

    ``widths`` are pixels between which the map is shown. Places that are closer than a marker is wide share one.
    """
    gathered = _gathered(points, min(widths))
    taken = [[_around(points[members[0]], width) for members in gathered] for width in widths]
    found = []
    for number, members in enumerate(gathered):
        at, lines = points[members[0]], [names[each] for each in members]
        side = _side(at, lines, widths, taken, number) if len(lines) <= MOST_NAMED else None
        if side:
            for boxes, width in zip(taken, widths, strict=True):
                boxes.append(_label(at, lines, side, width))
        found.append(Spot(at, tuple(members), side))
    return found


def _gathered(points: Sequence[Point], width: int) -> list[list[int]]:
    markers: list[list[int]] = []
    for number, point in enumerate(points):
        near = next((members for members in markers if _apart(points[members[0]], point, width) < TARGET), None)
        if near is None:
            markers.append([number])
        else:
            near.append(number)
    return markers


def _apart(one: Point, other: Point, width: int) -> float:
    return max(abs(one.x - other.x) * width, abs(one.y - other.y) * width * HEIGHT / WIDTH)


def _side(at: Point, lines: Sequence[str], widths: Sequence[int], taken: list[list[Box]], own: int) -> str | None:
    """Return the side on which there is room at each width; none where there is none."""
    for side in ("right", "left", "below", "above"):
        boxes = [(_label(at, lines, side, width), width) for width in widths]
        if all(_free(box, width, others, own) for (box, width), others in zip(boxes, taken, strict=True)):
            return side
    return None


def _free(box: Box, width: int, others: list[Box], own: int) -> bool:
    left, top, right, bottom = box
    inside = left >= 0 and top >= 0 and right <= width and bottom <= width * HEIGHT / WIDTH
    return inside and not any(_meet(box, other) for number, other in enumerate(others) if number != own)


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _around(at: Point, width: int) -> Box:
    x, y, half = at.x * width, at.y * width * HEIGHT / WIDTH, TARGET / 2
    return x - half, y - half, x + half, y + half


def _label(at: Point, lines: Sequence[str], side: str, width: int) -> Box:
    left, top, right, bottom = label_box(lines, side)
    x, y = at.x * width, at.y * width * HEIGHT / WIDTH
    return x + left, y + top, x + right, y + bottom


def label_box(lines: Sequence[str], side: str) -> Box:
    """Return where the lines of a label are, in pixels from the middle of their marker."""
    wide, high = max(width_of(line, _TYPE) for line in lines) + 4, TARGET * len(lines)
    left = {"right": _GAP, "left": -_GAP - wide}.get(side, -wide / 2)
    top = {"below": _GAP, "above": -_GAP - high}.get(side, -high / 2)
    return left, top, left + wide, top + high


def label_lines(spot: Spot, names: Sequence[str]) -> Iterator[tuple[int, Box]]:
    """Yield each place named at a marker with the box of its line, in pixels from the middle of the marker."""
    if spot.side:
        left, top, right, _ = label_box([names[each] for each in spot.places], spot.side)
        for line, place in enumerate(spot.places):
            yield place, (left, top + TARGET * line, right, top + TARGET * (line + 1))
