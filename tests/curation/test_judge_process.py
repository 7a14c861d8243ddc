"""pySHACL in a process of its own: it answers, it survives what a question does to it, and it ends with its parent."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from shapes_of_each_kind import TARGETS, all_pairs, shapes_graph
from small_shapes import store_of

from metropolis_kg.curation.judge import ValidationError, judge_each, judge_here
from metropolis_kg.curation.judge_process import JudgeProcess, judge_apart
from metropolis_kg.curation.question import read_each, whole_data, whole_shapes, written_data, written_pairs
from servers import wait_for

SHAPES = shapes_graph(
    "ex:S sh:property [ sh:path ex:p ; sh:datatype xsd:boolean ; sh:minCount 1 ] ." + TARGETS["class"]
)
STORE = store_of('ex:a a ex:C ; ex:p "1"^^xsd:boolean , "maybe"^^xsd:boolean . ex:b a ex:C .')
QUESTION = whole_shapes(SHAPES), whole_data(STORE)
ENDLESS = shapes_graph(
    """ex:S sh:targetNode ex:a ; sh:sparql [ sh:prefixes ex:prefixes ; sh:select
    "SELECT $this WHERE { $this ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . FILTER(?c = ?d) }" ] ."""
)
ENDLESSLY = whole_shapes(ENDLESS), whole_data(store_of(" ".join(f"ex:a ex:p {number} ." for number in range(200))))


def lines(report: bytes) -> int:
    """Return how many statements a report has."""
    return len(report.splitlines())


def test_it_answers_one_question_after_the_other_like_the_judge_here() -> None:
    with JudgeProcess() as judge:
        answers = [judge(*QUESTION) for _ in range(2)]
    assert [lines(answer) for answer in answers] == [lines(judge_here(*QUESTION))] * 2


def test_it_says_to_which_question_a_result_belongs() -> None:
    pairs = all_pairs(STORE, SHAPES)
    asked = written_pairs(SHAPES, pairs), written_data(STORE, SHAPES, pairs)
    with JudgeProcess() as judge:
        assert read_each(judge.each(*asked), SHAPES) == read_each(judge_each(*asked), SHAPES)


def test_it_goes_on_after_a_question_that_failed() -> None:
    with JudgeProcess() as judge:
        with pytest.raises(ValidationError, match="pySHACL could not judge the data"):
            judge(b"<urn:s> <http://www.w3.org/ns/shacl#path> <urn:p> .", b"<urn:broken")
        assert judge(*QUESTION)


def children_of(process: int) -> list[int]:
    """Return the processes that a process has started."""
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def judges_of(process: int) -> list[int]:
    """Return the processes with pySHACL that a process has started."""
    named = ((child, Path(f"/proc/{child}/cmdline").read_bytes()) for child in children_of(process))
    return [child for child, command in named if b"metropolis_kg.curation.judge_process" in command]


def judging() -> int:
    """Return the fork that answers a question, of the one process with pySHACL that this process has; 0: none yet."""
    forks = [fork for judge in judges_of(os.getpid()) for fork in children_of(judge)]
    return forks[0] if forks else 0


def is_gone(process: int) -> bool:
    """Return whether a process has ended; it may wait to be looked at."""
    status = Path(f"/proc/{process}/stat")
    return not status.exists() or status.read_text().split(")")[1].split()[0] in {"Z", "X"}


def test_a_question_that_takes_too_long_is_ended_and_the_next_is_answered() -> None:
    with JudgeProcess(seconds=2) as judge:
        with pytest.raises(ValidationError, match="more than 2 seconds"):
            judge(*ENDLESSLY)
        assert not judging()
        assert judge(*QUESTION)


def test_a_question_that_dies_is_told_and_the_next_is_answered() -> None:
    with JudgeProcess(seconds=60) as judge, ThreadPoolExecutor() as threads:
        asked = threads.submit(judge, *ENDLESSLY)
        wait_for(lambda: judging() > 0)
        os.kill(judging(), signal.SIGKILL)
        with pytest.raises(ValidationError, match="ended with status 9"):
            asked.result(20)
        assert judge(*QUESTION)


def test_a_question_that_was_interrupted_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        wait_for(lambda: judging() > 0)
        raise KeyboardInterrupt

    with JudgeProcess() as judge:
        monkeypatch.setattr("select.select", interrupted)
        with pytest.raises(KeyboardInterrupt):
            judge(*ENDLESSLY)
        fork = judging()
        judge.close()
        wait_for(lambda: is_gone(fork))


def test_a_process_that_was_killed_between_two_questions_is_told_once() -> None:
    with JudgeProcess() as judge:
        judge(*QUESTION)
        for process in judges_of(os.getpid()):
            os.kill(process, signal.SIGKILL)
        with pytest.raises(ValidationError, match="ended with status -9"):
            judge(*QUESTION)
        assert judge(*QUESTION)


PARENT = """
import sys
from metropolis_kg.curation.judge_process import JudgeProcess
shapes, data = (open(path, "rb").read() for path in sys.argv[1:])
JudgeProcess()(shapes, data)
"""


def test_it_ends_with_its_parent_in_the_middle_of_a_question(tmp_path: Path) -> None:
    files = [tmp_path / "shapes.nt", tmp_path / "data.nq"]
    for file, text in zip(files, ENDLESSLY, strict=True):
        file.write_bytes(text)
    parent = subprocess.Popen([sys.executable, "-c", PARENT, *map(str, files)])
    wait_for(lambda: [fork for child in children_of(parent.pid) for fork in children_of(child)] != [])
    (judge,) = children_of(parent.pid)
    (fork,) = children_of(judge)
    parent.kill()
    parent.wait()
    wait_for(lambda: is_gone(judge) and is_gone(fork))


def test_a_process_that_dies_is_told_with_its_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ValidationError, match="ended with status 1"):
        judge_apart(b"", b"")


def test_a_process_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(ValidationError, match=r"could not be started: .*No such file"):
        judge_apart(b"", b"")
