"""The change feed: which events stand on which page, what leads to them, and what never changes again."""

from datetime import UTC, datetime, timedelta

import pyoxigraph as ox
import pytest

from metropolis_kg.curation.release import DATASET, Release
from metropolis_kg.model.publications import Publication
from metropolis_kg.publication.feed import (
    FAN,
    PAGE,
    Event,
    Feed,
    UnknownFeedPageError,
    index_quads,
    page_quads,
    root_quads,
)
from metropolis_kg.publication.sorted_quads import sorted_quads

BASE = "http://localhost:8000/kg/"
START = datetime(2026, 11, 25, 12, tzinfo=UTC)
TREE = "https://w3id.org/tree#"


def publication(number: int, created: int = 0, updated: int = 0, removed: int = 0) -> Publication:
    """Return a publication that did so many things; each thing has a name of its own."""
    names = [
        tuple(f"id/{kind}/{number}-{each:06}" for each in range(count))
        for kind, count in (("new", created), ("changed", updated), ("gone", removed))
    ]
    return Publication(number, f"{number:064}", START + timedelta(hours=number), BASE, *names)


def feed(*sizes: tuple[int, int, int]) -> Feed:
    """Return the feed of publications that created, updated and removed so many things."""
    return Feed(tuple(publication(number, *size) for number, size in enumerate(sizes, 1)))


def values(quads: list[ox.Quad], subject: str, name: str) -> list[str]:
    """Return the values of a property of the TREE vocabulary."""
    return [quad.object.value for quad in quads if (quad.subject.value, quad.predicate.value) == (subject, TREE + name)]


def test_the_pages_have_every_event_once_and_in_order() -> None:
    known = feed((PAGE + 50, 0, 0), (3, 2, 1), (0, 0, 0), (0, PAGE, 7))
    events = [event for page in range(1, known.pages + 1) for event in known.page(page)]
    expected = [
        Event(each, thing, kind)
        for each in known.publications
        for kind in ("created", "updated", "removed")
        for thing in getattr(each, kind)
    ]
    assert events == expected
    assert len(known) == len(expected)
    assert [len(known.page(page)) for page in range(1, known.pages + 1)] == [PAGE, PAGE, len(expected) - 2 * PAGE]
    assert len({event.version for event in events}) == len(events)


def test_a_full_page_stays_as_it_is_when_more_is_published() -> None:
    before = feed((PAGE, 0, 0), (10, 0, 0))
    after = Feed((*before.publications, publication(3, 500, 20, 3)))
    assert [before.is_full(page) for page in (1, 2)] == [True, False]
    assert page_quads(before, 1, lambda _: []) == page_quads(after, 1, lambda _: [])
    assert before.page_iri(1) == after.page_iri(1)


@pytest.mark.parametrize("number", [0, -1, 3])
def test_a_page_there_is_not_is_unknown(number: int) -> None:
    with pytest.raises(UnknownFeedPageError, match="pages 1 to 2"):
        feed((PAGE + 1, 0, 0)).page(number)


@pytest.mark.parametrize("first", [PAGE - 1, PAGE, PAGE + 1])
def test_relations_bound_the_time_of_all_members_of_a_page(first: int) -> None:
    known = feed((first, 0, 0), (PAGE, 0, 0), (PAGE - 1, 0, 0))
    pages = range(1, known.pages + 1)
    quads = root_quads(known, [])
    nodes: dict[str, dict[str, str]] = {}
    for relation in values(quads, known.iri, "relation"):
        [node], [value] = values(quads, relation, "node"), values(quads, relation, "value")
        nodes.setdefault(node, {})[relation.rpartition("#")[2].partition("-")[0]] = value
    assert list(nodes) == [known.page_iri(page) for page in pages]
    for page in pages:
        times = [event.publication.published.strftime("%Y-%m-%dT%H:%M:%SZ") for event in known.page(page)]
        bounds = nodes[known.page_iri(page)]
        assert bounds["since"] == times[0]
        assert bounds.get("until") == (times[-1] if known.is_full(page) else None), "more may come"


def test_many_pages_are_reached_by_way_of_index_nodes() -> None:
    known = feed((PAGE * FAN, 0, 0), (PAGE * 3 + 1, 0, 0))
    quads = root_quads(known, [])
    indexes = {node for relation in values(quads, known.iri, "relation") for node in values(quads, relation, "node")}
    assert indexes == {f"{known.iri}/1/index-{number}" for number in (1, 2)}
    pages: list[str] = []
    for number in (1, 2):
        quads = index_quads(known, number)
        relations = values(quads, f"{known.iri}/1/index-{number}", "relation")
        pages += dict.fromkeys(node for relation in relations for node in values(quads, relation, "node"))
    assert pages == [known.page_iri(page) for page in range(1, known.pages + 1)]
    assert any("immutable" in str(quad) for quad in index_quads(known, 1))
    assert not any("immutable" in str(quad) for quad in index_quads(known, 2))
    with pytest.raises(UnknownFeedPageError):
        index_quads(known, 3)


def test_pages_of_another_base_have_other_names() -> None:
    assert Feed((publication(7, 3),)).page_iri(1) == f"{BASE}feed/7/1"


def test_a_removed_thing_is_a_member_that_says_so_and_nothing_else() -> None:
    [event] = feed((0, 0, 1)).page(1)
    said = [quad for quad in page_quads(feed((0, 0, 1)), 1, lambda _: []) if quad.subject.value == event.version]
    assert {str(quad.object) for quad in said} == {
        "<https://www.w3.org/ns/activitystreams#Delete>", f"<{event.iri}>",
        '"2026-11-25T13:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>',
    }  # fmt: skip


def test_what_is_read_of_a_thing_is_what_the_dataset_says_of_it_and_its_parts(release: Release) -> None:
    expected: dict[str, set[ox.Triple]] = {}
    for quad in ox.parse(path=release.path / DATASET, format=ox.RdfFormat.N_QUADS):
        expected.setdefault(quad.subject.value.partition("#")[0], set()).add(quad.triple)
    assert len(expected) > 250
    with sorted_quads(release.path / DATASET) as dataset:
        found = {iri: dataset.about(iri) for iri in expected if "/id/" in iri}
        assert all(len(set(triples)) == len(triples) for triples in found.values())
        assert {iri for iri, triples in found.items() if set(triples) != expected[iri]} == set()
        for nothing in ("a:", "http://localhost:8000/id/person/michael", "zzz:", f"{BASE}id/place/berlin"):
            assert dataset.about(nothing) == []
