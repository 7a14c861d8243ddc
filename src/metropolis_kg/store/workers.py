"""Answers to clients' queries, from processes that can be killed."""

import fcntl
import logging
import os
import pickle
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from metropolis_kg.store.deaths import Deaths
from metropolis_kg.store.event_log import event, signal_name
from metropolis_kg.store.prefork import BEGUN, DEATHS
from metropolis_kg.store.protocol import (
    QueryEndedError,
    QueryService,
    QueryTimeoutError,
    Question,
    StoreUnavailableError,
    TooManyQueriesError,
)
from metropolis_kg.store.recipe import Recipe

_log = logging.getLogger(__name__)

_GRACE = 5
"""Seconds beyond the limit after which a process that has not been ended by then is given up."""

_ATTEMPTS = 5
"""How often a query is offered, as long as no process takes it; one that was taken is not offered again."""

_HUGE_PAGES = "glibc.malloc.hugetlb=1"
"""Has glibc ask for huge pages: there are fewer for the processes to share, of a store of hundreds of megabytes."""

_AT_LEAST = 0.2
"""Seconds that a process which is free may need to take a query, however long that has waited before."""

_PAUSE = 0.02
"""Seconds between two attempts to be let in."""


class Workers(QueryService):
    """A QueryService whose every query is answered in a process of its own, within the limits of its recipe.

    All processes of a server that meet in the same folder share the answering ones; the first that needs them starts
    them, and when the last has gone, they end.
    """

    def __init__(self, recipe: Recipe, meeting: Path) -> None:
        """Nothing is started yet. ``meeting`` is a folder that only this server's user may enter."""
        self.recipe = recipe
        self.address, self._lock = meeting / recipe.name, meeting / f"{recipe.name}.lock"
        self._starting = threading.Lock()
        self._held: int | None = None

    def start(self) -> None:
        """Return once there are processes that answer. Raises StoreUnavailableError with the reason otherwise."""
        with self._starting, _alone(self._lock.with_suffix(".start")):
            self._hold()
            if not self._is_there():
                self._begin()

    def ask(
        self, question: Question, begun: Callable[[], None] = lambda: None, patience: float | None = None
    ) -> bytes:  # fmt: skip
        """Return the answer to ``question``, as ``QueryService.query`` promises; ``begun`` is called once it is taken.

        For that it waits ``patience`` seconds in all, those of the recipe where none are given; the start of processes
        where there are none is not counted. Raises TooManyQueriesError where no process takes it in time,
        QueryTimeoutError and QueryEndedError where its process was ended, AnswerTooLargeError, ServiceFailedError, and
        what a store raises.
        """
        patience = self.recipe.limits.patience if patience is None else patience
        latest = time.monotonic() + patience
        for _ in range(_ATTEMPTS):
            asking, latest = self._connected(latest, patience)
            with asking:
                if self._is_taken(asking, question, latest):
                    begun()
                    return self._heard(asking)
            time.sleep(_PAUSE)
        raise StoreUnavailableError("No process that answers queries stays alive.")

    def __del__(self) -> None:
        """Let go of the processes, which end when nobody holds them."""
        if self._held is not None:
            os.close(self._held)

    def _connected(self, latest: float, patience: float) -> tuple[socket.socket, float]:
        """Return a connection, and until when to wait on. Starts the processes where nobody listens."""
        started = False
        while True:
            asking = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                asking.settimeout(0)
                asking.connect(str(self.address))
            except BlockingIOError as error:
                asking.close()
                if time.monotonic() > latest:
                    raise self._too_many() from error
                time.sleep(_PAUSE)
            except OSError as error:
                asking.close()
                if started:
                    raise StoreUnavailableError(f"No process answers queries: {error}.") from error
                self.start()
                latest, started = time.monotonic() + patience, True
            else:
                return asking, latest

    def _is_taken(self, asking: socket.socket, question: Question, latest: float) -> bool:
        """Hand over ``question`` and tell whether a process takes it; not so where all of them are just ending."""
        asking.settimeout(max(latest - time.monotonic(), _AT_LEAST))
        try:
            asking.sendall(pickle.dumps(question))
            asking.shutdown(socket.SHUT_WR)
            return asking.recv(len(BEGUN)) == BEGUN
        except TimeoutError as error:
            raise self._too_many() from error
        except OSError:
            return False

    def _heard(self, asking: socket.socket) -> bytes:
        """Return the answer that the process wrote, or raise the error that it says or its end means."""
        limits, begun = self.recipe.limits, time.monotonic()
        asking.settimeout(limits.seconds + _GRACE)
        said, descriptors = _received(asking)
        try:
            if said:
                return _read(pickle.loads(said), descriptors)  # noqa: S301 - from a process of this server
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        if time.monotonic() - begun > limits.seconds - _PAUSE:
            raise QueryTimeoutError(
                f"The query was stopped after {limits.seconds:g} seconds, which is the most that one may take. Ask for "
                "less: say more narrowly which things are meant, or load a dump of the dataset and ask it there."
            )
        raise QueryEndedError(
            f"The query ended the process that evaluated it: it needs more than {limits.memory} megabytes of memory, "
            "breaks the engine, or was ended from outside. Ask for less: leave out ORDER BY, DISTINCT or GROUP BY, or "
            "join fewer patterns."
        )

    def _too_many(self) -> TooManyQueriesError:
        return TooManyQueriesError(
            f"{self.recipe.limits.at_once} queries are being answered and others wait. Ask again in a few seconds."
        )

    def _hold(self) -> None:
        if self._held is None:
            self._held = os.open(self._lock, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(self._held, fcntl.LOCK_SH)

    def _is_there(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(0)
            try:
                probe.connect(str(self.address))
            except BlockingIOError:
                return True
            except OSError:
                return False
            return True

    def _begin(self) -> None:
        process = self._launched()
        threading.Thread(
            target=_see_end,
            args=[process, self.address.parent / DEATHS],
            daemon=True,
            name="end of the query processes",
        ).start()
        if process.stdin is None or process.stdout is None:
            raise AssertionError
        with process.stdin as stdin, process.stdout as stdout:
            stdin.write(self.recipe.as_json())
            stdin.close()
            said = stdout.readline().strip()
        if said != "ready":
            raise StoreUnavailableError(f"No process that answers queries starts: {said or 'no reason is known'}")

    def _launched(self) -> subprocess.Popen[str]:
        """Return the process, started from no folder in particular. Raises StoreUnavailableError."""
        command = [sys.executable, "-P", "-m", "metropolis_kg.store.prefork", str(self.address), str(self._lock)]
        try:
            return subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
                start_new_session=True, env={**os.environ, "GLIBC_TUNABLES": _HUGE_PAGES},
            )  # fmt: skip
        except OSError as error:
            raise StoreUnavailableError(f"No process that answers queries can be started: {error}.") from error


def _see_end(process: subprocess.Popen[str], deaths: Path) -> None:
    """Wait for the end of ``process``, which is no death where nobody wants it any more.

    It knows nothing of the Workers: whoever waits for the processes does not want them.
    """
    status = process.wait()
    if status < 0:
        cause = signal_name(-status)
        Deaths(deaths).note(cause)
        _log.error(
            "the process that holds the store for queries died (%s); the next query starts another", cause,
            extra=event("query-process-died", signal=cause),
        )  # fmt: skip


def _received(asking: socket.socket) -> tuple[bytes, list[int]]:
    """Return what the process says, and the descriptors it passes on; nothing where it ends in between."""
    descriptors: list[int] = []
    try:
        said, descriptors, _, _ = socket.recv_fds(asking, 1 << 16, 1)
        while more := asking.recv(1 << 16):
            said += more
    except (TimeoutError, ConnectionError):
        return b"", descriptors
    return said, descriptors


def _read(said: Any, descriptors: list[int]) -> bytes:
    if isinstance(said, Exception):
        raise said
    if isinstance(said, bytes):
        return said
    return os.pread(descriptors[0], int(said), 0)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let one process at a time go on."""
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
