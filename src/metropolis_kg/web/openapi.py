"""``/openapi.json``: what there is over HTTP, for programs and for tools that make clients."""

import json

from flask import Blueprint, Response, request

from metropolis_kg.publication.media_types import Syntax
from metropolis_kg.publication.negotiation import choose
from metropolis_kg.publication.openapi import OPENAPI
from metropolis_kg.publication.openapi import openapi as document_of
from metropolis_kg.web.responses import representation
from metropolis_kg.web.site import Site

_OFFERED = (Syntax("json", OPENAPI.partition(";")[0], "OpenAPI", ("application/json",)),)


def openapi(site: Site) -> Blueprint:
    """Return the view of the OpenAPI document."""
    views = Blueprint("openapi", __name__)

    @views.get("/openapi.json")
    def document() -> Response:
        release = site.current.release()
        chosen = choose(request.headers.get("Accept"), _OFFERED)
        media_type = OPENAPI if chosen.media_type == _OFFERED[0].media_type else chosen.media_type
        response = representation(
            release, media_type, [], lambda: json.dumps(document_of(release, site.stored.all()), indent=2).encode()
        )
        response.vary.add("Accept")
        return response

    return views
