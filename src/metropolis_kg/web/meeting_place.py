"""The folder for what the processes of one server have in common: sockets, locks, counters."""

import atexit
import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

_PREFIX = "metropolis-kg-"
_HELD = "held"
"""A file in the folder, which the processes of its server keep locked as long as any of them lives."""


def meeting_place() -> Path:
    """Return a new folder. It goes with the process that made it; where that was killed, with the next that makes one.

    Raises OSError.
    """
    _remove_left()
    folder, maker = Path(tempfile.mkdtemp(prefix=_PREFIX)), os.getpid()
    _hold(folder)

    def remove() -> None:
        if os.getpid() == maker:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return folder


def _hold(folder: Path) -> None:
    """Lock the file, which has its name only then; the forked processes inherit the lock (flock(2))."""
    fresh = folder / "fresh"
    fcntl.flock(os.open(fresh, os.O_CREAT | os.O_RDWR, 0o600), fcntl.LOCK_EX)
    fresh.rename(folder / _HELD)


def _remove_left() -> None:
    """Remove the folders of servers that were killed, as far as they are this user's."""
    for held in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/{_HELD}"):
        with suppress(OSError), held.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(held.parent, ignore_errors=True)
