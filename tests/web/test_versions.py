"""What is no more (row E9), and documents as earlier publications had them (RFC 7089)."""

import html
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from pyld import jsonld

from history import COUNT, links, publish_history
from metropolis_kg.content import Content
from metropolis_kg.curation.release import STORE, Releases
from metropolis_kg.doctor.behaviours import chosen
from metropolis_kg.doctor.client import Limits
from metropolis_kg.doctor.examination import examine
from metropolis_kg.doctor.finding import Verdict
from metropolis_kg.doctor.publisher import Hints
from metropolis_kg.model.publications import Publication
from metropolis_kg.publication.media_types import GRAPHS, JSON_LD
from metropolis_kg.store.results import GRAPH_FORMATS
from servers import Answer, ask, free_port, served, start_oxigraph

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
RDFLIB = "text/turtle,application/rdf+xml;q=0.9,application/trix;q=0.9,application/n-triples;q=0.8,*/*;q=0.1"
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def history_port() -> int:
    """The port that the base names."""
    return free_port()


@pytest.fixture(scope="module")
def var(content: Content, history_port: int, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with four publications under ``http://127.0.0.1:<port>/``."""
    return publish_history(content, tmp_path_factory.mktemp("history"), f"http://127.0.0.1:{history_port}/")


@pytest.fixture(scope="module")
def url(var: Path, history_port: int) -> Iterator[str]:
    """A server over them, without a closing slash."""
    with served(var, history_port) as running:
        yield running


@pytest.fixture(scope="module")
def published(var: Path) -> tuple[Publication, ...]:
    """The four publications."""
    return Releases(var).publications()


@pytest.fixture
def own(var: Path, history_port: int, tmp_path: Path) -> Releases:
    """A copy of the releases that a test may change."""
    shutil.copytree(var, tmp_path / "var", symlinks=True)
    return Releases(tmp_path / "var")


def stamp(publication: Publication) -> str:
    return publication.published.strftime("%Y%m%d%H%M%S")


def date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def problem(answer: Answer) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"
    return str(answer.json()["type"].rpartition("/")[2])


# ---- What is no more ----


@pytest.mark.parametrize("path", ["/id/place/merged", "/id/place/between"])
def test_e9_a_merged_thing_moves_for_good_to_what_took_its_place(url: str, path: str) -> None:
    answer = ask(url + path, "text/turtle")
    assert (answer.status, answer.headers["location"]) == (308, f"{url}/id/place/kept")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert len(rdflib.Graph().parse(url + path)) > 3


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/doc/place/merged", "/doc/place/kept"),
        ("/doc/place/merged.ttl", "/doc/place/kept.ttl"),
        ("/doc/place/merged.html?lang=de", "/doc/place/kept.html?lang=de"),
        ("/doc/place/merged.jsonld?profile=schema", "/doc/place/kept.jsonld?profile=schema"),
        ("/doc/place/between?lang=%22%0a", "/doc/place/kept?lang=%22%0a"),
    ],
)
def test_e9_so_does_its_document_in_the_same_format(url: str, path: str, location: str) -> None:
    answer = ask(url + path, BROWSER)
    assert (answer.status, answer.headers["location"]) == (308, url + location)


def test_e9_so_do_its_links_and_those_of_what_is_removed_are_gone_with_it(url: str) -> None:
    for form in ("", ".json", ".txt"):
        moved = ask(f"{url}/linkset/place/merged{form}")
        assert (moved.status, moved.headers["location"]) == (308, f"{url}/linkset/place/kept{form}")
        for name in ("mistaken", "lost"):
            assert ask(f"{url}/linkset/place/{name}{form}").status == 410
    assert ask(f"{url}/linkset/place/never.json").status == 404


