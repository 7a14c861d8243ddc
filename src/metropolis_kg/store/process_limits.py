"""What a process that works for a client may take, beside time: limits that the kernel holds."""

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_M_MMAP_THRESHOLD = -3

_LARGE_BLOCK = 1 << 20


def end_with_parent(how: signal.Signals = signal.SIGKILL) -> None:
    """Have the kernel end this process with its parent, even while it answers, where the system can (prctl(2)).

    ``how`` is the signal that it is sent.
    """
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, how)
        if os.getppid() != parent:
            os._exit(0)


def limit_memory(growth: int) -> None:
    """Let this process take ``growth`` more bytes of memory than it has now, where the system tells how many it has."""
    with suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most = pages * resource.getpagesize() + growth
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def return_large_blocks() -> None:
    """Have glibc give blocks of a megabyte and more back to the system as soon as they are free (mallopt(3)).

    Left alone, it moves that border up to the largest block that was freed, and then keeps twice as much free in each
    of its arenas, of which threads have several: what large answers took for a moment would stay.
    """
    with suppress(AttributeError):  # another library of C
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE_BLOCK)


@contextmanager
def secluded() -> Iterator[None]:
    """Keep this process from opening any file or connection while the context lasts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
