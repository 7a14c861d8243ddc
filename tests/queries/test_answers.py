"""Every stored query gives the expected rows, in order, and the same from each of three engines.

``expected/<query>.csv`` holds the rows for the parameters' defaults, ``expected/<query>.<occasion>.csv`` those for the
arguments given below. They were read off the page and the files of data, not off an answer.
"""

import csv
from pathlib import Path

import pytest

from engines import Ask
from metropolis_kg.content import Content, find_content
from metropolis_kg.publication.stored_queries import StoredQueries
from metropolis_kg.store.query_text import tokens
from metropolis_kg.store.release import OpenRelease

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib.*")

EXPECTED = Path(__file__).with_name("expected")
CASES = sorted(path.stem for path in EXPECTED.glob("*.csv"))
QUERIES = {query.name: query for query in StoredQueries(find_content(Path(__file__).parents[2])).all()}
ENGINES = ["pyoxigraph", "rdflib", "endpoint"]
ARGUMENTS = {
    "01-who-led.before-it-was-founded": {"at": "1984-12-31"},
    "07-certainty-over-time.closed": {"tenure": "tenure/governing-mayor-president-2018"},
    "changes.one-president-after-another": {"from": "2017-11-16", "until": "2017-11-30", "lang": "de"},
    "claims-of-source.no-wording-kept": {"source": "source/editorial-research"},
    "evidence-of.no-wording-kept": {"claim": "tenure/wowereit-governing-mayor-2001"},
    "evidence-of.several-captions": {"claim": "event/metropolis-annual-meeting-2018"},
    "evidence-strength.two-pieces": {"least": "2", "most": "2"},
    "gaps.none-in-an-office": {"organisation": "organisation/land-berlin"},
    "in-place.in-the-province": {"place": "place/gauteng"},
    "missing-labels.in-german": {"language": "de"},
    "most-evidenced.organisations": {"kind": "org:Organization"},
    "quotes-with.nothing-of-the-kind": {"text": '"} UNION { ?s ?p ?o'},
    "roles-between.before-it-was-founded": {"from": "1980-01-01", "until": "1984-12-31"},
    "roles-of.a-person": {"thing": "person/barbara-berninger"},
    "state-at.a-person": {"thing": "person/michael-mueller", "at": "2018-07-16"},
    "succession.stated-to-the-day": {"organisation": "organisation/land-berlin"},
    "undated.counts": {"kind": "mkg:MemberCount", "lang": "de"},
    "was-certain.within-a-handover": {"at": "2018-08-10"},
    "who-held.last-known": {"role": "role/co-president", "at": "2021-06-01"},
    "who-held.undated": {"role": "role/head-of-unit", "organisation": "organisation/referat-internationales"},
    "who-led.after-the-page": {"at": "2022-03-01"},
    "who-led.in-german": {"lang": "de"},
    "who-led.president-beside-co-president": {"at": "2016-06-01"},
    "who-led.press-release": {"at": "2018-08-24"},
    "who-led.two-mayors-on-a-day": {"at": "2014-12-11"},
    "who-led.within-a-handover": {"at": "2018-08-10"},
}


def arguments_of(case: str) -> dict[str, str]:
    """Return the arguments of a case; none where it shows the defaults."""
    return ARGUMENTS[case] if "." in case else {}


def query_of(case: str) -> str:
    """Return the name of the query that a case is about."""
    return case.partition(".")[0]


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