@pytest.mark.parametrize("path", ["/id/place/mistaken", "/doc/place/mistaken", "/id/place/lost", "/doc/place/lost"])
@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "application/problem+json", "image/png"])
def test_e9_a_removed_thing_is_410_and_says_when_and_why(
    url: str, published: tuple[Publication, ...], path: str, accept: str | None
) -> None:
    if path.startswith("/doc/") and accept in ("application/problem+json", "image/png"):
        assert ask(url + path, accept).status == 406  # no document is of this type
        return
    answer = ask(url + path, accept)
    assert (answer.status, problem(answer)) == (410, "thing-gone")
    told = answer.json()
    assert told["removed"] == published[3].published.isoformat()
    assert told["memento"] == f"{url}/memento/{stamp(published[2])}/doc{path.removeprefix('/id').removeprefix('/doc')}"
    assert ask(told["memento"]).status == 200
    assert told["reason"].keys() == {"de", "en"}
    assert told["reason"]["en"] in told["detail"]
    assert ("There never was" in told["reason"]["en"]) == ("mistaken" in path)
    assert ask(url + path, accept, method="HEAD").headers["content-type"] == answer.headers["content-type"]


@pytest.mark.parametrize("name", ["mistaken", "lost"])
def test_e9_the_tombstone_is_one_graph_in_every_format_by_extension_and_by_accept(
    url: str, published: tuple[Publication, ...], name: str
) -> None:
    graphs = []
    for syntax in GRAPHS:
        named, chosen = (
            ask(f"{url}/doc/place/{name}.{syntax.extension}"),
            ask(f"{url}/id/place/{name}", syntax.media_type),
        )
        for answer in (named, chosen):
            assert (answer.status, answer.headers["cache-control"]) == (410, "no-store")
            assert answer.headers["content-type"].split(";")[0] == syntax.media_type
            assert answer.body == named.body
            assert answer.headers["access-control-allow-origin"] == "*"
        graphs.append(_graph(named, syntax is JSON_LD))
    assert all(graph == graphs[0] for graph in graphs)
    graph = rdflib.Graph().parse(data=ask(f"{url}/doc/place/{name}", RDFLIB).body, format="turtle")
    thing, document = rdflib.URIRef(f"{url}/id/place/{name}"), rdflib.URIRef(f"{url}/doc/place/{name}")
    own = rdflib.Namespace(f"{url}/ns#")
    assert graph.value(thing, rdflib.RDF.type) == own.RetiredThing
    assert graph.value(thing, rdflib.PROV.invalidatedAtTime).toPython() == published[3].published
    assert {note.language for note in graph.objects(thing, own.note)} == {"de", "en"}
    assert graph.value(document, rdflib.FOAF.primaryTopic) == thing
    version = graph.value(document, rdflib.DCTERMS.hasVersion)
    assert str(version) == f"{url}/memento/{stamp(published[2])}/doc/place/{name}"


def _graph(answer: Answer, is_json: bool) -> ox.Dataset:
    if is_json:
        options = {"format": "application/n-quads", "documentLoader": _load}
        nquads = jsonld.to_rdf(json.loads(answer.body), options).encode()
        return _canonical(ox.parse(nquads, format=ox.RdfFormat.N_QUADS))
    return _canonical(ox.parse(answer.body, format=GRAPH_FORMATS[answer.headers["content-type"].split(";")[0]]))


def _canonical(quads: ox.QuadParser) -> ox.Dataset:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def _load(url: str, _: object) -> dict[str, object]:
    answer = ask(url, "application/ld+json")
    assert answer.status == 200
    return {"contextUrl": None, "documentUrl": url, "document": answer.json()}


def test_e9_the_doctor_finds_what_was_merged_and_is_content_with_what_became_of_what_is_gone(url: str) -> None:
    told = Hints(f"{url}/", removed=f"{url}/id/place/mistaken")
    [outcome] = examine(told, Limits(seconds_each=60), chosen(["E9"]), lambda _: None).outcomes
    assert (outcome.verdict, outcome.left_out) == (Verdict.HOLDS, [])
    wrong = replace(told, removed=f"{url}/id/place/nowhere", merged=f"{url}/id/place/kept")
    [outcome] = examine(wrong, Limits(seconds_each=60), chosen(["E9"]), lambda _: None).outcomes
    assert len(outcome.failed) == 3


