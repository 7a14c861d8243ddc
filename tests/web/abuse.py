"""Throws at a running server what kills, hangs or floods SPARQL endpoints, and watches whether others notice.

``python tests/web/abuse.py`` builds the release, serves it with small limits, and says what it saw: what each query
got, how long documents took for somebody else meanwhile, and memory and processes before and after. Exit status 1 where
something gave way. It takes about a minute.
"""

import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit

from metropolis_kg.content import find_content
from metropolis_kg.curation.build import build

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from servers import free_port, served  # noqa: E402 - the folder that pytest has on its path

LIMITS = {
    "QUERY_SECONDS": "2",
    "QUERY_MEMORY": "256",
    "QUERY_MEGABYTES": "8",
    "QUERIES_AT_ONCE": "4",
    "CACHE_MEGABYTES": "1",
}
ALLOWED = {200, 400, 403, 406, 413, 414, 415, 429, 503}
"""What a query may be answered with: neither 500 nor a closed connection."""

ATTACKERS = 8
SOMEBODY_ELSE = "127.0.0.2"

ALL = "?s ?p ?o"
MANY = " ".join(f"?s{n} ?p{n} ?o{n} ." for n in range(5))
VALUES = " ".join(map(str, range(15_000)))
A = "<http://example.org/a>"


def nested(opening: str, inner: str, closing: str, depth: int) -> str:
    """Return ``inner`` between so many brackets."""
    return opening * depth + inner + closing * depth


BRACKETS = {
    "groups": ("{", ALL, "}", ""),
    "lists": ("(", "1", ")", f"?s {A}"),
    "blank nodes": (f"[ {A} ", "1", "]", f"?s {A}"),
    "quoted triples": ("<<( ?s ?p ", "?o", ")>>", f"?s {A}"),
    "expressions": ("(", "1", ")", "FILTER"),
    "functions": ("STR(", "1", ")", "FILTER"),
    "negations": ("!", "1", "", "FILTER"),
    "signs": ("-(", "1", ")", "FILTER"),
    "ifs": ("IF(true,", "1", ",2)", "FILTER"),
    "paths": ("(", A, ")*", "?s"),
    "subselects": ("{SELECT * WHERE {", ALL, "}}", ""),
    "optionals": ("OPTIONAL {", ALL, "}", ""),
    "minus": (f"{ALL} MINUS {{", ALL, "}", ""),
    "graphs": ("GRAPH ?g {", ALL, "}", ""),
    "not exists": ("FILTER NOT EXISTS {", ALL, "}", ""),
    "unions": (f"{{{ALL}}} UNION {{", ALL, "}", ""),
}
"""What opens and closes, what may stand within, and what stands before it all."""


def _in_brackets(name: str, depth: int) -> str:
    opening, inner, closing, before = BRACKETS[name]
    body = nested(opening, inner, closing, depth)
    after = " ?o" if name == "paths" else ""
    return f"ASK {{ {before}({body}) }}" if before == "FILTER" else f"ASK {{ {before} {body}{after} }}"


def crashing() -> dict[str, str]:
    """Return what ends the process that reads it, or keeps it busy for long."""
    depths = {f"{depth:,} nested {name}": _in_brackets(name, depth) for depth in (60, 190, 20_000) for name in BRACKETS}
    return {
        "15 kB of nested FILTER EXISTS": f"ASK {nested('{FILTER EXISTS', f'{{{ALL}}}', '}', 1_000)}",
        "3,000 nested braces": f"ASK {nested('{', ALL, '}', 3_000)}",
        "10,000 times ||": f"ASK {{ FILTER({' || '.join(['true'] * 10_000)}) }}",
        "1,000 nested lists": f"ASK {{ ?s ?p {nested('(', '1', ')', 1_000)} }}",
        **depths,
        "a list of 30,000": f"ASK {{ ?s ?p ({' 1' * 30_000}) }}",
        "9,000 triples": f"ASK {{ {'?s ?p ?o .' * 9_000} }}",
        "190 joins": f"ASK {{ {' '.join(f'?s{n} ?p{n} ?s{n + 1} .' for n in range(190))} }}",
        "a path of 95 steps": f"ASK {{ ?s {'/'.join(['!a'] * 95)} ?o }}",
        "open brackets only": "ASK " + "{([" * 20_000,
        "closing brackets only": "ASK " + "})]" * 20_000,
    }


