"""What is told of the machine, and of how a benchmark gets on."""

import os
import platform
import sys
import time
from pathlib import Path


def machine() -> str:
    """Return the kind of processor, how many there are, and the version of Python."""
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def model() -> str:
    """Return the name of the processor, where the system tells it."""
    told = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    names = [line.partition(":")[2].strip() for line in told.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.processor()


def megabytes(kind: str) -> float:
    """Return the megabytes of memory there are (``MemTotal``), or that can be had now (``MemAvailable``)."""
    for line in Path("/proc/meminfo").read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{kind}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(kind)


def busy() -> str:
    """Return how busy the machine was in the last minute."""
    return f"load {os.getloadavg()[0]:.1f}"


def say(what: str) -> None:
    """Print progress where it does not disturb the tables."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)
