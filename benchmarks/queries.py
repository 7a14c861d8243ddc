"""What does a query cost over HTTP, beside the same one in pyoxigraph, in Oxigraph's server and in rdflib-endpoint?

Ten typical queries of our own domain (``benchmarks/queries``) and 100,000 rows, on content that ``generate.py`` makes.
All engines answer the same text on the same release. They take turns of a few requests in an order that changes each
round; printed are medians, 99th percentiles and ratios. Nothing is cached: each request is a POST, to a server that
keeps no answers.
"""

import argparse
import csv
import io
import json
import math
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox

from engines import RDFLIB_ENDPOINT, SLOWEST, Case, Engine, EngineError, OverHttp, all_engines, ours
from generate import generate
from machine import busy, machine, say
from memory import Memory, memory, peak

QUERIES = Path(__file__).with_name("queries")
JSON, CSV, TURTLE = "application/sparql-results+json", "text/csv", "text/turtle"
FEWEST, MOST = 10, 30
"""Rounds of a query: at least, at most."""
TURN, TURN_MILLISECONDS = 10, 100
"""Requests of an engine in a round: so many, or what it answers in that time."""
SLOW_ROUNDS = 3
"""Rounds in which rdflib-endpoint takes part."""


@dataclass
class Measured:
    """What the engines took for a query, in milliseconds, and what they answered."""

    case: Case
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    firsts: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Those of the first request of a turn, which finds the processor's caches full of what others did."""
    answers: dict[str, bytes] = field(default_factory=dict)
    failures: dict[str, Exception] = field(default_factory=dict)
    """Why an engine takes no more part."""

    def turn(self, name: str, engine: Engine) -> None:
        """Ask ``engine`` up to ``TURN`` times, for ``TURN_MILLISECONDS`` in all. Raises TimeoutError, EngineError.

        The first time is kept apart, unless it fills the turn by itself.
        """
        taken: list[float] = []
        while len(taken) < TURN and sum(taken) < TURN_MILLISECONDS:
            began = time.perf_counter()
            answer = engine.ask(self.case)
            taken.append((time.perf_counter() - began) * 1000)
        self.answers.setdefault(name, answer)
        self.firsts[name].append(taken[0])
        self.times[name] += taken[1:] or taken

    def median(self, engine: str) -> float:
        """Return the median; not a number where the engine did not answer."""
        return statistics.median(self.times.get(engine) or [float("nan")])

    def late(self, engine: str) -> float:
        """Return the 99th percentile, which is the slowest where there are fewer than a hundred."""
        ordered = sorted(self.times.get(engine) or [float("nan")])
        return ordered[-1 - len(ordered) // 100]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows or triples each engine answered."""
        return {engine: count(answer, self.case.media_type) for engine, answer in self.answers.items()}

    @property
    def same(self) -> str:
        """Whether our answer is that of pyoxigraph: to the byte, or the same triples."""
        mine, bare = self.answers["ours"], self.answers["in memory"]
        if self.case.media_type == TURTLE and triples(mine) == triples(bare):
            return "triples"
        return "bytes" if mine == bare else "no"


def count(answer: bytes, media_type: str) -> int:
    """Return the number of rows or triples; 1 for an ASK."""
    if media_type == TURTLE:
        return len(triples(answer))
    if media_type == CSV:
        return sum(1 for _ in csv.reader(io.StringIO(answer.decode(), newline=""))) - 1
    results = json.loads(answer)
    return 1 if "boolean" in results else len(results["results"]["bindings"])


def triples(turtle: bytes) -> set[ox.Triple]:
    """Return the triples of a graph without blank nodes."""
    return {quad.triple for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE)}


def cases(prefixes: Mapping[str, str], folder: Path = QUERIES) -> list[Case]:
    """Return the queries, each with the prologue that it needs and with that its engines share."""
    found = []
    for path in sorted(folder.glob("*.rq")):
        text = path.read_text(encoding="utf-8")
        used = {name: space for name, space in prefixes.items() if re.search(rf"(?<![\w-]){name}:", text)}
        query = "".join(f"PREFIX {name}: <{space}>\n" for name, space in used.items()) + text
        kinds = [JSON, CSV] if path.stem == "rows" else [TURTLE if "CONSTRUCT" in text else JSON]
        found += [Case(path.stem + (", CSV" if kind is CSV else ""), query, kind, used) for kind in kinds]
    return found


