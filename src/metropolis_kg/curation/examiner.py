"""The process behind ``Examiners``: it has all imported and read, and forks a process for each text to examine.

``python -m metropolis_kg.curation.examiner SOCKET ROOT BASE LIMITS`` writes ``ready`` once it listens, else why not,
and ends with its standard input. It has a single thread and examines nothing but samples, so that all is imported and
the caches are filled, which takes some seconds; a fork takes milliseconds.

A forked process is ended by the kernel's timer, by its limit of memory, and after it has answered. It asks the network
for nothing, and can open no connection: what reads the text no file either, and Python refuses the rest.
"""

import gc
import json
import logging
import os
import pickle
import resource
import select
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.examination import Bench, TooMuchNamedError
from metropolis_kg.curation.report import Report
from metropolis_kg.curation.reports import FORMATS
from metropolis_kg.curation.rewritten import Rewritten
from metropolis_kg.curation.sent import Sent, UnreadableError, read_sent
from metropolis_kg.curation.validation import ValidationError, judge_here, validate
from metropolis_kg.errors import MetropolisError
from metropolis_kg.model.shapes import ShapesGraph
from metropolis_kg.store.process_limits import limit_memory

BEGUN, ASKED, REPORT, FAULT, REFUSED, BROKEN = b"B", b"?", b"=", b"!", b"#", b"x"
"""What the process says: it has begun; what is said of these things?; the report; unreadable; too much; broken."""

LARGEST = 64 << 20
"""Bytes of a report beyond which it is not sent."""

_LENGTH = 8

_REFUSED = frozenset({
    "socket.__new__", "socket.bind", "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto",
    "subprocess.Popen", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.system", "urllib.Request",
})  # fmt: skip
"""Events that Python tells its audit hooks (PEP 578)."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """What examining a text may take."""

    seconds: float = 20
    memory: int = 512
    """Mebibytes beyond those of the process that was forked."""

    at_once: int = 2
    """Texts that are examined at the same time."""

    patience: float = 2
    """Seconds that a text waits for its turn before it is turned away."""

    @property
    def exceeded(self) -> str:
        """What to say where examining a text was ended."""
        return (
            f"Examining it took more than {self.seconds:g} seconds or {self.memory} megabytes of memory and was ended. "
            "Send it in parts; or examine it on your own machine, where nothing ends it, with metropolis-kg validate."
        )


@dataclass(frozen=True)
class Task:
    """What to examine, under which base, and how to report."""

    sent: Sent
    base: str
    report: str
    """One of ``FORMATS``."""

    language: str


class Channel:
    """A connection over which messages of one letter and some bytes go both ways."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._file = connection.makefile("rb")

    def say(self, kind: bytes, message: bytes = b"") -> None:
        """Send a message. Raises OSError."""
        self._connection.sendall(b"".join((kind, len(message).to_bytes(_LENGTH, "big"), message)))

    def hear(self) -> tuple[bytes, bytes]:
        """Return the next message, or two empty parts where there is none. Raises OSError."""
        head = self._file.read(1 + _LENGTH)
        if len(head) < 1 + _LENGTH:
            return b"", b""
        length = int.from_bytes(head[1:], "big")
        message = self._file.read(length)
        return (head[:1], message) if len(message) == length else (b"", b"")


