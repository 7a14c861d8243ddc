"""Stored queries, SPARQL and graphs in the OpenAPI document."""

from collections.abc import Mapping, Sequence

from metropolis_kg.publication.answers import syntaxes
from metropolis_kg.publication.media_types import DOCUMENTS, GRAPHS, HTML, RESULTS
from metropolis_kg.publication.openapi_nodes import Node, contents, in_format, in_query, operation
from metropolis_kg.publication.stored_queries import Parameter, StoredQuery

_SCHEMAS: Mapping[str, Node] = {
    "date": {"type": "string", "format": "date"},
    "integer": {"type": "integer"},
    "language": {"type": "string", "pattern": "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"},
    "text": {"type": "string"},
    "thing": {"type": "string"},
}
"""Type of a parameter → its schema."""


_ANSWERS = (*RESULTS, *GRAPHS, HTML)
"""What a query of one form or another can be answered in."""


def query_paths(queries: Sequence[StoredQuery]) -> Node:
    """Return the addresses, each with its operations."""
    return {
        "/query/": {"get": _index()},
        **{f"/query/{query.name}": {"get": _query(query)} for query in queries},
        "/sparql": {"get": _sparql_get(), "post": _sparql_post()},
        "/graph-store": {"get": _graph_store()},
    }


def _index() -> Node:
    return operation(
        "queries", "The stored queries", "queries", [in_format(DOCUMENTS)], contents(DOCUMENTS), (406, 503),
        description="In RDF, each is a sh:SPARQLExecutable with its text.",
    )  # fmt: skip


def _query(query: StoredQuery) -> Node:
    offered = (*syntaxes(query.form), HTML)
    parameters = [*map(_parameter, query.parameters.values()), in_format(offered)]
    german = {"x-summary-de": query.titles["de"], "x-description-de": query.descriptions.get("de", "")}
    return operation(
        query.name, query.titles["en"], "queries", parameters, contents(offered), (400, 403, 406, 429, 503),
        description=query.descriptions.get("en", ""), **german,
    )  # fmt: skip


def _parameter(parameter: Parameter) -> Node:
    schema = dict(_SCHEMAS[parameter.type])
    if parameter.allowed:
        schema = {"type": schema["type"], "enum": [_typed(parameter, value) for value in parameter.allowed]}
    if parameter.default is not None:
        schema["default"] = _typed(parameter, parameter.default)
    said = {language: f"{_capital(parameter.labels[language])}: {parameter.expected_in(language)}."
            for language in ("en", "de")}  # fmt: skip
    return in_query(parameter.name, schema, said["en"], required=parameter.default is None) | {
        "x-description-de": said["de"]
    }


def _typed(parameter: Parameter, value: str) -> str | int:
    return int(value) if parameter.type == "integer" else value


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sparql_parameters() -> list[Node]:
    graphs = {"type": "array", "items": {"type": "string", "format": "uri"}}
    return [
        in_query("query", {"type": "string"}, "The query. Without it, the answer describes the endpoint."),
        in_query("default-graph-uri", graphs, "Graphs that together are the default graph; without any, all are."),
        in_query("named-graph-uri", graphs, "Graphs that GRAPH finds; without any, all of them."),
        in_format(_ANSWERS),
    ]


def _sparql_get() -> Node:
    return operation(
        "query", "Ask in SPARQL", "sparql", _sparql_parameters(), _answers(),
        (400, 403, 406, 414, 429, 502, 503),
        description="The method QUERY (body: application/sparql-query) does the same; OpenAPI 3.1 cannot say so.",
    )  # fmt: skip


def _sparql_post() -> Node:
    form = {"type": "object", "required": ["query"], "properties": {
        parameter["name"]: parameter["schema"] for parameter in _sparql_parameters()
    }}  # fmt: skip
    body = {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {"schema": form},
            "application/sparql-query": {"schema": {"type": "string"}},
        },
    }
    return operation(
        "queryByPost", "Ask a long query in SPARQL", "sparql", _sparql_parameters()[1:], _answers(),
        (400, 403, 406, 413, 415, 429, 502, 503), requestBody=body,
    )  # fmt: skip


def _answers() -> Node:
    described = "The answer: results to SELECT and ASK, a graph to CONSTRUCT and DESCRIBE."
    return contents(_ANSWERS, described)


def _graph_store() -> Node:
    parameters = [
        in_query("graph", {"type": "string", "format": "uri"}, "The IRI of a named graph."),
        in_query("default", {"type": "string", "maxLength": 0}, "The default graph, the union of all; has no value.")
        | {"allowEmptyValue": True},
        in_format(GRAPHS),
    ]
    return operation(
        "graph", "A whole graph", "sparql", parameters, contents(GRAPHS), (400, 404, 405, 406, 503),
        description="Exactly one of graph and default is given.",
    )  # fmt: skip
