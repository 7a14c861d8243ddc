"""What stands in front of Flask: it answers what is known already, and takes note of every request."""

import threading
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from metropolis_kg.errors import MetropolisError
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.web.current import Current
from metropolis_kg.web.exchange import Exchange, begin
from metropolis_kg.web.log import log_request
from metropolis_kg.web.metrics import Metrics
from metropolis_kg.web.response_cache import Headers, ResponseCache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_CACHED = {"200", "303", "304", "308"}
_ELSEWHERE = ("HTTP_IF_MATCH", "HTTP_RANGE", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_CONTENT_ENCODING", "CONTENT_TYPE")
"""What a request has where it is left to the views."""


class Front:
    """A WSGI application that answers hot requests itself and leaves the others to ``app``.

    A response is kept while its release is the current one, which is looked up for every request: after a switch
    nothing of the release before it is sent.
    """

    def __init__(
        self, app: "WSGIApplication", current: Current, cache: ResponseCache, metrics: Metrics, *, logs: bool
    ) -> None:
        """Answer from ``cache`` what ``app`` answered before, from the ``current`` release; with ``logs``, log it."""
        self._app, self._current, self._cache, self._metrics, self._logs = app, current, cache, metrics, logs
        self._numbering = threading.Lock()
        self._numbered: tuple[tuple[OpenRelease, int] | None, int] = (None, 0)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        """Answer one request (PEP 3333), in a context that ends with it: threads that wait hold nothing."""
        return copy_context().run(self._answered, environ, start_response)

    def _answered(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        exchange = begin(environ.get("HTTP_X_REQUEST_ID"))
        release, number = self._release() if self._cache.keeps and _is_plain(environ) else (None, 0)
        if release and (found := self._cache.find(number, environ)):
            stored, status, headers, body = found
            exchange.route, exchange.cache, exchange.release = stored.route, "hit", release
            self._note(exchange, environ, status, headers)
            start_response(status, [*headers, *_own(exchange)])
            return [body]
        return self._asked(environ, start_response, exchange, release, number)

    def _asked(
        self, environ: "WSGIEnvironment", start_response: "StartResponse", exchange: Exchange,
        release: OpenRelease | None, number: int,
    ) -> "Iterable[bytes]":  # fmt: skip
        """Answer by the application, and keep what may be kept."""
        asked = {**environ}

        def started(status: str, headers: Headers, exc_info: Any = None) -> "Callable[[bytes], object]":
            if release and exchange.keeps and exchange.release is release and status[:3] in _CACHED:
                self._cache.store(number, asked, status, list(headers), exchange.route)
                self._metrics.cache_bytes.set(self._cache.kept)
            self._note(exchange, asked, status, headers)
            return start_response(status, [*headers, *_own(exchange)], exc_info)

        return self._app(environ, started)

    def _note(self, exchange: Exchange, environ: "WSGIEnvironment", status: str, headers: Headers) -> None:
        self._metrics.count(exchange, environ["REQUEST_METHOD"], status)
        if self._logs:
            size = next((value for name, value in headers if name == "Content-Length"), "")
            log_request(exchange, environ["REQUEST_METHOD"], environ["PATH_INFO"], status, size)

    def _release(self) -> tuple[OpenRelease | None, int]:
        """Return the current release with a number that is another one after each publication, also if it comes back.

        Nothing is known of a remote store, nor where there is no release yet.
        """
        try:
            release = self._current.release()
        except MetropolisError:
            return None, 0
        if release.digest is None:
            return None, 0
        state, (numbered, number) = (release, self._current.stamp), self._numbered
        if numbered != state:
            with self._numbering:
                number = self._numbered[1] + 1
                self._numbered = (state, number)
        return release, number


def _is_plain(environ: "WSGIEnvironment") -> bool:
    return environ["REQUEST_METHOD"] in ("GET", "HEAD") and not any(map(environ.get, _ELSEWHERE))


def _own(exchange: Exchange) -> Headers:
    return [("X-Request-Id", exchange.id), ("Server-Timing", exchange.server_timing)]
