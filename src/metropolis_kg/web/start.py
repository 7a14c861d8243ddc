"""The start page."""

from flask import Blueprint, Response

from metropolis_kg.publication.dumps import dumps_of
from metropolis_kg.publication.start import example_of, kinds_of, offered
from metropolis_kg.web.site import Site, View


def start(site: Site) -> Blueprint:
    """Return the start page."""
    views = Blueprint("start", __name__)

    @views.get("/")
    def page() -> Response:
        view = site.view()
        return view.representation(lambda: _page(view))

    return views


def _page(view: View) -> str:
    release, site = view.release, view.site
    kinds = kinds_of(release, site.queries, view.language, view.links)
    return view.render(
        "start.html", kinds=kinds, thing=next((iri for kind in kinds for iri in kind.things), None),
        questions=offered(site.stored), dumps=dumps_of(release.manifest),
        example=example_of(release, site.stored, view.words, view.links),
    )  # fmt: skip
