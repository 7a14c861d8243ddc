"""Three servers behind nginx: releases are rolled out and back, servers killed and stopped, and no request fails."""

import http.client
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import pytest

from metropolis_kg.content import FOLDERS, Content, find_content
from metropolis_kg.curation.build import build
from metropolis_kg.curation.release import Releases
from nginx import Certificate, make_certificate, nginx, site
from servers import ask, free_port, serve_command, wait_for

pytestmark = pytest.mark.alone

LABELS = """SELECT ?thing ?name {
  VALUES ?thing { <%(base)sid/organisation/metropolis> <%(base)sid/place/berlin> }
  ?thing skos:prefLabel ?name FILTER(LANG(?name) = "en")
} ORDER BY ?thing"""
CLIENTS = 4
PAUSE = 0.01
"""Seconds between two requests of a client, so that there is processor left for the rest."""

SPARQL = "application/sparql-query"


@dataclass(frozen=True)
class Asked:
    """A request that is sent again and again."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""


def requests(base: str) -> list[Asked]:
    """Return what clients ask: documents, pages, and queries in each way that the protocol knows."""
    query = LABELS % {"base": base}
    by_get = f"/sparql?query={quote(query)}"
    return [
        Asked("GET", "/doc/place/berlin.ttl"),
        Asked("GET", "/doc/organisation/metropolis.jsonld", (("Accept-Encoding", "gzip"),)),
        Asked("GET", "/doc/organisation/metropolis", (("Accept", "text/html"), ("Accept-Language", "de"))),
        Asked("GET", "/", (("Accept", "text/html"), ("Accept-Language", "en"))),
        Asked("HEAD", "/doc/place/berlin.nt"),
        Asked("GET", by_get),
        Asked("GET", by_get.replace("ORDER", "%23ORDER"), (("Accept", "text/csv"),)),
        Asked("POST", "/sparql", (("Content-Type", SPARQL),), query),
        Asked("QUERY", "/sparql", (("Content-Type", SPARQL),), query),
    ]


@dataclass
class Load:
    """Clients that go on asking, and what they got."""

    port: int
    trust: ssl.SSLContext
    asked: list[Asked]
    served: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    seen: defaultdict[Asked, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Have clients ask as long as the context lasts."""
        clients = [threading.Thread(target=self._client, args=[number]) for number in range(CLIENTS)]
        for each in clients:
            each.start()
        try:
            yield
        finally:
            self._stop.set()
            for each in clients:
                each.join()

    def _client(self, number: int) -> None:
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=self.trust)
        while not self._stop.wait(PAUSE):
            number += 1
            each = self.asked[number % len(self.asked)]
            try:
                tag, body = self._sent(connection, each)
                self.seen[each].add((tag, sha256(body).hexdigest()))
                self.served[each.method] += 1
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(f"{each.method} {each.path}: {error!r}")
                connection.close()
        connection.close()

    def _sent(self, connection: http.client.HTTPSConnection, each: Asked) -> tuple[str, bytes]:
        connection.request(each.method, each.path, each.body.encode() or None, dict(each.headers))
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise OSError(f"status {response.status}: {body[:200]!r}")
        return response.getheader("ETag", ""), body


class Replica:
    """One server, with releases of its own."""

    def __init__(self, folder: Path, source: str, environment: dict[str, str]) -> None:
        self.var, self.port, self._source = folder, free_port(), source
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is, behind nginx."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """Where it logs."""
        return self.var.with_suffix(".log")

    def switches(self) -> list[tuple[str, str]]:
        """Return from which release to which it says that it switched."""
        said = [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]
        return [(line["before"], line["release"]) for line in said if line["event"] == "release-switched"]

    def pull(self) -> None:
        """Fetch and publish what is published at the source."""
        releases(self.var, self._environment, "pull", self._source, "--history", "--switch")

    def begin(self) -> None:
        """Start the server, in a group of processes of its own."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                serve_command(self.var, self.port, "--workers", "1"), env=self._environment, process_group=0, stderr=log
            )

    def wait(self, release: str = "") -> None:
        """Wait until the server is ready, and serves ``release``."""
        wait_for(lambda: ask(f"{self.url}/readyz?release={release}").status == 200, self._process)

    def end(self, number: signal.Signals) -> None:
        """Send a signal, SIGKILL to all its processes, and wait for the end."""
        if self._process and self._process.poll() is None:
            if number is signal.SIGKILL:
                os.killpg(self._process.pid, number)
            self._process.send_signal(number)
            self._process.wait(timeout=20)


