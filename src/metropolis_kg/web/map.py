"""The map of places."""

from flask import Blueprint, Response

from metropolis_kg.publication.map import map_page
from metropolis_kg.publication.paging import turns
from metropolis_kg.web.site import Site, View
from metropolis_kg.web.static_files import built
from metropolis_kg.web.wanted import page_number


def places_map(site: Site) -> Blueprint:
    """Return the page with the map."""
    views = Blueprint("map", __name__)

    @views.get("/map")
    def page() -> Response:
        view, number = site.view(), page_number()
        return view.representation(lambda: _page(view, number))

    return views


def land() -> str | None:
    """Return the path below ``static/`` of the outlines of land; none where they have not been made."""
    return built("land", "svg")


def _page(view: View, number: int) -> str:
    page = map_page(view.release, view.site.queries, view.links, view.words, number)
    day = (("at", str(view.links.day)),) if view.links.day else ()
    others = {
        name: view.links.page(f"map{_query(*day, ('page', str(other)))}")
        for name, other in turns(number, page.pages).items()
    }
    return view.render("map.html", page=page, turns=others, land=land())


def _query(*fields: tuple[str, str]) -> str:
    return "?" + "&".join(f"{name}={value}" for name, value in fields)
