"""Every stored query gives the expected rows, in order, and the same from each of three engines.

``expected/<query>.csv`` holds the rows for the parameters' defaults, ``expected/<query>.<occasion>.csv`` those for the
arguments given below. They were read off the page and the files of data, not off an answer.
"""

import csv
from pathlib import Path

import pytest

from engines import Ask
from expected_answers import ARGUMENTS, CASES, EXPECTED, arguments_of, query_of
from metropolis_kg.content import Content, find_content
from metropolis_kg.publication.stored_queries import StoredQueries
from metropolis_kg.store.query_text import tokens
from metropolis_kg.store.release import OpenRelease

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib.*")

QUERIES = {query.name: query for query in StoredQueries(find_content(Path(__file__).parents[2])).all()}
ENGINES = ["pyoxigraph", "rdflib", "endpoint"]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", CASES)
def test_a_stored_query_gives_the_expected_rows_in_order(case: str, engine: str, ask: Ask, opened: OpenRelease) -> None:
    with (EXPECTED / f"{case}.csv").open(encoding="utf-8", newline="") as file:
        expected = list(csv.reader(file))
    assert ask(query_of(case), engine=engine, **arguments_of(case)).table(opened.prefixes) == expected


@pytest.mark.parametrize("engine", ENGINES[1:])
@pytest.mark.parametrize("case", CASES)
def test_every_engine_gives_the_same_terms_with_language_and_datatype(case: str, engine: str, ask: Ask) -> None:
    name, arguments = query_of(case), arguments_of(case)
    assert ask(name, engine=engine, **arguments) == ask(name, engine="pyoxigraph", **arguments)


def test_every_stored_query_has_expected_rows() -> None:
    assert {case for case in CASES if "." not in case} == set(QUERIES)
    assert {case for case in CASES if "." in case} == set(ARGUMENTS)


def test_each_of_the_33_competency_questions_has_one_query(content: Content) -> None:
    numbers = [path.name[:2] for path in sorted((content.queries / "competency").glob("*.rq"))]
    assert numbers == [f"{number:02}" for number in range(1, 34)]


@pytest.mark.parametrize("name", QUERIES)
def test_a_stored_query_declares_no_prefix_and_every_parameter_has_a_default_and_a_label(name: str) -> None:
    query = QUERIES[name]
    assert "PREFIX" not in {token.text for token in tokens(query.text) if token.kind == "word"}
    assert {"de", "en"} <= query.titles.keys()
    assert set(query.descriptions) in ({"de", "en"}, set())
    for parameter in query.parameters.values():
        assert parameter.default
        assert {"de", "en"} <= parameter.labels.keys()


@pytest.mark.parametrize("name", QUERIES)
def test_a_parameter_with_places_of_its_own_has_one_in_the_outermost_group(name: str) -> None:
    """Given its places, a parameter is bound nowhere else: without one outside, filters there would not see it."""
    text = " ".join(token.text for token in tokens(QUERIES[name].text))
    places = [variable for variable in QUERIES[name].parameters if f"VALUES ?{variable} {{ UNDEF }}" in text]
    assert text.split("WHERE {", 1)[1].startswith("".join(f" VALUES ?{variable} {{ UNDEF }}" for variable in places))


def test_a_query_without_its_argument_answers_with_nothing_rather_than_something_wrong(opened: OpenRelease) -> None:
    answer = opened.service.query(QUERIES["who-led"].text, "text/csv").decode()
    assert "certain" not in answer.partition("\n")[2]
