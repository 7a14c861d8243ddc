"""What the benchmark report measures of commands: cold start, build, load, validation; and how lookups grow."""

import json
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from urllib.parse import urlencode

from build import BARE
from engines import BESIDE_PYTHON, EngineError, OverHttp
from figures import OURS, Figure, Figures
from generate import TENURES_PER_PAGE, generate
from machine import megabytes, say
from metropolis_kg.content import Content
from peers import NOTHING_KEPT, AbsentError, Ours, Oxigraph, Peer, Place, RdflibEndpoint, Trifid, Virtuoso
from processes import Limits, Run, size, timed
from validation import compared
from validators import Validator, validators
from violations import Finding, tenures_for, write_released

LONG = 60.0
"""Seconds; what takes longer is measured once."""

UNABLE = (
    ("time", "Trifid", "Trifid has no store; it asks one."),
    ("on disk", "rdflib-endpoint", "rdflib-endpoint keeps everything in memory."),
)
"""What loading cannot be asked of whom."""

BARE_LOAD = "bare load"
LOOKUPS = 300
"""Requests of each kind to each of two releases."""


class OutOfTime(Exception):
    """The time for the whole is over."""


@dataclass
class Bench:
    """What is measured with, and where the figures go."""

    figures: Figures
    work: Path
    installed: Path
    ends: float
    """By the monotonic clock."""

    limit: float
    """Seconds of one measurement."""

    rounds: int
    each: float
    """Seconds that one server is put under load, and those in which engines take turns with a query."""

    slowest: float
    port: int
    peers: list[Peer] = field(default_factory=list)

    @property
    def left(self) -> float:
        """Seconds that are left. Raises OutOfTime."""
        if (left := self.ends - time.monotonic()) < 1:
            raise OutOfTime
        return left

    @property
    def limits(self) -> Limits:
        """What the next measurement may take: two thirds of the memory that is free."""
        return Limits(min(self.limit, self.left), megabytes("MemAvailable") * 2 / 3)

    def install(self, left_out: Iterable[str]) -> dict[str, str]:
        """Bring the peers, and return the versions."""
        versions = {}
        for peer in (Ours(), Oxigraph(), Virtuoso(), RdflibEndpoint(), Trifid()):
            if peer.name not in left_out:
                try:
                    versions[peer.name] = peer.install(self.installed)
                    self.peers.append(peer)
                except AbsentError as absent:
                    say(f"left out: {absent}")
        return versions

    def record(self, part: str, size: str, what: str, of: str, unit: str = "", **more: object) -> None:
        """Keep a figure."""
        run = len(self.figures.runs) - 1
        self.figures.add(Figure(part, size, what, of, unit, run=run, **more))  # type: ignore[arg-type]

    def recorded(self, part: str, size: str, of: str, runs: Sequence[Run]) -> None:
        """Keep the median time and the most memory of a process."""
        over = any(run.ended for run in runs)
        self.record(part, size, "time", of, "s", value=statistics.median(run.seconds for run in runs), over=over)
        self.record(part, size, "peak memory", of, "MB", value=max(run.megabytes for run in runs), over=over)


@dataclass(frozen=True)
class Sized:
    """The content and the release of one size."""

    name: str
    statements: int
    folder: Path

    @property
    def tenures(self) -> int:
        """How many tenures give about so many statements."""
        return tenures_for(self.statements)

    @property
    def content(self) -> Path:
        """The generated content."""
        return self.folder / "content"

    @property
    def var(self) -> Path:
        """Where it is published."""
        return self.folder / "var"

    @property
    def manifest(self) -> dict[str, object]:
        """The manifest of the release."""
        told: dict[str, object] = json.loads((self.var / "current" / "manifest.json").read_bytes())
        return told

    def place(self, bench: Bench) -> Place:
        """Return where peers find it."""
        limits = bench.limits
        return Place(self.var, self.folder, bench.installed, limits, bench.port, min(bench.slowest, limits.seconds))


