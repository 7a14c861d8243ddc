"""Downloads: slow clients hold no more than their share, and nobody else up."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from metropolis_kg.content import Content
from metropolis_kg.curation.build import build
from servers import ask, free_port, served, wait_for

LARGE = 64 << 20
AT_ONCE, OF_CLIENT = 8, 2
HEADER = b"HTTP/1.1 "


@pytest.fixture(scope="module")
def large(content: Content, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a dump that no buffer between server and client takes in whole."""
    var, port = tmp_path_factory.mktemp("large"), free_port()
    release = build(content, var, f"http://127.0.0.1:{port}/").release
    assert release
    with (release.path / "dataset.jsonld").open("wb") as file:
        file.truncate(LARGE)
    path = release.path / "manifest.json"
    manifest = json.loads(path.read_bytes())
    manifest["dumps"]["dataset.jsonld"]["bytes"] = LARGE
    path.write_text(json.dumps(manifest))
    settings = {"METROPOLIS_KG_DOWNLOADS_AT_ONCE": str(AT_ONCE), "METROPOLIS_KG_PROXIES": "1"}
    with served(var, port, "--workers", "1", **settings) as site:
        yield f"{site}/data/dataset.jsonld"


def begun(stack: ExitStack, address: str, client: str) -> int:
    """Begin a download and read no more than the status of the answer, which is returned."""
    parts = urlsplit(address)
    connection = stack.enter_context(socket.create_connection((parts.hostname, parts.port), timeout=10))
    request = f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nX-Forwarded-For: {client}\r\n\r\n"
    connection.sendall(request.encode())
    received = b""
    while len(received) < len(HEADER) + 3:
        received += connection.recv(len(HEADER) + 3 - len(received))
    return int(received.removeprefix(HEADER))


def test_a_client_has_its_share_and_no_more_and_gets_it_back_when_it_goes(large: str) -> None:
    with ExitStack() as stack:
        assert [begun(stack, large, "192.0.2.1") for _ in range(OF_CLIENT)] == [200] * OF_CLIENT
        refused = ask(large, x_forwarded_for="192.0.2.1")
        assert (refused.status, refused.headers["content-type"]) == (429, "application/problem+json")
        assert refused.json()["type"].endswith("/problem/too-many-downloads")
        assert int(refused.headers["retry-after"]) > 0
        assert ask(large, x_forwarded_for="192.0.2.1", method="HEAD").status == 200
        assert begun(stack, large, "192.0.2.2") == 200
    wait_for(lambda: ask(large, x_forwarded_for="192.0.2.1", range="bytes=0-9").status == 206)


def test_all_clients_together_have_no_more_than_the_server_sends_and_pages_go_on(large: str) -> None:
    with ExitStack() as stack:
        for number in range(AT_ONCE):
            assert begun(stack, large, f"198.51.100.{number // OF_CLIENT}") == 200
        assert ask(large, x_forwarded_for="198.51.100.99").status == 429
        site = large.partition("/data/")[0]
        assert [ask(f"{site}/doc/dataset.ttl").status for _ in range(5)] == [200] * 5
    wait_for(lambda: ask(large, x_forwarded_for="198.51.100.99", range="bytes=0-9").status == 206)


def test_finished_downloads_and_refused_ranges_count_no_more(large: str) -> None:
    for _ in range(2 * AT_ONCE):
        assert len(ask(large, range="bytes=5-9").body) == 5
        assert ask(large, range=f"bytes={LARGE}-").status == 416
        assert ask(large, if_none_match="*").status == 304
