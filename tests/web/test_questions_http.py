"""Stored queries over HTTP."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from servers import ask

WHO_LED = "/query/who-led"


def holders(site: str, day: str) -> list[tuple[str, str, str]]:
    """Return holder, role and certainty for a day, in English."""
    rows = ask(f"{site}{WHO_LED}?at={day}&lang=en", "application/json").json()["results"]["bindings"]
    return sorted((row["holder"]["value"], row["role"]["value"], row["certainty"]["value"]) for row in rows)


def test_a_dated_question_is_answered_with_its_certainty(site: str) -> None:
    assert holders(site, "2018-03-15") == [("Governing Mayor of Berlin", "interim president", "certain")]
    assert {certainty for *_, certainty in holders(site, "2018-08-10")} == {"possible"}
    assert len(holders(site, "2018-08-10")) == 2
    assert {certainty for *_, certainty in holders(site, "2022-03-01")} == {"last known"}


@pytest.mark.parametrize(
    ("wanted", "content_type"),
    [
        ("?format=csv", "text/csv; charset=utf-8"),
        ("?format=xml", "application/sparql-results+xml"),
        ("?format=json&at=2018-08-10", "application/sparql-results+json"),
        ("", "application/sparql-results+json"),
    ],
)
def test_an_answer_comes_in_the_format_named(site: str, wanted: str, content_type: str) -> None:
    answer = ask(site + WHO_LED + wanted)
    assert (answer.status, answer.headers["content-type"]) == (200, content_type)


def test_a_format_that_is_none_is_406(site: str) -> None:
    assert ask(f"{site}{WHO_LED}?format=exe").status == 406


@pytest.mark.parametrize(
    "value",
    [
        "x", "2018-3-15", "2018-02-30", "20180315", "2018-03-15T00:00:00", "2018-03-15 ", "٢٠١٨-٠٣-١٥",
        '2018-03-15"^^xsd:date } #', "2018-03-15\n", "'; DROP ALL", "} UNION { ?s ?p ?o", "?at", "UNDEF", "0000-01-01",
    ],
)  # fmt: skip
def test_a_hostile_or_wrong_argument_is_400_naming_parameter_and_form(site: str, value: str) -> None:
    answer = ask(f"{site}{WHO_LED}?at={quote(value)}")
    assert answer.status == 400
    problem = answer.json()
    assert problem["parameter"] == "at"
    assert problem["expected"] == "a day such as 2018-03-15"
    assert problem["type"] == f"{site}/problem/argument-wrong"


def test_what_is_no_parameter_or_is_given_twice_is_400(site: str) -> None:
    assert ask(f"{site}{WHO_LED}?nix=1").json()["parameter"] == "nix"
    assert ask(f"{site}{WHO_LED}?at=2018-03-15&at=2018-03-16").status == 400


def test_an_unknown_question_is_404(site: str) -> None:
    answer = ask(f"{site}/query/nix")
    assert (answer.status, answer.json()["type"]) == (404, f"{site}/problem/query-unknown")


def test_a_question_is_a_page_with_a_form_and_its_answer(site: str) -> None:
    page = ask(f"{site}{WHO_LED}?at=2018-03-15", "text/html", accept_language="de").body.decode()
    assert '<html lang="de">' in page
    assert '<input name="at" value="2018-03-15" type="date">' in page
    assert "Regierender Bürgermeister von Berlin" in page
    assert "zuvor seit November 2017 Interimspräsident" in page


def test_a_hostile_argument_is_inert_on_the_page(site: str) -> None:
    page = ask(f"{site}{WHO_LED}?at={quote('<script>alert(1)</script>')}", "text/html")
    assert page.status == 400
    assert b"<script" not in page.body


def test_every_question_has_a_page_in_both_languages_and_an_answer(site: str) -> None:
    queries = Path(__file__).parents[2] / "queries"
    names = [path.stem for folder in ("examples", "competency") for path in sorted((queries / folder).glob("*.rq"))]
    index = ask(f"{site}/query/", "text/html").body.decode()
    for name in names:
        assert f'href="/query/{name}"' in index
        assert ask(f"{site}/query/{name}", "text/html", accept_language="de").status == 200
        json.loads(ask(f"{site}/query/{name}", "application/json").body)
