"""The W3C's tests of SPARQL 1.1 Service Description, which are three sentences, and what ours says beyond them."""

from pathlib import Path

import pyshacl
import pytest
from http_manifests import SUITES, Counted, entries
from rdflib import RDF, RDFS, SH, VOID, Graph, Literal, Namespace, URIRef

from metropolis_kg.publication.media_types import GRAPHS, RESULTS
from servers import ask

SUITE = "SPARQL 1.1 Service Description"
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
SHAPES = Path(__file__).with_name("service_description.ttl")
TERMS = {"endpoint", "supportedLanguage", "languageExtension", "feature", "propertyFeature", "resultFormat"} | {
    "inputFormat", "extensionFunction", "extensionAggregate", "defaultEntailmentRegime", "entailmentRegime",
    "defaultSupportedEntailmentProfile", "supportedEntailmentProfile", "defaultDataset", "availableGraphs",
    "defaultGraph", "namedGraph", "name", "graph", "Service", "Dataset", "Graph", "NamedGraph", "GraphCollection",
    "SPARQL11Query", "UnionDefaultGraph", "BasicFederatedQuery",
}  # fmt: skip
"""The terms of the vocabulary that a service such as ours may use (section 3)."""


@pytest.fixture(scope="module")
def description(site: str) -> Graph:
    """What the endpoint says of itself."""
    return Graph().parse(data=ask(f"{site}/sparql").body, format="turtle")


def report(description: Graph) -> tuple[bool, str]:
    """Return whether a description keeps to the schema, and what is wrong with it."""
    conforms, _, text = pyshacl.validate(description, shacl_graph=Graph().parse(SHAPES), advanced=True)
    return bool(conforms), str(text)


def test_every_test_of_the_manifest_is_here(shared: Path) -> None:
    names = {entry.name for entry in entries(SUITES / "service-description" / "manifest.ttl")}
    assert names == {"returns-rdf", "has-endpoint-triple", "conforms-to-schema"}


def test_get_on_the_endpoint_returns_rdf(site: str, counted: Counted) -> None:
    counted(SUITE, "returns-rdf")
    for accept in (None, "*/*", *[syntax.media_type for syntax in GRAPHS]):
        answer = ask(f"{site}/sparql", accept)
        media_type = answer.headers["content-type"].partition(";")[0]
        assert answer.status == 200
        assert media_type == (accept if accept and accept != "*/*" else "text/turtle")
        assert len(Graph().parse(data=answer.body, format=media_type)) > 10 or media_type.endswith(("trig", "quads"))


def test_the_description_has_a_matching_endpoint_triple(site: str, description: Graph, counted: Counted) -> None:
    counted(SUITE, "has-endpoint-triple")
    assert list(description.objects(None, SD.endpoint)) == [URIRef(f"{site}/sparql")]


def test_the_description_conforms_to_the_schema(description: Graph, counted: Counted) -> None:
    counted(SUITE, "conforms-to-schema")
    used = {str(term) for triple in description for term in triple if str(term).startswith(SD)}
    assert {term.removeprefix(SD) for term in used} <= TERMS
    conforms, text = report(description)
    assert conforms, text


@pytest.mark.parametrize("subject", ["Service", "Dataset", "NamedGraph"])
def test_a_description_that_breaks_the_schema_is_found(description: Graph, subject: str) -> None:
    broken = Graph() + description
    broken.remove((None, RDF.type, SD[subject]))
    assert not report(broken)[0]


def test_the_union_is_the_default_graph_and_the_description_says_so_in_words(site: str, description: Graph) -> None:
    service, dataset = URIRef(f"{site}/sparql"), URIRef(f"{site}/dataset")
    union = description.value(dataset, SD.defaultGraph)
    assert (service, SD.defaultDataset, dataset) in description
    assert (service, SD.feature, SD.UnionDefaultGraph) in description
    for subject, said in ((service, {"de": "Vereinigung aller", "en": "union of all"}), (union, {"de": "", "en": ""})):
        words = {each.language: str(each) for each in description.objects(subject, RDFS.comment)}
        assert words.keys() == {"de", "en"}
        assert all(text in words[language] for language, text in said.items())


def test_what_the_endpoint_writes_is_what_the_description_lists(description: Graph) -> None:
    names = ["SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"]
    names += ["Turtle", "JSON-LD", "N-Triples", "N-Quads", "TriG", "RDF_XML"]
    assert len(names) == len(RESULTS) + len(GRAPHS)
    wanted = {f"http://www.w3.org/ns/formats/{name}" for name in names}
    assert {str(each) for each in description.objects(None, SD.resultFormat)} == wanted


def test_the_named_graphs_are_listed_with_their_sizes_and_addresses(site: str, description: Graph) -> None:
    query = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    answer = ask(f"{site}/sparql", method="POST", body=query.encode(), content_type="application/sparql-query")
    counts = {row["g"]["value"]: int(row["n"]["value"]) for row in answer.json()["results"]["bindings"]}
    graphs = {str(description.value(node, SD.name)): node for node in description.objects(None, SD.namedGraph)}
    assert graphs.keys() == counts.keys()
    for name, node in graphs.items():
        graph = description.value(node, SD.graph)
        assert description.value(graph, VOID.triples) == Literal(counts[name])
        answer = ask(str(graph))
        assert answer.status == 200, answer.body
        assert len(Graph().parse(data=answer.body, format="turtle")) == counts[name]


def test_the_shapes_are_shapes(description: Graph) -> None:
    """A guard of the guard: pySHACL says "conforms" when it finds no shape."""
    shapes = Graph().parse(SHAPES)
    assert len(list(shapes.subjects(RDF.type, SH.NodeShape))) == 9
    assert (None, RDF.type, SD.Service) in description
