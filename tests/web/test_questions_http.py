"""Stored queries over HTTP."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
import rdflib

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
def test_q14_a_wrong_date_is_400_naming_parameter_and_form(site: str, value: str) -> None:
    assert refused(site, "who-led", "at", value) == "a day such as 2018-03-15"


HOSTILE = [
    '"', "'", '"""', "\\", '\\"', "}", "> } SERVICE <http://127.0.0.1:1/> {", "a\nb", "a\r\nb", "a\0b", "\\u0022 }",
    "\\U0001F600", '" } UNION { ?s ?p ?o } #', "UNDEF", "?quote", "$1", "{{7*7}}", "<script>alert(1)</script>", "%00",
    "\u202e", "x" * 10_000,
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: ascii(value)[:30])
def test_q14_a_hostile_text_is_a_term(site: str, value: str) -> None:
    answer = ask(f"{site}/query/quotes-with?text={quote(value)}", "application/json")
    assert answer.status == 200
    found = [row["quote"]["value"] for row in answer.json()["results"]["bindings"]]
    assert found == [each for each in found if value.lower() in each.lower()]
    assert len(found) <= 1


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: ascii(value)[:30])
def test_q14_a_hostile_text_is_inert_on_the_page(site: str, value: str) -> None:
    page = ask(f"{site}/query/quotes-with?text={quote(value)}", "text/html")
    assert page.status == 200
    assert b"<script>alert" not in page.body


@pytest.mark.parametrize(
    "value",
    [
        *HOSTILE, "person/../x", "http://a/ b", "http://a/>", "http://example.org/x> } SERVICE <http://127.0.0.1:1/> {",
        "person:a b", "javascript:alert(1)", "person/nobody", "place/berlin", "wd:Q64", "person/michael-mueller/",
    ],
    ids=lambda value: ascii(value)[:30],
)  # fmt: skip
def test_q14_a_hostile_or_unknown_thing_is_400_naming_parameter_and_class(site: str, value: str) -> None:
    expected = refused(site, "roles-of", "thing", value)
    assert expected == "a thing that the data know as foaf:Agent, such as post/governing-mayor-berlin, or its IRI"


@pytest.mark.parametrize("value", ["1.5", "1e3", "9" * 19, "1)", "-", "0x1", "１"])
def test_q14_a_wrong_number_is_400_naming_parameter_and_form(site: str, value: str) -> None:
    assert refused(site, "evidence-strength", "least", value) == "a whole number such as 141"


@pytest.mark.parametrize("value", ["fr", "de'", "@de", "de\n", "*"])
def test_q14_a_value_that_is_not_allowed_is_400_naming_those_that_are(site: str, value: str) -> None:
    assert refused(site, "who-led", "lang", value) == "one of en, de"


def refused(site: str, name: str, parameter: str, value: str) -> str:
    """Ask with a wrong argument; return the form that the problem names."""
    answer = ask(f"{site}/query/{name}?{parameter}={quote(value)}", "application/json")
    assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json")
    problem = answer.json()
    assert problem["type"] == f"{site}/problem/argument-wrong"
    assert problem["parameter"] == parameter
    assert len(problem["detail"]) < 400
    return str(problem["expected"])


def test_what_is_no_parameter_or_is_given_twice_is_400(site: str) -> None:
    assert ask(f"{site}{WHO_LED}?nix=1").json()["parameter"] == "nix"
    twice = ask(f"{site}{WHO_LED}?at=2018-03-15&at=2018-03-16")
    assert (twice.status, twice.json()["parameter"]) == (400, "at")


def test_an_unknown_question_is_404(site: str) -> None:
    answer = ask(f"{site}/query/nix")
    assert (answer.status, answer.json()["type"]) == (404, f"{site}/problem/query-unknown")


def test_a_question_is_a_page_with_a_form_and_its_answer(site: str) -> None:
    page = ask(f"{site}{WHO_LED}?at=2018-03-15", "text/html", accept_language="de").body.decode()
    assert '<html lang="de">' in page
    assert '<input name="at" value="2018-03-15" type="date">' in page
    assert "Regierender Bürgermeister von Berlin" in page
    assert "zuvor seit November 2017 Interimspräsident" in page


def test_each_type_of_parameter_has_its_field(site: str) -> None:
    assert '<input name="least" value="3" type="number">' in page_of(site, "/query/evidence-strength")
    assert '<input name="text" value="Kopräsident" type="text">' in page_of(site, "/query/quotes-with")
    labels = page_of(site, "/query/missing-labels?language=it")
    assert '<input name="language" value="it" type="text" list="for-language">' in labels
    assert '<option value="mkg:Office">office</option>' in labels


def test_things_of_a_class_are_chosen_by_their_names_in_the_language_of_the_page(site: str) -> None:
    page = page_of(site, "/query/roles-of?thing=person:michael-mueller&lang=de")
    assert '<option value="post/governing-mayor-berlin">Regierender Bürgermeister von Berlin</option>' in page
    assert '<option value="person/michael-mueller" selected>Michael Müller</option>' in page
    assert "place/berlin" not in page
    english = page_of(site, "/query/roles-of?lang=en")
    assert '<option value="post/governing-mayor-berlin" selected>Governing Mayor of Berlin</option>' in english


