"""Names of things: ``/id/…`` and the other IRIs of the dataset lead to the documents about them."""

from flask import Blueprint, Response

from metropolis_kg.model.identifiers import SLUG, document_path
from metropolis_kg.publication.description import UnknownThingError, is_known
from metropolis_kg.publication.retirement import refuse_retired
from metropolis_kg.web.responses import see_other
from metropolis_kg.web.site import Site


def things(site: Site) -> Blueprint:
    """Return the views that answer IRIs of things with 303 (httpRange-14)."""
    views = Blueprint("things", __name__)

    @views.get("/id/<kind>/<slug>")
    def thing(kind: str, slug: str) -> Response:
        if not (SLUG.fullmatch(kind) and SLUG.fullmatch(slug)):
            raise UnknownThingError(f"{site.base}id/{kind}/{slug}")
        return _to_document(site, f"id/{kind}/{slug}")

    @views.get("/graph/<slug>")
    def graph(slug: str) -> Response:
        return _to_document(site, f"graph/{slug}")

    @views.get("/dataset")
    def dataset() -> Response:
        return _to_document(site, "dataset")

    @views.get("/prefixes")
    def prefixes() -> Response:
        return _to_document(site, "prefixes")

    @views.get("/ns")
    def vocabulary() -> Response:
        release = site.current.release()
        return see_other(release.iri("doc/ns"), release)

    return views


def _to_document(site: Site, path: str) -> Response:
    release = site.current.release()
    if not is_known(release, site.queries, release.iri(path)):
        raise UnknownThingError(release.iri(path))
    refuse_retired(release, site.queries, release.iri(path))
    return see_other(release.iri(document_path(path)), release)
