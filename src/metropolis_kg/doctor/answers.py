"""Answers of the endpoint: in which formats, of which graphs, whole or an error, and how they are kept."""

from collections.abc import Iterator

import pyoxigraph as ox

from metropolis_kg.doctor.behaviours import asks
from metropolis_kg.doctor.examination import Asking
from metropolis_kg.doctor.exchange import Exchange
from metropolis_kg.doctor.finding import Finding, NotAskedError, expect, left_out
from metropolis_kg.doctor.graphs import FORMATS, JSON_LD, N_TRIPLES, RDF_XML, TURTLE
from metropolis_kg.doctor.publisher import rows_of
from metropolis_kg.doctor.queries import query
from metropolis_kg.doctor.terms import RDF_TYPE, SD
from metropolis_kg.store.protocol import RESULTS_JSON

_RESULTS = (RESULTS_JSON, "application/sparql-results+xml", "text/csv", "text/tab-separated-values")
_GRAPHS = (TURTLE, N_TRIPLES, RDF_XML, JSON_LD)

_ROWS = 20_000
_MANY_ROWS = 1_000_000
_PASSING = ("NOW()", "RAND()", "UUID()", "BNODE()")


@asks("Q3")
def formats_of_answers(asking: Asking) -> Iterator[Finding]:
    """Results and graphs come in every standard format; what cannot be is 406."""
    select, construct = query("rows"), query("construct")
    for text, standard in ((select, set(_RESULTS)), (construct, set(FORMATS)), ("ASK{}", set(_RESULTS))):
        anything = asking.sparql(text, "*/*")
        is_standard = anything.is_whole and anything.media_type in standard
        yield expect(anything, is_standard, "by default, an answer comes in a standard format")
    for what, media_types, text in (("results", _RESULTS, select), ("graphs", _GRAPHS, construct)):
        for media_type in media_types:
            answer = asking.sparql(text, media_type)
            came = answer.is_whole and answer.media_type == media_type
            yield expect(answer, came, f"{what} come as {media_type}")
    ask = asking.sparql("ASK{}")
    yield expect(ask, (ask.json() or {}).get("boolean") is True, "ASK comes as JSON where it is asked for")
    refused = asking.sparql(select, TURTLE)
    yield expect(refused, refused.status == 406, "SELECT where only Turtle is accepted is 406")


@asks("Q7")
def graphs_of_the_request(asking: Asking) -> Iterator[Finding]:
    """The request can name the graphs (SPARQL 1.1 Protocol section 2.1.4); what the default is, is said."""
    graphs = [row["g"] for row in rows_of(asking.sparql(query("graphs")))]
    if len(graphs) < 2:
        raise NotAskedError(f"it has {len(graphs) or 'no'} named graph; two are needed to tell them apart")
    statement = _only_in(asking, graphs)
    if not statement:
        raise NotAskedError("no statement was found that is in one of its graphs only")
    own, other, terms = statement
    plain, named = query("statement", **terms), query("named_statement", **terms)
    chosen = query("statement", **terms).replace("WHERE", f"FROM {ox.NamedNode(other)} WHERE", 1)
    for expected, text, fields, what in (
        (True, plain, {"default_graph_uri": own}, "default-graph-uri of its graph finds a statement"),
        (False, plain, {"default_graph_uri": other}, "default-graph-uri of another graph does not"),
        (True, named, {"named_graph_uri": own}, "named-graph-uri of its graph finds a statement"),
        (False, named, {"named_graph_uri": other}, "named-graph-uri of another graph does not"),
        (True, chosen, {"default_graph_uri": own}, "the request's graph overrides FROM"),
    ):
        answer = asking.sparql(text, **fields)
        yield expect(answer, _boolean(answer) is expected, what, _came(answer))
    yield _default_graph(asking, plain)


def _only_in(asking: Asking, graphs: list[str]) -> tuple[str, str, dict[str, ox.NamedNode]] | None:
    for own, other in ((graphs[0], graphs[1]), (graphs[1], graphs[0])):
        text = query("only_in", own=ox.NamedNode(own), other=ox.NamedNode(other))
        for row in rows_of(asking.sparql(text)):
            return own, other, {name: ox.NamedNode(row[name]) for name in ("s", "p", "o")}
    return None


def _default_graph(asking: Asking, plain: str) -> Finding:
    """Return whether what the endpoint says of its default graph is so."""
    answer = asking.sparql(plain)
    said = asking.publisher.service
    says_union = ox.NamedNode(f"{SD}UnionDefaultGraph") in said.objects(None, f"{SD}feature")
    is_said = bool(said.subjects(RDF_TYPE, ox.NamedNode(f"{SD}Service")))
    is_union = _boolean(answer) is True
    told = "nothing is said" if not is_said else f"it is {'' if says_union else 'not '}said to be"
    came = f"the union of all graphs is {'' if is_union else 'not '}the default graph, and {told}"
    return expect(answer, is_said and is_union == says_union, "whether the default graph is the union is said", came)


def _boolean(answer: Exchange) -> object:
    said = answer.json() if answer.is_whole else None
    return said.get("boolean") if isinstance(said, dict) else None


def _came(answer: Exchange) -> str:
    return answer.came if _boolean(answer) is None else f"it says {str(_boolean(answer)).lower()}"


@asks("Q11")
def whole_or_an_error(asking: Asking) -> Iterator[Finding]:
    """An answer that is too long is an error, never a success that ends early."""
    yield _of_rows(asking, query("rows20000"), _ROWS)
    if asking.hints.intrusive:
        yield _of_rows(asking, query("rows1000000"), _MANY_ROWS)
    else:
        yield left_out(f"{_MANY_ROWS:,} rows come whole, or as an error", "only with --intrusive")


def _of_rows(asking: Asking, text: str, rows: int) -> Finding:
    answer = asking.client.ask(asking.sparql_address(text), "text/csv", seconds=60, most=64 << 20)
    count = answer.body.count(b"\n") - 1
    refused = 400 <= answer.status < 600 and count < rows
    came = f"{count:,} rows" if answer.status == 200 else None
    return expect(
        answer, (answer.is_whole and count == rows) or refused, f"{rows:,} rows come whole, or as an error", came
    )


@asks("Q13")
def answers_are_kept(asking: Asking) -> Iterator[Finding]:
    """The answer to a query that depends on the data alone has an entity tag; one that depends on more has none."""
    answer = asking.sparql(query("rows"))
    tag = answer.header("ETag")
    yield expect(answer, tag, "the answer to a query has an entity tag", "it has none")
    if tag:
        again = asking.get(answer.url, RESULTS_JSON, if_none_match=tag)
        yield expect(again, again.status == 304, "the same query again is 304")
    for call in _PASSING:
        passing = asking.sparql(f"SELECT ({call} AS ?x) WHERE {{}}")
        yield expect(passing, not passing.header("ETag"), f"{call} gives an answer without an entity tag", "it has one")
