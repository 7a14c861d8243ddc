"""Searching the release of the repository's own content: everything is found, whatever one letter of its name is."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metropolis_kg.model.kinds import KINDS, SHELVES
from metropolis_kg.publication import search_remote
from metropolis_kg.publication.search import SearchUnavailableError, browse, entry, find, kinds, types
from metropolis_kg.store.release import OpenRelease

PAGE = 20
LETTERS = "aehinrstü 1é-"


@pytest.fixture(scope="module")
def labels(opened: OpenRelease) -> list[tuple[str, str]]:
    """IRI and label of every thing below ``id/`` whose label has five letters and more."""
    every = [found for kind in kinds(opened) for found in browse(opened, kind, 1000).found]
    return [(found.iri, label) for found in every for label in found.labels.values() if len(label) > 4]


def edited(label: str, at: int, letter: str, how: int) -> str:
    """Return ``label`` with one letter left out, put in, replaced, or changing places with the next."""
    at %= len(label)
    return [
        label[:at] + label[at + 1 :], label[:at] + letter + label[at:], label[:at] + letter + label[at + 1 :],
        label[:at] + label[at : at + 2][::-1] + label[at + 2 :],
    ][how]  # fmt: skip


def is_on_first_page(release: OpenRelease, text: str, iri: str) -> bool:
    return any(found.iri == iri for found in find(release, text, limit=PAGE).found)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
@given(st.integers(0, 10_000), st.integers(0, 10_000), st.sampled_from(LETTERS), st.integers(0, 3))
def test_one_wrong_letter_in_any_name_leaves_the_thing_on_the_first_page(
    opened: OpenRelease, labels: list[tuple[str, str]], which: int, at: int, letter: str, how: int
) -> None:
    iri, label = labels[which % len(labels)]
    results = find(opened, edited(label, at, letter, how), limit=PAGE)
    is_full_of_better = not results.is_guess and results.total > PAGE
    is_name_of_another = bool(results.found) and results.found[0].exact
    assert is_full_of_better or is_name_of_another or iri in [found.iri for found in results.found]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_an_answer(opened: OpenRelease, text: str) -> None:
    results = find(opened, text)
    assert len(results.found) <= results.total
    assert all(0 <= found.score <= 100 for found in results.found)


def test_every_thing_is_found_by_its_whole_name(opened: OpenRelease, labels: list[tuple[str, str]]) -> None:
    missing = [(iri, label) for iri, label in labels if not is_on_first_page(opened, label, iri)]
    shared = {label for _, label in labels if sum(label == other for _, other in labels) > PAGE}
    assert not [each for each in missing if each[1] not in shared]


def test_kinds_and_classes_are_counted_as_the_store_counts_them(opened: OpenRelease) -> None:
    query = "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c FILTER(STRSTARTS(STR(?s), STR(<id/>))) } GROUP BY ?c"
    rows = json.loads(opened.service.query(query, "application/sparql-results+json"))["results"]["bindings"]
    counted = {row["c"]["value"]: int(row["n"]["value"]) for row in rows}
    person, source = opened.prefixes["mkg"] + "Person", opened.prefixes["mkg"] + "Source"
    assert types(opened)[person] == counted[person] == kinds(opened)["people"]
    assert types(opened)[source] == counted[source] == kinds(opened)["sources"]
    assert set(KINDS) == set(SHELVES)


def test_what_search_knows_of_a_thing_can_be_asked_by_its_iri(opened: OpenRelease) -> None:
    berlin = entry(opened, opened.iri("id/place/berlin"))
    assert berlin
    assert {"Q64", "2950159", "4005728-8"} < set(berlin.codes)
    assert entry(opened, opened.iri("id/place/nowhere")) is None


def test_a_release_without_an_index_says_what_brings_it(opened: OpenRelease, tmp_path: Path) -> None:
    with pytest.raises(SearchUnavailableError, match="metropolis-kg build"):
        find(replace(opened, folder=tmp_path), "berlin")


@pytest.fixture
def remote(opened: OpenRelease) -> OpenRelease:
    """The same statements where nothing but SPARQL answers."""
    return replace(opened, folder=None, digest=None)


def test_a_store_that_only_answers_sparql_is_searched_with_the_same_answers(
    opened: OpenRelease, remote: OpenRelease, labels: list[tuple[str, str]]
) -> None:
    assert kinds(remote) == kinds(opened)
    for _, label in labels[::17]:
        assert find(remote, label) == find(opened, label)


def test_a_store_with_more_than_is_read_is_not_searched_in_part(
    remote: OpenRelease, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_remote, "MOST_STATEMENTS", 100)
    with pytest.raises(SearchUnavailableError, match="more than the 100"):
        find(remote, "berlin")


def test_what_a_remote_store_says_is_read_anew_after_a_while(
    remote: OpenRelease, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = search_remote.RemoteIndex(remote)
    first = index.index()
    assert index.index() is first
    monkeypatch.setattr(search_remote, "KEPT", 0)
    assert index.index() is not first
