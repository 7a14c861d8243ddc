"""The reconciliation service over HTTP: what the API's test bench and OpenRefine ask for, and hostile requests."""

import json
import re
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from reconciling import listed, valid
from repository import HOSTILE
from servers import Answer, ask

FORM = "application/x-www-form-urlencoded"
COUNTRY = "http://publications.europa.eu/resource/authority/country/DEU"
"""An IRI of others of which the data say something."""


def posted(site: str, **fields: Any) -> Answer:
    """Send a form as OpenRefine does."""
    body = urlencode({name: json.dumps(value) for name, value in fields.items()}).encode()
    return ask(f"{site}/reconcile", method="POST", body=body, content_type=FORM)


def reconciled(site: str, **query: Any) -> list[dict[str, Any]]:
    """Return the candidates for one query."""
    found = valid("results", posted(site, queries={"q0": query}).json())["q0"]["result"]
    assert [each["score"] for each in found] == sorted((each["score"] for each in found), reverse=True)
    return list(found)


def manifest(site: str) -> Any:
    return valid("manifest", ask(f"{site}/reconcile").json())


def test_the_manifest_says_what_there_is(site: str) -> None:
    said = manifest(site)
    assert said["identifierSpace"] == f"{site}/id/"
    assert "mkg:City" in {each["id"] for each in said["defaultTypes"]}
    assert ask(said["logo"]).headers["content-type"].startswith("image/")


def test_identifier_space_and_id_are_the_iri_and_the_view_leads_there(site: str) -> None:
    said, [found] = manifest(site), reconciled(site, query="Weltbank", limit=1)
    iri = said["identifierSpace"] + found["id"]
    assert ask(iri, "text/turtle").status == 303
    for given in (found["id"], quote(found["id"], safe="")):
        answer = ask(said["view"]["url"].replace("{{id}}", given))
        assert (answer.status, answer.headers["location"]) == (303, iri)


def test_a_list_in_four_languages_is_reconciled_in_batches_of_ten_and_nothing_wrongly(site: str) -> None:
    names = listed()
    assert len(names) == 20
    assert len({each.language for each in names}) == 4
    for start in range(0, len(names), 10):
        batch = {f"q{number}": each for number, each in enumerate(names[start : start + 10])}
        queries = {key: {"query": each.name, "limit": 6} for key, each in batch.items()}
        answer = valid("results", posted(site, queries=queries).json())
        assert answer.keys() == batch.keys()
        for key, each in batch.items():
            found = answer[key]["result"]
            matches = [candidate["id"] for candidate in found if candidate["match"]]
            assert matches == ([each.id] if each.decision == "match" else []), each
            assert each.decision == "none" or found[0]["id"] == each.id, each


def test_get_and_post_answer_alike_and_get_can_be_kept(site: str) -> None:
    queries = {"a": {"query": "Berlin"}, "b": {"query": "Metropolis", "type": "mkg:CityNetwork"}}
    address = f"{site}/reconcile?{urlencode({'queries': json.dumps(queries)})}"
    got, sent = ask(address), posted(site, queries=queries)
    assert valid("results", got.json()) == sent.json()
    assert sent.headers["cache-control"] == "no-store"
    assert "etag" not in sent.headers
    assert ask(address, if_none_match=got.headers["etag"]).status == 304
    head = ask(address, method="HEAD")
    assert (head.status, head.body, head.headers["etag"]) == (200, b"", got.headers["etag"])


def test_a_type_is_a_filter_with_its_subclasses(site: str) -> None:
    [city] = [each for each in reconciled(site, query="Berlin", type="mkg:City") if each["match"]]
    [government] = [each for each in reconciled(site, query="Berlin", type=["org:Organization"]) if each["match"]]
    assert (city["id"], government["id"]) == ("place/berlin", "organisation/land-berlin")
    assert government["type"] == [{"id": "mkg:Government", "name": "government"}]
    assert reconciled(site, query="Berlin", type="mkg:Unheard") == []
    assert reconciled(site, query="Berlin", type=["mkg:City", "mkg:Person"], type_strict="all") == []
    should = reconciled(site, query="Michel Giraud", type=["mkg:City"], type_strict="should")
    assert (should[0]["id"], should[0]["match"], should[0]["score"]) == ("person/michel-giraud", False, 70)


