"""Documents about things: ``/doc/<name>`` by negotiation, ``/doc/<name>.<extension>`` in one format."""

from collections.abc import Callable
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, request

from metropolis_kg.publication.catalogue import with_catalogue
from metropolis_kg.publication.dataset_page import dataset_page_of
from metropolis_kg.publication.description import Description, describe
from metropolis_kg.publication.documents import with_document
from metropolis_kg.publication.documents import write as write_description
from metropolis_kg.publication.json_schema import schema_path
from metropolis_kg.publication.media_types import COMPACTED, FRAMED, HTML, JSON_LD, JSON_SCHEMA, SCHEMA_ORG
from metropolis_kg.publication.mementos import history_links
from metropolis_kg.publication.page import page_of
from metropolis_kg.publication.reading import NAMED_APART
from metropolis_kg.publication.retirement import refuse_retired
from metropolis_kg.publication.schema_org import in_schema_org, structured_data
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.web.responses import representation
from metropolis_kg.web.site import Site, View
from metropolis_kg.web.vocabulary import vocabulary_of
from metropolis_kg.web.wanted import Wanted, wanted


def documents(site: Site) -> Blueprint:
    """Return the views of documents."""
    views = Blueprint("documents", __name__)

    @views.get("/doc/<path:name>")
    def document(name: str) -> Response:
        view = site.view()
        asked = wanted(view.release, name)
        response = document_of(view, asked)
        if view.release.digest:
            response.headers.add("Link", ", ".join(history_links(view.release.base, address_of(view, asked, name))))
        return response

    return views


def address_of(view: View, asked: Wanted, name: str) -> str:
    """Return the path below the base at which ``doc/<name>`` is asked for, with all that decides what it says."""
    profile = (("profile", request.args["profile"]),) if "profile" in request.args else ()
    language = (("lang", view.links.chosen),) if view.links.chosen else ()
    fields = urlencode((*asked.fields, *profile, *language))
    return f"doc/{quote(name)}" + (f"?{fields}" if fields else "")


def document_of(view: View, asked: Wanted) -> Response:
    """Return the document that is asked for. Raises UnknownThingError and what the store raises."""

    def written() -> bytes:
        refuse_retired(view.release, view.site.queries, thing_iri(view.release, asked.name))
        description = _in_schema_org(view, asked) if asked.choice.profile is SCHEMA_ORG else _described(view, asked)
        if asked.syntax is HTML:
            return _page(view, asked, description).encode()
        return write_description(description, view.release, asked.syntax, asked.choice.profile)

    response = answer(view, asked, written)
    if asked.syntax is JSON_LD and asked.choice.profile in (None, COMPACTED, FRAMED):
        schema = f'<{view.release.iri(schema_path())}>; rel="describedby"; type="{JSON_SCHEMA.media_type}"'
        response.headers.add("Link", schema)
    return response


def answer(view: View, asked: Wanted, write: Callable[[], bytes]) -> Response:
    """Return what ``write`` writes as the document that is asked for."""
    response = representation(view.release, asked.choice.media_type, _variant(view, asked), write)
    if asked.syntax is HTML:
        response.content_language.add(view.language)
        response.vary.add("Accept-Language")
    if not asked.by_address:
        response.vary.add("Accept")
        response.headers["Content-Location"] = view.release.iri(asked.representation(view.links.chosen))
    return response


def _variant(view: View, asked: Wanted) -> list[str]:
    """Return what tells this representation from others of the same document and type."""
    language = [view.language, view.links.page("")] if asked.syntax is HTML else []
    profile = [asked.choice.profile.name] if asked.choice.profile else []
    return [*(f"{name}={value}" for name, value in asked.fields), *profile, *language]


def _described(view: View, asked: Wanted) -> Description:
    release = view.release
    description = describe(release, view.site.queries, thing_iri(release, asked.name))
    if asked.name == "dataset":
        description = with_catalogue(description, release, view.site.queries)
    return with_document(description, release, release.iri(asked.path))


def _in_schema_org(view: View, asked: Wanted) -> Description:
    release, document = view.release, f"doc/{asked.name}"
    return in_schema_org(release, view.site.queries, thing_iri(release, asked.name), release.iri(document))


def _page(view: View, asked: Wanted, description: Description) -> str:
    structured = structured_data(_in_schema_org(view, asked), view.language)
    if asked.name == "ns":
        page = vocabulary_of(view, description)
        return view.render("vocabulary.html", name=asked.name, page=page, structured=structured)
    values = (description, view.names, view.links, view.words)
    if asked.name == "dataset":
        return view.render("dataset.html", name=asked.name, page=dataset_page_of(*values), structured=structured)
    return view.render("thing.html", name=asked.name, page=page_of(*values), structured=structured)


def thing_iri(release: OpenRelease, name: str) -> str:
    """Return the IRI of the thing that the document ``doc/<name>`` is about."""
    if name == "ns":
        return release.prefixes["mkg"]
    below_id = name not in NAMED_APART and not name.startswith("graph/")
    return release.iri(f"id/{name}" if below_id else name)
