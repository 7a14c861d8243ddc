"""Small releases that travel, and an HTTP server of theirs that misbehaves as it is told."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from metropolis_kg.curation.release import Release, Releases
from metropolis_kg.curation.transfer.contents import Contents
from metropolis_kg.curation.transfer.file_list import FileList
from metropolis_kg.curation.transfer.place import Place
from metropolis_kg.curation.transfer.pulling import Pull
from metropolis_kg.curation.transfer.pushing import push

BASE = "http://x/"


def made(var: Path, *things: str) -> Release:
    """Return a release below ``var`` that tells of ``things``, with a store of which nothing can be asked."""
    text = "".join(f"<{BASE}id/{thing}> <p:is> <o:{thing}> <g:1> .\n" for thing in sorted(things))
    digest, folder = sha256(text.encode()).hexdigest(), var / "building"
    (folder / "store").mkdir(parents=True)
    (folder / "dataset.nq").write_text(text)
    (folder / "search.sqlite").write_bytes(b"search" * 1000)
    (folder / "store" / "CURRENT").write_text("MANIFEST-000001\n")
    (folder / "store" / "000001.sst").write_bytes(digest.encode() * 5000)
    (folder / "store" / "LOCK").touch()
    facts = {"created": "2026-01-01T00:00:00+00:00", "quads": len(things), "difference": {"added": 0, "removed": 0}}
    manifest = facts | {"base": BASE, "prefixes": {}, "digest": digest, "statistics": {}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return Releases(var).adopt(folder, digest)


def published(var: Path, *things: str) -> Release:
    """Return a release that tells of ``things``, which is published below ``var``."""
    release = made(var, *things)
    Releases(var).switch(release)
    return release


def brought(var: Path, place: Place, release: Release | None = None, *, again: bool = False) -> bool:
    """Push ``release``, or what is published below ``var``, to ``place``."""
    releases = Releases(var)
    release = release or releases.published()
    return push(releases, release, FileList.of(release.path), place, lambda _: None, again=again)


def fetched(var: Path, place: Place, *, limit: int = 1 << 30) -> Release:
    """Pull what is published at ``place`` and publish it below ``var``."""
    contents = Contents.at(place)
    assert contents.published
    pulling = Pull(Releases(var), place, contents, limit)
    files = pulling.wanted(contents.published)
    release = pulling.fetch(files, lambda _: None) if files else Releases(var).find(contents.published)
    pulling.publish(release)
    return release


def files_of(folder: Path) -> dict[str, bytes]:
    """Return what is in each file below ``folder``, but the list of files."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    found.pop("files.json", None)
    return found


@dataclass
class Behaviour:
    """How the server behaves, and what it was asked."""

    most: int | None = None
    """Bytes of a body after which it breaks off; none: it does not."""

    stalls: bool = False
    """Whether it goes silent where it would break off."""

    knows_ranges: bool = True
    moved_to: str = ""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path and Range of each request."""

    authorizations: set[str] = field(default_factory=set)
    resumed: threading.Event = field(default_factory=threading.Event)


class _Server(ThreadingHTTPServer):
    def __init__(self, root: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.root, self.behaviour = root, Behaviour()


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        """Tell the length."""
        if path := self._begin():
            size = str(path.stat().st_size) if path.is_file() else "0"
            self._status(200 if path.is_file() else 404, Content_Length=size)

    def do_PUT(self) -> None:
        """Write the file."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if path := self._begin():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
            self._status(201)

    def do_GET(self) -> None:
        """Send the file, or what is left of it."""
        if path := self._begin():
            body, headers, status = path.read_bytes(), {}, 200
            wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
            if wanted and self.server.behaviour.knows_ranges:
                first = int(wanted[1])
                headers = {"Content_Range": f"bytes {first}-{len(body) - 1}/{len(body)}"}
                body, status = body[first:], 206
            self._status(status, Content_Length=str(len(body)), **headers)
            self._send(body)

    def _begin(self) -> Path | None:
        """Return the file that is meant; none where the client is sent elsewhere."""
        path, behaviour = self.path.lstrip("/"), self.server.behaviour
        behaviour.asked.append((self.command, path, self.headers.get("Range", "")))
        behaviour.authorizations.add(self.headers.get("Authorization", ""))
        if not behaviour.moved_to:
            return self.server.root / path
        self._status(302, Location=behaviour.moved_to + self.path)
        return None

    def _status(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Length": "0", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def _send(self, body: bytes) -> None:
        behaviour = self.server.behaviour
        self.wfile.write(body[: behaviour.most])
        if behaviour.most is not None and behaviour.most < len(body):
            if behaviour.stalls:
                behaviour.resumed.wait(20)
            self.close_connection = True


@contextmanager
def web_server(root: Path) -> Iterator[tuple[str, Behaviour]]:
    """Serve the files below ``root`` by GET, HEAD and PUT; yield the address, and how it behaves."""
    server = _Server(root)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", server.behaviour
    finally:
        server.behaviour.resumed.set()
        server.shutdown()
        server.server_close()
        thread.join()
