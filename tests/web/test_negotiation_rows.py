"""Row E6 of the HTTP behaviour: what each Accept header gets, over HTTP. The table: ``tests/publication``."""

import pytest

from servers import Answer, ask

FORM = "http://www.w3.org/ns/json-ld#"
EXPANDED = f'application/ld+json;profile="{FORM}expanded"'

RAPPER = (
    "application/rdf+xml, text/rdf;q=0.6, application/n-triples, text/plain;q=0.1, text/turtle, "
    "application/x-turtle, application/turtle;q=0.9, text/n3;q=0.3, application/trig, application/rss;q=0.8, "
    "application/rss+xml;q=0.8, text/rss;q=0.8, application/xml;q=0.3, text/xml;q=0.3, application/atom+xml;q=0.3, "
    "text/html;q=0.2, application/xhtml+xml;q=0.4, text/html;q=0.6, application/xhtml+xml;q=0.8, "
    "application/json;q=0.1, text/x-nquads, */*;q=0.1"
)
JENA = (
    "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,*/*;q=0.3"
)  # fmt: skip
COMUNICA = (
    "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,application/n-triples;q=0.8,"
    "text/turtle;q=0.6,application/rdf+xml;q=0.5,text/n3;q=0.35,application/xml;q=0.3,image/svg+xml;q=0.3,"
    "text/xml;q=0.3,text/html;q=0.2,application/xhtml+xml;q=0.18,application/json;q=0.135"
)
RDFLIB = (
    "text/turtle, application/rdf+xml, text/n3;q=0.9, application/n-triples;q=0.8, application/ld+json;q=0.7, */*;q=0.1"
)
JSONLD_JS = "application/ld+json, application/json"
CHROMIUM = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)
LONG = ", ".join(f"application/x-{number}-of-many;q=0.{number % 10}" for number in range(280)) + ", application/trig"

TURTLE, HTML = "text/turtle; charset=utf-8", "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("accept", "content_type", "place"),
    [
        (None, TURTLE, ".ttl"),
        ("", TURTLE, ".ttl"),
        ("*/*", TURTLE, ".ttl"),
        ("text/*", TURTLE, ".ttl"),
        ("text/*;q=0.3, text/html;q=0.7, */*;q=0.1", HTML, ".html"),
        ("text/turtle;q=0,*/*;q=.1", "application/ld+json", ".jsonld"),
        ("text/turtle;charset=utf-8", TURTLE, ".ttl"),
        ("text/turtle; Charset=UTF-8", TURTLE, ".ttl"),
        ("Text/Turtle", TURTLE, ".ttl"),
        ("text/plain", "text/plain; charset=utf-8", ".nt"),
        ("application/json", "application/json", ".jsonld"),
        ("application/json;charset=utf-8", "application/json", ".jsonld"),
        (EXPANDED, EXPANDED, ".jsonld?profile=expanded"),
        (f'{EXPANDED};q=0.9, text/turtle;q=0.8', EXPANDED, ".jsonld?profile=expanded"),
        (EXPANDED.replace("expanded", "flattened"), EXPANDED.replace("expanded", "flattened"),
         ".jsonld?profile=flattened"),
        ('application/ld+json;profile="urn:x:unknown"', "application/ld+json", ".jsonld"),
        (RAPPER, TURTLE, ".ttl"),
        (JENA, TURTLE, ".ttl"),
        (COMUNICA, "application/n-quads", ".nq"),
        (RDFLIB, TURTLE, ".ttl"),
        (JSONLD_JS, "application/ld+json", ".jsonld"),
        (CHROMIUM, HTML, ".html"),
        ("foo", TURTLE, ".ttl"),
        ("text/turtle;q=abc", TURTLE, ".ttl"),
        (";;;,,,=", TURTLE, ".ttl"),
        (LONG, "application/trig", ".trig"),
    ],
)  # fmt: skip
def test_e6_every_header_gets_the_documented_choice(
    site: str, accept: str | None, content_type: str, place: str
) -> None:
    answer = ask(f"{site}/doc/place/berlin", accept)
    assert (answer.status, answer.headers["content-type"]) == (200, content_type)
    assert answer.headers["content-location"] == f"{site}/doc/place/berlin{place}"
    assert "Accept" in varying(answer)


def varying(answer: Answer) -> list[str]:
    return [name.strip() for name in answer.headers.get("vary", "").split(",")]


