"""Validation in the OpenAPI document."""

from metropolis_kg.publication.media_types import GRAPHS, HTML, JSON, REPORTS
from metropolis_kg.publication.openapi_nodes import Node, contents, in_query, operation


def validation_paths() -> Node:
    """Return the address with its operations."""
    return {"/validate": {"get": _validation(), "post": _validate()}}


def _validation() -> Node:
    return operation(
        "validation", "What can be validated, and within which limits", "validation", [],
        contents((JSON, HTML)), (406, 503), description="For a browser, the page on which to do so.",
    )  # fmt: skip


def _validate() -> Node:
    language = in_query("lang", {"type": "string", "enum": ["en", "de"]}, "The language of page and problems.")
    fields = {"data": {"type": "string"}, "file": {"type": "string", "format": "binary"},
              "syntax": {"type": "string", "enum": ["", *(syntax.extension for syntax in GRAPHS)]},
              "format": {"type": "string", "enum": [syntax.extension for syntax in (*REPORTS, HTML)]}}  # fmt: skip
    form = {"schema": {"type": "object", "properties": fields}}
    texts = {syntax.media_type: {"schema": {"type": "string"}} for syntax in GRAPHS}
    forms = dict.fromkeys(("multipart/form-data", "application/x-www-form-urlencoded"), form)
    body = {"required": True, "content": texts | forms}
    answers = contents((*REPORTS, HTML), "The report, whether the text conforms or not.")
    answers["200"]["content"][JSON.media_type]["schema"] = _REPORT
    return operation(
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
