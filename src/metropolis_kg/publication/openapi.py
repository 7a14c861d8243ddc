"""What the program offers over HTTP, as an OpenAPI 3.1 document: the stored queries, each with its parameters, and the
other addresses.

Texts are in English; ``x-summary-de`` and ``x-description-de`` have those of queries and parameters in German.
"""

from collections.abc import Sequence

from metropolis_kg import __version__
from metropolis_kg.publication.media_types import HTML, PROBLEM_JSON
from metropolis_kg.publication.openapi_documents import document_paths
from metropolis_kg.publication.openapi_nodes import Node, operation
from metropolis_kg.publication.openapi_pages import page_paths
from metropolis_kg.publication.openapi_queries import query_paths
from metropolis_kg.publication.openapi_reconciliation import reconciliation_paths
from metropolis_kg.publication.openapi_validation import validation_paths
from metropolis_kg.publication.stored_queries import StoredQuery
from metropolis_kg.store.release import OpenRelease

OPENAPI = "application/vnd.oai.openapi+json;version=3.1"

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
            **query_paths(queries),
            **validation_paths(),
            **reconciliation_paths(),
            **document_paths(release),
            **page_paths(),
            "/healthz": {"get": operation("alive", "Is the server alive?", "operations", [], _yes(), ())},
            "/readyz": {"get": operation("ready", "Can the server answer?", "operations", [], _yes(), (503,))},
        },
        "components": {
            "schemas": {"Problem": _PROBLEM},
            "responses": {f"Problem{status}": _problem(text) for status, text in PROBLEMS.items()},
        },
    }


def _yes() -> Node:
    return {"200": {"description": "Yes.", "content": {"application/json": {"schema": {"type": "object"}}}}}


def _problem(description: str) -> Node:
    content = {PROBLEM_JSON.media_type: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": description, "content": content | {HTML.media_type: {"schema": {"type": "string"}}}}
