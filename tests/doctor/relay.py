"""A real server in front of the real site that spoils answers: one fault at a time.

It speaks for the site under an address of its own, of the same length, and remembers what the site said.
"""

import gzip
import http.client
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from servers import free_port

_OWN = {"connection", "content-length", "date", "server", "transfer-encoding"}
_LARGEST = 1 << 20


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class Said:
    """An answer on its way; a fault changes it."""

    status: int
    headers: dict[str, str]
    body: bytes = b""

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    def drop(self, *names: str) -> None:
        for name in names:
            self.headers.pop(name, None)


Fault = Callable[[Asked, Said], None]
Twist = Callable[[Asked], Asked]


@dataclass
class Relay:
    """The server; ``fault`` changes answers, ``twist`` requests before they reach the site."""

    site: str
    fault: Fault | None = None
    twist: Twist | None = None
    port: int = field(default_factory=free_port)
    _kept: dict[Any, Said] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._theirs, self._ours = f":{urlsplit(self.site).port}".encode(), f":{self.port}".encode()
        assert len(self._theirs) == len(self._ours)
        relay = self

        class Answering(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Say nothing."""

            def __getattr__(self, name: str) -> Any:
                if name.startswith("do_"):
                    return lambda: relay._answer(self)
                raise AttributeError(name)

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Answering)
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        if length > _LARGEST:
            handler.send_error(413)
            return
        headers = {name.lower(): value for name, value in handler.headers.items()}
        asked = Asked(handler.command, handler.path, headers, handler.rfile.read(length))
        said = self._said(self.twist(asked) if self.twist else asked)
        if self.fault:
            self.fault(asked, said)
        handler.send_response(said.status)
        if asked.method != "HEAD":
            said.headers.setdefault("content-length", str(len(said.body)))
        elif not asked.path.startswith("/data/"):
            said.drop("content-length")  # a fault may have changed what GET has
        for name, value in said.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(b"" if handler.command == "HEAD" else said.body)

    def _said(self, asked: Asked) -> Said:
        coded = (
            "gzip" in asked.headers.get("accept-encoding", "") and "gzip;q=0" not in asked.headers["accept-encoding"]
        )
        key = asked.method, asked.path, tuple(sorted(asked.headers.items())), asked.body
        if key not in self._kept:
            self._kept[key] = self._from_site(asked)
        said = replace(self._kept[key], headers=dict(self._kept[key].headers))
        if coded and said.status == 200 and said.body and "accept-encoding" in said.headers.get("vary", "").lower():
            said.body = gzip.compress(said.body, mtime=0)
            said.headers["content-encoding"] = "gzip"
            said.headers["etag"] = said.headers["etag"].removesuffix('"') + '-gzip"'
        return said

    def _from_site(self, asked: Asked) -> Said:
        connection = http.client.HTTPConnection("127.0.0.1", urlsplit(self.site).port, timeout=30)
        path = self._swapped(asked.path.encode("latin-1"), self._ours, self._theirs).decode("latin-1")
        headers = {name: value for name, value in asked.headers.items() if name not in ("connection", "content-length")}
        headers["accept-encoding"] = "identity"
        body = self._swapped(asked.body, self._ours, self._theirs)
        connection.request(asked.method, path, body or None, headers)
        response = connection.getresponse()
        found: dict[str, str] = {}
        for name, value in response.getheaders():
            if name.lower() not in _OWN or (asked.method == "HEAD" and name.lower() == "content-length"):
                found[name.lower()] = f"{found[name.lower()]}, {value}" if name.lower() in found else value
        raw = response.read()
        connection.close()
        sent = raw if path.startswith("/data/") else self._swapped(raw, self._theirs, self._ours)
        swapped = {name: value.replace(self._theirs.decode(), self._ours.decode()) for name, value in found.items()}
        return Said(response.status, swapped, sent)

    @staticmethod
    def _swapped(text: bytes, old: bytes, new: bytes) -> bytes:
        for each, other in ((old, new), (old.replace(b":", b"%3A"), new.replace(b":", b"%3A"))):
            text = text.replace(each, other)
        return text
