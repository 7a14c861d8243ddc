"""Parts of documents: pages of a thing with many links, and what held on a day."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
import rdflib

from metropolis_kg.curation.release import STORE, Releases
from metropolis_kg.model.namespaces import HYDRA
from servers import ask, free_port, served, start_oxigraph

MANY = "/doc/source/berlin-metropolis"
FEW = "/doc/person/michael-mueller"
HYDRAS = rdflib.Namespace(HYDRA)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def remote(site: str, site_var: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same site from a SPARQL server."""
    release, port = Releases(site_var).current(), free_port()
    assert release
    store = start_oxigraph(release.path / STORE, port)
    try:
        options = ("--store", f"http://127.0.0.1:{port}/query")
        with served(tmp_path_factory.mktemp("empty"), free_port(), *options, METROPOLIS_KG_BASE_IRI=f"{site}/") as url:
            yield url
    finally:
        store.kill()
        store.wait()


def triples(url: str) -> set[ox.Triple]:
    """Return the triples of a document in N-Triples."""
    answer = ask(url)
    assert answer.status == 200, answer.body
    return {quad.triple for quad in ox.parse(answer.body, format=ox.RdfFormat.N_TRIPLES)}


def pages(url: str, at: str = "") -> list[set[ox.Triple]]:
    """Return the triples of each page of the many, as ``hydra:next`` leads from one to the next."""
    document = f"{url}{MANY}"
    found = [triples(f"{document}.nt?{at}")]
    while onward := [each.object.value for each in found[-1] if each.predicate.value == f"{HYDRA}next"]:  # type: ignore[union-attr] # an IRI
        assert len(onward) == 1
        assert len(found) < 20
        found.append(triples(f"{url}{MANY}.nt?" + onward[0].partition("?")[2]))
    return found


def own(triples: set[ox.Triple], site: str) -> set[ox.Triple]:
    """Leave out what documents say of themselves."""
    return {
        each
        for each in triples
        if f"{site}/doc/" not in f"{each.subject}{each.object}" and each.predicate.value != f"{HYDRA}member"
    }


# ---- Pages ----


