"""The vocabulary at its IRIs: all terms in RDF as the ontology has them, and a page to look them up."""

import html
import re

import pyoxigraph as ox
import pytest

from metropolis_kg.content import Content
from metropolis_kg.model.identifiers import Rebase
from pages import Elements
from servers import ask


@pytest.fixture(scope="module", params=["en", "de"])
def page(site: str, request: pytest.FixtureRequest) -> str:
    """The page in each language."""
    answer = ask(f"{site}/doc/ns", "text/html", accept_language=request.param)
    assert (answer.status, answer.headers["content-language"]) == (200, request.param)
    return answer.body.decode()


def ontology(content: Content, site: str) -> list[ox.Triple]:
    """Return what the file says, under the base of the site."""
    rebase = Rebase(f"{site}/")
    quads = ox.parse(path=str(content.ontology / "vocabulary.ttl"), format=ox.RdfFormat.TURTLE)
    return [
        ox.Triple(rebase.named_node(quad.subject), rebase.named_node(quad.predicate), rebase.term(quad.object))
        for quad in quads
    ]


def test_what_the_document_says_of_each_term_is_what_the_ontology_says(site: str, content: Content) -> None:
    own = ontology(content, site)
    said = {quad.triple for quad in ox.parse(ask(f"{site}/doc/ns.nt").body, format=ox.RdfFormat.N_TRIPLES)}
    assert len(own) > 500
    assert [str(triple) for triple in own if triple not in said] == []
    terms = {triple.subject for triple in own}
    derived = ("rdf-schema#label", "22-rdf-syntax-ns#type", "isPrimaryTopicOf")
    more = [triple for triple in said - set(own) if triple.subject in terms]
    assert [str(triple) for triple in more if not triple.predicate.value.endswith(derived)] == []


def test_every_term_has_the_anchor_that_its_iri_demands(page: str, site: str, content: Content) -> None:
    ids = Elements(page).ids
    assert len(ids) == len(set(ids))
    terms = {triple.subject.value for triple in ontology(content, site)}
    assert {term.partition("#")[2] for term in terms} - {""} <= set(ids)


def test_links_within_the_page_lead_somewhere(page: str) -> None:
    read = Elements(page)
    within = [link[1:] for link in read.links() if link.startswith("#")]
    within += [link.partition("#")[2] for link in read.links() if link.startswith("/doc/ns") and "#" in link]
    assert len(within) > 200
    assert set(within) - {*read.ids, "content"} == set()


def test_every_link_below_the_site_is_there(page: str, site: str) -> None:
    links = {html.unescape(link).partition("#")[0] for link in Elements(page).links() if link.startswith("/")}
    assert len(links) > 80
    assert [link for link in links if ask(site + link, "text/html,*/*;q=0.8").status not in (200, 303)] == []


def test_the_page_says_what_the_vocabulary_is(page: str, site: str) -> None:
    for fact in (f"{site}/ns#", "<code>mkg</code>", "creativecommons.org/licenses/by/4.0", "metropolis_kg"):
        assert fact in page
    for extension in ("ttl", "jsonld", "nt", "nq", "trig", "rdf"):
        assert f'href="/doc/ns.{extension}"' in page
    assert re.search(r"<cite>.*metropolis_kg.*/ns#</cite>", page)


def test_a_class_is_described_by_its_shape_and_by_the_data(site: str) -> None:
    page = ask(f"{site}/doc/ns.html?lang=en").body.decode()
    tenure = page[page.index('id="Tenure"') : page.index('id="TextKind"')]
    for words in (
        "One holder has one role in one organisation", ">membership<", ">post holding<", "16 things, for example",
        "A tenure has exactly one holder", "org:member", "required", "optional", ">agent<",
        'href="/doc/shapes/Claim?lang=en"',
    ):  # fmt: skip
        assert words in tenure
    counted = ask(f"{site}/sparql?query=SELECT+(COUNT(DISTINCT+?t)+AS+?n)+{{?t+a+mkg:Tenure}}", "text/csv").body
    assert counted.split() == [b"n", b"16"]


def test_a_property_has_domain_range_mapping_and_an_example(site: str) -> None:
    page = ask(f"{site}/doc/ns.html?lang=de").body.decode()
    count = page[page.index('id="countOf"') : page.index('id="countUnit"')]
    for words in (
        "Definitionsbereich",
        ">Mitgliederzahl<",
        ">Organisation<",
        "Untereigenschaft von",
        "zum Beispiel",
        "→",
    ):
        assert words in count
    quote = page[page.index('id="quote"') : page.index('id="quotePrefix"')]
    assert 'href="http://www.w3.org/ns/oa#exact"' in quote


def test_schemes_and_outside_terms_are_listed(page: str) -> None:
    links = Elements(page).links()
    assert any(link.startswith("/doc/role/interim-president") for link in links)
    assert any(link.startswith("/doc/scheme/roles") for link in links)
    assert {"http://www.w3.org/ns/org#Membership", "https://schema.org/location"} <= set(links)
