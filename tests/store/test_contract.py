"""What every store promises, asked of both implementations."""

import csv
import io
import json
from collections.abc import Sequence

import pyoxigraph as ox
import pytest

from metropolis_kg.store.protocol import Bindings, QueryMalformedError, QueryRefusedError, QueryService, Term
from metropolis_kg.store.results import GRAPH_FORMATS, RESULT_FORMATS

JSON = "application/sparql-results+json"
XSD_DATE = ox.NamedNode("http://www.w3.org/2001/XMLSchema#date")
DESCRIBE_ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


def rows(
    service: QueryService, query: str, bindings: Bindings | None = None, **dataset: Sequence[str]
) -> list[list[str]]:
    """Return the rows of a SELECT as sorted lists of plain values."""
    answer = service.query(query, "text/csv", bindings=bindings or {}, **dataset).decode()
    return sorted(list(csv.reader(io.StringIO(answer)))[1:])


def test_the_default_graph_is_the_union_of_the_named_graphs(service: QueryService) -> None:
    assert rows(service, "SELECT ?name WHERE { ex:berlin ex:memberOf/ex:name ?name FILTER(LANG(?name) = 'de') }") == [
        ["Metropolis"]
    ]
    assert rows(service, "SELECT ?g WHERE { GRAPH ?g { ex:berlin ex:name ?name } }") == [["http://example.org/page"]]


def test_declared_prefixes_need_no_prefix_line_and_a_querys_own_win(service: QueryService) -> None:
    assert rows(service, "SELECT ?o WHERE { ex:berlin ex:memberOf ?o }") == [["http://example.org/metropolis"]]
    assert rows(service, "PREFIX ex: <http://elsewhere.org/> SELECT ?o WHERE { ex:berlin ?p ?o }") == []


@pytest.mark.parametrize("media_type", RESULT_FORMATS)
def test_select_and_ask_answer_in_every_results_syntax(service: QueryService, media_type: str) -> None:
    answer = service.query("SELECT ?o WHERE { ex:berlin ex:memberOf ?o }", media_type)
    assert b"http://example.org/metropolis" in answer
    assert b"true" in service.query("ASK WHERE { ex:berlin ex:memberOf ?o }", media_type)
    assert b"false" in service.query("ASK WHERE { ex:nobody ex:memberOf ?o }", media_type)


@pytest.mark.parametrize("media_type", GRAPH_FORMATS)
def test_construct_answers_in_every_rdf_syntax_with_the_same_graph(service: QueryService, media_type: str) -> None:
    answer = service.query(DESCRIBE_ALL, media_type)
    triples = {quad.triple for quad in ox.parse(answer, format=GRAPH_FORMATS[media_type])}
    expected = service.query(DESCRIBE_ALL, "application/n-triples")
    assert triples == {quad.triple for quad in ox.parse(expected, format=ox.RdfFormat.N_TRIPLES)}
    assert len(triples) == 5


def test_describe_answers_with_what_is_said_of_the_thing(service: QueryService) -> None:
    assert service.query("DESCRIBE ex:berlin", "application/n-triples").count(b"\n") == 3


def test_turtle_declares_the_prefixes_it_uses_and_no_others(service: QueryService) -> None:
    turtle = service.query("CONSTRUCT WHERE { ex:berlin ex:memberOf ?o }", "text/turtle").decode()
    assert "@prefix ex: <http://example.org/> ." in turtle
    assert "xsd" not in turtle


@pytest.mark.parametrize(
    "term",
    [
        ox.Literal("Berlin", language="de"),
        ox.Literal('a "quoted" name } ?at'),
        ox.Literal("1991-01-01", datatype=XSD_DATE),
        ox.NamedNode("http://example.org/metropolis"),
    ],
)
def test_a_binding_is_a_term_and_never_text(service: QueryService, term: Term) -> None:
    found = rows(service, "SELECT ?p WHERE { ?s ?p ?value FILTER(?value = ?at) }", {"at": term})
    assert len(found) == 1


@pytest.mark.parametrize(
    "hostile", ['"} INSERT DATA { <a:a> <a:a> <a:a> } #', "' } UNION { ?s ?p ?o", "\\", '"""', "\n} #", "?at", "\u0000"]
)
def test_a_hostile_argument_finds_nothing_and_breaks_nothing(service: QueryService, hostile: str) -> None:
    assert rows(service, "SELECT ?s WHERE { ?s ?p ?o FILTER(?o = ?at) }", {"at": ox.Literal(hostile)}) == []


def test_bindings_reach_filters_optionals_and_binds_of_the_outermost_group(service: QueryService) -> None:
    query = """SELECT ?day ?since WHERE {
      ex:berlin ex:name ?name .
      OPTIONAL { ex:berlin ex:since ?since FILTER(?since <= ?at) }
      BIND(STR(?at) AS ?day)
    }"""
    late = {"at": ox.Literal("2018-03-15", datatype=XSD_DATE)}
    early = {"at": ox.Literal("1900-01-01", datatype=XSD_DATE)}
    assert rows(service, query, late) == [["2018-03-15", "1991-01-01"]]
    assert rows(service, query, early) == [["1900-01-01", ""]]