@pytest.mark.parametrize("where", ["site", "remote"])
def test_all_pages_together_hold_every_statement_from_and_to_the_thing(
    site: str, where: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue(where)
    found = pages(url)
    assert len(found) > 1
    thing = f"{site}/id/source/berlin-metropolis"
    for query in (f"CONSTRUCT WHERE {{ <{thing}> ?p ?o }}", f"CONSTRUCT WHERE {{ ?s ?p <{thing}> }}"):
        expected = triples(f"{site}/sparql?{urlencode({'format': 'nt', 'query': query})}")
        assert len(expected) > 5
        assert expected <= set().union(*found)


def test_all_pages_together_hold_what_is_said_of_each_claim(site: str) -> None:
    together = set().union(*pages(site))
    graph = rdflib.Graph().parse(data="\n".join(f"{each} ." for each in together), format="nt")
    source, ns = rdflib.URIRef(f"{site}/id/source/berlin-metropolis"), rdflib.Namespace(f"{site}/ns#")
    claims = set(graph.objects(source, rdflib.SDO.subjectOf))
    assert claims == {each for each in graph.subjects(None, source) if (each, rdflib.RDF.type, ns.Claim) in graph}
    assert len(claims) > 30
    for claim in claims:
        assert graph.value(claim, rdflib.DCTERMS.isPartOf), claim
        assert all(graph.value(each, rdflib.RDF.type) for each in graph.objects(claim, ns.evidence)), claim
        assert all(graph.value(each, rdflib.RDF.type) for each in graph.objects(claim, rdflib.TIME.hasTime)), claim


def test_a_page_tells_the_same_of_a_claim_as_a_document_that_is_whole(site: str) -> None:
    """Müller's document is whole; what it says of his claims stands on the pages of their source as well."""
    whole, paged = triples(f"{site}{FEW}.nt"), set().union(*pages(site))
    shared = {each.object for each in whole if each.predicate.value == "https://schema.org/subjectOf"}
    shared &= {each.object for each in paged if each.predicate.value == "https://schema.org/subjectOf"}
    assert len(shared) > 3
    assert {each for each in whole if each.subject in shared} <= paged


def test_pages_have_fifty_linked_things_none_of_them_twice(site: str) -> None:
    members = [[each.object for each in page if each.predicate.value == f"{HYDRA}member"] for page in pages(site)]
    assert [len(each) for each in members][:-1] == [50] * (len(members) - 1)
    flat = [member for page in members for member in page]
    assert len(flat) == len(set(flat))


def test_a_page_says_in_rdf_which_of_how_many_it_is(site: str) -> None:
    document = rdflib.URIRef(f"{site}{MANY}")
    first, second = (rdflib.Graph().parse(f"{site}{MANY}.ttl{fields}") for fields in ("", "?page=2"))
    for number, graph in enumerate((first, second), 1):
        view = rdflib.URIRef(f"{document}?page={number}")
        assert (document, rdflib.RDF.type, HYDRAS.Collection) in graph
        assert (document, HYDRAS.view, view) in graph
        assert (view, rdflib.RDF.type, HYDRAS.PartialCollectionView) in graph
        assert int(str(graph.value(document, HYDRAS.totalItems))) > 100
        assert graph.value(view, HYDRAS.first) == rdflib.URIRef(f"{document}?page=1")
    assert first.value(rdflib.URIRef(f"{document}?page=1"), HYDRAS.next) == rdflib.URIRef(f"{document}?page=2")
    assert first.value(None, HYDRAS.previous) is None
    assert second.value(rdflib.URIRef(f"{document}?page=2"), HYDRAS.previous) == rdflib.URIRef(f"{document}?page=1")
    assert second.value(rdflib.URIRef(f"{document}?page=2"), rdflib.FOAF.primaryTopic)


def test_a_page_says_in_its_links_which_of_how_many_it_is(site: str) -> None:
    first, second = ask(site + MANY).headers["link"], ask(f"{site}{MANY}?page=2").headers["link"]
    assert f'<{site}{MANY}>; rel="first"' in first
    assert f'<{site}{MANY}?page=2>; rel="next"' in first
    assert 'rel="prev"' not in first
    assert f'<{site}{MANY}>; rel="prev"' in second
    assert 'rel="last"' in second


def test_a_source_has_all_its_claims_on_one_page_for_people_and_says_so_on_the_others(site: str) -> None:
    first, second = (ask(f"{site}{MANY}{fields}", "text/html").body.decode() for fields in ("", "?page=2"))
    assert first.count('<li class="told') > 40
    assert 'rel="next"' not in first.partition("<main")[2]
    assert '<li class="told' not in second
    assert f'<a href="{MANY}" rel="last">' in second


def test_a_source_is_told_to_people_from_a_remote_store_as_from_a_release(site: str, remote: str) -> None:
    told = re.compile(r'<section (?:class="source-about"|id="page").*</main>', re.DOTALL)
    for path in (MANY, f"{MANY}?at=2018-03-15", "/doc/source/wikidata", "/sources"):
        here, there = (told.search(ask(f"{url}{path}", "text/html").body.decode()) for url in (site, remote))
        assert here
        assert there
        assert here[0] == there[0], path


def test_a_document_of_one_page_says_nothing_of_pages(site: str) -> None:
    answer = ask(f"{site}{FEW}.nt")
    assert b"hydra" not in answer.body
    assert 'rel="first"' not in ask(site + FEW).headers["link"]
    assert b'class="pages"' not in ask(f"{site}{FEW}.html").body


def test_the_first_page_is_the_document(site: str) -> None:
    for path in (MANY, FEW):
        named = ask(f"{site}{path}?page=1", "text/turtle")
        assert named.body == ask(f"{site}{path}", "text/turtle").body
        assert named.headers["content-location"] == f"{site}{path}.ttl"


def test_beyond_the_last_page_is_404_that_says_how_many_there_are(site: str, remote: str) -> None:
    for url in (site, remote):
        for path, fields, number in ((MANY, "", None), (FEW, "", 1), (FEW, "at=2018-03-15&", 1), ("/doc/ns", "", 1)):
            problem = ask(f"{url}{path}?{fields}page=987654321")
            assert problem.status == 404
            assert problem.json()["type"] == f"{site}/problem/page-unknown"
            assert problem.json()["pages"] == number or (number is None and problem.json()["pages"] > 1)
        assert ask(f"{url}/doc/place/nowhere?page=2").json()["type"] == f"{site}/problem/thing-unknown"


@pytest.mark.parametrize("wrong", ["page=0", "page=x", "page=2&page=3", "page=", "page=-1", "page=02", "page=1e1",
                                   "page=%D9%A2", "page=1.0", "page=99999999999999999999"])  # fmt: skip
def test_what_is_no_number_of_a_page_is_400_that_names_the_form(site: str, wrong: str) -> None:
    for path in (MANY, FEW, f"{FEW}.ttl", "/linkset/place/berlin"):
        problem = ask(f"{site}{path}?{wrong}")
        assert (problem.status, problem.json()["parameter"]) == (400, "page")
        assert "the number of a page, such as 2" in problem.json()["expected"]


def test_pages_of_a_remote_store_are_the_same(site: str, remote: str) -> None:
    here, there = pages(site), pages(remote)
    assert [own(each, site) for each in there] == [own(each, site) for each in here]


# ---- A day ----


def days() -> list[str]:
    """Return days around which something begins or ends in the data, and some far from any."""
    turns = [
        "1985-01-01", "1991-12-31", "2014-01-01", "2017-11-30", "2018-07-17", "2018-08-27", "2018-08-31", "2020-11-30",
        "2021-12-21",
    ]  # fmt: skip
    around = {date.fromisoformat(turn) + step for turn in turns for step in (-DAY, 0 * DAY, DAY)}
    return sorted(each.isoformat() for each in {*around, date(1900, 1, 1), date(2050, 1, 1)})


def certainties(url: str, site: str, at: str) -> dict[str, str]:
    """Return claim → how certain, as a document of the day marks it."""
    names = {f"{site}/ns#certainOn": "certain", f"{site}/ns#possibleOn": "possible"}
    marked = [each for each in triples(f"{url}.nt?at={at}") if each.predicate.value in names]
    assert all(each.object.value == at for each in marked)  # type: ignore[union-attr] # a literal
    return {each.subject.value: names[each.predicate.value] for each in marked}  # type: ignore[union-attr] # an IRI


@pytest.mark.parametrize("thing", ["organisation/metropolis", "organisation/land-berlin", "person/michael-mueller",
                                   "post/governing-mayor-berlin", "event/metropolis-annual-meeting-2018"])  # fmt: skip
def test_e13_what_held_is_what_the_stored_query_says(site: str, thing: str) -> None:
    everything = ask(f"{site}/doc/{thing}.nt").body.decode()
    seen = 0
    for at in days():
        rows = ask(f"{site}/query/state-at?thing={thing}&at={at}&format=json").json()["results"]["bindings"]
        asked = {row["claim"]["value"]: row["certainty"]["value"] for row in rows}
        asked = {claim: word for claim, word in asked.items() if word != "last known"}
        told = certainties(f"{site}/doc/{thing}", site, at)
        own_claim = f"{site}/id/{thing}"  # an event is a claim itself, of which the query does not tell
        beyond = {claim for claim in told if claim not in asked} - {own_claim}
        assert {claim: told.get(claim) for claim in asked} == asked, at
        assert all(f"<{claim}>" in everything for claim in beyond), at
        assert not any(_is_told_by_the_query(everything, claim, own_claim) for claim in beyond), at
        seen += len(asked)
    assert seen > 10


def _is_told_by_the_query(everything: str, claim: str, thing: str) -> bool:
    """Tell whether the claim has evidence and one of the links to the thing that the stored query follows."""
    names = (
        "org#member>", "org#organization>", "ns#post>", "ns#countOf>", "ns#elected>", "ns#participant>", "ns#event>",
        "ns#dates>", "schema.org/about>", "schema.org/organizer>", "schema.org/superEvent>",
    )  # fmt: skip
    lines = [line.split(" ") for line in everything.splitlines() if line.startswith(f"<{claim}> ")]
    linked = any(line[1].endswith(names) and line[2] == f"<{thing}>" for line in lines)
    return linked and any(line[1].endswith("ns#evidence>") for line in lines)


def test_e13_only_claims_that_held_are_told_and_all_that_is_told_of_one_is_whole(site: str) -> None:
    whole, dated = (triples(f"{site}{FEW}.nt{fields}") for fields in ("", "?at=2018-08-28"))
    subject_of = "https://schema.org/subjectOf"
    all_claims, held = ({each.object for each in told if each.predicate.value == subject_of} for told in (whole, dated))
    assert held < all_claims
    assert {each for each in whole if each.subject in held} <= dated
    left_out = all_claims - held
    assert not [each for each in dated if each.subject in left_out and "label" not in each.predicate.value]
    thing = ox.NamedNode(f"{site}/id/person/michael-mueller")
    assert not [each for each in dated if each.subject == thing and each.object in left_out]


@pytest.mark.parametrize("at", ["1900-01-01", "2018-08-28"])
def test_e13_what_a_claim_says_itself_stays_whole_on_any_day(site: str, remote: str, at: str) -> None:
    claims = ("participation/gauteng-province-annual-meeting-2018", "tenure/governing-mayor-interim-president-2017",
              "event/metropolis-annual-meeting-2018")  # fmt: skip
    of_other_claims = {"https://schema.org/subjectOf", f"{site}/ns#certainOn", f"{site}/ns#possibleOn"}
    for claim in claims:
        told = []
        for url in (f"{site}/doc/{claim}.nt", f"{site}/doc/{claim}.nt?at={at}", f"{remote}/doc/{claim}.nt?at={at}"):
            thing = ox.NamedNode(f"{site}/id/{claim}")
            said = {each for each in own(triples(url), site) if each.subject == thing}
            told.append({each for each in said if each.predicate.value not in of_other_claims})
        assert told[0] == told[1] == told[2]
        assert len(told[0]) > 5


def test_e13_pages_of_a_day_hold_what_held_and_no_more(site: str, remote: str) -> None:
    for url in (site, remote):
        for at in ("1900-01-01", "2018-08-28"):
            together = set().union(*pages(url, f"at={at}"))
            claims = {each.object.value for each in together if each.predicate.value == "https://schema.org/subjectOf"}  # type: ignore[union-attr] # IRIs
            marked = {each.subject.value for each in together if each.predicate.value in
                      (f"{site}/ns#certainOn", f"{site}/ns#possibleOn")}  # type: ignore[union-attr] # IRIs # fmt: skip
            assert claims == marked
            assert bool(claims) == (at != "1900-01-01")


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ("as of 28 August 2018", "certain or possible then: ", "left out: ")),
     ("de", ("Stand 28. August 2018", "sicher oder möglich waren: ", "weggelassen: "))],
)  # fmt: skip
def test_e13_a_page_says_for_which_day_it_is_and_what_it_leaves_out(
    site: str, language: str, said: tuple[str, ...]
) -> None:
    page = ask(f"{site}{FEW}?at=2018-08-28", "text/html", accept_language=language).body.decode()
    assert all(words in page for words in said)
    assert f'<a href="{FEW}">' in page
    assert 'value="2018-08-28"' in page
    claims = sum(page.count(f'<span class="badge {word}">') for word in ("certain", "possible"))
    assert claims == page.count('<details class="claim') > 0
    assert not any(f"<dt>{name}</dt>" in page for name in ("certain on", "possible on", "sicher am", "möglich am"))


def test_e13_a_day_is_kept_on_the_way_to_other_formats_and_pages(site: str) -> None:
    page = ask(f"{site}{MANY}?at=2018-08-28", "text/html").body.decode()
    assert f'href="{MANY}.ttl?at=2018-08-28"' in page
    linkset = ask(f"{site}/linkset/source/berlin-metropolis?at=2018-08-28").json()["linkset"]
    assert linkset[0]["anchor"] == f"{site}{MANY}?at=2018-08-28"
    assert f"{site}{MANY}.ttl?at=2018-08-28" in {each["href"] for each in linkset[0]["describedby"]}


def test_schema_org_has_no_parts(site: str) -> None:
    for fields in ("at=2018-03-15", "page=2"):
        problem = ask(f"{site}{MANY}?profile=schema&{fields}")
        assert (problem.status, problem.json()["parameter"]) == (400, fields.partition("=")[0])
