"""``/reconcile``: the Reconciliation Service API 0.2, with which OpenRefine matches a list of names to things.

The manifest to machines, a page to people. Answers to GET come as JSONP, too, where there is a ``callback``: they hold
nothing that is not public, its name is checked, and the script has its own media type.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from metropolis_kg.publication.description import UnknownThingError, is_known
from metropolis_kg.publication.media_types import HTML, JSON, Syntax
from metropolis_kg.publication.reconciliation import PROPOSED, Reconciler
from metropolis_kg.publication.reconciliation_manifest import default_types, manifest
from metropolis_kg.publication.reconciliation_page import preview, tried
from metropolis_kg.publication.reconciliation_request import (
    LONGEST_TEXT,
    MOST_IDS,
    MOST_PROPERTIES,
    MOST_QUERIES,
    BatchTooLargeError,
    RequestError,
    read_extension,
    read_queries,
)
from metropolis_kg.publication.reconciliation_terms import entity_iri, node
from metropolis_kg.web.requests import FORM, choose_here
from metropolis_kg.web.responses import passing, representation, see_other
from metropolis_kg.web.site import Site, View

JAVASCRIPT = Syntax("js", "text/javascript", "JSONP")
_CALLBACK = re.compile(r"[A-Za-z_$][\w$.]{0,99}", re.ASCII)
_FRAMED = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors *"
_SUGGESTIONS: dict[str, Callable[[Reconciler, str, int], list[dict[str, Any]]]] = {
    "entity": Reconciler.suggest_entities,
    "type": Reconciler.suggest_types,
    "property": Reconciler.suggest_properties,
}


def reconciliation(site: Site) -> Blueprint:
    """Return the views of the reconciliation service."""
    views = Blueprint("reconciliation", __name__, url_prefix="/reconcile")

    @views.route("", methods=["GET", "POST"])
    def endpoint() -> Response:
        view = site.view()
        asked = _asked()
        if asked:
            return _sent(view, _answer(view, asked))
        if request.method == "POST":
            raise BadRequest("A form with the field “queries” or “extend” is expected; neither is there.")
        return _about(view)

    @views.get("/view")
    def leading() -> Response:
        view = site.view()
        return see_other(_known(view), view.release)

    @views.get("/preview")
    def previewed() -> Response:
        view = site.view()
        return view.representation(lambda: _preview(view))

    @views.get("/suggest/<any(entity, type, property):what>")
    def suggested(what: str) -> Response:
        view, prefix, skipped = site.view(), _field("prefix", ""), _number("cursor", 0)
        return _sent(view, lambda: {"result": _SUGGESTIONS[what](_reconciler(view), prefix, skipped)})

    @views.get("/extend/propose")
    def proposed() -> Response:
        view, type_id, limit = site.view(), _field("type"), min(_number("limit", PROPOSED), PROPOSED)
        reconciler = _reconciler(view)
        return _sent(view, lambda: {"type": type_id, "limit": limit, "properties": reconciler.propose(type_id, limit)})

    @views.after_request
    def framed(response: Response) -> Response:
        """Let every site show a preview in a frame, which is what it is for, be it that there is none."""
        if request.endpoint == f"{views.name}.{previewed.__name__}":
            response.headers["Content-Security-Policy"] = _FRAMED
        return response

    return views


def _reconciler(view: View) -> Reconciler:
    return Reconciler(view.release, view.site.queries, view.language)


def _asked() -> dict[str, str]:
    """Return the field that asks for something; empty where none does. Raises BadRequest, UnsupportedMediaType."""
    if request.method == "POST" and request.mimetype != FORM:
        raise UnsupportedMediaType(f"Queries are sent as {FORM}, in the field “queries” or “extend”.")
    sent = [(name, value) for name in ("queries", "extend") for value in request.values.getlist(name)]
    if len(sent) > 1:
        raise BadRequest(f"One field “queries” or “extend” is expected; there are {len(sent)}.")
    return dict(sent)


def _answer(view: View, asked: dict[str, str]) -> Callable[[], dict[str, Any]]:
    """Return what answers the request. Raises BadRequest and RequestEntityTooLarge."""
    reconciler = _reconciler(view)
    try:
        if "queries" in asked:
            batch = read_queries(asked["queries"])
            return lambda: reconciler.reconcile(batch)
        extension = read_extension(asked["extend"])
        return lambda: reconciler.extend(extension)
    except RequestError as error:
        raise BadRequest(str(error)) from error
    except BatchTooLargeError as error:
        raise RequestEntityTooLarge(str(error)) from error


def _sent(view: View, answer: Callable[[], dict[str, Any]]) -> Response:
    """Return an answer as JSON, or as a script that calls what the client named; one to POST is not kept."""
    callback = _callback()
    media_type = JAVASCRIPT.media_type if callback else choose_here((JSON,)).media_type

    def written() -> bytes:
        text = json.dumps(answer(), allow_nan=False)
        return (f"/**/{callback}({text});" if callback else f"{text}\n").encode()

    if request.method == "POST":
        response = passing(written(), media_type)
    else:
        response = representation(view.release, media_type, [view.language, callback], written)
    view.name_language(response)
    response.vary.add("Accept")
    return response


def _callback() -> str:
    """Return the function that a JSONP request names; empty where it is none. Raises BadRequest."""
    name = request.args.get("callback", "") if request.method != "POST" else ""
    if name and not _CALLBACK.fullmatch(name):
        raise BadRequest("“callback” is the name of a function: letters, digits, _, $ and dots, at most 100.")
    return name


def _field(name: str, default: str | None = None) -> str:
    """Return the value of a field of the address. Raises BadRequest."""
    value = request.args.get(name, default)
    if value is None:
        raise BadRequest(f"The field “{name}” is missing.")
    if len(value) > LONGEST_TEXT:
        raise BadRequest(f"“{name}” has {len(value)} characters; at most {LONGEST_TEXT:,} are read.")
    return value.strip()


def _number(name: str, default: int) -> int:
    """Return the number in a field of the address. Raises BadRequest."""
    value = request.args.get(name) or str(default)
    if not re.fullmatch(r"\d{1,6}", value, re.ASCII):
        raise BadRequest(f"“{name}” is a whole number, such as {default}.")
    return int(value)


def _known(view: View) -> str:
    """Return the IRI of the entity that the request names. Raises UnknownThingError and BadRequest."""
    iri = entity_iri(view.release, _field("id"))
    is_entity = iri.startswith(view.release.iri("id/")) and node(iri)
    if not is_entity or not is_known(view.release, view.site.queries, iri):
        raise UnknownThingError(iri)
    return iri


def _preview(view: View) -> str:
    shown = preview(_reconciler(view), _known(view), view.links)
    return view.render("reconciliation_preview.html", shown=shown)


def _about(view: View) -> Response:
    """Return the manifest, or the page for people, with what a name there finds."""
    if request.args.get("callback") or choose_here((JSON, HTML)).syntax is JSON:
        return _sent(view, lambda: manifest(_reconciler(view)))
    name, type_id = _field("name", ""), _field("type", "")
    response = view.representation(lambda: _page(view, name, type_id))
    response.vary.add("Accept")
    return response


def _page(view: View, name: str, type_id: str) -> str:
    reconciler = _reconciler(view)
    candidates = tried(reconciler, name, type_id, view.links) if name else []
    return view.render(
        "reconciliation.html", name=name, type_id=type_id, types=default_types(reconciler), candidates=candidates,
        limits={"queries": MOST_QUERIES, "ids": MOST_IDS, "properties": MOST_PROPERTIES},
    )  # fmt: skip