@pytest.mark.parametrize(("language", "words"), [("de", "Den Ort gab es nie."), ("en", "There never was such a place")])
def test_e9_a_browser_gets_a_page_about_what_is_gone(url: str, language: str, words: str) -> None:
    for path in ("/id/place/mistaken", "/doc/place/mistaken", "/doc/place/mistaken.html"):
        page = ask(url + path, BROWSER, accept_language=language)
        assert (page.status, page.headers["content-type"]) == (410, "text/html; charset=utf-8")
        assert page.headers["cache-control"] == "no-store"
        text = page.body.decode()
        assert f'<html lang="{language}">' in text
        assert words in text
        assert "<b>" not in text
        assert re.search(r'href="/memento/\d{14}/doc/place/mistaken', text)
        assert "/timemap/doc/place/mistaken" in text


def test_e9_what_went_without_a_word_is_called_on_pages_as_it_was_last(url: str) -> None:
    for path in ("/doc/place/lost", "/timemap/doc/place/lost"):
        assert "<h1>lost (Ort)</h1>" in ask(url + path, BROWSER, accept_language="de").body.decode()


def test_e9_what_never_was_and_what_has_no_such_format_stay_404(url: str) -> None:
    for path in ("/id/place/never", "/doc/place/never", "/doc/place/lost.xyz", "/doc/place/lost/", "/id/place/"):
        assert ask(url + path, "text/turtle").status == 404, path


def test_e9_the_type_of_the_problem_says_what_it_means(url: str) -> None:
    for name in ("thing-gone", "memento-unknown", "moment-wrong"):
        assert ask(f"{url}/problem/{name}").status == 200


def test_d4_the_sitemap_names_nothing_that_is_no_more(url: str) -> None:
    sitemap = ask(f"{url}/sitemap/1.xml").body.decode()
    assert f"{url}/doc/place/kept.html" in sitemap
    assert [name for name in ("merged", "between", "mistaken", "lost") if f"/doc/place/{name}." in sitemap] == []


def test_e9_what_comes_back_is_there_again(own: Releases, published: tuple[Publication, ...]) -> None:
    with served(own.var, free_port()) as running:
        assert ask(f"{running}/doc/place/lost").status == 410
        own.switch(own.find(published[0].digest))
        assert ask(f"{running}/doc/place/lost").status == 200
        assert ask(f"{running}/id/place/mistaken").status == 303
        assert ask(f"{running}/doc/place/new").status == 410


def test_e9_where_the_last_release_is_not_kept_the_tombstone_names_no_version(
    own: Releases, published: tuple[Publication, ...]
) -> None:
    shutil.rmtree(own.find(published[0].digest).path)
    with served(own.var, free_port()) as running:
        gone = ask(f"{running}/doc/place/lost")
        assert gone.status == 410
        assert "memento" not in gone.json()
        assert "link" not in gone.headers
        assert ask(f"{running}/timemap/doc/place/lost").status == 404
        kept = links(ask(f"{running}/timemap/doc/place/kept").body.decode())["memento"]
        assert [stamp(each) for each in published[1::2]] == [link.target.split("/")[4] for link in kept]


# ---- TimeGates ----


