"""Where a place stands on the map of the world: the Equal Earth projection (Šavrič, Patterson, Jenny 2018).

The land in the background (``frontend/src/land.js``) is drawn in the same, with the same edges.
"""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

WIDTH, HEIGHT = 2000, 875
"""Size of the map, in the unit of the file with the land."""

_NORTH = 84.0
"""Degrees of latitude at the upper edge."""

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796


@dataclass(frozen=True)
class Point:
    """A point of the map, as shares of its width and of its height from the upper left; 0 to 1 on the map."""

    x: float
    y: float


def point_at(latitude: float, longitude: float) -> Point:
    """Return where a place with these coordinates, in degrees (WGS 84), is on the map.

    >>> point_at(0, 0).x, point_at(84, 10).y, round(point_at(0, 180).x, 6)
    (0.5, 0.0, 1.0)
    """
    x, y = _projected(latitude, longitude)
    east, _ = _projected(0, 180)
    _, north = _projected(_NORTH, 0)
    unit = WIDTH / (2 * east)
    return Point(0.5 + x * unit / WIDTH, (north - y) * unit / HEIGHT)


def _projected(latitude: float, longitude: float) -> tuple[float, float]:
    """Return the coordinates on a sphere of radius 1, as equations 1 and 2 of the paper have them."""
    middle = sqrt(3) / 2
    turn = asin(middle * sin(radians(latitude)))
    square = turn * turn
    sixth = square**3
    x = radians(longitude) * cos(turn) / (middle * (_A1 + 3 * _A2 * square + sixth * (7 * _A3 + 9 * _A4 * square)))
    return x, turn * (_A1 + _A2 * square + sixth * (_A3 + _A4 * square))
