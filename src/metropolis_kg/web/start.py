"""The start page."""

from flask import Blueprint, Response

from metropolis_kg.publication.media_types import HTML
from metropolis_kg.publication.start import QUESTIONS, things_by_kind
from metropolis_kg.web.responses import representation
from metropolis_kg.web.site import Site


def start(site: Site) -> Blueprint:
    """Return the start page."""
    views = Blueprint("start", __name__)

    @views.get("/")
    def page() -> Response:
        view = site.view()
        first = [query for query in site.stored.all() if query.name in QUESTIONS]
        response = representation(
            view.release, HTML.media_type, view.variant,
            lambda: view.render(
                "start.html", first=first, kinds=things_by_kind(view.release, site.queries, view.language, view.links)
            ).encode(),
        )  # fmt: skip
        view.name_language(response)
        return response

    return views