def test_a_document_links_to_its_timegate_and_timemap(url: str) -> None:
    for path in ("/doc/place/kept", "/doc/place/kept.ttl", "/doc/graph/trial", "/doc/ns.jsonld",
                 "/doc/place/kept?profile=schema", "/doc/place/kept.html?lang=de"):  # fmt: skip
        found = links(ask(url + path, "text/turtle").headers["link"])
        assert [link.target for link in found["original"]] == [url + path]
        assert [link.target for link in found["timegate"]] == [f"{url}/timegate{path}"]
        assert [link.target for link in found["timemap"]] == [f"{url}/timemap{path}"]
        assert found["timemap"][0].parameters["type"] == "application/link-format"


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (lambda times: times[0] - timedelta(days=4000), 0),
        (lambda times: times[0], 0),
        (lambda times: times[1] - SECOND, 0),
        (lambda times: times[1], 1),
        (lambda times: times[2], 2),
        (lambda times: times[3], 3),
        (lambda times: times[3] + timedelta(days=4000), 3),
        (None, 3),
    ],
)
def test_a_timegate_leads_to_what_was_published_at_that_time(
    url: str, published: tuple[Publication, ...], offset: object, expected: int
) -> None:
    times = [each.published for each in published]
    asked = {"accept_datetime": date(offset(times))} if callable(offset) else {}
    answer = ask(f"{url}/timegate/doc/place/kept", "text/turtle", **asked)
    assert answer.status == 302
    assert answer.headers["location"] == f"{url}/memento/{stamp(published[expected])}/doc/place/kept"
    assert "accept-datetime" in answer.headers["vary"].lower()
    assert "memento-datetime" not in answer.headers
    assert answer.headers["access-control-allow-origin"] == "*"
    found = links(answer.headers["link"])
    assert [link.target for link in found["original"]] == [f"{url}/doc/place/kept"]
    assert [link.target for link in found["timemap"]] == [f"{url}/timemap/doc/place/kept"]
    assert (
        ask(f"{url}/timegate/doc/place/kept", method="HEAD", **asked).headers["location"] == answer.headers["location"]
    )


@pytest.mark.parametrize(
    "sent",
    [
        "", "yesterday", "2026-11-25", "2026-11-25T12:00:00Z", "Thu, 31 May 2007 20:35:00", "31 May 2007 20:35:00 GMT",
        "Thu, 31 May 2007 20:35:00 CET", "Thu, 31 Foo 2007 20:35:00 GMT", "Thu, 31 Feb 2007 20:35:00 GMT",
        "Thu, 31 May 2007 24:00:00 GMT", "Thu, 31 May 2007 20:35:61 GMT", "Thu, 31 May 0000 20:35:00 GMT",
        "Thu, 31 May 2007 20:35:00 GMT; -P3M", "Thu, ٣١ May 2007 20:35:00 GMT".encode().decode("latin-1"), "x" * 3000,
    ],
)  # fmt: skip
def test_a_malformed_date_is_400_and_says_what_is_expected(url: str, sent: str) -> None:
    answer = ask(f"{url}/timegate/doc/place/kept", accept_datetime=sent)
    assert (answer.status, problem(answer)) == (400, "moment-wrong")
    assert "Thu, 31 May 2007 20:35:00 GMT" in answer.json()["detail"]
    assert "accept-datetime" in answer.headers["vary"].lower()


def test_a_leap_second_is_a_date(url: str, published: tuple[Publication, ...]) -> None:
    answer = ask(f"{url}/timegate/doc/place/kept", accept_datetime="Sat, 31 Dec 2016 23:59:60 GMT")
    assert answer.headers["location"] == f"{url}/memento/{stamp(published[0])}/doc/place/kept"


def test_a_timegate_keeps_format_and_fields_of_the_address(url: str) -> None:
    for path in ("/doc/place/kept.ttl", "/doc/place/kept.html?lang=de", "/doc/place/kept.jsonld?profile=schema"):
        location = ask(f"{url}/timegate{path}").headers["location"]
        assert location.endswith(path)
        assert ask(location).status == 200


def test_a_timegate_of_what_is_gone_leads_to_what_there_was(url: str, published: tuple[Publication, ...]) -> None:
    answer = ask(f"{url}/timegate/doc/place/lost")
    assert answer.headers["location"] == f"{url}/memento/{stamp(published[2])}/doc/place/lost"
    assert ask(answer.headers["location"]).status == 200


@pytest.mark.parametrize("part", ["timegate", "timemap"])
def test_what_was_never_published_has_no_mementos(url: str, part: str) -> None:
    for name in ("place/never", "graph/never", "nothing", "place/kept/more", "place%2fkept%00", "a%20b"):
        answer = ask(f"{url}/{part}/doc/{name}")
        assert (answer.status, problem(answer)) == (404, "memento-unknown"), name
    for name in ("place/kept.xyz", "%2e%2e/x", ""):
        assert ask(f"{url}/{part}/doc/{name}").status == 404, name
    assert ask(f"{url}/{part}/doc/place/kept", method="POST").status == 405


# ---- TimeMaps ----


