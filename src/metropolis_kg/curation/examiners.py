"""Those who examine what clients send: processes that can be killed, behind one that has all read."""

import fcntl
import json
import pickle
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from metropolis_kg.content import Content
from metropolis_kg.curation.examination import Describe
from metropolis_kg.curation.examiner import ASKED, BEGUN, BROKEN, FAULT, REPORT, Channel, Limits, Task
from metropolis_kg.curation.sent import UnreadableError
from metropolis_kg.errors import MetropolisError

_GRACE = 2
"""Seconds beyond the limit after which a process that has not been ended by then is given up."""

_SLOWEST = 120
"""Seconds that the process from which they are forked may take to start; it takes some 5."""


class TooManyExaminationsError(MetropolisError):
    """As many texts as may be at once are being examined."""


class ExaminationEndedError(MetropolisError):
    """Examining a text took more than it may; says what to do."""


class ExaminersAwayError(MetropolisError):
    """There is no process that examines; carries the reason."""


class Examiners:
    """Examines texts, each in a process of its own and within ``limits``.

    The processes of a server that meet in the same folder share them. The first that needs them starts the process from
    which they are forked; that ends with who started it, and the next who needs it starts another.
    """

    def __init__(self, content: Content, meeting: Path, limits: Limits) -> None:
        """Nothing is started yet. ``meeting`` is a folder that only this server's user may enter."""
        self._content, self.limits = content, limits
        self._address, self._lock = meeting / "examiner", meeting / "examiner.start"
        self._starting = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    @property
    def were_started(self) -> bool:
        """Whether somebody has started them; they may have ended since, and are then started by the next text."""
        return self._address.exists()

    def start(self, base: str) -> None:
        """Return once texts can be examined. Raises ExaminersAwayError."""
        with self._starting, _alone(self._lock):
            if not self._is_there():
                self._launch(base)

    def examine(self, task: Task, describe: Describe) -> bytes:
        """Return the report; ``describe`` answers from the release.

        Raises UnreadableError, TooManyExaminationsError, ExaminationEndedError, ExaminersAwayError, and what
        ``describe`` raises.
        """
        with self._connected(task.base) as connection:
            channel = Channel(connection)
            self._wait(connection, channel)
            connection.settimeout(self.limits.seconds + _GRACE)
            with suppress(OSError):  # the process has been ended
                channel.say(b"T", pickle.dumps(task))
                kind, message = channel.hear()
                while kind == ASKED:
                    channel.say(b"A", describe(json.loads(message)))
                    kind, message = channel.hear()
                if kind:
                    return _told(kind, message, self.limits)
        raise ExaminationEndedError(self.limits.exceeded)

    def _connected(self, base: str) -> socket.socket:
        for attempt in (1, 2):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                connection.settimeout(self.limits.patience)
                connection.connect(str(self._address))
            except (TimeoutError, BlockingIOError) as error:  # too many wait for their turn
                connection.close()
                raise self._too_many() from error
            except OSError as error:
                connection.close()
                if attempt == 2:
                    raise ExaminersAwayError(f"No process examines: {error}.") from error
                self.start(base)
            else:
                return connection
        raise AssertionError

    def _wait(self, connection: socket.socket, channel: Channel) -> None:
        """Return once a process has taken over. Raises TooManyExaminationsError, ExaminersAwayError."""
        connection.settimeout(self.limits.patience)
        try:
            begun, _ = channel.hear()
        except TimeoutError as error:
            raise self._too_many() from error
        except OSError as error:
            raise ExaminersAwayError(f"The process that examines has ended: {error}.") from error
        if begun != BEGUN:
            raise ExaminersAwayError("The process that examines has ended.")

    def _is_there(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(0)
            try:
                probe.connect(str(self._address))
            except BlockingIOError:
                return True
            except OSError:
                return False
            return True

    def _launch(self, base: str) -> None:
        """Start the process. Raises ExaminersAwayError with its reason."""
        limits = json.dumps(asdict(self.limits))
        command = [sys.executable, "-P", "-m", "metropolis_kg.curation.examiner"]
        try:
            self._process = subprocess.Popen(
                [*command, str(self._address), str(self._content.root), base, limits],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise ExaminersAwayError(f"No process that examines can be started: {error}.") from error
        process = self._process
        said = _first_line(process)
        if said != "ready":
            process.kill()
            process.wait()
            raise ExaminersAwayError(f"No process that examines starts: {said or 'no reason is known'}")
        threading.Thread(target=process.wait, daemon=True, name="end of the process that examines").start()

    def _too_many(self) -> TooManyExaminationsError:
        return TooManyExaminationsError(
            f"{self.limits.at_once} texts are being examined, as many as may be at the same time. Send it again in a "
            "few seconds."
        )


def _first_line(process: subprocess.Popen[str]) -> str:
    """Return the first line that a process says; nothing where it does not say one in time."""
    in_time = process.stdout and select.select([process.stdout], [], [], _SLOWEST)[0]
    return process.stdout.readline().strip() if process.stdout and in_time else ""


def _told(kind: bytes, message: bytes, limits: Limits) -> bytes:
    if kind == REPORT:
        return message
    if kind == FAULT:
        raise UnreadableError(pickle.loads(message))  # noqa: S301 - from a process of this server
    if kind == BROKEN:
        raise ExaminersAwayError(message.decode())
    raise ExaminationEndedError(message.decode() or limits.exceeded)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let one process at a time go on."""
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