def measure(case: Case, engines: Mapping[str, Engine], seconds: float, fewest: int = FEWEST) -> Measured:
    """Let the engines take turns for some ``seconds`` in all, within ``fewest`` and ``MOST`` rounds.

    An engine that fails once takes no more part in it.
    """
    measured, order = Measured(case), random.Random(1)
    answering = dict(engines)
    began, rounds = time.monotonic(), 0
    while rounds < fewest or (rounds < MOST and time.monotonic() - began < seconds):
        if rounds == SLOW_ROUNDS:
            answering.pop("rdflib-endpoint", None)
        for name in order.sample(sorted(answering), len(answering)):
            try:
                measured.turn(name, answering[name])
            except (TimeoutError, EngineError) as error:
                measured.failures[name] = error
                answering.pop(name)
        rounds += 1
    return measured


def check(measured: Measured) -> None:
    """Raise EngineError where an engine did not answer, or the engines do not have the same number of rows."""
    for failure in measured.failures.values():
        if isinstance(failure, EngineError):
            raise failure
    if len(set(measured.counts.values())) > 1:
        raise EngineError(f"{measured.case.name}: the engines differ in how many rows there are: {measured.counts}")


def timed(act: Callable[[], object], rounds: int = MOST) -> list[float]:
    """Return the milliseconds of ``act``, done so many times after a first one that does not count."""
    times = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1000)
    return times[1:]


def known(var: Path, case: Case) -> dict[str, list[float]]:
    """Return the times of what needs no evaluation, from a server that keeps answers as it does by default."""
    path = f"/sparql?{urlencode({'query': case.query})}"
    with ours(var) as server:
        tag = server.entity_tag(path, JSON)
        return {
            "GET /healthz: nothing but a request": timed(lambda: server.send("GET", "/healthz", None, {})),
            "GET, answer kept by the server": timed(lambda: server.send("GET", path, None, {"Accept": JSON})),
            "GET, answer kept by the client (304)": timed(
                lambda: server.send("GET", path, None, {"Accept": JSON, "If-None-Match": tag}, 304)
            ),
        }


def memories(server: OverHttp, case: Case, times: int = 10) -> dict[str, Memory]:
    """Return what the server's processes have before, at most during, and after so many answers to ``case``."""
    server.ask(case)  # by then all processes are there
    time.sleep(1)
    before = memory(server.process.pid)
    with peak(server.process.pid) as most:
        for _ in range(times):
            server.ask(case)
    time.sleep(1)
    return {"before": before, f"most during {times} × {case.name}": most, "a second later": memory(server.process.pid)}


def short(value: float) -> str:
    """Return a time, or a ratio, for a table; a dash where there is none."""
    return "–" if math.isnan(value) else f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def show_times(results: list[Measured], engines: list[str]) -> None:
    """Print the medians and the 99th percentiles."""
    print("Median / 99th percentile, ms. In memory and on disk: pyoxigraph in the measuring process.\n")
    print("| query | rows | requests |", " | ".join(engines), "|")
    print("|---" * (len(engines) + 3) + "|")
    for each in results:
        cells = [f"{short(each.median(engine))} / {short(each.late(engine))}" for engine in engines]
        print(f"| {each.case.name} | {each.counts['ours']:,} | {len(each.times['ours'])} |", " | ".join(cells), "|")


def show_ratios(results: list[Measured], engines: list[str]) -> None:
    """Print ours against each of the others, by medians."""
    others = [engine for engine in engines if engine != "ours"]
    head = [
        "query",
        "ours − in memory, ms",
        "first of a turn",
        *(f"ours / {engine}" for engine in others),
        "same answer",
    ]
    print("\nOurs over HTTP, by medians. Aims: at most 1 ms more than in memory; rows at most 1.15 times of it.\n")
    print("|", " | ".join(head), "|\n" + "|---" * len(head) + "|")
    for each in results:
        mine = each.median("ours")
        cold = statistics.median(each.firsts["ours"]) - statistics.median(each.firsts["in memory"])
        cells = [f"{mine - each.median('in memory'):+.2f}", f"{cold:+.2f}"]
        cells += [short(mine / each.median(engine)) for engine in others]
        print("|", " | ".join([each.case.name, *cells, each.same]), "|")
    more = [each.median("ours") - each.median("in memory") for each in results if not each.case.name.startswith("rows")]
    print(f"\nMedian of the differences, rows left out: {statistics.median(more):+.2f} ms.")


