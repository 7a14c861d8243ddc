"""What grows with a release? The same requests to a small and to a large one, the first of each kind and the others.

Both have a hub (``generate.py --hub``): an organisation, a source and a graph on which all its claims hang. Two
servers are started anew, keep no response, and are asked for everything in turns: what a server does but once for a
release, it does in the first request. Printed are the milliseconds until the whole answer has come, its size, and how
much longer the large release takes; and the memory of all processes of each server before and after. With
``--processor`` both are asked in this process, and what the processor took is printed.
"""

import argparse
import http.client
import json
import logging
import os
import platform
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from engines import EngineError, OverHttp, ours
from memory import memory
from metropolis_kg.settings import Settings
from metropolis_kg.web.app import create_app
from queries import say

TURTLE, JSON_LD, HTML, ANY = "text/turtle", "application/ld+json", "text/html", "*/*"
DAY = "2000-06-15"
LOOKUPS = ("a person", "a claim", "evidence", "/search", "/cite", "/neighbourhood", "point query", "/reconcile")
"""How the names of what must not grow begin."""

SOUGHT = '{"q0": {"query": "Person network 1 3"}}'

MOST_GROWTH = 1.5
SLOWEST = 20_000
"""Milliseconds of a first request beyond which there is no other."""


@dataclass(frozen=True)
class Asked:
    """What is asked for: addresses that differ from turn to turn."""

    name: str
    path: str
    accept: str = ANY

    def path_of(self, turn: int) -> str:
        """Return the address in this turn: of another person of the network each time."""
        return self.path.replace("{n}", str(turn * 7 % 200)).replace("%7Bn%7D", str(turn * 7 % 200))


@dataclass
class Measured:
    """Milliseconds of the first request, and of those after it; the bytes of the largest answer."""

    first: float = 0
    times: list[float] = field(default_factory=list)
    size: int = 0
    problem: str = ""

    @property
    def median(self) -> float:
        """The median of those after the first."""
        return statistics.median(self.times) if self.times else self.first


def asked(digest: str) -> Iterator[Asked]:
    """Yield everything that is asked for of the release ``digest``."""
    for format_, accept in (("Turtle", TURTLE), ("JSON-LD", JSON_LD), ("a page", HTML)):
        yield Asked(f"a person, {format_}", "/doc/person/network-1-{n}", accept)
        yield Asked(f"a claim, {format_}", "/doc/tenure/network-1-{n}", accept)
        yield Asked(f"evidence, {format_}", "/doc/evidence/network-1-{n}", accept)
        for thing in ("organisation/hub", "person/hub", "role/president", "source/hub", "graph/hub"):
            yield Asked(f"{thing}, {format_}", f"/doc/{thing}", accept)
        yield Asked(f"organisation/hub, page 3, {format_}", "/doc/organisation/hub?page=3", accept)
        yield Asked(f"organisation/hub on a day, {format_}", f"/doc/organisation/hub?at={DAY}", accept)
        yield Asked(f"source/hub on a day, {format_}", f"/doc/source/hub?at={DAY}", accept)
        yield Asked(f"a claim of the hub, {format_}", "/doc/tenure/hub-{n}", accept)
        yield Asked(f"evidence of the hub, {format_}", "/doc/evidence/hub-{n}-1", accept)
    yield Asked("/search, few matches, a page", "/search?q=hub+4{n}", HTML)
    yield Asked("/search, few matches, JSON", "/search?q=hub+4{n}", "application/json")
    yield Asked("/search, few matches, misspelt", "/search?q=zitta+hub+4{n}", HTML)
    yield Asked("/search/suggest, few matches", "/search/suggest?q=hub+4{n}")
    yield Asked("search with thousands of matches", "/search?q=Person+network+1+{n}", "application/json")
    yield Asked("/cite", "/cite/person/network-1-{n}", HTML)
    yield Asked("/neighbourhood", "/neighbourhood/person/network-1-{n}", HTML)
    yield Asked("around organisation/hub", "/neighbourhood/organisation/hub", HTML)
    yield Asked("/reconcile", f"/reconcile?{urlencode({'queries': SOUGHT})}")
    yield Asked("the start page", "/", HTML)
    yield Asked("all things", "/search", HTML)
    yield Asked("/sources", "/sources", HTML)
    yield Asked("a day", f"/at/{DAY}", HTML)
    yield Asked("a late page of a day", f"/at/{DAY}?page=3", HTML)
    yield Asked("days of change", "/at/", HTML)
    yield Asked("/map", "/map", HTML)
    yield Asked("/dataset", "/doc/dataset", HTML)
    yield Asked("/dataset, Turtle", "/doc/dataset", TURTLE)
    yield Asked("VoID", "/.well-known/void", TURTLE)
    yield Asked("service description", "/sparql", TURTLE)
    yield Asked("the vocabulary", "/doc/ns", HTML)
    yield Asked("/feed", "/feed", HTML)
    yield Asked("sitemap index", "/sitemap.xml")
    yield Asked("a late page of the sitemap", "/sitemap/4.xml")
    yield Asked("/query/", "/query/", HTML)
    yield Asked("a range of the dump", f"/data/{digest}/dataset.nq")
    for name, query in _queries().items():
        yield Asked(name, f"/sparql?{urlencode({'query': query})}", "application/sparql-results+json")


