"""A new release is picked up by every worker, without a restart and without one failed or mixed answer."""

import json
import re
import shutil
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from metropolis_kg.content import FOLDERS, Content, find_content
from metropolis_kg.curation.build import build
from metropolis_kg.curation.release import Release, Releases
from servers import ask, free_port, served, wait_for

pytestmark = pytest.mark.alone

LABEL = '"Metropolis"@en'
HOSTILE = '"Metropolis </script><script>alert(1)</script> & <b>\\"quoted\\"</b>"@en'
DOCUMENT = "/doc/organisation/metropolis"
NEVER = "Thu, 01 Jan 1970 00:00:00 GMT"


@pytest.fixture(scope="module")
def built(content: Content, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A folder with two releases and their digests; the second gives Metropolis a hostile name."""
    root = tmp_path_factory.mktemp("built")
    for folder in FOLDERS:
        shutil.copytree(content.root / folder, root / folder)
    first = build(find_content(root), root / "var", "http://localhost:8000/").release
    page = root / "data" / "pages" / "berlin-metropolis.ttl"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace(f"{LABEL} .", f"{HOSTILE} .", 1), encoding="utf-8")
    second = build(find_content(root), root / "var", "http://localhost:8000/").release
    assert first
    assert second
    return root / "var", first.digest, second.digest


@pytest.fixture
def two(built: tuple[Path, str, str], tmp_path: Path) -> tuple[Releases, Release, Release]:
    """A copy of the two releases, of which the first is published."""
    var, *digests = built
    shutil.copytree(var, tmp_path / "var", symlinks=True)
    releases = Releases(tmp_path / "var")
    first, second = (releases.find(digest) for digest in digests)
    assert first.digest != second.digest
    releases.switch(first)
    return releases, first, second


@pytest.fixture
def url(two: tuple[Releases, Release, Release]) -> Iterator[str]:
    """A server over them, with two workers."""
    with served(two[0].var, free_port(), "--workers", "2") as running:
        yield running


def test_a_release_is_switched_under_load_without_a_failed_or_mixed_answer(
    two: tuple[Releases, Release, Release], url: str
) -> None:
    releases, first, second = two
    seen: dict[str, set[bytes]] = defaultdict(set)
    failed: list[int] = []
    stop = threading.Event()

    def load() -> None:
        while not stop.is_set():
            for path in (f"{DOCUMENT}.nt", "/doc/place/berlin.nt"):
                answer = ask(url + path)
                if answer.status != 200:
                    failed.append(answer.status)
                seen[path + answer.headers["etag"]].add(answer.body)

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        for release in (second, first):
            releases.switch(release)
            wait_for(lambda: _served(url) == {release.digest})  # noqa: B023 - called at once
    stop.set()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(seen) == 4
    assert {len(bodies) for bodies in seen.values()} == {1}


def _served(url: str) -> set[str]:
    """Return the releases that twenty connections meet, so that every worker has answered."""
    return {ask(f"{url}/readyz").json()["release"] for _ in range(20)}


def test_a_release_that_is_built_while_serving_is_what_the_next_request_gets(
    two: tuple[Releases, Release, Release], url: str
) -> None:
    releases, _, second = two
    before = ask(url + DOCUMENT, "text/turtle")
    releases.switch(second)
    after = ask(url + DOCUMENT, "text/turtle", if_none_match=before.headers["etag"])
    assert after.status == 200
    assert b"alert(1)" in after.body
    assert after.headers["etag"] != before.headers["etag"]


def test_after_a_rollback_the_date_of_the_withdrawn_release_does_not_pass_for_what_is_current(
    two: tuple[Releases, Release, Release], url: str
) -> None:
    releases, first, second = two
    releases.switch(second)
    withdrawn = ask(f"{url}{DOCUMENT}.ttl")
    assert b"alert(1)" in withdrawn.body
    subprocess.run([sys.executable, "-m", "metropolis_kg", "--var", releases.var, "releases", "rollback"], check=True)
    assert _served(url) == {first.digest}
    current = ask(f"{url}{DOCUMENT}.ttl", if_modified_since=withdrawn.headers["last-modified"])
    assert current.status == 200
    assert b"alert(1)" not in current.body
    assert parsedate_to_datetime(current.headers["last-modified"]).isoformat() == first.manifest["created"]
    kept = ask(f"{url}{DOCUMENT}.ttl", if_none_match=current.headers["etag"], if_modified_since=NEVER)
    assert kept.status == 304


def test_a_hostile_name_is_inert_on_every_page(two: tuple[Releases, Release, Release], url: str) -> None:
    two[0].switch(two[2])
    paths = (
        DOCUMENT, "/", "/doc/tenure/land-berlin-member", "/query/01-who-led", "/query/23-partners?lang=en",
        "/search?q=metropolis", "/at/2018-03-15", "/neighbourhood/place/berlin", "/cite/organisation/metropolis",
    )  # fmt: skip
    for path in paths:
        page = ask(url + path, "text/html", accept_language="en").body.decode()
        ours = r'<script type="(?:application/ld\+json">[^<]*|module" src="/static/[\w./-]+">)</script>'
        shown = re.sub(ours, "", page)
        assert not re.search(r"<\s*/?\s*script|<b>\"quoted", shown)
    assert "&lt;script&gt;alert(1)" in ask(url + DOCUMENT, "text/html").body.decode()


def test_a_broken_release_is_not_moved_to(two: tuple[Releases, Release, Release], url: str) -> None:
    releases, first, second = two
    assert _served(url) == {first.digest}
    shutil.rmtree(second.path / "store")
    releases.switch(second)
    assert _served(url) == {first.digest}
    assert ask(url + DOCUMENT).status == 200
    releases.switch(first)
    assert _served(url) == {first.digest}


@pytest.mark.parametrize("manifest", ["{}", "[]", "{", '{"prefixes": 3}', "null"])
def test_a_release_with_a_damaged_manifest_is_not_moved_to(
    two: tuple[Releases, Release, Release], url: str, manifest: str
) -> None:
    releases, first, second = two
    assert _served(url) == {first.digest}
    (second.path / "manifest.json").write_text(manifest, encoding="ascii")
    _point(releases, second)
    assert _served(url) == {first.digest}


@pytest.mark.parametrize("left_out", ["base", "prefixes", "digest", "created"])
def test_a_release_whose_manifest_leaves_something_out_is_not_moved_to(
    two: tuple[Releases, Release, Release], url: str, left_out: str
) -> None:
    releases, first, second = two
    assert _served(url) == {first.digest}
    noted = {name: value for name, value in second.manifest.items() if name != left_out}
    (second.path / "manifest.json").write_text(json.dumps(noted), encoding="ascii")
    _point(releases, second)
    assert _served(url) == {first.digest}


def _point(releases: Releases, release: Release) -> None:
    """Publish a release that ``switch`` would not."""
    link = releases.var / "fresh"
    link.symlink_to(Path("releases") / release.digest)
    link.replace(releases.var / "current")


def test_a_release_stays_served_when_its_link_goes(two: tuple[Releases, Release, Release], url: str) -> None:
    assert _served(url) == {two[1].digest}
    (two[0].var / "current").unlink()
    assert _served(url) == {two[1].digest}
