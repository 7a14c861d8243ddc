"""The PyPI client ``signposting`` finds every link: in the header, in the page, and in both link sets."""

import pytest
from signposting import find_signposting_html, find_signposting_http, find_signposting_linkset

THINGS = ["person/michael-mueller", "organisation/metropolis", "source/berlin-metropolis", "dataset"]
FORMATS = {
    "text/turtle", "application/ld+json", "application/n-triples", "application/n-quads", "application/trig",
    "application/rdf+xml",
}  # fmt: skip


@pytest.mark.parametrize("name", THINGS)
def test_the_client_finds_the_same_in_header_page_and_link_sets(site: str, name: str) -> None:
    document = f"{site}/doc/{name}"
    in_header = find_signposting_http(document)
    in_page = find_signposting_html(document)
    assert in_header.citeAs
    assert in_header.citeAs.target == f"{site}/{name if name == 'dataset' else f'id/{name}'}"
    assert {str(each.target) for each in in_header.types} > {"https://schema.org/AboutPage"}
    assert {each.type for each in in_header.describedBy} == FORMATS
    assert in_header.license
    assert bool(in_header.collection) == (name != "dataset")
    assert bool(in_header.items) == (name == "dataset")
    assert {str(each.type) for each in in_header.linksets} == {"application/linkset+json", "application/linkset"}
    assert _targets(in_page) == _targets(in_header)
    for linkset in in_header.linksets:
        of_document = find_signposting_linkset(linkset.target, linkset.type).for_context(document)
        assert _targets(of_document) == _targets(in_header)


def test_the_client_is_led_from_the_identifier_to_the_document(site: str) -> None:
    found = find_signposting_http(f"{site}/id/place/berlin")
    assert str(found.context) == f"{site}/doc/place/berlin"
    assert found.citeAs
    assert str(found.citeAs.target) == f"{site}/id/place/berlin"


def test_the_client_finds_its_way_back_from_a_format(site: str) -> None:
    found = find_signposting_http(f"{site}/doc/place/berlin.ttl")
    assert found.citeAs
    assert str(found.citeAs.target) == f"{site}/id/place/berlin"
    assert {str(each.type) for each in found.linksets} == {"application/linkset+json", "application/linkset"}


def _targets(found: object) -> set[tuple[str, str, str]]:
    return {(str(each.rel), str(each.target), str(each.type)) for each in found}  # type: ignore[attr-defined] # it iterates
