"""The application, as a table of contents."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from metropolis_kg.settings import Settings
from metropolis_kg.web.about import about
from metropolis_kg.web.at_day import at_day
from metropolis_kg.web.citing import citing
from metropolis_kg.web.contexts import contexts
from metropolis_kg.web.crawlers import crawlers
from metropolis_kg.web.dataset import dataset
from metropolis_kg.web.documents import documents
from metropolis_kg.web.feed import feed
from metropolis_kg.web.front import Front
from metropolis_kg.web.graph_store import graph_store
from metropolis_kg.web.linksets import linksets
from metropolis_kg.web.map import places_map
from metropolis_kg.web.mementos import mementos
from metropolis_kg.web.neighbourhood import neighbourhoods
from metropolis_kg.web.openapi import openapi
from metropolis_kg.web.operations import note_progress, operations
from metropolis_kg.web.problems import problems
from metropolis_kg.web.questions import questions
from metropolis_kg.web.reconciliation import reconciliation
from metropolis_kg.web.removals import removals
from metropolis_kg.web.requests import LARGEST_BODIES, LARGEST_BODY, admit
from metropolis_kg.web.response_cache import ResponseCache
from metropolis_kg.web.responses import RESPONSE_CACHE, WRITTEN_BY, encode, program_digest
from metropolis_kg.web.search import search
from metropolis_kg.web.shapes import shapes
from metropolis_kg.web.site import Site
from metropolis_kg.web.sources import sources
from metropolis_kg.web.sparql import sparql
from metropolis_kg.web.start import start
from metropolis_kg.web.static_files import static_files
from metropolis_kg.web.things import things
from metropolis_kg.web.validation import validation

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

DEATHS = "DEATHS"
"""Key of an application's configuration: where deaths of its server's processes are counted."""

_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Accept-Ranges, Content-Disposition, Content-Encoding, Content-Location, Content-Range, ETag, Link, Location, "
        "Memento-Datetime, Repr-Digest, Retry-After, Server-Timing, X-Request-Id"
    ),
    "Timing-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}

_MAY_SEND = (
    "Accept, Accept-Datetime, Accept-Language, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Range, "
    "Range, X-Request-Id"
)

_PARTS = (
    start, about, things, shapes, documents, linksets, mementos, feed, dataset, contexts,
    search, sources, at_day, places_map, neighbourhoods, citing, reconciliation,
    questions, sparql, graph_store, validation, openapi,
    crawlers, operations,
)  # fmt: skip


def create_app(settings: Settings) -> Flask:
    """Return the WSGI application that ``settings`` describe. Raises MissingContentError and ContentError."""
    site = Site.of(settings)
    app = Flask("metropolis_kg.web", static_folder=None, template_folder="templates")
    app.url_map.merge_slashes = False  # a merged path would be redirected to the host that the request names
    app.url_map.strict_slashes = True
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY
    app.config[LARGEST_BODIES] = {"/validate": settings.validation_megabytes << 20}
    app.config[WRITTEN_BY] = program_digest(), site.content_digest
    app.config[DEATHS] = site.deaths
    app.config[RESPONSE_CACHE] = cache = ResponseCache(settings.documents_megabytes << 20)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}

    for part in _PARTS:
        app.register_blueprint(part(site))
    app.register_blueprint(static_files())
    problems(app, site)
    removals(app, site)
    note_progress(app, site.metrics)
    app.before_request(admit)
    app.after_request(_headers)
    app.wsgi_app = _BelowBase(app.wsgi_app, site)  # type: ignore[method-assign] # as Flask advises for middleware
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign] # likewise
            app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0, x_port=0, x_prefix=0
        )
    app.wsgi_app = Front(  # type: ignore[method-assign] # likewise
        app.wsgi_app, site.current, cache, site.metrics, logs=settings.log_requests
    )
    return app


class _BelowBase:
    """Takes the path of the base IRI off a request's path, where a proxy in front has not done so already."""

    def __init__(self, app: "WSGIApplication", site: Site) -> None:
        self._app, self._site = app, site

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        root = urlsplit(self._site.base).path.removesuffix("/")
        if root and environ["PATH_INFO"].startswith(f"{root}/"):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + root
            environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix(root)
        return self._app(environ, start_response)


def _headers(response: Response) -> Response:
    encode(response)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.method == "OPTIONS" and response.status_code < 400:
        response.status_code = 204
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "")
        response.headers["Access-Control-Allow-Headers"] = _MAY_SEND
        response.headers["Access-Control-Max-Age"] = "86400"
    if response.status_code == 204 or 300 <= response.status_code < 400:  # no content, and so none of a type
        response.headers.pop("Content-Type", None)
    return response
