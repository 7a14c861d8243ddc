"""The things around a thing: ``/neighbourhood/<name>``, with one step or two."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, request

from metropolis_kg.model.identifiers import canonical_path
from metropolis_kg.publication.description import UnknownThingError, is_known
from metropolis_kg.publication.media_types import HTML
from metropolis_kg.publication.negotiation import Choice
from metropolis_kg.publication.neighbourhood import neighbourhood
from metropolis_kg.publication.neighbourhood_page import neighbourhood_page
from metropolis_kg.publication.retirement import refuse_retired
from metropolis_kg.publication.stored_queries import ArgumentError
from metropolis_kg.publication.time_words import day as day_in_words
from metropolis_kg.web.documents import thing_iri
from metropolis_kg.web.responses import moved
from metropolis_kg.web.site import Site, View
from metropolis_kg.web.wanted import Wanted, with_part


@dataclass(frozen=True)
class _Asked:
    """The thing, the number of steps, and the fields of the address."""

    wanted: Wanted
    steps: int

    def path(self, steps: int) -> str:
        """Return the path below the base with another number of steps."""
        fields = (*self.wanted.fields, *((("steps", str(steps)),) if steps > 1 else ()))
        return f"neighbourhood/{quote(self.wanted.name)}{'?' if fields else ''}{urlencode(fields)}"


def neighbourhoods(site: Site) -> Blueprint:
    """Return the view of a thing's neighbourhood."""
    views = Blueprint("neighbourhoods", __name__)

    @views.get("/neighbourhood/<path:name>")
    def page(name: str) -> Response:
        view, asked = site.view(), _asked(name)
        try:
            return _response(view, asked)
        except UnknownThingError:
            canonical = canonical_path(name)
            known = canonical and is_known(view.release, site.queries, thing_iri(view.release, canonical))
            if not canonical or canonical == name or not known:
                raise
            query = request.query_string.decode()
            return moved(view.release.iri(f"neighbourhood/{canonical}{'?' if query else ''}{query}"))

    return views


def _asked(name: str) -> _Asked:
    """Return what the request asks for. Raises ArgumentError."""
    steps = request.args.getlist("steps") or ["1"]
    if steps not in (["1"], ["2"]):
        raise ArgumentError("steps", " ".join(steps), "1 or 2")
    wanted = with_part(Wanted(name, Choice(HTML, HTML.media_type)))
    return _Asked(wanted.turned(1), int(steps[0]))


def _response(view: View, asked: _Asked) -> Response:
    thing = thing_iri(view.release, asked.wanted.name)
    refuse_retired(view.release, view.site.queries, thing)
    return view.representation(lambda: _page(view, asked, thing))


def _page(view: View, asked: _Asked, thing: str) -> str:
    day = asked.wanted.day
    found = neighbourhood(view.release, view.site.queries, thing, steps=asked.steps, day=day)
    return view.render(
        "neighbourhood.html",
        page=neighbourhood_page(found, view.names, view.links, view.words),
        asked=asked,
        steps={number: view.links.page(asked.path(number)) for number in (1, 2)},
        day=day,
        day_in_words=day and day_in_words(day, view.language),
        document=view.links.of(thing),
    )
