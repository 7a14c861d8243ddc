"""schema.org: what becomes what, and the same graph in every format."""

from dataclasses import replace
from functools import partial
from typing import Any

import pyoxigraph as ox
import pytest

from every_thing import document_of, things
from graphs import canonical
from metropolis_kg.content import Content
from metropolis_kg.publication.description import Description, UnknownThingError
from metropolis_kg.publication.documents import write
from metropolis_kg.publication.media_types import GRAPHS, JSON_LD
from metropolis_kg.publication.schema_org import in_schema_org, structured_data, write_schema_org
from metropolis_kg.publication.stored_queries import StoredQueries
from metropolis_kg.store.embedded import EmbeddedStore
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.store.results import GRAPH_FORMATS
from schema_context import graph_of


@pytest.fixture
def mapped(opened: OpenRelease, content: Content) -> Any:
    """Describe a thing in schema.org, by its path."""

    def described(path: str) -> Description:
        iri = opened.iri(path)
        return in_schema_org(opened, content.queries, iri, document_of(opened, iri))

    return described


@pytest.fixture
def tree(mapped: Any) -> Any:
    """Return the JSON-LD of a thing, by its path."""

    def written(path: str, language: str | None = "en") -> Any:
        return structured_data(mapped(path), language)

    return written


def all_or_one(value: Any) -> list[Any]:
    """Return the values of a key that holds one or several."""
    return value if isinstance(value, list) else [value]


def by_slug(nodes: Any) -> dict[str, Any]:
    """Return the last part of each node's IRI → node."""
    return {node["@id"].rsplit("/", 1)[1]: node for node in all_or_one(nodes)}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("id/person/michael-mueller", "Person"),
        ("id/organisation/metropolis", "Organization"),
        ("id/organisation/land-berlin", "GovernmentOrganization"),
        ("id/organisation/metropolis-kg-maintainers", "Organization"),
        ("id/post/governing-mayor-berlin", "Thing"),
        ("id/place/new-york-city", "City"),
        ("id/place/ile-de-france", "AdministrativeArea"),
        ("id/place/iphuteng-school", "School"),
        ("id/place/alexandra", "Place"),
        ("id/event/hlpf-2018", "Event"),
        ("id/event/hlpf", "EventSeries"),
        ("id/election/metropolis-president-2018-08", "Event"),
        ("id/founding/metropolis", "Event"),
        ("id/platform/use", "WebApplication"),
        ("id/tenure/land-berlin-member", "OrganizationRole"),
        ("id/participation/mueller-tree-planting-2018-08", "Role"),
        ("id/statement/metropolis-is-the-voice", "Claim"),
        ("id/count/metropolis-member-cities-141", "Claim"),
        ("id/evidence/berlin-metropolis-f43", "Quotation"),
        ("id/evidence/editorial-research-hlpf-2018", "CreativeWork"),
        ("id/source/berlin-metropolis", "WebPage"),
        ("id/source/wikidata", "CreativeWork"),
        ("id/role/president", "DefinedTerm"),
        ("id/scheme/roles", "DefinedTermSet"),
        ("id/rule/platform-of-network", "Thing"),
        ("graph/geonames", "Dataset"),
        ("dataset", "Dataset"),
    ],
)
def test_each_thing_has_the_class_that_fits_best(tree: Any, path: str, expected: str) -> None:
    assert tree(path)["@type"] == expected


def test_every_thing_has_a_class_a_name_an_address_and_a_document_with_a_licence(
    opened: OpenRelease, tree: Any
) -> None:
    paths = things(opened)
    assert len(paths) > 280
    for path in paths:
        node = tree(path.removeprefix(opened.base))
        assert node["@context"] == "https://schema.org"
        assert isinstance(node["@type"], str), path
        assert node["name"], path
        assert isinstance(node["url"], str), path
        assert node["mainEntityOfPage"]["@id"] == document_of(opened, path)
        assert node["mainEntityOfPage"]["license"] == "https://creativecommons.org/licenses/by/4.0/"


