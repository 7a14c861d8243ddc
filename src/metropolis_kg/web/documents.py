"""Documents about things: ``/doc/<name>`` by negotiation, ``/doc/<name>.<extension>`` in one format."""

from collections.abc import Callable
from functools import cache
from urllib.parse import quote

from flask import Blueprint, Response, request

from metropolis_kg.model.identifiers import canonical_path
from metropolis_kg.publication.catalogue import with_catalogue
from metropolis_kg.publication.dataset_page import dataset_page_of
from metropolis_kg.publication.description import Description, UnknownThingError, describe, is_known
from metropolis_kg.publication.documents import with_document
from metropolis_kg.publication.documents import write as write_description
from metropolis_kg.publication.map import coordinates_of
from metropolis_kg.publication.media_types import (
    DOCUMENTS,
    HTML,
    SCHEMA_ORG,
    Syntax,
    by_extension,
)
from metropolis_kg.publication.mementos import history_links
from metropolis_kg.publication.negotiation import NotAcceptableError
from metropolis_kg.publication.page import page_of
from metropolis_kg.publication.reading import NAMED_APART, Reader
from metropolis_kg.publication.retirement import refuse_retired
from metropolis_kg.publication.schema_org import in_schema_org, structured_data
from metropolis_kg.publication.shape_order import shape_order_of
from metropolis_kg.publication.signposting import Address, Link, format_links, landing_links
from metropolis_kg.publication.surroundings import surroundings_of
from metropolis_kg.publication.timeline import timeline_of
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.web.map import land
from metropolis_kg.web.responses import moved, representation
from metropolis_kg.web.site import Site, View
from metropolis_kg.web.sources import source_page
from metropolis_kg.web.vocabulary import vocabulary_of
from metropolis_kg.web.wanted import Wanted, wanted


def documents(site: Site) -> Blueprint:
    """Return the views of documents."""
    views = Blueprint("documents", __name__)

    @views.get("/doc/<path:name>")
    def document(name: str) -> Response:
        view = site.view()
        try:
            asked = wanted(view.release, name)
            response = document_of(view, asked)
        except (UnknownThingError, NotAcceptableError):  # where a spelling leads depends on no Accept
            path = canonical(view, "doc", name, DOCUMENTS)
            if path is None:
                raise
            return moved(view.release.iri(path))
        if view.release.folder:
            response.headers.add("Link", ", ".join(history_links(view.release.base, path_of(view, asked, name))))
        return response

    return views


def path_of(view: View, asked: Wanted, name: str) -> str:
    """Return the path below the base at which ``doc/<name>`` is asked for, with all that decides what it says."""
    profile = (("profile", request.args["profile"]),) if "profile" in request.args else ()
    language = (("lang", view.links.chosen),) if view.links.chosen else ()
    return f"doc/{quote(name)}{Wanted.query((*asked.fields, *profile, *language))}"


def document_of(view: View, asked: Wanted) -> Response:
    """Return the document that is asked for. Raises UnknownThingError, UnknownPageError and what the store raises.

    Raises RetiredThingError, too, where the thing is no more.
    """
    release, thing = view.release, thing_iri(view.release, asked.name)
    if release.digest or asked.choice.profile is SCHEMA_ORG:
        refuse_retired(release, view.site.queries, thing)

    @cache
    def description() -> Description:
        found = described(view, asked)
        if found.is_a(thing, "mkg:RetiredThing"):  # a remote store is asked only now
            refuse_retired(release, view.site.queries, thing)
        return found

    def written() -> bytes:
        if asked.choice.profile is SCHEMA_ORG:
            return write_description(_in_schema_org(view, asked), release, asked.syntax, asked.choice.profile)
        if asked.syntax is HTML:
            return _page(view, asked, description()).encode()
        return write_description(description(), release, asked.syntax, asked.choice.profile)

    response = answer(view, asked, written)
    if response.status_code == 200 and asked.choice.profile is not SCHEMA_ORG:
        for link in _links(view, asked, description()):
            response.headers.add("Link", link.header())
    return response


def address_of(view: View, asked: Wanted) -> Address:
    """Return where the document is, with the part that is asked for."""
    fields, all_pages = Wanted.query(asked.fields), Wanted.query(asked.turned(1).fields)
    return Address(view.release, asked.name, fields, all_pages)


