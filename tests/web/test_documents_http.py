"""Documents: one graph in every format, chosen as asked, kept by those who have it."""

from urllib.parse import urlsplit

import pytest
import rdflib

from servers import ask

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
COMUNICA = "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,text/turtle;q=0.6,text/html;q=0.2"


def test_a_document_says_what_it_is_about_and_under_which_licence(site: str) -> None:
    graph = rdflib.Graph().parse(f"{site}/doc/person/michael-mueller.ttl")
    document = rdflib.URIRef(f"{site}/doc/person/michael-mueller")
    assert graph.value(document, rdflib.FOAF.primaryTopic) == rdflib.URIRef(f"{site}/id/person/michael-mueller")
    assert graph.value(document, rdflib.DCTERMS.license) == rdflib.URIRef(
        "https://creativecommons.org/licenses/by/4.0/"
    )
    assert graph.value(document, rdflib.VOID.inDataset) == rdflib.URIRef(f"{site}/dataset")
    assert rdflib.URIRef(f"{site}/id/source/berlin-metropolis") in graph.objects(document, rdflib.DCTERMS.source)
    assert graph.value(document, rdflib.DCTERMS.modified)


def test_a_document_without_claims_comes_from_the_dataset(site: str) -> None:
    for thing in ("topic/cities", "rule/election-establishes-tenure", "place/land-berlin"):
        graph = rdflib.Graph().parse(f"{site}/doc/{thing}.ttl")
        sources = list(graph.objects(rdflib.URIRef(f"{site}/doc/{thing}"), rdflib.DCTERMS.source))
        assert sources == [rdflib.URIRef(f"{site}/dataset")]


def test_a_document_has_claims_in_both_directions_with_quote_source_and_graph(site: str) -> None:
    ns = rdflib.Namespace(f"{site}/ns#")
    for thing in ("organisation/metropolis", "post/governing-mayor-berlin", "role/interim-president"):
        graph = rdflib.Graph().parse(f"{site}/doc/{thing}.ttl")
        claim = rdflib.URIRef(f"{site}/id/tenure/governing-mayor-interim-president-2017")
        assert (rdflib.URIRef(f"{site}/id/{thing}"), rdflib.SDO.subjectOf, claim) in graph
        quotes = [str(graph.value(each, ns.quote)) for each in graph.objects(claim, ns.evidence)]
        assert quotes == ["zuvor seit November 2017 Interimspräsident"]
        assert graph.value(claim, rdflib.DCTERMS.isPartOf) == rdflib.URIRef(f"{site}/graph/berlin-metropolis")
        interval = graph.value(claim, rdflib.TIME.hasTime)
        assert str(graph.value(interval, ns.startLatest)) == "2017-11-30"
        assert graph.value(rdflib.URIRef(f"{site}/id/role/interim-president"), rdflib.RDFS.label)


def test_rdflib_reads_a_thing_by_its_iri(site: str) -> None:
    graph = rdflib.Graph().parse(f"{site}/id/place/berlin")
    berlin = rdflib.URIRef(f"{site}/id/place/berlin")
    assert (berlin, rdflib.OWL.sameAs, rdflib.URIRef("http://www.wikidata.org/entity/Q64")) in graph


@pytest.mark.parametrize(
    ("accept", "extension", "content_type"),
    [
        (None, "ttl", "text/turtle; charset=utf-8"),
        ("*/*", "ttl", "text/turtle; charset=utf-8"),
        ("text/*", "ttl", "text/turtle; charset=utf-8"),
        ("Text/Turtle", "ttl", "text/turtle; charset=utf-8"),
        ("text/turtle;charset=utf-8", "ttl", "text/turtle; charset=utf-8"),
        ("text/turtle;q=0,*/*;q=.1", "jsonld", "application/ld+json"),
        ('application/ld+json;profile="urn:x:unknown"', "jsonld", "application/ld+json"),
        ("application/json", "jsonld", "application/json"),
        ("text/plain", "nt", "text/plain; charset=utf-8"),
        ("application/rdf+xml, text/rdf;q=0.6", "rdf", "application/rdf+xml"),
        ("application/n-triples", "nt", "application/n-triples"),
        (COMUNICA, "nq", "application/n-quads"),
        (BROWSER, "html", "text/html; charset=utf-8"),
        ("foo", "ttl", "text/turtle; charset=utf-8"),
        ("text/turtle;q=abc", "ttl", "text/turtle; charset=utf-8"),
        (", ".join(f"a/b{number};q=0.1" for number in range(500)) + ", text/html", "html", "text/html; charset=utf-8"),
    ],
)
def test_a_document_comes_in_the_format_that_fits(
    site: str, accept: str | None, extension: str, content_type: str
) -> None:
    answer = ask(f"{site}/doc/place/berlin", accept)
    assert answer.status == 200
    assert answer.headers["content-type"] == content_type
    assert answer.headers["content-location"].split("?")[0] == f"{site}/doc/place/berlin.{extension}"
    assert "Accept" in answer.headers["vary"]