def test_every_thing_is_the_same_graph_in_every_format(opened: OpenRelease, mapped: Any) -> None:
    paths = things(opened)
    for path in paths:
        description = mapped(path.removeprefix(opened.base))
        expected = canonical(description.triples)
        assert len(expected) > 5
        for syntax in GRAPHS:
            if syntax is JSON_LD:
                assert graph_of(write_schema_org(description)) == expected, path
            else:
                body = write(description, opened, syntax)
                assert canonical(ox.parse(body, format=GRAPH_FORMATS[syntax.media_type])) == expected, path
    print(len(paths), "things, the same graph in", len(GRAPHS), "formats")  # noqa: T201 - the numbers are wanted


@pytest.mark.parametrize("name", ["metropolis", "land-berlin", "referat-internationales"])
def test_the_query_for_roles_says_nothing_else_than_the_documents(
    opened: OpenRelease, content: Content, mapped: Any, name: str
) -> None:
    query = StoredQueries(content).find("as-schema-org")
    bindings = query.terms({"organisation": f"organisation/{name}"}, opened.prefixes, opened.base)
    answer = opened.service.query(query.text, "application/n-triples", bindings=bindings)
    asked = {quad.triple for quad in ox.parse(answer, format=ox.RdfFormat.N_TRIPLES)}
    roles = {triple.object for triple in asked if triple.predicate.value.endswith("/member")}
    assert roles
    described = set(mapped(f"id/organisation/{name}").triples)
    assert asked <= described
    member = ox.NamedNode("https://schema.org/member")
    thing = ox.NamedNode(opened.iri(f"id/organisation/{name}"))
    assert {each.object for each in described if (each.subject, each.predicate) == (thing, member)} <= roles


def test_a_role_leads_from_the_organisation_to_its_holder(tree: Any) -> None:
    roles = by_slug(tree("id/organisation/metropolis")["member"])
    interim = roles["governing-mayor-interim-president-2017"]
    assert interim["@type"] == "OrganizationRole"
    assert interim["roleName"] == "interim president"
    assert (interim["startDate"], interim["endDate"]) == ("2017-11", "2018-08")
    coderre = roles["coderre-president-2015"]
    assert coderre["member"]["name"] == "Denis Coderre"
    assert coderre["member"]["@type"] == "Person"
    assert (coderre["startDate"], coderre["endDate"]) == ("2015-12", "2017-11-16")


def test_a_role_leads_from_its_holder_to_the_organisation(tree: Any) -> None:
    secretary = by_slug(tree("id/person/barbara-berninger")["memberOf"])["berninger-regional-secretary-europe"]
    assert secretary["memberOf"]["name"] == "Metropolis"
    assert (secretary["startDate"], secretary.get("endDate")) == ("2011", None)
    roles = by_slug(tree("id/post/governing-mayor-berlin")["@reverse"]["member"])
    assert roles["governing-mayor-president-2018"]["memberOf"]["name"] == "Metropolis"


def test_what_is_open_unknown_or_undated_has_no_date(tree: Any) -> None:
    roles = by_slug(tree("id/organisation/metropolis")["member"])
    assert (roles["land-berlin-member"]["startDate"], "endDate" in roles["land-berlin-member"]) == ("1991", False)
    assert (roles["clos-president-1998"]["startDate"], "endDate" in roles["clos-president-1998"]) == ("1998", False)
    assert ("startDate" in roles["huchon-president"], roles["huchon-president"]["endDate"]) == (False, "2015-12")
    assert not {"startDate", "endDate"} & roles["mueller-interim-president"].keys()


def test_what_another_source_only_says_against_a_claim_is_left_out(tree: Any) -> None:
    metropolis = tree("id/organisation/metropolis")
    assert "governing-mayor-co-president-2018" not in by_slug(metropolis["member"])
    counts = [slug for slug in by_slug(metropolis["subjectOf"]) if slug.startswith("metropolis-member-cities")]
    assert counts == ["metropolis-member-cities-141"]
    assert "governing-mayor-co-president-2018" not in by_slug(
        tree("id/post/governing-mayor-berlin")["@reverse"]["member"]
    )
    assert tree("id/tenure/governing-mayor-co-president-2018")["roleName"] == "co-president"


