"""Processes that write beside this one say how far they are."""

import time
from collections.abc import Callable
from pathlib import Path

from metropolis_kg.curation.canonical import write_canonical
from metropolis_kg.curation.dumps import write_dumps
from metropolis_kg.curation.search_index import write_search_index
from metropolis_kg.curation.writers import Writers

PREFIXES = {"rdfs": "http://www.w3.org/2000/01/rdf-schema#"}


def slowly(done: list[float], share: Callable[[float], None]) -> float:
    for each in done:
        share(each)
        time.sleep(0.7)
    return done[-1]


def test_what_two_write_is_followed_until_all_is_written() -> None:
    told: list[float] = []
    with Writers() as writers:
        first, second = writers.submit(slowly, [0.5]), writers.submit(slowly, [0.25, 0.75])
        writers.follow(told.append)
    assert (first.result(), second.result()) == (0.5, 0.75)
    assert told == sorted(told)
    assert 0 < told[-1] < 1


def test_every_writer_tells_of_shares_that_grow_and_are_no_more_than_the_whole(tmp_path: Path) -> None:
    raw, dataset = tmp_path / "raw.nq", tmp_path / "dataset.nq"
    raw.write_text(
        "".join(
            f'<http://x/id/{number}> <{PREFIXES["rdfs"]}label> "{number}"@en <http://x/graph/{number % 3}> .\n'
            for number in range(5_000)
        )
    )
    shares: list[list[float]] = [[], [], []]
    write_canonical([raw], dataset, shares[0].append)
    write_dumps(dataset, None, {}, "http://x/", shares[1].append)
    write_search_index(dataset, tmp_path / "search.sqlite", PREFIXES, "http://x/", shares[2].append)
    for told in shares:
        assert told == sorted(told)
        assert len(set(told)) > 1
        assert 0 < told[0] < told[-1] <= 1
