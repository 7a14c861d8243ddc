"""Pages for people of things with many claims: of an organisation, and of the source that all of them rest on."""

import json
import random
import re
from importlib import import_module

import pytest
from flask.testing import FlaskClient
from markupsafe import escape

from metropolis_kg.settings import Settings
from metropolis_kg.web.app import create_app
from publishing import Publisher
from repository import HOSTILE, REPOSITORY

BASE = "http://localhost:8000/"
TENURES = 120
LAST_QUOTE = f"{HOSTILE} \u202e{'long' * 2500}"
SOURCE, ORGANISATION = "/doc/source/network-0", "/doc/organisation/network-0"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of a site that has a source with many claims beside the repository's content."""
    publisher = Publisher(tmp_path_factory.mktemp("many"), BASE)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(REPOSITORY / "benchmarks")
        made = import_module("generate").page(0, TENURES, random.Random(1))  # noqa: S311 - made data, no secret
    quote = f"mkg:quote {json.dumps(LAST_QUOTE)}"
    made = re.sub(rf'mkg:quote "Person network-0-{TENURES - 1} [^"]*"', lambda _: quote, made)
    (publisher.root / "data/pages/network-0.ttl").write_text(made, encoding="utf-8")
    publisher.publish()
    return create_app(Settings(var=publisher.var, base_iri=BASE)).test_client()


def body_of(client: FlaskClient, path: str, **headers: str) -> str:
    answer = client.get(path, headers={"Accept": "text/html", **headers})
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_page_leads_people_to_the_others_and_not_to_itself(client: FlaskClient) -> None:
    for path in (SOURCE, ORGANISATION):
        for number in (1, 2):
            own = f"{path}{'?page=2' if number == 2 else ''}"
            others = re.findall(r'<a href="([^"]*)" rel="(first|prev|next|last)"', body_of(client, own))
            assert others, own
            assert own not in {href for href, _ in others}


@pytest.mark.parametrize(("language", "words"), [("de", "Seite 2 von "), ("en", "page 2 of ")])
def test_a_page_says_to_people_which_of_how_many_it_is_and_leads_to_the_others(
    client: FlaskClient, language: str, words: str
) -> None:
    for path in (SOURCE, ORGANISATION):
        second = body_of(client, f"{path}?page=2", **{"Accept-Language": language})
        assert words in second
        assert f'href="{path}" rel="prev"' in second
        assert f'href="{path}?lang={language}" rel="first"' in body_of(client, f"{path}?page=2&lang={language}")
        onward = body_of(client, f"{path}?lang={language}")
        assert f'href="{path}?page=2&amp;lang={language}" rel="next"' in onward


def test_the_text_of_a_long_source_goes_on_where_the_page_before_ends(client: FlaskClient) -> None:
    first, second = (body_of(client, f"{SOURCE}?lang=en{fields}") for fields in ("", "&page=2"))
    numbers = [re.findall(r'href="#e-network-0-(\d+)"', page) for page in (first, second)]
    assert [int(each) for each in numbers[0]] == [*range(100)]
    assert [int(each) for each in numbers[1]] == [*range(100, TENURES)]
    last = re.findall(r"characters 9,900–([\d,]+)", first)[0]
    gap = 10_000 - int(last.replace(",", ""))
    assert re.findall(r"(\d+) characters not quoted", second)[0] == str(gap)
    assert f"<b>{TENURES}</b> claims" in first


def test_beyond_its_claims_a_source_leads_back(client: FlaskClient) -> None:
    page = body_of(client, f"{SOURCE}?page=3&lang=en")
    assert "end on page 2" in page
    assert re.findall(r'<a href="([^"]*)" rel="(\w+)"', page) == [(f"{SOURCE}?page=2&amp;lang=en", "last")]
    assert client.get(f"{SOURCE}?page=9", headers={"Accept": "text/html"}).status_code == 404


def test_on_a_day_each_claim_of_a_long_source_says_how_certainly_it_held(client: FlaskClient) -> None:
    page = body_of(client, f"{SOURCE}?at=1999-05-05&lang=en")
    told, marked = page.count('<li class="told'), len(re.findall(r'<span class="badge (?:certain|possible)">', page))
    assert 0 < told == marked < TENURES
    assert f"certain or possible then: {told}" in page
    assert "characters left out" in page


def test_hostile_words_of_a_source_are_inert_and_whole(client: FlaskClient) -> None:
    page = body_of(client, f"{SOURCE}?page=2")
    assert "<script>alert" not in page
    assert f"<bdi>{escape(LAST_QUOTE)}</bdi>" in page


def test_the_list_of_sources_keeps_the_promises_of_every_address(client: FlaskClient) -> None:
    listed = client.get("/sources", headers={"Accept": "text/html", "Accept-Language": "de"})
    assert (listed.status_code, listed.headers["Content-Language"]) == (200, "de")
    assert {"Accept", "Accept-Language", "Accept-Encoding"} <= set(listed.headers["Vary"].split(", "))
    assert listed.headers["Access-Control-Allow-Origin"] == "*"
    again = {"If-None-Match": listed.headers["ETag"], "Accept-Language": "de"}
    assert client.get("/sources", headers=again).status_code == 304
    assert client.head("/sources").data == b""
    assert client.put("/sources").headers["Allow"]
    assert [client.get(f"/sources{fields}").status_code for fields in ("?page=2", "?page=x")] == [404, 400]
    refused = client.get("/sources", headers={"Accept": "image/png"})
    assert (refused.status_code, refused.content_type) == (406, "application/problem+json")
