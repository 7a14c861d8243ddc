"""The shapes at their own IRIs: in every RDF syntax, whole or one by one, and as pages to read."""

import re
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from pyld import jsonld

from history import links
from metropolis_kg.content import Content
from metropolis_kg.curation.release import Releases
from metropolis_kg.curation.shapes import read_shapes
from metropolis_kg.model.namespaces import SH
from metropolis_kg.publication.media_types import GRAPHS, JSON_LD
from metropolis_kg.store.results import GRAPH_FORMATS
from servers import Answer, ask, free_port, served

NODES = ["shapes", "shapes/Tenure", "shapes/Evidence-text-kind", "shapes/Evidence-unused", "shapes/group-time",
         "shapes/Tenure-role-in-scheme-select"]  # fmt: skip
VALIDATOR = """
import sys, rdflib, pyshacl
data, shapes = rdflib.Graph(), rdflib.Graph().parse(f"{sys.argv[2]}/doc/shapes.ttl")
for s, p, o, _ in rdflib.Dataset().parse(sys.argv[1], format="nquads").quads():
    data.add((s, p, o))
tenure = rdflib.URIRef(f"{sys.argv[2]}/id/tenure/governing-mayor-interim-president-2017")
for predicate in (None, rdflib.ORG.role):
    if predicate:
        data.set((tenure, predicate, rdflib.URIRef("http://example.org/role")))
    print(pyshacl.validate(data, shacl_graph=shapes, focus_nodes=[tenure], allow_infos=True, allow_warnings=True)[0])
"""
"""Validates one tenure by pySHACL, and once more with a role that only a rule in SPARQL finds wrong."""

DESCRIBES_DOCUMENT = re.compile(r"/doc/shapes|isPrimaryTopicOf|shapesGraph|/shapes/> ")


def canonical(answer: Answer, media_type: str) -> ox.Dataset:
    """Return what a document says, equal to another exactly when the graphs are isomorphic."""
    body = answer.body
    if media_type == JSON_LD.media_type:
        body, media_type = (
            jsonld.to_rdf(answer.json(), {"format": "application/n-quads"}).encode(),
            "application/n-quads",
        )
    dataset = ox.Dataset(ox.parse(body, format=GRAPH_FORMATS[media_type]))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


@pytest.mark.parametrize("accept", ["text/turtle", "text/html,*/*;q=0.8", None])
@pytest.mark.parametrize(
    ("path", "document"),
    [("/shapes/", "/doc/shapes"), *((f"/{node}", f"/doc/{node}") for node in NODES[1:])],
)
def test_the_iri_of_a_shape_leads_to_the_document_about_it(
    site: str, path: str, document: str, accept: str | None
) -> None:
    answer = ask(site + path, accept)
    assert (answer.status, answer.headers["location"]) == (303, site + document)
    assert "Accept" in answer.headers["vary"]
    assert ask(site + document, accept).status == 200


def test_every_node_of_the_shapes_that_has_an_iri_has_a_document(site: str, content: Content) -> None:
    shapes = read_shapes(content, f"{site}/")
    nodes = {subject.value for subject, _, _ in shapes.statements if isinstance(subject, ox.NamedNode)}
    nodes = {node for node in nodes if node.startswith(f"{site}/shapes/")}
    assert len(nodes) > 200
    assert [node for node in nodes if ask(node).status != 303] == []


@pytest.mark.parametrize("node", NODES)
def test_e16_every_format_of_a_shape_is_the_same_graph(site: str, node: str) -> None:
    graphs = {
        syntax.name: canonical(ask(f"{site}/doc/{node}.{syntax.extension}"), syntax.media_type) for syntax in GRAPHS
    }
    assert len(graphs["Turtle"]) > 5
    assert [name for name, graph in graphs.items() if graph != graphs["Turtle"]] == []


@pytest.mark.parametrize("form", ["expanded", "flattened", "compacted"])
def test_j2_each_form_of_json_ld_is_the_same_graph(site: str, form: str) -> None:
    answer = ask(f"{site}/doc/shapes/Evidence", f'application/ld+json;profile="http://www.w3.org/ns/json-ld#{form}"')
    assert answer.status == 200
    assert isinstance(answer.json(), list) == (form == "expanded")
    turtle = canonical(ask(f"{site}/doc/shapes/Evidence.ttl"), "text/turtle")
    assert canonical(answer, JSON_LD.media_type) == turtle


def test_the_whole_graph_is_what_the_files_say_and_the_prefixes_its_queries_need(site: str, content: Content) -> None:
    shapes = read_shapes(content, f"{site}/")
    expected = ox.Dataset(ox.Quad(*statement) for statement in shapes.statements)
    expected.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    served_graph = {str(quad) for quad in canonical(ask(f"{site}/doc/shapes.nt"), "application/n-triples")}
    assert {str(quad) for quad in expected} <= served_graph
    beside = served_graph - {str(quad) for quad in expected}
    assert [quad for quad in beside if not DESCRIBES_DOCUMENT.search(quad)] == []


def test_a_validator_that_downloads_shapes_and_data_finds_what_is_wrong_and_nothing_else(
    site: str, site_var: Path
) -> None:
    release = Releases(site_var).current()
    assert release
    command = [sys.executable, "-c", VALIDATOR, str(release.path / "dataset.nq"), site]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.split() == ["True", "False"], done.stderr[-1000:]


