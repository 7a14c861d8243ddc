"""For those who run the server: ``/healthz`` says that it lives, ``/readyz`` that it can answer."""

from flask import Blueprint, Response, jsonify

from metropolis_kg.store.protocol import RESULTS_JSON
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

    return views


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