def _queries() -> dict[str, str]:
    folder = Path(__file__).with_name("queries")
    return {
        "point query": "SELECT ?property ?value WHERE { person:network-1-{n} ?property ?value }",
        "who held on a day, query": (folder / "02-held-on.rq").read_text(encoding="utf-8"),
        "count, query": (folder / "03-count.rq").read_text(encoding="utf-8"),
    }


def ask(server: OverHttp, asked_for: Asked, turn: int) -> tuple[float, int]:
    """Return the milliseconds until the whole answer came, and its bytes. Raises EngineError where it is no answer."""
    path = asked_for.path_of(turn)
    for _ in range(3):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
        began = time.perf_counter()
        headers = {"Accept": asked_for.accept} | ({"Range": "bytes=0-99999"} if path.startswith("/data/") else {})
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        size = len(response.read())
        taken = (time.perf_counter() - began) * 1000
        connection.close()
        if response.status not in (301, 302, 303, 307, 308):
            break
        path = response.headers["Location"].removeprefix("http://localhost:8000")
    if response.status not in (200, 206):
        raise EngineError(f"{response.status} for {path}")
    return taken, size


def measure(
    var: dict[str, Path], rounds: int, only: str, environment: dict[str, str]
) -> tuple[dict[str, dict[str, Measured]], list[str]]:
    """Return the name of what is asked for → release → what it took; and what was noted of the servers' memory.

    Of what is asked for, that whose name has ``only`` in it. The servers take turns.
    """
    measured: dict[str, dict[str, Measured]] = {}
    notes = []
    kept = {"METROPOLIS_KG_DOCUMENTS_MEGABYTES": "0", "METROPOLIS_KG_CACHE_MEGABYTES": "0"} | environment
    with ExitStack() as stack:
        servers = {name: stack.enter_context(ours(folder, **kept)) for name, folder in var.items()}
        for name, server in servers.items():
            began = time.monotonic()
            ask(server, Asked("", "/sparql?query=ASK%7B%7D"), 0)
            notes.append(f"{name}: first query answered after {time.monotonic() - began:.1f} s; {_said(server)}")
        digests = {name: (folder / "current").resolve().name for name, folder in var.items()}
        for together in zip(*(asked(digest) for digest in digests.values()), strict=True):
            if only in together[0].name:
                found = {name: _measured(servers[name], each) for name, each in zip(var, together, strict=True)}
                for turn in range(1, rounds + 1):
                    for name, each in zip(var, together, strict=True):
                        _again(servers[name], each, turn, found[name])
                measured[together[0].name] = found
                took = ", ".join(f"{one.first:.0f}, {one.median:.1f} ms" for one in found.values())
                say(f"{together[0].name}: {took}")
        notes += [f"{name}, in the end: {_said(server)}" for name, server in servers.items()]
    return measured, notes


def _measured(server: OverHttp, each: Asked) -> Measured:
    found = Measured()
    try:
        found.first, found.size = ask(server, each, 0)
    except (EngineError, OSError) as error:
        found.problem = str(error) or type(error).__name__
    return found


