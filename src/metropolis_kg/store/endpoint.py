"""One request to a SPARQL endpoint, answered by a moment or not at all.

SPARQLWrapper makes the request. What is sent is opened here: a deadline holds for all of an answer, be it sent byte by
byte, and no error of HTTP is taken for what it is not.
"""

import io
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from typing import Any

from SPARQLWrapper import INSERT, POST, SELECT, SPARQLWrapper

from metropolis_kg.store.credentials import Credentials

_AGENT = "metropolis-kg"


@dataclass(frozen=True)
class Endpoint:
    """Where SPARQL is asked, or updated, and as whom."""

    url: str
    credentials: Credentials | None = field(default=None, repr=False)
    authentication: str = "Basic"

    def query(
        self, text: str, accept: str, parameters: Mapping[str, Sequence[str]], deadline: float
    ) -> HTTPResponse:  # fmt: skip
        """Return the answer to a query, whatever its status, to be read until ``deadline`` (of ``time.monotonic``).

        Raises OSError (TimeoutError when it is too late) and http.client.HTTPException.
        """
        return self._sent(text, accept, parameters, deadline, SELECT)

    def update(self, text: str, deadline: float) -> HTTPResponse:
        """Return the answer to an update; the rest is as with ``query``."""
        return self._sent(text, "*/*", {}, deadline, INSERT)

    def _sent(
        self, text: str, accept: str, parameters: Mapping[str, Sequence[str]], deadline: float, kind: str
    ) -> HTTPResponse:  # fmt: skip
        request = _Request(self.url, agent=_AGENT)
        request.deadline, request.digest = deadline, self._digest()
        request.queryString, request.queryType = text, kind  # setQuery would guess: update or query
        request.setMethod(POST)
        request.setOnlyConneg(True)
        request.addCustomHttpHeader("Accept", accept)
        if self.credentials and self.authentication == "Basic":
            request.setCredentials(self.credentials.user, self.credentials.password)
        for name, values in parameters.items():
            for value in values:
                request.addParameter(name, value)
        answer: HTTPResponse = request.query().response
        return answer

    def _digest(self) -> urllib.request.BaseHandler | None:
        if not self.credentials or self.authentication != "Digest":
            return None
        known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        known.add_password(None, self.url, self.credentials.user, self.credentials.password)
        return urllib.request.HTTPDigestAuthHandler(known)


class WholeBody:
    """The body of a response, which has to be as long as it says."""

    def __init__(self, response: HTTPResponse) -> None:
        self._response = response

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes. Raises OSError where the rest is missing."""
        piece = self._response.read(size)
        if not piece and size and self._response.length:  # which reading a given number of bytes does not notice
            raise OSError(f"its answer lacks the last {self._response.length} bytes")
        return piece


def reason(error: Exception) -> str:
    """Return in words why a request had no answer."""
    cause = getattr(error, "reason", None) or error
    return getattr(cause, "strerror", None) or str(cause) or type(cause).__name__


class _Request(SPARQLWrapper):
    """A request that is opened until its deadline, without redirects, and with every status an answer."""

    deadline: float
    digest: urllib.request.BaseHandler | None

    def _query(self) -> tuple[HTTPResponse, str]:
        opener = urllib.request.build_opener(_Until(self.deadline), NoRedirect())
        if self.digest:
            opener.add_handler(self.digest)
        try:
            return opener.open(self._createRequest(), timeout=_left(self.deadline)), self.returnFormat
        except urllib.error.HTTPError as error:
            return error, self.returnFormat  # type: ignore[return-value] # it is read as a response is


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirect, whose answer is an error: a POST would become a GET without what was sent."""

    def redirect_request(self, *_: Any) -> None:
        """Follow none."""


class _Until(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Opens connections whose answers are read until a deadline."""

    def __init__(self, deadline: float) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, request: urllib.request.Request) -> HTTPResponse:
        return self.do_open(partial(_timed(HTTPConnection), deadline=self._deadline), request)

    def https_open(self, request: urllib.request.Request) -> HTTPResponse:
        return self.do_open(partial(_timed(HTTPSConnection), deadline=self._deadline), request)


def _timed(kind: type[HTTPConnection]) -> Callable[..., HTTPConnection]:
    """Return what makes a connection of ``kind`` whose answers are read until its deadline."""

    def connection(*given: Any, deadline: float, **named: Any) -> HTTPConnection:
        made = kind(*given, **named)
        made.response_class = partial(_Response, deadline=deadline)  # type: ignore[assignment] # a class is expected
        return made

    return connection


class _Response(HTTPResponse):
    def __init__(self, sock: Any, *given: Any, deadline: float, **named: Any) -> None:
        super().__init__(sock, *given, **named)
        self.fp = io.BufferedReader(_UntilDeadline(self.fp.detach(), sock, deadline))


class _UntilDeadline(io.RawIOBase):
    """Reads from a socket as long as there is time; each wait may take only what is left of it."""

    def __init__(self, raw: Any, sock: Any, deadline: float) -> None:
        super().__init__()
        self._raw, self._sock, self._deadline = raw, sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(_left(self._deadline))
        return int(self._raw.readinto(buffer))

    def close(self) -> None:
        self._raw.close()
        super().close()


def _left(deadline: float) -> float:
    """Return the seconds until ``deadline``. Raises TimeoutError when it is past."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time is over")
    return left