def start(bench: Bench) -> None:
    """Measure the cold start of command lines, in turns."""
    commands: dict[str, list[str | Path]] = {
        "Python itself": [sys.executable, "-c", "pass"],
        OURS: [BESIDE_PYTHON / "metropolis-kg", "--help"],
        "Oxigraph": [BESIDE_PYTHON / "oxigraph", "--help"],
        "rdflib-endpoint": [bench.installed / "rdflib-endpoint" / "bin" / "rdflib-endpoint", "--help"],
        "Trifid": ["node", bench.installed / "trifid" / "node_modules" / "trifid" / "server.js", "--help"],
        "Virtuoso": ["virtuoso-t", "-?"],
    }
    there = {peer.name for peer in bench.peers} | {"Python itself"}
    taken = defaultdict[str, list[float]](list)
    for name in [name for name in commands if name in there] * 15:
        began = time.monotonic()
        subprocess.run(commands[name], capture_output=True, check=False, timeout=min(60, bench.left))
        taken[name].append((time.monotonic() - began) * 1000)
    for name, times in taken.items():
        bench.record("start", "", "--help", name, "ms", value=statistics.median(times))


def make(sized: Sized) -> None:
    """Generate the content, one file of N-Quads, where it is not there."""
    if not sized.content.exists():
        say(f"{sized.name}: generating {sized.tenures:,} tenures")
        generate(sized.content, sized.tenures, nquads=".nq.zst")


def built(bench: Bench, sized: Sized) -> Run:
    """Build and publish. Raises OutOfTime where it takes longer than there is time."""
    shutil.rmtree(sized.var, ignore_errors=True)
    base = f"http://localhost:{bench.port}/"
    command = [sys.executable, "-m", "metropolis_kg", "--root", sized.content, "--var", sized.var, "build"]
    run = timed([*command, "--base", base, "--lang", "en"], Limits(bench.left))
    if run.ended:
        raise OutOfTime
    return run


def build(bench: Bench, sized: Sized) -> None:
    """Measure a build beside the bare load of what it releases."""
    ours, loads = list[Run](), list[Run]()
    while len(ours) < bench.rounds and not _long(ours):
        ours.append(built(bench, sized))
        say(f"{sized.name}: built in {ours[-1].seconds:.1f} s")
        release, store = (sized.var / "current").resolve(), sized.folder / "bare"
        loads.append(timed([sys.executable, "-c", BARE, release / "dataset.nq", store], bench.limits))
        on_disk = size(store)
        shutil.rmtree(store)
        for name, runs, disk in ((OURS, ours, size(release)), (BARE_LOAD, loads, on_disk)):
            bench.recorded("build", sized.name, name, runs)
            bench.record("build", sized.name, "on disk", name, "MB", value=disk)


def load(bench: Bench, sized: Sized) -> None:
    """Let engines take turns with loading the release; what they made is served later."""
    runs = defaultdict[str, list[Run]](list)
    able = [peer for peer in bench.peers if not isinstance(peer, Trifid)]
    for _ in range(bench.rounds):
        for peer in able:
            if not _long(runs[peer.name]):
                say(f"{sized.name}: {peer.name} loads")
                run, disk = peer.load(sized.place(bench))
                runs[peer.name].append(run)
                bench.recorded("load", sized.name, peer.name, runs[peer.name])
                if disk:
                    bench.record("load", sized.name, "on disk", peer.name, "MB", value=disk)
    there = {peer.name for peer in bench.peers}
    for what, name, why in UNABLE:
        if name in there:
            bench.record("load", sized.name, what, name, why=why)
    shutil.rmtree(sized.folder / "ours", ignore_errors=True)


def _long(runs: Sequence[Run]) -> bool:
    return any(run.ended or run.seconds > LONG for run in runs)


def validate(bench: Bench, sized: Sized) -> None:
    """Let validators take turns with the release, broken in forty places."""
    folder = sized.folder / "validation"
    folder.mkdir(exist_ok=True)
    say(f"{sized.name}: breaking the data")
    with ProcessPoolExecutor(1) as other:  # so that this process keeps no memory
        dataset = sized.place(bench).dataset
        _, expected = other.submit(write_released, folder, dataset, sized.tenures, Content(sized.content)).result()
    try:
        runs = defaultdict[str, list[Run]](list)
        able = list(validators(bench.installed))
        for _ in range(bench.rounds):
            for validator in able:
                if not _long(runs[validator.name]):
                    _validated(bench, sized, validator, expected, runs[validator.name])
    finally:
        shutil.rmtree(folder)


