"""What a server keeps of answers: so many bytes, whatever the queries are, and nothing of a store that may change."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from metropolis_kg.store.admission import Admission
from metropolis_kg.store.protocol import QueryTimeoutError, Question, TooManyQueriesError
from metropolis_kg.store.reception import Reception
from metropolis_kg.store.recipe import Limits, Recipe
from metropolis_kg.store.workers import Workers

Start = Callable[[int], Reception]
NOTHING = "CONSTRUCT WHERE { ?s <a:no> ?o }"
NUMBERS = " ".join(map(str, range(60)))
ENDLESS = f"SELECT (COUNT(*) AS ?n) {{ {' '.join(f'VALUES ?v{n} {{ {NUMBERS} }}' for n in range(12))} }}"


@pytest.fixture
def reception(nquads: Path, meeting: Path) -> Start:
    """Return a function that returns what keeps so many bytes of answers."""
    workers = Workers(Recipe("memory", str(nquads), {}, "http://base.example/", Limits(at_once=1, seconds=9)), meeting)
    return lambda kept: Reception(workers, Admission(meeting, per_client=1, here=2, patience=1), kept)


def test_an_answer_is_kept_until_others_need_its_place(reception: Start) -> None:
    keeping = reception(4096)
    for number in range(40):
        assert keeping.query(f"ASK {{}} # {number} {'x' * 9000}", "text/csv") == b"true"
        assert keeping.query(NOTHING, "text/turtle") == b""
    assert 0 < keeping.kept <= 4096


def test_where_nothing_is_to_be_kept_nothing_is_not_even_an_empty_answer(reception: Start) -> None:
    keeping = reception(0)
    assert keeping.query(NOTHING, "text/turtle") == b""
    assert keeping.kept == 0


def test_what_may_differ_the_next_time_is_not_kept(reception: Start) -> None:
    keeping = reception(1 << 20)
    assert keeping.query("SELECT (UUID() AS ?x) {}", "text/csv") != keeping.query(
        "SELECT (UUID() AS ?x) {}", "text/csv"
    )
    assert keeping.kept == 0


def test_a_query_that_has_waited_for_its_turn_does_not_wait_as_long_again_for_a_process(
    nquads: Path, meeting: Path
) -> None:
    limits = Limits(at_once=1, seconds=1.5, patience=60)
    workers = Workers(Recipe("memory", str(nquads), {}, "http://base.example/", limits), meeting)
    workers.start()
    impatient = Reception(workers, Admission(meeting, per_client=9, here=9, patience=0), 0)
    with ThreadPoolExecutor(1) as pool:
        begun = Event()
        endless = pool.submit(workers.ask, Question(ENDLESS, "text/csv"), begun.set)
        assert begun.wait(10)
        with pytest.raises(TooManyQueriesError):
            impatient.query("ASK {}", "text/csv")
        assert isinstance(endless.exception(), QueryTimeoutError)
