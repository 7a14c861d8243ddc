"""Everything side by side in one run: ours and its peers, at ten thousand, a million and ten million statements.

Generates the data, brings the peers (rdflib-endpoint from PyPI, Trifid from npm; Oxigraph's server comes with the tools
of this project, Virtuoso has to be installed), measures, and writes one report in Markdown with a chart beside it. Each
figure is written to a file of JSON as soon as it is there; a report can be put together from several of them.
"""

import argparse
import platform
import resource
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engines import EngineError
from figures import Figures, read, together
from machine import busy, machine, megabytes, model, say
from sheet import write

if TYPE_CHECKING:
    import parts

REPOSITORY = Path(__file__).resolve().parent.parent
SIZES = {"10k": 10_000, "100k": 100_000, "1M": 1_000_000, "10M": 10_000_000}
TOLD = ("sizes", "only", "without", "seconds", "limit", "slowest", "each", "rounds")
"""Options of which a report tells."""

COMMANDS = ("start", "build", "load", "validate")
OF_SERVERS = ("document", "page", "query", "search", "memory", "doctor")
PARTS = (*COMMANDS, *OF_SERVERS, "growth")


def run(asked: argparse.Namespace) -> Figures:
    """Measure what is asked for, and return it."""
    import parts

    figures = Figures(path=asked.json)
    bench = parts.Bench(
        figures, asked.work, asked.work / "peers", time.monotonic() + asked.seconds, asked.limit, asked.rounds,
        asked.each, asked.slowest, asked.port,
    )  # fmt: skip
    figures.runs.append(told_of_run(asked))
    figures.runs[0]["versions"] = bench.install(asked.without)
    sizes = [parts.Sized(name, SIZES[name], asked.work / name) for name in asked.sizes]
    try:
        if "start" in asked.only:
            tried("start", partial(parts.start, bench))
        for before, sized in zip([None, *sizes], sizes, strict=False):
            measure(bench, sized, asked.only, is_first=before is None)
            if before and "growth" in asked.only:
                tried(f"{sized.name}: growth", partial(parts.growth, bench, before, sized))
            if before and not asked.keep:
                shutil.rmtree(before.folder)
    except parts.OutOfTime:
        say("the time is over; measure what is missing in another run, and put both together by --from")
    figures.runs[0]["ended"] = now()
    figures.write()
    for sized in () if asked.keep else sizes:
        shutil.rmtree(sized.folder, ignore_errors=True)
    return figures


def measure(bench: "parts.Bench", sized: "parts.Sized", only: list[str], *, is_first: bool) -> None:
    """Measure the parts of one size. The doctor asks but once."""
    import parts
    import serving

    parts.make(sized)
    if "build" in only:
        parts.build(bench, sized)
    elif not (sized.var / "current").exists():
        parts.built(bench, sized)
    bench.figures.sizes[sized.name] = sized.manifest["quads"]
    for name, part in {"load": parts.load, "validate": parts.validate}.items():
        if name in only:
            tried(f"{sized.name}: {name}", partial(part, bench, sized))
    chosen = [part for part in OF_SERVERS if part in only and (is_first or part != "doctor")]
    if chosen:
        tried(f"{sized.name}: servers", partial(serving.serve, bench, sized, chosen))
    for made in ("oxigraph", "virtuoso"):
        shutil.rmtree(sized.folder / made, ignore_errors=True)


def tried(what: str, act: Callable[[], None]) -> None:
    """Do what is one part of the whole; where it fails, say so and go on."""
    try:
        act()
    except (EngineError, OSError, RuntimeError, ValueError, subprocess.SubprocessError) as error:
        said = getattr(error, "output", None) or ""
        say(f"{what} failed: {error!r} {said[-2000:]}")


def told_of_run(asked: argparse.Namespace) -> dict[str, Any]:
    """Return the command (what is chosen otherwise than by default, but for places), the time, and the machine."""
    default = vars(parser().parse_args([]))
    given = {name: value for name, value in vars(asked).items() if name in TOLD and value != default[name]}
    chosen = [f"--{name}={','.join(value) if isinstance(value, list) else value}" for name, value in given.items()]
    return {
        "command": shlex.join(["python", "benchmarks/report.py", *chosen]),
        "began": now(),
        "machine": f"{machine()}; {model()}, {megabytes('MemTotal') / 1024:.0f} GiB, {platform.system()} "
        f"{platform.release()}; {busy()} at the beginning",
        "commit": commit(),
    }


def commit() -> str:
    """Return the commit of this checkout; nothing where it is none."""
    command = ["git", "-C", str(REPOSITORY), "describe", "--always", "--dirty"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def now() -> str:
    """Return the time, in UTC."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def listed(*known: str) -> Callable[[str], list[str]]:
    """Return what reads a list of the ``known``, in their order."""

    def names(text: str) -> list[str]:
        given = text.split(",")
        for name in given:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(known)}")
        return [name for name in known if name in given]

    return names


def parser() -> argparse.ArgumentParser:
    """Return what reads the arguments."""
    made = argparse.ArgumentParser(
        description=__doc__, epilog="Example: python benchmarks/report.py --sizes 10k --seconds 600 --output try.md"
    )
    made.add_argument("--sizes", type=listed(*SIZES), default=["10k", "1M", "10M"], help="such as 10k,1M,10M")
    made.add_argument("--only", type=listed(*PARTS), default=list(PARTS), help=f"of {','.join(PARTS)}")
    made.add_argument("--without", default=[], type=lambda text: text.split(","), help="peers to leave out, by name")
    made.add_argument("--seconds", type=float, default=14_400.0, help="for everything; then no more is measured")
    made.add_argument("--limit", type=float, default=600.0, help="seconds after which one measurement is ended")
    made.add_argument("--slowest", type=float, default=30, help="seconds after which one query is ended")
    made.add_argument("--each", type=float, default=3, help="seconds for each server and format, and each query")
    made.add_argument("--rounds", type=int, default=3, help="turns, but of what takes over a minute")
    made.add_argument("--port", type=int, default=8000, help="that of the addresses in the data, for our own server")
    made.add_argument("--json", type=Path, help="file of the raw figures; default: beside the report")
    made.add_argument("--from", dest="sources", type=Path, nargs="+", metavar="FILE", help="only put these together")
    made.add_argument("--output", type=Path, default=REPOSITORY / "docs" / "benchmarks.md", help="the report")
    made.add_argument("--work", type=Path, default=REPOSITORY / "build" / "benchmark", help="folder for everything")
    made.add_argument("--keep", action="store_true", help="keep the generated data and releases")
    return made


def arguments() -> argparse.Namespace:
    """Read the arguments."""
    given = parser().parse_args()
    given.work, given.json = given.work.resolve(), given.json or given.output.with_suffix(".json")
    return given


def main() -> int:
    """Measure, or read what was measured, and write the report. Return the exit status."""
    asked = arguments()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        figures = together([read(path) for path in asked.sources]) if asked.sources else run(asked)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    if asked.sources:
        figures.path = asked.json
        figures.write()
    write(figures, asked.output)
    say(f"written: {asked.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
