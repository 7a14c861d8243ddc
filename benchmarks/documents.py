"""How many documents a second, beside a bare WSGI application that sends the same bytes, and beside SPARQL servers?

200 persons of content that ``generate.py`` makes, asked for in turn by wrk over 16 connections: Turtle, JSON-LD, HTML,
and 304 to who has the Turtle already. Ours is asked hot, and with nothing kept; the bare application and a Flask one
run under the same server with as many workers and threads. Oxigraph's server and rdflib-endpoint answer, in Turtle, the
statements about the same persons in both directions, which is less than the document says. All take turns, in another
order each round; printed are medians over the rounds.
"""

import json
import pickle
import random
import re
import statistics
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

import pyoxigraph as ox

from engines import RDFLIB_ENDPOINT, EngineError, OverHttp, ours, oxigraph, rdflib_endpoint, running_granian
from machine import busy, machine, say
from metropolis_kg.cli.serve import threads_of
from metropolis_kg.settings import Settings
from metropolis_kg.store.query_text import with_bindings
from queries import chosen, release, short

HERE = Path(__file__).with_name("documents")
FORMATS = {"Turtle": "text/turtle", "JSON-LD": "application/ld+json", "HTML": "text/html"}
UNCHANGED = "304"
HOT, UNCACHED, BARE, FLASK = "ours, hot", "ours, nothing kept", "bare WSGI", "Flask"
WORKERS, CONNECTIONS, ROUNDS = 2, 16, 5
_NUMBERS = {"ms": 1.0, "us": 0.001, "s": 1000.0}


@dataclass(frozen=True)
class Load:
    """The requests of one kind to one server."""

    port: int
    requests: Path


@dataclass(frozen=True)
class Measured:
    """What wrk says: requests a second, and the 99th percentile in milliseconds."""

    rate: float
    late: float


def request(path: str, headers: Mapping[str, str]) -> bytes:
    """Return a request as it is sent."""
    fields = "".join(f"{name}: {value}\r\n" for name, value in {"Host": "127.0.0.1", **headers}.items())
    return f"GET {path} HTTP/1.1\r\n{fields}\r\n".encode()


def measure(load: Load, seconds: float) -> Measured:
    """Let wrk ask for ``seconds``. Raises EngineError where a response is none of those expected."""
    command = [
        "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "--latency", "--timeout=30s", "-s", HERE / "turns.lua",
        f"http://127.0.0.1:{load.port}", "--", load.requests,
    ]  # fmt: skip
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise EngineError(f"wrk says: {said}")
    rate, late = re.search(r"Requests/sec: +([\d.]+)", said), re.search(r"99% +([\d.]+)(us|ms|s)\s", said)
    if not rate or not late:
        raise EngineError(f"wrk says: {said}")
    return Measured(float(rate[1]), float(late[1]) * _NUMBERS[late[2]])


def warm(load: Load) -> None:
    """Ask until every worker has kept every response. Raises EngineError where that does not come about."""
    requests = load.requests.read_bytes().count(b"\0")
    for _ in range(100):
        before = written(load.port)
        if measure(load, 1).rate > 5 * requests and written(load.port) == before:
            return
    raise EngineError("documents go on being written anew, although they are kept")


def written(port: int) -> float:
    """Return how many representations our server has written."""
    with urlopen(f"http://127.0.0.1:{port}/metrics") as response:
        said = response.read().decode()
    return sum(float(each) for each in re.findall(r'_http_requests_total{cache="miss".* ([\d.e+]+)\n', said))


def persons(var: Path) -> list[str]:
    """Return the IRIs of the persons that are asked for."""
    manifest = json.loads((var / "current" / "manifest.json").read_text(encoding="utf-8"))
    store = ox.Store.read_only(str(var / "current" / "store"))
    query = (HERE / "persons.rq").read_text(encoding="utf-8")
    found = store.query(query, prefixes=manifest["prefixes"], use_default_graph_as_union=True)
    return [solution["thing"].value for solution in found]  # type: ignore[union-attr]


Sent = dict[tuple[str, str], tuple[str, list[tuple[str, str]], bytes]]


def sent(server: OverHttp, paths: Sequence[str]) -> dict[str, Sent]:
    """Return what our server sends of each kind: path and Accept, or If-None-Match → status, headers, body."""
    found: dict[str, Sent] = {
        name: {(path, kind): server.response(path, {"Accept": kind}) for path in paths}
        for name, kind in FORMATS.items()
    }
    tags = [(path, dict(headers)["etag"]) for (path, _), (_, headers, _) in found["Turtle"].items()]
    found[UNCHANGED] = {
        (path, tag): server.response(path, {"Accept": FORMATS["Turtle"], "If-None-Match": tag}) for path, tag in tags
    }
    if any(not status.startswith("304") for status, _, _ in found[UNCHANGED].values()):
        raise EngineError("a document that the client has is sent again")
    return found


def asked(kind: str, answers: Sent) -> list[bytes]:
    """Return the requests of one kind."""
    if kind != UNCHANGED:
        return [request(path, {"Accept": accept}) for path, accept in answers]
    return [request(path, {"Accept": FORMATS["Turtle"], "If-None-Match": tag}) for path, tag in answers]


def constructs(path: str, things: Sequence[str]) -> list[bytes]:
    """Return the requests that ask a SPARQL endpoint for the statements about each thing."""
    query = "\n".join(
        line for line in (HERE / "statements.rq").read_text(encoding="utf-8").splitlines() if not line.startswith("#+")
    )
    texts = [with_bindings(query, {"thing": ox.NamedNode(thing)}) for thing in things]
    return [request(f"{path}?{urlencode({'query': text})}", {"Accept": "text/turtle"}) for text in texts]