def test_a_wrong_argument_brings_the_form_back_with_the_message_at_its_field(site: str) -> None:
    answer = ask(f"{site}{WHO_LED}?at=yesterday", "text/html", accept_language="de")
    assert (answer.status, answer.headers["cache-control"]) == (400, "no-store")
    assert "etag" not in answer.headers
    page = answer.body.decode()
    assert '<input name="at" value="yesterday" type="date" aria-invalid="true" aria-describedby="wrong-at">' in page
    assert "Das passt nicht: „yesterday“. Erwartet wird ein Tag wie 2018-03-15." in page
    assert "<h2>Antwort</h2>" not in page
    assert "<h2>Antwort</h2>" in page_of(site, f"{WHO_LED}?lang=de")


def test_a_thing_of_another_class_is_explained_by_the_name_of_the_class(site: str) -> None:
    answer = ask(f"{site}/query/roles-of?thing=place/berlin&lang=de", "text/html")
    assert answer.status == 400
    assert (
        "Erwartet wird ein Ding, das die Daten kennen als Akteur, wie post/governing-mayor-berlin"
        in answer.body.decode()
    )


def test_what_is_no_parameter_is_said_above_the_form(site: str) -> None:
    answer = ask(f"{site}{WHO_LED}?nix=1&lang=en", "text/html")
    assert answer.status == 400
    assert '<p class="wrong" role="alert">This question has no parameter “nix”.</p>' in answer.body.decode()


def test_the_page_shows_the_query_with_its_arguments_and_leads_to_the_query_page(site: str) -> None:
    page = page_of(site, f"{WHO_LED}?at=2018-03-16")
    assert "PREFIX mkg: &lt;" in page
    assert "VALUES ?at { &#34;2018-03-16&#34;^^" in page
    link = re.search(r'href="(/sparql\?[^"]+)"', page)
    assert link
    answer = ask(site + unescape(link[1]), "application/sparql-results+json")
    assert answer.json() == ask(f"{site}{WHO_LED}?at=2018-03-16", "application/json").json()


def test_the_index_is_grouped_by_subject_with_descriptions(site: str) -> None:
    page = page_of(site, "/query/?lang=de")
    headings = re.findall("<h2>(.+?)</h2>", page)
    assert headings[:3] == ["Rollen und wer sie hatte", "Was galt, und wann", "Das Netzwerk und seine Partner"]
    assert "Beide Aussagen bleiben stehen; keine wird überschrieben." in page


@pytest.mark.parametrize(
    "accept", ["text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples"]
)
def test_the_index_is_a_graph_of_executables_for_machines(site: str, accept: str) -> None:
    answer = ask(f"{site}/query/", accept)
    assert answer.headers["content-type"].startswith(accept)
    formats = {"text/turtle": "turtle", "application/ld+json": "json-ld", "application/rdf+xml": "xml"}
    graph = rdflib.Graph().parse(data=answer.body, format=formats.get(accept, "nt"))
    shacl = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    (text,) = graph.objects(rdflib.URIRef(f"{site}/query/who-led"), shacl.select)
    asked = ask(f"{site}/sparql?query={quote(text)}", "application/json")
    assert asked.json() == ask(f"{site}{WHO_LED}", "application/json").json()


def test_the_index_leads_to_the_openapi_document(site: str) -> None:
    link = ask(f"{site}/query/", "text/html").headers["link"]
    assert link.startswith(f'<{site}/openapi.json>; rel="service-desc"')
    assert '<link rel="service-desc" href="/openapi.json"' in page_of(site, "/query/")


def test_an_index_that_the_client_has_is_304_in_each_format(site: str) -> None:
    tags = {
        ask(f"{site}/query/", accept).headers["etag"] for accept in ("text/html", "text/turtle", "application/ld+json")
    }
    assert len(tags) == 3
    assert ask(f"{site}/query/", "text/turtle", if_none_match=", ".join(tags)).status == 304


def test_each_page_of_a_question_has_an_etag_of_its_own(site: str) -> None:
    """Without a parameter ``lang`` the language shows only in the words around the answer, and chosen in its links."""
    path = f"{site}/query/05-open-tenures"
    pages = [ask(path, "text/html", accept_language=language) for language in ("de", "en")]
    pages += [ask(f"{path}?lang={language}", "text/html") for language in ("de", "en")]
    assert len({page.headers["etag"] for page in pages}) == len({page.body for page in pages}) == 4


def page_of(site: str, path: str) -> str:
    """Return a page, which is there."""
    answer = ask(site + path, "text/html")
    assert answer.status == 200
    return answer.body.decode()


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_question_has_a_page_in_both_languages_and_an_answer(site: str, language: str) -> None:
    queries = Path(__file__).parents[2] / "queries"
    names = [path.stem for folder in ("examples", "competency") for path in sorted((queries / folder).glob("*.rq"))]
    index = ask(f"{site}/query/", "text/html", accept_language=language).body.decode()
    for name in names:
        assert f'href="/query/{name}"' in index
        page = ask(f"{site}/query/{name}", "text/html", accept_language=language)
        assert (page.status, page.headers["content-language"]) == (200, language)
        assert b"wrong" not in page.body
        assert ask(f"{site}/query/{name}", "*/*").status == 200
