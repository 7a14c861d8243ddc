"""Queries in processes that can be killed: what they may take, and what happens when one takes more."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox
import pytest

from metropolis_kg.store.embedded import EmbeddedStore
from metropolis_kg.store.prefork import Secluded
from metropolis_kg.store.protocol import (
    AnswerTooLargeError,
    QueryEndedError,
    QueryMalformedError,
    QueryRefusedError,
    QueryTimeoutError,
    StoreError,
    StoreUnavailableError,
    TooManyQueriesError,
)
from metropolis_kg.store.recipe import Limits, Recipe
from metropolis_kg.store.workers import Workers
from servers import wait_for

pytestmark = pytest.mark.alone

BASE = "http://base.example/"
JSON, TURTLE = "application/sparql-results+json", "text/turtle"


def product(factors: int) -> str:
    """Return a group with 60 to the power of ``factors`` solutions."""
    return f"{{ {' '.join(f'VALUES ?v{n} {{ {NUMBERS} }}' for n in range(factors))} }}"


NUMBERS = " ".join(map(str, range(60)))
ENDLESS = f"SELECT (COUNT(*) AS ?n) WHERE {product(12)}"
"""Computes for longer than anybody lives, and needs little memory."""

GREEDY = f"SELECT * WHERE {product(12)} ORDER BY ?v1"
"""Needs more memory than there is, all at once."""

Start = Callable[..., Workers]


@pytest.fixture
def start(nquads: Path, meeting: Path) -> Iterator[Start]:
    """Return a function that starts workers over the dataset with other limits."""
    begun: list[Workers] = []

    def starting(kind: str = "memory", place: str = str(nquads), **limits: float) -> Workers:
        numbers: dict[str, object] = {"seconds": 20, "at_once": 2, **limits}
        recipe = Recipe(kind, place, {"ex": "http://example.org/"}, BASE, Limits(**numbers))  # type: ignore[arg-type]
        begun.append(Workers(recipe, meeting))
        begun[-1].start()
        return begun[-1]

    yield starting
    begun.clear()


def processes(workers: Workers) -> list[int]:
    """Return the processes behind ``workers``, oldest first."""
    found = subprocess.run(["pgrep", "-f", str(workers.address)], capture_output=True, text=True, check=False)
    return [int(pid) for pid in found.stdout.split()]


def test_a_query_that_takes_too_long_is_stopped_and_the_next_is_answered(start: Start) -> None:
    workers = start(seconds=0.5, at_once=1)
    began = time.monotonic()
    with pytest.raises(QueryTimeoutError, match=r"stopped after 0\.5 seconds"):
        workers.query(ENDLESS, JSON)
    assert time.monotonic() - began < 1.5
    assert b"true" in workers.query("ASK {}", JSON)


def test_a_query_that_was_stopped_uses_the_processor_no_longer(start: Start) -> None:
    workers = start(seconds=0.5)
    with pytest.raises(QueryTimeoutError):
        workers.query(ENDLESS, JSON)
    time.sleep(0.3)
    before = [Path(f"/proc/{pid}/stat").read_text().split()[13:15] for pid in processes(workers)]
    time.sleep(0.5)
    assert [Path(f"/proc/{pid}/stat").read_text().split()[13:15] for pid in processes(workers)] == before


def test_a_query_that_needs_too_much_memory_ends_its_process_only(start: Start) -> None:
    workers = start(memory=64, at_once=1)
    with pytest.raises(QueryEndedError, match="more than 64 megabytes"):
        workers.query(GREEDY, JSON)
    assert b"true" in workers.query("ASK {}", JSON)


def test_a_query_whose_process_is_killed_has_an_error_and_nobody_else_notices(start: Start) -> None:
    workers = start(at_once=2)
    with ThreadPoolExecutor(2) as pool:
        victim = pool.submit(workers.query, ENDLESS, JSON)
        time.sleep(0.3)
        busy = max(processes(workers)[1:], key=lambda pid: int(Path(f"/proc/{pid}/stat").read_text().split()[13]))
        os.kill(busy, signal.SIGKILL)
        assert b"true" in workers.query("ASK {}", JSON)
        with pytest.raises(QueryEndedError):
            victim.result(timeout=5)
    wait_for(lambda: len(processes(workers)) == 3)


def test_when_all_processes_are_killed_the_next_query_starts_them_again(start: Start) -> None:
    workers = start()
    os.kill(processes(workers)[0], signal.SIGKILL)
    wait_for(lambda: processes(workers) == [])
    assert b"true" in workers.query("ASK {}", JSON)


@pytest.mark.parametrize("media_type", [JSON, "text/csv"])
def test_an_answer_with_too_many_rows_is_an_error(start: Start, media_type: str) -> None:
    workers = start(rows=3)
    assert workers.query("SELECT ?x WHERE { VALUES ?x { 1 2 3 } }", media_type)
    with pytest.raises(AnswerTooLargeError, match=r"more than 3 rows.* LIMIT"):
        workers.query("SELECT ?x WHERE { VALUES ?x { 1 2 3 4 } }", media_type)


@pytest.mark.parametrize("media_type", [TURTLE, "application/n-triples", "application/ld+json"])
def test_a_graph_with_too_many_triples_is_an_error(start: Start, media_type: str) -> None:
    workers = start(rows=4)
    assert workers.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 4", media_type)
    with pytest.raises(AnswerTooLargeError, match="more than 4 rows or triples"):
        workers.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", media_type)


def test_an_answer_with_too_many_bytes_is_an_error(start: Start) -> None:
    workers = start(megabytes=1)
    with pytest.raises(AnswerTooLargeError, match="more than 1 megabytes"):
        workers.query(f"SELECT * WHERE {product(12)}", JSON)


def test_a_large_answer_comes_whole(start: Start) -> None:
    answer = start(megabytes=200, rows=216_000).query(f"SELECT * WHERE {product(3)}", JSON)
    assert answer.count(b'"v1"') == 216_001  # once in the head
    assert answer.endswith(b"]}}")


def test_a_process_that_has_grown_gives_its_memory_back(start: Start) -> None:
    workers = start(at_once=1)
    before = processes(workers)
    large = f"SELECT DISTINCT * WHERE {{ {product(3)} VALUES ?more {{ 1 2 3 4 5 }} }}"
    workers.query(f"SELECT (COUNT(*) AS ?n) WHERE {{ {{ {large} }} }}", JSON)
    wait_for(lambda: (now := processes(workers)) != before and len(now) == len(before))


def test_more_queries_than_processes_wait_and_more_than_may_wait_are_turned_away(start: Start) -> None:
    workers = start(seconds=3, at_once=1, waiting=0, patience=0.2)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(workers.query, ENDLESS, JSON) for _ in range(4)]
        assert {type(each.exception(timeout=10)) for each in asked} == {QueryTimeoutError, TooManyQueriesError}


def test_a_query_that_waits_is_answered_when_the_one_before_it_is(start: Start) -> None:
    workers = start(at_once=1, patience=10)
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(workers.query, f"SELECT (COUNT(*) AS ?n) WHERE {product(4)}", JSON)
        time.sleep(0.2)
        assert b"true" in workers.query("ASK {}", JSON)
        assert slow.done()


def test_an_engine_with_all_in_memory_can_open_no_connection_even_if_it_would() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        query = f"ASK {{ SERVICE <http://127.0.0.1:{listener.getsockname()[1]}/> {{ ?s ?p ?o }} }}"
        with pytest.raises(StoreUnavailableError, match="Too many open files"):
            Secluded(EmbeddedStore(ox.Store(), {}, BASE)).query(query, JSON)
        with pytest.raises(TimeoutError):
            listener.accept()


def test_errors_say_the_same_as_those_of_the_store_itself(start: Start) -> None:
    workers = start()
    with pytest.raises(QueryMalformedError) as caught:
        workers.query("SELECT * WHERE {\n  ?s ?p ?o .\n  FILTER(?o > )\n}", JSON)
    assert (caught.value.line, caught.value.column) == (3, 3)
    with pytest.raises(QueryRefusedError, match="1,001 brackets"):
        workers.query("ASK {" + "{" * 1000 + "}" * 1000 + "}", JSON)
    with pytest.raises(QueryRefusedError, match="is not followed here"):
        workers.query("ASK { SERVICE <http://a.org/> { ?s ?p ?o } }", JSON)


def test_when_the_process_that_forks_is_killed_the_others_end_with_it_and_the_next_query_finds_new_ones(
    start: Start,
) -> None:
    workers = start(at_once=1)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(workers.query, ENDLESS, JSON)
        time.sleep(0.3)
        os.kill(processes(workers)[0], signal.SIGKILL)
        with pytest.raises(QueryEndedError):
            slow.result(timeout=5)
    assert b"true" in workers.query("ASK {}", JSON)


def test_a_fault_of_the_program_is_told_as_such_and_ends_nothing(start: Start) -> None:
    workers = start(kind="remote", place="http://[", at_once=1)
    before = processes(workers)
    with pytest.raises(StoreError, match="A fault of the program") as caught:
        workers.query("ASK {}", JSON)
    assert type(caught.value) is StoreError
    assert processes(workers) == before


def test_what_a_store_on_disk_needs_is_not_the_querys(start: Start, directory: Path) -> None:
    assert b"true" in start(kind="disk", place=str(directory), memory=32).query("ASK { ?s ?p ?o }", JSON)


def test_a_store_that_is_not_there_is_an_outage_that_says_why(start: Start, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError, match="cannot be loaded"):
        start(place=str(tmp_path / "nothing.nq"))
    with pytest.raises(StoreUnavailableError, match="cannot be opened"):
        start(kind="disk", place=str(tmp_path / "nothing")).query("ASK {}", JSON)


def test_those_that_meet_in_one_folder_share_the_processes_which_end_with_the_last(
    nquads: Path, meeting: Path
) -> None:  # fmt: skip
    recipe = Recipe("memory", str(nquads), {}, BASE, Limits(at_once=1, seconds=7))
    first, second = Workers(recipe, meeting), Workers(recipe, meeting)
    first.start()
    before = processes(first)
    second.start()
    assert processes(second) == before
    address = first.address
    del first
    time.sleep(1.5)
    assert processes(second) == before
    assert b"true" in second.query("ASK {}", JSON)
    del second
    wait_for(lambda: subprocess.run(["pgrep", "-f", str(address)], capture_output=True, check=False).returncode == 1)


def test_many_ask_at_once_and_each_gets_its_own_answer(start: Start) -> None:
    workers = start(waiting=40, patience=10)
    with ThreadPoolExecutor(16) as pool:
        queries = (f"SELECT ?x WHERE {{ VALUES ?x {{ {number} }} }}" for number in range(200))
        answers = pool.map(lambda query: workers.query(query, "text/csv"), queries)
        assert [int(answer.split()[1]) for answer in answers] == list(range(200))


def test_who_gives_up_waiting_does_not_stop_the_others(start: Start) -> None:
    workers = start(seconds=2, at_once=1, patience=0.1)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(workers.query, ENDLESS, JSON) for _ in range(4)]
        assert all(each.exception(timeout=10) for each in asked)
    began = time.monotonic()
    assert b"true" in workers.query("ASK {}", JSON)
    assert time.monotonic() - began < 1
