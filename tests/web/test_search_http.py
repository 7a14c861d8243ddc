"""Search over HTTP: pages, JSON, suggestions, the description for browsers, and what is refused."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from metropolis_kg.content import Content
from metropolis_kg.curation.release import Release
from metropolis_kg.model.kinds import SHELVES
from metropolis_kg.publication.search_schema import SEARCH_RESULTS, SUGGESTED
from metropolis_kg.settings import Settings
from metropolis_kg.store.search_file import SEARCH
from metropolis_kg.web.app import create_app
from repository import HOSTILE

OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


@pytest.fixture(scope="module")
def client(release: Release, var: Path, content: Content) -> FlaskClient:
    """The application on the repository's own content."""
    assert release.is_whole
    return create_app(Settings(root=content.root, var=var)).test_client()


def page(client: FlaskClient, address: str, language: str = "en") -> str:
    response = client.get(address, headers={"Accept": "text/html", "Accept-Language": language})
    assert response.status_code == 200
    return response.text[response.text.index("<main") : response.text.index("</main>")]


def asked(client: FlaskClient, address: str) -> dict[str, Any]:
    response = client.get(address, headers={"Accept": "application/json"})
    assert response.mimetype == "application/json"
    found: dict[str, Any] = json.loads(response.data)
    jsonschema.validate(found, SEARCH_RESULTS)
    return found


def test_the_words_that_say_141_are_found_and_marked(client: FlaskClient) -> None:
    text = page(client, "/search?q=141&kind=quotes")
    assert 'href="/doc/evidence/berlin-metropolis-f02" lang="de"' in text
    assert "Mit <mark>141</mark> Mitgliedsstädten" in text


def test_a_misspelt_name_leads_to_the_thing_and_to_the_name(client: FlaskClient) -> None:
    text = page(client, "/search?q=Metropolsi")
    assert "these come close" in text
    assert 'href="/search?q=Metropolis"' in text
    assert 'href="/doc/organisation/metropolis"' in text


def test_a_page_is_in_the_language_of_its_reader_and_marks_what_is_not(client: FlaskClient) -> None:
    german, english = page(client, "/search?q=State+of+Berlin", "de"), page(client, "/search?q=Land+Berlin")
    assert ">Land <mark>Berlin</mark></a>" in german
    assert "Suche nach" in german
    assert "<mark>Berlin</mark></a>" in english


def test_nothing_found_says_what_to_try(client: FlaskClient) -> None:
    text = page(client, "/search?q=qxyzqxyz&kind=people")
    assert "Nothing found" in text
    assert "Try fewer words" in text
    assert 'href="/search?q=qxyzqxyz"' in text


def test_without_a_text_there_are_all_kinds_and_of_a_kind_all_things(client: FlaskClient) -> None:
    assert all(f'href="/search?kind={kind}"' in page(client, "/search") for kind in asked(client, "/search")["kinds"])
    people = page(client, "/search?kind=people")
    assert people.index("Barbara Berninger") < people.index("Denis Coderre") < people.index("Michael Müller")


def test_pages_and_letters_lead_through_a_kind(client: FlaskClient) -> None:
    text = page(client, "/search?kind=claims&page=2")
    assert '<ol class="found" start="21">' in text
    assert 'href="/search?kind=claims" rel="first"' in text
    assert 'href="/search?kind=claims&amp;page=3" rel="next"' in text
    assert ">M</a>" in text


def test_the_day_and_the_language_stay_in_the_links(client: FlaskClient) -> None:
    text = page(client, "/search?q=berlin&at=2018-03-15&lang=de")
    assert 'href="/doc/place/berlin?at=2018-03-15&amp;lang=de"' in text
    assert 'href="/search?q=berlin&amp;kind=places&amp;at=2018-03-15&amp;lang=de"' in text


def test_json_has_iris_labels_kinds_and_the_next_page_and_goes_through_all_of_them(client: FlaskClient) -> None:
    first = asked(client, "/search?q=metropolis")
    found, following = [each["id"] for each in first["results"]], first["next"]
    while following:
        here = asked(client, following.removeprefix("http://localhost:8000"))
        found += [each["id"] for each in here["results"]]
        following = here["next"]
    assert len(set(found)) == len(found) == first["total"] == sum(first["kinds"].values())
    best = first["results"][0]
    assert best["id"] == "http://localhost:8000/id/organisation/metropolis"
    assert best["document"] == "http://localhost:8000/doc/organisation/metropolis"
    assert (best["kind"], best["exact"], best["score"]) == ("organisations", True, 100)
    assert first["previous"] is None


