"""The addresses of the reconciliation service as the OpenAPI document has them."""

from typing import Any

from metropolis_kg.publication.openapi_nodes import Node, in_query, operation
from metropolis_kg.publication.reconciliation import PROPOSED
from metropolis_kg.publication.reconciliation_request import MOST_IDS, MOST_PROPERTIES, MOST_QUERIES

_OBJECT: Node = {"type": "object"}
_QUERIES = f"A reconciliation query batch as JSON: at most {MOST_QUERIES} queries by keys of the client's choice."
_EXTEND = f"A data extension query as JSON: at most {MOST_IDS} ids and {MOST_PROPERTIES} properties."
_EXAMPLE = '{"q0":{"query":"Weltbank"}}'


def reconciliation_paths() -> Node:
    """Return the addresses, each with its operations."""
    return {
        "/reconcile": {"get": _service(), "post": _batch()},
        **{f"/reconcile/suggest/{what}": {"get": _suggestions(what)} for what in ("entity", "type", "property")},
        "/reconcile/extend/propose": {"get": _proposal()},
        "/reconcile/preview": {"get": _preview()},
        "/reconcile/view": {"get": _view()},
    }


def _service() -> Node:
    fields = [_field("queries", _QUERIES, example=_EXAMPLE), _field("extend", _EXTEND), _callback(), _language()]
    return _operation(
        "reconciliation", "The manifest of the service; or the answer to a batch", fields,
        _answer("The manifest; results by the keys of the queries; or values.", page=True), (400, 406, 413, 503),
        description="For a browser, a page on which to try a name.",
    )  # fmt: skip


def _batch() -> Node:
    properties = {"queries": {"type": "string"}, "extend": {"type": "string"}}
    form = {"type": "object", "properties": properties, "description": "Exactly one of the two."}
    body = {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": form}}}
    return _operation(
        "reconcile", "Match names to things, or fetch values of things", [_language()],
        _answer("The results by the keys of the queries, or the values."), (400, 406, 413, 415, 503), requestBody=body,
    )  # fmt: skip


def _suggestions(what: str) -> Node:
    fields = [
        _field("prefix", "What the name begins with, or the id."),
        _field("cursor", "Suggestions to skip.", {"type": "integer", "minimum": 0}),
    ]
    return _operation(
        f"suggest{what.capitalize()}", f"Suggestions for a field where one {what} is chosen",
        [*fields, _callback(), _language()], _answer("The suggestions."), (400, 406, 503),
    )  # fmt: skip


def _proposal() -> Node:
    limit = {"type": "integer", "minimum": 0, "maximum": PROPOSED}
    fields = [
        _field("type", "The id of a type.", required=True, example="mkg:City"),
        _field("limit", "How many.", limit),
    ]
    return _operation(
        "proposeProperties", "The properties that things of a type have", [*fields, _callback(), _language()],
        _answer("The properties, the most usual first."), (400, 406, 503),
    )  # fmt: skip


def _preview() -> Node:
    page = {
        "200": {"description": "A small page for a frame.", "content": {"text/html": {"schema": {"type": "string"}}}}
    }
    return _operation("preview", "A thing in a small frame, on any site", [_id(), _language()], page, (400, 404, 503))


def _view() -> Node:
    location = {"Location": {"schema": {"type": "string", "format": "uri"}}}
    found = {"303": {"description": "The IRI of the thing.", "headers": location}}
    return _operation("view", "From the id of a thing to its IRI", [_id()], found, (400, 404, 503))


def _operation(
    name: str, summary: str, fields: list[Node], answers: Node, problems: tuple[int, ...], **more: Any
) -> Node:
    return operation(name, summary, "reconciliation", fields, answers, problems, **more)


def _answer(description: str, *, page: bool = False) -> Node:
    kinds = {"application/json": {"schema": _OBJECT}, "text/javascript": {"schema": {"type": "string"}}}
    pages = {"text/html": {"schema": {"type": "string"}}} if page else {}
    return {"200": {"description": description, "content": kinds | pages}}


def _field(name: str, description: str, schema: Node | None = None, *, required: bool = False, **more: str) -> Node:
    return in_query(name, schema or {"type": "string"}, description, required=required) | more


def _id() -> Node:
    return _field("id", "The id of a thing: what stands after id/ in its IRI.", required=True, example="place/berlin")


def _callback() -> Node:
    name = {"type": "string", "pattern": r"^[A-Za-z_$][A-Za-z0-9_$.]{0,99}$"}
    return _field("callback", "The function that the answer calls as a script (JSONP).", name)


def _language() -> Node:
    return _field("lang", "The language; else Accept-Language.", {"type": "string", "enum": ["en", "de"]})
