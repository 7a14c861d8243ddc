"""Choosing a representation (RFC 9110 section 12.5.1). Over HTTP: ``tests/web/test_documents_http.py``."""

import pytest

from metropolis_kg.publication.media_types import DOCUMENTS, HTML, JSON_LD, N_TRIPLES, PROFILES, RESULTS, TURTLE
from metropolis_kg.publication.negotiation import Choice, NotAcceptableError, choose, choose_profile, language

FORM = "http://www.w3.org/ns/json-ld#"


@pytest.mark.parametrize(
    ("accept", "extension"),
    [
        (None, "ttl"),
        ("", "ttl"),
        (",,,", "ttl"),
        ("*", "ttl"),
        ("text/html", "html"),
        ("text/html;level=1", "html"),
        ("text/turtle;q=0.5, text/html;q=0.5", "ttl"),
        ("text/turtle;q=0.5, text/html;q=0.6", "html"),
        ("text/*;q=0.9, text/turtle;q=0.1, application/n-triples;q=0.2", "html"),
        ("*/*;q=0.5, text/turtle;q=0", "jsonld"),
        ("application/*", "jsonld"),
        ("application/ld+json;q=0.1;profile=x, application/ld+json", "jsonld"),
        ("text/turtle;q=0.0, application/n-triples", "nt"),
        ("text/turtle;q=1.001, application/n-triples", "nt"),
        ("application/xhtml+xml", "html"),
        ('text/turtle;x="a,b;q=0"', "ttl"),
    ],
)
def test_the_best_fitting_syntax_is_chosen(accept: str | None, extension: str) -> None:
    assert choose(accept, DOCUMENTS).syntax.extension == extension


def test_an_alias_is_sent_as_asked_for_and_never_found_by_a_wildcard() -> None:
    assert choose("application/json", RESULTS).media_type == "application/json"
    assert choose("application/*", RESULTS).media_type == "application/sparql-results+json"
    assert choose("text/plain", (TURTLE, N_TRIPLES)).syntax is N_TRIPLES


def test_xhtml_is_asked_for_and_html_is_sent() -> None:
    assert choose("application/xhtml+xml", DOCUMENTS) == Choice(HTML, "text/html")
    assert choose("application/xhtml+xml;q=0.5, text/turtle", DOCUMENTS).syntax is TURTLE
    assert choose("application/*", (HTML, JSON_LD)).syntax is JSON_LD


def of(profiles: str, rest: str = "") -> str:
    """Return a media range for JSON-LD of the forms with these names."""
    iris = " ".join(name if ":" in name else FORM + name for name in profiles.split())
    return f'application/ld+json;profile="{iris}"{rest}'


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (of("expanded"), "expanded"),
        (of("flattened"), "flattened"),
        (of("compacted"), "compacted"),
        (of("framed"), "framed"),
        (of("flattened compacted"), "flattened"),
        (of("compacted   flattened"), "flattened"),
        (of("urn:x:unknown expanded"), "expanded"),
        (of("urn:x:unknown"), None),
        (of("context"), None),
        (of(""), None),
        (of("EXPANDED"), None),
        (f"application/ld+json;profile={FORM}expanded", "expanded"),
        (f'application/ld+json; charset=utf-8; PROFILE="{FORM}expanded"', "expanded"),
        (f"Application/LD+JSON;profile='{FORM}expanded'", None),
        (of("expanded", ";q=0.5") + ", application/ld+json", None),
        (of("expanded") + ", application/ld+json;q=0.5", "expanded"),
        (of("expanded") + ", application/ld+json", "expanded"),
        ("application/ld+json, " + of("expanded"), "expanded"),
        (of("expanded", ";q=0.4") + ", " + of("flattened", ";q=0.6"), "flattened"),
        (of("expanded", ";q=0") + ", application/ld+json", None),
        (of("expanded") + ", */*", "expanded"),
        ("application/ld+json", None),
        (f'application/json;profile="{FORM}expanded"', None),
    ],
)
def test_a_profile_chooses_the_form_of_json_ld_and_an_unknown_one_is_ignored(accept: str, form: str | None) -> None:
    choice = choose(accept, DOCUMENTS, PROFILES)
    assert choice.syntax is JSON_LD
    assert (choice.profile.name if choice.profile else None) == form
    if form:
        assert choice.media_type == f'application/ld+json;profile="{FORM}{form}"'
    else:
        assert "profile" not in choice.media_type


def test_an_unknown_profile_costs_json_ld_nothing_against_other_formats() -> None:
    assert choose(of("urn:x:unknown") + ", text/turtle;q=0.9", DOCUMENTS, PROFILES).syntax is JSON_LD
    assert choose(of("expanded", ";q=0.8") + ", text/turtle;q=0.9", DOCUMENTS, PROFILES).syntax is TURTLE


def test_no_form_is_found_by_a_wildcard_or_without_having_been_offered() -> None:
    assert choose("application/*", DOCUMENTS, PROFILES) == Choice(JSON_LD, "application/ld+json")
    assert choose("text/turtle;q=0, */*", DOCUMENTS, PROFILES).profile is None
    assert choose(of("expanded"), DOCUMENTS) == Choice(JSON_LD, "application/ld+json")
    assert choose(of("expanded"), (JSON_LD, TURTLE), PROFILES[:1]).profile is None


@pytest.mark.parametrize("accept", [None, "text/html", "application/json", "*/*", of("urn:x:unknown"), "foo"])
def test_where_only_the_form_is_open_other_types_decide_nothing(accept: str | None) -> None:
    assert choose_profile(accept, PROFILES) == Choice(JSON_LD, "application/ld+json")


def test_where_only_the_form_is_open_a_profile_decides() -> None:
    choice = choose_profile("text/html, " + of("expanded", ";q=0.1"), PROFILES)
    assert choice.profile
    assert choice.profile.name == "expanded"


@pytest.mark.parametrize("accept", ["image/png", "*/*;q=0", "text/turtle", "text/html;q=0, */*;q=0"])
def test_nothing_acceptable_names_what_there_is(accept: str) -> None:
    with pytest.raises(NotAcceptableError, match="text/html") as caught:
        choose(accept, (HTML,))
    assert caught.value.syntaxes == (HTML,)


@pytest.mark.parametrize(
    ("header", "wanted", "chosen"),
    [
        (None, None, "en"),
        ("de", None, "de"),
        ("de-CH, en;q=0.9", None, "de"),
        ("en;q=0.1, de;q=0.2", None, "de"),
        ("fr, it", None, "en"),
        ("fr, de;q=0.1", None, "de"),
        ("de;q=0", None, "en"),
        ("en;q=0, *;q=0.5", None, "de"),
        ("en;q=0, de;q=0", None, "en"),
        ("*", None, "en"),
        ("de", "en", "en"),
        ("de", "fr", "de"),
        (";;;", None, "en"),
    ],
)
def test_the_language_is_the_one_wanted_else_the_one_preferred(
    header: str | None, wanted: str | None, chosen: str
) -> None:
    assert language(header, wanted) == chosen
