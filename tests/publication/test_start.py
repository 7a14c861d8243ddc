"""The start page: what it answers, what it counts and offers, from whatever content there is."""

from dataclasses import replace
from pathlib import Path

import pytest

from metropolis_kg.content import Content, find_content
from metropolis_kg.model.kinds import THINGS
from metropolis_kg.model.namespaces import shorten
from metropolis_kg.publication.own_queries import rows
from metropolis_kg.publication.reading import Links
from metropolis_kg.publication.start import SHOWN, Kind, example_of, kinds_of, offered
from metropolis_kg.publication.stored_queries import StoredQueries
from metropolis_kg.publication.words import Words
from metropolis_kg.store.release import OpenRelease

CLASSES = {
    "organisations": {"org:Organization"}, "offices": {"mkg:Office", "org:Post"},
    "people": {"mkg:Person", "foaf:Person"}, "places": {"dct:Location", "schema:Place"},
    "events": {"mkg:Event", "schema:Event", "schema:EventSeries"}, "platforms": {"mkg:OnlinePlatform"},
    "sources": {"mkg:Source"},
}  # fmt: skip


@pytest.fixture(scope="session")
def kinds(opened: OpenRelease, content: Content) -> list[Kind]:
    """The kinds as the English page has them."""
    return kinds_of(opened, content.queries, "en", Links(opened.base))


def test_every_kind_is_counted_exactly(opened: OpenRelease, kinds: list[Kind], tmp_path: Path) -> None:
    query = tmp_path / "typed.rq"
    query.write_text("SELECT DISTINCT ?thing ?class { ?thing a ?class }")
    typed = [
        (row["thing"]["value"], shorten(row["class"]["value"], dict(opened.prefixes))) for row in rows(opened, query)
    ]
    numbers = {kind: len({thing for thing, name in typed if name in names}) for kind, names in CLASSES.items()}
    assert {kind.key: kind.number for kind in kinds} == numbers
    assert [kind.key for kind in kinds] == list(THINGS)


@pytest.mark.parametrize("folder", ["without a search", None])
def test_a_store_elsewhere_and_a_release_of_an_older_program_count_the_same(
    opened: OpenRelease, content: Content, kinds: list[Kind], tmp_path: Path, folder: str | None
) -> None:
    other = replace(opened, digest=None, folder=folder and tmp_path / folder)
    assert kinds_of(other, content.queries, "en", Links(opened.base)) == kinds


def test_a_few_things_of_each_kind_are_shown_the_most_connected_first(kinds: list[Kind]) -> None:
    shown = {kind.key: [value.text for value in kind.things.values()] for kind in kinds}
    assert all(len(shown[kind.key]) == min(kind.number, SHOWN) for kind in kinds)
    assert shown["organisations"][0] == "Metropolis"
    assert shown["people"][0] == "Michael Müller"


@pytest.mark.parametrize(
    ("language", "answer", "role", "source", "day"),
    [
        ("en", "Governing Mayor of Berlin", "interim president", "Metropolis (page on berlin.de)", "15 March 2018"),
        ("de", "Regierender Bürgermeister von Berlin", "Interimspräsident", "Metropolis (Seite auf berlin.de)",
         "15. März 2018"),
    ],
)  # fmt: skip
def test_the_example_is_answered_from_the_data_with_the_words_that_say_so(
    opened: OpenRelease, content: Content, language: str, answer: str, role: str, source: str, day: str
) -> None:
    example = example_of(opened, StoredQueries(content), Words(language), Links(opened.base))
    assert example is not None
    assert (example.answer, example.role, example.source, example.day) == (answer, role, source, day)
    assert (example.certainty, example.person) == ("certain", "Michael Müller")
    assert example.quote.text == "zuvor seit November 2017 Interimspräsident"
    assert example.quote.language == (None if language == "de" else "de")
    assert example.claim == "/doc/tenure/governing-mayor-interim-president-2017"


def test_three_questions_are_offered_whatever_the_content_asks(content: Content, workspace: Path) -> None:
    assert [query.name for query in offered(StoredQueries(content))] == ["succession", "conflicts", "quotes-with"]
    (workspace / "queries/examples/conflicts.rq").unlink()
    assert [query.name for query in offered(StoredQueries(find_content(workspace)))] == [
        "succession", "quotes-with", "timeline",
    ]  # fmt: skip
    for path in (workspace / "queries/examples").glob("*.rq"):
        path.unlink()
    others = offered(StoredQueries(find_content(workspace)))
    assert [query.folder for query in others] == ["competency"] * 3


def test_content_without_the_question_has_no_example(opened: OpenRelease, workspace: Path) -> None:
    (workspace / "queries/examples/who-led.rq").unlink()
    stored = StoredQueries(find_content(workspace))
    assert example_of(opened, stored, Words("en"), Links(opened.base)) is None


def test_a_question_that_the_data_do_not_answer_is_no_example(opened: OpenRelease, workspace: Path) -> None:
    path = workspace / "queries/examples/who-led.rq"
    path.write_text(path.read_text().replace('default = "2018-03-15"', 'default = "1875-03-15"'))
    stored = StoredQueries(find_content(workspace))
    assert example_of(opened, stored, Words("en"), Links(opened.base)) is None