def show_known(times: Mapping[str, list[float]]) -> None:
    """Print what a request costs without a query."""
    print("\n| no evaluation | median, ms |\n|---|---|")
    for name, each in times.items():
        print(f"| {name} | {statistics.median(each):.2f} |")


def show_memory(memories: Mapping[str, Memory], answer: int) -> None:
    """Print what the server's processes have."""
    print(f"\nMemory of the server's processes; the answer has {answer / 1e6:.1f} MB.\n")
    print("| | processes | MB, shared ones once | MB, sum of RSS |\n|---|---|---|---|")
    for name, each in memories.items():
        print(f"| {name} | {each.processes} | {each.shared_once:,.0f} | {each.resident:,.0f} |")


def show_machine(statements: int, rdflib: bool) -> None:
    """Print what was measured on what."""
    print(f"{statements:,} statements; {machine()}", end=", ")
    print(f"pyoxigraph {version('pyoxigraph')}, oxigraph {version('oxigraph')}", end="")
    print(f", {', '.join(RDFLIB_ENDPOINT)} ({SLOW_ROUNDS} rounds, {SLOWEST} s at most)" if rdflib else "", end="; ")
    print(f"{busy()}\n", flush=True)


def release(work: Path, tenures: int) -> Path:
    """Return the folder of the published release with so many tenures, which is made in ``work`` at need."""
    content, var = work / "content", work / "var"
    if not (var / "current").exists():
        say(f"building {tenures:,} tenures")
        generate(content, tenures)
        built(content, var)
    return var


def built(content: Path, var: Path) -> None:
    """Build and publish ``content`` in ``var``."""
    command = [sys.executable, "-m", "metropolis_kg", "--root", str(content), "--var", str(var), "build"]
    subprocess.run(command, check=True, capture_output=True)


def run(work: Path, tenures: int, seconds: float, environment: Path | None) -> None:
    """Build, start, measure, print. Raises EngineError."""
    var = release(work, tenures)
    manifest = json.loads((var / "current" / "manifest.json").read_text(encoding="utf-8"))
    asked = cases(manifest["prefixes"])
    show_machine(manifest["quads"], environment is not None)
    say("starting the engines")
    results = []
    with all_engines(var, environment) as engines:
        for case in asked:
            say(case.name)
            results.append(measure(case, engines, seconds))
            check(results[-1])
        show_times(results, list(engines))
        show_ratios(results, list(engines))
    say("memory, and requests without evaluation")
    with ours(var, METROPOLIS_KG_CACHE_MEGABYTES="0") as server:
        show_memory(memories(server, asked[-2]), len(results[-2].answers["ours"]))
    show_known(known(var, asked[0]))


@dataclass(frozen=True)
class Chosen:
    """What a benchmark over HTTP is asked for."""

    work: Path
    """Folder for what is built."""

    tenures: int
    seconds: float
    quick: bool
    environment: Path | None
    """Where rdflib-endpoint is installed; none: it is left out."""


@contextmanager
def chosen(script: str, description: str | None, *, seconds: float) -> Iterator[Chosen]:
    """Yield what the arguments of ``script`` choose; what is built goes afterwards, unless a folder was named."""
    parser = argparse.ArgumentParser(
        description=description, epilog=f"Example: python benchmarks/{script} --quick --without-rdflib-endpoint"
    )
    parser.add_argument("--quick", action="store_true", help="25,000 statements, a second for each measurement")
    parser.add_argument("--seconds", type=float, default=seconds, help="for each measurement")
    parser.add_argument("--work", type=Path, help="folder to keep what is built, and to find it again")
    parser.add_argument("--without-rdflib-endpoint", action="store_true")
    arguments = parser.parse_args()
    with nullcontext(arguments.work) if arguments.work else tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        tenures, lasting = (400, 1.0) if arguments.quick else (20_000, arguments.seconds)
        environment = None if arguments.without_rdflib_endpoint else work / "rdflib-endpoint"
        yield Chosen(work, tenures, lasting, arguments.quick, environment)


def main() -> None:
    """Read the arguments and measure."""
    with chosen("queries.py", __doc__, seconds=10) as asked:
        run(asked.work / str(asked.tenures), asked.tenures, asked.seconds, asked.environment)


if __name__ == "__main__":
    main()