def test_e6_the_long_header_is_as_long_as_the_row_says() -> None:
    assert len(LONG) > 8_000


def test_e6_no_header_is_the_same_as_any_type(site: str) -> None:
    assert ask(f"{site}/doc/place/berlin").body == ask(f"{site}/doc/place/berlin", "*/*").body


def test_e6_what_has_quality_nought_is_never_sent(site: str) -> None:
    answer = ask(f"{site}/doc/place/berlin", "text/turtle;q=0, text/html;q=0.000")
    assert answer.status == 406
    everything_else = "text/turtle;q=0, application/ld+json;q=0, application/n-triples;q=0, application/n-quads;q=0"
    answer = ask(f"{site}/doc/place/berlin", f"{everything_else}, application/trig;q=0, text/html;q=0, */*;q=0.1")
    assert answer.headers["content-type"] == "application/rdf+xml"


def test_e6_plain_json_is_the_json_ld_body_which_has_its_context_in_itself(site: str) -> None:
    """A ``Link`` to a context is for JSON that has none (JSON-LD 1.1 section 6.1)."""
    plain = ask(f"{site}/doc/place/berlin", "application/json")
    assert plain.body == ask(f"{site}/doc/place/berlin.jsonld").body
    assert plain.json()["@context"].startswith(f"{site}/context/")
    assert f"{FORM}context" not in plain.headers.get("link", "")


@pytest.mark.parametrize("form", ["compacted", "expanded", "flattened", "framed"])
def test_e6_an_address_names_the_form_and_then_accept_decides_nothing(site: str, form: str) -> None:
    for path in (f"/doc/place/berlin.jsonld?profile={form}", f"/doc/place/berlin?profile={form}"):
        answers = [ask(site + path, accept) for accept in (None, "text/turtle", 'application/ld+json;profile="x"')]
        assert {answer.headers["content-type"] for answer in answers} == {f'application/ld+json;profile="{FORM}{form}"'}
        assert len({answer.body for answer in answers}) == 1
        assert "Accept" not in varying(answers[0])


def test_e6_an_extension_beats_accept_and_yet_accept_chooses_the_form_of_json_ld(site: str) -> None:
    answer = ask(f"{site}/doc/place/berlin.jsonld", f"text/turtle, {EXPANDED};q=0.1")
    assert answer.headers["content-type"] == EXPANDED
    assert answer.headers["content-location"] == f"{site}/doc/place/berlin.jsonld?profile=expanded"
    assert answer.body == ask(answer.headers["content-location"]).body
    default = ask(f"{site}/doc/place/berlin.jsonld", "text/turtle, application/json")
    assert default.headers["content-type"] == "application/ld+json"
    assert "Accept" in varying(answer)
    assert "Accept" in varying(default)
    assert ask(f"{site}/doc/place/berlin.ttl", EXPANDED).headers["content-type"] == TURTLE


def test_e6_every_form_is_a_representation_with_its_own_entity_tag(site: str) -> None:
    addresses = [f"{site}/doc/place/berlin.jsonld?profile={form}" for form in ("expanded", "flattened", "framed")]
    tags = [ask(address).headers["etag"] for address in [*addresses, f"{site}/doc/place/berlin.jsonld"]]
    assert len(set(tags)) == len(tags)
    again = ask(addresses[0], if_none_match=tags[0])
    assert (again.status, again.headers["etag"]) == (304, tags[0])
    assert ask(addresses[0], if_none_match=tags[1]).status == 200


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("profile=pretty", "pretty"),
        ("profile=", "is “”"),
        ("profile=expanded&profile=framed", "expanded framed"),
        ("profile=%3Cscript%3E", "script"),
        ("profile=Expanded", "Expanded"),
    ],
)
def test_e6_a_form_there_is_not_is_400_with_those_there_are(site: str, query: str, named: str) -> None:
    answer = ask(f"{site}/doc/place/berlin.jsonld?{query}")
    assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json")
    problem = answer.json()
    assert problem["type"] == f"{site}/problem/argument-wrong"
    assert problem["parameter"] == "profile"
    assert named in problem["detail"]
    assert "compacted, expanded, flattened, framed" in problem["expected"]


def test_e6_a_format_that_has_no_forms_takes_no_profile(site: str) -> None:
    answer = ask(f"{site}/doc/place/berlin.ttl?profile=expanded")
    assert answer.status == 400
    assert ".jsonld" in answer.json()["expected"]