class Examiner:
    """The process that forks."""

    def __init__(self, address: Path, content: Content, base: str, limits: Limits) -> None:
        """Listen at ``address``. Raises OSError, and MetropolisError where the content cannot be used."""
        self._limits, self._bench = limits, Bench(content, base)
        self._bench.prepare(_validated)
        gc.collect()
        gc.freeze()  # so that collecting does not copy the pages that forked processes share
        address.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(address))
        self._listener.listen(64)
        self._wake, self._alarm = os.pipe()
        self._children: set[int] = set()

    def run(self) -> None:
        """Fork until standard input ends."""
        os.set_blocking(self._alarm, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._alarm, warn_on_full_buffer=False)
        print("ready", flush=True)  # noqa: T201 - what the starter waits for
        while sys.stdin.fileno() not in (called := self._called()):
            if self._wake in called:
                os.read(self._wake, 4096)
                self._reap()
            if self._listener.fileno() in called:
                self._begin(self._listener.accept()[0])

    def _called(self) -> list[int]:
        """Return what wants something: nobody who asks, where all processes are busy."""
        free = [self._listener.fileno()] if len(self._children) < self._limits.at_once else []
        return select.select([sys.stdin.fileno(), self._wake, *free], [], [])[0]

    def _reap(self) -> None:
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                self._children.discard(ended[0])

    def _begin(self, asker: socket.socket) -> None:
        with asker, suppress(OSError):  # no process can be had now: the asker hears the end of the connection
            if child := os.fork():
                self._children.add(child)
            else:
                self._examine(asker)

    def _examine(self, asker: socket.socket) -> NoReturn:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for unused in (self._wake, self._alarm, sys.stdin.fileno(), self._listener.fileno()):
                os.close(unused)
            asker.settimeout(10)
            with suppress(OSError):  # the asker has gone
                _answer(Channel(asker), self._bench, self._limits)
        except BaseException:
            _log.exception("a process that examines fails")
        finally:
            os._exit(0)  # nothing of what was forked is to be cleaned up twice


def _answer(channel: Channel, bench: Bench, limits: Limits) -> None:
    channel.say(BEGUN)
    _, message = channel.hear()
    if not message:
        return
    task: Task = pickle.loads(message)  # noqa: S301 - from the server's own processes, in a folder of theirs
    limit(limits)
    try:
        kind, said = _outcome(task, bench if bench.base == task.base else Bench(bench.content, task.base), channel)
    except OSError:
        raise
    except Exception:
        _log.exception("examining a text meets a fault of the program")
        kind, said = BROKEN, b"Examining the text has met a fault of the program."
    signal.setitimer(signal.ITIMER_REAL, 0)
    channel.say(kind, said)


def _validated(store: ox.Store, shapes: ShapesGraph, rewritten: Rewritten) -> Report:
    return validate(store, shapes, rewritten, judge=judge_here)


def limit(limits: Limits) -> None:
    """Give this process its limits; the signal of the timer ends it."""
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)
    sys.addaudithook(_refuse)
    seconds = int(limits.seconds * (os.cpu_count() or 1)) + 1
    for kind, most in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(kind, (most, most))
    limit_memory(limits.memory << 20)
    os.nice(5)  # documents come first


def _refuse(event: str, _: Sequence[Any]) -> None:
    """Let nothing in this process connect to anything, or start another one (PEP 578)."""
    if event in _REFUSED:
        raise PermissionError(f"{event} is not for a process that examines what a client sent")


def _outcome(task: Task, bench: Bench, channel: Channel) -> tuple[bytes, bytes]:
    def describe(names: Sequence[str]) -> bytes:
        channel.say(ASKED, json.dumps(names).encode())
        kind, answer = channel.hear()
        if not kind:
            raise ConnectionError("the asker has gone")
        return answer

    try:
        findings = bench.examine(read_sent(task.sent), describe, _validated)
        report = FORMATS[task.report].write(findings, task.language)
    except UnreadableError as error:
        return FAULT, pickle.dumps(error.fault)
    except (TooMuchNamedError, MemoryError) as error:
        return REFUSED, str(error).encode()
    except ValidationError as error:
        if "MemoryError" not in str(error):
            raise
        return REFUSED, b""
    return (REPORT, report) if len(report) <= LARGEST else (REFUSED, b"The report is too large to be sent.")


def main() -> int:
    """Examine for whoever asks at the address; return the exit status."""
    address, root, base, limits = sys.argv[1:]
    try:
        examiner = Examiner(Path(address), Content(Path(root)), base, Limits(**json.loads(limits)))
    except (MetropolisError, OSError) as error:
        print(str(error).replace("\n", " "), flush=True)  # noqa: T201 - what the starter waits for
        return 1
    examiner.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
