"""The shapes: ``/shapes/<name>`` names one, ``/doc/shapes/<name>`` is the document about it."""

from dataclasses import replace

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from metropolis_kg.publication.description import Description
from metropolis_kg.publication.media_types import HTML, JSON_LD, SCHEMA_ORG
from metropolis_kg.publication.negotiation import Choice
from metropolis_kg.publication.shapes import (
    GRAPH,
    describe_shapes,
    licences_of,
    shape_links,
    with_document,
    write_shapes,
)
from metropolis_kg.publication.signposting import Address
from metropolis_kg.web.documents import answer
from metropolis_kg.web.responses import moved, see_other
from metropolis_kg.web.site import Site, View
from metropolis_kg.web.vocabulary import shapes_of, shapes_reader
from metropolis_kg.web.wanted import Wanted, wanted


def shapes(site: Site) -> Blueprint:
    """Return the views of the shapes graph and its nodes."""
    views = Blueprint("shapes", __name__)

    @views.get("/shapes")
    def graph_without_slash() -> Response:
        return moved(f"{site.base}{GRAPH}")

    @views.get("/shapes/")
    def graph() -> Response:
        release = site.current.release()
        return see_other(release.iri("doc/shapes"), release)

    @views.get("/shapes/<name>")
    def shape(name: str) -> Response:
        view = site.view()
        describe_shapes(shapes_of(view), view.release, view.release.iri(GRAPH + name))
        return see_other(view.release.iri(f"doc/{GRAPH}{name}"), view.release)

    @views.get("/doc/shapes")
    @views.get("/doc/shapes.<extension>")
    def graph_document(extension: str | None = None) -> Response:
        return _document(site.view(), f"shapes.{extension}" if extension else "shapes")

    @views.get("/doc/shapes/<name>")
    def shape_document(name: str) -> Response:
        return _document(site.view(), GRAPH + name)

    return views


def _document(view: View, name: str) -> Response:
    release = view.release
    asked = replace(wanted(release, name), fields=())  # days and pages of claims are nothing to shapes
    if asked.choice.profile is SCHEMA_ORG and "profile" not in request.args:
        asked = replace(asked, choice=Choice(JSON_LD, JSON_LD.media_type))  # Accept names a profile that is not here
    if asked.choice.profile is SCHEMA_ORG:
        raise NotFound("The shapes are not to be had in the terms of schema.org.")
    iri = release.iri(GRAPH if asked.name == "shapes" else asked.name)
    described = describe_shapes(shapes_of(view), release, iri)

    def written() -> bytes:
        if asked.syntax is HTML:
            return _page(view, asked, described).encode()
        whole = with_document(described, release, release.iri(asked.path), licences())
        return write_shapes(whole, asked.syntax, asked.choice.profile)

    def licences() -> list[str]:
        return licences_of(release, view.site.queries)

    response = answer(view, asked, written)
    if response.status_code in (200, 304):
        for link in shape_links(described, Address(release, asked.name), licences()):
            response.headers.add("Link", link.header())
    return response


def _page(view: View, asked: Wanted, described: Description) -> str:
    reader = shapes_reader(view, described)
    if asked.name == "shapes":
        return view.render("shapes.html", name=asked.name, iri=described.thing, shapes=reader.everything)
    return view.render("shape.html", name=asked.name, shape=reader.named(described.thing))
