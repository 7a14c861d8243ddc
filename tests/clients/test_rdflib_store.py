"""rdflib with our endpoint as its store: graphs that are not here, asked as if they were."""

import warnings
from collections.abc import Iterator

import pytest
from questions import LEADER, PERSONS, Questions
from rdflib import RDF, ConjunctiveGraph, Graph, Literal, URIRef
from rdflib.namespace import FOAF
from rdflib.plugins.stores.sparqlstore import SPARQLStore


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The store still uses what rdflib has deprecated elsewhere."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def opened(questions: Questions, method: str = "GET", returned: str = "xml") -> Graph:
    """Return the default graph of the endpoint."""
    return Graph(SPARQLStore(f"{questions.base}sparql", method=method, returnFormat=returned))


@pytest.fixture(params=["GET", "POST", "POST_FORM"])
def graph(request: pytest.FixtureRequest, questions: Questions) -> Graph:
    """The default graph, asked in each of the three ways."""
    return opened(questions, method=request.param)


def test_a_store_by_name_is_opened(questions: Questions) -> None:
    graph = Graph(store="SPARQLStore")
    graph.open(f"{questions.base}sparql")
    assert (URIRef(questions.mueller), RDF.type, URIRef(f"{questions.base}ns#Person")) in graph


@pytest.mark.parametrize("returned", ["xml", "json", "csv", "tsv"])
def test_select_gives_rows(questions: Questions, returned: str) -> None:
    rows = opened(questions, returned=returned).query(questions.leader)
    assert [tuple(str(term) for term in row) for row in rows] == [LEADER]  # type: ignore[union-attr]


def test_ask_and_construct(graph: Graph, questions: Questions) -> None:
    assert graph.query(questions.known).askAnswer is True
    assert graph.query(questions.unknown).askAnswer is False
    constructed = graph.query(questions.persons).graph
    assert constructed is not None
    assert len(set(constructed.subjects(FOAF.name, None))) == PERSONS


def test_triples_are_found_by_pattern(graph: Graph, questions: Questions) -> None:
    mueller, person = URIRef(questions.mueller), URIRef(f"{questions.base}ns#Person")
    assert {subject for subject, _, _ in graph.triples((None, RDF.type, person))} >= {mueller}
    assert len(set(graph.subjects(RDF.type, person))) == PERSONS
    assert Literal("Michael Müller", lang="de") in set(graph.objects(mueller, FOAF.name))
    assert list(graph.triples((mueller, FOAF.name, Literal('"} #')))) == []


def test_its_length_is_that_of_the_union(graph: Graph) -> None:
    [[count]] = graph.query("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")  # type: ignore[misc]
    assert len(graph) == int(count) > 1000


def test_a_binding_given_beforehand_is_a_term(graph: Graph, questions: Questions) -> None:
    query = f"{questions.prologue}\nSELECT ?name WHERE {{ ?s foaf:name ?name }}"
    names = graph.query(query, initBindings={"s": URIRef(questions.mueller)})
    assert {str(row[0]) for row in names} == {"Michael Müller"}  # type: ignore[index]


def test_contexts_are_the_named_graphs(questions: Questions) -> None:
    whole = ConjunctiveGraph(SPARQLStore(f"{questions.base}sparql"))
    names = {str(context.identifier) for context in whole.contexts()}
    assert f"{questions.base}graph/berlin-metropolis" in names
    assert len(names) > 10
    stating = whole.contexts((URIRef(questions.mueller), FOAF.name, None))
    assert {str(context.identifier) for context in stating} == {f"{questions.base}graph/berlin-metropolis"}


def test_one_context_has_its_own_statements_only(questions: Questions) -> None:
    store = SPARQLStore(f"{questions.base}sparql")
    geonames = Graph(store, identifier=URIRef(f"{questions.base}graph/geonames"))
    assert 10 < len(geonames) < 100
    assert not list(geonames.triples((URIRef(questions.mueller), None, None)))


def test_a_mistake_is_an_error_and_not_an_empty_answer(questions: Questions) -> None:
    with pytest.raises(ValueError, match="SPARQL query"):
        opened(questions).query("SELECT * WHERE { ?s ?p }")
