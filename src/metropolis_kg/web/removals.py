"""What is no more: 308 to what took its place, 410 with a tombstone, or 404 where there never was anything."""

from dataclasses import replace

from flask import Flask, Response, request

from metropolis_kg.errors import HistoryUnreadableError, MetropolisError
from metropolis_kg.model.identifiers import document_path
from metropolis_kg.model.publications import Removal, removal
from metropolis_kg.publication.description import UnknownThingError
from metropolis_kg.publication.documents import write
from metropolis_kg.publication.media_types import (
    DOCUMENTS,
    GRAPHS,
    HTML,
    PROBLEM_JSON,
    Syntax,
    by_extension,
    content_type,
)
from metropolis_kg.publication.mementos import Memento, history_links
from metropolis_kg.publication.negotiation import LANGUAGES, NotAcceptableError, choose
from metropolis_kg.publication.retirement import RetiredThingError, Retirement, Tombstone
from metropolis_kg.publication.words import Words
from metropolis_kg.web.exchange import present
from metropolis_kg.web.problems import Problem, answer, problem_of
from metropolis_kg.web.responses import moved
from metropolis_kg.web.site import Site, View


def removals(app: Flask, site: Site) -> None:
    """Answer requests for things that are not there."""

    @app.errorhandler(UnknownThingError)
    def unknown(error: UnknownThingError) -> Response:
        present.get().keeps = False  # the journal decides what it is, too
        view = site.view()
        tombstone = _tombstone(view, error)
        if tombstone is None:
            return answer(site, problem_of(_outage(view) or error))
        retirement = tombstone.retirement
        if retirement.replacement:
            response = moved(_moved_to(view, retirement.thing, retirement.replacement))
        else:
            response = _gone(view, tombstone)
        if tombstone.last:
            response.headers.add("Link", ", ".join(history_links(view.release.base, tombstone.last.path)))
        return response


def _outage(view: View) -> MetropolisError | None:
    """Return why nothing at all is known, where that is so: a store that is empty does not tell what there is."""
    try:
        view.release.probe()
    except MetropolisError as outage:
        return outage
    return None


def _tombstone(view: View, error: UnknownThingError) -> Tombstone | None:
    """Return what stands in place of a thing; none where none of that name was ever published."""
    base = view.release.base
    path = error.iri.removeprefix(base)
    document = document_path(path)
    gone = _removal(view, path)
    if isinstance(error, RetiredThingError):
        retirement = error.retirement
    elif gone is None:
        return None
    else:
        retirement = Retirement(error.iri)
    if gone and not (retirement.notes or retirement.replacement):
        day = gone.gone.published.date().isoformat()
        said = {language: Words(language)["removed_without_reason"].format(day=day) for language in LANGUAGES}
        retirement = replace(retirement, notes=said)
    kept = gone is not None and view.site.current.keeps(gone.last.digest)
    return Tombstone(retirement, base + document, gone, Memento(gone.last, document) if gone and kept else None)


def _removal(view: View, path: str) -> Removal | None:
    """Return how a thing went; none where it never was, or where the journal is damaged and stewards' words remain."""
    try:
        return removal(view.site.current.publications(view.release), path)
    except HistoryUnreadableError:
        return None


def _moved_to(view: View, old: str, new: str) -> str:
    """Return the present address with the name of one thing in place of that of another."""
    old, new = (iri.removeprefix(view.release.iri("id/")) for iri in (old, new))
    query = request.query_string.decode("ascii", "replace")
    return view.release.base + request.path.removeprefix("/").replace(old, new, 1) + (f"?{query}" if query else "")


def _gone(view: View, tombstone: Tombstone) -> Response:
    syntax = _wanted()
    if syntax is HTML:
        response = view.page("gone.html", 410, tombstone=tombstone, title=_title(view, tombstone))
    elif syntax is PROBLEM_JSON:
        response = answer(view.site, _problem(tombstone))
    else:
        body = write(tombstone.description(view.release), view.release, syntax)
        response = Response(body, 410, content_type=content_type(syntax.media_type))
    response.headers["Cache-Control"] = "no-store"
    response.vary.update(["Accept", "Accept-Language"])
    return response


def _wanted() -> Syntax:
    """Return what the tombstone is wanted in: RDF or a page where asked for by name, else a problem (RFC 9457)."""
    extension = request.path.rpartition(".")[2] if request.path.startswith("/doc/") else ""
    named = by_extension(extension, DOCUMENTS)
    try:
        return named or choose(request.headers.get("Accept"), (PROBLEM_JSON, *GRAPHS, HTML)).syntax
    except NotAcceptableError:
        return PROBLEM_JSON


def _title(view: View, tombstone: Tombstone) -> str:
    labels = tombstone.retirement.labels
    name = tombstone.retirement.thing.removeprefix(view.release.iri("id/"))
    return labels.get(view.language) or next(iter(labels.values()), name)


def _problem(tombstone: Tombstone) -> Problem:
    facts = {
        "removed": tombstone.removal.gone.published.isoformat() if tombstone.removal else None,
        "reason": dict(tombstone.retirement.notes) or None,
        "memento": tombstone.last.iri if tombstone.last else None,
    }
    detail = " ".join([f"{tombstone.retirement.thing} is no more.", tombstone.retirement.notes.get("en", "")]).strip()
    return Problem(410, "thing-gone", detail, {name: value for name, value in facts.items() if value})
