"""The map of places: land and places share a projection, nothing covers anything, and the list says the same."""

import re
from itertools import combinations

import pytest

from metropolis_kg.content import Content
from metropolis_kg.publication.description import describe
from metropolis_kg.publication.map import Coordinates, MapPage, coordinates_of, map_page
from metropolis_kg.publication.map_layout import TARGET, label_lines, spots
from metropolis_kg.publication.own_queries import rows
from metropolis_kg.publication.paging import UnknownPageError
from metropolis_kg.publication.projection import HEIGHT, WIDTH, Point, point_at
from metropolis_kg.publication.reading import Links
from metropolis_kg.publication.words import Words
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.web.map import land
from metropolis_kg.web.static_files import FOLDER

Ring = list[tuple[float, float]]
ON_LAND = {
    "Berlin": (52.52, 13.41), "Johannesburg": (-26.2, 28.04), "Denver": (39.74, -104.98), "Brasília": (-15.78, -47.93),
    "Novosibirsk": (55.03, 82.92), "Alice Springs": (-23.7, 133.88), "Cape Agulhas": (-33.6, 20), "Tunis": (36.3, 9.5),
    "Dakar": (14.7, -16.4), "Horn of Africa": (10.5, 50.4),
}  # fmt: skip
AT_SEA = {
    "Atlantic": (0, -30), "Indian Ocean": (-40, 80), "Pacific": (10, -150), "Bay of Bengal": (15, 88),
    "south of Cape Agulhas": (-36, 20), "north of Tunis": (38.3, 9.5), "west of Dakar": (14.7, -18.8),
    "east of the Horn of Africa": (10.5, 52.8),
}  # fmt: skip


@pytest.fixture(scope="module")
def rings() -> list[Ring]:
    """The outlines of land, read from the file that pages show."""
    path = land()
    assert path, "the outlines are made by frontend/build.mjs"
    text = (FOLDER / path).read_text(encoding="utf-8")
    assert f'viewBox="0 0 {WIDTH} {HEIGHT}"' in text
    [outlines] = re.findall(r' d="([^"]+)"', text)
    found: list[Ring] = []
    x = y = 0.0
    for part in outlines.split("z")[:-1]:
        numbers = [float(number) for number in re.findall(r"-?[0-9]+", part)]
        ring = []
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            ring.append((x, y))
        x, y = ring[0]
        found.append(ring)
    return found


def is_on_land(rings: list[Ring], point: Point) -> bool:
    """Tell whether a ray from the point crosses the outlines an odd number of times."""
    x, y = point.x * WIDTH, point.y * HEIGHT
    crossed = 0
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
                crossed += 1
    return crossed % 2 == 1


def test_cities_are_on_the_land_and_no_ocean_is(rings: list[Ring]) -> None:
    found = {name: is_on_land(rings, point_at(*where)) for name, where in (ON_LAND | AT_SEA).items()}
    assert found == dict.fromkeys(ON_LAND, True) | dict.fromkeys(AT_SEA, False)


def test_no_label_covers_another_or_a_marker_and_close_places_share_one() -> None:
    points = [Point(0.1 + 0.8 * (n * 0.618 % 1), 0.1 + 0.8 * (n * 0.414 % 1)) for n in range(14)]
    names = [f"Town {'x' * (n % 12)}" for n in range(14)]
    found = spots([*points, points[0]], [*names, "The same"], (620, 780, 930))
    assert sorted(place for spot in found for place in spot.places) == list(range(15))
    assert any({0, 14} <= set(spot.places) for spot in found)
    assert sum(bool(spot.side) for spot in found) > 6
    for width in (620, 700, 780, 850, 930):
        boxes = []
        for spot in found:
            x, y, half = spot.at.x * width, spot.at.y * width * HEIGHT / WIDTH, TARGET / 2
            boxes.append((x - half, y - half, x + half, y + half))
            boxes += [
                (x + left, y + top, x + right, y + bottom)
                for _, (left, top, right, bottom) in label_lines(spot, [*names, "The same"])
            ]
        assert not [
            (one, other)
            for one, other in combinations(boxes, 2)
            if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
        ]


@pytest.fixture(scope="module")
def page(opened: OpenRelease, content: Content) -> MapPage:
    """The map of the repository's own content."""
    return map_page(opened, content.queries, Links(opened.base), Words("de"), 1)


def test_each_place_with_coordinates_is_a_link_on_every_drawing_and_a_row_of_the_list(page: MapPage) -> None:
    listed = {row.place.href for row in page.located}
    assert len(listed) >= 4
    for markers in page.drawings.values():
        assert {line.href for marker in markers for line in marker.lines} == listed
    berlin = next(row for row in page.located if row.place.text == "Berlin")
    assert berlin.coordinates == "52,5244°\u00a0N, 13,4105°\u00a0O"
    assert [source.text for source in berlin.sources] == ["GeoNames"]


def test_a_place_without_coordinates_is_listed_with_the_reason(page: MapPage) -> None:
    reasons = {row.place.text: row.reason for row in page.others}
    assert reasons["Land Berlin (Gebiet)"] == Words("de")["map_no_row"]
    assert reasons["Gauteng"] == Words("de")["map_no_identifier"]
    assert all(row.coordinates is None for row in page.others)


def test_every_place_of_the_release_is_on_the_list(opened: OpenRelease, content: Content, page: MapPage) -> None:
    found = rows(opened, content.queries / "description" / "places.rq")
    assert len(page.located) + len(page.others) == len({row["place"]["value"] for row in found})
    with pytest.raises(UnknownPageError):
        map_page(opened, content.queries, Links(opened.base), Words("de"), 2)


def test_a_place_is_told_with_its_coordinates_and_nothing_else_is(opened: OpenRelease, content: Content) -> None:
    found = {
        name: coordinates_of(describe(opened, content.queries, opened.iri(f"id/{name}")))
        for name in ("place/berlin", "place/gauteng", "organisation/metropolis")
    }
    assert found == {
        "place/berlin": Coordinates(52.52437, 13.41053), "place/gauteng": None, "organisation/metropolis": None,
    }  # fmt: skip
