"""For those who run the server: ``/healthz`` says that it lives, ``/readyz`` that it can, ``/metrics`` counts."""

from flask import Blueprint, Flask, Response, jsonify, request

from metropolis_kg.store.protocol import RESULTS_JSON
from metropolis_kg.web.exchange import present
from metropolis_kg.web.metrics import Metrics
from metropolis_kg.web.site import Site


def operations(site: Site) -> Blueprint:
    """Return the views for operators."""
    views = Blueprint("operations", __name__)

    @views.get("/healthz")
    def health() -> Response:
        return _uncached(jsonify(status="alive"))

    @views.get("/readyz")
    def readiness() -> Response:
        release = site.current.release()
        release.probe()
        release.readers.query("ASK {}", RESULTS_JSON)
        return _uncached(jsonify(status="ready", release=release.digest))

    @views.get("/metrics")
    def counted() -> Response:
        body, content_type = site.metrics.written(request.headers.get("Accept"))
        return _uncached(Response(body, content_type=content_type))

    return views


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
