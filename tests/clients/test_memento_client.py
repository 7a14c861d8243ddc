"""memento-client, the Python library of the authors of RFC 7089, finds what was published when."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from memento_client import MementoClient

from history import COUNT, publish_history
from metropolis_kg.content import Content
from metropolis_kg.curation.release import Releases
from servers import ask, free_port, served


@pytest.fixture(scope="module")
def history(content: Content, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[datetime]]]:
    """The address of a server with four publications, and when they took place, as the client has times."""
    port = free_port()
    var: Path = publish_history(content, tmp_path_factory.mktemp("history"), f"http://127.0.0.1:{port}/")
    times = [each.published.replace(tzinfo=None) for each in Releases(var).publications()]
    with served(var, port) as url:
        yield url, times


def found(uri: str, moment: datetime) -> dict[str, object]:
    """Return what the client finds out; it gets no hint where the TimeGate is, and no other is asked."""
    with MementoClient(timegate_uri="http://127.0.0.1:1/") as client:
        return dict(client.get_memento_info(uri, moment))


@pytest.mark.parametrize("start", [f"/doc/{COUNT}", f"/id/{COUNT}", f"/doc/{COUNT}.ttl"])
@pytest.mark.parametrize(
    ("index", "offset", "expected"),
    [(0, -86400, 0), (0, 0, 0), (1, -1, 0), (1, 0, 1), (2, 0, 2), (3, 0, 3), (3, 86400, 3)],
)
def test_it_finds_the_version_of_any_time_by_itself(
    history: tuple[str, list[datetime]], start: str, index: int, offset: int, expected: int
) -> None:
    url, times = history
    told = found(url + start, times[index] + timedelta(seconds=offset))
    document = start.replace("/id/", "/doc/")
    assert told["original_uri"] == url + document
    assert told["timegate_uri"] == f"{url}/timegate{document}"
    mementos = told["mementos"]
    assert isinstance(mementos, dict)
    address = f"{url}/memento/{times[expected]:%Y%m%d%H%M%S}{document}"
    assert mementos["closest"] == {"uri": [address], "http_status_code": 200, "datetime": times[expected]}
    neighbours = {"first": 0, "last": 3, "prev": expected - 1, "next": expected + 1}
    there = {name: times[place] for name, place in neighbours.items() if 0 <= place < 4}
    assert {name: each["datetime"] for name, each in mementos.items() if name != "closest"} == there
    assert (b"777" in ask(address).body) == (expected in (1, 3))


def test_it_recognises_what_is_what(history: tuple[str, list[datetime]]) -> None:
    url, times = history
    memento = f"{url}/memento/{times[0]:%Y%m%d%H%M%S}/doc/place/kept"
    assert MementoClient.is_timegate(f"{url}/timegate/doc/place/kept")
    assert MementoClient.is_memento(memento)
    assert not MementoClient.is_memento(f"{url}/doc/place/kept")
    assert found(memento, times[3])["original_uri"] == f"{url}/doc/place/kept"


def test_it_finds_the_last_version_of_what_is_gone(history: tuple[str, list[datetime]]) -> None:
    url, times = history
    told = found(f"{url}/doc/place/lost", datetime.now(UTC).replace(tzinfo=None))
    mementos = told["mementos"]
    assert isinstance(mementos, dict)
    assert mementos["closest"]["datetime"] == times[2]
