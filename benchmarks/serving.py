"""What the benchmark report measures of servers: until they answer, documents, pages, queries, search, memory, doctor.

All servers of one size run at the same time and take turns. Ours runs twice, as it comes, and with nothing kept.
"""

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from urllib.parse import quote, urlsplit

import documents
from documents import FORMATS, Load, constructs, persons, request
from engines import Case, Engine, EngineError, OverHttp
from figures import OURS
from machine import say
from memory import memory
from parts import Bench, Sized
from peers import NOTHING_KEPT, Ours, Peer, Trifid
from queries import JSON, Measured, cases, measure

UNCACHED = f"{OURS}, nothing kept"
WHAT = {
    "01-point": "what is said of one person",
    "02-held-on": "who held a role on a day",
    "03-count": "tenures of each role, counted",
    "06-page": "what a page about an organisation shows",
    "08-claim": "one claim with its evidence, CONSTRUCT",
    "rows, CSV": "up to 100,000 rows, CSV",
}
FEWEST = 3
SEARCHES = Path(__file__).with_name("searching")
SOUGHT, MISSPELT = "Person network-0-5", "Pesron network-0-5"
ASK = Case("ASK", "ASK {}", JSON, {})
ENGINES_ONLY = "is an engine; it has no pages."
HTML = "HTML"


class Getting:
    """An address that is asked for, as an engine that answers any query with it."""

    def __init__(self, server: OverHttp, path: str, accept: str) -> None:
        self._server, self._path, self._accept = server, path, accept

    def ask(self, case: Case) -> bytes:
        """Return the body. Raises EngineError, TimeoutError."""
        return self._server.send("GET", self._path, None, {"Accept": self._accept})


@dataclass
class Served:
    """The servers that run on a release."""

    bench: Bench
    sized: Sized
    servers: dict[str, OverHttp]
    peers: dict[str, Peer]
    absent: dict[str, str]
    """Which peers do not run, and why."""

    @cached_property
    def things(self) -> list[str]:
        """The persons that are asked for."""
        return persons(self.sized.var)

    def record(self, part: str, what: str, of: str, unit: str = "", **more: object) -> None:
        """Keep a figure of this size."""
        self.bench.record(part, self.sized.name, what, of, unit, **more)


def serve(bench: Bench, sized: Sized, chosen: Sequence[str]) -> None:
    """Start everything, and measure the chosen parts."""
    with ExitStack() as stack:
        served = Served(bench, sized, {}, {}, {})
        peers: list[tuple[str, Peer]] = [(peer.name, peer) for peer in bench.peers]
        for name, peer in [*peers, (UNCACHED, Ours(**NOTHING_KEPT))]:
            before = Trifid(served.servers.get("Oxigraph")) if isinstance(peer, Trifid) else peer
            _start(stack, served, name, before)
        for name, part in PARTS.items():
            if name in chosen:
                say(f"{sized.name}: {name}")
                part(served)


def _start(stack: ExitStack, served: Served, name: str, peer: Peer) -> None:
    """Start a server, loading what it serves at need; keep how long it takes and its memory, or why it does not run."""
    bench, sized = served.bench, served.sized
    loading = bench.figures.find("load", sized.name, "time", name)
    say(f"{sized.name}: {name} starts")
    try:
        if loading and loading.over:
            raise EngineError(f"{name} did not load {sized.name} within its limits.")
        if not loading and name not in (OURS, UNCACHED):
            _load(served, peer)
        began = time.monotonic()
        server = stack.enter_context(peer.serve(sized.place(bench)))
        _answers(server, bench.limits.seconds)
        seconds = time.monotonic() - began
    except (EngineError, OSError, subprocess.CalledProcessError) as error:
        say(f"{name} does not run: {error}")
        served.absent[name] = _sentence(error)
        return
    served.servers[name], served.peers[name] = server, peer
    if name != UNCACHED:
        served.record("start", "until the server answers", name, "ms", value=seconds * 1000)
        served.record("memory", "when it answers", name, "MB", value=memory(server.process.pid).shared_once)


def _load(served: Served, peer: Peer) -> None:
    """Load what a peer serves, unless it loads when it starts, or asks another one."""
    folder = served.sized.folder / peer.name.lower()
    if peer.name in ("Oxigraph", "Virtuoso") and not folder.exists():
        peer.load(served.sized.place(served.bench))


