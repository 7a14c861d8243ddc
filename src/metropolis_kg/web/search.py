"""Search: ``/search`` for people and programs, suggestions while typing, and the description that browsers read."""

from collections.abc import Callable
from urllib.parse import urljoin

import orjson
from flask import Blueprint, Response, request

from metropolis_kg.model.kinds import SHELVES
from metropolis_kg.publication.media_types import HTML, JSON, OPENSEARCH, SUGGESTIONS, Syntax
from metropolis_kg.publication.paging import turns
from metropolis_kg.publication.search_page import Asked, SearchReader, as_json
from metropolis_kg.publication.stored_queries import ArgumentError
from metropolis_kg.store.search_results import LONGEST_TEXT
from metropolis_kg.web.requests import choose_here
from metropolis_kg.web.responses import representation
from metropolis_kg.web.site import Site, View
from metropolis_kg.web.wanted import field_once, page_number


def search(site: Site) -> Blueprint:
    """Return the views of search."""
    views = Blueprint("search", __name__)

    @views.get("/search")
    def page() -> Response:
        view, asked, chosen = site.view(), _asked(), choose_here((JSON, HTML))
        is_page = chosen.syntax is HTML
        response = representation(
            view.release, chosen.media_type, view.variant if is_page else [],
            lambda: _page(view, asked) if is_page else _json(view, asked),
        )  # fmt: skip
        response.vary.add("Accept")
        if is_page:
            view.name_language(response)
        return response

    @views.get("/search/suggest")
    def suggest() -> Response:
        view, text = site.view(), field_once("q", "what is sought") or ""
        return _in_language(view, SUGGESTIONS, lambda: _suggestions(view, text))

    @views.get("/opensearch.xml")
    def description() -> Response:
        view = site.view()
        return _in_language(view, OPENSEARCH, lambda: view.render("opensearch.xml").encode())

    return views


def _asked() -> Asked:
    """Return what the request seeks. Raises ArgumentError."""
    kind = field_once("kind", _KINDS) or None
    if kind not in (None, *SHELVES):
        raise ArgumentError("kind", kind, _KINDS)
    text = field_once("q", "what is sought") or ""
    return Asked(text, kind, 1 if request.args.get("page") == "" else page_number())


_KINDS = f"one of {', '.join(SHELVES)}"


def _reader(view: View) -> SearchReader:
    return SearchReader(view.release, view.names, view.links, view.words)


def _page(view: View, asked: Asked) -> bytes:
    shown = _reader(view).page(asked)
    pages = {name: _address(view, asked, page=number) for name, number in turns(asked.page, shown.pages).items()}
    return view.render(
        "search.html", asked=asked, shown=shown, turns=pages, longest=LONGEST_TEXT,
        to=lambda **other: _address(view, asked, **{"page": 1, **other}),
        json=view.links.file(f"search{asked.query(format='json')}"),
    ).encode()  # fmt: skip


def _address(view: View, asked: Asked, **other: object) -> str:
    """Return the address of another search; it keeps the day that is asked for."""
    day = view.links.day
    return view.links.page(f"search{asked.query(**other, at=day.isoformat() if day else None)}")


def _json(view: View, asked: Asked) -> bytes:
    shown = as_json(view.release, asked, lambda query: f"{view.release.base}search{query}&format=json")
    return orjson.dumps(shown, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _suggestions(view: View, text: str) -> bytes:
    return orjson.dumps(_reader(view).suggestions(text, lambda path: urljoin(view.release.base, path)))


def _in_language(view: View, syntax: Syntax, write: Callable[[], bytes]) -> Response:
    response = representation(view.release, syntax.media_type, view.variant, write)
    view.name_language(response)
    return response
