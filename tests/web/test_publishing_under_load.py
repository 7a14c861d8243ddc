"""Releases are published and rolled back while wrk asks for documents: none fails, and none mixes two releases."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from metropolis_kg.content import FOLDERS, Content, find_content
from metropolis_kg.curation.build import build
from metropolis_kg.curation.release import Release, Releases
from servers import Answer, ask, free_port, served, wait_for

pytestmark = pytest.mark.alone

SCRIPT = Path(__file__).with_name("consistency.lua")
THINGS = ("place/berlin", "place/gauteng")
ASKED: list[tuple[str, dict[str, str]]] = [
    (f"/doc/{thing}{extension}", headers)
    for thing in THINGS
    for extension in (".ttl", ".jsonld", ".html", "")
    for headers in ({"Accept-Encoding": "gzip"}, {"Accept": "text/html", "Accept-Language": "de"}, {})
]
REDIRECTED = [f"/id/{thing}" for thing in THINGS]
SECONDS = 7


@dataclass(frozen=True)
class Published:
    """A folder with two releases that say different things about the same, at an address."""

    releases: Releases
    both: tuple[Release, Release]
    port: int


@pytest.fixture(scope="module")
def published(content: Content, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Two releases, of which the first is published."""
    root, port = tmp_path_factory.mktemp("built"), free_port()
    for folder in FOLDERS:
        shutil.copytree(content.root / folder, root / folder)
    first = build(find_content(root), root / "var", f"http://127.0.0.1:{port}/").release
    page = root / "data" / "pages" / "berlin-metropolis.ttl"
    renamed = page.read_text(encoding="utf-8").replace('"Metropolis"@en .', '"Metropolis anew"@en .', 1)
    page.write_text(renamed.replace('"Berlin"@en', '"Berlin anew"@en', 1), encoding="utf-8")
    second = build(find_content(root), root / "var", f"http://127.0.0.1:{port}/").release
    assert first
    assert second
    releases = Releases(root / "var")
    releases.switch(first)
    return Published(releases, (first, second), port)


@pytest.fixture(scope="module")
def expected(published: Published) -> dict[str, tuple[int, bytes]]:
    """Entity tag → which release has it, and the body; each release asked alone, by a server that keeps nothing."""
    found: dict[str, tuple[int, bytes]] = {}
    for number, release in enumerate(published.both, 1):
        published.releases.switch(release)
        with served(published.releases.var, free_port(), METROPOLIS_KG_DOCUMENTS_MEGABYTES="0") as url:
            for path, headers in ASKED:
                answer = asked(url, path, headers)
                assert found.setdefault(answer.headers["etag"], (number, answer.body)) == (number, answer.body)
    published.releases.switch(published.both[0])
    return found


def asked(url: str, path: str, headers: Mapping[str, str]) -> Answer:
    """Ask as wrk does."""
    answer = ask(url + path, **{name.replace("-", "_").lower(): value for name, value in headers.items()})
    assert answer.status == 200
    return answer


@pytest.fixture
def url(published: Published) -> Iterator[str]:
    """A server with two workers."""
    with served(published.releases.var, published.port, "--workers", "2") as running:
        yield running


def lua(value: object) -> str:
    """Write ``value`` in Lua."""
    if isinstance(value, bytes):
        return '"' + "".join(f"\\{byte:03}" for byte in value) + '"'
    if isinstance(value, str):
        return lua(value.encode())
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"[{lua(key)}] = {lua(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "{" + ", ".join(map(lua, value)) + "}"
    return str(value).lower()


def instructions(expected: Mapping[str, tuple[int, bytes]], url: str) -> str:
    """Return what the script reads: each document whole, again by who has it from either release, and redirects."""
    known = [(path, {**headers, "If-None-Match": ", ".join(expected)}) for path, headers in ASKED[::5]]
    return "return " + lua({
        "requests": [*ASKED, *known, *((path, {}) for path in REDIRECTED)],
        "bodies": {tag: body for tag, (_, body) in expected.items()},
        "releases": {tag: number for tag, (number, _) in expected.items()},
        "locations": {url + path.replace("/id/", "/doc/"): True for path in REDIRECTED},
    })  # fmt: skip


def test_documents_are_published_and_rolled_back_under_load_without_a_failed_or_mixed_response(
    published: Published, expected: dict[str, tuple[int, bytes]], url: str, tmp_path: Path
) -> None:
    if not shutil.which("wrk"):
        pytest.skip("needs wrk; on Debian: apt-get install wrk")
    given = tmp_path / "given.lua"
    given.write_text(instructions(expected, url), encoding="ascii")
    load = subprocess.Popen(
        ["wrk", "-t1", "-c8", f"-d{SECONDS}s", "--timeout=20s", "-s", str(SCRIPT), url, "--", str(given)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    switches = switch_to_and_fro(published, expected, url, load)
    said, _ = load.communicate(timeout=20)
    counted = json.loads(said.strip().splitlines()[-1])
    assert (counted["failed"], counted["mixed"], counted["errors"], load.returncode) == (0, 0, 0, 0), said
    assert switches >= 4
    assert min(counted[name] for name in ("whole", "unchanged", "redirected", "first", "second")) > 20, said
    assert counted["whole"] + counted["unchanged"] == counted["first"] + counted["second"]


def switch_to_and_fro(
    published: Published, expected: Mapping[str, tuple[int, bytes]], url: str, load: subprocess.Popen[str]
) -> int:
    """Publish one release after the other while ``load`` lasts, at times rolling back; return how often.

    Each is waited for until every worker has it, and then nothing of the one before is sent any more.
    """
    first, second = published.both
    done, began = 0, time.monotonic()
    while load.poll() is None and time.monotonic() - began < SECONDS - 1.5:
        published.releases.switch(second)
        wait_for_every_worker(url, second)
        assert sent(url, expected) == {2}
        if done % 4 == 0:
            command = [sys.executable, "-m", "metropolis_kg", "--var", str(published.releases.var)]
            subprocess.run([*command, "releases", "rollback"], check=True, capture_output=True)
        else:
            published.releases.switch(first)
        wait_for_every_worker(url, first)
        assert sent(url, expected) == {1}
        done += 2
    return done


def wait_for_every_worker(url: str, release: Release) -> None:
    """Wait until ten connections in a row meet ``release``."""
    wait_for(lambda: {ask(f"{url}/readyz").json()["release"] for _ in range(10)} == {release.digest})


def sent(url: str, expected: Mapping[str, tuple[int, bytes]]) -> set[int]:
    """Return the numbers of the releases that documents come from."""
    return {expected[asked(url, path, headers).headers["etag"]][0] for path, headers in ASKED[::3] for _ in range(2)}