@pytest.mark.parametrize("type_id", ["mkg:City", "City", "{site}/ns#City", "schema:City", "https://schema.org/City"])
def test_a_type_has_several_spellings(site: str, type_id: str) -> None:
    assert reconciled(site, query="Berlin", type=type_id.format(site=site))[0]["match"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Q64", "place/berlin"), ("DE-BE", "place/land-berlin"), ("US NYC", "place/new-york-city"),
        ("{site}/id/organisation/giz", "organisation/giz"), ("organisation/giz", "organisation/giz"),
        ("http://www.wikidata.org/entity/Q7164", "organisation/world-bank"),
        ("https://www.wikidata.org/entity/Q7164", "organisation/world-bank"),
        ("https://sws.geonames.org/993800", "place/johannesburg"), ("00ae7jd04", "organisation/world-bank"),
    ],
)  # fmt: skip
def test_what_identifies_a_thing_finds_just_it(site: str, text: str, found: str) -> None:
    first, *others = reconciled(site, query=text.format(site=site))
    assert (first["id"], first["match"], first["score"]) == (found, True, 100)
    assert not any(each["match"] for each in others)
    assert {"id": "identifier", "value": True} in first["features"]


@pytest.mark.parametrize(
    "text", ["11", "993800", "2018", "2950159", "Q6400000000", "https://example.org/", "", "%", "*"]
)
def test_what_only_looks_like_an_identifier_matches_nothing(site: str, text: str) -> None:
    assert not any(each["match"] for each in reconciled(site, query=text))


def test_properties_tell_namesakes_apart(site: str) -> None:
    for value in ("Germany", "Deutschland", "DEU", COUNTRY):
        found = reconciled(site, query="Berlin", properties=[{"pid": "dct:spatial", "v": value}])
        assert [(each["id"], each["match"]) for each in found][:2] == [
            ("place/berlin", True), ("organisation/land-berlin", False)
        ]  # fmt: skip
        assert found[0]["score"] > found[1]["score"]
    other = reconciled(site, query="Berlin", properties=[{"pid": "dct:spatial", "v": ["Namibia", 7, True]}])
    assert not any(each["match"] for each in other)
    assert all(each["score"] < 100 for each in other)
    half = [{"pid": "dct:spatial", "v": "Germany"}, {"pid": "schema:identifier", "v": "US NYC"}]
    assert not any(each["match"] for each in reconciled(site, query="Berlin", properties=half))


def test_an_entity_reconciled_before_is_a_value(site: str) -> None:
    part_of = {"pid": "org:unitOf", "v": {"id": "organisation/senatskanzlei-berlin", "name": "Senatskanzlei"}}
    [found, *_] = reconciled(site, query="Referat Internationales", properties=[part_of])
    assert (found["id"], found["match"]) == ("organisation/referat-internationales", True)
    alone = reconciled(site, properties=[part_of])
    assert [(each["id"], each["match"]) for each in alone] == [("organisation/referat-internationales", False)]


def test_without_a_name_only_an_identifier_is_enough(site: str) -> None:
    [found] = reconciled(site, properties=[{"pid": "owl:sameAs", "v": "http://www.wikidata.org/entity/Q60"}])
    assert (found["id"], found["match"]) == ("place/new-york-city", True)
    [found] = reconciled(site, properties=[{"pid": "dct:spatial", "v": "Germany"}], type="mkg:City")
    assert (found["id"], found["match"]) == ("place/berlin", False)


def test_queries_of_a_batch_do_not_know_of_each_other(site: str) -> None:
    texts = ["Q64", "http://www.wikidata.org/entity/Q64", "q64", "Berlin", "Weltbank", "Q64"]
    together = posted(site, queries={str(place): {"query": text} for place, text in enumerate(texts)}).json()
    assert [each["result"] for each in together.values()] == [reconciled(site, query=text) for text in texts]


def test_a_property_that_is_given_twice_has_to_agree_twice(site: str) -> None:
    for values in (["Germany", "Namibia"], ["Namibia", "Germany"]):
        twice = [{"pid": "dct:spatial", "v": value} for value in values]
        assert not any(each["match"] for each in reconciled(site, query="Berlin", properties=twice))


def test_the_limit_is_kept_and_namesakes_are_seen_nevertheless(site: str) -> None:
    [one] = reconciled(site, query="Berlin", limit=1)
    assert (one["id"], one["match"]) == ("place/berlin", False)


def test_answers_are_in_the_language_asked_for(site: str) -> None:
    address = f"{site}/reconcile?{urlencode({'queries': json.dumps({'q': {'query': 'Banque mondiale'}})})}"
    answer = ask(address, accept_language="de")
    assert answer.json()["q"]["result"][0]["name"] == "Weltbank"
    assert answer.headers["content-language"] == "de"
    assert answer.headers["etag"] != ask(address, accept_language="en").headers["etag"]
    assert "Accept-Language" in answer.headers["vary"]