def _validated(bench: Bench, sized: Sized, validator: Validator, expected: frozenset[Finding], runs: list[Run]) -> None:
    """Let a validator take a turn."""
    folder, name = sized.folder / "validation", OURS if validator.name == "ours" else validator.name
    command = [part.format(data=folder / "data.nt", shapes=folder / "shapes.ttl") for part in validator.command]
    report = folder / f"{validator.name}.ttl"
    try:
        runs.append(timed(command, bench.limits, report))
    except subprocess.CalledProcessError as error:
        runs.append(Run(LONG, 0, 0, ended=True))
        bench.record("validate", sized.name, "time", name, why=f"{name} ended with status {error.returncode}.")
        return
    say(f"{sized.name}: {name} validated in {runs[-1].seconds:.1f} s{', and was ended' if runs[-1].ended else ''}")
    bench.recorded("validate", sized.name, name, runs)
    if not runs[-1].ended:
        missed, unexpected = compared(report, expected)
        why = f"{name} reports {len(unexpected)} results that should not be there." if unexpected else ""
        found = len(expected) - len(missed)
        bench.record("validate", sized.name, "found, of 40", name, "found", value=found, why=why)


Paths = Callable[[random.Random, int], str]


def growth(bench: Bench, small: Sized, large: Sized) -> None:
    """Let the servers of two releases take turns with lookups of random things, while nothing is kept."""
    label = f"{small.name} → {large.name}"
    with ExitStack() as stack:
        servers = {
            each.name: (stack.enter_context(Ours(**NOTHING_KEPT).serve(each.place(bench))), each.tenures)
            for each in (small, large)
        }
        say(f"{label}: lookups")
        _until_ready(servers.values(), bench)
        for name, (path, accept) in LOOKED_UP.items():
            taken = _lookups(servers, path, accept)
            for of, times in taken.items():
                late = statistics.quantiles(times, n=100)[-1]
                bench.record("growth", label, name, of, "ms", value=statistics.median(times), late=late)


def _until_ready(servers: Iterable[tuple[OverHttp, int]], bench: Bench) -> None:
    """Ask each server for everything some times, so that what is done but once for a release is done."""
    for server, tenures in servers:
        for _ in range(10):
            for path, accept in LOOKED_UP.values():
                _ask(server, path(random.Random(0), tenures), accept, bench.left)


def _ask(server: OverHttp, path: str, accept: str, patience: float) -> None:
    latest = time.monotonic() + min(60, patience)
    while True:
        try:
            server.send("GET", path, None, {"Accept": accept})
            return
        except EngineError:
            if time.monotonic() > latest:
                raise
            time.sleep(0.2)


def _lookups(
    servers: Mapping[str, tuple[OverHttp, int]], path: Paths, accept: str
) -> dict[str, list[float]]:  # fmt: skip
    """Return the milliseconds of lookups of things chosen at random, in turns."""
    chosen, taken = random.Random(1), {name: list[float]() for name in servers}
    for name, _ in zip(cycle(servers), range(LOOKUPS * len(servers)), strict=False):
        server, tenures = servers[name]
        asked = path(chosen, tenures)
        began = time.perf_counter()
        server.send("GET", asked, None, {"Accept": accept})
        taken[name].append((time.perf_counter() - began) * 1000)
    return taken


def _thing(chosen: random.Random, tenures: int) -> str:
    number = chosen.randrange(tenures)
    return f"network-{number // TENURES_PER_PAGE}-{number % TENURES_PER_PAGE}"


def _point(chosen: random.Random, tenures: int) -> str:
    text = f"SELECT ?property ?value WHERE {{ person:{_thing(chosen, tenures)} ?property ?value }}"
    return f"/sparql?{urlencode({'query': text})}"


def _search(chosen: random.Random, tenures: int) -> str:
    return f"/search?{urlencode({'q': f'Person {_thing(chosen, tenures)}'})}"


LOOKED_UP: dict[str, tuple[Paths, str]] = {
    "document of a person, Turtle": (lambda chosen, tenures: f"/doc/person/{_thing(chosen, tenures)}", "text/turtle"),
    "document of a claim, Turtle": (lambda chosen, tenures: f"/doc/tenure/{_thing(chosen, tenures)}", "text/turtle"),
    "page of a person": (lambda chosen, tenures: f"/doc/person/{_thing(chosen, tenures)}", "text/html"),
    "point query": (_point, "application/sparql-results+json"),
    "search for a name": (_search, "application/json"),
}
"""What is looked up: its address, of a thing chosen at random, and the format."""
