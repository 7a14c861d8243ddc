"""pySHACL in a process of its own, asked over pipes, one question at a time.

The process imports pySHACL once (0.45 s) and answers each question in a fork of itself: so every question finds the
same fresh state, what a question took is given back, and a question that dies takes nothing with it. The process ends
when its parent does, for then its input ends, also in the middle of a question.
"""

import gc
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, BinaryIO, Self

from metropolis_kg.curation.judge import ValidationError, import_pyshacl, judge_each, judge_here

_QUESTIONS = {b"everything": judge_here, b"each": judge_each}
_COMMAND = ("-m", "metropolis_kg.curation.judge_process")
_CHUNK = 1 << 16

_PATIENCE = 5
"""Seconds until a process that has been asked something, and has to end the fork that answers, is killed."""


def judge_apart(shapes: bytes, data: bytes) -> bytes:
    """Let pySHACL judge in a process of its own. Raises ValidationError with what it or the process complained of."""
    with JudgeProcess() as judge:
        return judge(shapes, data)


class JudgeProcess:
    """A process that has pySHACL imported and answers one question after the other.

    It is started at once, and again for the next question where it died. A question takes at most ``seconds``, or as
    long as it takes. Threads that ask at the same time wait for each other. To be closed, or used as a context.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self._seconds, self._lock = seconds, threading.Lock()
        self._complaints: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 # close() does
        self._process: subprocess.Popen[bytes] | None = None
        self._asked = False
        try:
            self._start()
        except ValidationError:  # told by the first question; there may be none
            self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __call__(self, shapes: bytes, data: bytes) -> bytes:
        """Return what ``judge_here`` says. Raises ValidationError, also where the process died or took too long."""
        return self._ask(b"everything", shapes, data)

    def each(self, shapes: bytes, data: bytes) -> bytes:
        """Return what ``judge_each`` says. Raises ValidationError as a call does."""
        return self._ask(b"each", shapes, data)

    def close(self) -> None:
        """End the process. Waits for a question that another thread has asked."""
        with self._lock:
            self._end(patience=_PATIENCE if self._asked else 0)
        self._complaints.close()

    def _start(self) -> subprocess.Popen[bytes]:
        paths = os.pathsep.join(path for path in sys.path if path)
        # sets, and so the order of what a message lists, are then the same in every process
        surroundings = {"PYTHONHASHSEED": "0", **os.environ, "PYTHONPATH": paths}
        try:
            self._process = subprocess.Popen(
                [sys.executable, *_COMMAND],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                env=surroundings,
            )
        except OSError as error:
            raise ValidationError(f"the process for pySHACL could not be started: {error}") from error
        return self._process

    def _end(self, patience: float) -> int:
        """End the process, at the latest after ``patience`` seconds; return its status."""
        process, self._process, self._asked = self._process, None, False
        if process is None:
            return 0
        _close(process)
        try:
            return process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def _ask(self, kind: bytes, shapes: bytes, data: bytes) -> bytes:
        with self._lock:
            process = self._process or self._start()
            answered, said = self._exchange(process, (b"%s %d %d\n" % (kind, len(shapes), len(data)), shapes, data))
        if not answered:
            raise ValidationError(said.decode())
        return said

    def _exchange(self, process: subprocess.Popen[bytes], question: tuple[bytes, ...]) -> tuple[bool, bytes]:
        deadline = None if self._seconds is None else time.monotonic() + self._seconds
        questions, answers = _pipes(process)
        self._asked = True
        try:
            for part in question:
                questions.write(part)
            questions.flush()
            answer = _read_answer(answers.fileno(), deadline)
        except TimeoutError as error:
            self._end(patience=_PATIENCE)
            raise ValidationError(f"pySHACL was ended: it took more than {self._seconds:g} seconds") from error
        except (BrokenPipeError, EOFError) as error:
            raise ValidationError(self._death()) from error
        self._asked = False
        return answer

    def _death(self) -> str:
        status = self._end(patience=_PATIENCE)
        self._complaints.seek(0)
        last = self._complaints.read().decode(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
        self._complaints.truncate(0)
        return f"the process for pySHACL ended with status {status}: {last[0]}"


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise ValueError("a process without pipes cannot be asked")
    return process.stdin, process.stdout


def _close(process: subprocess.Popen[bytes]) -> None:
    for pipe in _pipes(process):
        with suppress(BrokenPipeError):  # what was not written yet is of no use to the dead
            pipe.close()


def _read_answer(source: int, deadline: float | None) -> tuple[bool, bytes]:
    """Return whether the question was answered, and the answer. Raises EOFError, after the deadline TimeoutError."""
    chunks = _chunks(source, deadline)
    said = b""
    while b"\n" not in said:
        said += next(chunks)
    head, _, rest = said.partition(b"\n")
    parts, missing = [rest], int(head[1:]) - len(rest)
    while missing:
        parts.append(next(chunks))
        missing -= len(parts[-1])
    return head.startswith(b"+"), b"".join(parts)


def _chunks(source: int, deadline: float | None) -> Iterator[bytes]:
    while True:
        left = None if deadline is None else max(deadline - time.monotonic(), 0)
        if not select.select([source], [], [], left)[0]:
            raise TimeoutError
        if not (chunk := os.read(source, _CHUNK)):
            raise EOFError
        yield chunk


# In the process


def main() -> int:
    """Answer the questions that standard input holds until it ends; return the exit status."""
    import_pyshacl()
    gc.freeze()  # so that a fork does not copy all of it only to look for garbage
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what pySHACL prints is no answer
    questions = sys.stdin.buffer
    while head := questions.readline():
        kind, *lengths = head.split()
        shapes, data = (questions.read(int(length)) for length in lengths)
        if status := _in_a_fork(answers, kind, shapes, data):
            return status
    return 0


def _in_a_fork(answers: BinaryIO, kind: bytes, shapes: bytes, data: bytes) -> int:
    """Answer one question in a process forked for it; return its exit status."""
    at_end, alive = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(at_end)
        _answer(answers, kind, shapes, data)
        os._exit(0)
    os.close(alive)
    watch = select.poll()
    for source in (0, at_end):
        watch.register(source, 0)  # which leaves the end of the other side: of the parent, of the fork
    if 0 in dict(watch.poll()):
        os.kill(child, signal.SIGKILL)
    os.close(at_end)
    return abs(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _answer(answers: BinaryIO, kind: bytes, shapes: bytes, data: bytes) -> None:
    try:
        said, sign = _QUESTIONS[kind](shapes, data), b"+"
    except ValidationError as error:
        said, sign = str(error).encode(), b"-"
    answers.write(b"%s%d\n" % (sign, len(said)))
    answers.write(said)
    answers.flush()


if __name__ == "__main__":
    sys.exit(main())
