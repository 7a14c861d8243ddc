"""The things around a thing: claims link their parties, within limits, and the list says what the drawing says."""

from datetime import date
from itertools import combinations
from pathlib import Path

import pyoxigraph as ox
import pytest

from metropolis_kg.content import Content
from metropolis_kg.publication.description import UnknownThingError
from metropolis_kg.publication.names import names_of
from metropolis_kg.publication.neighbourhood import MOST, Neighbourhood, neighbourhood
from metropolis_kg.publication.neighbourhood_layout import BOX, Place, narrow, wide
from metropolis_kg.publication.neighbourhood_page import NeighbourhoodPage, NeighbourView, neighbourhood_page
from metropolis_kg.publication.reading import Links
from metropolis_kg.publication.words import Words
from metropolis_kg.store.embedded import EmbeddedStore
from metropolis_kg.store.release import OpenRelease

METROPOLIS = "organisation/metropolis"


@pytest.fixture(scope="module")
def queries(content: Content) -> Path:
    """The folder of the queries."""
    return content.queries


def around(release: OpenRelease, queries: Path, name: str, steps: int = 1, day: date | None = None) -> Neighbourhood:
    return neighbourhood(release, queries, release.iri(f"id/{name}"), steps=steps, day=day)


def page(release: OpenRelease, queries: Path, name: str, steps: int, day: date | None = None) -> NeighbourhoodPage:
    links = Links(release.base, None, day)
    return neighbourhood_page(
        around(release, queries, name, steps, day), names_of(release, queries), links, Words("en")
    )  # fmt: skip


def names(release: OpenRelease, found: Neighbourhood) -> dict[str, list[str]]:
    """Return neighbour → claims or properties that link it with the thing, by short names."""
    space = release.iri("id/")
    return {
        each.iri.removeprefix(space): [
            (link.claim or link.property or "").removeprefix(space) for link in each.links[each.parent]
        ]
        for each in found.around
    }


def all_rows(rows: list[NeighbourView]) -> list[NeighbourView]:
    return [each for row in rows for each in (row, *all_rows(row.beyond))]


def test_a_claim_is_what_links_its_parties_and_an_event_is_a_neighbour(opened: OpenRelease, queries: Path) -> None:
    found = names(opened, around(opened, queries, METROPOLIS))
    assert found["person/barbara-berninger"] == ["tenure/berninger-regional-secretary-europe"]
    assert found["organisation/giz"] == ["partnership/metropolis-giz"]
    assert len(found["post/governing-mayor-berlin"]) == 5
    assert "event/metropolis-annual-meeting-2018" in found
    assert not [name for name in found if name.startswith(("tenure/", "partnership/", "statement/", "role/"))]


def test_what_a_claim_states_is_not_told_again_as_a_property(opened: OpenRelease, queries: Path) -> None:
    found = names(opened, around(opened, queries, "place/alexandra"))
    assert found["place/johannesburg"] == ["relation/alexandra-in-johannesburg"]


def test_a_claim_is_linked_with_its_parties_and_not_by_the_claim_that_follows(
    opened: OpenRelease, queries: Path
) -> None:  # fmt: skip
    found = names(opened, around(opened, queries, "tenure/governing-mayor-interim-president-2017"))
    assert found["post/governing-mayor-berlin"] == [f"{opened.prefixes['org']}member"]
    assert found["organisation/metropolis"] == [f"{opened.prefixes['org']}organization"]


def test_two_steps_go_further_never_back_and_stay_within_the_limit(opened: OpenRelease, queries: Path) -> None:
    one, two = (around(opened, queries, "place/berlin", steps) for steps in (1, 2))
    assert [each.iri for each in one.around] == [each.iri for each in two.around]
    assert opened.iri(f"id/{METROPOLIS}") in {each.iri for each in two.beyond}
    shown = [opened.iri("id/place/berlin"), *(each.iri for each in (*two.around, *two.beyond))]
    assert len(shown) == len(set(shown)) <= MOST


def test_on_a_day_only_what_held_then_links_and_is_marked(opened: OpenRelease, queries: Path) -> None:
    found = around(opened, queries, METROPOLIS, day=date(2018, 3, 15))
    linking = names(opened, found)
    assert linking["post/governing-mayor-berlin"] == [
        "tenure/governing-mayor-co-president-2018", "tenure/governing-mayor-interim-president-2017",
    ]  # fmt: skip
    assert "person/michel-giraud" not in linking
    assert found.certainties[opened.iri("id/tenure/governing-mayor-interim-president-2017")] == "certain"
    shown = page(opened, queries, METROPOLIS, 1, date(2018, 3, 15))
    mayor = next(row for row in shown.around if row.thing.text == "Governing Mayor of Berlin")
    assert [(link.what.text, link.notes) for link in mayor.links] == [
        ("co-president", ["possible"]), ("interim president", ["certain"]),
    ]  # fmt: skip


