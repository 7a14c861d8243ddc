"""Errors: RFC 9457 for machines, a page for people. This is where the errors of the program become status codes."""

import logging
import re
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, json, request
from werkzeug.exceptions import HTTPException, NotFound

from metropolis_kg.curation.examiners import ExaminationEndedError, ExaminersAwayError, TooManyExaminationsError
from metropolis_kg.curation.sent import UnreadableError
from metropolis_kg.errors import ContentError, HistoryUnreadableError, MetropolisError, NotReadyError, ReleaseError
from metropolis_kg.publication.description import UnknownThingError
from metropolis_kg.publication.dumps import UnknownDumpError
from metropolis_kg.publication.feed import FeedPageGoneError, UnknownFeedPageError
from metropolis_kg.publication.media_types import HTML, PROBLEM_JSON
from metropolis_kg.publication.mementos import MomentError, UnknownMementoError
from metropolis_kg.publication.named_graphs import UnknownGraphError
from metropolis_kg.publication.negotiation import NotAcceptableError, choose, language
from metropolis_kg.publication.paging import UnknownPageError
from metropolis_kg.publication.retirement import RetiredThingError
from metropolis_kg.publication.search import SearchUnavailableError
from metropolis_kg.publication.stored_queries import ArgumentError, UnknownQueryError
from metropolis_kg.publication.words import Words
from metropolis_kg.store.protocol import (
    AnswerTooLargeError,
    QueryEndedError,
    QueryMalformedError,
    QueryRefusedError,
    QueryTimeoutError,
    ServiceFailedError,
    StoreRefusedError,
    StoreUnavailableError,
    TooManyQueriesError,
)
from metropolis_kg.web.codings import CODINGS, CodingNotAcceptableError
from metropolis_kg.web.downloads import TooManyDownloadsError
from metropolis_kg.web.exchange import present
from metropolis_kg.web.responses import BRIEFLY
from metropolis_kg.web.site import Frame, Site

_log = logging.getLogger(__name__)

STATUS: dict[type[Exception], tuple[int, str]] = {
    QueryMalformedError: (400, "query-malformed"),
    UnreadableError: (400, "rdf-malformed"),
    ExaminationEndedError: (413, "validation-ended"),
    TooManyExaminationsError: (503, "validation-busy"),
    ExaminersAwayError: (503, "validation-away"),
    ArgumentError: (400, "argument-wrong"),
    MomentError: (400, "moment-wrong"),
    QueryRefusedError: (403, "query-refused"),
    AnswerTooLargeError: (403, "answer-too-large"),
    RetiredThingError: (410, "thing-gone"),
    UnknownThingError: (404, "thing-unknown"),
    UnknownMementoError: (404, "memento-unknown"),
    UnknownPageError: (404, "page-unknown"),
    UnknownQueryError: (404, "query-unknown"),
    UnknownGraphError: (404, "graph-unknown"),
    UnknownDumpError: (404, "dump-unknown"),
    UnknownFeedPageError: (404, "feed-unknown"),
    FeedPageGoneError: (410, "feed-gone"),
    NotAcceptableError: (406, "not-acceptable"),
    CodingNotAcceptableError: (406, "coding-not-acceptable"),
    TooManyQueriesError: (429, "too-many-queries"),
    TooManyDownloadsError: (429, "too-many-downloads"),
    ServiceFailedError: (502, "service-failed"),
    QueryTimeoutError: (503, "query-timeout"),
    QueryEndedError: (503, "query-ended"),
    StoreRefusedError: (502, "store-refused"),
    StoreUnavailableError: (503, "store-unavailable"),
    HistoryUnreadableError: (503, "history-unreadable"),
    ReleaseError: (503, "release-missing"),
    NotReadyError: (503, "not-ready"),
    SearchUnavailableError: (503, "search-unavailable"),
}
"""What each error of ours is over HTTP: status and the last part of the problem's type."""

REFUSALS = (400, 404, 405, 412, 413, 414, 415, 416)
"""Refusals of HTTP itself that have a type of their own; any other is as good as 400 (RFC 9110 section 15)."""

UNEXPECTED = "unexpected"
"""The type of what is a fault of ours."""

PROBLEM_TYPES = (
    {name: status for status, name in STATUS.values()}
    | {f"http-{status}": status for status in REFUSALS}
    | {UNEXPECTED: 500}
)
"""Every type of problem and its status; ``words.toml`` has what each means."""

_NO_ANSWER = {
    502: "The store of the data does not let this server ask. Those who run the server have to mend that.",
    503: "The data cannot be reached at the moment. Try again in a few seconds.",
}
_LATER = (NotReadyError, HistoryUnreadableError, TooManyQueriesError, TooManyDownloadsError, TooManyExaminationsError)
_WORDED_APART = {
    "answer-too-large", "query-timeout", "query-ended", "coding-not-acceptable",
    "rdf-malformed", "validation-ended", "validation-busy", "validation-away",
}  # fmt: skip
_RETRY = {"Retry-After": "5"}
_KEPT = {"Allow", "Retry-After", "Accept-Encoding", "Content-Range"}
_WORDED = {400, 403, 404, 405, 406, 410, 412, 413, 414, 415, 416, 429, 500, 502, 503}