def _again(server: OverHttp, each: Asked, turn: int, found: Measured) -> None:
    if not found.problem and found.first < SLOWEST:
        try:
            taken, size = ask(server, each, turn)
        except (EngineError, OSError) as error:
            found.problem = str(error) or type(error).__name__
        else:
            found.times.append(taken)
            found.size = max(size, found.size)


def measure_processor(var: dict[str, Path], rounds: int, only: str) -> dict[str, dict[str, Measured]]:
    """Return the same, as milliseconds of the processor in this process: what others do on the machine does not count.

    Queries of clients are left out, since other processes answer them.
    """
    logging.disable(logging.CRITICAL)
    apps = {
        name: create_app(Settings(var=folder, documents_megabytes=0, cache_megabytes=0)).test_client()
        for name, folder in var.items()
    }
    measured: dict[str, dict[str, Measured]] = {}
    digests = {name: (folder / "current").resolve().name for name, folder in var.items()}
    for together in zip(*(asked(digest) for digest in digests.values()), strict=True):
        if only in together[0].name and "/sparql" not in together[0].path:
            found = measured[together[0].name] = {name: Measured() for name in var}
            for turn in range(rounds + 1):
                for (name, one), each in zip(found.items(), together, strict=True):
                    began = time.process_time()
                    answer = apps[name].get(each.path_of(turn), headers={"Accept": each.accept}, follow_redirects=True)
                    one.times.append((time.process_time() - began) * 1000)
                    one.size = max(one.size, len(answer.data))
            for one in found.values():
                one.first = one.times.pop(0)
    return measured


def _said(server: OverHttp) -> str:
    found = memory(server.process.pid)
    return f"{found.shared_once:,.0f} MB in {found.processes} processes, shared ones once"


def show(measured: dict[str, dict[str, Measured]]) -> list[str]:
    """Print a row for all that was asked for; return the names of lookups that grow too much."""
    print("| | small, first ms | then | large, first ms | then | large / small | kB |\n|---|---|---|---|---|---|---|")
    grown = []
    for name, (one, two) in ((name, found.values()) for name, found in measured.items()):
        ratio = two.median / one.median if one.median else float("nan")
        if name.startswith(LOOKUPS) and ratio > MOST_GROWTH:
            grown.append(name)
        print(
            f"| {name} | {one.first:.0f} | {one.median:.1f} | {two.first:.0f} | {two.median:.1f} | {ratio:.2f} "
            f"| {two.size / 1000:.0f} {two.problem}|"
        )
    return grown


def main() -> None:
    """Read the arguments and measure."""
    example = "Example: python benchmarks/size.py var-of-one-million var-of-ten-million"
    parser = argparse.ArgumentParser(description=__doc__, epilog=example)
    parser.add_argument("small", type=Path, help="folder of a release of one million statements, with a hub")
    parser.add_argument("large", type=Path, help="folder of one of ten million")
    parser.add_argument("--rounds", type=int, default=25, help="requests of each kind after the first")
    parser.add_argument("--only", default="", help="what is in the names of what is asked for")
    parser.add_argument("--processor", action="store_true", help="count the processor's time, in this process")
    parser.add_argument("--in-memory", type=int, default=2_000_000, help="METROPOLIS_KG_STATEMENTS_IN_MEMORY")
    arguments = parser.parse_args()
    environment = {"METROPOLIS_KG_STATEMENTS_IN_MEMORY": str(arguments.in_memory)}
    var = {"small": arguments.small, "large": arguments.large}
    if arguments.processor:
        measured, notes = measure_processor(var, arguments.rounds, arguments.only), []
    else:
        measured, notes = measure(var, arguments.rounds, arguments.only, environment)
    quads = [
        json.loads((each / "current" / "manifest.json").read_text(encoding="utf-8"))["quads"] for each in var.values()
    ]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    load = f"load {os.getloadavg()[0]:.1f}"
    print(f"{quads[0]:,} and {quads[1]:,} statements; {machine}, {load}", end="; ")
    print(f"{arguments.rounds} requests each, nothing kept.\n")
    grown = show(measured)
    print("\n" + "\n".join(f"- {note}" for note in notes))
    print(f"\nLookups that grow by more than {MOST_GROWTH}: {', '.join(grown) or 'none'}.")


if __name__ == "__main__":
    main()
