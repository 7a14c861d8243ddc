"""HTTP as the doctor speaks it: one connection at a time, a deadline for each answer and for all of them together.

``http.client``, since what is sent has to be exact: any method, a forged Host, a body that is only announced. A timer
shuts the socket down at the deadline, because a timeout of a socket is one of each read: a server that sends a byte a
second would never meet it.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from threading import Thread, Timer
from typing import Any
from urllib.parse import quote, urlsplit

from metropolis_kg import __version__
from metropolis_kg.doctor.exchange import Exchange, Request, headers_of
from metropolis_kg.doctor.finding import NotAskedError

USER_AGENT = f"metropolis-kg-doctor/{__version__} (asks how linked data are published)"
LARGEST = 8 << 20
"""Bytes of a body that are read; the rest is not."""

_KEPT = 1 << 20
_MOST_REDIRECTS = 5
_LONGEST_WAIT = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_HARMLESS_IN_ADDRESSES = "%/:=&?~#+!$,;'@()*[]"


@dataclass(frozen=True)
class Limits:
    """What may be spent on a publisher."""

    seconds: float = 120
    """In all."""

    seconds_each: float = 10
    """For one answer, from the first byte sent to the last received."""

    requests: int = 600
    bytes: int = 256 << 20
    """Of bodies, in all."""


class Client:
    """Asks, and keeps what was answered: an equal request is sent once."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.sent = self._read = 0
        self._start = time.monotonic()
        self._kept: dict[Request, Exchange] = {}
        self._addresses: dict[tuple[str, int], Any] = {}
        self._tls = ssl.create_default_context()

    @property
    def spent(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._start

    @property
    def left(self) -> float:
        """Seconds until nothing more is asked."""
        return max(self.limits.seconds - self.spent, 0.0)

    def ask(
        self, url: str, accept: str | None = None, *, method: str = "GET", headers: Mapping[str, str] | None = None,
        body: bytes = b"", fresh: bool = False, seconds: float | None = None, most: int = LARGEST,
        patient: bool = True,
    ) -> Exchange:  # fmt: skip
        """Return the answer to one request; no redirect is followed. It never raises for what a server does.

        A ``patient`` client that is told to come again in a few seconds (429) does so, once.

        Raises NotAskedError where time, requests or bytes are used up.
        """
        fields = ({"Accept": accept} if accept is not None else {}) | dict(headers or {})
        request = Request(method, _sendable(url), tuple(fields.items()), body)
        if fresh or request not in self._kept:
            answer = self._asked(request, seconds or self.limits.seconds_each, most, patient=patient)
            if len(answer.body) > _KEPT:
                return answer
            self._kept[request] = answer
        return self._kept[request]

    def follow(self, url: str, accept: str | None = None, *, within: "Origins") -> list[Exchange]:
        """Return the answers on the way from ``url`` on: five redirects at most, and only to the publisher."""
        passed = [self.ask(url, accept)]
        while passed[-1].status in _REDIRECTS and len(passed) <= _MOST_REDIRECTS and within.holds(passed[-1].location):
            passed.append(self.ask(passed[-1].location.partition("#")[0], accept))
        if passed[-1].status in _REDIRECTS:
            last = passed.pop()
            passed.append(replace(last, trouble=f"it leads on to {last.location or 'nowhere'}, which is not followed"))
        return passed

    def _asked(self, request: Request, seconds: float, most: int, *, patient: bool) -> Exchange:
        answer = self._once(request, seconds, most)
        wait = answer.header("Retry-After")
        if patient and answer.status == 429 and wait.isdecimal() and int(wait) <= _LONGEST_WAIT:
            time.sleep(int(wait))
            return self._once(request, seconds, most)
        return answer

    def _once(self, request: Request, seconds: float, most: int) -> Exchange:
        left = self.left
        if not left:
            raise NotAskedError(f"the {self.limits.seconds:g} seconds for all were over (--seconds)")
        if self.sent >= self.limits.requests or self._read >= self.limits.bytes:
            raise NotAskedError(f"more than {self.sent} requests, {self._read >> 20} MiB, are not asked of a publisher")
        self.sent += 1
        start = time.monotonic()
        answer = self._exchanged(request, min(seconds, left), most)
        self._read += len(answer.body)
        return replace(answer, seconds=time.monotonic() - start)

    def _exchanged(self, request: Request, seconds: float, most: int) -> Exchange:
        deadline = time.monotonic() + seconds
        try:
            with self._connected(request, seconds) as sock, _cut_off(sock, deadline) as cut:
                return _spoken(sock, request, most, cut)
        except ssl.SSLError as error:
            return Exchange(request, trouble=f"TLS failed: {error.reason or error}")
        except TimeoutError:
            return Exchange(request, trouble=f"no answer within {seconds:.3g} seconds")
        except (OSError, http.client.HTTPException, ValueError) as error:
            late = time.monotonic() >= deadline
            said = f"no answer within {seconds:.3g} seconds" if late else f"no HTTP answer: {_said(error)}"
            return Exchange(request, trouble=said)

    @contextmanager
    def _connected(self, request: Request, seconds: float) -> Iterator[socket.socket]:
        parts = urlsplit(request.url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        address = self._addresses.get((host, port)) or _resolved(host, port, seconds)
        self._addresses[host, port] = address
        with socket.socket(address[0], socket.SOCK_STREAM) as raw:
            raw.settimeout(seconds)
            raw.connect(address[4])
            if parts.scheme != "https":
                yield raw
                return
            with self._tls.wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False) as wrapped:
                yield wrapped


class Origins:
    """The origins (scheme, host, port) that belong to the publisher. Plain HTTP and TLS of a host are one."""

    def __init__(self, *urls: str | None) -> None:
        self._hosts = {_host(url) for url in urls if url}

    def holds(self, url: str) -> bool:
        """Whether ``url`` is an http or https address of the publisher."""
        return _host(url) in self._hosts


def _host(url: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return parts.hostname, 0 if port in (None, 80, 443) else port or 0


def _sendable(url: str) -> str:
    """Return ``url`` in ASCII, as it can stand in a request line."""
    return quote(url.partition("#")[0], safe=_HARMLESS_IN_ADDRESSES)


def _resolved(host: str, port: int, seconds: float) -> Any:
    """Return the first address of a host. A resolver cannot be stopped, so it is left behind in a thread."""
    found: SimpleQueue[Any] = SimpleQueue()

    def look_up() -> None:
        try:
            found.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0])
        except (OSError, UnicodeError) as error:
            found.put(error)

    Thread(target=look_up, daemon=True).start()
    try:
        address = found.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if isinstance(address, Exception):
        raise OSError(f"{host} has no address: {_said(address)}") from address
    return address


