"""What a process that works for clients takes, it gives back."""

import subprocess
import sys

from metropolis_kg.store.process_limits import return_large_blocks

_ANSWERING = f"""
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from metropolis_kg.store.process_limits import {return_large_blocks.__name__}

def megabytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) >> 8

def answer(size):
    large = bytearray(size << 20)
    together.wait()
    return bytes(1000)

if "return" in sys.argv:
    {return_large_blocks.__name__}()
together = threading.Barrier(4)
with ThreadPoolExecutor(4) as threads:
    before = megabytes()
    kept = [list(threads.map(answer, [size] * 4)) for size in (24, 20, 12, 20)]
    print(megabytes() - before)
"""


def _stays(*given: str) -> int:
    """Return the megabytes that stay with a process whose threads have written large answers."""
    return int(subprocess.run([sys.executable, "-c", _ANSWERING, *given], capture_output=True, check=True).stdout)


def test_what_large_answers_took_goes_back_to_the_system() -> None:
    assert _stays("return") < 5
    assert _stays() > 5  # else nothing has to be done, and this can go