def test_a_timemap_lists_every_publication_of_a_document(url: str, published: tuple[Publication, ...]) -> None:
    answer = ask(f"{url}/timemap/doc/place/kept")
    assert answer.headers["content-type"] == "application/link-format"
    found = links(answer.body.decode())
    listed = [(link.target, link.parameters["datetime"]) for link in found["memento"]]
    assert listed == [(f"{url}/memento/{stamp(each)}/doc/place/kept", date(each.published)) for each in published]
    assert [link.target for link in found["original"]] == [f"{url}/doc/place/kept"]
    assert [link.target for link in found["timegate"]] == [f"{url}/timegate/doc/place/kept"]
    itself = found["self"][0].parameters
    assert (itself["from"], itself["until"]) == (date(published[0].published), date(published[3].published))
    assert [link.target for link in found["first"]] == [listed[0][0]]
    assert [link.target for link in found["last"]] == [listed[-1][0]]


@pytest.mark.parametrize("document", ["place/kept", "place/kept.ttl"])
def test_what_a_memento_client_accepts_says_nothing_about_the_document(url: str, document: str) -> None:
    for accept in ("application/link-format", "application/link-format;q=0.9, application/json"):
        answer = ask(f"{url}/timemap/doc/{document}", accept)
        assert (answer.status, answer.headers["content-type"]) == (200, "application/link-format")
        assert ask(f"{url}/timegate/doc/{document}", accept).status == 302
    refused = ask(f"{url}/timemap/doc/{document}", "image/png")
    assert (refused.status, refused.json()["alternatives"][0]) == (406, "application/link-format")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("place/lost", [0, 2]), ("place/new", [1, 3]), ("graph/retired", [1, 3]), ("graph/trial", [0, 1, 2, 3]),
     ("dataset", [0, 1, 2, 3]), ("ns", [0, 1, 2, 3]), (COUNT, [0, 1, 2, 3])],
)  # fmt: skip
def test_a_timemap_leaves_out_publications_without_the_thing(
    url: str, published: tuple[Publication, ...], name: str, expected: list[int]
) -> None:
    found = links(ask(f"{url}/timemap/doc/{name}").body.decode())["memento"]
    assert [link.target.split("/")[4] for link in found] == [stamp(published[index]) for index in expected]
    for link in found:
        assert ask(link.target).status == 200, link.target


def test_a_timemap_that_the_client_has_is_304_until_something_is_published(
    own: Releases, published: tuple[Publication, ...]
) -> None:
    with served(own.var, free_port()) as running:
        tag = ask(f"{running}/timemap/doc/place/kept").headers["etag"]
        assert ask(f"{running}/timemap/doc/place/kept", if_none_match=tag).status == 304
        for digest in (published[0].digest, published[1].digest):
            own.switch(own.find(digest))
            assert ask(f"{running}/timemap/doc/place/kept", if_none_match=tag).status == 200


def test_people_get_a_timemap_as_a_page(url: str, published: tuple[Publication, ...]) -> None:
    for language, words in (("de", "Versionen"), ("en", "Versions")):
        page = ask(f"{url}/timemap/doc/{COUNT}", BROWSER, accept_language=language)
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "Accept-Language" in page.headers["vary"]
        text = page.body.decode()
        assert words in text
        assert re.findall(r"/memento/(\d{14})/", text) == [stamp(each) for each in published[::-1]]
    assert ask(f"{url}/doc/{COUNT}", BROWSER).body.count(f"/timemap/doc/{COUNT}".encode()) >= 1


# ---- Mementos ----


def test_the_page_of_a_memento_links_to_that_time_and_keeps_the_day_and_all_of_it_is_there(
    url: str, published: tuple[Publication, ...]
) -> None:
    then = f"/memento/{stamp(published[0])}/doc/"
    page = ask(f"{url}{then}{COUNT}?at=2018-03-15", BROWSER).body.decode()
    linked = {html.unescape(each).partition("#")[0] for each in re.findall(r' href="(/[^"]*)"', page)}
    things = {each for each in linked if re.search(r"/doc/(evidence|organisation|source)/[^.]*$", each)}
    assert things
    assert all(each.startswith(then) and each.endswith("?at=2018-03-15") for each in things)
    assert [each for each in linked if ask(url + each, BROWSER).status != 200] == []


