"""Documents about things: ``/doc/<name>`` by negotiation, ``/doc/<name>.<extension>`` in one format."""

from flask import Blueprint, Response, request

from metropolis_kg.publication.description import Description, UnknownThingError, describe
from metropolis_kg.publication.documents import with_document, write
from metropolis_kg.publication.media_types import DOCUMENTS, HTML, Syntax, by_extension
from metropolis_kg.publication.negotiation import choose
from metropolis_kg.publication.page import page_of, vocabulary_page_of
from metropolis_kg.publication.reading import NAMED_APART
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.web.responses import representation
from metropolis_kg.web.site import Site, View


def documents(site: Site) -> Blueprint:
    """Return the views of documents."""
    views = Blueprint("documents", __name__)

    @views.get("/doc/<path:name>")
    def document(name: str) -> Response:
        name, dot, extension = name.partition(".")
        view = site.view()
        if dot:
            syntax = by_extension(extension, DOCUMENTS)
            if syntax is None:
                raise UnknownThingError(view.release.iri(f"doc/{name}.{extension}"))
            return _representation(view, name, syntax, syntax.media_type)
        chosen = choose(request.headers.get("Accept"), DOCUMENTS)
        response = _representation(view, name, chosen.syntax, chosen.media_type)
        response.vary.add("Accept")
        response.headers["Content-Location"] = _location(view, name, chosen.syntax)
        return response

    return views


def _representation(view: View, name: str, syntax: Syntax, media_type: str) -> Response:
    chosen = [view.language, view.links.page("")] if syntax is HTML else []

    def written() -> bytes:
        description = _described(view, name)
        return _page(view, name, description).encode() if syntax is HTML else write(description, view.release, syntax)

    response = representation(view.release, media_type, chosen, written)
    if syntax is HTML:
        response.content_language.add(view.language)
        response.vary.add("Accept-Language")
    return response


def _described(view: View, name: str) -> Description:
    release = view.release
    description = describe(release, view.site.queries, thing_iri(release, name))
    return with_document(description, release, release.iri(f"doc/{name}"))


def _page(view: View, name: str, description: Description) -> str:
    values = (description, view.names, view.links, view.words)
    if name == "ns":
        return view.render("vocabulary.html", name=name, page=vocabulary_page_of(*values))
    return view.render("thing.html", name=name, page=page_of(*values))


def _location(view: View, name: str, syntax: Syntax) -> str:
    chosen = f"?lang={view.links.chosen}" if syntax is HTML and view.links.chosen else ""
    return view.release.iri(f"doc/{name}.{syntax.extension}{chosen}")


def thing_iri(release: OpenRelease, name: str) -> str:
    """Return the IRI of the thing that the document ``doc/<name>`` is about."""
    if name == "ns":
        return release.prefixes["mkg"]
    below_id = name not in NAMED_APART and not name.startswith("graph/")
    return release.iri(f"id/{name}" if below_id else name)
