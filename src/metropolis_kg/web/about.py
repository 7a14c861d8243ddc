"""The page about this site: how to read it, who makes it, how to use it."""

from flask import Blueprint, Response

from metropolis_kg.publication.about import about_of
from metropolis_kg.publication.media_types import HTML
from metropolis_kg.web.responses import representation
from metropolis_kg.web.site import Site, View


def about(site: Site) -> Blueprint:
    """Return the page about this site."""
    views = Blueprint("about", __name__)

    @views.get("/about")
    def page() -> Response:
        view = site.view()
        response = representation(view.release, HTML.media_type, view.variant, lambda: _page(view).encode())
        view.name_language(response)
        return response

    return views


def _page(view: View) -> str:
    said = about_of(view.release, view.site.queries, view.names, view.links, view.words)
    return view.render("about.html", about=said)
