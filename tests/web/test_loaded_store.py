"""The site from a remote store into which releases are loaded: the same, and what is loaded next without a restart."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import pytest

from metropolis_kg.curation.release import Release, Releases
from real_engines import RunningEngine, oxigraph
from servers import ask, free_port, serve_command, served, wait_for

PATHS = ["/doc/person/michael-mueller.nt", "/doc/organisation/metropolis.jsonld", "/doc/place/berlin.ttl", "/doc/ns.nt",
         "/doc/person/michael-mueller.html", "/query/who-led?format=csv", "/doc/dataset.ttl", "/map",
         "/sparql?query=SELECT+%2A+%7B+GRAPH+%3Fg+%7B+%3Fs+a+%3Ft+%7D+%7D+ORDER+BY+%3Fg+%3Fs+%3Ft",
         "/doc/graph/berlin-metropolis.html", "/timemap/doc/place/berlin", "/feed", "/data/dataset.nq.gz",
         "/graph-store?default"]  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEngine]:
    """An empty store."""
    with oxigraph(tmp_path_factory.mktemp("store"), union=False) as engine:
        yield engine


def load(release: Release, store: RunningEngine, *options: str) -> None:
    command = [sys.executable, "-m", "metropolis_kg", "--var", str(release.path.parent.parent), "releases", "load"]
    subprocess.run([*command, release.digest, "--to", store.query, *options], check=True, capture_output=True)


def releases_of(url: str) -> set[str | None]:
    """Return what ten connections in a row meet."""
    return {ask(f"{url}/readyz").json().get("release") for _ in range(10)}


@pytest.fixture(scope="module")
def two(site_var: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Release, Release]:
    """The release of the site, and one in which Berlin has another name."""
    first = Releases(site_var).current()
    assert first
    var = tmp_path_factory.mktemp("second")
    text = (first.path / "dataset.nq").read_bytes()
    lines = sorted(text.replace(b'"Berlin"@en', b'"Berlin anew"@en').splitlines(keepends=True))
    second = Release(var / "releases" / sha256(b"".join(lines)).hexdigest())
    second.path.mkdir(parents=True)
    (second.path / "dataset.nq").write_bytes(b"".join(lines))
    shutil.copy(first.path / "report.json", second.path)
    (second.path / "manifest.json").write_text(json.dumps({**first.manifest, "digest": second.digest}))
    return first, second


@pytest.fixture(scope="module")
def loaded(
    site: str, store: RunningEngine, two: tuple[Release, Release], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The site from the store, on a machine that has no release of its own."""
    options = ("--store", store.query, "--workers", "2")
    with served(tmp_path_factory.mktemp("nothing"), free_port(), *options, METROPOLIS_KG_BASE_IRI=f"{site}/") as url:
        assert ask(f"{url}/readyz").status == 503  # there is nothing in it yet
        load(two[0], store)
        wait_for(lambda: releases_of(url) == {two[0].digest})
        yield url


def test_a_loaded_release_gives_the_same_bytes_and_entity_tags(
    site: str, store: RunningEngine, loaded: str, site_var: Path
) -> None:
    options = ("--store", store.query)
    with served(site_var, free_port(), *options, METROPOLIS_KG_BASE_IRI=f"{site}/") as beside:
        for path in [*PATHS, f"/graph-store?graph={quote(f'{site}/graph/wikidata', safe='')}"]:
            accept = "application/n-triples" if path.startswith("/graph-store") else None
            here, there = ask(site + path, accept), ask(beside + path, accept)
            assert there.status == here.status, path
            if not re.search("query|graph-store", path):  # in which order those come an engine decides
                assert there.headers.get("etag") == here.headers.get("etag"), path
            assert there.status < 400
            assert sorted(there.body.split(b"\n")) == sorted(here.body.split(b"\n")), path
    there, here = ask(loaded + PATHS[0]), ask(site + PATHS[0])
    assert there.body == here.body
    assert there.headers["etag"] != here.headers["etag"]  # it lacks the history to which the other one links
    counted = [ask(f"{url}/doc/dataset.ttl").body.count(b"void:triples") for url in (site, loaded)]
    assert counted[0] == counted[1] > 1
    assert ask(f"{loaded}/feed").status == 404
    assert b"/feed" not in ask(f"{loaded}/about", "text/html").body
    again = ask(loaded + PATHS[0], if_none_match=ask(loaded + PATHS[0]).headers["etag"])
    assert again.status == 304


def test_a_release_is_loaded_and_the_one_before_removed_under_load_without_a_failed_or_mixed_answer(
    loaded: str, store: RunningEngine, two: tuple[Release, Release]
) -> None:
    first, second = two
    berlin = (
        "SELECT ?g ?name { GRAPH ?g { ?s rdfs:label ?name } FILTER(STRSTARTS(?name, 'Berlin')) } ORDER BY ?g ?name #"
    )
    query = f"/sparql?query={quote(berlin)}"
    seen: dict[str, set[bytes]] = defaultdict(set)
    failed: list[tuple[str, int]] = []
    stop = threading.Event()

    def read(number: int) -> None:
        asked = 0
        while not stop.is_set():
            asked += 1
            for path in (
                "/doc/place/berlin.nt",
                f"/doc/place/berlin.nt?lang={number}{asked}",
                f"{query}{number}{asked}",
            ):
                answer = ask(loaded + path)
                if answer.status != 200:
                    failed.append((path, answer.status))
                seen[path.partition("?")[0]].add(answer.body)

    before = ask(loaded + "/doc/place/berlin.nt").body
    threads = [threading.Thread(target=read, args=[number]) for number in range(3)]
    for thread in threads:
        thread.start()
    try:
        load(second, store, "--grace", "3")
        wait_for(lambda: releases_of(loaded) == {second.digest})
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    after = ask(loaded + "/doc/place/berlin.nt").body
    assert before != after
    assert not failed
    assert seen["/doc/place/berlin.nt"] == {before, after}
    assert len(seen["/sparql"]) == 2
    assert not any(first.digest in graph for graph in store.graphs())


def test_an_outage_leaves_what_is_known_and_ends_without_a_restart(loaded: str, store: RunningEngine) -> None:
    for _ in range(20):  # so that each of the workers knows it
        known = ask(loaded + "/doc/place/berlin.nt")
    store.kill()
    assert ask(loaded + "/doc/place/berlin.nt").headers["etag"] == known.headers["etag"]
    for path in ("/doc/place/gauteng.nt", "/readyz", "/sparql?query=ASK%7B%7D", "/id/place/nowhere"):
        answer = ask(loaded + path)
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    store.start()
    wait_for(lambda: ask(loaded + "/doc/place/gauteng.nt").status == 200 and ask(f"{loaded}/readyz").status == 200)


def test_a_release_of_another_base_is_not_served_and_says_why(
    loaded: str, store: RunningEngine, tmp_path: Path
) -> None:
    environment = {**os.environ, "METROPOLIS_KG_BASE_IRI": "http://other.example/"}
    command = serve_command(tmp_path, free_port(), "--store", store.query)
    ended = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=60)
    assert ended.returncode == 2
    assert b"names things under" in ended.stderr
    assert b"METROPOLIS_KG_BASE_IRI is http://other.example/; set it to" in ended.stderr
