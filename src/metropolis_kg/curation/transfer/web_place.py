"""A place that is an HTTP server: it is read by GET and written by PUT, as any WebDAV server has them.

Redirects are not followed: credentials and releases go to the server that was named, and come from it.
"""

import ipaddress
import re
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from metropolis_kg.curation.transfer.file_list import TransferError
from metropolis_kg.curation.transfer.place import PIECE, Place, PlaceError
from metropolis_kg.store.credentials import Credentials
from metropolis_kg.store.endpoint import NoRedirect, reason

_PATIENCE = 60
"""Seconds without any answer after which a server is given up."""

_ABSENT = (404, 410)


class WebPlace(Place):
    """The files below ``url``, an http or https address."""

    def __init__(self, url: str, credentials: Path | None = None) -> None:
        """Send nothing yet. ``credentials`` is a file with ``user:password``.

        Raises TransferError and SettingError.
        """
        self._url = _checked(url)
        self._authorization = _authorization(self._url, credentials) if credentials else {}
        self._opener = urllib.request.build_opener(NoRedirect)

    def name_of(self, path: str) -> str:
        """Return the address of the file."""
        return self._url + path

    def length(self, path: str) -> int | None:
        """Return what HEAD says, as ``Place.length`` promises."""
        with self._told(path, "be read"):
            try:
                with self._sent(path, "HEAD") as answer:
                    return int(answer.headers["Content-Length"] or 0)
            except urllib.error.HTTPError as error:
                if error.code in _ABSENT:
                    return None
                raise

    def pieces(self, path: str, begin: int = 0) -> Iterator[bytes]:
        """Yield what the server sends, as ``Place.pieces`` promises; also where it knows no ranges."""
        wanted = {"Range": f"bytes={begin}-"} if begin else {}
        with self._told(path, "be read"), self._sent(path, "GET", {"Accept-Encoding": "identity"} | wanted) as answer:
            _skip(answer, begin)
            while piece := answer.read1(PIECE):
                yield piece

    def put(self, path: str, body: bytes | Path) -> None:
        """Send the file, as ``Place.put`` promises of servers that write it under another name first."""
        with self._told(path, "be written"):
            if isinstance(body, bytes):
                self._put(path, body, len(body))
            else:
                with body.open("rb") as file:
                    self._put(path, file, body.stat().st_size)

    def _put(self, path: str, body: Any, length: int) -> None:
        kind = {"Content-Length": str(length), "Content-Type": "application/octet-stream"}
        with self._sent(path, "PUT", kind, body) as answer:
            answer.read()

    def _sent(self, path: str, method: str, headers: Mapping[str, str] | None = None, body: Any = None) -> HTTPResponse:
        sent = {**(headers or {}), **self._authorization}
        request = urllib.request.Request(self._url + path, body, sent, method=method)  # noqa: S310 - http, by _checked
        answer: HTTPResponse = self._opener.open(request, timeout=_PATIENCE)
        return answer

    @contextmanager
    def _told(self, path: str, what: str) -> Iterator[None]:
        try:
            yield
        except urllib.error.HTTPError as error:
            error.close()
            raise PlaceError(f"{self.name_of(path)} cannot {what}: {_why(error)}") from error
        except (OSError, HTTPException, ValueError) as error:
            raise PlaceError(f"{self.name_of(path)} cannot {what}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    is_cut = isinstance(getattr(error, "reason", error), BrokenPipeError | ConnectionResetError)
    return reason(error) + ("; does the server take PUT there, and files of that size?" if is_cut else "")


def _why(error: urllib.error.HTTPError) -> str:
    if error.code in (401, 403):
        return f"HTTP status {error.code}; METROPOLIS_KG_RELEASES_CREDENTIALS names a file with user:password"
    if 300 <= error.code < 400:
        return f"HTTP status {error.code}, a redirect to {error.headers.get('Location')}; name that address"
    if error.code in (405, 501):
        return f"HTTP status {error.code}; the server takes no PUT there"
    return f"HTTP status {error.code}"


def _skip(answer: HTTPResponse, begin: int) -> None:
    """Read up to byte ``begin`` of a file (RFC 9110 section 14.4). Raises ValueError where less is sent."""
    at = 0
    if answer.status == 206:
        found = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
        at = int(found[1]) if found else -1
        if not 0 <= at <= begin:
            raise ValueError("it sends another part than was asked for")
    while at < begin:
        piece = answer.read1(min(PIECE, begin - at))
        if not piece:
            raise ValueError("it ends before the part that was asked for")
        at += len(piece)


def _checked(url: str) -> str:
    """Return ``url`` with a closing slash. Raises TransferError where it has credentials, or more than a path."""
    parts = urlsplit(url)
    if parts.username or parts.password:
        raise TransferError(
            "credentials do not belong into an address, where others see them; "
            "METROPOLIS_KG_RELEASES_CREDENTIALS names a file with user:password"
        )
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise TransferError(f"{url!r} is no place; expected a folder, or an address such as https://example.org/kg/")
    return url if url.endswith("/") else f"{url}/"


def _authorization(url: str, credentials: Path) -> dict[str, str]:
    """Return the header that has what is in the file (RFC 7617). Raises TransferError and SettingError."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not _is_own(parts.hostname or ""):
        raise TransferError(f"credentials are not sent to {url} without encryption; use https")
    known = Credentials.from_file(credentials)
    return {"Authorization": f"Basic {b64encode(f'{known.user}:{known.password}'.encode()).decode()}"}


def _is_own(host: str) -> bool:
    """Return whether ``host`` is this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