def test_a_binding_stands_wherever_the_query_leaves_a_place_for_it(service: QueryService) -> None:
    query = """CONSTRUCT { ?s ?p ?o } WHERE {
      { VALUES ?thing { UNDEF } ?thing ?p ?o . BIND(?thing AS ?s) }
      UNION { VALUES ?thing { UNDEF } ?s ?p ?thing . BIND(?thing AS ?o) }
    }"""
    answer = service.query(
        query, "application/n-triples", bindings={"thing": ox.NamedNode("http://example.org/metropolis")}
    )
    assert answer.count(b"\n") == 3


def test_the_dataset_of_the_query_is_honoured(service: QueryService) -> None:
    assert rows(service, "SELECT ?p FROM ex:enrichment WHERE { ex:berlin ?p ?o }") == [["http://example.org/memberOf"]]
    assert rows(service, "SELECT ?p FROM NAMED ex:page WHERE { GRAPH ?g { ?s ex:since ?o } ?s ?p ?o }") == []


def test_relative_iris_are_resolved_against_the_base_and_a_querys_own_wins(service: QueryService) -> None:
    construct = "CONSTRUCT { <a> <../b> <> } WHERE {}"
    answer = service.query(construct, "application/n-triples")
    assert answer == b"<http://example.org/a> <http://example.org/b> <http://example.org/> .\n"
    assert b"<http://other.org/a>" in service.query(f"BASE <http://other.org/> {construct}", "application/n-triples")
    assert rows(service, "SELECT ?p FROM <enrichment> WHERE { <berlin> ?p ?o }") == [["http://example.org/memberOf"]]


def test_the_dataset_of_the_protocol_overrides_that_of_the_query(service: QueryService) -> None:
    query = "SELECT ?p FROM ex:enrichment WHERE { ex:berlin ?p ?o }"
    page = ["http://example.org/page"]
    expected = [["http://example.org/name"], ["http://example.org/since"]]
    assert rows(service, query, default_graphs=page) == expected
    assert rows(service, "SELECT ?p WHERE { ex:berlin ?p ?o }", named_graphs=page) == []
    assert rows(service, "SELECT ?p WHERE { GRAPH ?g { ex:berlin ?p ?o } }", named_graphs=page) == expected


def test_a_malformed_query_is_refused_with_line_and_column(service: QueryService) -> None:
    with pytest.raises(QueryMalformedError) as caught:
        service.query("SELECT * WHERE {\n  ?s ?p ?o .\n  FILTER(?o > ) }", JSON)
    assert caught.value.line == 3
    assert caught.value.column
    assert "FILTER(?o >" in str(caught.value)


@pytest.mark.parametrize("query", ["", "SELECT", "ASK {} ASK {}", "SELECT * WHERE { ?s unknown:p ?o }", "gibberish"])
def test_what_is_not_a_query_is_malformed_wherever_it_breaks(service: QueryService, query: str) -> None:
    with pytest.raises(QueryMalformedError):
        service.query(query, JSON)


@pytest.mark.parametrize("update", ["INSERT DATA { ex:a ex:b ex:c }", "CLEAR ALL", "LOAD <http://example.org/>"])
def test_an_update_is_no_query_and_changes_nothing(service: QueryService, update: str) -> None:
    with pytest.raises(QueryMalformedError):
        service.query(update, JSON)
    assert service.query("CONSTRUCT WHERE { ?s ?p ?o }", "application/n-triples").count(b"\n") == 5


def test_an_answer_in_a_syntax_its_form_does_not_have_is_refused(service: QueryService) -> None:
    with pytest.raises(QueryRefusedError, match="text/csv"):
        service.query("SELECT ?s WHERE { ?s ?p ?o }", "text/turtle")
    with pytest.raises(QueryRefusedError, match="text/turtle"):
        service.query(DESCRIBE_ALL, "text/csv")


@pytest.mark.parametrize(
    ("triple", "media_type"),
    [
        ("<a> <http://a.org/1> <b>", "application/rdf+xml"),
        ("<a> <b> '\\u0001'", "application/rdf+xml"),
        ("<a> <b> <<( <a> <b> <c> )>>", "application/ld+json"),
    ],
)
def test_triples_that_a_syntax_cannot_write_are_refused(service: QueryService, triple: str, media_type: str) -> None:
    query = f"CONSTRUCT {{ {triple} }} WHERE {{}}"
    assert service.query(query, "text/turtle")
    with pytest.raises(QueryRefusedError, match="cannot be written in"):
        service.query(query, media_type)


def test_numbers_and_booleans_keep_their_datatype_in_json(service: QueryService) -> None:
    answer = json.loads(service.query("SELECT ?n WHERE { BIND(?at AS ?n) }", JSON, bindings={"at": ox.Literal(7)}))
    assert answer["results"]["bindings"][0]["n"]["datatype"].endswith("#integer")