@pytest.mark.parametrize("address", ["/search", "/search?kind=terms", "/search?q=qxyzqxyz", "/search?q=berlin&page="])
def test_every_answer_in_json_is_as_its_schema_says(client: FlaskClient, address: str) -> None:
    assert asked(client, address)["page"] == 1


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ("kind=cities", 400, "one of organisations, offices, people"), ("q=a&q=b", 400, "once"),
        ("page=0", 400, "such as 2"), ("page=x", 400, "such as 2"), ("q=berlin&page=99", 404, "no page 99"),
        ("q=berlin&format=ttl", 406, "application/json"), ("q=%FF", 400, "UTF-8"), ("q=" + "a" * 40_000, 414, "32,000"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_what_is_right(
    client: FlaskClient, fields: str, status: int, said: str
) -> None:
    response = client.get(f"/search?{fields}")
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    assert said in response.text


def test_a_long_text_is_cut_and_the_page_says_so(client: FlaskClient) -> None:
    assert "Only the first 200 characters" in page(client, f"/search?q={'metropolis+' * 900}")
    assert asked(client, f"/search?q={'a' * 10_000}")["queryWasCut"]


@pytest.mark.parametrize("text", [HOSTILE, '"><svg onload=alert(1)>', "\u202eevil", "\x00", "{{ 7*7 }}", "%s{}"])
def test_hostile_text_is_shown_as_text(client: FlaskClient, text: str) -> None:
    shown = page(client, f"/search?q={quote(text)}")
    assert "<script" not in shown
    assert "<svg" not in shown
    assert "<bdi>" in shown or not text.strip()


def test_an_answer_is_cacheable_by_the_release_and_varies_as_it_says(client: FlaskClient) -> None:
    html, data = (client.get("/search?q=berlin", headers={"Accept": kind}) for kind in ("text/html", "*/*"))
    assert data.mimetype == "application/json"
    assert html.headers["ETag"] != data.headers["ETag"]
    assert {"Accept", "Accept-Language", "Accept-Encoding"} <= _vary(html)
    assert "Accept-Language" not in _vary(data)
    assert html.content_language.as_set() == {"en"}
    again = client.get("/search?q=berlin", headers={"Accept": "*/*", "If-None-Match": data.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert data.headers["Access-Control-Allow-Origin"] == "*"


def _vary(response: TestResponse) -> set[str]:
    return {name.strip() for name in response.headers["Vary"].split(",")}


@pytest.mark.parametrize("address", ["/search?q=berlin", "/search/suggest?q=ber", "/opensearch.xml"])
def test_every_address_answers_head_options_and_refuses_what_it_does_not_do(client: FlaskClient, address: str) -> None:
    got, head = client.get(address), client.head(address)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", got.headers["ETag"])
    assert client.options(address).status_code == 204
    assert client.post(address).status_code == 405


def test_suggestions_are_names_what_they_are_and_where(client: FlaskClient) -> None:
    response = client.get("/search/suggest?q=mich&lang=de")
    assert response.mimetype == "application/x-suggestions+json"
    found = json.loads(response.data)
    jsonschema.validate(found, SUGGESTED)
    text, names, kinds, addresses = found
    assert (text, names[0], kinds[0]) == ("mich", "Michael Müller", "Person")
    assert addresses[0] == "http://localhost:8000/doc/person/michael-mueller?lang=de"
    assert len(names) == len(kinds) == len(addresses) <= 8
    assert json.loads(client.get("/search/suggest").data) == ["", [], [], []]


def test_the_description_for_browsers_has_what_opensearch_demands(client: FlaskClient) -> None:
    response = client.get("/opensearch.xml")
    assert response.mimetype == "application/opensearchdescription+xml"
    root = ET.fromstring(response.data)  # noqa: S314 - our own
    assert root.tag == f"{OPENSEARCH}OpenSearchDescription"
    name, about = (root.findtext(f"{OPENSEARCH}{each}") or "" for each in ("ShortName", "Description"))
    assert 0 < len(name) <= 16  # OpenSearch 1.1 draft 6, section 4.1.2
    assert 0 < len(about) <= 1024
    templates = {each.get("type"): each.get("template") or "" for each in root.iter(f"{OPENSEARCH}Url")}
    assert templates.keys() > {"text/html", "application/json", "application/x-suggestions+json"}
    for kind in ("text/html", "application/json", "application/x-suggestions+json"):
        address = templates[kind].replace("{searchTerms}", "berlin").replace("{startPage?}", "")
        response = client.get(address.removeprefix("http://localhost:8000"), headers={"Accept": kind})
        assert (response.status_code, response.mimetype) == (200, kind)


def test_a_release_without_an_index_is_a_problem_of_its_own_and_the_rest_goes_on(
    release: Release, content: Content, tmp_path: Path
) -> None:
    older = tmp_path / "releases" / release.digest
    older.mkdir(parents=True)
    for path in release.path.iterdir():
        if path.name != SEARCH:
            (older / path.name).symlink_to(path)
    (tmp_path / "current").symlink_to(Path("releases") / release.digest)
    client = create_app(Settings(root=content.root, var=tmp_path)).test_client()
    refused = client.get("/search?q=berlin")
    assert refused.status_code == 503
    assert json.loads(refused.data)["type"].endswith("/problem/search-unavailable")
    assert "metropolis-kg build" in refused.text
    assert client.get("/doc/place/berlin.ttl").status_code == 200
    assert "search" in client.get("/problem/search-unavailable").text


def test_the_kinds_are_those_that_the_api_names(client: FlaskClient) -> None:
    document = json.loads(client.get("/openapi.json").data)
    fields = {each["name"]: each for each in document["paths"]["/search"]["get"]["parameters"]}
    assert fields["kind"]["schema"]["enum"] == list(SHELVES)
