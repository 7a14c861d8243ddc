"""Responses that are kept ready to send: what RFC 9111 lets any cache do, next to where they are made."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cachetools import LRUCache
from werkzeug.http import is_entity_header, parse_etags

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Headers = list[tuple[str, str]]

_OVERHEAD = 2_000
"""Bytes that keeping a response takes beside the characters of its key and its headers."""

_BODY_OVERHEAD = 500
_LARGEST_SHARE = 4
"""A body is kept where it fits so many times into what may be kept."""

_LONGEST_KEY = 2_000
"""Characters of a request's address and selecting headers beyond which the response is not kept."""

_PRESERVED = ("Content-Location",)
"""Headers about a representation that a 304 has as well (RFC 9110 section 15.4.5)."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A response without its body.

    ``headers`` are those of the whole response, none where only the answer to a conditional request is known;
    ``unchanged`` those of a 304.
    """

    status: str
    headers: Headers | None
    unchanged: Headers
    tag: str | None
    route: str
    size: int


@dataclass(frozen=True, slots=True)
class _Selecting:
    """The request headers, as WSGI names them, that select among the responses at one address."""

    names: tuple[str, ...]
    size: int


class ResponseCache:
    """Keeps bodies by their entity tags, and responses by all that decides them. Threads may share it."""

    def __init__(self, kept: int) -> None:
        """Keep up to ``kept`` bytes."""
        self._items: LRUCache[object, Stored | _Selecting | bytes] = LRUCache(kept, getsizeof=_size)
        self._using = threading.Lock()

    @property
    def keeps(self) -> bool:
        """Whether anything is kept at all."""
        return self._items.maxsize > 0

    @property
    def kept(self) -> int:
        """How many bytes are kept now."""
        return int(self._items.currsize)

    def body(self, tag: str) -> bytes | None:
        """Return the body with this strong entity tag, if it is kept."""
        with self._using:
            body = self._items.get(tag)
        return body if isinstance(body, bytes) else None

    def keep_body(self, tag: str, body: bytes) -> None:
        """Keep ``body`` under its strong entity tag, unless it is too large."""
        if _size(body) * _LARGEST_SHARE <= self._items.maxsize:
            with self._using:
                self._items[tag] = body

    def find(self, release: int, environ: "WSGIEnvironment") -> tuple[Stored, str, Headers, bytes] | None:
        """Return what answers the request: what is stored, status, headers and body; nothing where that is not known.

        ``release`` is a number of the release that is current. If-None-Match is evaluated (RFC 9110 section 13.1.2).
        """
        address = (release, environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
        with self._using:
            selecting = self._items.get(address)
            if not isinstance(selecting, _Selecting):
                return None
            stored = self._items.get(_key(address, selecting.names, environ))
            if not isinstance(stored, Stored):
                return None
            body = self._items.get(stored.tag) if stored.tag else b""
        return _answered(stored, body if isinstance(body, bytes) else None, environ)

    def store(self, release: int, environ: "WSGIEnvironment", status: str, headers: Headers, route: str) -> None:
        """Keep the response to the request, selected by the headers that its Vary names (RFC 9111 section 4.1)."""
        names, tag = _nominated(headers), _tag(headers)
        if names is None:
            return
        address = (release, environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
        with self._using:
            before = self._items.get(address)
            if isinstance(before, _Selecting):
                names = tuple(sorted({*names, *before.names}))
            key = _key(address, names, environ)
            size = sum(len(str(part)) for part in (*address, *key[2:]))
            if size > _LONGEST_KEY:
                return
            if names != getattr(before, "names", None):
                self._items[address] = _Selecting(names, _OVERHEAD + size)
            if not status.startswith("304"):
                self._items[key] = _stored(status, headers, _unchanged(headers), tag, route, size)
            elif not isinstance(self._items.get(key), Stored):
                self._items[key] = _stored(status, None, headers, tag, route, size)


def _key(
    address: tuple[int, str, str], names: tuple[str, ...], environ: "WSGIEnvironment"
) -> tuple[object, ...]:  # fmt: skip
    return (address, names, *map(environ.get, names))


def _answered(
    stored: Stored, body: bytes | None, environ: "WSGIEnvironment"
) -> tuple[Stored, str, Headers, bytes] | None:
    """Return what ``find`` returns; nothing where the body is wanted and not kept."""
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known and stored.tag and (known == f'"{stored.tag}"' or parse_etags(known).contains_weak(stored.tag)):
        return stored, "304 NOT MODIFIED", stored.unchanged, b""
    if stored.headers is None:
        return None
    if environ["REQUEST_METHOD"] == "HEAD":
        body = b""
    return None if body is None else (stored, stored.status, stored.headers, body)


def _stored(status: str, headers: Headers | None, unchanged: Headers, tag: str | None, route: str, key: int) -> Stored:
    size = key + _OVERHEAD + 2 * sum(len(name) + len(value) for name, value in headers or unchanged)
    return Stored(status, headers, unchanged, tag, route, size)


def _size(item: Stored | _Selecting | bytes) -> int:
    return len(item) + _BODY_OVERHEAD if isinstance(item, bytes) else item.size


def _unchanged(headers: Headers) -> Headers:
    """Return the headers of a 304 instead (RFC 9110 section 15.4.5)."""
    return [(name, value) for name, value in headers if name in _PRESERVED or not is_entity_header(name)]


def _nominated(headers: Headers) -> tuple[str, ...] | None:
    """Return the request headers that Vary names, as WSGI does, in order; none at all where it is ``*``."""
    fields = {name.strip() for name in ",".join(_values(headers, "vary")).split(",") if name.strip()}
    if "*" in fields:
        return None
    return tuple(sorted(f"HTTP_{name.upper().replace('-', '_')}" for name in fields))


def _tag(headers: Headers) -> str | None:
    return next((value.strip('"') for value in _values(headers, "etag")), None)


def _values(headers: Headers, wanted: str) -> Sequence[str]:
    return [value for name, value in headers if name.lower() == wanted]
