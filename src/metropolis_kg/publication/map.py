"""The map of places: what is drawn of them, and the list that says the same in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.publication.description import Description
from metropolis_kg.publication.drawn_text import drawn, shortened
from metropolis_kg.publication.map_layout import Spot, label_lines, spots
from metropolis_kg.publication.names import Names, names_for
from metropolis_kg.publication.own_queries import kept_by_release, rows
from metropolis_kg.publication.paging import on_page, pages_of
from metropolis_kg.publication.projection import Point, point_at
from metropolis_kg.publication.reading import Links, Value, named
from metropolis_kg.publication.words import Words
from metropolis_kg.store.release import OpenRelease

MOST_DRAWN = 300
"""Places on the map; of more, those where most events were held."""

_MOST_EVENTS = 5
"""Events of a place that the list names; the others it counts."""

_LONGEST = 24
"""Characters of a name on the map."""

_LONGEST_LISTED = 120
"""Characters of a name in the list; its own page has the whole."""

_SHOWN_BETWEEN = {"narrow": (280, 400, 620), "wide": (620, 780, 930)}
"""Drawing → widths in pixels between which the style sheet shows it."""


@dataclass(frozen=True)
class Coordinates:
    """Where a place lies, in degrees (WGS 84)."""

    latitude: float
    longitude: float

    @property
    def point(self) -> Point:
        """Where that is on the map."""
        return point_at(self.latitude, self.longitude)

    def words(self, words: Words) -> str:
        """Return them as a reader writes them, to four decimals, which is some 10 metres."""
        north, south, east, west = words["map_compass"].split()
        return ", ".join(
            f"{words.decimal(abs(degrees), 4)}°\u00a0{letter}"
            for degrees, letter in (
                (self.latitude, south if self.latitude < 0 else north),
                (self.longitude, west if self.longitude < 0 else east),
            )
        )


@dataclass(frozen=True)
class Place:
    """A place, and how many events were held there."""

    iri: str
    coordinates: Coordinates | None
    events: int


@dataclass(frozen=True)
class Line:
    """A name on the map: its text, where it leads, and where it stands, in pixels from the middle of its marker."""

    text: str
    href: str
    x: float
    y: float
    anchor: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Marker:
    """A marker on the map: where it stands, in per cent; the number of places there; where it leads."""

    x: str
    y: str
    count: int
    title: str
    href: str
    lines: list[Line]


@dataclass(frozen=True)
class Row:
    """What the list says of a place."""

    place: Value
    anchor: str
    coordinates: str | None
    within: list[Value] = field(default_factory=list)
    events: list[Value] = field(default_factory=list)
    more_events: str | None = None
    sources: list[Value] = field(default_factory=list)
    reason: str | None = None
    """Why it has no coordinates."""


@dataclass(frozen=True)
class MapPage:
    """What the page shows."""

    drawings: Mapping[str, list[Marker]]
    drawn: str | None
    """That not all places are on the map; none where all are."""

    located: list[Row]
    others: list[Row]
    located_count: str
    others_count: str
    page: int
    pages: int


@kept_by_release(4)
def places_of(release: OpenRelease, queries: Path) -> tuple[Place, ...]:
    """Return the places: those with coordinates first, then by how many events were held there, then by IRI.

    Raises what the store raises.
    """
    found: dict[str, Place] = {}
    for row in rows(release, queries / "description" / "places.rq"):
        if "place" not in row:  # the one row of a count of nothing
            continue
        iri, texts = row["place"]["value"], [row.get(name, {}).get("value") for name in ("latitude", "longitude")]
        if iri not in found:
            found[iri] = Place(iri, _coordinates(*texts), int(row["events"]["value"]))
    return tuple(sorted(found.values(), key=lambda place: (place.coordinates is None, -place.events, place.iri)))


def coordinates_of(description: Description) -> Coordinates | None:
    """Return where the thing that is described lies; none where that is not said."""
    return _coordinates(*(description.text(description.thing, f"schema:{name}") for name in ("latitude", "longitude")))


def map_page(release: OpenRelease, queries: Path, links: Links, words: Words, page: int) -> MapPage:
    """Return a page of the list of places, with the map. Raises UnknownPageError and what the store raises."""
    places = places_of(release, queries)
    listed = on_page(places, page)
    located = [place for place in places if place.coordinates]
    shown = located[:MOST_DRAWN]
    telling = _Telling(release, queries, links, words, [*shown, *listed])
    told, not_all = telling.rows(listed), words["map_drawn"].format(*map(words.number, (len(shown), len(located))))
    return MapPage(
        drawings={name: telling.markers(shown, widths) for name, widths in _SHOWN_BETWEEN.items()},
        drawn=not_all if len(shown) < len(located) else None,
        located=[row for row in told if row.coordinates],
        others=[row for row in told if not row.coordinates],
        located_count=words.number(len(located)),
        others_count=words.number(len(places) - len(located)),
        page=page,
        pages=pages_of(len(places)),
    )  # fmt: skip


class _Telling:
    """Tells of places by name, in the words and with the links of a page."""

    def __init__(
        self, release: OpenRelease, queries: Path, links: Links, words: Words, places: Sequence[Place]
    ) -> None:
        self._release, self._queries, self._links, self._words = release, queries, links, words
        self._names = names_for(release, queries, sorted({place.iri for place in places}))

    def markers(self, places: Sequence[Place], widths: Sequence[int]) -> list[Marker]:
        """Return the markers of a drawing that is shown at ``widths``."""
        points = [place.coordinates.point for place in places if place.coordinates]
        names = [drawn(self._value(place.iri, self._names).text, _LONGEST) for place in places]
        hrefs = [self._links.of(place.iri) for place in places]
        return [self._marker(spot, names, hrefs) for spot in spots(points, names, widths)]

    def _marker(self, spot: Spot, names: Sequence[str], hrefs: Sequence[str]) -> Marker:
        lines = [_line(names[place], hrefs[place], box, spot.side) for place, box in label_lines(spot, names)]
        alone = len(spot.places) == 1
        return Marker(
            f"{spot.at.x:.2%}", f"{spot.at.y:.2%}", len(spot.places),
            names[spot.places[0]] if alone else self._words["map_places_here"].format(len(spot.places)),
            hrefs[spot.places[0]] if alone else "#places", lines,
        )  # fmt: skip

    def rows(self, places: Sequence[Place]) -> list[Row]:
        """Return what the list says of ``places``, with one query, and one more for names."""
        around = _around(self._release, self._queries, [place.iri for place in places])
        others = sorted({iri for found in around.values() for what in found.values() for iri in what})
        names = names_for(self._release, self._queries, [iri for iri in others if self._links.is_ours(iri)])
        return [self._row(place, around.get(place.iri, {}), names) for place in places]

    def _row(self, place: Place, around: Mapping[str, Sequence[str]], names: Names) -> Row:
        def values(what: str, most: int | None = None) -> list[Value]:
            told = [self._value(iri, names) for iri in around.get(what, ())]
            return sorted(told, key=lambda value: value.text.casefold())[:most]

        words, more = self._words, place.events - min(_MOST_EVENTS, len(around.get("event", ())))
        identified = any(iri.startswith("https://sws.geonames.org/") for iri in around.get("same", ()))
        return Row(
            self._value(place.iri, self._names),
            place.iri.rsplit("/", 1)[-1],
            place.coordinates.words(words) if place.coordinates else None,
            values("within"),
            values("event", _MOST_EVENTS),
            words["map_more_events"].format(words.number(more)) if more else None,
            values("source"),
            None if place.coordinates else words["map_no_row" if identified else "map_no_identifier"],
        )

    def _value(self, iri: str, names: Names) -> Value:
        value = named(iri, names, self._links, self._words.language)
        return replace(value, text=shortened(value.text, _LONGEST_LISTED))


def _line(text: str, href: str, box: tuple[float, float, float, float], side: str | None) -> Line:
    left, top, right, bottom = box
    anchor = {"right": "start", "left": "end"}.get(side or "", "middle")
    x = {"start": left + 2, "end": right - 2}.get(anchor, (left + right) / 2)
    return Line(text, href, round(x, 1), round((top + bottom) / 2 + 4.5, 1), anchor, box)


def _around(release: OpenRelease, queries: Path, places: Sequence[str]) -> dict[str, dict[str, list[str]]]:
    """Return place → what → things: that it lies in, held there, that say where it is, that are the same."""
    if not places:
        return {}
    found: dict[str, dict[str, list[str]]] = {}
    bindings = {"place": [ox.NamedNode(iri) for iri in places]}
    for row in rows(release, queries / "description" / "places-around.rq", bindings):
        if row["thing"]["type"] == "uri":
            around = found.setdefault(row["place"]["value"], {})
            around.setdefault(row["what"]["value"], []).append(row["thing"]["value"])
    return found


def _coordinates(latitude: str | None, longitude: str | None) -> Coordinates | None:
    """Return the coordinates; none where one is missing, or is no number of degrees."""
    try:
        found = Coordinates(float(latitude or ""), float(longitude or ""))
    except ValueError:
        return None
    return found if abs(found.latitude) <= 90 and abs(found.longitude) <= 180 else None
