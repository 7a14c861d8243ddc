"""Does a server stay as it is under an hour's traffic, while releases switch, clients hang up, and queries run away?

Clients ask at once and without pause for documents in all formats, pages, searches and queries, so that minutes do what
an hour does at a usual rate. Meanwhile two releases take turns, a query that never ends is asked again and again, some
clients hang up, and others read a dump slowly. Every request that should succeed has to; a runaway query has to be
turned away (429), or ended by 503 within its limit and a second, beside what the server may wait for a newly published
release to open; and the memory of all processes together, open files, threads and processes must not grow: their levels
in the last quarter are compared with those in the first one after the warm-up. Exit status 1 where anything of that
does not hold.
"""

import argparse
import http.client
import os
import platform
import random
import re
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from engines import OverHttp, ours
from generate import generate
from memory import family, memory
from metropolis_kg.curation.release import Releases
from queries import built, say

LIMIT, GRACE, OPENING = 2, 1.0, 2.0
"""Seconds that a query may take, those after them in which the answer has to be there, and those for which the first
request after a publication may wait before it is answered from the release before."""

GROWTH = 1.10
"""How much more of anything there may be at the end."""

CLIENTS, WARM_UP = 4, 1 / 3
"""Clients that ask for everything; the part of the time that is not measured."""

CACHES = {"METROPOLIS_KG_DOCUMENTS_MEGABYTES": "4", "METROPOLIS_KG_CACHE_MEGABYTES": "4"}
"""So small that they are full before anything is measured."""

HOUR = 72_000
"""Requests of an hour at twenty a second."""

_HUNDRED = " ".join(map(str, range(100)))
_LISTS = " ".join(f"{{ VALUES ?{name} {{ {_HUNDRED} }} }}" for name in "abcde")
RUNAWAY = f"SELECT (COUNT(*) AS ?n) WHERE {{ {_LISTS} FILTER(?a + ?b + ?c + ?d + ?e < 0) }}"
"""Ten thousand million rows, that take time but no memory, which would hide what a server keeps."""

COUNTING = "SELECT ?role (COUNT(?tenure) AS ?n) { ?tenure org:role ?role } GROUP BY ?role #"
MIX: Sequence[tuple[str, str, str, int]] = (
    ("a document, Turtle", "/doc/person/network-{p}-{n}", "text/turtle", 8),
    ("a document, JSON-LD", "/doc/tenure/network-{p}-{n}", "application/ld+json", 6),
    ("a document, a page", "/doc/person/network-{p}-{n}", "text/html", 8),
    ("a hub, a page", "/doc/organisation/network-{p}?page={two}", "text/html", 2),
    ("a hub, N-Triples", "/doc/organisation/network-{p}", "application/n-triples", 2),
    ("a source, a page", "/doc/source/network-{p}", "text/html", 2),
    ("a thing on a day", "/doc/organisation/network-{p}?at={year}-06-15", "text/html", 1),
    ("a search", "/search?q=person+network+{p}+{n}", "application/json", 4),
    ("a search, a page", "/search?q=Pesron+{n}", "text/html", 2),
    ("a suggestion", "/search/suggest?q=person+{n}", "*/*", 3),
    ("a day", "/at/{year}-{month}-15", "text/html", 1),
    ("around a thing", "/neighbourhood/person/network-{p}-{n}", "text/html", 1),
    ("a list", "/sources", "text/html", 1),
    ("the start page", "/", "text/html", 1),
    ("metrics", "/metrics", "*/*", 1),
    ("the sitemap", "/sitemap/1.xml", "*/*", 1),
    ("the feed", "/feed", "text/html", 1),
    ("a query", "/sparql?" + urlencode({"query": "SELECT * { person:network-0-1 ?p ?o } #"}) + "{random}",
     "application/sparql-results+json", 4),
    ("a counting query", "/sparql?" + urlencode({"query": COUNTING}) + "{random}", "text/csv", 1),
)  # fmt: skip
"""What is asked for: its name, address, Accept, and how often."""