def _links(view: View, asked: Wanted, description: Description) -> list[Link]:
    """Return what the response links to, which its body need not be written for."""
    address = address_of(view, asked)
    if asked.by_extension and asked.syntax is not HTML:
        return format_links(description, address, asked.syntax, asked.choice.profile)
    return landing_links(description, address, view.site.queries)


def answer(view: View, asked: Wanted, write: Callable[[], bytes]) -> Response:
    """Return what ``write`` writes as the document that is asked for."""
    response = representation(view.release, asked.choice.media_type, _variant(view, asked), write)
    if asked.syntax is HTML:
        view.name_language(response)
    if not asked.by_address:
        response.vary.add("Accept")
        response.headers["Content-Location"] = view.release.iri(asked.representation(view.links.chosen))
    return response


def canonical(view: View, folder: str, name: str, syntaxes: tuple[Syntax, ...]) -> str | None:
    """Return the path that another spelling of ``<folder>/<name>`` has rightly; none where that is not known either.

    ``name`` may end in the extension of one of ``syntaxes``.
    """
    name, dot, extension = name.partition(".")
    right, known_as = canonical_path(name), by_extension(extension.lower(), syntaxes)
    if right is None or bool(dot) != bool(known_as) or (right, extension) == (name, extension.lower()):
        return None
    if not is_known(view.release, view.site.queries, thing_iri(view.release, right)):
        return None
    query = request.query_string.decode()
    return f"{folder}/{right}{dot}{extension.lower()}{'?' if query else ''}{query}"


def _variant(view: View, asked: Wanted) -> list[str]:
    """Return what tells this representation from others of the same document and type."""
    language = view.variant if asked.syntax is HTML else []
    profile = [asked.choice.profile.name] if asked.choice.profile else []
    return [*asked.variant, *profile, *language]


def described(view: View, asked: Wanted) -> Description:
    """Return the document that is asked for as a description. Raises what ``document_of`` raises."""
    release = view.release
    thing = thing_iri(release, asked.name)
    description = describe(release, view.site.queries, thing, page=asked.page, day=asked.day)
    if asked.name == "dataset":
        description = with_catalogue(description, release, view.site.queries)
    return with_document(description, release, release.iri(asked.document))


def _in_schema_org(view: View, asked: Wanted) -> Description:
    release, document = view.release, f"doc/{asked.name}"
    return in_schema_org(release, view.site.queries, thing_iri(release, asked.name), release.iri(document))


def _page(view: View, asked: Wanted, description: Description) -> str:
    links = _links(view, asked, description)
    structured = None if asked.fields else structured_data(_in_schema_org(view, asked), view.language)
    if asked.name == "ns":
        page = vocabulary_of(view, description)
        return view.render("vocabulary.html", name=asked.name, page=page, structured=structured, signposts=links)
    others = description.part.others if description.part else {}
    turns = {
        name: view.links.page(asked.turned(number).path) for name, number in others.items() if number != asked.page
    }
    values = (description, view.names, view.links, view.words)
    shown = {"name": asked.name, "structured": structured, "turns": turns, "signposts": links}
    if asked.name == "dataset":
        return view.render("dataset.html", page=dataset_page_of(*values), **shown)
    query = Wanted.query(asked.fields)
    if description.is_a(description.thing, "mkg:Source"):
        return source_page(view, asked, Reader(*values), {**shown, "query": query, "day": asked.day})
    order = shape_order_of(view.site.content, view.release.base)
    thing = page_of(*values, order, surroundings_of(view.release, view.site.queries, description))
    drawn = timeline_of(Reader(*values, order), thing)
    placed = {"coordinates": coordinates_of(description), "land": land()}
    return view.render("thing.html", page=thing, drawn=drawn, query=query, day=asked.day, **placed, **shown)


def thing_iri(release: OpenRelease, name: str) -> str:
    """Return the IRI of the thing that the document ``doc/<name>`` is about."""
    if name == "ns":
        return release.prefixes["mkg"]
    below_id = name not in NAMED_APART and not name.startswith("graph/")
    return release.iri(f"id/{name}" if below_id else name)