def running_away() -> dict[str, str]:
    """Return what takes time, memory or answers without end."""
    doubling = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(60))
    tenfold = "BIND(REPLACE(?{}, '.', '$0$0$0$0$0$0$0$0$0$0') AS ?{})"
    replacing = " ".join(tenfold.format(*names) for names in ("ob", "bc", "cd", "de", "ef"))
    anything = f"(!{A}|^!{A})*"
    optionals = " ".join(f"OPTIONAL {{ ?a{n} ?b{n} ?c{n} }}" for n in range(20))
    two_values = f"VALUES ?a {{ {VALUES} }} {{ VALUES ?b {{ {VALUES[:8000]} }} }}"
    return {
        "cartesian product, counted": f"SELECT (COUNT(*) AS ?n) WHERE {{ {MANY} }}",
        "cartesian product, all of it": f"SELECT * WHERE {{ {MANY} }}",
        "cartesian product, sorted": f"SELECT * WHERE {{ {MANY} }} ORDER BY ?o3",
        "cartesian product, distinct": f"SELECT DISTINCT * WHERE {{ {MANY} }}",
        "cartesian product, grouped": f"SELECT ?s0 ?s1 ?s2 (COUNT(*) AS ?n) WHERE {{ {MANY} }} GROUP BY ?s0 ?s1 ?s2",
        "cartesian product, constructed": f"CONSTRUCT {{ ?s0 ?p1 ?o2 }} WHERE {{ {MANY} }}",
        "cartesian product, described": f"DESCRIBE ?s0 ?s1 ?s2 WHERE {{ {MANY} }}",
        "GROUP_CONCAT of everything": f"SELECT (GROUP_CONCAT(CONCAT(STR(?s0), STR(?o1))) AS ?x) WHERE {{ {MANY} }}",
        "a string that doubles 60 times": f"SELECT (STRLEN(?x60) AS ?n) WHERE {{ BIND('x' AS ?x0) {doubling} }}",
        "VALUES of 15,000": f"SELECT * WHERE {{ VALUES ?a {{ {VALUES} }} }}",
        "VALUES of 15,000 by VALUES of 1,800": f"SELECT (SUM(?a * ?b) AS ?n) WHERE {{ {two_values} }}",
        "regex that backtracks": f"SELECT * WHERE {{ {MANY} FILTER(REGEX(STR(?o1), '^(([a-z])+.)+[A-Z]([a-z])+$')) }}",
        "regex that is huge once compiled": "ASK { ?s ?p ?o FILTER(REGEX(STR(?o), '(((a{1,99}){1,99}){1,99})+')) }",
        "REPLACE that multiplies": f"SELECT (STRLEN(?f) AS ?n) WHERE {{ ?s rdfs:label ?o {replacing} }}",
        "every path between any two things": f"SELECT * WHERE {{ ?s {anything} ?o . ?o {anything} ?x }}",
        "stars within stars": f"SELECT * WHERE {{ ?s ((!{A})*/(!{A})*/((!{A})*)*)* ?o }}",
        "OPTIONALs that multiply": f"SELECT * WHERE {{ {optionals} }}",
        "UNIONs that multiply": f"SELECT * WHERE {{ {' '.join(['{ ?s ?p ?o } UNION { ?o ?p ?s }'] * 30)} }}",
        "a page of 60,000 rows": f"SELECT * WHERE {{ VALUES ?a {{ {VALUES} }} VALUES ?b {{ 1 2 3 4 }} }}",
        "a page of 15,000 things": "SELECT * WHERE { ?s ?p ?o . VALUES ?b { 1 2 3 } }",
        "NOT EXISTS for each pair": f"SELECT * WHERE {{ {MANY} FILTER NOT EXISTS {{ ?s0 ?x ?y . ?y ?z ?o1 }} }}",
    }


