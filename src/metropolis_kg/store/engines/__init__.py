"""Engines: what each SPARQL 1.1 engine does in its own way, one module an engine, and which of them one talks to."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from metropolis_kg.store.endpoint import Endpoint
from metropolis_kg.store.engines.engine import Engine
from metropolis_kg.store.engines.graphdb import GraphDB
from metropolis_kg.store.engines.neptune import Neptune
from metropolis_kg.store.engines.oxigraph import Oxigraph
from metropolis_kg.store.engines.qlever import QLever
from metropolis_kg.store.engines.stardog import Stardog
from metropolis_kg.store.engines.virtuoso import Virtuoso
from metropolis_kg.store.protocol import RESULTS_JSON

_VIRTUOSO = Virtuoso()
_BY_SERVER = {
    "virtuoso": _VIRTUOSO, "oxigraph": Oxigraph(), "graphdb": GraphDB(), "stardog": Stardog(), "qlever": QLever(),
}  # fmt: skip
"""How the Server header begins → engine."""

_ENOUGH = 1 << 12


def engine_of(endpoint: Endpoint, deadline: float) -> Engine:
    """Return the engine that answers at ``endpoint``, by one request; one like any other where nothing tells.

    ``deadline`` is a moment of ``time.monotonic``. Raises what ``Endpoint.query`` raises. Who asks is only said where
    that is wanted in clear text (Basic), and the engine not known: one that wants it otherwise would get the password.
    """
    headers, body = _answered(replace(endpoint, credentials=None), deadline)
    engine = named(endpoint.url, headers)
    if type(engine) is Engine and "basic" in headers.get("www-authenticate", "").lower():
        headers, body = _answered(endpoint, deadline)
        engine = named(endpoint.url, headers)
    return _VIRTUOSO if type(engine) is Engine and _VIRTUOSO.answers_as(body) else engine


def _answered(endpoint: Endpoint, deadline: float) -> tuple[dict[str, str], bytes]:
    """Return headers, with names in lower case, and the beginning of the body of the answer to a small query."""
    with endpoint.query("SELECT (1 AS ?one) {}", RESULTS_JSON, {}, deadline) as answer:
        return {name.lower(): value for name, value in answer.headers.items()}, answer.read(_ENOUGH)


def named(url: str, headers: Mapping[str, str]) -> Engine:
    """Return the engine that ``headers`` (names in lower case) of its answers, or else its ``url``, tell of.

    >>> named("http://localhost/sparql", {"server": "Virtuoso/07.20.3229 (Linux)"}).name
    'Virtuoso'
    """
    server = headers.get("server", "").lower()
    for begins, engine in _BY_SERVER.items():
        if server.startswith(begins):
            return engine
    parts = urlsplit(url)
    if (parts.hostname or "").endswith(".neptune.amazonaws.com"):
        return Neptune()
    return GraphDB() if "/repositories/" in parts.path else Engine()