def releases(var: Path, environment: dict[str, str], *arguments: str) -> str:
    """Run ``metropolis-kg releases`` and return what it prints."""
    command = [sys.executable, "-m", "metropolis_kg", "--var", str(var), "releases", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass(frozen=True)
class Origin:
    """Where releases are built, and the address that they are brought to."""

    root: Path
    var: Path
    base: str
    place: str
    environment: dict[str, str]

    def push(self) -> None:
        """Bring what is published to the place."""
        releases(self.var, self.environment, "push", self.place)

    def publish_another(self) -> str:
        """Build and publish a release that calls Metropolis and Berlin otherwise; return its digest."""
        page = self.root / "data" / "pages" / "berlin-metropolis.ttl"
        text = page.read_text(encoding="utf-8")
        for name in ("Metropolis", "Berlin"):
            assert f'"{name}"@en' in text
            text = text.replace(f'"{name}"@en', f'"{name} anew"@en')
        page.write_text(text, encoding="utf-8")
        outcome = build(find_content(self.root), self.var, self.base)
        assert outcome.release, outcome.findings
        return outcome.release.digest


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """A certificate for both servers of nginx."""
    return make_certificate(tmp_path)


@pytest.fixture
def origin(content: Content, site_var: Path, port: int, tmp_path: Path, certificate: Certificate) -> Origin:
    """A copy of the content and of its release."""
    for folder in FOLDERS:
        shutil.copytree(content.root / folder, tmp_path / "content" / folder)
    shutil.copytree(site_var, tmp_path / "origin", symlinks=True)
    (tmp_path / "credentials").write_text("publisher:sesame\n", encoding="utf-8")
    trusting = {
        "SSL_CERT_FILE": str(certificate.certificate),
        "METROPOLIS_KG_RELEASES_CREDENTIALS": str(tmp_path / "credentials"),
    }
    place = f"https://127.0.0.1:{free_port()}/"
    return Origin(
        tmp_path / "content", tmp_path / "origin", f"http://127.0.0.1:{port}/", place, {**os.environ, **trusting}
    )


def of_releases(origin: Origin, certificate: Certificate, folder: Path) -> str:
    """Return the configuration of the server that releases are brought to; one user may read and write."""
    (folder / "place").mkdir()
    (folder / "users").write_text("publisher:{PLAIN}sesame\n", encoding="ascii")
    return site(
        "releases.conf",
        {
            "listen 443 ssl http2": f"listen {origin.place.split('/')[2]} ssl http2",
            "/etc/ssl/certs/releases.example.org.pem": str(certificate.certificate),
            "/etc/ssl/private/releases.example.org.key": str(certificate.key),
            "/srv/releases": str(folder / "place"),
            "/etc/nginx/releases.readers": str(folder / "users"),
            "/etc/nginx/releases.writers": str(folder / "users"),
        },
    )


def of_replicas(replicas: list[Replica], port: int, certificate: Certificate) -> str:
    """Return the configuration of the server in front of ``replicas``."""
    ports = {f"127.0.0.1:{8001 + number}": f"127.0.0.1:{each.port}" for number, each in enumerate(replicas)}
    return site(
        "metropolis-kg.conf",
        ports
        | {
            "listen 80;": f"listen 127.0.0.1:{free_port()};",
            "listen 443 ssl http2": f"listen 127.0.0.1:{port} ssl http2",
            "/etc/ssl/certs/data.example.org.pem": str(certificate.certificate),
            "/etc/ssl/private/data.example.org.key": str(certificate.key),
        },
    )


def direct(replica: Replica, asked: list[Asked]) -> dict[Asked, tuple[str, str]]:
    """Return the entity tag and the digest of the body of each answer of ``replica`` itself."""
    found = {}
    for each in asked:
        headers = {name.replace("-", "_").lower(): value for name, value in each.headers}
        accept = headers.pop("accept", None)
        answer = ask(replica.url + each.path, accept, method=each.method, body=each.body.encode() or None, **headers)
        assert answer.status == 200, answer.body
        found[each] = (answer.headers.get("etag", ""), sha256(answer.body).hexdigest())
    return found


def through(port: int, trust: ssl.SSLContext, path: str) -> tuple[int, str, bytes]:
    """Return status, type and body of what nginx answers."""
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=trust)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.getheader("Content-Type", ""), response.read()
    finally:
        connection.close()


def roll(replicas: list[Replica], release: str) -> None:
    """Move ``replicas`` to ``release``, one after the other."""
    for each in replicas:
        each.pull()
        each.wait(release)


def test_releases_are_rolled_out_and_back_and_servers_killed_and_stopped_without_a_failed_or_mixed_answer(
    origin: Origin, certificate: Certificate, tmp_path: Path
) -> None:
    first = Releases(origin.var).published().digest
    port, asked = free_port(), requests(origin.base)
    replicas = [Replica(tmp_path / f"replica{number}", origin.place, origin.environment) for number in range(3)]
    load = Load(port, ssl.create_default_context(cafile=str(certificate.certificate)), asked)
    sites = of_releases(origin, certificate, tmp_path), of_replicas(replicas, port, certificate)
    with nginx(tmp_path, port, *sites) as errors:
        try:
            origin.push()
            second = origin.publish_another()
            for each in replicas:
                each.pull()
                each.begin()
            for each in replicas:
                each.wait(first)
            before = direct(replicas[0], asked)
            with load.going_on():
                origin.push()
                roll(replicas, second)
                after = direct(replicas[2], asked)
                releases(origin.var, origin.environment, "rollback")
                origin.push()
                roll(replicas, first)
                replicas[0].end(signal.SIGKILL)
                time.sleep(0.5)
                replicas[0].begin()
                replicas[0].wait(first)
                replicas[1].end(signal.SIGTERM)
                time.sleep(0.5)
                replicas[1].begin()
                replicas[1].wait(first)
        finally:
            for each in replicas:
                each.end(signal.SIGTERM)
            status, kind, body = through(port, load.trust, "/doc/place/berlin")
            assert (status, kind, json.loads(body)["status"]) == (503, "application/problem+json", 503)
            assert through(port, load.trust, "/metrics")[0] == 403
    failed_over = errors.read_text(encoding="utf-8").count("upstream")
    print(f"{dict(load.served)} requests, {len(load.failed)} failed, {failed_over} asked of another server")  # noqa: T201
    assert load.failed == []
    assert failed_over > 0
    assert all(load.served[method] > 30 for method in ("GET", "HEAD", "POST", "QUERY")), load.served
    assert load.served.total() > 400
    for each in asked:
        assert before[each] != after[each] or each.method == "HEAD", each
        assert load.seen[each] == {before[each], after[each]}, each
    for each in replicas:
        assert each.switches() == [(first, second), (second, first)]
    histories = {each.var: releases(each.var, origin.environment, "history") for each in replicas}
    assert set(histories.values()) == {releases(origin.var, origin.environment, "history")}
