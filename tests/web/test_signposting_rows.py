"""FAIR Signposting: row L1. The header, the head of the page and the link set carry the same links."""

import re

import pytest

from metropolis_kg.publication.media_types import GRAPHS
from pages import Elements
from servers import Answer, ask

DOCUMENTS = [
    "person/michael-mueller", "organisation/metropolis", "tenure/governing-mayor-interim-president-2017",
    "place/berlin", "role/president", "evidence/berlin-metropolis-f43", "source/berlin-metropolis",
    "source/berlin-metropolis?page=2",
    "organisation/metropolis?at=2018-03-15", "source/berlin-metropolis?at=2018-08-28", "graph/berlin-metropolis",
    "dataset", "ns", "scheme/roles",
]  # fmt: skip
VALUE = re.compile(r'<([^>]*)>((?:; [\w-]+="[^"]*")*)')
Found = set[tuple[str, str, str, str]]
OF_VERSIONS = {"original", "timegate", "timemap"}
"""Relations of Memento (RFC 7089), which belongs to the response and not to the document."""


def in_header(text: str, anchor: str | None = None) -> Found:
    """Return relation, target, type and profile of each link in a header; of those from ``anchor`` if one is given."""
    found = set()
    for target, parameters in VALUE.findall(text):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', parameters))
        if anchor in (None, given.get("anchor")) and given["rel"] not in OF_VERSIONS:
            found.add((given["rel"], target, given.get("type", ""), given.get("profile", "")))
    return found


def in_head(text: str) -> set[tuple[str, str, str]]:
    """Return the links in the head of a page that have an absolute address; those of its own files have none.

    They lack profiles, for which HTML has no attribute.
    """
    every = [{name: value or "" for name, value in given.items()} for tag, given in Elements(text).all if tag == "link"]
    typed = [given for given in every if given["href"].startswith("http")]
    return {(given["rel"], given["href"], given.get("type", "")) for given in typed}


def split(name: str) -> tuple[str, str]:
    """Return a document's name and its fields with the question mark."""
    name, mark, fields = name.partition("?")
    return name, mark + fields


def landing(site: str, name: str) -> Answer:
    """Return a document as a browser gets it."""
    return ask(f"{site}/doc/{name}", "text/html")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_l1_header_page_and_both_link_sets_carry_the_same_links(site: str, document: str) -> None:
    name, fields = split(document)
    anchor = f"{site}/doc/{document}"
    answer = landing(site, document)
    links = in_header(answer.headers["link"])
    assert {link[:3] for link in links} == in_head(answer.body.decode())
    plain = ask(f"{site}/linkset/{name}.txt{fields}")
    assert plain.headers["content-type"] == "application/linkset"
    assert in_header(plain.body.decode(), anchor) == links
    linkset = ask(f"{site}/linkset/{name}.json{fields}")
    assert linkset.headers["content-type"] == "application/linkset+json"
    [context] = [each for each in linkset.json()["linkset"] if each["anchor"] == anchor]
    assert {
        (rel, target["href"], target.get("type", ""), target.get("profile", ""))
        for rel, targets in context.items()
        if rel != "anchor"
        for target in targets
    } == links


@pytest.mark.parametrize("document", DOCUMENTS)
def test_l1_a_document_has_all_that_level_one_asks_for(site: str, document: str) -> None:
    name, fields = split(document)
    links = in_header(landing(site, document).headers["link"])

    def targets(rel: str) -> list[str]:
        return sorted(target for kind, target, _, _ in links if kind == rel)

    [cited] = targets("cite-as")
    assert ask(cited).status in (200, 303)
    assert "https://schema.org/AboutPage" in targets("type")
    assert len(targets("type")) == 2
    assert targets("license") == ["https://creativecommons.org/licenses/by/4.0/"]
    described = {(target, kind) for rel, target, kind, profile in links if rel == "describedby" and not profile}
    assert described == {(f"{site}/doc/{name}.{each.extension}{fields}", each.media_type) for each in GRAPHS}
    assert (targets("collection") == [f"{site}/dataset"]) == (name != "dataset")
    assert bool(targets("item")) == (name == "dataset")
    assert len(targets("linkset")) == 2


@pytest.mark.parametrize("document", ["person/michael-mueller", "dataset", "source/berlin-metropolis?page=2"])
def test_l1_every_target_of_ours_is_there_in_the_type_stated(site: str, document: str) -> None:
    for rel, target, kind, profile in in_header(landing(site, document).headers["link"]):
        if not target.startswith(site):
            continue
        answer = ask(target, method="HEAD")
        assert answer.status in (200, 303), target
        if kind and not profile:
            assert answer.headers["content-type"].split(";")[0] == kind, (rel, target)


@pytest.mark.parametrize("document", ["person/michael-mueller", "source/berlin-metropolis?page=2"])
def test_l1_a_format_at_its_own_address_leads_back_to_the_document(site: str, document: str) -> None:
    name, fields = split(document)
    for syntax in GRAPHS:
        address = f"{site}/doc/{name}.{syntax.extension}{fields}"
        links = in_header(ask(address).headers["link"])
        assert ("describes", f"{site}/doc/{document}", "text/html", "") in links
        assert len([each for each in links if each[0] == "cite-as"]) == 1
        in_set = in_header(ask(f"{site}/linkset/{name}.txt{fields}").body.decode(), address)
        assert in_set <= links
        assert {each[0] for each in links - in_set} <= {"describedby"}, "only the JSON Schema is told of apart"


def test_l1_the_type_of_a_thing_is_what_the_schema_org_profile_says(site: str) -> None:
    for document in (each for each in DOCUMENTS if "?" not in each):
        kinds = {target for rel, target, _, _ in in_header(landing(site, document).headers["link"]) if rel == "type"}
        profile = ask(f"{site}/doc/{document}.jsonld?profile=schema").json()
        said = profile["@type"] if isinstance(profile["@type"], list) else [profile["@type"]]
        assert kinds - {"https://schema.org/AboutPage"} <= {f"https://schema.org/{kind}" for kind in said}, document


def test_l1_a_link_set_is_negotiated(site: str) -> None:
    address = f"{site}/linkset/place/berlin"
    choices = [
        (None, "json"),
        ("application/linkset", "txt"),
        ("application/linkset+json", "json"),
        ("text/plain", "txt"),
    ]
    for accept, extension in choices:
        answer = ask(address, accept)
        assert answer.status == 200
        assert answer.headers["content-location"] == f"{address}.{extension}"
        assert "Accept" in answer.headers["vary"]
    assert ask(address, "text/turtle").status == 406
    tag = ask(address).headers["etag"]
    assert ask(address, if_none_match=tag).status == 304


def test_l1_the_header_stays_small(site: str) -> None:
    for document in DOCUMENTS:
        assert len(landing(site, document).headers["link"]) < 8000
