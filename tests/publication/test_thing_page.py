"""The page of a thing: in the order of the shapes, with identifiers apart, and counts that are right beyond a page."""

from datetime import date

import pyoxigraph as ox
import pytest

from metropolis_kg.content import Content
from metropolis_kg.publication.description import Description, describe
from metropolis_kg.publication.link_counts import counts_of
from metropolis_kg.publication.names import Names, names_of
from metropolis_kg.publication.page import Page, page_of
from metropolis_kg.publication.reading import Links
from metropolis_kg.publication.shape_order import shape_order_of
from metropolis_kg.publication.surroundings import surroundings_of
from metropolis_kg.publication.words import Words
from metropolis_kg.store.release import OpenRelease


def shown(opened: OpenRelease, content: Content, path: str, language: str = "en", day: date | None = None) -> Page:
    """Return the page of the thing at ``path`` as the site shows it."""
    description = describe(opened, content.queries, opened.iri(path), day=day)
    return page_of(
        description,
        names_of(opened, content.queries),
        Links(opened.base),
        Words(language),
        shape_order_of(content, opened.base),
        surroundings_of(opened, content.queries, description),
    )


def test_facts_have_the_names_and_the_order_that_the_shape_of_a_class_above_gives(
    opened: OpenRelease, content: Content
) -> None:
    page = shown(opened, content, "id/organisation/metropolis")  # a CityNetwork; the shape is for org:Organization
    assert [(group.heading, [fact.name for fact in group.facts]) for group in page.facts] == [
        (None, ["type", "linked to"]),
        ("links", ["website"]),
    ]
    german = shown(opened, content, "id/organisation/metropolis", "de")
    assert [group.heading for group in german.facts] == [None, "Verbindungen"]
    assert german.facts[0].facts[0].name == "Art"


def test_the_facts_of_a_claim_stand_as_its_shape_orders_them(opened: OpenRelease, content: Content) -> None:
    page = shown(opened, content, "id/tenure/governing-mayor-interim-president-2017")
    assert page.claim
    assert [fact.name for fact in page.claim.facts[:4]] == ["holder", "organisation", "role", "succeeded by"]
    assert [value.text for value in page.claim.heading] == [
        "Governing Mayor of Berlin",
        "Metropolis",
        "interim president",
    ]


def test_a_claim_that_was_given_a_name_is_headed_by_it(opened: OpenRelease, content: Content) -> None:
    page = shown(opened, content, "id/statement/platform-for-exchange")
    assert page.claim
    assert [value.text for value in page.claim.heading] == [page.title.text]


def test_identifiers_stand_apart_with_the_name_of_their_scheme_and_who_states_them(
    opened: OpenRelease, content: Content
) -> None:
    page = shown(opened, content, "id/place/berlin")
    found = {each.scheme: (each.value.text, each.value.href, each.stated_in) for each in page.identifiers}
    assert found["Wikidata"][:2] == ("Q64", "http://www.wikidata.org/entity/Q64")
    assert found["GeoNames"][0] == "2950159"
    stated_in = found["Wikidata"][2]
    assert stated_in
    assert (stated_in.text, stated_in.href) == ("Identifiers from Wikidata", "/doc/graph/wikidata")
    assert not {"same as", "identifier"}.intersection(fact.name for group in page.facts for fact in group.facts)


def test_a_claim_tells_in_few_words_what_is_certain(opened: OpenRelease, content: Content) -> None:
    page = shown(opened, content, "id/organisation/metropolis")
    briefs = {claim.anchor: claim.when.brief for group in page.groups for claim in group.claims}
    assert briefs["governing-mayor-interim-president-2017"] == "certain 30 Nov 2017 – 1 Aug 2018"
    assert briefs["land-berlin-member"] == "certain 31 Dec 1991 – 30 Nov 2020, then last known"
    assert briefs["metropolis-giz"] == ""


def test_every_claim_on_a_page_has_an_anchor_of_its_own(opened: OpenRelease, content: Content) -> None:
    page = shown(opened, content, "id/event/metropolis-annual-meeting-2018")
    anchors = [claim.anchor for group in page.groups for claim in group.claims]
    assert len(anchors) == len(set(anchors))


def test_a_claim_that_is_named_like_a_part_of_the_page_has_another_anchor(opened: OpenRelease) -> None:
    said = Description(opened.iri("id/person/p"), (), opened.prefixes)
    claim, thing = ox.NamedNode(opened.iri("id/tenure/timeline")), ox.NamedNode(said.thing)
    kind = ox.Triple(claim, ox.NamedNode(said.iri("rdf:type")), ox.NamedNode(said.iri("mkg:Tenure")))
    triples = [kind, ox.Triple(thing, ox.NamedNode(said.iri("schema:subjectOf")), claim)]
    page = page_of(Description(said.thing, tuple(triples), opened.prefixes), Names({}), Links(opened.base), Words("en"))
    assert [each.anchor for group in page.groups for each in group.claims] == ["tenure-timeline"]


def test_a_named_graph_tells_what_it_holds(opened: OpenRelease, content: Content) -> None:
    page = shown(opened, content, "graph/berlin-metropolis")
    assert page.contents
    assert page.contents.statements == str(opened.manifest["graphs"][opened.iri("graph/berlin-metropolis")]["quads"])
    assert page.contents.count == len(page.contents.claims)
    assert "Metropolis: 141 member cities" in [value.text for value in page.contents.claims]


def test_the_page_of_evidence_has_its_quote_its_position_and_its_source(opened: OpenRelease, content: Content) -> None:
    page = shown(opened, content, "id/evidence/berlin-metropolis-f31")
    assert page.evidence
    assert page.evidence.view.context
    assert page.evidence.view.position == "1921–2020"
    topic = shown(opened, content, "id/topic/urban-challenges")
    rows = [each for group in topic.groups for claim in group.claims for each in claim.evidence]
    [in_row] = [each.context for each in rows if each.href == "/doc/evidence/berlin-metropolis-f31"]
    assert in_row
    words = [sum(len(piece.text) for piece in each.before) for each in (in_row, page.evidence.view.context)]
    assert words == sorted(set(words))
    [source] = page.evidence.sources
    assert source.digest
    assert source.title.text == "Metropolis (page on berlin.de)"


@pytest.mark.parametrize("path", ["id/organisation/metropolis", "id/organisation/land-berlin", "id/role/co-president"])
def test_counts_of_links_are_those_of_a_page_that_has_all(opened: OpenRelease, content: Content, path: str) -> None:
    page = shown(opened, content, path)
    counts = counts_of(opened, content.queries, opened.iri(path))
    assert counts.claims == {group.kind: len(group.claims) for group in page.groups}
    assert sum(each.count for each in page.pointing) == sum(counts.others.values())