@contextmanager
def _cut_off(sock: socket.socket, deadline: float) -> Iterator[Timer]:
    """Shut the socket down at ``deadline``; the yielded timer is ``finished`` once that has happened."""

    def cut() -> None:
        with suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)  # not SSLSocket's, which takes TLS away under the reader

    timer = Timer(max(deadline - time.monotonic(), 0), cut)
    timer.daemon = True
    timer.start()
    try:
        yield timer
    finally:
        timer.cancel()


def _spoken(sock: socket.socket, request: Request, most: int, timer: Timer) -> Exchange:
    if isinstance(sock, ssl.SSLSocket):
        sock.do_handshake()
    parts = urlsplit(request.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    connection.sock = sock
    response = http.client.HTTPResponse(sock, method=request.method)
    try:
        with suppress(BrokenPipeError, ConnectionResetError):  # a server may answer before it has read all of a body
            _send(connection, request)
        response.begin()
        body, trouble = _read(response, request, most, sock)
    finally:
        response.close()
    if timer.finished.is_set() and not trouble:
        trouble = "the answer did not end in time"
    return Exchange(request, response.status, headers_of(response.getheaders()), body, trouble)


def _send(connection: http.client.HTTPConnection, request: Request) -> None:
    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fields = {"Host": parts.netloc.rpartition("@")[2], "User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
    if request.body or request.method in ("POST", "PUT", "QUERY"):
        fields["Content-Length"] = str(len(request.body))
    connection.putrequest(request.method, target, skip_host=True, skip_accept_encoding=True)
    for name, value in (fields | dict(request.headers) | {"Connection": "close"}).items():
        connection.putheader(name, value.encode("latin-1", "replace"))
    connection.endheaders(request.body or None)


def _read(response: http.client.HTTPResponse, request: Request, most: int, sock: socket.socket) -> tuple[bytes, str]:
    """Return the body, and what was wrong with it."""
    if request.method == "HEAD":
        return _read_after_head(response, sock)
    pieces, size = [], 0
    try:
        while size <= most and (piece := response.read(1 << 16)):
            pieces.append(piece)
            size += len(piece)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return b"".join(pieces), f"the body breaks off: {_said(error)}"
    if size > most:
        return b"".join(pieces), f"the body has more than {most >> 20} MiB, the rest was not read"
    short = f"the body ends {response.length} bytes before its Content-Length" if response.length else ""
    return b"".join(pieces), short


def _read_after_head(response: http.client.HTTPResponse, sock: socket.socket) -> tuple[bytes, str]:
    """Return what a server sends after the headers of an answer to HEAD, where nothing belongs (RFC 9110 9.3.2)."""
    sock.settimeout(1)
    with suppress(OSError, ValueError):
        return response.fp.read(1), ""
    return b"", ""


def _said(error: BaseException) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).strip()