@dataclass
class Tally:
    """What came of requests, and how the processes were, second by second."""

    answers: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    runaways: list[float] = field(default_factory=list)
    openings: list[float] = field(default_factory=list)
    switches: int = 0
    seconds: list[float] = field(default_factory=list)
    samples: list[tuple[float, dict[str, float]]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answered(self, what: str, problem: str | None = None) -> None:
        """Count an answer."""
        with self.lock:
            self.answers[what] += 1
            if problem:
                self.failures.append(f"{time.strftime('%H:%M:%S')} {what}: {problem}")


class Soak:
    """Puts a server under load until the time is over, or there were enough requests."""

    def __init__(self, server: OverHttp, var: Path, seconds: float, requests: int) -> None:
        self.tally, self._server, self._var = Tally(), server, var
        self._began = time.monotonic()
        self._ends, self._requests = self._began + seconds, requests

    @property
    def is_over(self) -> bool:
        """Whether it is time to stop."""
        return time.monotonic() > self._ends or sum(self.tally.answers.values()) >= self._requests

    def run(self) -> Tally:
        """Run all clients, and return what came of it."""
        acts: list[Callable[[], None]] = [self._ask] * CLIENTS
        acts += [self._run_away, self._hang_up, self._read_slowly, self._switch, self._sample]
        threads = [threading.Thread(target=self._repeat, args=[act]) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.tally

    def _repeat(self, act: Callable[[], None]) -> None:
        while not self.is_over:
            try:
                act()
            except (OSError, http.client.HTTPException) as error:
                self.tally.answered(act.__name__.strip("_"), repr(error))

    def _get(self, path: str, accept: str, timeout: float = 60) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=timeout)
        try:
            connection.request("GET", path, headers={"Accept": accept})
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()

    def _ask(self) -> None:
        name, path, accept, _ = random.choices(MIX, [weight for *_, weight in MIX])[0]
        values = {"p": random.randrange(5), "n": random.randrange(200), "two": random.randint(1, 2)}
        values |= {
            "year": random.randint(1965, 2015),
            "month": f"{random.randint(1, 12):02}",
            "random": random.random(),
        }
        began = time.monotonic()
        response, body = self._get(path.format(**values), accept)
        status, length = response.status, int(response.headers["Content-Length"] or len(body))
        with self.tally.lock:
            self.tally.seconds.append(time.monotonic() - began)
        problem = None if status == 200 and body else f"{status} for {path.format(**values)}: {body[:200]!r}"
        self.tally.answered(name, problem or (None if length == len(body) else "cut short"))

    def _run_away(self) -> None:
        began = time.monotonic()
        response, _ = self._get("/sparql?" + urlencode({"query": f"{RUNAWAY} #{random.random()}"}), "text/csv")
        opening = min(_waited(response), OPENING)
        taken = time.monotonic() - began - opening
        if response.status == 429:
            self.tally.answered("a runaway query, turned away")
            return
        self.tally.runaways.append(taken)
        self.tally.openings.append(opening)
        late = f"after {taken:.1f} s and {opening:.1f} s until a release was open" if taken > LIMIT + GRACE else None
        self.tally.answered("a runaway query", late if response.status == 503 else f"{response.status}, not 503")

    def _hang_up(self) -> None:
        """Send half a request, a whole one and go, or read but the beginning of the answer."""
        path = random.choice(["/doc/organisation/network-1", "/sparql?query=SELECT*%7B?s?p?o%7D", "/sources"])
        request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n".encode()
        with suppress(OSError), socket.create_connection(("127.0.0.1", self._server.port), timeout=10) as connection:
            connection.sendall(request[: random.choice([20, len(request), len(request)])])
            if random.random() < 0.5:
                connection.recv(100)
        self.tally.answered("hung up")
        time.sleep(0.1)

    def _read_slowly(self) -> None:
        digest = (self._var / "current").resolve().name
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=60)
        connection.request("GET", f"/data/{digest}/dataset.nq.gz")
        response, read = connection.getresponse(), 0
        length = int(response.headers["Content-Length"] or 0)
        while block := response.read(max(length // 40, 1)):
            read += len(block)
            time.sleep(0.2)
        connection.close()
        whole = response.status == 200 and read == length
        self.tally.answered("a dump, read slowly", None if whole else f"{response.status}, {read} of {length} bytes")

    def _switch(self) -> None:
        releases = Releases(self._var)
        current = releases.current()
        other = next(each for each in releases.all() if current and each.digest != current.digest)
        releases.switch(other)
        self.tally.switches += 1
        time.sleep(5)

    def _sample(self) -> None:
        pids = family(self._server.process.pid)
        found = {
            "MB, shared ones once": memory(self._server.process.pid).shared_once,
            "processes": float(len(pids)),
            "threads": float(sum(_entries(pid, "task") for pid in pids)),
            "open files": float(sum(_entries(pid, "fd") for pid in pids)),
            "ended, not waited for": float(sum(map(_is_zombie, pids))),
            "files in the meeting place": float(_files(self._server.process.pid)),
        }
        self.tally.samples.append((time.monotonic() - self._began, found))
        if len(self.tally.samples) % 10 == 1:
            say(f"{found['MB, shared ones once']:,.0f} MB in {len(pids)} processes")
        time.sleep(1)


def _waited(response: http.client.HTTPResponse) -> float:
    """Return the seconds that the server was at a request beside what the store took for it, with all waiting there."""
    spent = dict(re.findall(r"(\w+);dur=([\d.]+)", response.headers["Server-Timing"] or ""))
    return (float(spent.get("total", 0)) - float(spent.get("store", 0))) / 1000


def _entries(pid: int, folder: str) -> int:
    with suppress(OSError):
        return sum(1 for _ in Path(f"/proc/{pid}/{folder}").iterdir())
    return 0


def _is_zombie(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return False


def _files(root: int) -> int:
    """Return how many files the processes of the server share in their temporary folders."""
    folders = list(Path(tempfile.gettempdir()).glob("metropolis-kg-*"))
    mine = {folder for folder in folders if any(f"_{pid}.db" in path.name for pid in family(root)
            for path in folder.rglob("*.db"))}  # fmt: skip
    return sum(1 for folder in mine for path in folder.rglob("*") if path.is_file())


def quarters(tally: Tally) -> dict[str, tuple[float, float]]:
    """Return what was sampled → its level in the first quarter after the warm-up, and in the last one."""
    if not tally.samples:
        return {}
    over = tally.samples[-1][0]
    start, length = over * WARM_UP, over * (1 - WARM_UP) / 4
    first = [found for at, found in tally.samples if start <= at <= start + length]
    last = [found for at, found in tally.samples if at >= over - length]
    return {name: (_level(first, name), _level(last, name)) for name in tally.samples[0][1]}


def _level(samples: Sequence[dict[str, float]], name: str) -> float:
    """Return the median of what was sampled while there were few processes.

    While a release replaces another, there are processes of both. Few are as many as in a quarter of the samples.
    """
    few = sorted(each["processes"] for each in samples)[len(samples) // 4] if samples else 0
    return statistics.median([each[name] for each in samples if each["processes"] <= few] or [0])


def show(tally: Tally, seconds: float) -> bool:
    """Print what came of it; return whether all is as it has to be."""
    total = sum(tally.answers.values())
    print(f"{total:,} requests in {seconds:.0f} s, {total / HOUR:.2f} of an hour at twenty a second", end="; ")
    print(f"{tally.switches} releases published; {platform.machine()}, {os.cpu_count()} cores.\n")
    print("| | requests |\n|---|---|")
    for what, number in tally.answers.most_common():
        print(f"| {what} | {number:,} |")
    cuts = statistics.quantiles(tally.seconds, n=100) if len(tally.seconds) > 1 else [0.0] * 99
    print(f"\nMedian {cuts[49] * 1000:.0f} ms, 99th percentile {cuts[98] * 1000:.0f} ms; ", end="")
    print(f"runaway queries ended after {max(tally.runaways, default=0):.2f} s at the latest, ", end="")
    print(f"beside the up to {max(tally.openings, default=0):.2f} s until a published release was open.\n")
    print("| | first quarter after the warm-up | last quarter | ratio |\n|---|---|---|---|")
    grown = []
    for name, (first, last) in quarters(tally).items():
        print(f"| {name} | {first:,.0f} | {last:,.0f} | {last / first if first else 1:.2f} |")
        if last > max(first * GROWTH, first + (0 if name.startswith("MB") else 4)):
            grown.append(name)
    print("\n" + ("\n".join(f"- {each}" for each in tally.failures[:20]) or "No request failed."))
    holds = not (tally.failures or grown)
    verdict = "Holds" if holds else "Does not hold"
    print(f"\n{verdict}: {len(tally.failures)} failures; grown: {', '.join(grown) or 'none'}.")
    return holds


def prepared(work: Path, tenures: int) -> Path:
    """Return the folder of two releases, of which the second has a page more; they are made at need."""
    var = work / "var"
    if not (var / "current").exists():
        for number, more in enumerate((0, 200)):
            say(f"building {tenures + more:,} tenures")
            generate(work / f"content-{number}", tenures + more)
            built(work / f"content-{number}", var)
    return var


def _wait_until_ready(server: OverHttp) -> None:
    while server.response("/readyz", {})[0] != "200 OK":
        time.sleep(0.1)


def main() -> None:
    """Read the arguments, run, and end with 1 where something does not hold."""
    example = "Example: python benchmarks/soak.py --seconds 1800"
    parser = argparse.ArgumentParser(description=__doc__, epilog=example)
    parser.add_argument("--seconds", type=float, default=1800)
    parser.add_argument("--requests", type=int, default=HOUR, help="end earlier, after so many")
    parser.add_argument("--tenures", type=int, default=2_000, help="size of the releases (2000: 117,000 statements)")
    parser.add_argument("--work", type=Path, help="folder that keeps the releases; without, they are made and removed")
    arguments = parser.parse_args()
    settings = {"METROPOLIS_KG_QUERY_SECONDS": str(LIMIT), "METROPOLIS_KG_QUERIES_PER_CLIENT": "4", **CACHES}
    with tempfile.TemporaryDirectory() as folder:
        var = prepared(arguments.work or Path(folder), arguments.tenures)
        began = time.monotonic()
        with ours(var, **settings) as server:
            _wait_until_ready(server)
            tally = Soak(server, var, arguments.seconds, arguments.requests).run()
        sys.exit(0 if show(tally, time.monotonic() - began) else 1)


if __name__ == "__main__":
    main()
