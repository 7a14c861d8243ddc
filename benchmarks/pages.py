"""How long until the first byte of a page comes, and of a search, beside that of a bare document?

Of a release of content that ``generate.py`` makes, while no response is kept: for some persons in turns, over a new
connection each time, the document in Turtle, its page, and searches for the person; between them the pages that tell of
the whole release. What a process of the server reads once for a release it has read before the measuring begins; how
long the very first request takes for it is printed apart.
"""

import argparse
import http.client
import json
import statistics
import tempfile
import time
from pathlib import Path

from documents import persons
from engines import EngineError, OverHttp, ours
from machine import machine, say
from queries import release

DOCUMENT = "a document in Turtle"
PERSONS, WARMING = 50, 12


def addresses(slug: str) -> dict[str, tuple[str, str]]:
    """Return what is asked for, by its name → address and Accept."""
    words = slug.replace("-", "+")
    return {
        DOCUMENT: (f"/doc/person/{slug}", "text/turtle"),
        "its page": (f"/doc/person/{slug}", "text/html"),
        "its page as of a day": (f"/doc/person/{slug}?at=2018-03-15", "text/html"),
        "what is around it": (f"/neighbourhood/person/{slug}", "text/html"),
        "how to cite it": (f"/cite/person/{slug}", "text/html"),
        "/search, a page": (f"/search?q=Person+{words}", "text/html"),
        "/search, JSON": (f"/search?q=Person+{words}", "application/json"),
        "/search, misspelt, a page": (f"/search?q=Pesron+{words}", "text/html"),
        "/search/suggest": (f"/search/suggest?q=Person+{words}", "*/*"),
        "the start page": ("/", "text/html"),
        "all things": ("/search", "text/html"),
        "/sources": ("/sources", "text/html"),
        "/map": ("/map", "text/html"),
        "what held on a day": ("/at/2018-03-15", "text/html"),
    }


def first_byte(server: OverHttp, path: str, accept: str) -> float:
    """Return the milliseconds until the first byte of the body has come. Raises EngineError where it is no 200."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    connection.connect()
    began = time.perf_counter()
    connection.request("GET", path, headers={"Accept": accept})
    response = connection.getresponse()
    response.read(1)
    taken = (time.perf_counter() - began) * 1000
    connection.close()
    if response.status != 200:
        raise EngineError(f"{response.status} for {path}")
    return taken


def measure(var: Path, rounds: int) -> tuple[dict[str, float], dict[str, list[float]]]:
    """Return what is asked for → milliseconds of its first request, and of those after it. Raises EngineError."""
    slugs = [thing.rpartition("/")[2] for thing in persons(var)[:PERSONS]]
    first: dict[str, float] = {}
    taken: dict[str, list[float]] = {}
    with ours(var, METROPOLIS_KG_DOCUMENTS_MEGABYTES="0") as server:
        for name, (path, accept) in addresses(slugs[-1]).items():
            first[name], *_ = [first_byte(server, path, accept) for _ in range(WARMING)]
        for number in range(rounds):
            say(f"round {number + 1} of {rounds}")
            for slug in slugs:
                for name, (path, accept) in addresses(slug).items():
                    taken.setdefault(name, []).append(first_byte(server, path, accept))
    return first, taken


def show(var: Path, first: dict[str, float], taken: dict[str, list[float]]) -> None:
    """Print a row for each page, beside the document."""
    quads = json.loads((var / "current" / "manifest.json").read_text(encoding="utf-8"))["quads"]
    bare = statistics.median(taken[DOCUMENT])
    print(f"{quads:,} statements, {len(taken[DOCUMENT])} requests each, nothing kept; {machine()}.\n")
    print("| | median ms | 99th percentile | / the document | first request, ms |\n|---|---|---|---|---|")
    for name, times in taken.items():
        median, late = statistics.median(times), statistics.quantiles(times, n=100)[-1]
        print(f"| {name} | {median:.1f} | {late:.1f} | {median / bare:.2f} | {first[name]:.0f} |")


def main() -> None:
    """Read the arguments and measure."""
    example = "Example: python benchmarks/pages.py --tenures 20000"
    parser = argparse.ArgumentParser(description=__doc__, epilog=example)
    parser.add_argument("--tenures", type=int, default=20_000, help="size of the release (20000: a million statements)")
    parser.add_argument("--work", type=Path, help="folder that keeps the release; without, it is made and removed")
    parser.add_argument("--rounds", type=int, default=3, help="requests of each kind for each person")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = arguments.work or Path(folder)
        var = release(work / str(arguments.tenures), arguments.tenures)
        show(var, *measure(var, arguments.rounds))


if __name__ == "__main__":
    main()
