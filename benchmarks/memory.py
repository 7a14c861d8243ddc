"""How much memory the processes of a server have, together."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PAUSE = 0.005
"""Seconds between two looks."""


@dataclass
class Memory:
    """Megabytes: shared ones counted once (PSS, and files in memory), shared ones counted for each process (RSS)."""

    shared_once: float = 0
    resident: float = 0
    processes: int = 0

    def at_least(self, other: "Memory") -> None:
        """Raise what is lower than in ``other``."""
        self.shared_once = max(self.shared_once, other.shared_once)
        self.resident = max(self.resident, other.resident)
        self.processes = max(self.processes, other.processes)


def memory(root: int) -> Memory:
    """Return what the process ``root`` and all processes below it have now."""
    pids = family(root)
    once = sum(_kilobytes(pid, "Pss") for pid in pids) / 1024 + _files_in_memory(pids) / (1 << 20)
    return Memory(once, sum(_kilobytes(pid, "Rss") for pid in pids) / 1024, len(pids))


@contextmanager
def peak(root: int) -> Iterator[Memory]:
    """Give the most memory that is seen while the context lasts; looking takes time, so nothing is timed meanwhile."""
    most, over = memory(root), threading.Event()

    def look() -> None:
        while not over.is_set():
            most.at_least(memory(root))
            time.sleep(PAUSE)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield most
    finally:
        over.set()
        looking.join()


def family(root: int) -> list[int]:
    """Return ``root`` and the processes below it."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    family = [root]
    for pid in family:
        family += [child for child, parent in parents.items() if parent == pid]
    return family


def _kilobytes(pid: int, name: str) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
    return 0


def _files_in_memory(pids: list[int]) -> int:
    """Return the bytes of the files without a name (memfd) that the processes have open, each counted once."""
    sizes: dict[int, int] = {}
    for pid in pids:
        with suppress(OSError):
            for descriptor in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(OSError):
                    if str(descriptor.readlink()).startswith("/memfd:"):
                        facts = descriptor.stat()
                        sizes[facts.st_ino] = facts.st_blocks * 512
    return sum(sizes.values())