@pytest.mark.parametrize(
    ("queries", "said"),
    [
        ("nonsense", "is not JSON"), ("[1]", "no JSON object"), ('{"q":7}', 'queries["q"] is no JSON object'),
        ('{"good":{"query":"Berlin"},"bad":{}}', 'queries["bad"] has neither'), ("{" * 5000, "is not JSON"),
        ('{"q":{"query":7}}', 'queries["q"].query is no text'), ('{"q":{"query":"a","quary":"b"}}', "“quary”"),
        ('{"q":{"query":"a","limit":0}}', "limit is a positive"), ('{"q":{"query":"a","limit":1e999}}', "limit is a"),
        ('{"q":{"query":"a","limit":NaN}}', "NaN is no number"), ('{"q":{"query":"\\ud800"}}', "surrogate"),
        ('{"q":{"query":"a","\\ud800":1}}', "“\\ud800”"),
        ('{"q":{"query":"a","type":[1]}}', "type[0] is no text"),
        ('{"q":{"query":"a","type_strict":"x"}}', "type_strict"),
        ('{"q":{"query":"a","properties":{}}}', "properties is no list"), ("[" * 100_000, "is not JSON"),
        ('{"q":{"query":"a","properties":[{"v":1}]}}', "has no “pid”"),
        (json.dumps({"q": {"query": "a" * 1001}}), "at most 1,000"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_query_is_said_by_its_key(site: str, queries: str, said: str) -> None:
    answer = ask(
        f"{site}/reconcile", method="POST", content_type=FORM, body=urlencode({"queries": queries}).encode()
    )  # fmt: skip
    assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json")
    assert said in answer.json()["detail"]


def test_more_than_fits_into_a_batch_is_413(site: str) -> None:
    most = manifest(site)["batchSize"]
    queries = {f"q{number}": {"query": "Berlin"} for number in range(most + 1)}
    assert posted(site, queries=queries).status == 413
    assert posted(site, extend={"ids": ["a"] * 201, "properties": []}).status == 413
    del queries["q0"]
    assert len(valid("results", posted(site, queries=queries).json())) == most


def test_suggestions_are_had_by_the_beginning_of_a_name_and_by_id(site: str) -> None:
    suggest = manifest(site)["suggest"]

    def suggested(what: str, schema: str, **fields: object) -> list[str]:
        address = suggest[what]["service_url"] + suggest[what]["service_path"]
        return [each["id"] for each in valid(schema, ask(f"{address}?{urlencode(fields)}").json())["result"]]

    assert suggested("entity", "entities", prefix="Johan")[0] == "place/johannesburg"
    assert suggested("entity", "entities", prefix="place/berlin")[0] == "place/berlin"
    assert suggested("type", "types", prefix="cit")[:2] == ["schema:City", "mkg:City"]
    assert suggested("type", "types", prefix="städtenetz") == ["mkg:CityNetwork"]
    assert suggested("property", "properties", prefix="schema:identifier") == ["schema:identifier"]
    assert suggested("property", "properties", prefix="kennung")[0] == "schema:identifier"
    every = suggested("property", "properties", prefix="")
    assert len(every) == 10
    assert not set(every) & set(suggested("property", "properties", prefix="", cursor=10))
    assert suggested("entity", "entities", prefix="xyzzy") == []


def test_a_preview_may_be_framed_by_any_site_and_other_pages_by_none(site: str) -> None:
    address = manifest(site)["preview"]["url"]
    shown = ask(address.replace("{{id}}", "organisation%2Fworld-bank"), accept_language="de")
    text = shown.body.decode()
    assert shown.headers["content-type"].startswith("text/html")
    assert "Weltbank" in text
    assert 'href="/doc/organisation/world-bank" target="_blank"' in text
    assert "frame-ancestors *" in shown.headers["content-security-policy"]
    missing = ask(address.replace("{{id}}", "place/atlantis"), "text/html")
    assert (missing.status, "frame-ancestors *" in missing.headers["content-security-policy"]) == (404, True)
    assert "frame-ancestors 'none'" in ask(f"{site}/reconcile", "text/html").headers["content-security-policy"]


@pytest.mark.parametrize(
    "given", ["https://example.org/", "//example.org", "../ns", "a b", "", "%00", "<script>", COUNTRY]
)
def test_the_view_leads_nowhere_else(site: str, given: str) -> None:
    assert ask(f"{site}/reconcile/view?id={quote(given)}").status == 404


def test_data_extension_fetches_values_of_the_properties_proposed(site: str) -> None:
    said = manifest(site)["extend"]["propose_properties"]
    proposed = valid(
        "proposal", ask(f"{said['service_url']}{said['service_path']}?type=mkg:CityNetwork&limit=3").json()
    )
    assert len(proposed["properties"]) == 3
    properties = [{"id": each["id"]} for each in proposed["properties"]] + [{"id": "org:linkedTo"}, {"id": "no:such"}]
    ids = ["organisation/metropolis", "organisation/nowhere"]
    extended = valid("extension", posted(site, extend={"ids": ids, "properties": properties}).json())
    assert [each["id"] for each in extended["meta"]] == list(dict.fromkeys(each["id"] for each in properties))
    linked = extended["rows"]["organisation/metropolis"]["org:linkedTo"]
    assert {"id": "organisation/world-bank", "name": "World Bank"} in linked
    assert extended["rows"]["organisation/metropolis"]["no:such"] == []
    assert all(values == [] for values in extended["rows"]["organisation/nowhere"].values())
    address = f"{site}/reconcile?{urlencode({'extend': json.dumps({'ids': ids, 'properties': properties})})}"
    assert ask(address).json() == extended


def test_values_have_their_type(site: str) -> None:
    asked = {
        "ids": ["count/metropolis-member-cities-144", "platform/use", "place/berlin"],
        "properties": [{"id": each} for each in ("schema:value", "schema:isAccessibleForFree", "owl:sameAs")],
    }
    rows = valid("extension", posted(site, extend=asked).json())["rows"]
    assert rows["count/metropolis-member-cities-144"]["schema:value"] == [{"int": 144}]
    assert rows["platform/use"]["schema:isAccessibleForFree"] == [{"str": "true"}]
    assert {"str": "http://www.wikidata.org/entity/Q64"} in rows["place/berlin"]["owl:sameAs"]


ADDRESSES = [
    "/reconcile", "/reconcile?queries=%7B%7D", "/reconcile/suggest/entity?prefix=a", "/reconcile/suggest/type?prefix=a",
    "/reconcile/suggest/property?prefix=a", "/reconcile/extend/propose?type=mkg:City", "/reconcile?extend=" + quote(
        '{"ids":[],"properties":[]}'
    ),
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_answers_other_sites_and_jsonp(site: str, address: str) -> None:
    plain = ask(site + address)
    assert (plain.status, plain.headers["access-control-allow-origin"]) == (200, "*")
    assert plain.headers["content-type"] == "application/json"
    joined = "&" if "?" in address else "?"
    script = ask(f"{site}{address}{joined}callback=jQuery1.back_$")
    assert (script.status, script.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert script.headers["x-content-type-options"] == "nosniff"
    wrapped = re.fullmatch(rb"/\*\*/jQuery1\.back_\$\((.*)\);", script.body)
    assert wrapped
    assert json.loads(wrapped[1]) == plain.json()
    assert script.headers["etag"] != plain.headers["etag"]
    for name in ("a(1)", "alert;x", "1a", "a" * 101, "ä", "a\n", "[]"):
        assert ask(f"{site}{address}{joined}callback={quote(name)}").status == 400


@pytest.mark.parametrize("address", ["/reconcile", "/reconcile/suggest/type", "/reconcile/preview", "/reconcile/view"])
def test_other_methods_are_refused_and_a_preflight_is_answered(site: str, address: str) -> None:
    refused, preflight = ask(site + address, method="PUT"), ask(site + address, method="OPTIONS")
    assert (refused.status, "GET" in refused.headers["allow"]) == (405, True)
    assert (preflight.status, preflight.headers["access-control-allow-origin"]) == (204, "*")


def test_a_post_of_something_else_is_refused(site: str) -> None:
    address = f"{site}/reconcile"
    assert ask(address, method="POST", body=b"{}", content_type="application/json").status == 415
    assert ask(address, method="POST", body=b"a=b", content_type=FORM).status == 400
    assert ask(address, method="POST", body=b"queries={}&extend={}", content_type=FORM).status == 400
    assert ask(f"{site}/reconcile/extend/propose").status == 400
    assert ask(f"{site}/reconcile/suggest/type?cursor=-1").status == 400
    assert ask(f"{site}/reconcile?queries=%7B%7D", "image/png").status == 406


def test_people_get_a_page_on_which_to_try_a_name(site: str) -> None:
    page = ask(f"{site}/reconcile?name=Weltbank&lang=de", "text/html")
    text = page.body.decode()
    assert page.headers["content-language"] == "de"
    assert f">{site}/reconcile</code>" in text
    assert 'class="is-match"' in text
    assert 'class="is-match"' not in ask(f"{site}/reconcile?name=Paris", "text/html").body.decode()


def test_a_hostile_name_is_inert(site: str) -> None:
    page = ask(f"{site}/reconcile?name={quote(HOSTILE)}&type={quote(HOSTILE)}", "text/html").body.decode()
    assert "<script>alert" not in page
    script = ask(f"{site}/reconcile/extend/propose?type={quote(HOSTILE)}&callback=a").body
    assert script.isascii()