def test_what_a_rule_infers_is_left_out(tree: Any) -> None:
    assert "provider" not in tree("id/platform/use")
    assert "parentOrganization" not in tree("id/organisation/referat-internationales")
    inferred = tree("id/relation/use-platform-of-network")
    assert (inferred["@type"], inferred["about"]["name"]) == ("Claim", "urban sustainability exchange")
    assert inferred["isBasedOn"]["@type"] == "Claim"


def test_an_event_has_dates_place_whole_parts_and_who_took_part(tree: Any) -> None:
    meeting = tree("id/event/metropolis-annual-meeting-2018")
    assert (meeting["startDate"], meeting["endDate"]) == ("2018-08", "2018-08")
    assert (meeting["location"]["name"], meeting["location"]["address"]) == ("Gauteng", "Gauteng")
    assert meeting["organizer"]["name"] == "Metropolis"
    assert meeting["attendee"]["attendee"]["name"] == "Michael Müller"
    host = meeting["contributor"]
    assert (host["@type"], host["roleName"]) == ("Role", "host")
    assert host["contributor"]["@type"] == "GovernmentOrganization"
    assert {"tree-planting-2018-08", "metropolis-board-meeting-2018-08"} <= by_slug(meeting["subEvent"]).keys()
    forum = tree("id/event/local-and-regional-governments-forum-2018")
    assert forum["superEvent"]["name"] == "HLPF, July 2018"
    assert forum["superEvent"]["location"]["address"] == "New York City"


def test_a_participation_shows_on_the_page_of_whoever_took_part(tree: Any) -> None:
    took_part = by_slug(tree("id/person/michael-mueller")["@reverse"]["attendee"])
    planting = took_part["mueller-tree-planting-2018-08"]
    assert planting["roleName"] == "participant"
    assert planting["@reverse"]["attendee"]["name"] == "Planting of a tree, August 2018"


def test_an_organisation_has_its_year_of_founding_website_and_names(tree: Any) -> None:
    metropolis = tree("id/organisation/metropolis")
    assert metropolis["foundingDate"] == "1985"
    assert metropolis["url"] == "https://www.metropolis.org/"
    assert tree("id/organisation/land-berlin")["alternateName"] == "Berlin"
    assert tree("id/organisation/land-berlin")["areaServed"]["@type"] == "City"
    assert tree("id/organisation/un-habitat")["sameAs"] == "http://www.wikidata.org/entity/Q487883"


def test_a_platform_that_is_free_is_offered_at_no_price(tree: Any, opened: OpenRelease) -> None:
    use = tree("id/platform/use")
    assert use["isAccessibleForFree"] is True
    assert use["offers"] == {"@id": opened.iri("id/platform/use#offer"), "@type": "Offer", "price": 0}


def test_a_statement_is_a_claim_with_author_appearance_and_quotation(tree: Any) -> None:
    voice = tree("id/statement/metropolis-is-the-voice")
    assert voice["author"]["name"] == "Senate Chancellery of Berlin"
    assert voice["appearance"]["@type"] == "WebPage"
    assert voice["citation"]["@type"] == "Quotation"
    assert voice["citation"]["text"]["@value"].startswith("die Stimme")
    assert {each["name"] for each in voice["about"]} == {"Metropolis", "representation of interests"}
    said = by_slug(tree("id/organisation/metropolis")["subjectOf"])["metropolis-is-the-voice"]
    assert said["author"]["@id"] == voice["author"]["@id"]


