"""One client has so many turns and no more, in whichever process it asks, and others have theirs."""

import multiprocessing
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from metropolis_kg.store.admission import Admission
from metropolis_kg.store.protocol import TooManyQueriesError
from servers import wait_for

pytestmark = pytest.mark.alone


def test_a_client_has_so_many_turns_at_once_and_others_have_theirs(tmp_path: Path) -> None:
    admission = Admission(tmp_path, per_client=2, here=10, patience=0.1)
    with admission.turn("192.0.2.1"), admission.turn("192.0.2.1"):
        with pytest.raises(TooManyQueriesError, match="2 of your queries"), admission.turn("192.0.2.1"):
            pass
        with admission.turn("192.0.2.2"):
            pass
    with admission.turn("192.0.2.1"):
        pass


def test_a_client_waits_for_its_turn(tmp_path: Path) -> None:
    admission = Admission(tmp_path, per_client=1, here=10, patience=5)
    begun, ended = threading.Event(), threading.Event()

    def first() -> None:
        with admission.turn("a"):
            begun.set()
            ended.wait(5)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(first)
        begun.wait(5)
        threading.Timer(0.2, ended.set).start()
        with admission.turn("a") as left:
            assert ended.is_set()
            assert left < 4.9  # the seconds that it has waited do not begin anew where it waits for more


def test_the_subscribers_of_one_network_are_one_client_but_not_those_of_two(tmp_path: Path) -> None:
    admission = Admission(tmp_path, per_client=1, here=10, patience=0)
    with admission.turn("2001:db8::1"):
        with pytest.raises(TooManyQueriesError), admission.turn("2001:db8::2"):
            pass
        with admission.turn("2001:db8:0:1::1"):
            pass


def test_a_process_has_no_more_queries_than_it_can_bear_whoever_asks(tmp_path: Path) -> None:
    admission = Admission(tmp_path, per_client=1, here=1, patience=5)
    with admission.turn("a"), pytest.raises(TooManyQueriesError, match="wait already"), admission.turn("b"):
        pass
    with admission.turn("b"):
        pass


def test_a_client_that_asks_again_and_again_leaves_room_for_others(tmp_path: Path) -> None:
    admission = Admission(tmp_path, per_client=2, here=12, patience=1)
    done = threading.Event()

    def ask() -> str:
        try:
            with admission.turn("a"):
                done.wait(5)
        except TooManyQueriesError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(12) as pool:
        asked = [pool.submit(ask) for _ in range(12)]
        wait_for(lambda: sum(each.done() for each in asked) == 6)  # turned away before any patience is lost
        with admission.turn("b"):
            done.set()
    assert sum("wait already" in each.result() for each in asked) == 6


def _take_and_die(folder: Path, has_it: Event) -> None:
    with Admission(folder, per_client=1, here=1, patience=0).turn("a"):
        has_it.set()
        time.sleep(30)


def test_turns_count_across_processes_and_end_with_the_process_that_had_them(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    has_it = context.Event()
    other = context.Process(target=_take_and_die, args=(tmp_path, has_it))
    other.start()
    assert has_it.wait(20)
    admission = Admission(tmp_path, per_client=1, here=1, patience=0)
    with pytest.raises(TooManyQueriesError), admission.turn("a"):
        pass
    other.kill()
    other.join()
    with admission.turn("a"):
        pass
