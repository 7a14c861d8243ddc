"""Documents in schema.org over HTTP: by the address and by the media type, in every syntax."""

import pyoxigraph as ox
import pytest

from graphs import canonical
from metropolis_kg.publication.media_types import GRAPHS, HTML, JSON_LD, SCHEMA_ORG, Syntax
from metropolis_kg.store.results import GRAPH_FORMATS
from schema_context import graph_of
from servers import ask

EVENT = "/doc/event/metropolis-annual-meeting-2018"


def read(body: bytes, syntax: Syntax) -> ox.Dataset:
    """Return the graph of a document in schema.org."""
    return graph_of(body) if syntax is JSON_LD else canonical(ox.parse(body, format=GRAPH_FORMATS[syntax.media_type]))


@pytest.mark.parametrize("path", [EVENT, "/doc/dataset", "/doc/ns", "/doc/graph/geonames"])
def test_each_syntax_has_its_address_type_and_tag_and_all_are_one_graph(site: str, path: str) -> None:
    graphs, tags = [], set()
    for syntax in GRAPHS:
        answer = ask(f"{site}{path}.{syntax.extension}?profile=schema", "image/png")
        expected = SCHEMA_ORG.media_type if syntax is JSON_LD else syntax.media_type
        assert (answer.status, answer.headers["content-type"].removesuffix("; charset=utf-8")) == (200, expected)
        graphs.append(read(answer.body, syntax))
        tags |= {answer.headers["etag"], ask(f"{site}{path}.{syntax.extension}").headers["etag"]}
    assert graphs == graphs[:1] * len(GRAPHS)
    assert len(tags) == 2 * len(GRAPHS)


@pytest.mark.parametrize(
    ("accept", "extension"),
    [(None, "jsonld"), ("*/*", "jsonld"), ("text/turtle", "ttl"), ("application/rdf+xml;q=0.9, text/html", "rdf")],
)
def test_without_an_extension_accept_chooses_and_json_ld_is_the_default(
    site: str, accept: str | None, extension: str
) -> None:
    answer = ask(f"{site}{EVENT}?profile=schema", accept)
    assert answer.status == 200
    assert answer.headers["content-location"] == f"{site}{EVENT}.{extension}?profile=schema"
    assert "Accept" in answer.headers["vary"].split(", ")
    assert answer.body == ask(answer.headers["content-location"]).body


@pytest.mark.parametrize("profile", ["https://schema.org/", "https://schema.org", "http://schema.org/"])
@pytest.mark.parametrize("path", [EVENT, f"{EVENT}.jsonld"])
def test_a_media_type_with_the_profile_asks_for_it(site: str, path: str, profile: str) -> None:
    answer = ask(site + path, f'application/ld+json;profile="{profile}", text/html;q=0.5')
    assert answer.headers["content-type"] == 'application/ld+json;profile="https://schema.org/"'
    assert answer.headers["content-location"] == f"{site}{EVENT}.jsonld?profile=schema"
    assert answer.json()["@context"] == "https://schema.org"
    assert "@context" in ask(site + path, "application/ld+json").json()
    assert ask(site + path, "application/ld+json").json()["@context"] != "https://schema.org"


def test_a_document_in_schema_org_says_what_it_is_about_and_under_which_licence(site: str) -> None:
    document = ask(f"{site}{EVENT}?profile=schema").json()
    assert document["@id"] == f"{site}{EVENT.replace('/doc/', '/id/')}"
    page = document["mainEntityOfPage"]
    assert (page["@id"], page["@type"], page["isPartOf"]["@id"]) == (site + EVENT, "WebPage", f"{site}/dataset")
    assert page["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert page["dateModified"][:2] == "20"


def test_head_and_conditional_requests(site: str) -> None:
    url = f"{site}{EVENT}.ttl?profile=schema"
    first, head = ask(url), ask(url, method="HEAD")
    assert (head.status, head.body, head.headers["etag"]) == (200, b"", first.headers["etag"])
    assert head.headers["content-length"] == str(len(first.body))
    again = ask(url, if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert ask(f"{site}{EVENT}.ttl", if_none_match=first.headers["etag"]).status == 200


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        (f"{EVENT}.{HTML.extension}?profile=schema", None, 400),
        (f"{EVENT}?profile=schemas", None, 400),
        (f"{EVENT}?profile=schema&profile=framed", None, 400),
        (f"{EVENT}?profile=schema&at=2018-08-28", None, 400),
        (f"{EVENT}?profile=schema&page=2", None, 400),
        (f"{EVENT}?profile=schema", "image/png", 406),
        ("/doc/person/nobody?profile=schema", None, 404),
        ("/doc/person/no%20body?profile=schema", None, 404),
        ("/doc/person/nobody.ttl?profile=schema", None, 404),
    ],
)
def test_what_there_is_not_is_a_problem(site: str, path: str, accept: str | None, status: int) -> None:
    answer = ask(site + path, accept)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.headers["access-control-allow-origin"] == "*"
