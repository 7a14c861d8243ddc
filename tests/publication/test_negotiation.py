"""Choosing a representation (RFC 9110 section 12.5.1). Over HTTP: ``tests/web/test_documents_http.py``."""

import pytest

from metropolis_kg.publication.media_types import DOCUMENTS, HTML, JSON_LD, N_TRIPLES, RESULTS, TURTLE
from metropolis_kg.publication.negotiation import Choice, NotAcceptableError, choose, language


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