def _answers(server: OverHttp, seconds: float) -> None:
    """Return when the server answers a query. Raises EngineError, TimeoutError."""
    latest = time.monotonic() + seconds
    while True:
        try:
            server.ask(ASK)
            return
        except (EngineError, OSError):
            if time.monotonic() > latest:
                raise
            time.sleep(0.02)


def document(served: Served, kinds: Sequence[str]) -> None:
    """Put each server under load by wrk: documents in each format, hot, and with nothing kept; in turns."""
    with tempfile.TemporaryDirectory() as folder:
        loads = _loads(served, Path(folder), kinds)
        for kind in kinds:
            if OURS in served.servers:
                documents.warm(loads[kind, OURS])
        rates, order = defaultdict[tuple[str, str], list[documents.Measured]](list), random.Random(1)
        for number in range(served.bench.rounds + 1):  # in the first one, servers do what they do but once
            for key in order.sample(sorted(loads), len(loads)):
                try:
                    lasting = int(min(served.bench.left, served.bench.each if number else 1))
                    rated = documents.measure(loads[key], lasting)
                except EngineError as error:
                    _without(served, *key, _sentence(error))
                    del loads[key]
                    continue
                if number:
                    rates[key].append(rated)
                    _rated(served, *key, rates[key])
    _no_documents(served, kinds)


def _loads(served: Served, folder: Path, kinds: Sequence[str]) -> dict[tuple[str, str], Load]:
    """Return format and server → requests."""
    paths = [urlsplit(thing).path for thing in served.things]
    ours = [path.replace("/id/", "/doc/", 1) for path in paths]
    loads = {}
    for name, server in served.servers.items():
        for kind in kinds:
            if name in (OURS, UNCACHED, "Trifid"):
                asked = paths if name == "Trifid" else ours
                requests = [request(path, {"Accept": FORMATS[kind]}) for path in asked]
            elif kind == "Turtle":
                requests = constructs(server.path, served.things)
            else:
                continue
            file = folder / quote(f"{name}-{kind}", safe="")
            file.write_bytes(b"".join(each + b"\0" for each in requests))
            loads[kind, name] = Load(server.port, file)
    return loads


def _part_of(kind: str) -> str:
    return "page" if kind == HTML else "document"


def _rows(kind: str, name: str) -> list[tuple[str, str]]:
    """Return the rows in which a figure stands, and of whom: others keep nothing, so theirs stand in both."""
    rows = {OURS: ["hot"], UNCACHED: ["nothing kept"]}.get(name, ["hot", "nothing kept"])
    return [(f"{'a person' if kind == HTML else kind}, {row}", OURS if name == UNCACHED else name) for row in rows]


def _rated(served: Served, kind: str, name: str, measured: Sequence[documents.Measured]) -> None:
    rate = statistics.median(each.rate for each in measured)
    late = statistics.median(each.late for each in measured) if rate else None
    least = 1 / served.bench.each
    for what, of in _rows(kind, name):
        served.record(_part_of(kind), what, of, "/s", value=rate or least, over=not rate, late=late)


def _without(served: Served, kind: str, name: str, why: str) -> None:
    for what, of in _rows(kind, name):
        served.record(_part_of(kind), what, of, why=why)


def _no_documents(served: Served, kinds: Sequence[str]) -> None:
    """Say why there is nothing of some."""
    for peer in served.bench.peers:
        for kind in kinds:
            if peer.name in served.absent:
                _without(served, kind, peer.name, served.absent[peer.name])
            elif peer.name not in (OURS, "Trifid") and kind != "Turtle":
                is_page = kind == HTML
                _without(served, kind, peer.name, f"{peer.name} {ENGINES_ONLY}" if is_page else NOT_JSON_LD)


NOT_JSON_LD = "Engines answer a CONSTRUCT with the statements of one thing; that is compared in Turtle only."


def query(served: Served) -> None:
    """Let the servers take turns with typical queries."""
    prefixes: dict[str, str] = served.sized.manifest["prefixes"]  # type: ignore[assignment] # JSON
    engines: dict[str, Engine] = {
        (OURS if name == UNCACHED else name): server for name, server in served.servers.items() if name != OURS
    }
    chosen = [
        Case(case.name, case.query.replace("network-1", "network-0"), case.media_type, case.prefixes)
        for case in cases(prefixes) if case.name in WHAT
    ]  # fmt: skip
    measure(chosen[0], engines, 0, FEWEST)  # what is done but once for a release
    for case in chosen:
        say(f"{served.sized.name}: {WHAT[case.name]}")
        _measured(served, "query", WHAT[case.name], measure(case, engines, served.bench.each, FEWEST))


