"""What operations of the OpenAPI document are made of."""

from collections.abc import Iterable, Sequence
from typing import Any

from metropolis_kg.publication.media_types import Syntax

Node = dict[str, Any]

DATE: Node = {"type": "string", "format": "date"}
"""The schema of a day."""


def operation(
    name: str, summary: str, tag: str, parameters: list[Node], answers: Node, problems: Iterable[int], **more: Any
) -> Node:
    """Return an operation, with the problems it may answer with, by their status."""
    refused = {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in problems}
    facts = {"operationId": name, "summary": summary, "tags": [tag], "parameters": parameters}
    return facts | {key: value for key, value in more.items() if value} | {"responses": answers | refused}


def in_query(name: str, schema: Node, description: str, *, required: bool = False) -> Node:
    """Return a parameter in the query of an address."""
    return {"name": name, "in": "query", "required": required, "schema": schema, "description": description}


def in_format(offered: Sequence[Syntax]) -> Node:
    """Return the parameter that asks for one of the formats ``offered``."""
    schema = {"type": "string", "enum": [syntax.extension for syntax in offered]}
    return in_query("format", schema, "The format; without it, Accept decides.")


def contents(offered: Sequence[Syntax], description: str = "The answer.") -> Node:
    """Return the answer in each of the formats ``offered``, as status 200."""
    content = {syntax.media_type: {"schema": _schema(syntax)} for syntax in offered}
    return {"200": {"description": description, "content": content}}


def _schema(syntax: Syntax) -> Node:
    if syntax.extension == "json":
        return {"type": "object", "description": "SPARQL 1.1 Query Results JSON."}
    return {"type": ["object", "array"]} if syntax.extension == "jsonld" else {"type": "string"}


def language() -> Node:
    """Return the parameter for the language of a page."""
    return in_query("lang", {"type": "string", "enum": ["en", "de"]}, "The language of the page.")


def thing_name() -> list[Node]:
    """Return the two parts of the name of a thing in a path."""
    examples = {"kind": "person", "slug": "michael-mueller"}
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, "example": example}
        for name, example in examples.items()
    ]
