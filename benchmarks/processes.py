"""Whole processes: how long they take, and how much memory they and those below them have at the same time."""

import math
import os
import resource
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from memory import Memory, family, memory

_LOOK = 1.0
"""Seconds between two looks at the memory."""


@dataclass(frozen=True)
class Limits:
    """Seconds and megabytes that one measurement may take."""

    seconds: float = math.inf
    megabytes: float = math.inf


@dataclass(frozen=True)
class Run:
    """What a process took: seconds, those of processors, and the most megabytes that it and those below it had."""

    seconds: float
    processors: float
    megabytes: float
    said: str = ""
    ended: bool = False
    """Whether it was ended since it took more than it may, so that all figures are lower bounds."""


def timed(command: Sequence[str | Path], limits: Limits | None = None, output: Path | None = None) -> Run:
    """Run a process, to its end or to its limits; its standard output goes to the file ``output``, if there is one.

    Raises CalledProcessError with what it printed.
    """
    start, before = time.monotonic(), processors()
    with ExitStack() as stack:
        said = stack.enter_context(tempfile.TemporaryFile())
        out = stack.enter_context(output.open("wb")) if output else said
        process = subprocess.Popen(command, stdout=out, stderr=said)
        most, ended = _watched(process, limits or Limits())
        seconds = time.monotonic() - start
        said.seek(0)
        told = said.read().decode(errors="replace")
    if process.returncode and not ended:
        raise subprocess.CalledProcessError(process.returncode, command, told)
    return Run(seconds, processors() - before, most.shared_once, told, ended)


def _watched(process: subprocess.Popen[bytes], limits: Limits) -> tuple[Memory, bool]:
    """Return the most memory a process has until it ends, and whether it was ended."""
    began, most = time.monotonic(), Memory()
    while process.poll() is None:
        most.at_least(memory(process.pid))
        passed = time.monotonic() - began
        if passed > limits.seconds or most.shared_once > limits.megabytes:
            end(process)
            return most, True
        with suppress(subprocess.TimeoutExpired):
            process.wait(min(_LOOK, max(passed / 10, 0.001)))
    return most, False


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and all below it at once."""
    for pid in family(process.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def processors() -> float:
    """Return the seconds of processors that the processes that ended took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def size(path: Path) -> float:
    """Return the megabytes of a file, or of all files in a folder."""
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return sum(each.stat().st_size for each in files) / 1_000_000