def elsewhere(listener: str) -> dict[str, str]:
    """Return what would make the server call somebody, or change something."""
    from test_sparql_endpoint import DISGUISES

    return {
        **{f"SERVICE {name}": query.replace("URL", listener) for name, query in DISGUISES.items()},
        "LOAD": f"LOAD <{listener}>",
        "INSERT": "INSERT DATA { <a:a> <a:b> <a:c> }",
        "dataset elsewhere": f"ASK FROM <{listener}> {{ {ALL} }}",
        "DESCRIBE elsewhere": f"DESCRIBE <{listener}>",
    }


@dataclass
class Seen:
    """What was seen."""

    answers: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    documents: list[float] = field(default_factory=list)
    queries: list[float] = field(default_factory=list)
    before: tuple[int, int] = (0, 0)
    """Processes, and their memory in mebibytes."""

    after: tuple[int, int] = (0, 0)

    def report(self) -> Iterator[str]:
        """Yield lines for people."""
        width = max(map(len, self.answers))
        yield from (f"{name:{width}}  {said}" for name, said in self.answers.items())
        yield f"answers: {dict(sorted(Counter(said.split()[0] for said in self.answers.values()).items()))}"
        for name, times in (("documents", self.documents), ("queries", self.queries)):
            cuts = quantiles(times, n=100)
            yield (
                f"{name} of somebody else meanwhile: {len(times)}, median {cuts[49] * 1000:.0f} ms, "
                f"99th percentile {cuts[98] * 1000:.0f} ms, longest {max(times) * 1000:.0f} ms"
            )
        yield f"processes before and after: {self.before[0]}, {self.after[0]}; MiB: {self.before[1]}, {self.after[1]}"
        yield from (f"FAULT: {fault}" for fault in self.faults)


