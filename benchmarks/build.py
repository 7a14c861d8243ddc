"""How long does a build take, beside a bare bulk load of what it releases? Whole processes, in one run, as ratios.

The bare load is what pyoxigraph needs for the released statements alone: ``Store.bulk_load`` of the N-Quads into a new
directory. The build reads Turtle, derives, validates, writes dumps in four syntaxes and compresses each twice, counts,
digests, loads and optimises.
"""

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from generate import generate

BARE = "import sys, pyoxigraph as ox; ox.Store(sys.argv[2]).bulk_load(path=sys.argv[1], format=ox.RdfFormat.N_QUADS)"


def timed(command: list[str]) -> tuple[float, float]:
    """Run a process; return its seconds and its peak memory in MB. Raises CalledProcessError with what it printed."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, said)
    return time.monotonic() - start, usage.ru_maxrss / 1024


def measure(tenures: int, rounds: int) -> None:
    """Print one table: the bare load, the build, and their ratio, medians over ``rounds``."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        generate(work / "content", tenures)
        builds, loads = [], []
        for number in range(rounds):
            var = work / f"var-{number}"
            build = [sys.executable, "-m", "metropolis_kg", "--root", str(work / "content"), "--var", str(var), "build"]
            builds.append(timed(build))
            dataset = var / "current" / "dataset.nq"
            loads.append(timed([sys.executable, "-c", BARE, str(dataset), str(work / f"bare-{number}")]))
        statements = sum(1 for _ in dataset.open("rb"))
    show(statements, rounds, builds, loads)


def show(statements: int, rounds: int, builds: list[tuple[float, float]], loads: list[tuple[float, float]]) -> None:
    """Print the result as a Markdown table."""
    build, load = (statistics.median(seconds for seconds, _ in runs) for runs in (builds, loads))
    print(f"{statements:,} statements, median of {rounds}; {platform.machine()}, {os.cpu_count()} cores,", end=" ")
    print(f"Python {platform.python_version()}, pyoxigraph {version('pyoxigraph')}\n")
    print("| | seconds | peak MB | ratio |\n|---|---|---|---|")
    print(f"| bare bulk load on disk | {load:.1f} | {max(peak for _, peak in loads):,.0f} | 1.00 |")
    print(f"| metropolis-kg build | {build:.1f} | {max(peak for _, peak in builds):,.0f} | {build / load:.2f} |")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, epilog="Example: python benchmarks/build.py --rounds 3")
    parser.add_argument("--tenures", type=int, default=20_000, help="size of the content (20000: a million statements)")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    measure(arguments.tenures, arguments.rounds)


if __name__ == "__main__":
    main()
