"""The JSON-LD context: ``/context.jsonld`` is the present one, ``/context/<version>.jsonld`` never changes."""

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from metropolis_kg.publication.jsonld_context import context_document, context_version
from metropolis_kg.publication.media_types import JSON_LD
from metropolis_kg.web.responses import FOR_EVER, representation
from metropolis_kg.web.site import Site


def contexts(site: Site) -> Blueprint:
    """Return the views of the context."""
    views = Blueprint("contexts", __name__)

    @views.get("/context.jsonld")
    def present() -> Response:
        release = site.current.release()
        return representation(release, JSON_LD.media_type, [], lambda: context_document(release))

    @views.get("/context/<version>.jsonld")
    def versioned(version: str) -> Response:
        release = site.current.release()
        if version != context_version(release):
            raise NotFound("There is no context of this version; /context.jsonld is the present one.")
        return representation(release, JSON_LD.media_type, [], lambda: context_document(release), cache=FOR_EVER)

    return views
