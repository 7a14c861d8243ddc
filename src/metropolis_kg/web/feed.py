"""The change feed: ``/feed`` as a Linked Data Event Stream, ``/feed.atom`` for feed readers.

A version of a thing is named ``/version/<time>/<path of the thing>``.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox
from flask import Blueprint, Response, request

from metropolis_kg.model.identifiers import document_path
from metropolis_kg.publication.feed import (
    FEEDS,
    Event,
    Feed,
    FeedPageGoneError,
    Statements,
    UnknownFeedPageError,
    index_quads,
    page_quads,
    root_quads,
    write_feed,
)
from metropolis_kg.publication.feed_page import MOST_ENTRIES, entries, event_rows, publication_rows
from metropolis_kg.publication.link_values import link_value
from metropolis_kg.publication.media_types import ATOM, HTML, by_extension
from metropolis_kg.publication.names import names_for
from metropolis_kg.publication.negotiation import Choice, choose
from metropolis_kg.publication.shapes import licences_of
from metropolis_kg.publication.sorted_quads import sorted_quads
from metropolis_kg.web.responses import BRIEFLY, FOR_EVER, representation, see_other
from metropolis_kg.web.site import Site, View
from metropolis_kg.web.wanted import page_number

_NAME = re.compile(r"(index-)?([1-9][0-9]{0,8})(?:\.([a-z]+))?")


@dataclass(frozen=True)
class _Asked:
    """A node of the feed in a syntax."""

    path: str
    """Below the base, without extension."""

    choice: Choice
    by_extension: bool


def feed(site: Site) -> Blueprint:
    """Return the views of the change feed."""
    views = Blueprint("feed", __name__)

    @views.get("/feed")
    @views.get("/feed.<extension>")
    def root(extension: str | None = None) -> Response:
        view = site.view()
        known = feed_of(view)
        asked = _asked("feed", extension)
        return _answer(
            view, known, asked, lambda: root_quads(known, licences_of(view.release, site.queries)),
            lambda: view.render("feed.html", feed=known, rows=publication_rows(known)),
        )  # fmt: skip

    @views.get("/feed.atom")
    def atom() -> Response:
        return _atom(site.view())

    @views.get("/feed/<int:first>/<name>")
    def node(first: int, name: str) -> Response:
        view = site.view()
        known, parts = feed_of(view), _NAME.fullmatch(name)
        if first != known.first or parts is None:
            raise UnknownFeedPageError(f"There is no such page of the feed; {known.iri} leads to those there are.")
        number, asked = int(parts[2]), _asked(f"feed/{first}/{parts[1] or ''}{parts[2]}", parts[3])
        return _index(view, known, asked, number) if parts[1] else _page(view, known, asked, number)

    @views.get("/version/<moment>/<path:thing>")
    def version(moment: str, thing: str) -> Response:
        event = feed_of(site.view()).event(moment, thing)
        document = document_path(event.thing)
        then = document if event.kind == "removed" else f"memento/{event.publication.stamp}/{document}"
        return see_other(site.base + then)

    return views


def feed_of(view: View) -> Feed:
    """Return the feed of what was published under the base. Raises UnknownFeedPageError where that is unknown."""
    publications = view.site.current.publications(view.release)
    if not publications:
        raise UnknownFeedPageError("There is no feed: this site has no history of what was published.")
    return Feed(publications)


def _asked(path: str, extension: str | None) -> _Asked:
    if extension is None:
        return _Asked(path, choose(request.headers.get("Accept"), FEEDS), by_extension=False)
    syntax = by_extension(extension, FEEDS)
    if syntax is None:
        there_is = ", ".join(each.extension for each in FEEDS)
        raise UnknownFeedPageError(f"The feed does not come as .{extension[:20]}, but as {there_is}.")
    return _Asked(path, Choice(syntax, syntax.media_type), by_extension=True)


def _index(view: View, known: Feed, asked: _Asked, number: int) -> Response:
    nodes = known.index(number)
    return _answer(
        view, known, asked, lambda: index_quads(known, number),
        lambda: view.render("feed_index.html", feed=known, nodes=nodes),
    )  # fmt: skip


def _page(view: View, known: Feed, asked: _Asked, number: int) -> Response:
    events = known.page(number)

    def page() -> str:
        names = names_for(view.release, view.site.queries, sorted({event.iri for event in events}))
        return view.render("feed_page.html", feed=known, number=number, rows=event_rows(events, names, view.language))

    response = _answer(
        view, known, asked, lambda: page_quads(known, number, _statements(view)), page,
        full=known.is_full(number),
    )  # fmt: skip
    near = {"prev": number - 1, "next": number + 1}
    for name, other in near.items():
        if 0 < other <= known.pages:
            response.headers.add("Link", link_value(known.page_iri(other), name))
    return response


def _answer(
    view: View,
    known: Feed,
    asked: _Asked,
    quads: Callable[[], Sequence[ox.Quad]],
    page: Callable[[], str],
    *,
    full: bool = False,
) -> Response:
    """Return a node of the feed; a full one never changes as data, while a page to read has the site around it."""
    syntax = asked.choice.syntax

    def written() -> bytes:
        return page().encode() if syntax is HTML else write_feed(quads(), syntax, view.release.prefixes)

    language = view.variant if syntax is HTML else []
    for_ever = full and syntax is not HTML
    response = representation(
        view.release, asked.choice.media_type, [*language, str(known.publications[-1].number)], written,
        cache=FOR_EVER if for_ever else BRIEFLY, kept=for_ever,
    )  # fmt: skip
    if syntax is HTML:
        view.name_language(response)
    if not asked.by_extension:
        response.vary.add("Accept")
        response.headers["Content-Location"] = view.release.iri(f"{asked.path}.{syntax.extension}")
    response.headers.add("Link", link_value(view.release.iri("feed.atom"), "alternate", type=ATOM.media_type))
    return response


def _statements(view: View) -> Statements:
    """Return what reads what the release of an event says of its thing. Raises FeedPageGoneError."""

    def read(event: Event) -> Sequence[ox.Triple]:
        try:
            with sorted_quads(view.site.current.dataset_of(event.publication.digest)) as dataset:
                return dataset.about(event.iri)
        except OSError as error:
            what = f"release {event.publication.digest[:12]} of {event.publication.published:%Y-%m-%d}"
            raise FeedPageGoneError(f"This page of the feed needs {what}, which is not kept any more.") from error

    return read


def _atom(view: View) -> Response:
    """Return the feed for feed readers (RFC 4287), the newest publication first, in pages (RFC 5005 section 3).

    Raises UnknownFeedPageError and ArgumentError.
    """
    known = feed_of(view)
    number, pages = page_number(), -(-len(known.publications) // MOST_ENTRIES)
    if number > pages:
        raise UnknownFeedPageError(f"The feed has {pages} pages; {view.release.iri('feed.atom')} is the first.")

    def written() -> bytes:
        shown = entries(known, number, view.words, lambda iris: names_for(view.release, view.site.queries, iris))
        return view.render("feed.xml", feed=known, entries=shown, number=number, pages=pages).encode()

    variant = [*view.variant, str(number), str(known.publications[-1].number)]
    response = representation(view.release, ATOM.media_type, variant, written, kept=False)
    view.name_language(response)
    return response
