"""SPARQLWrapper, the client most written about for Python, as its documentation shows it."""

import warnings
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from xml.dom.minidom import Document

import pytest
import rdflib
from questions import LEADER, PERSONS, Questions
from rdflib import RDF, URIRef
from rdflib.namespace import FOAF
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    POST,
    POSTDIRECTLY,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
    SPARQLWrapper2,
)
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed, URITooLong

WAYS = [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)]
each_way = pytest.mark.parametrize(("method", "encoding"), WAYS, ids=["GET", "POST form", "POST query"])


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """SPARQLWrapper still uses what rdflib has deprecated."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def asked(questions: Questions, query: str, method: str, encoding: str, wanted: str) -> Any:
    """Return what SPARQLWrapper makes of the answer."""
    wrapper = SPARQLWrapper(f"{questions.base}sparql")
    wrapper.setMethod(method)
    wrapper.setRequestMethod(encoding)
    wrapper.setQuery(query)
    wrapper.setReturnFormat(wanted)
    return wrapper.queryAndConvert()


@each_way
def test_it_selects_in_every_format(questions: Questions, method: str, encoding: str) -> None:
    way = method, encoding
    [row] = asked(questions, questions.leader, *way, JSON)["results"]["bindings"]
    assert (row["holder"]["value"], row["role"]["value"]) == LEADER
    document: Document = asked(questions, questions.leader, *way, XML)
    assert [node.firstChild.nodeValue for node in document.getElementsByTagName("literal")] == list(LEADER)  # type: ignore[union-attr]
    assert asked(questions, questions.leader, *way, CSV).decode().split("\r\n")[1] == ",".join(LEADER)
    assert asked(questions, questions.leader, *way, TSV).decode().split("\n")[1].split("\t")[0] == f'"{LEADER[0]}"@en'


@each_way
def test_it_asks(questions: Questions, method: str, encoding: str) -> None:
    for query, is_so in ((questions.known, True), (questions.unknown, False)):
        assert asked(questions, query, method, encoding, JSON)["boolean"] is is_so
        document: Document = asked(questions, query, method, encoding, XML)
        assert document.getElementsByTagName("boolean")[0].firstChild.nodeValue == str(is_so).lower()  # type: ignore[union-attr]


@each_way
@pytest.mark.parametrize("wanted", [TURTLE, JSONLD, RDFXML, XML])
def test_it_constructs_in_every_format(questions: Questions, method: str, encoding: str, wanted: str) -> None:
    """By default it sends ``format=turtle`` and the like beside its Accept header."""
    answer = asked(questions, questions.persons, method, encoding, wanted)
    graph = rdflib.Graph().parse(data=answer) if isinstance(answer, bytes) else answer
    assert len(set(graph.subjects(FOAF.name, None))) == PERSONS
    assert "Michael Müller" in {str(name) for name in graph.objects(URIRef(questions.mueller), FOAF.name)}


def test_it_describes(questions: Questions) -> None:
    graph = asked(questions, f"DESCRIBE <{questions.mueller}>", GET, URLENCODED, RDFXML)
    assert (URIRef(questions.mueller), RDF.type, URIRef(f"{questions.base}ns#Person")) in graph


def test_its_second_form_gives_bindings(questions: Questions) -> None:
    wrapper = SPARQLWrapper2(f"{questions.base}sparql")
    wrapper.setQuery(questions.leader)
    assert [row["holder"].value for row in wrapper.query().bindings] == [LEADER[0]]


def test_it_names_the_dataset(questions: Questions) -> None:
    wrapper = SPARQLWrapper(f"{questions.base}sparql", defaultGraph=f"{questions.base}graph/geonames")
    wrapper.setReturnFormat(JSON)
    wrapper.setQuery("ASK { ?person a mkg:Person }")
    assert wrapper.queryAndConvert()["boolean"] is False


@each_way
def test_a_mistake_in_the_query_is_its_own_exception_with_our_reason(
    questions: Questions, method: str, encoding: str
) -> None:
    with pytest.raises(QueryBadFormed, match="line 1, column 18"):
        asked(questions, "SELECT * WHERE { ?s ?p }", method, encoding, JSON)


def test_other_errors_keep_their_status(questions: Questions) -> None:
    with pytest.raises(HTTPError) as refused:
        asked(questions, "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", GET, URLENCODED, JSON)
    assert refused.value.code == 403
    with pytest.raises(URITooLong):
        asked(questions, f"ASK {{}} #{'x' * 40_000}", GET, URLENCODED, JSON)