@pytest.mark.parametrize("steps", [1, 2])
def test_the_list_says_what_each_drawing_says_and_both_are_the_same_again(
    opened: OpenRelease, queries: Path, steps: int
) -> None:  # fmt: skip
    shown = page(opened, queries, METROPOLIS, steps)
    listed = [row.thing.href for row in all_rows(shown.around)]
    assert len(listed) > 10 + 10 * steps
    for drawing in shown.drawings.values():
        assert [box.href for box in drawing.boxes[1:]] == listed
        assert {line.style for line in drawing.lines} - {"trunk"} == set(shown.styles)
    assert shown == page(opened, queries, METROPOLIS, steps)


def test_an_unknown_thing_is_said_to_be_unknown(opened: OpenRelease, queries: Path) -> None:
    for name in ("organisation/nothing", "organisation/<"):
        with pytest.raises(UnknownThingError):
            around(opened, queries, name)


@pytest.mark.parametrize("beyond", [[0], [0, 0, 0], [3, 0, 6, 1], [6] * 7, [0] * 40], ids=str)
@pytest.mark.parametrize("place", [wide, narrow])
def test_no_box_covers_another_or_leaves_the_drawing(place: object, beyond: list[int]) -> None:
    places = wide(beyond) if place is wide else narrow(beyond)
    boxes = [places.middle, *places.around, *(each for further in places.beyond for each in further)]
    assert len(boxes) == 1 + len(beyond) + sum(beyond)
    assert not [pair for pair in combinations(boxes, 2) if meet(*pair)]
    for box in boxes:
        assert box.x >= 0
        assert box.y >= 0
        assert box.right <= places.width
        assert box.y + BOX <= places.height


def meet(one: Place, other: Place) -> bool:
    return (one.x < other.right and other.x < one.right) and (one.y < other.y + BOX and other.y < one.y + BOX)


def test_what_a_claim_states_that_did_not_hold_on_the_day_is_no_link_either(
    opened: OpenRelease, queries: Path
) -> None:  # fmt: skip
    text = """
    <place/a> a dct:Location ; schema:containedInPlace <place/b> .
    <place/b> a dct:Location .
    <relation/a-in-b> a mkg:Claim , mkg:StatedRelation ; time:hasTime <relation/a-in-b#time> ;
      rdf:subject <place/a> ; rdf:predicate schema:containedInPlace ; rdf:object <place/b> .
    <relation/a-in-b#time> mkg:startEarliest "1990-01-01"^^xsd:date ; mkg:startLatest "1990-01-01"^^xsd:date ;
      mkg:endEarliest "1999-12-31"^^xsd:date ; mkg:endLatest "1999-12-31"^^xsd:date .
    """
    known = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in opened.prefixes.items())
    store = ox.Store()
    store.load((known + text).encode(), ox.RdfFormat.TURTLE, base_iri=opened.iri("id/"), to_graph=ox.NamedNode("urn:g"))
    release = OpenRelease(EmbeddedStore(store, opened.prefixes, opened.base), opened.base, opened.prefixes)
    held, later = (names(release, around(release, queries, "place/a", day=date(year, 6, 1))) for year in (1995, 2018))
    assert held == {"place/b": ["relation/a-in-b"]}
    assert later == {}


@pytest.fixture(scope="module")
def hub(opened: OpenRelease) -> OpenRelease:
    """A store in which one organisation has 700 members, each of whom is a member of another organisation as well."""
    base, store = opened.base, ox.Store()

    def iri(name: str) -> ox.NamedNode:
        prefix, _, local = name.partition(":")
        return ox.NamedNode(opened.prefixes[prefix] + local)

    def say(subject: str, predicate: str, value: str) -> None:
        store.add(ox.Quad(iri(subject), iri(predicate), iri(value), ox.NamedNode(f"{base}graph/hub")))

    for number in range(700):
        say(f"person:p{number}", "rdf:type", "mkg:Person")
        say(f"organisation:o{number}", "rdf:type", "org:Organization")
        for organisation in ("hub", f"o{number}"):
            tenure = f"tenure:p{number}-{organisation}"
            say(tenure, "rdf:type", "mkg:Claim")
            say(tenure, "org:member", f"person:p{number}")
            say(tenure, "org:organization", f"organisation:{organisation}")
    return OpenRelease(EmbeddedStore(store, opened.prefixes, base), base, opened.prefixes)


@pytest.mark.parametrize("steps", [1, 2])
def test_of_a_hub_a_part_is_shown_and_the_rest_is_counted(hub: OpenRelease, queries: Path, steps: int) -> None:
    found = around(hub, queries, "organisation/hub", steps)
    assert len(found.around) == {1: 40, 2: 20}[steps]
    assert 1 + len(found.around) + len(found.beyond) <= MOST
    assert found.unseen == 300
    assert len(found.around) + found.left_out == 400
    assert len(found.beyond) == {1: 0, 2: 20}[steps]
    assert len(page(hub, queries, "organisation/hub", steps).more) == 2
