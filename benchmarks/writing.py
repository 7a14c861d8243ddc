"""How long does each step of writing a release take, and how much memory does it need? Each in a process of its own.

The statements are those of a released dataset of generated content (``generate.py``), as often as ``--copies`` says,
each time with other names, so that they are sorted in part, as a build collects them; with ``--shuffle`` they are in no
order.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from machine import busy, machine
from metropolis_kg.curation.canonical import write_canonical
from metropolis_kg.curation.changes import changes
from metropolis_kg.curation.dumps import write_dumps
from metropolis_kg.curation.register import write_register
from metropolis_kg.curation.search_index import write_search_index


def multiplied(dataset: Path, raw: Path, copies: int, *, shuffle: bool) -> None:
    """Write the statements of ``dataset`` to ``raw``, those of networks once for each copy."""
    with dataset.open("rb") as lines:
        named, other = [], []
        for line in lines:
            (named if b"network-" in line else other).append(line)
    if shuffle:
        random.Random(1).shuffle(named)
    text = b"".join(named)
    with raw.open("wb") as file:
        file.writelines(other)
        for number in range(copies):
            file.write(text.replace(b"network-", b"network-%d-" % number))


def measured(name: str, step: Callable[[], object]) -> None:
    """Take a step in a process of its own and print a row of the table."""
    sys.stdout.flush()
    start, child = time.monotonic(), os.fork()
    if not child:
        step()
        os._exit(0)
    _, status, usage = os.wait4(child, 0)
    seconds, processor = time.monotonic() - start, usage.ru_utime + usage.ru_stime
    failed = " failed" if status else ""
    print(f"| {name}{failed} | {seconds:.1f} | {processor:.1f} | {usage.ru_maxrss / 1024:,.0f} |")


def measure(dataset: Path, copies: int, *, shuffle: bool) -> None:
    """Print one table: every step, its seconds, those of the processors, and its peak memory."""
    manifest = json.loads((dataset.with_name("manifest.json")).read_bytes())
    prefixes, base = manifest["prefixes"], manifest["base"]
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        raw, written = Path(folder) / "raw.nq", Path(folder) / "dataset.nq"
        multiplied(dataset, raw, copies, shuffle=shuffle)
        print(f"{raw.stat().st_size / 1e9:.1f} GB; {machine()}", end="; ")
        print(f"{busy()}\n\n| | seconds | of processors | peak MB |")
        print("|---|---|---|---|")
        measured("sorted", lambda: write_canonical([raw], written))
        measured("dumps and counts", lambda: write_dumps(written, dataset, prefixes, base))
        measured("search index", lambda: write_search_index(written, Path(folder) / "s", prefixes, base))
        measured("register", lambda: write_register(written, Path(folder) / "r", prefixes, base))
        measured("things of the first publication", lambda: changes(None, written, base))
        measured("things that changed", lambda: changes(dataset, written, base))


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog="Example: python benchmarks/writing.py var/current/dataset.nq --copies 9"
    )
    parser.add_argument("dataset", type=Path, help="dataset.nq of a release of generated content")
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--shuffle", action="store_true", help="write the statements in no order")
    arguments = parser.parse_args()
    measure(arguments.dataset.resolve(), arguments.copies, shuffle=arguments.shuffle)


if __name__ == "__main__":
    main()
