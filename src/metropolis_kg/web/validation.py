"""``/validate``: RDF is sent, and a report comes back, to people as a page and to machines as data."""

import json
import threading
from collections.abc import Mapping, Sequence

import pyoxigraph as ox
from flask import Blueprint, Response, request

from metropolis_kg.content import read_text
from metropolis_kg.curation.examiner import Task
from metropolis_kg.curation.examiners import ExaminersAwayError
from metropolis_kg.curation.sent import Sent, UnreadableError
from metropolis_kg.model.identifiers import Rebase
from metropolis_kg.publication.jsonld_context import contexts_under
from metropolis_kg.publication.media_types import HTML, JSON, REPORTS, Syntax
from metropolis_kg.store.protocol import RESULTS_JSON
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.web.requests import choose_here
from metropolis_kg.web.responses import passing, representation
from metropolis_kg.web.site import Site, View
from metropolis_kg.web.submission import ACCEPTED, Submission, submission
from metropolis_kg.web.validation_page import validation_page

_FORMAT_OF = {"json": "json", "ttl": "turtle", "jsonld": "jsonld", "sarif": "sarif"}
"""Extension → name of the format of a report."""


def validation(site: Site) -> Blueprint:
    """Return the views of the validation page and of what it offers to machines."""
    views = Blueprint("validation", __name__)
    query = read_text(site.queries / "description" / "described.rq")

    @views.route("/validate", methods=["GET", "POST"])
    def validate() -> Response:
        response = _report(site.view(), query) if request.method == "POST" else _about(site.view())
        response.vary.add("Accept")
        response.headers["Accept-Post"] = ", ".join(ACCEPTED)
        return response

    return views


def _report(view: View, query: str) -> Response:
    syntax = choose_here((*REPORTS, HTML)).syntax
    try:
        sent = submission()
    except UnreadableError as error:
        if syntax is not HTML:
            raise
        return validation_page(view, reason=error)

    def run(wanted: Syntax) -> bytes:
        return view.site.examiners.examine(
            _task(view, sent, _FORMAT_OF[wanted.extension]), lambda names: _described(view.release, query, names)
        )

    if syntax is HTML:
        return validation_page(view, sent, lambda: json.loads(run(JSON)))
    response = passing(run(syntax), syntax.media_type)
    if "format" in request.form:  # a button of the page
        response.headers["Content-Disposition"] = f'attachment; filename="report.{syntax.extension}"'
    return response


def _task(view: View, sent: Submission, report: str) -> Task:
    release = view.release
    text = Sent(
        sent.text, sent.syntax.media_type, sent.name, release.base, _prefixes(release, sent.text), _contexts(release)
    )  # fmt: skip
    return Task(text, release.base, report, view.language)


def _prefixes(release: OpenRelease, text: str) -> Mapping[str, str]:
    """Return the prefixes under the base that ``text`` writes."""
    if release.base in text:
        return release.prefixes
    rebase = Rebase(release.base)
    return {name: rebase.canonical(space) for name, space in release.prefixes.items()}


def _contexts(release: OpenRelease) -> dict[str, str]:
    """Return the contexts under which documents of the release are published: address → text."""
    versions = contexts_under(release.base, release.prefixes)
    named = {release.iri(f"context/{version}.jsonld"): document.decode() for version, document in versions.items()}
    return {release.iri("context.jsonld"): [*named.values()][-1], **named}


def _described(release: OpenRelease, query: str, names: Sequence[str]) -> bytes:
    return release.service.query(query, RESULTS_JSON, bindings={"subject": [ox.NamedNode(name) for name in names]})


def _about(view: View) -> Response:
    """Return the page to people, and to machines what is taken and what is answered."""
    if choose_here((JSON, HTML)).syntax is HTML:
        if not view.site.examiners.were_started:  # the text will come in a moment
            threading.Thread(target=_start, args=[view], daemon=True).start()
        return validation_page(view)
    limits = view.site.examiners.limits
    described = {
        "accepts": list(ACCEPTED),
        "answers": [syntax.media_type for syntax in (*REPORTS, HTML)],
        "limits": {
            "bytes": view.site.settings.validation_megabytes << 20, "seconds": limits.seconds,
            "mebibytes": limits.memory, "atOnce": limits.at_once,
        },
        "shapes": view.release.iri("doc/shapes"),
    }  # fmt: skip
    return representation(
        view.release, JSON.media_type, ["validation", repr(limits)],
        lambda: (json.dumps(described, indent=2) + "\n").encode(),
    )  # fmt: skip


def _start(view: View) -> None:
    try:
        view.site.examiners.start(view.release.base)
    except ExaminersAwayError:
        return  # told to whoever sends a text