@pytest.mark.parametrize("extension", ["", ".ttl", ".nt", ".jsonld", ".html"])
def test_a_memento_says_what_was_published_then(url: str, published: tuple[Publication, ...], extension: str) -> None:
    for publication, value in zip(published, (141, 777, 141, 777), strict=True):
        answer = ask(f"{url}/memento/{stamp(publication)}/doc/{COUNT}{extension}")
        assert answer.status == 200
        assert parsedate_to_datetime(answer.headers["memento-datetime"]) == publication.published
        assert "Memento-Datetime" in answer.headers["access-control-expose-headers"]
        assert (re.search(r"\b777\b", answer.body.decode()) is not None) == (value == 777)


def test_the_two_times_go_together(url: str, published: tuple[Publication, ...]) -> None:
    tenure = "tenure/governing-mayor-interim-president-2017"
    for day, certainty in (("2018-03-15", "certain"), ("2018-08-15", "possible")):
        address = ask(f"{url}/timegate/doc/{tenure}.ttl?at={day}").headers["location"]
        assert address == f"{url}/memento/{stamp(published[3])}/doc/{tenure}.ttl?at={day}"
        then, now = ask(address), ask(f"{url}/doc/{tenure}.ttl?at={day}")
        assert (then.status, then.body) == (200, now.body)
        assert certainty in now.body.decode()
        assert links(now.headers["link"])["timemap"][0].target == f"{url}/timemap/doc/{tenure}.ttl?at={day}"
    assert ask(f"{url}/timegate/doc/{tenure}?at=yesterday").status == 400


def test_a_memento_is_the_very_document_that_was_served_then(own: Releases, published: tuple[Publication, ...]) -> None:
    with served(own.var, free_port()) as running:
        own.switch(own.find(published[0].digest))
        then = {name: ask(f"{running}/doc/{COUNT}{name}").body for name in (".ttl", ".nt", ".jsonld", ".trig", ".rdf")}
        own.switch(own.find(published[1].digest))
        for name, body in then.items():
            assert ask(f"{running}/doc/{COUNT}{name}").body != body
            assert ask(f"{running}/memento/{stamp(published[0])}/doc/{COUNT}{name}").body == body


def test_a_memento_links_to_the_others(url: str, published: tuple[Publication, ...]) -> None:
    answer = ask(f"{url}/memento/{stamp(published[1])}/doc/place/kept", "text/turtle")
    found = links(answer.headers["link"])
    assert [link.target for link in found["original"]] == [f"{url}/doc/place/kept"]
    assert [link.target for link in found["timegate"]] == [f"{url}/timegate/doc/place/kept"]
    assert [link.target for link in found["timemap"]] == [f"{url}/timemap/doc/place/kept"]
    for relation, index in (("first", 0), ("prev", 0), ("next", 2), ("last", 3)):
        (link,) = found[relation]
        assert link.target == f"{url}/memento/{stamp(published[index])}/doc/place/kept"
        assert link.parameters["datetime"] == date(published[index].published)
    assert len(found["memento"]) == 4
    assert answer.headers["content-location"] == f"{url}/memento/{stamp(published[1])}/doc/place/kept.ttl"
    assert ask(answer.headers["content-location"]).body == answer.body
    assert "prev" not in links(ask(f"{url}/memento/{stamp(published[0])}/doc/place/kept").headers["link"])
    assert "next" not in links(ask(f"{url}/memento/{stamp(published[3])}/doc/place/kept").headers["link"])


def test_c4_a_memento_is_immutable_but_for_the_last_whose_links_change(
    url: str, published: tuple[Publication, ...]
) -> None:
    kept = [ask(f"{url}/memento/{stamp(each)}/doc/place/kept.ttl").headers["cache-control"] for each in published]
    assert ["immutable" in each for each in kept] == [True, True, True, False]