def test_a_document_about_a_shape_has_its_rules_queries_groups_and_licence(site: str) -> None:
    graph = rdflib.Graph().parse(f"{site}/doc/shapes/Tenure.ttl")
    shape, sh = rdflib.Namespace(f"{site}/shapes/"), rdflib.Namespace(SH)
    assert (shape["Tenure-member"], sh.minCount, rdflib.Literal(1)) in graph
    assert "skos:inScheme" in str(graph.value(shape["Tenure-role-in-scheme-select"], sh.select))
    assert graph.value(shape["group-time"], rdflib.RDFS.label)
    assert not list(graph.triples((shape["Claim"], None, None)))
    document = rdflib.URIRef(f"{site}/doc/shapes/Tenure")
    assert graph.value(document, rdflib.FOAF.primaryTopic) == shape["Tenure"]
    assert str(graph.value(document, rdflib.DCTERMS.license)).startswith("https://creativecommons.org/")


def test_turtle_is_written_with_lists_and_paths_as_people_write_them(site: str) -> None:
    evidence = ask(f"{site}/doc/shapes/Evidence.ttl").body
    assert b"sh:in ( mkg:BodyText mkg:Caption mkg:AlternativeText mkg:TableRow )" in evidence
    assert b"sh:path [ sh:inversePath mkg:evidence ]" in evidence


@pytest.mark.parametrize("path", ["/shapes/Nobody", "/doc/shapes/Nobody", "/doc/shapes/Nobody.ttl", "/doc/shapes.doc",
    "/doc/shapes/Tenure.doc", "/shapes/%3Cscript%3E", "/shapes/%FF", "/shapes/%00", "/shapes/a%20b", "/shapes/Tenure/",
    "/shapes/..%2Fns", "/doc/shapes/tenure"])  # fmt: skip
def test_e8_what_is_no_shape_is_unknown(site: str, path: str) -> None:
    answer = ask(site + path)
    assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.headers["access-control-allow-origin"] == "*"


def test_l1_a_document_about_a_shape_links_to_the_shape_its_formats_and_its_licence(site: str) -> None:
    for path in ("/doc/shapes/Tenure", "/doc/shapes/Tenure.html", "/doc/shapes/Tenure.ttl?at=2018-01-01"):
        found = links(ask(site + path).headers["link"])
        assert [link.target for link in found["cite-as"]] == [f"{site}/shapes/Tenure"]
        assert [link.target for link in found["describedby"]] == [
            f"{site}/doc/shapes/Tenure.{syntax.extension}" for syntax in GRAPHS
        ]
        assert [link.target for link in found["license"]] == ["https://creativecommons.org/licenses/by/4.0/"]


def test_the_graph_has_one_address(site: str) -> None:
    answer = ask(f"{site}/shapes")
    assert (answer.status, answer.headers["location"]) == (308, f"{site}/shapes/")


@pytest.mark.parametrize("path", ["/doc/shapes", "/doc/shapes/Tenure.ttl", "/doc/shapes/Tenure.html?lang=de"])
def test_c2_who_has_a_shape_gets_304(site: str, path: str) -> None:
    first = ask(site + path, "text/turtle")
    for _ in range(6):  # by either worker, which may have it ready or not
        again = ask(site + path, "text/turtle", if_none_match=first.headers["etag"])
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
        assert again.headers.get("link") == first.headers.get("link")


def test_what_processes_write_is_the_same_to_the_byte(site: str) -> None:
    bodies = {ask(f"{site}/doc/shapes/Evidence.{extension}").body for extension in ("ttl",) for _ in range(20)}
    assert len(bodies) == 1


def test_e6_a_profile_that_shapes_do_not_have_is_ignored_in_accept(site: str) -> None:
    answer = ask(f"{site}/doc/shapes/Tenure", 'application/ld+json;profile="https://schema.org/"')
    assert (answer.status, answer.headers["content-type"]) == (200, "application/ld+json")


def test_c1_other_shapes_have_other_entity_tags(site_var: Path, workspace: Path, port: int) -> None:
    def tag(root: Path | None) -> str:
        with served(site_var, free_port(), **({"METROPOLIS_KG_ROOT": str(root)} if root else {})) as url:
            return ask(f"{url}/doc/shapes/Person.ttl").headers["etag"]

    before = tag(workspace)
    with (workspace / "shapes" / "person.ttl").open("a", encoding="utf-8") as file:
        file.write('\nshape:Person rdfs:label "personne"@fr .\n')
    assert tag(workspace) != before


@pytest.mark.parametrize(("language", "words"), [("en", ["Rules", "violation", "A tenure has exactly one holder"]),
    ("de", ["Regeln", "Fehler", "Eine Amtszeit hat genau einen Inhaber"])])  # fmt: skip
def test_a_page_has_names_numbers_severities_messages_and_queries(site: str, language: str, words: list[str]) -> None:
    answer = ask(f"{site}/doc/shapes/Tenure", "text/html", accept_language=language)
    page = answer.body.decode()
    assert answer.headers["content-language"] == language
    assert [word for word in words if word not in page] == []
    for anchor in ("Tenure-member", "Tenure-role-in-scheme-select"):
        assert f'id="{anchor}"' in page
    assert "FILTER NOT EXISTS { ?value skos:inScheme scheme:roles }" in page
    assert page.index("Tenure-member") < page.index("Tenure-organisation") < page.index("Tenure-undated")


@pytest.mark.parametrize("node", NODES)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_page_of_shapes_links_to_its_formats(site: str, node: str, language: str) -> None:
    page = ask(f"{site}/doc/{node}.html?lang={language}").body.decode()
    for syntax in GRAPHS:
        assert f'href="/doc/{node}.{syntax.extension}"' in page


def test_the_index_lists_every_shape_with_what_it_applies_to(site: str, content: Content) -> None:
    page = ask(f"{site}/doc/shapes.html?lang=en").body.decode()
    for shape in read_shapes(content).targeting:
        assert f'id="{str(shape.node)[1:-1].rsplit("/", 1)[-1]}"' in page
    assert 'href="/doc/ns?lang=en#Tenure"' in page