@dataclass(frozen=True)
class Problem:
    """A problem (RFC 9457 section 3)."""

    status: int
    name: str
    detail: str
    more: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    language: str = "en"
    """The language of ``detail``."""


def problems(app: Flask, site: Site) -> None:
    """Answer every error of ``app`` with a problem, and the address of a problem's type with what it means."""

    @app.get("/problem/<name>")
    def problem_type(name: str) -> Response:
        if name not in PROBLEM_TYPES:
            raise NotFound("There is no such type of problem.")
        frame = Frame(site.base)
        response = frame.page(
            "problem_type.html", name=name, kind=PROBLEM_TYPES[name], meaning=frame.words[f"problem_{name}"]
        )
        response.headers["Cache-Control"] = BRIEFLY
        return response

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        status = error.code or 500
        kept = {name: value for name, value in error.get_headers() if name in _KEPT}
        return answer(site, Problem(status, _type_of(status), error.description or "", headers=kept))

    @app.errorhandler(MetropolisError)
    def ours(error: MetropolisError) -> Response:
        return answer(site, problem_of(error))

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        _log.exception("request failed", exc_info=error)
        return answer(site, Problem(500, UNEXPECTED, "This has been logged and will be looked at."))


def _type_of(status: int) -> str:
    """Return the type of problem that a refusal of HTTP itself is."""
    if status >= 500:
        return UNEXPECTED
    return f"http-{status if status in REFUSALS else 400}"


def problem_of(error: MetropolisError) -> Problem:
    """Return what an error of ours is over HTTP. An outage says nothing of how the store is reached."""
    status, name = next((known for kind, known in STATUS.items() if isinstance(error, kind)), (500, UNEXPECTED))
    if isinstance(error, _LATER):
        return Problem(status, name, str(error), headers=_RETRY)
    if isinstance(error, UnreadableError):
        return _unreadable(error.fault)
    if status == 500 or isinstance(error, StoreUnavailableError | ReleaseError | ExaminersAwayError):
        _log.error("%s", error)
        return Problem(status, name, _NO_ANSWER.get(status, ""), headers=_RETRY)
    more: dict[str, Any] = {}
    if isinstance(error, QueryMalformedError):
        more = {"line": error.line, "column": error.column}
    elif isinstance(error, ArgumentError):
        more = {"parameter": error.parameter, "expected": error.expected}
    elif isinstance(error, UnknownPageError):
        more = {"pages": error.pages}
    elif isinstance(error, NotAcceptableError):
        more = {"alternatives": [syntax.media_type for syntax in error.syntaxes]}
    elif isinstance(error, CodingNotAcceptableError):
        more = {"alternatives": [*(coding.name for coding in CODINGS), "identity"]}
    elif isinstance(error, UnknownMementoError):
        more = {"mementos": error.others} if error.others else {}
    return Problem(status, name, str(error), more)


def _unreadable(fault: ContentError) -> Problem:
    """Return the problem that a text is not RDF, in the language of the request."""
    wanted = language(request.headers.get("Accept-Language"), request.args.get("lang"))
    detail = fault.messages.get(wanted, fault.reason)
    place = {"line": fault.line, "column": fault.column}
    return Problem(400, "rdf-malformed", detail, place, language=wanted)


def answer(site: Site, problem: Problem) -> Response:
    """Return ``problem`` as the present request wants it: a page for people, JSON for all others."""
    exchange = present.get()
    exchange.problem, exchange.cache = problem.name, "none"
    if _wants_page():
        frame = Frame(site.base)
        response = frame.page(
            "problem.html", problem.status, title=frame.words[title_of(problem)], problem=problem,
            meaning=frame.words[f"problem_{problem.name}"], looked_for=_looked_for(), request_id=exchange.id,
        )  # fmt: skip
    else:
        kind, title = f"{site.base}problem/{problem.name}", Words("en")[title_of(problem)]
        facts = {"type": kind, "title": title, "status": problem.status, "detail": problem.detail}
        body = json.dumps(facts | problem.more | {"request": exchange.id}, ensure_ascii=False) + "\n"
        response = Response(body, problem.status, content_type=PROBLEM_JSON.media_type)
        response.content_language.add(problem.language)
    response.headers.update(problem.headers)
    response.headers["Cache-Control"] = "no-store"
    response.vary.update(["Accept", "Accept-Language"])
    return response


def _looked_for() -> str:
    """Return what the address of the present request names, as one would write it into a search box.

    It is what is before the extension in the last part of its path: ``Michael Müller`` in ``/doc/Michael-Müller.ttl``.
    """
    last = request.path.rstrip("/").rpartition("/")[2].partition(".")[0]
    return " ".join(re.split(r"[\s_-]+", last)).strip()[:100]


def _wants_page() -> bool:
    try:
        return choose(request.headers.get("Accept"), (PROBLEM_JSON, HTML)).syntax is HTML
    except NotAcceptableError:
        return False


def title_of(problem: Problem) -> str:
    """Return the key of the words for what a problem is: those of its own, else those of its status."""
    status = problem.status
    known = status if status in _WORDED else 500 if status >= 500 else 400
    return f"error_{problem.name if problem.name in _WORDED_APART else known}"