def test_c2_a_memento_that_the_client_has_is_304_with_its_headers(url: str, published: tuple[Publication, ...]) -> None:
    address = f"{url}/memento/{stamp(published[0])}/doc/place/kept.ttl"
    first = ask(address)
    again = ask(address, if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    for name in ("etag", "cache-control", "memento-datetime", "access-control-allow-origin"):
        assert again.headers[name] == first.headers[name]
    told, before = links(again.headers["link"]), links(first.headers["link"])
    for relation in ("original", "timegate", "timemap", "memento", "first", "next", "last"):
        assert told[relation] == before[relation]
    tags = {ask(f"{url}/memento/{stamp(each)}/doc/place/kept.ttl").headers["etag"] for each in published}
    assert len({*tags, ask(f"{url}/doc/place/kept.ttl").headers["etag"]}) == 5


def test_a_memento_as_a_page_says_so_and_stays_in_its_time(url: str, published: tuple[Publication, ...]) -> None:
    address = f"{url}/memento/{stamp(published[0])}/doc/{COUNT}"
    for language, words in (("de", "Sie sehen"), ("en", "You see")):
        text = ask(address, BROWSER, accept_language=language).body.decode()
        assert words in text
        assert published[0].published.strftime("%Y-%m-%d %H:%M:%S") in text
        assert f'href="/doc/{COUNT}"' in text
        assert f"/memento/{stamp(published[0])}/doc/organisation/metropolis" in text
        assert f"/memento/{stamp(published[0])}/doc/{COUNT}.ttl" in text
        assert 'content="noindex"' in text
    assert "You see" not in ask(f"{url}/doc/{COUNT}", BROWSER, accept_language="en").body.decode()


def test_pages_of_versions_keep_the_language_chosen_by_hand(url: str, published: tuple[Publication, ...]) -> None:
    first = f"/memento/{stamp(published[0])}/doc/{COUNT}"
    listed = ask(f"{url}/timemap/doc/{COUNT}?lang=de", BROWSER, accept_language="en").body.decode()
    assert f'href="{first}?lang=de"' in listed
    assert f'href="/doc/{COUNT}?lang=de">Aktuelle Version' in listed
    page = ask(f"{url}{first}?lang=de", BROWSER, accept_language="en").body.decode()
    assert '<html lang="de">' in page
    assert ">Aktuelle Version<" in page
    assert ">Alle Versionen<" in page
    for path in (
        f"/doc/{COUNT}",
        f"/timemap/doc/{COUNT}",
        f"/memento/{stamp(published[0])}/doc/organisation/metropolis",
    ):
        assert f'href="{path}?lang=de"' in page


def test_a_moment_at_which_nothing_was_published_is_404_and_names_those_there_are(
    url: str, published: tuple[Publication, ...]
) -> None:
    for moment in ("20200101000000", "2020", "x", "99999999999999", stamp(published[1])):
        answer = ask(f"{url}/memento/{moment}/doc/place/lost")
        assert (answer.status, problem(answer)) == (404, "memento-unknown")
        there = [f"{url}/memento/{stamp(each)}/doc/place/lost" for each in published[::2]]
        assert answer.json()["mementos"] == there
        assert f"{url}/timemap/doc/place/lost" in answer.json()["detail"]


def test_e3_head_is_get_without_a_body(url: str, published: tuple[Publication, ...]) -> None:
    for path in ("timegate", "timemap", f"memento/{stamp(published[0])}", f"memento/{stamp(published[3])}"):
        get, head = (ask(f"{url}/{path}/doc/place/kept", method=method) for method in ("GET", "HEAD"))
        assert (head.status, head.body) == (get.status, b"")
        for name in get.headers.keys() - {"date", "x-request-id", "server-timing"}:
            assert head.headers[name] == get.headers[name], name


def test_x1_a_script_may_send_accept_datetime(url: str) -> None:
    answer = ask(f"{url}/timegate/doc/place/kept", method="OPTIONS")
    assert answer.status == 204
    assert "Accept-Datetime" in answer.headers["access-control-allow-headers"]


def test_many_releases_are_opened_and_given_back(own: Releases, published: tuple[Publication, ...]) -> None:
    for number in range(12):
        copy = own.folder / f"{number:064}"
        shutil.copytree(own.find(published[0].digest).path, copy)
        manifest = json.loads((copy / "manifest.json").read_text())
        (copy / "manifest.json").write_text(json.dumps(manifest | {"digest": copy.name}))
        own.switch(own.find(copy.name))
    with served(own.var, free_port(), "--workers", "1") as running:
        listed = links(ask(f"{running}/timemap/doc/place/kept").body.decode())["memento"]
        assert len(listed) == 16
        paths = ["/" + link.target.split("/", 3)[3] for link in listed]
        for _ in range(3):
            assert {ask(running + path).status for path in paths} == {200}


# ---- Without a history ----


def test_a_server_on_releases_older_than_the_journal_has_one_publication(own: Releases) -> None:
    shutil.rmtree(own.var / "journal")
    current = own.current()
    assert current is not None
    with served(own.var, free_port()) as running:
        (only,) = links(ask(f"{running}/timemap/doc/place/kept").body.decode())["memento"]
        assert parsedate_to_datetime(only.parameters["datetime"]).isoformat() == current.manifest["created"]
        assert ask(f"{running}/doc/place/lost").status == 404


def test_a_damaged_journal_takes_nothing_down_but_the_history(own: Releases) -> None:
    (own.var / "journal" / "000002.json").write_text("{")
    with served(own.var, free_port()) as running:
        assert ask(f"{running}/doc/place/kept").status == 200
        assert ask(f"{running}/doc/place/lost").status == 404
        assert ask(f"{running}/doc/place/mistaken").status == 410
        for path in ("timegate/doc/place/kept", "timemap/doc/place/kept", "feed", "feed.atom", "feed/1/1.nq"):
            answer = ask(f"{running}/{path}")
            assert (answer.status, problem(answer)) == (503, "history-unreadable"), path
            assert answer.headers["retry-after"]


def test_a_remote_store_has_no_history_and_says_so(var: Path, tmp_path: Path) -> None:
    release = Releases(var).current()
    assert release is not None
    store_port = free_port()
    store = start_oxigraph(release.path / STORE, store_port)
    base = release.manifest["base"]
    try:
        options = ("--store", f"http://127.0.0.1:{store_port}/query")
        with served(tmp_path, free_port(), *options, METROPOLIS_KG_BASE_IRI=base) as running:
            document = ask(f"{running}/doc/place/kept", "text/turtle")
            assert document.status == 200
            assert "timegate" not in document.headers.get("link", "")
            for path in ("timegate", "timemap", "memento/20200101000000"):
                answer = ask(f"{running}/{path}/doc/place/kept")
                assert (answer.status, problem(answer)) == (404, "memento-unknown")
                assert "from a store" in answer.json()["detail"]
            assert ask(f"{running}/id/place/merged").headers["location"] == f"{base}id/place/kept"
            assert ask(f"{running}/doc/place/mistaken", "text/turtle").status == 410
            assert ask(f"{running}/doc/place/lost").status == 404
            assert b"Versions" not in ask(f"{running}/doc/place/kept", BROWSER, accept_language="en").body
    finally:
        store.kill()
        store.wait()


def test_a_base_with_a_path_is_part_of_every_address(content: Content, tmp_path: Path) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}/kg/"
    var = publish_history(content, tmp_path / "root", base)
    published = Releases(var).publications()
    with served(var, port):
        assert ask(f"{base}id/place/merged").headers["location"] == f"{base}id/place/kept"
        gate = ask(f"{base}timegate/doc/place/kept", accept_datetime=date(datetime(2000, 1, 1, tzinfo=UTC)))
        assert gate.headers["location"] == f"{base}memento/{stamp(published[0])}/doc/place/kept"
        page = ask(gate.headers["location"], BROWSER).body.decode()
        assert f'"/kg/memento/{stamp(published[0])}/doc/place/kept.ttl"' in page
        assert 'href="/kg/doc/place/kept"' in page
        assert ask(f"{base}doc/place/lost").json()["memento"].startswith(base)