@pytest.mark.parametrize("path", ["/doc/place/berlin.ttl", "/doc/place/berlin.html", "/", "/query/who-led"])
def test_a_client_that_has_it_gets_304(site: str, path: str) -> None:
    first = ask(site + path)
    tag = first.headers["etag"]
    assert tag.startswith('"')
    for known in (tag, f'"other", {tag}', f"W/{tag}"):
        again = ask(site + path, if_none_match=known)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["access-control-allow-origin"] == "*"
        assert again.headers["cache-control"] == first.headers["cache-control"]
        assert again.headers.get("vary") == first.headers.get("vary")
    assert ask(site + path, if_none_match='"other"').status == 200


@pytest.mark.parametrize("path", ["/doc/place/berlin.ttl", "/query/who-led", "/sparql?query=ASK%7B%7D"])
def test_who_wants_only_what_is_not_there_gets_412_and_nothing_to_keep(site: str, path: str) -> None:
    tag = ask(site + path).headers["etag"]
    for wanted in ('"zzz"', f"W/{tag}"):
        answer = ask(site + path, if_match=wanted)
        assert (answer.status, answer.headers["content-type"]) == (412, "application/problem+json")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json()["status"] == 412
        assert "etag" not in answer.headers
    for wanted in (tag, f'"zzz", {tag}', "*"):
        assert ask(site + path, if_match=wanted).status == 200
    assert ask(site + path, if_match=tag, if_none_match=tag).status == 304
    assert ask(f"{site}/doc/place/nowhere.ttl", if_match='"zzz"').status == 404


def test_star_matches_what_is_there_and_nothing_else(site: str) -> None:
    assert ask(f"{site}/doc/place/berlin.ttl", if_none_match="*").status == 304
    assert ask(f"{site}/doc/place/nowhere.ttl", if_none_match="*").status == 404


def test_entity_tags_differ_by_thing_format_and_language(site: str) -> None:
    extensions = ("ttl", "nt", "jsonld", "rdf", "html?lang=de", "html?lang=en")
    paths = [f"/doc/place/berlin.{extension}" for extension in extensions]
    tags = [ask(site + path).headers["etag"] for path in [*paths, "/doc/place/gauteng.ttl"]]
    assert len(set(tags)) == len(tags)


def test_the_context_is_published_under_a_version_that_never_changes(site: str) -> None:
    document = ask(f"{site}/doc/person/michael-mueller.jsonld").json()
    versioned = ask(document["@context"])
    assert versioned.status == 200
    assert versioned.headers["content-type"] == "application/ld+json"
    assert versioned.headers["access-control-allow-origin"] == "*"
    assert "immutable" in versioned.headers["cache-control"]
    assert ask(f"{site}/context.jsonld").body == versioned.body
    assert ask(f"{site}/context/000000000000.jsonld").status == 404


def test_json_ld_is_a_tree_with_the_keys_a_developer_would_type(site: str) -> None:
    document = ask(f"{site}/doc/person/michael-mueller.jsonld").json()
    assert document["id"] == f"{site}/id/person/michael-mueller"
    assert document["type"][0] == "Person"
    assert document["label"] == {"de": "Michael Müller", "en": "Michael Müller"}
    tenures = [claim for claim in document["claims"] if "Tenure" in claim["type"]]
    interim = next(claim for claim in tenures if claim["role"]["label"]["en"] == "interim president")
    assert interim["organization"]["label"]["de"] == "Metropolis"
    assert interim["evidence"][0]["quote"] == {"de": "derzeit Interimspräsident"}
    assert interim["attestedDuring"] == ["2018-08-24"]
    assert interim["interval"]["startLatest"] == "2018-08-24"
    assert {source["label"]["en"] for source in document["document"]["sources"]} >= {"Metropolis (page on berlin.de)"}


def test_no_key_of_the_context_means_something_else_than_the_own_term_of_that_name(site: str) -> None:
    context = ask(f"{site}/context.jsonld").json()["@context"]
    terms = {key: meant for key, meant in context.items() if key[0] != "@"}
    meanings = {key: meant if isinstance(meant, str) else meant["@id"] for key, meant in terms.items()}
    listed = ask(f"{site}/sparql?query=SELECT+?t+{{?t+rdfs:isDefinedBy+mkg:}}", "text/csv").body.decode().split()[1:]
    for term in listed:
        local = urlsplit(term).fragment
        hidden = meanings.get(local, term) != term
        assert not hidden or term in meanings.values(), f"the key {local} hides {term}, which needs a key of its own"
