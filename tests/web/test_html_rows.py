"""Row E14 of the HTTP behaviour: languages, alternates, embedded schema.org, and a hostile label that stays a label."""

import json
import re

import pytest

from pages import Elements, page
from repository import HOSTILE
from servers import ask

METROPOLIS = "/doc/organisation/metropolis"
PAGES = [
    METROPOLIS, "/doc/person/michael-mueller", "/doc/tenure/governing-mayor-interim-president-2017",
    "/doc/event/metropolis-annual-meeting-2018", "/doc/statement/metropolis-is-the-voice", "/doc/dataset", "/doc/ns",
    "/doc/graph/geonames",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "de"])
def test_e14_a_page_carries_schema_org_that_parses_about_its_thing(site: str, path: str, language: str) -> None:
    text = page(site, path, language)
    data = Elements(text).structured()
    assert data["@context"] == "https://schema.org"
    assert data["mainEntityOfPage"]["@id"] == site + path
    assert data["name"]
    block = text.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert not set(block) & set("<>&\u2028\u2029")
    assert json.loads(block) == data


@pytest.mark.parametrize("path", PAGES)
def test_e14_what_is_embedded_says_nothing_else_than_the_document_in_schema_org(site: str, path: str) -> None:
    embedded = Elements(page(site, path)).structured()
    document = ask(f"{site}{path}.jsonld?profile=schema").json()
    assert embedded["@id"] == document["@id"]
    assert embedded["@type"] == document["@type"]
    assert set(embedded) == set(document)
    names = document["name"] if isinstance(document["name"], list) else [document["name"]]
    name = embedded["name"]
    assert name in [each["@value"] for each in names if each["@language"] == "en"]


@pytest.mark.parametrize("path", [METROPOLIS, "/doc/dataset", "/doc/ns"])
def test_e14_a_page_that_tells_of_one_day_carries_none_since_schema_org_tells_of_all_time(site: str, path: str) -> None:
    kinds = [kind for kind, _ in Elements(page(site, f"{path}?at=2018-08-28")).scripts]
    assert "application/ld+json" not in kinds


def test_e14_names_are_in_the_language_of_the_page_and_others_say_which_they_are_in(site: str) -> None:
    voice = "/doc/statement/metropolis-is-the-voice"
    english, german = (Elements(page(site, voice, language)).structured() for language in ("en", "de"))
    assert english["author"]["name"] == "Senate Chancellery of Berlin"
    assert german["author"]["name"] == "Senatskanzlei Berlin"
    assert english["citation"]["text"]["@language"] == "de"
    assert german["citation"]["text"].startswith("die Stimme")


@pytest.mark.parametrize("language", ["en", "de"])
def test_e14_the_page_and_every_text_in_another_language_say_their_language(site: str, language: str) -> None:
    text = page(site, "/doc/tenure/governing-mayor-interim-president-2017", language)
    assert f'<html lang="{language}">' in text
    quote = re.search(r"<blockquote[^>]*>", text)
    assert quote
    assert quote[0] == '<blockquote lang="de">'
    evidence = page(site, "/doc/evidence/berlin-metropolis-f43", language)
    heading = re.search(r"<h1[^>]*>", evidence)
    assert heading
    assert heading[0] == ("<h1>" if language == "de" else '<h1 lang="de">')


@pytest.mark.parametrize("path", PAGES)
def test_e14_a_page_links_to_each_format_by_its_type(site: str, path: str) -> None:
    links = [attributes for tag, attributes in Elements(page(site, path)).all if tag == "link"]
    alternates = {each["type"]: each["href"] for each in links if each.get("rel") == "alternate" and each.get("type")}
    for kind in ("text/turtle", "application/ld+json", "application/n-triples", "application/rdf+xml"):
        answer = ask(f"{site}{alternates[kind]}")
        assert (answer.status, answer.headers["content-type"].split(";")[0]) == (200, kind)


def test_e14_a_script_in_a_label_stays_a_label(hostile_site: str) -> None:
    assert "<script>" not in page(hostile_site, "/")
    for path in ("/doc/organisation/eurocities", METROPOLIS, "/doc/partnership/metropolis-eurocities"):
        text = page(hostile_site, path)
        assert "<script>" not in text
        assert "alert(1)" in text
        assert Elements(text).structured()["@id"].endswith(path.removeprefix("/doc/"))
    assert Elements(page(hostile_site, "/doc/organisation/eurocities")).structured()["name"] == HOSTILE
    document = ask(f"{hostile_site}/doc/organisation/eurocities.jsonld?profile=schema").json()
    assert {each["@value"] for each in document["name"]} == {HOSTILE}
