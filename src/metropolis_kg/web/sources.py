"""Pages of sources: of one, which is its document, and ``/sources``, of all."""

from collections.abc import Mapping

from flask import Blueprint, Response

from metropolis_kg.publication.media_types import HTML
from metropolis_kg.publication.reading import Reader
from metropolis_kg.publication.source_page import source_page_of
from metropolis_kg.publication.sources import sources_page
from metropolis_kg.web.requests import choose_here
from metropolis_kg.web.site import Site, View
from metropolis_kg.web.wanted import Wanted, page_number


def sources(site: Site) -> Blueprint:
    """Return the view of all sources."""
    views = Blueprint("sources", __name__)

    @views.get("/sources")
    def listed() -> Response:
        view, number = site.view(), page_number()
        choose_here((HTML,))
        response = view.representation(lambda: _listed(view, number))
        response.vary.add("Accept")
        return response

    return views


def _listed(view: View, number: int) -> str:
    page = sources_page(view.release, view.site.queries, view.names, view.links, view.words, number)
    turns = {name: view.links.page("sources" if to == 1 else f"sources?page={to}") for name, to in page.turns.items()}
    return view.render("sources.html", page=page, turns=turns)


def source_page(view: View, asked: Wanted, reader: Reader, shown: Mapping[str, object]) -> str:
    """Return the page of the source that the reader's description is about. Raises what the store raises."""
    page = source_page_of(view.release, view.site.queries, reader, asked.page)
    turns = {name: view.links.page(asked.turned(number).path) for name, number in page.turns.items()}
    return view.render("source.html", **{**shown, "page": page, "turns": turns})