def search(served: Served) -> None:
    """Let ours find a name, well spelt and not, and the engines filter all labels for it."""
    prefixes: dict[str, str] = served.sized.manifest["prefixes"]  # type: ignore[assignment] # JSON
    (case,) = cases(prefixes, SEARCHES)
    engines: dict[str, Engine] = {
        name: server for name, server in served.servers.items() if name not in (OURS, UNCACHED, "Trifid")
    }
    for what, sought in (("a name", SOUGHT), ("a misspelt name", MISSPELT)):
        if server := served.servers.get(UNCACHED):
            engines[OURS] = Getting(server, f"/search?q={quote(sought)}", "application/json")
        _measured(served, "search", what, measure(case, engines, served.bench.each, FEWEST), alike=False)
        engines = {}
    for peer in served.bench.peers:
        if peer.name == "Trifid":
            served.record("search", "a name", peer.name, why="Trifid has no search.")
        if peer.name != OURS:
            served.record("search", "a misspelt name", peer.name, why="SPARQL has no search by likeness.")


def _measured(served: Served, part: str, what: str, measured: Measured, *, alike: bool = True) -> None:
    """Keep what the engines took for a query, and where their answers have another number of rows."""
    counts = measured.counts if alike else {}
    for name in measured.times:
        why = ""
        if counts.get(name, 0) != counts.get(OURS, counts.get(name, 0)):
            why = f"{name}: {counts[name]:,} rows for “{what}” at {served.sized.name}; ours has {counts[OURS]:,}."
        served.record(part, what, name, "ms", value=measured.median(name), late=measured.late(name), why=why)
    for name, failure in measured.failures.items():
        if isinstance(failure, TimeoutError) or str(failure).startswith("503"):
            limit = served.sized.place(served.bench).slowest
            served.record(part, what, name, "ms", value=limit * 1000, over=True)
        else:
            served.record(part, what, name, why=f"{name}: {_sentence(failure)}")
    for name, why in served.absent.items():
        served.record(part, what, name, why=why)


def resident(served: Served) -> None:
    """Keep the memory of all processes of each server, after what was asked before."""
    for name, server in served.servers.items():
        if name != UNCACHED:
            most = memory(server.process.pid).shared_once
            if name == OURS and UNCACHED in served.servers:
                most = max(most, memory(served.servers[UNCACHED].process.pid).shared_once)
            served.record("memory", "after all that was asked", name, "MB", value=most)


def doctor(served: Served) -> None:
    """Let the doctor ask each server."""
    for name, server in served.servers.items():
        if name == UNCACHED:
            continue
        with tempfile.NamedTemporaryFile() as said:
            command = [sys.executable, "-m", "metropolis_kg", "doctor", *served.peers[name].asked(server)]
            done = subprocess.run(
                [*command, "--format", f"json={said.name}"], capture_output=True, text=True, check=False,
                timeout=min(300, served.bench.left),
            )  # fmt: skip
            if done.returncode == 2:
                served.record("doctor", "must", name, why=f"{name}: {done.stderr.strip()[-200:]}")
                continue
            found = json.loads(Path(said.name).read_bytes())
        for what, counted in found["score"].items():
            of = f"of {counted['holds'] + counted['fails']}"
            wrong = [each["id"] for each in found["behaviours"] if (each["verdict"], each["level"]) == ("fails", what)]
            why = f"{name} does not hold {', '.join(wrong)}." if wrong else ""
            served.record("doctor", what, name, of, value=counted["holds"], not_asked=counted["not asked"], why=why)


def _sentence(error: Exception) -> str:
    """Return what an error says, short, as a sentence."""
    said = " ".join(str(error).split()) or type(error).__name__
    return said[:200].rstrip(".") + "."


PARTS: dict[str, Callable[[Served], None]] = {
    "document": partial(document, kinds=("Turtle", "JSON-LD")),
    "page": partial(document, kinds=(HTML,)),
    "query": query,
    "search": search,
    "memory": resident,
    "doctor": doctor,
}
