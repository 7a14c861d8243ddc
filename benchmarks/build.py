"""How long does a build take, beside a bare bulk load of what it releases? Whole processes, in one run, as ratios.

The bare load is what pyoxigraph needs for the released statements alone: ``Store.bulk_load`` of the N-Quads into a new
directory, without putting it in order. The build reads Turtle or N-Quads, derives, validates, writes dumps in four
syntaxes and compresses each twice, counts, digests, loads and optimises. Memory is that of all processes of a build at
the same time, looked at once a second.
"""

import argparse
import resource
import statistics
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from shutil import rmtree

from generate import COMPRESSED, generate
from machine import machine
from processes import Run, size, timed

BARE = "import sys, pyoxigraph as ox; ox.Store(sys.argv[2]).bulk_load(path=sys.argv[1], format=ox.RdfFormat.N_QUADS)"


def measure(tenures: int, rounds: int, nquads: str | None) -> None:
    """Print one table: the bare load, the build, and their ratio, medians over ``rounds``."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        started = time.monotonic()
        generate(work / "content", tenures, nquads=nquads)
        made = time.monotonic() - started
        builds, loads, steps = [], [], ""
        for number in range(rounds):
            var, bare = work / f"var-{number}", work / f"bare-{number}"
            build = [sys.executable, "-m", "metropolis_kg", "--root", str(work / "content"), "--var", str(var), "build"]
            builds.append(timed(build))
            steps = builds[-1].said
            release = (var / "current").resolve()
            loads.append(timed([sys.executable, "-c", BARE, str(release / "dataset.nq"), str(bare)]))
            rmtree(bare)
            if number + 1 < rounds:
                rmtree(var)
        with (release / "dataset.nq").open("rb") as dataset:
            statements = sum(1 for _ in dataset)
        source = f"N-Quads ({nquads})" if nquads else "Turtle"
        read = f"{size(work / 'content' / 'data'):,.0f} MB"
        print(f"{statements:,} statements, from {source} of {read} made in {made:.1f} s;")
        show(rounds, builds, loads)
        print(f"\nStore {size(release / 'store'):,.0f} MB, whole release {size(release):,.0f} MB.\n\n```\n{steps}```")


def show(rounds: int, builds: list[Run], loads: list[Run]) -> None:
    """Print the result as a Markdown table."""
    medians = [statistics.median(run.seconds for run in runs) for runs in (loads, builds)]
    print(f"median of {rounds}; {machine()}, pyoxigraph {version('pyoxigraph')}\n")
    print("| | seconds | of processors | peak MB | ratio |\n|---|---|---|---|---|")
    for name, runs, seconds in zip(
        ("bare bulk load on disk", "metropolis-kg build"), (loads, builds), medians, strict=True
    ):
        used = statistics.median(run.processors for run in runs)
        most = max(run.megabytes for run in runs)
        print(f"| {name} | {seconds:.1f} | {used:.1f} | {most:,.0f} | {seconds / medians[0]:.2f} |")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog="Example: python benchmarks/build.py --tenures 200000 --nquads .nq.zst --rounds 1"
    )
    parser.add_argument(
        "--tenures", type=int, nargs="+", default=[20_000],
        help="sizes of the content (20000: a million statements, 171000: ten million)",
    )  # fmt: skip
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--nquads", choices=COMPRESSED, help="read one file of N-Quads, so compressed, and no Turtle")
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for tenures in arguments.tenures:
        measure(tenures, arguments.rounds, arguments.nquads)


if __name__ == "__main__":
    main()
