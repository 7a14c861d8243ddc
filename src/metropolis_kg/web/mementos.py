"""Documents as earlier publications had them: TimeGates, TimeMaps and mementos (RFC 7089)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Blueprint, Response, request

from metropolis_kg.model.publications import Publication, having
from metropolis_kg.publication.description import UnknownThingError
from metropolis_kg.publication.media_types import HTML, LINK_FORMAT
from metropolis_kg.publication.mementos import (
    Memento,
    Mementos,
    UnknownMementoError,
    history_links,
    moment_of,
    timemap,
)
from metropolis_kg.publication.names import names_for
from metropolis_kg.publication.negotiation import choose
from metropolis_kg.publication.reading import Links
from metropolis_kg.web.documents import document_of, path_of, thing_iri
from metropolis_kg.web.exchange import present
from metropolis_kg.web.responses import FOR_EVER, found, representation
from metropolis_kg.web.site import Frame, Site, View
from metropolis_kg.web.wanted import Wanted, wanted

_NAMED = 20
"""How many other mementos an error names."""


def mementos(site: Site) -> Blueprint:
    """Return the views of earlier publications."""
    views = Blueprint("mementos", __name__)

    @views.get("/timegate/doc/<path:name>")
    def timegate(name: str) -> Response:
        known = _known(site.view(), name, negotiated=False)[0]
        chosen = known.at(moment_of(request.headers.get("Accept-Datetime")))
        response = found(chosen.iri)
        response.headers["Link"] = ", ".join([*history_links(known.base, known.path), *known.links(chosen)])
        return response

    @views.get("/timemap/doc/<path:name>")
    def listed(name: str) -> Response:
        view = site.view()
        return _timemap(view, *_known(view, name, negotiated=False))

    @views.get("/memento/<moment>/doc/<path:name>")
    def memento(moment: str, name: str) -> Response:
        view = site.view()
        known, asked = _known(view, name)
        return _memento(view, known, asked, _chosen(known, moment))

    @views.after_request
    def varying(response: Response) -> Response:
        if request.endpoint == "mementos.timegate":  # errors too: another date may be none
            response.vary.add("Accept-Datetime")
        return response

    return views


def _known(view: View, name: str, *, negotiated: bool = True) -> tuple[Mementos, Wanted]:
    """Return the mementos of the document ``doc/<name>``, and what is wanted of them. Raises UnknownMementoError."""
    if view.release.digest is None:
        raise UnknownMementoError("This site answers from a store, of which no earlier versions are kept.")
    asked = wanted(view.release, name, negotiated=negotiated)
    path = path_of(view, asked, name)
    every = tuple(Memento(each, path) for each in _publications(view, asked.name))
    if not every:
        raise UnknownMementoError(f"No publication that is kept has a document {view.release.base}{path}.")
    return Mementos(view.release.base, path, every), asked


def _publications(view: View, name: str) -> list[Publication]:
    """Return the publications that have the document ``doc/<name>`` and whose release is kept."""
    current, iri = view.site.current, thing_iri(view.release, name)
    known: Sequence[Publication] = current.publications(view.release)
    path = iri.removeprefix(view.release.base)
    if path.startswith("id/"):
        known = having(known, path)
    kept = [each for each in known if current.keeps(each.digest)]
    if path.startswith("graph/"):
        return [each for each in kept if iri in current.manifest_of(each.digest).get("graphs", ())]
    return kept


def _chosen(known: Mementos, moment: str) -> Memento:
    chosen = next((each for each in known.all if each.publication.stamp == moment), None)
    if chosen is None:
        reason = f"{known.original} is not part of a publication of {moment[:14]}"
        others = [each.iri for each in known.all[-_NAMED:]]
        raise UnknownMementoError(f"{reason}; {known.timemap} lists those it is part of.", others)
    return chosen


def _memento(view: View, known: Mementos, asked: Wanted, chosen: Memento) -> Response:
    then = _Then(view.base, view.site, view.site.current.release_of(chosen.publication.digest), known, chosen)
    try:
        response = document_of(then, asked)
    except UnknownThingError as error:
        raise UnknownMementoError(f"{error} It is not part of this publication.") from error
    present.get().keeps = False  # the journal decides what it links to
    moment = chosen.publication.stamp
    if "Content-Location" in response.headers:
        path = asked.representation(view.links.chosen)
        response.headers["Content-Location"] = f"{known.base}memento/{moment}/{path}"
    if chosen is not known.all[-1]:  # the last one will get a successor, to which it links
        response.headers["Cache-Control"] = FOR_EVER
    response.headers["Memento-Datetime"] = chosen.datetime
    response.headers.add("Link", ", ".join([*history_links(known.base, known.path), *known.links(chosen)]))
    return response


def _timemap(view: View, known: Mementos, asked: Wanted) -> Response:
    syntax = choose(request.headers.get("Accept"), (LINK_FORMAT, HTML)).syntax
    paged = syntax is HTML
    variant = [str(len(known.all)), known.all[-1].iri, *(view.variant if paged else [])]

    def written() -> bytes:
        return _versions(view, known, asked).encode() if paged else timemap(known)

    response = representation(view.release, syntax.media_type, variant, written)
    present.get().keeps = False  # the journal decides what it is, too
    response.vary.add("Accept")
    if paged:
        view.name_language(response)
    return response


def _versions(view: View, known: Mementos, asked: Wanted) -> str:
    iri = thing_iri(view.release, asked.name)
    rows = [
        (
            view.links.file(f"memento/{each.publication.stamp}/{known.path}"),
            each.publication,
            each.publication.what(iri.removeprefix(known.base)),
        )
        for each in reversed(known.all)
    ]
    latest = view.site.current.release_of(known.all[-1].publication.digest)  # of what is gone, the last that had it
    title = names_for(latest, view.site.queries, [iri]).name(iri, view.language)
    listing, document = view.links.file(f"timemap/{known.path}"), view.links.file(known.path)
    return view.render("versions.html", iri=iri, title=title, rows=rows, timemap=listing, document=document)


class _LinksThen(Links):
    """Addresses of pages as one publication had them; other addresses are those of now."""

    def __init__(self, now: Links, base: str, moment: str) -> None:
        super().__init__(base, now.chosen, now.day)
        self._moment = moment

    def page(self, path: str) -> str:
        return super().page(self._then(path))

    def file(self, path: str) -> str:
        return super().file(self._then(path))

    def _then(self, path: str) -> str:
        is_of_then = path.startswith("doc/") and not path.startswith("doc/shapes")  # shapes are those of the content
        return f"memento/{self._moment}/{path}" if is_of_then else path


@dataclass(frozen=True)
class _Then(View):
    """One request's way to see a release as it was published once."""

    known: Mementos
    chosen: Memento

    @cached_property
    def links(self) -> Links:
        """Addresses of pages as they were then."""
        return _LinksThen(self.now, self.base, self.chosen.publication.stamp)

    @property
    def now(self) -> Links:
        """Addresses of pages as they are now."""
        return Frame(self.base).links

    def render(self, template: str, **values: Any) -> str:
        """Return the page that ``template`` makes of ``values`` and the release, with a note that it is not of now."""
        return super().render(template, memento=self.chosen, known=self.known, now=self.now, **values)
