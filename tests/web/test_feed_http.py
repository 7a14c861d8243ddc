"""The change feed over HTTP: an event stream for programs, Atom for feed readers, pages for people."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from history import publish_history
from metropolis_kg.content import Content
from metropolis_kg.curation.release import DATASET, Releases
from metropolis_kg.model.publications import Publication
from metropolis_kg.store.results import GRAPH_FORMATS
from publishing import Publisher
from real_engines import oxigraph
from servers import Answer, ask, free_port, served

LDES, TREE, DCT = "https://w3id.org/ldes#", "https://w3id.org/tree#", "http://purl.org/dc/terms/"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
ATOM, XHTML = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/1999/xhtml}"
FORMATS = {"trig": "application/trig", "nq": "application/n-quads", "jsonld": "application/ld+json"}


@pytest.fixture(scope="module")
def port() -> int:
    """The port that the base names."""
    return free_port()


@pytest.fixture(scope="module")
def publisher(port: int, tmp_path_factory: pytest.TempPathFactory) -> Publisher:
    """Three publications under a base with a path: all things; one more and one changed; that one gone."""
    publisher = Publisher(tmp_path_factory.mktemp("feed"), f"http://127.0.0.1:{port}/kg/")
    publisher.publish()
    publisher.toggle()
    publisher.change()
    publisher.publish()
    publisher.toggle()
    publisher.publish()
    return publisher


@pytest.fixture(scope="module")
def publications(publisher: Publisher) -> tuple[Publication, ...]:
    """What the journal tells."""
    releases = Releases(publisher.var)
    current = releases.current()
    assert current
    return releases.publications(current)


@pytest.fixture(scope="module")
def root(publisher: Publisher, port: int) -> Iterator[str]:
    """Address of the running site, without a closing slash."""
    with served(publisher.var, port) as url:
        yield f"{url}/kg"


def quads_of(answer: Answer) -> list[ox.Quad]:
    """Return what a node of the feed says."""
    media_type = answer.headers["content-type"]
    return list(ox.parse(answer.body, format=GRAPH_FORMATS[media_type]))


def values(quads: list[ox.Quad], subject: str, predicate: str) -> list[str]:
    """Return values of a property in the default graph."""
    return [
        quad.object.value
        for quad in quads
        if (quad.subject.value, quad.predicate.value, quad.graph_name) == (subject, predicate, ox.DefaultGraph())
    ]


def atom_of(answer: Answer) -> ElementTree.Element:
    """Read an Atom feed."""
    return ElementTree.fromstring(answer.body)  # noqa: S314 - our own


def pages_of(root: str) -> list[str]:
    """Follow the relations of the root."""
    quads = quads_of(ask(f"{root}/feed"))
    relations = values(quads, f"{root}/feed", f"{TREE}relation")
    return list(dict.fromkeys(node for relation in relations for node in values(quads, relation, f"{TREE}node")))


@pytest.fixture(scope="module")
def members(root: str) -> dict[str, list[ox.Quad]]:
    """Member → the quads that a client takes for it (LDES 1.0, section "Emitting members"), over all pages."""
    found: dict[str, list[ox.Quad]] = {}
    for page in pages_of(root):
        quads = quads_of(ask(page))
        for member in values(quads, f"{root}/feed#stream", f"{TREE}member"):
            node = ox.NamedNode(member)
            assert member not in found
            found[member] = [quad for quad in quads if quad.graph_name == node or quad.subject == node]
    return found


def test_the_root_says_how_the_stream_is_to_be_read(root: str) -> None:
    quads, stream = quads_of(ask(f"{root}/feed")), f"{root}/feed#stream"
    assert values(quads, stream, TYPE) == [f"{LDES}EventStream"]
    assert values(quads, stream, f"{TREE}view") == [f"{root}/feed"]
    assert values(quads, stream, f"{LDES}timestampPath") == [f"{DCT}created"]
    assert values(quads, stream, f"{LDES}versionOfPath") == [f"{DCT}isVersionOf"]
    assert values(quads, stream, f"{LDES}versionDeleteObject") == ["https://www.w3.org/ns/activitystreams#Delete"]
    assert values(quads, stream, f"{DCT}license") == ["https://creativecommons.org/licenses/by/4.0/"]


def test_the_members_are_what_the_journal_tells(
    members: dict[str, list[ox.Quad]], publications: tuple[Publication, ...], root: str
) -> None:
    assert [len(each.created) for each in publications[1:]] == [1, 0]
    assert publications[2].removed == ("id/statement-type/promise",)
    told = []
    for each in publications:
        kinds = (("Create", each.created), ("Update", each.updated), ("Delete", each.removed))
        told += [(each.published, kind, f"{root}/{thing}") for kind, things in kinds for thing in things]
    found = []
    for member, quads in members.items():
        [kind], [thing], [time] = (values(quads, member, each) for each in (TYPE, f"{DCT}isVersionOf", f"{DCT}created"))
        found.append((time, kind.rpartition("#")[2], thing))
    assert found == [(time.strftime("%Y-%m-%dT%H:%M:%SZ"), kind, thing) for time, kind, thing in told]


def test_a_member_has_the_statements_of_its_release_and_a_removed_thing_none(
    members: dict[str, list[ox.Quad]], publications: tuple[Publication, ...], publisher: Publisher, root: str
) -> None:
    checked = 0
    for each in publications:
        said: dict[str, set[ox.Triple]] = {}
        dataset = publisher.var / "releases" / each.digest / DATASET
        for quad in ox.parse(path=dataset, format=ox.RdfFormat.N_QUADS):
            said.setdefault(quad.subject.value.partition("#")[0], set()).add(quad.triple)
        for thing in (*each.created, *each.updated, *each.removed):
            member = f"{root}/version/{each.published:%Y%m%d%H%M%S}/{thing}"
            payload = {quad.triple for quad in members[member] if quad.graph_name == ox.NamedNode(member)}
            assert payload == (set() if thing in each.removed else said[f"{root}/{thing}"])
            checked += 1
    assert checked == len(members) > 260


def test_a_full_page_keeps_for_ever_and_the_last_one_does_not(root: str) -> None:
    first, *_, last = pages_of(root)
    assert first != last
    for page, full in ((first, True), (last, False)):
        answer = ask(page)
        assert ("immutable" in answer.headers["cache-control"]) is full
        assert bool(values(quads_of(answer), page, f"{LDES}immutable")) is full
    assert "max-age=60" in ask(last).headers["cache-control"]
    assert "max-age=60" in ask(f"{root}/feed").headers["cache-control"]
    assert "immutable" not in ask(first, "text/html").headers["cache-control"]


@pytest.mark.parametrize("path", ["feed", "feed/1/1", "feed/1/2"])
def test_e16_every_format_of_the_feed_says_the_same(root: str, path: str) -> None:
    graphs = []
    for extension, media_type in FORMATS.items():
        by_address, by_header = ask(f"{root}/{path}.{extension}", "image/png"), ask(f"{root}/{path}", media_type)
        assert by_address.headers["content-type"] == by_header.headers["content-type"] == media_type
        assert by_header.headers["content-location"] == f"{root}/{path}.{extension}"
        assert by_address.body == by_header.body
        graphs.append({str(quad) for quad in quads_of(by_address)})
    assert graphs[0] == graphs[1] == graphs[2]


def test_every_process_writes_the_same_bytes(root: str) -> None:
    for path in ("feed", "feed/1/2"):
        assert len({ask(f"{root}/{path}.trig").body for _ in range(12)}) == 1


def test_c2_who_has_it_gets_304(root: str) -> None:
    for path in ("feed", "feed/1/1", "feed/1/2.html", "feed.atom"):
        first = ask(f"{root}/{path}")
        again = ask(f"{root}/{path}", if_none_match=first.headers["etag"])
        assert (again.status, again.body) == (304, b"")
        assert again.headers["cache-control"] == first.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    ["feed/1/0", "feed/1/99", "feed/2/1", "feed/1/index-1", "feed/1/1.ttl", "feed.doc", "feed/1/01", "feed/x/1",
     "feed/1/-1", "feed/1/1%20", "feed.atom?page=99", "version/20200101000000/id/place/berlin",
     "version/x/y", "feed/1/٣"],
)  # fmt: skip
def test_e8_what_is_no_part_of_the_feed_is_unknown(root: str, path: str) -> None:
    answer = ask(f"{root}/{path.replace('٣', '%D9%A3')}")
    assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")


def test_e7_a_format_without_named_graphs_is_not_to_be_had(root: str) -> None:
    answer = ask(f"{root}/feed", "text/turtle")
    assert answer.status == 406
    assert set(FORMATS.values()) <= set(answer.json()["alternatives"])


@pytest.mark.parametrize("page", ["0", "x", "-1", "1e3", ""])
def test_a_page_of_atom_that_is_no_number_is_refused(root: str, page: str) -> None:
    answer = ask(f"{root}/feed.atom?page={page}")
    assert (answer.status, answer.json()["parameter"]) == (400, "page")
    assert answer.json()["type"] == f"{root}/problem/argument-wrong"


def test_a_version_leads_to_the_document_of_its_time_or_to_what_is_said_of_its_removal(
    root: str, publications: tuple[Publication, ...]
) -> None:
    added, removed = (f"{each.published:%Y%m%d%H%M%S}" for each in publications[1:])
    assert ask(f"{root}/version/{removed}/id/statement-type/aim").status == 404
    then = ask(f"{root}/version/{added}/id/statement-type/promise")
    document = f"{root}/memento/{added}/doc/statement-type/promise"
    assert (then.status, then.headers["location"]) == (303, document)
    assert b"What someone promises to do." in ask(document, "text/turtle").body
    gone = ask(f"{root}/version/{removed}/id/statement-type/promise")
    assert (gone.status, gone.headers["location"]) == (303, f"{root}/doc/statement-type/promise")
    assert ask(gone.headers["location"]).status == 410


def test_a_thing_that_is_gone_is_told_with_what_is_said_of_its_end(content: Content, tmp_path: Path, port: int) -> None:
    var = publish_history(content, tmp_path / "history", f"http://127.0.0.1:{port}/kg/")
    with served(var, free_port()) as url:
        quads = [quad for page in (1, 2) for quad in quads_of(ask(f"{url}/feed/1/{page}.nq"))]
    payloads: dict[str, set[str]] = {}
    for quad in quads:
        if quad.graph_name != ox.DefaultGraph():
            payloads.setdefault(quad.graph_name.value, set()).add(str(quad.object))
    removed = [quad.subject.value for quad in quads if str(quad.object).endswith("#Delete>")]
    told = {member.rpartition("/")[2]: payloads.get(member, set()) for member in removed}
    assert told["lost"] == set()
    assert '"There never was such a place; \\"quoted\\" <b>."@en' in told["mistaken"]
    assert f"<http://127.0.0.1:{port}/kg/id/place/between>" in told["merged"]


def test_atom_has_an_entry_for_each_publication_the_newest_first(
    root: str, publications: tuple[Publication, ...]
) -> None:
    answer = ask(f"{root}/feed.atom")
    assert answer.headers["content-type"] == "application/atom+xml"
    feed = atom_of(answer)
    assert feed.findtext(f"{ATOM}id") == f"{root}/feed"
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert [link.get("href") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"] == [
        f"{root}/feed.atom"
    ]
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == len(publications) == 3
    for entry, publication in zip(entries, reversed(publications), strict=True):
        assert entry.findtext(f"{ATOM}updated") == publication.published.strftime("%Y-%m-%dT%H:%M:%SZ")
        for name in ("id", "title", "summary"):
            assert entry.findtext(f"{ATOM}{name}")
    assert entries[0].findtext(f"{ATOM}summary", "").endswith("1 removed")
    assert "promise" in ElementTree.tostring(entries[1], "unicode")
    unnamed = len(publications[0].created) - len(entries[2].findall(f".//{XHTML}li"))
    assert 0 < unnamed < len(publications[0].created)
    assert f"{unnamed} more" in ElementTree.tostring(entries[2], "unicode")
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 3
    german = atom_of(ask(f"{root}/feed.atom", accept_language="de"))
    assert german.findtext(f"{ATOM}title") == "Änderungen von metropolis_kg"
    assert [entry.findtext(f"{ATOM}id") for entry in german.findall(f"{ATOM}entry")] == [
        entry.findtext(f"{ATOM}id") for entry in entries
    ]


def test_a_long_history_comes_in_pages_that_keep_the_language_and_say_what_was_published_again(
    publisher: Publisher, tmp_path: Path
) -> None:
    shutil.copytree(publisher.var, tmp_path / "var", symlinks=True)
    releases = Releases(tmp_path / "var")
    for _ in range(24):
        before = releases.previous()
        assert before
        releases.switch(before)
    with served(releases.var, free_port()) as url:
        first = atom_of(ask(f"{url}/kg/feed.atom?lang=de"))
        second = atom_of(ask(f"{url}/kg/feed.atom?page=2&lang=de"))
        listed = ask(f"{url}/kg/feed?lang=de", "text/html").body.decode()
    base = f"{publisher.base}feed.atom?lang=de"
    assert _hrefs(first) == {"self": base, "first": base, "last": f"{base}&page=2", "next": f"{base}&page=2"}
    assert _hrefs(second) == {"self": f"{base}&page=2", "first": base, "last": f"{base}&page=2", "previous": base}
    entries = [*first.findall(f"{ATOM}entry"), *second.findall(f"{ATOM}entry")]
    again = ["erneut veröffentlicht" in entry.findtext(f"{ATOM}summary", "") for entry in entries]
    assert again == [True] * 24 + [False] * 3
    assert listed.count("erneut veröffentlicht") == 24


def _hrefs(feed: ElementTree.Element) -> dict[str, str]:
    """Return the addresses of the pages of a feed in Atom, by relation."""
    links = [link for link in feed.findall(f"{ATOM}link") if link.get("rel") != "alternate"]
    return {link.get("rel", ""): link.get("href", "") for link in links}


def test_pages_name_the_feed_and_the_feed_has_pages_in_both_languages(root: str) -> None:
    assert '<link rel="alternate" type="application/atom+xml" href="/kg/feed.atom"' in ask(f"{root}/").body.decode()
    assert "application/atom+xml" in ask(f"{root}/feed").headers["link"]
    for language, words in (
        ("en", ["new", "removed", "Publications"]),
        ("de", ["neu", "entfernt", "Veröffentlichungen"]),
    ):
        index = ask(f"{root}/feed", "text/html", accept_language=language)
        assert index.headers["content-language"] == language
        assert [word for word in words if word not in index.body.decode()] == []
    page = ask(f"{root}/feed/1/2", "text/html").body.decode()
    assert 'href="/kg/feed/1/1"' in page
    assert 'href="/kg/doc/statement-type/promise"' in page
    assert 'rel="prev"' in ask(f"{root}/feed/1/2").headers["link"]


def test_a_page_that_needs_a_release_that_is_gone_is_gone(
    publisher: Publisher, publications: tuple[Publication, ...], root: str
) -> None:
    folder = publisher.var / "releases" / publications[1].digest
    away = folder.rename(folder.with_name("away"))
    try:
        answer = ask(f"{root}/feed/1/2.nq")
        assert (answer.status, answer.json()["type"]) == (410, f"{root}/problem/feed-gone")
        assert ask(f"{root}/feed/1/1.nq").status == 200
    finally:
        away.rename(folder)
    assert ask(f"{root}/feed/1/2.nq").status == 200


def test_a_site_from_a_store_that_others_filled_has_no_feed(tmp_path: Path) -> None:
    with (
        oxigraph(tmp_path) as engine,
        served(tmp_path, free_port(), "--store", engine.query) as url,
    ):
        for path in ("feed", "feed.atom", "feed/1/1", "version/20261125120000/id/place/berlin"):
            answer = ask(f"{url}/{path}")
            assert answer.status == 404
            assert "no history" in answer.json()["detail"]
