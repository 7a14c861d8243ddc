"""For those who run the server: ``/healthz`` says that it lives, ``/readyz`` that it can, ``/metrics`` counts."""

from contextlib import suppress
from mmap import mmap

from flask import Blueprint, Flask, Response, jsonify, request

from metropolis_kg.errors import NotReadyError
from metropolis_kg.store.protocol import RESULTS_JSON, TooManyQueriesError
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.web.exchange import present
from metropolis_kg.web.metrics import Metrics
from metropolis_kg.web.site import Site

_draining = mmap(-1, 1)
"""One byte of memory that a server has in common with the processes it forks: whether it is about to stop."""


def drain() -> None:
    """Have ``/readyz`` say in all processes of this server that it is about to stop."""
    _draining[0] = 1


def operations(site: Site) -> Blueprint:
    """Return the views for operators."""
    views = Blueprint("operations", __name__)

    @views.get("/healthz")
    def health() -> Response:
        return _uncached(jsonify(status="alive"))

    @views.get("/readyz")
    def readiness() -> Response:
        release = _ready(site, request.args.get("release", ""))
        return _uncached(jsonify(status="ready", release=release.digest))

    @views.get("/metrics")
    def counted() -> Response:
        body, content_type = site.metrics.written(request.headers.get("Accept"), site.current)
        return _uncached(Response(body, content_type=content_type))

    return views


def _ready(site: Site, wanted: str) -> OpenRelease:
    """Return the release that is served once it answers, whose digest begins with ``wanted``.

    Raises NotReadyError, and what opening or asking it raises.
    """
    if _draining[0]:
        raise NotReadyError("This server is about to stop.")
    release = site.current.release()
    release.probe()
    if release.reception:
        release.reception.start()
    with suppress(TooManyQueriesError):  # which means that it answers
        release.readers.query("ASK {}", RESULTS_JSON)
    if not (release.digest or "").startswith(wanted):
        raise NotReadyError(f"This server serves the release {str(release.digest)[:12]}.")
    return release


def note_progress(app: Flask, metrics: Metrics) -> None:
    """Note which route a request takes, and that a view is at it."""

    @app.before_request
    def begun() -> None:
        exchange = present.get()
        exchange.route = request.url_rule.rule if request.url_rule else ""
        metrics.in_progress.labels(exchange.route or "none").inc()

    @app.teardown_request
    def ended(_: BaseException | None) -> None:
        metrics.in_progress.labels(present.get().route or "none").dec()


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
