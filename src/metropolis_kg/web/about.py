"""The page about this site: how to read it, who makes it, how to use it."""

from flask import Blueprint, Response

from metropolis_kg.publication.about import about_of
from metropolis_kg.web.site import Site, View


def about(site: Site) -> Blueprint:
    """Return the page about this site."""
    views = Blueprint("about", __name__)

    @views.get("/about")
    def page() -> Response:
        view = site.view()
        return view.representation(lambda: _page(view))

    return views


def _page(view: View) -> str:
    said = about_of(view.release, view.site.queries, view.names, view.links, view.words)
    return view.render("about.html", about=said)
