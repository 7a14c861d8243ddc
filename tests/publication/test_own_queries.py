"""What our own queries answer is read as the store means it."""

import gc
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from weakref import ref

from metropolis_kg.content import Content
from metropolis_kg.publication import search
from metropolis_kg.publication.names import names_of
from metropolis_kg.publication.own_queries import kept_by_release, lean_rows
from metropolis_kg.store.release import OpenRelease


def test_rows_are_read_whatever_signs_stand_in_an_iri(opened: OpenRelease, tmp_path: Path) -> None:
    query = tmp_path / "query.rq"
    query.write_text(
        'SELECT ?a ?b ?c { VALUES (?a ?b ?c) { (<urn:a,b> "2018-03-15"^^xsd:date true) (<urn:%22> UNDEF "x") } }',
        encoding="utf-8",
    )
    assert lean_rows(opened, query) == [["urn:a,b", "2018-03-15", "true"], ["urn:%22", "", "x"]]


def test_what_is_kept_of_a_release_is_asked_once_by_all_threads_and_goes_with_the_release(
    opened: OpenRelease, content: Content
) -> None:  # fmt: skip
    asked: list[str] = []

    @kept_by_release(2)
    def answer(release: OpenRelease, name: str) -> str:
        asked.append(name)
        time.sleep(0.05)
        return release.iri(name)

    release = replace(opened)
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(partial(answer, release), "ab" * 8)) == {opened.iri("a"), opened.iri("b")}
    assert sorted(asked) == ["a", "b"]
    assert names_of(release, content.queries) is names_of(release, content.queries)
    assert search.kinds(release) == search.kinds(opened)
    gone = ref(release)
    del release
    gc.collect()
    assert gone() is None


def test_a_remote_store_is_asked_each_time_unless_it_is_said_otherwise(opened: OpenRelease) -> None:
    remote = replace(opened, digest=None)
    asked: list[OpenRelease] = []
    for of_stores, times in ((False, 2), (True, 3)):
        answer = kept_by_release(1, of_stores=of_stores)(asked.append)
        for _ in range(2):
            answer(remote)
        assert len(asked) == times