def test_the_dataset_has_licence_creator_description_and_downloads(tree: Any, opened: OpenRelease) -> None:
    dataset = tree("dataset")
    assert dataset["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert dataset["creator"]["@type"] == "Organization"
    assert len(dataset["description"]) > 50
    assert "city network" in dataset["keywords"]
    files = {each.get("name"): each for each in dataset["distribution"]}
    assert {each["@type"] for each in files.values()} == {"DataDownload"}
    listed = opened.manifest["dumps"]["dataset.nq.gz"]
    assert files["dataset.nq.gz"]["contentUrl"] == opened.iri(f"data/{opened.digest}/dataset.nq.gz")
    assert files["dataset.nq.gz"]["contentSize"] == f"{listed['bytes']} B"
    assert files["dataset.nq.gz"]["sha256"] == listed["sha256"]
    assert files[None]["contentUrl"] == opened.iri("graph-store?default")
    geonames = tree("graph/geonames")
    assert geonames["isPartOf"]["@id"] == dataset["@id"]
    assert geonames["distribution"]["contentUrl"].endswith(
        "graph-store?graph=http%3A%2F%2Flocalhost%3A8000%2Fgraph%2Fgeonames"
    )


def test_texts_have_their_languages_and_on_a_page_those_of_the_page_are_plain(mapped: Any) -> None:
    unit = mapped("id/organisation/land-berlin")
    name = partial(structured_data, unit)
    assert name()["name"] == [
        {"@language": "de", "@value": "Land Berlin"},
        {"@language": "en", "@value": "State of Berlin"},
    ]
    assert (name("de")["name"], name("en")["name"]) == ("Land Berlin", "State of Berlin")
    quotation = structured_data(mapped("id/evidence/berlin-metropolis-f43"), "en")
    assert quotation["text"] == {"@language": "de", "@value": "zuvor seit November 2017 Interimspräsident"}


def test_of_what_is_not_known_nothing_is_said(mapped: Any) -> None:
    for path in ("id/person/nobody", "id/person/a b"):
        with pytest.raises(UnknownThingError):
            mapped(path)


def holding(opened: OpenRelease, turtle: str) -> OpenRelease:
    """Return a release that holds what ``turtle`` says, in one graph."""
    store, prefixes = ox.Store(), "".join(f"@prefix {name}: <{space}> .\n" for name, space in opened.prefixes.items())
    graph = ox.NamedNode(opened.iri("graph/small"))
    store.load((prefixes + turtle).encode(), format=ox.RdfFormat.TURTLE, to_graph=graph)
    return replace(opened, service=EmbeddedStore(store, opened.prefixes, opened.base))


@pytest.mark.parametrize(
    ("when", "start", "end"),
    [
        ("1985", "1985", "1985"),
        ("2017-11/2018-08", "2017-11", "2018-08"),
        ("2018-07-09/2018-07-18", "2018-07-09", "2018-07-18"),
        ("2017-11-16/..", "2017-11-16", None),
        ("1998/", "1998", None),
        ("/2015-12", None, "2015-12"),
        ("../2015", None, "2015"),
        ("1985?", None, None),
        ("2018-08~/2020-11", None, "2020-11"),
        ("2018-08/2020-11%", "2018-08", None),
        ("198X", None, None),
        ("2018-21", None, None),
    ],
)
def test_a_date_is_as_precise_as_the_source_and_what_iso_8601_has_no_form_for_is_left_out(
    opened: OpenRelease, content: Content, when: str, start: str | None, end: str | None
) -> None:
    said = f"""tenure:x a org:Membership ; org:member person:y ; org:organization organisation:z ;
        mkg:when "{when}"^^edtf:EDTF ; rdfs:label "x"@en ."""
    tenure = opened.iri("id/tenure/x")
    described = in_schema_org(holding(opened, said), content.queries, tenure, document_of(opened, tenure))
    assert described.text(tenure, "schema:startDate") == start
    assert described.text(tenure, "schema:endDate") == end


def test_of_what_has_many_links_a_document_has_fifty_of_a_kind(opened: OpenRelease, content: Content) -> None:
    said = "organisation:metropolis a org:Organization .\n" + "".join(
        f"tenure:x{number} org:organization organisation:metropolis ; org:member person:x{number} .\n"
        for number in range(1000)
    )
    network = opened.iri("id/organisation/metropolis")
    described = in_schema_org(holding(opened, said), content.queries, network, document_of(opened, network))
    assert len(structured_data(described)["member"]) == 50