def send(
    url: str, path: str, body: bytes | None = None, accept: str = "*/*", source: str = "127.0.0.1"
) -> tuple[int, bytes]:
    """Return status and body of one request; with a ``body`` it is a query."""
    place = urlsplit(url)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=30, source_address=(source, 0))
    try:
        headers = {"Accept": accept} | ({"Content-Type": "application/sparql-query"} if body is not None else {})
        connection.request("POST" if body is not None else "GET", path, body, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def attack(url: str, queries: dict[str, str], seen: Seen) -> None:
    """Ask every query, several at once, each until it is let in."""

    def ask(name: str) -> None:
        began = time.monotonic()
        status = 429
        while status == 429:
            try:
                accept = "text/html" if name.startswith("a page") else "*/*"
                status, body = send(url, "/sparql", queries[name].encode(), accept)
            except (OSError, HTTPException) as error:
                seen.faults.append(f"{name}: {error!r}")
                return
        took = time.monotonic() - began
        problem = json.loads(body) if status != 200 and body.startswith(b"{") else {}
        seen.answers[name] = f"{status} {problem.get('type', '').rpartition('/')[2]} {took:.1f} s"
        if status not in ALLOWED:
            seen.faults.append(f"{name}: {status} {body[:200]!r}")

    with ThreadPoolExecutor(ATTACKERS) as pool:
        list(pool.map(ask, queries))


def watch(url: str, ended: threading.Event, seen: Seen) -> None:
    """Read documents, as somebody else, until ``ended``."""
    for path in cycle(["/doc/person/michael-mueller.ttl", "/doc/place/berlin.html", "/query/", "/healthz"]):
        if ended.wait(0.02):
            return
        _timed(url, path, None, seen.documents, seen)


def ask_along(url: str, ended: threading.Event, seen: Seen) -> None:
    """Ask easy queries, as somebody else, until ``ended``."""
    number = 0
    while not ended.wait(0.1):
        number += 1
        _timed(url, "/sparql", b"ASK { ?s a mkg:Person } #%d" % number, seen.queries, seen)


def _timed(url: str, path: str, body: bytes | None, times: list[float], seen: Seen) -> None:
    began = time.monotonic()
    try:
        status, said = send(url, path, body, source=SOMEBODY_ELSE)
    except (OSError, HTTPException) as error:
        seen.faults.append(f"somebody else's {path}: {error!r}")
        return
    times.append(time.monotonic() - began)
    if status != 200:
        seen.faults.append(f"somebody else's {path}: {status} {said[:200]!r}")


def dribble(url: str, ended: threading.Event) -> None:
    """Hold twenty connections open, on each of which a request never ends."""
    place = urlsplit(url)
    head = (
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 900\r\n\r\nASK"
    )
    held = [socket.create_connection((place.hostname or "", place.port or 80)) for _ in range(20)]
    for number, connection in enumerate(held):
        connection.sendall(head if number % 2 else head[:40])
    while not ended.wait(1):
        for connection in held:
            try:
                connection.sendall(b" ")
            except OSError:  # the server has had enough
                continue
    for connection in held:
        connection.close()


def processes(of: int) -> tuple[int, int]:
    """Return how many processes the server ``of`` has, and their memory in mebibytes, shared pages counted once."""
    tree = {of}
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    for _ in range(4):
        tree |= {pid for pid, parent in pairs if parent in tree}
    return len(tree), sum(_proportional(pid) for pid in tree) >> 10


def _proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def abuse(var: Path, port: int, listener: socket.socket) -> Seen:
    """Serve the release in ``var``, throw everything at it, and return what was seen."""
    seen = Seen()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    queries = crashing() | running_away() | elsewhere(address)
    limits = {f"METROPOLIS_KG_{name}": value for name, value in LIMITS.items()}
    with served(var, port, **limits) as url:
        found = subprocess.run(["pgrep", "-f", f"serve --port {port}"], capture_output=True, text=True, check=True)
        server = int(found.stdout.split()[0])
        for name in ("cartesian product, all of it", "VALUES of 15,000"):  # so that what is loaded once is there
            send(url, "/sparql", queries[name].encode())
        for _ in range(20):
            send(url, "/query/", source=SOMEBODY_ELSE)
        time.sleep(2)
        seen.before = processes(server)
        ended = threading.Event()
        others = [threading.Thread(target=watch, args=(url, ended, seen)) for _ in range(2)]
        others += [threading.Thread(target=ask_along, args=(url, ended, seen))]
        others += [threading.Thread(target=dribble, args=(url, ended))]
        for other in others:
            other.start()
        attack(url, queries, seen)
        ended.set()
        for other in others:
            other.join()
        time.sleep(3)
        seen.after = processes(server)
        _compare(listener, seen)
    return seen


def _compare(listener: socket.socket, seen: Seen) -> None:
    if seen.after[0] != seen.before[0]:
        seen.faults.append(f"{seen.before[0]} processes became {seen.after[0]}")
    if seen.after[1] > seen.before[1] + 100:
        seen.faults.append(f"{seen.before[1]} MiB became {seen.after[1]}")
    listener.setblocking(False)
    try:
        listener.accept()
        seen.faults.append("the server called somebody")
    except BlockingIOError:
        pass


def main() -> int:
    """Run it all and print what was seen; return the exit status."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        build(find_content(HERE.parent.parent), Path(folder), f"http://127.0.0.1:{port}/")
        seen = abuse(Path(folder), port, listener)
    print("\n".join(seen.report()))  # noqa: T201 - a script
    return bool(seen.faults)


if __name__ == "__main__":
    sys.exit(main())