@contextmanager
def all_loads(
    var: Path, work: Path, environment: Path | None
) -> Iterator[tuple[dict[str, dict[str, Load]], dict[str, Sent]]]:
    """Start every server; yield kind → server → load, and what ours sends."""
    things = persons(var)
    paths = [urlsplit(thing).path.replace("/id/", "/doc/", 1) for thing in things]
    loads: dict[str, dict[str, Load]] = defaultdict(dict)

    def add(kind: str, name: str, port: int, requests: Sequence[bytes]) -> None:
        file = work / f"{len(loads)}-{name}-{kind}.requests".replace(" ", "-").replace(",", "")
        file.write_bytes(b"".join(each + b"\0" for each in requests))
        loads[kind][name] = Load(port, file)

    with ExitStack() as stack:
        hot = stack.enter_context(ours(var))
        answers = sent(hot, paths)
        file = work / "sent.pickle"
        file.write_bytes(pickle.dumps({key: value for kind in answers.values() for key, value in kind.items()}))
        threads = threads_of(Settings())
        same = {"SAME_BYTES": str(file)}
        servers = {
            HOT: hot,
            UNCACHED: stack.enter_context(ours(var, METROPOLIS_KG_DOCUMENTS_MEGABYTES="0")),
            BARE: stack.enter_context(running_granian("same_bytes:bare", WORKERS, threads, same)),
            FLASK: stack.enter_context(running_granian("same_bytes:flask", WORKERS, threads, same)),
        }
        for kind, each in answers.items():
            for name, server in servers.items():
                add(kind, name, server.port, asked(kind, each))
        endpoints = {"oxigraph": stack.enter_context(oxigraph(var / "current" / "store"))}
        if environment:
            dataset = var / "current" / "dataset.nq"
            endpoints["rdflib-endpoint"] = stack.enter_context(rdflib_endpoint(dataset, environment))
        for name, endpoint in endpoints.items():
            add("Turtle", name, endpoint.port, constructs(endpoint.path, things))
        yield loads, answers


def run(var: Path, work: Path, environment: Path | None, seconds: float, rounds: int) -> None:
    """Start, measure, print. Raises EngineError."""
    manifest = json.loads((var / "current" / "manifest.json").read_text(encoding="utf-8"))
    show_machine(manifest["quads"], environment is not None)
    results: dict[tuple[str, str], list[Measured]] = defaultdict(list)
    order = random.Random(1)
    say("starting the servers")
    with all_loads(var, work, environment) as (loads, answers):
        turns = [(kind, name) for kind, servers in loads.items() for name in servers]
        for servers in loads.values():
            warm(servers[HOT])
        for number in range(rounds):
            say(f"round {number + 1} of {rounds}")
            for kind, name in order.sample(turns, len(turns)):
                results[kind, name].append(measure(loads[kind][name], seconds))
    show(loads, results, answers)


def show(
    loads: Mapping[str, Mapping[str, Load]],
    results: Mapping[tuple[str, str], list[Measured]],
    answers: Mapping[str, Sent],
) -> None:
    """Print rates and percentiles, then the ratios."""
    rates = {key: statistics.median(each.rate for each in measured) for key, measured in results.items()}
    late = {key: statistics.median(each.late for each in measured) for key, measured in results.items()}
    names = list(dict.fromkeys(name for servers in loads.values() for name in servers))
    print("Requests a second / 99th percentile in ms; medians of the rounds.\n")
    print("| | bytes |", " | ".join(names), "|\n" + "|---" * (len(names) + 2) + "|")
    for kind, servers in loads.items():
        size = statistics.median(len(body) for _, _, body in answers[kind].values())
        cells = [f"{rates[kind, name]:,.0f} / {short(late[kind, name])}" if name in servers else "" for name in names]
        print(f"| {kind} | {size:,.0f} |", " | ".join(cells), "|")
    for own in (HOT, UNCACHED):
        others = [name for name in names if name != own]
        print(f"\n{own[0].upper()}{own[1:]}, by rates.\n")
        print("| |", " | ".join(f"/ {name}" for name in others), "|\n" + "|---" * (len(others) + 1) + "|")
        for kind, servers in loads.items():
            ratios = [f"{rates[kind, own] / rates[kind, name]:.3g}" if name in servers else "" for name in others]
            print(f"| {kind} |", " | ".join(ratios), "|")


def show_machine(statements: int, rdflib: bool) -> None:
    """Print what was measured on what."""
    print(f"{statements:,} statements; {machine()}, granian {version('granian')}, Flask {version('flask')}", end=", ")
    print(f"pyoxigraph {version('pyoxigraph')}, oxigraph {version('oxigraph')}", end="")
    print(f", {', '.join(RDFLIB_ENDPOINT)}" if rdflib else "", end="; ")
    print(f"{WORKERS} workers, {CONNECTIONS} connections; {busy()}\n", flush=True)


def main() -> None:
    """Read the arguments and measure."""
    with chosen("documents.py", __doc__, seconds=3) as asked, tempfile.TemporaryDirectory() as files:
        built = release(asked.work / str(asked.tenures), asked.tenures)
        run(built, Path(files), asked.environment, asked.seconds, 1 if asked.quick else ROUNDS)


if __name__ == "__main__":
    main()
