"""The reference client of Linked Data Event Streams, from npm: it replicates everything, then sees what is new."""

import json
import queue
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from metropolis_kg.curation.release import DATASET, Releases
from metropolis_kg.model.publications import Publication
from publishing import Publisher
from servers import free_port, served

HERE = Path(__file__).parent
PROMISE = "id/statement-type/promise"


@pytest.fixture(scope="module")
def ldes_client(node: Path, installed: None) -> list[str]:
    """The command that replicates a stream."""
    return [str(node), str(HERE / "ldes.mjs")]


@pytest.fixture(scope="module")
def publisher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Publisher, str]]:
    """A site with two publications or more, and the address of its feed."""
    port = free_port()
    publisher = Publisher(tmp_path_factory.mktemp("stream"), f"http://127.0.0.1:{port}/")
    publisher.publish()
    publisher.toggle()
    publisher.publish()
    with served(publisher.var, port) as url:
        yield publisher, f"{url}/feed"


def publications(publisher: Publisher) -> tuple[Publication, ...]:
    """Return what the journal tells."""
    releases = Releases(publisher.var)
    current = releases.current()
    assert current
    return releases.publications(current)


def versions(publisher: Publisher) -> list[str]:
    """Return the members that the journal tells of, in order."""
    return [
        f"{publisher.base}version/{each.published:%Y%m%d%H%M%S}/{thing}"
        for each in publications(publisher)
        for thing in (*each.created, *each.updated, *each.removed)
    ]


def replicated(command: list[str], *arguments: str) -> list[Any]:
    """Return the members that the client finds in one run."""
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("order", ["none", "ascending", "descending"])
def test_it_replicates_every_member_once(ldes_client: list[str], publisher: tuple[Publisher, str], order: str) -> None:
    site, url = publisher
    members = [member["id"] for member in replicated(ldes_client, url, order, "once")]
    told = versions(site)
    assert len(told) > 260
    assert sorted(members) == sorted(told)
    times = [member.split("/version/")[1][:14] for member in members]
    if order != "none":
        assert times == sorted(times, reverse=order == "descending")


def test_what_it_replicates_is_what_the_release_says(ldes_client: list[str], publisher: tuple[Publisher, str]) -> None:
    site, url = publisher
    current = Releases(site.var).current()
    assert current
    expected = {
        quad.triple
        for quad in ox.parse(path=current.path / DATASET, format=ox.RdfFormat.N_QUADS)
        if quad.subject.value.startswith(f"{site.base}id/")
    }
    latest: dict[str, set[ox.Triple]] = {}
    for member in replicated(ldes_client, url, "ascending", "once"):
        quads = list(ox.parse(member["quads"].encode(), format=ox.RdfFormat.N_QUADS))
        thing = member["id"].split("/", 5)[5]
        latest[thing] = {quad.triple for quad in quads if quad.graph_name == ox.NamedNode(member["id"])}
    assert set().union(*latest.values()) == expected


def test_it_follows_and_sees_a_new_release(ldes_client: list[str], publisher: tuple[Publisher, str]) -> None:
    site, url = publisher
    lines: queue.Queue[str] = queue.Queue()
    client = subprocess.Popen([*ldes_client, url, "none", "follow"], stdout=subprocess.PIPE, text=True)
    reader = threading.Thread(target=lambda: [lines.put(line) for line in client.stdout or ()], daemon=True)
    reader.start()
    try:
        before = versions(site)
        assert sorted(_read(lines, len(before))) == sorted(before)
        site.toggle()
        site.change()
        site.publish()
        added = versions(site)[len(before) :]
        assert [version for version in added if version.endswith(PROMISE)]
        assert len(added) >= 2
        assert sorted(_read(lines, len(added))) == sorted(added)
        time.sleep(1)
        assert lines.empty(), "a member is emitted once"
    finally:
        client.kill()
        client.wait()


def test_it_resumes_where_it_stopped(ldes_client: list[str], publisher: tuple[Publisher, str], tmp_path: Path) -> None:
    site, url = publisher
    state = str(tmp_path / "state")
    first = [member["id"] for member in replicated(ldes_client, url, "none", "once", state)]
    site.change()
    site.publish()
    told = versions(site)
    assert len(told) > len(first)
    second = [member["id"] for member in replicated(ldes_client, url, "none", "once", state)]
    assert sorted([*first, *second]) == sorted(told)


def _read(lines: "queue.Queue[str]", count: int) -> list[str]:
    """Return the names of the next members, waiting for them."""
    return [json.loads(lines.get(timeout=60))["id"] for _ in range(count)]
