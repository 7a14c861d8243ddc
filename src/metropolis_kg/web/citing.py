"""How to cite a thing: ``/cite/<name>``, where ``/doc/<name>`` is the document about it."""

from flask import Blueprint, Response, request

from metropolis_kg.publication.citing import BIBTEX, CITATIONS, CSL_JSON, Citation, citation_of, write_bibtex, write_csl
from metropolis_kg.publication.description import UnknownThingError, is_known
from metropolis_kg.publication.media_types import Syntax, by_extension
from metropolis_kg.publication.mementos import Memento
from metropolis_kg.publication.negotiation import Choice, NotAcceptableError, choose
from metropolis_kg.publication.retirement import refuse_retired
from metropolis_kg.web.documents import canonical, thing_iri
from metropolis_kg.web.exchange import present
from metropolis_kg.web.responses import moved, representation
from metropolis_kg.web.site import Site, View


def citing(site: Site) -> Blueprint:
    """Return the view of citations."""
    views = Blueprint("citing", __name__)

    @views.get("/cite/<path:name>")
    def cite(name: str) -> Response:
        view = site.view()
        try:
            return _response(view, name)
        except (UnknownThingError, NotAcceptableError):  # where a spelling leads depends on no Accept
            path = canonical(view, "cite", name, CITATIONS)
            if path is None:
                raise
            return moved(view.release.iri(path))

    return views


def _response(view: View, name: str) -> Response:
    """Return the citation in the form that the request wants. Raises NotAcceptableError, and as ``_cited``."""
    name, dot, extension = name.partition(".")
    syntax = by_extension(extension, CITATIONS) if dot else None
    if dot and syntax is None:
        raise UnknownThingError(view.release.iri(f"cite/{name}.{extension}"))
    chosen = Choice(syntax, syntax.media_type) if syntax else choose(request.headers.get("Accept"), CITATIONS)
    response = _cited(view, name, chosen)
    if not dot:
        response.vary.add("Accept")
        path = view.links.page(f"cite/{name}.{chosen.syntax.extension}").removeprefix(view.links.file(""))
        response.headers["Content-Location"] = view.release.iri(path)
    return response


def _cited(view: View, name: str, chosen: Choice) -> Response:
    """Return the citation. Raises UnknownThingError, RetiredThingError, and what the store raises."""
    release, iri = view.release, thing_iri(view.release, name)
    refuse_retired(release, view.site.queries, iri)
    if not is_known(release, view.site.queries, iri):
        raise UnknownThingError(iri)
    address = _address(view, name)

    def written() -> bytes:
        citation = citation_of(release, view.site.queries, iri, view.language, address)
        return _written(view, name, citation, chosen.syntax)

    response = representation(release, chosen.media_type, [*view.variant, address or ""], written)
    present.get().keeps = False  # the journal decides where this version stays
    view.name_language(response)
    return response


def _written(view: View, name: str, citation: Citation, syntax: Syntax) -> bytes:
    if syntax is CSL_JSON:
        return write_csl(citation)
    if syntax is BIBTEX:
        return write_bibtex(citation)
    csl, bibtex = write_csl(citation).decode(), write_bibtex(citation).decode()
    return view.render("cite.html", citation=citation, name=name, csl=csl, bibtex=bibtex).encode()


def _address(view: View, name: str) -> str | None:
    """Return where this version of ``doc/<name>`` stays: none where no publication of the release is kept."""
    release = view.release
    if release.digest is None:
        return None
    published = [each for each in view.site.current.publications(release) if each.digest == release.digest]
    return Memento(published[-1], f"doc/{name}").iri if published else None
