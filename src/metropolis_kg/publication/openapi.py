"""What the program offers over HTTP, as an OpenAPI 3.1 document: the stored queries, each with its parameters, and the
other addresses.

Texts are in English; ``x-summary-de`` and ``x-description-de`` have those of queries and parameters in German.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from metropolis_kg import __version__
from metropolis_kg.model.kinds import SHELVES
from metropolis_kg.publication.answers import syntaxes
from metropolis_kg.publication.citing import CITATIONS
from metropolis_kg.publication.dumps import COMPRESSIONS, SYNTAXES, dumps_of
from metropolis_kg.publication.feed import FEEDS
from metropolis_kg.publication.media_types import (
    ATOM,
    DOCUMENTS,
    GRAPHS,
    HTML,
    JSON,
    LINK_FORMAT,
    OPENSEARCH,
    PROBLEM_JSON,
    PROFILES,
    REPORTS,
    RESULTS,
    SCHEMA_ORG,
    SUGGESTIONS,
    Syntax,
)
from metropolis_kg.publication.reconciliation_openapi import reconciliation_paths
from metropolis_kg.publication.search_schema import SEARCH_RESULTS, SUGGESTED
from metropolis_kg.publication.stored_queries import Parameter, StoredQuery
from metropolis_kg.store.release import OpenRelease

OPENAPI = "application/vnd.oai.openapi+json;version=3.1"

Node = dict[str, Any]

PROBLEMS = {
    400: "The request cannot be understood: an argument does not fit, or a query is not SPARQL.",
    403: "The query asks for what is not done here, or for more than is sent.",
    404: "There is nothing of that name.",
    405: "The dataset is read only.",
    406: "There is no such format.",
    410: "It was there, and is there no more.",
    413: "The request is too large, or takes too much to answer.",
    414: "The address is too long.",
    415: "This kind of content is not taken.",
    416: "The range is not in the file; Content-Range says how long that is.",
    429: "Too many queries are being answered, or files sent; Retry-After says when to try again.",
    502: "An endpoint that the query asks by SERVICE does not answer as it should.",
    503: "The query took too long or too much memory; or the data cannot be reached, for as long as Retry-After says.",
}
"""Status → what a problem of it means."""

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

_PROBLEM: Node = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "The kind of problem; its address explains it."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What happened, and what to do."},
        "parameter": {"type": "string", "description": "The parameter whose argument does not fit."},
        "expected": {"type": "string", "description": "The form in which that argument is written."},
        "line": {"type": ["integer", "null"], "description": "Where a text cannot be read, counted from 1."},
        "column": {"type": ["integer", "null"]},
        "alternatives": {"type": "array", "items": {"type": "string"}, "description": "The media types there are."},
    },
}

_TAGS = {
    "queries": "Stored queries, each with its parameters.",
    "sparql": "Any query (SPARQL 1.1 Protocol), and whole graphs (SPARQL 1.1 Graph Store Protocol).",
    "validation": "Is RDF fit for this dataset?",
    "search": "Things by their names, in any spelling that is nearly right.",
    "reconciliation": "Matching a list of names (Reconciliation Service API 0.2), for OpenRefine and the like.",
    "things": "Things and the documents about them.",
    "files": "The whole dataset, to download.",
    "dataset": "The dataset about itself.",
    "changes": "What was published when, and which things that changed.",
    "operations": "For those who run the server.",
}


def openapi(release: OpenRelease, queries: Sequence[StoredQuery]) -> Node:
    """Return the document (OpenAPI 3.1.1) for ``queries`` over ``release``, and for the other addresses."""
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "metropolis_kg",
            "version": __version__,
            "summary": "A city's page as linked data: every fact with its evidence, its time and its certainty.",
            "description": "Reading only. Every error is application/problem+json. Any site may use every answer.",
            "license": {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
        },
        "servers": [{"url": release.base.removesuffix("/")}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": {
            "/query/": {"get": _index()},
            **{f"/query/{query.name}": {"get": _query(query)} for query in queries},
            "/sparql": {"get": _sparql_get(), "post": _sparql_post()},
            "/graph-store": {"get": _graph_store()},
            "/validate": {"get": _validation(), "post": _validate()},
            **reconciliation_paths(),
            "/id/{kind}/{slug}": {"get": _thing()},
            "/doc/{kind}/{slug}": {"get": _document()},
            "/cite/{kind}/{slug}": {"get": _citation()},
            **({"/data/": {"get": _files()}, "/data/{name}": {"get": _file()}} if dumps_of(release.manifest) else {}),
            "/timegate/doc/{kind}/{slug}": {"get": _timegate()},
            "/timemap/doc/{kind}/{slug}": {"get": _timemap()},
            "/memento/{moment}/doc/{kind}/{slug}": {"get": _memento()},
            "/doc/ns": {"get": _reference("vocabulary", "The vocabulary, with all its terms")},
            "/doc/shapes": {"get": _reference("shapes", "The shapes: what the data must look like, in SHACL")},
            "/search": {"get": _search()},
            "/search/suggest": {"get": _suggest()},
            "/opensearch.xml": {"get": _opensearch()},
            "/map": {"get": _map()},
            "/sources": {"get": _sources()},
            "/neighbourhood/{kind}/{slug}": {"get": _neighbourhood()},
            "/at/": {"get": _at_days()},
            "/at/{day}": {"get": _at_day()},
            "/feed": {"get": _feed()},
            "/feed/{first}/{page}": {"get": _feed_page()},
            "/feed.atom": {"get": _atom()},
            "/about": {"get": _about()},
            "/healthz": {"get": _operation("alive", "Is the server alive?", "operations", [], _json(), ())},
            "/readyz": {"get": _operation("ready", "Can the server answer?", "operations", [], _json(), (503,))},
        },
        "components": {
            "schemas": {"Problem": _PROBLEM},
            "responses": {f"Problem{status}": _problem(text) for status, text in PROBLEMS.items()},
        },
    }


def _index() -> Node:
    return _operation(
        "queries", "The stored queries", "queries", [_format(DOCUMENTS)], _contents(DOCUMENTS), (406, 503),
        description="In RDF, each is a sh:SPARQLExecutable with its text.",
    )  # fmt: skip


def _query(query: StoredQuery) -> Node:
    offered = (*syntaxes(query.form), HTML)
    parameters = [*map(_parameter, query.parameters.values()), _format(offered)]
    german = {"x-summary-de": query.titles["de"], "x-description-de": query.descriptions.get("de", "")}
    return _operation(
        query.name, query.titles["en"], "queries", parameters, _contents(offered), (400, 403, 406, 429, 503),
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
    return _in_query(parameter.name, schema, said["en"], required=parameter.default is None) | {
        "x-description-de": said["de"]
    }


def _typed(parameter: Parameter, value: str) -> str | int:
    return int(value) if parameter.type == "integer" else value


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sparql_parameters() -> list[Node]:
    graphs = {"type": "array", "items": {"type": "string", "format": "uri"}}
    return [
        _in_query("query", {"type": "string"}, "The query. Without it, the answer describes the endpoint."),
        _in_query("default-graph-uri", graphs, "Graphs that together are the default graph; without any, all are."),
        _in_query("named-graph-uri", graphs, "Graphs that GRAPH finds; without any, all of them."),
        _format(_ANSWERS),
    ]


def _sparql_get() -> Node:
    return _operation(
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
    return _operation(
        "queryByPost", "Ask a long query in SPARQL", "sparql", _sparql_parameters()[1:], _answers(),
        (400, 403, 406, 413, 415, 429, 502, 503), requestBody=body,
    )  # fmt: skip


def _graph_store() -> Node:
    parameters = [
        _in_query("graph", {"type": "string", "format": "uri"}, "The IRI of a named graph."),
        _in_query("default", {"type": "string", "maxLength": 0}, "The default graph, the union of all; has no value.")
        | {"allowEmptyValue": True},
        _format(GRAPHS),
    ]
    return _operation(
        "graph", "A whole graph", "sparql", parameters, _contents(GRAPHS), (400, 404, 405, 406, 503),
        description="Exactly one of graph and default is given.",
    )  # fmt: skip


def _validation() -> Node:
    return _operation(
        "validation", "What can be validated, and within which limits", "validation", [],
        _contents((JSON, HTML)), (406, 503), description="For a browser, the page on which to do so.",
    )  # fmt: skip


def _validate() -> Node:
    language = _in_query("lang", {"type": "string", "enum": ["en", "de"]}, "The language of page and problems.")
    fields = {"data": {"type": "string"}, "file": {"type": "string", "format": "binary"},
              "syntax": {"type": "string", "enum": ["", *(syntax.extension for syntax in GRAPHS)]},
              "format": {"type": "string", "enum": [syntax.extension for syntax in (*REPORTS, HTML)]}}  # fmt: skip
    form = {"schema": {"type": "object", "properties": fields}}
    texts = {syntax.media_type: {"schema": {"type": "string"}} for syntax in GRAPHS}
    forms = dict.fromkeys(("multipart/form-data", "application/x-www-form-urlencoded"), form)
    body = {"required": True, "content": texts | forms}
    answers = _contents((*REPORTS, HTML), "The report, whether the text conforms or not.")
    answers["200"]["content"][JSON.media_type]["schema"] = _REPORT
    return _operation(
        "validate", "Validate RDF by the shapes and rules of the dataset", "validation", [language], answers,
        (400, 406, 413, 415, 503), requestBody=body,
        description="Judged is the text by itself, with what is published of the things that it refers to. Turtle and "
        "JSON-LD have the SHACL report alone; JSON, SARIF and HTML also have what is wrong beside the shapes.",
    )  # fmt: skip


_TERM: Node = {
    "type": ["object", "null"],
    "description": "A term as SPARQL 1.1 Query Results JSON writes it.",
    "required": ["type", "value"],
    "properties": {"type": {"enum": ["uri", "bnode", "literal"]}, "value": {"type": "string"}},
}
_NUMBER: Node = {"type": ["integer", "null"], "minimum": 1}
_DIAGNOSTIC: Node = {
    "type": "object",
    "required": ["code", "severity", "messages", "line", "column"],
    "properties": {
        "code": {"type": "string", "description": "The shape, or the kind of fault beside the shapes."},
        "severity": {"enum": ["violation", "warning", "info"]},
        "messages": {
            "type": "object",
            "description": "What is wrong and how to mend it, by language.",
            "additionalProperties": {"type": "string"},
        },
        "line": _NUMBER | {"description": "Where it stands in the text, from 1; null where that is not known."},
        "column": _NUMBER,
        "length": _NUMBER | {"description": "Characters that are concerned."},
        "excerpt": {"type": ["string", "null"], "description": "The text of the line."},
        "focus": _TERM,
        "value": _TERM,
    },
}
_REPORT: Node = {
    "type": "object",
    "required": ["conforms", "counts", "diagnostics"],
    "properties": {
        "conforms": {"type": "boolean", "description": "Whether nothing is a violation."},
        "shaclConforms": {"type": ["boolean", "null"], "description": "Whether no shape has any result."},
        "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
        "diagnostics": {"type": "array", "items": _DIAGNOSTIC},
    },
}


def _thing() -> Node:
    found = {"303": {"description": "See the document about the thing.", "headers": {
        "Location": {"schema": {"type": "string", "format": "uri"}}
    }}}  # fmt: skip
    return _operation("thing", "A thing, by its name", "things", _name(), found, (404, 410, 503))


def _document() -> Node:
    language = _in_query("lang", {"type": "string", "enum": ["en", "de"]}, "The language of the page.")
    names = [profile.name for profile in (*PROFILES, SCHEMA_ORG)]
    profile = _in_query(
        "profile", {"type": "string", "enum": names}, "The form of JSON-LD; or schema.org, in any RDF syntax."
    )  # fmt: skip
    return _operation(
        "document", "What is said about a thing, with evidence", "things", [*_name(), profile, language],
        _contents(DOCUMENTS), (400, 404, 406, 410, 503),
        description="With an extension (.ttl, .jsonld, .html …) it comes in that format, whatever Accept says.",
    )  # fmt: skip


def _citation() -> Node:
    return _operation(
        "citation", "How to cite a thing and the version that was read", "things", [*_name(), _language()],
        _contents(CITATIONS), (404, 406, 410, 503),
        description="With an extension (.json, .bib, .html) it comes in that format, whatever Accept says.",
    )  # fmt: skip


def _about() -> Node:
    language = _in_query("lang", {"type": "string", "enum": ["en", "de"]}, "The language of the page.")
    summary = "How to read what is here, who makes it, how to use it"
    return _operation("about", summary, "dataset", [language], _contents((HTML,)), (503,))


def _files() -> Node:
    return _operation(
        "files", "The files that have the whole dataset", "files", [_format(DOCUMENTS)], _contents(DOCUMENTS),
        (404, 406, 503), description="In RDF, each is a dcat:Distribution with its size and SHA-256.",
    )  # fmt: skip


def _file() -> Node:
    example = "dataset.nq.gz"
    name = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}, "example": example}
    kinds = [*(syntax.media_type for syntax in SYNTAXES), *COMPRESSIONS.values()]
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}
    answers = {status: {"description": text, "content": content} for status, text in _FILE.items()}
    return _operation(
        "file", "The whole dataset in one file", "files", [name], answers, (404, 416, 429, 503),
        description="The name says the syntax and the compression; Accept says nothing. Range and If-Range are "
        "understood. The entity tag is the SHA-256.",
    )  # fmt: skip


_FILE = {"200": "The file.", "206": "The range of it that was asked for."}


def _timegate() -> Node:
    found = {"302": {"description": "The document of that time.", "headers": {
        "Location": {"schema": {"type": "string", "format": "uri"}}
    }}}  # fmt: skip
    moment = {
        "name": "Accept-Datetime", "in": "header", "required": False, "schema": {"type": "string"},
        "description": "A time of publication, such as Thu, 31 May 2007 20:35:00 GMT; without it, the latest.",
    }  # fmt: skip
    return _operation(
        "timegate", "The document as it was published at a time (RFC 7089)", "things", [*_name(), moment], found,
        (400, 404, 406, 503),
    )  # fmt: skip


def _timemap() -> Node:
    return _operation(
        "timemap", "Every version of a document (RFC 7089)", "things", _name(), _contents((LINK_FORMAT, HTML)),
        (404, 406, 503),
    )  # fmt: skip


def _memento() -> Node:
    moment = {
        "name": "moment", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[0-9]{14}$"},
        "description": "When it was published, in UTC: YYYYMMDDhhmmss. The TimeMap has the times there are.",
    }  # fmt: skip
    return _operation(
        "memento", "A document as it was published once (RFC 7089)", "things", [moment, *_name()],
        _contents(DOCUMENTS), (404, 406, 503),
    )  # fmt: skip


def _reference(name: str, summary: str) -> Node:
    language = _in_query("lang", {"type": "string", "enum": ["en", "de"]}, "The language of the page.")
    return _operation(name, summary, "things", [language], _contents(DOCUMENTS), (404, 406, 503))


def _search() -> Node:
    fields = [
        _in_query("q", {"type": "string"}, "A name, an identifier, or words of a quote; without it, things of a kind."),
        _in_query("kind", {"type": "string", "enum": list(SHELVES)}, "Only things of a kind."),
        _in_query("page", {"type": "integer", "minimum": 1, "default": 1}, "Which page of 20 results."),
        _format((JSON, HTML)), _language(),
    ]  # fmt: skip
    answer = _contents((JSON, HTML))
    answer["200"]["content"][JSON.media_type] = {"schema": SEARCH_RESULTS}
    return _operation("search", "Things by their names", "search", fields, answer, (400, 404, 406, 414, 503))


def _suggest() -> Node:
    text = _in_query("q", {"type": "string"}, "What is typed so far.")
    answer = {"200": {"description": "Names.", "content": {SUGGESTIONS.media_type: {"schema": SUGGESTED}}}}
    return _operation("suggest", "Names while typing", "search", [text, _language()], answer, (400, 414, 503))


def _opensearch() -> Node:
    summary = "How browsers search here (OpenSearch 1.1)"
    return _operation("opensearch", summary, "search", [_language()], _contents([OPENSEARCH]), (503,))


def _map() -> Node:
    page = _in_query("page", {"type": "integer", "minimum": 1}, "Which page of the list of places.")
    return _operation(
        "map", "The places on a map, and in a list", "things", [page, _language()], _contents([HTML]), (400, 404, 503)
    )  # fmt: skip


def _sources() -> Node:
    page = _in_query("page", {"type": "integer", "minimum": 1}, "Which page of the list of sources.")
    return _operation(
        "sources", "All sources, and where they disagree", "things", [page, _language()], _contents([HTML]),
        (400, 404, 406, 503),
    )  # fmt: skip


def _neighbourhood() -> Node:
    steps = _in_query("steps", {"type": "integer", "enum": [1, 2]}, "How far from the thing.")
    day = _in_query("at", {"type": "string", "format": "date"}, "Only what held on the day.")
    return _operation(
        "neighbourhood", "The things around a thing, drawn and listed", "things", [*_name(), steps, day, _language()],
        _contents([HTML]), (400, 404, 410, 503),
    )  # fmt: skip


def _language() -> Node:
    return _in_query("lang", {"type": "string", "enum": ["en", "de"]}, "The language of the page.")


def _at_days() -> Node:
    return _operation(
        "days", "The days on which something changes", "things", [_language()], _contents([HTML]), (503,)
    )  # fmt: skip


def _at_day() -> Node:
    day = {"name": "day", "in": "path", "required": True, "schema": _SCHEMAS["date"], "example": "2018-03-15"}
    page = _in_query("page", {"type": "integer", "minimum": 1}, "Which page: 100 claims of each certainty.")
    answers = _contents([HTML]) | {"303": {"description": "See the stored query held-on, in the format asked for."}}
    return _operation(
        "atDay", "What held on a day: certain, possible, last known", "things", [day, page, _format((HTML, *RESULTS))],
        answers, (400, 404, 406, 503), description="As data, the stored query held-on answers the same.",
    )  # fmt: skip


def _feed() -> Node:
    return _operation(
        "feed", "What each publication created, updated or removed", "changes", [], _contents(FEEDS), (404, 406, 503),
        description="The root node of a Linked Data Event Stream; its relations lead to pages of members.",
    )  # fmt: skip


def _feed_page() -> Node:
    number: Node = {"in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}, "example": 1}
    return _operation(
        "feedPage", "A page of the feed", "changes", [{"name": name} | number for name in ("first", "page")],
        _contents(FEEDS), (404, 406, 410, 503),
        description="With its members, the oldest first. Its address is found at the root node.",
    )  # fmt: skip


def _atom() -> Node:
    page = _in_query("page", {"type": "integer", "minimum": 1, "default": 1}, "Which page, the newest first.")
    return _operation(
        "atom", "The publications, for feed readers", "changes", [page], _contents([ATOM]), (400, 404, 503)
    )


def _name() -> list[Node]:
    examples = {"kind": "person", "slug": "michael-mueller"}
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, "example": example}
        for name, example in examples.items()
    ]


def _operation(
    name: str, summary: str, tag: str, parameters: list[Node], answers: Node, problems: Iterable[int], **more: Any
) -> Node:
    refused = {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in problems}
    facts = {"operationId": name, "summary": summary, "tags": [tag], "parameters": parameters}
    return facts | {key: value for key, value in more.items() if value} | {"responses": answers | refused}


def _in_query(name: str, schema: Node, description: str, *, required: bool = False) -> Node:
    return {"name": name, "in": "query", "required": required, "schema": schema, "description": description}


def _format(offered: Sequence[Syntax]) -> Node:
    schema = {"type": "string", "enum": [syntax.extension for syntax in offered]}
    return _in_query("format", schema, "The format; without it, Accept decides.")


def _answers() -> Node:
    described = "The answer: results to SELECT and ASK, a graph to CONSTRUCT and DESCRIBE."
    return _contents(_ANSWERS, described)


def _contents(offered: Sequence[Syntax], description: str = "The answer.") -> Node:
    content = {syntax.media_type: {"schema": _schema(syntax)} for syntax in offered}
    return {"200": {"description": description, "content": content}}


def _schema(syntax: Syntax) -> Node:
    if syntax.extension == "json":
        return {"type": "object", "description": "SPARQL 1.1 Query Results JSON."}
    return {"type": ["object", "array"]} if syntax.extension == "jsonld" else {"type": "string"}


def _json() -> Node:
    return {"200": {"description": "Yes.", "content": {"application/json": {"schema": {"type": "object"}}}}}


def _problem(description: str) -> Node:
    content = {PROBLEM_JSON.media_type: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": description, "content": content | {HTML.media_type: {"schema": {"type": "string"}}}}
