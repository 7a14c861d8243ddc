"""Names of things: ``/id/…`` and the other IRIs of the dataset lead to the documents about them."""

from flask import Blueprint, Response

from metropolis_kg.model.identifiers import canonical_path, document_path
from metropolis_kg.publication.description import UnknownThingError, is_known
from metropolis_kg.publication.retirement import refuse_retired
from metropolis_kg.publication.signposting import Address, described_by
from metropolis_kg.web.responses import moved, see_other
from metropolis_kg.web.site import Site


def things(site: Site) -> Blueprint:
    """Return the views that answer IRIs of things with 303 (httpRange-14)."""
    views = Blueprint("things", __name__)

    @views.get("/id/<path:name>")
    def thing(name: str) -> Response:
        return _to_document(site, "id/", name)

    @views.get("/graph/<path:name>")
    def graph(name: str) -> Response:
        return _to_document(site, "graph/", name)

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


def _to_document(site: Site, space: str, name: str = "") -> Response:
    """Lead to the document about a thing; from another spelling of its name to its name (308).

    Raises UnknownThingError where neither the name nor its canonical form is known.
    """
    release = site.current.release()
    refuse_retired(release, site.queries, release.iri(space + name))
    if is_known(release, site.queries, release.iri(space + name)):
        path = document_path(space + name)
        response = see_other(release.iri(path), release)
        for link in described_by(Address(release, path.removeprefix("doc/")), release.iri(space + name)):
            response.headers.add("Link", link.header())
        return response
    canonical = canonical_path(name)
    if canonical in (None, name) or not is_known(release, site.queries, release.iri(f"{space}{canonical}")):
        raise UnknownThingError(release.iri(space + name))
    return moved(release.iri(f"{space}{canonical}"))
