"""Import a table of memberships with faults of ten kinds at known rows, and hold the account against what was made.

Every fault has to be reported by its row and its kind, and no other row; what was taken has to validate without a
warning, to build, and to be served. Exit status 1 where one of these does not hold.
"""

import argparse
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import textwrap
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from generate import generate, prologue

NETWORKS = 60
HEADER = ["Netzwerk", "Person", "Rolle", "von", "bis"]
ROLES = ("Mitglied", "Präsident", "Kopräsident")
FIRST = ("Ada", "Bo", "Carla", "Dînu", "Émile", "Françoise", "Gül", "Håkon", "Ilse", "Jörg")
LAST = ("Muster", "Beispiel", "Großmann", "Łukasz", "Núñez", "O'Neill", "Özdemir", "van der Berg", "Weiß", "Žižek")
OPEN = ("seit {year}", "")

CANNOT = 2
"""The exit status of a command that could not do what it was asked to."""

Row = list[str]
FAULTS: dict[str, Callable[[Row, random.Random], Row]] = {
    "row-time-reversed": lambda row, _: [*row[:3], "2016", "2012"],
    "row-time-no-month": lambda row, _: [*row[:3], "2012-13-01", ""],
    "row-time-no-day": lambda row, _: [*row[:3], "31.02.2015", ""],
    "row-time-meant-both": lambda row, _: [*row[:3], "2012-2016 - X", ""],
    "row-time-unreadable": lambda row, _: [*row[:3], row[3], "07"],
    "row-stray-blank": lambda row, _: [*row[:4], "ES "],
    "row-name-unknown": lambda row, r: [f"Bund der Städte, Gruppe {r.randrange(1000)}", *row[1:]],
    "row-name-ambiguous": lambda row, _: ["Doppelnetz", *row[1:]],
    "row-cells": lambda row, _: row[:-1],
    "row-key-twice": lambda row, _: row,
}
"""Kind of fault → what makes it of a good row. A key that stands twice is made where the row goes in."""


@dataclass
class Made:
    """A table, and what is wrong with it."""

    table: Path
    root: Path
    rows: int
    faults: dict[int, str] = field(default_factory=dict)
    """Row (RFC 7111) → kind of fault."""


def make(folder: Path, memberships: int, share: float = 0.05, seed: int = 1) -> Made:
    """Write content with the networks, and a table of that many memberships with its mapping, below ``folder``."""
    root, random_ = folder / "root", random.Random(seed)
    generate(root, 0)
    (root / "data" / "enrichment").mkdir()
    (root / "data" / "enrichment" / "networks.ttl").write_text(networks(), encoding="utf-8")
    made = Made(folder / "memberships.csv", root, memberships)
    kinds = [kind for kind in FAULTS for _ in range(round(memberships * share / len(FAULTS)))]
    at = sorted(random_.sample(range(10, memberships), len(kinds)))
    random_.shuffle(kinds)
    planned, written = dict(zip(at, kinds, strict=True)), list[Row]()
    for number, row in enumerate(good_rows(memberships, random_)):
        kind = planned.get(number)
        if kind:
            made.faults[number + 2] = kind
            row = twice(written, made) if kind == "row-key-twice" else FAULTS[kind](row, random_)
        written.append(row)
    with made.table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";", lineterminator="\r\n").writerows([HEADER, *written])
    metadata = json.dumps(mapping(), ensure_ascii=False, indent=2)
    made.table.with_name(made.table.name + "-metadata.json").write_text(metadata + "\n", encoding="utf-8")
    return made


def twice(written: list[Row], made: Made) -> Row:
    """Return the key of the last good row with another end."""
    last = next(number for number in reversed(range(len(written))) if number + 2 not in made.faults)
    return [*written[last][:4], "2020"]


def good_rows(count: int, random_: random.Random) -> Iterator[Row]:
    """Yield rows that can be taken, each of its own key, with times in all the ways in which tables have them."""
    for number in range(count):
        network, person = number % NETWORKS, number // 3
        name = f"{FIRST[person % 10]} {LAST[person // 10 % 10]} {person}"
        yield [f"Netzwerk {network}", name, ROLES[number % 3], *times(random_)]


def times(random_: random.Random) -> tuple[str, str]:
    """Return a beginning and an end."""
    year, month, day = random_.randint(1960, 2015), random_.randint(1, 12), random_.choice((1, 15))
    end = str(year + random_.randint(1, 9))
    return random_.choice([
        (str(year), end), (f"{year}-{month:02}", end), (f"{day}.{month}.{year}", f"31.12.{end}"), (f"ca. {year}", end),
        (f"seit {year}", ""), (f"Mai {year}", f"Juni {end}"), (str(year), "heute"), (f"{year}?", end), ("", end),
    ])  # fmt: skip


def networks() -> str:
    """Return the networks as Turtle; two have a further name in common."""
    head = """
graph:networks a mkg:EnrichmentGraph ;
    dct:title "Netzwerke"@de, "Networks"@en ;
    dct:license <https://creativecommons.org/licenses/by/4.0/> ;
    dct:rightsHolder organisation:metropolis-kg-maintainers ;
    schema:creditText "Erzeugte Daten."@de, "Generated data."@en ;
    mkg:source source:networks .
source:networks a mkg:Source ;
    dct:title "Liste der Netzwerke"@de, "List of the networks"@en .
"""
    each = "".join(
        f'organisation:network-{number} a mkg:CityNetwork ; '
        f'skos:prefLabel "Netzwerk {number}"@de, "Network {number}"@en .\n'
        for number in range(NETWORKS)
    )  # fmt: skip
    double = 'organisation:network-0 skos:altLabel "Doppelnetz"@de, "Twin network"@en .\n'
    return prologue() + head + each + double + double.replace("network-0", "network-1")


def mapping() -> dict[str, object]:
    """Return the mapping of the table."""

    def both(german: str, english: str) -> list[dict[str, str]]:
        return [{"@value": german, "@language": "de"}, {"@value": english, "@language": "en"}]

    maintainers = {"@id": "organisation:metropolis-kg-maintainers"}
    columns: list[dict[str, object]] = [
        {"name": "network", "titles": "Netzwerk", "propertyUrl": "org:organization"},
        {"name": "holder", "titles": "Person", "propertyUrl": "org:member"},
        {"name": "role", "titles": "Rolle", "propertyUrl": "org:role"},
        {"name": "start", "titles": "von", "propertyUrl": "schema:startDate"},
        {"name": "end", "titles": "bis", "propertyUrl": "schema:endDate"},
        {"name": "kind", "virtual": True, "propertyUrl": "rdf:type", "valueUrl": "mkg:Tenure"},
        {"name": "made", "virtual": True, "aboutUrl": "{holder}", "propertyUrl": "rdf:type", "valueUrl": "mkg:Person"},
    ]
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "de"}],
        "url": "memberships.csv",
        "dc:title": both("Mitgliedschaften", "Memberships"),
        "schema:url": {"@id": "https://example.org/memberships.csv"},
        "dc:language": {"@id": "eulang:DEU"},
        "dc:license": {"@id": "https://creativecommons.org/licenses/by/4.0/"},
        "dc:rightsHolder": maintainers,
        "schema:creditText": both("Erzeugte Daten.", "Generated data."),
        "mkg:observedNotBefore": "2026-11-01",
        "mkg:observedNotAfter": "2026-11-26",
        "mkg:windowBasis": both("erzeugt", "generated"),
        "dialect": {"delimiter": ";"},
        "tableSchema": {"primaryKey": ["network", "holder", "role", "start"], "columns": columns},
    }


# The run


def command(root: Path, *arguments: str) -> tuple[int, str, float, float]:
    """Run ``metropolis-kg``; return its exit status, what it printed, seconds, and seconds of processor time."""
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    line = [str(Path(sys.executable).with_name("metropolis-kg")), "--root", str(root), "--var", str(root / "var")]
    done = subprocess.run([*line, *arguments], capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.returncode, done.stdout + done.stderr, time.perf_counter() - begun, used


def held(made: Made, account: dict[str, object], validated: tuple[int, str], served: int) -> Iterator[tuple[str, bool]]:
    """Yield each thing that has to hold, and whether it does."""
    reported = {each["number"]: each["problems"][0]["code"] for each in account["rejected"]}  # type: ignore[attr-defined] # as JSON
    claims = made.rows - len(made.faults)
    yield (
        f"{made.rows:,} rows = {account['claims']:,} claims + {account['reported']:,} reported",
        (account["rows"] == made.rows and account["claims"] == claims and account["reported"] == len(made.faults)),
    )
    yield "every fault is named by its row and its kind, and no other row", reported == made.faults
    yield "no violation and no warning", validated[0] == 0 and "0 violations, 0 warnings" in validated[1]
    yield f"{served:,} tenures are served", served == claims


def count_served(root: Path, port: int) -> int:
    """Serve the release and return how many tenures it answers with."""
    line = [str(Path(sys.executable).with_name("metropolis-kg")), "--root", str(root), "--var", str(root / "var")]
    server = subprocess.Popen(
        [*line, "serve", "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    )
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?t a mkg:Tenure ; mkg:evidence/mkg:row ?row }"
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}/sparql", query.encode(),
        {"Content-Type": "application/sparql-query", "Accept": "application/sparql-results+json"},
    )  # fmt: skip
    try:
        for _ in range(100):
            try:
                with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - on this machine
                    return int(json.load(answer)["results"]["bindings"][0]["n"]["value"])
            except OSError:
                time.sleep(0.2)
        return 0
    finally:
        server.terminate()
        server.wait()


def run(folder: Path, memberships: int, port: int) -> bool:
    """Make, import, validate, build and serve; print what was found, and return whether all of it holds."""
    made = make(folder, memberships)
    kinds = Counter(made.faults.values())
    print(f"{made.rows:,} memberships in {NETWORKS} networks; {len(made.faults):,} faults:")
    print(textwrap.fill(", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())), 100))
    account_file = folder / "account.json"
    timed = {
        "import": command(made.root, "import", str(made.table), "--format", f"json={account_file}", "--lang", "en")
    }
    timed["validate"] = command(made.root, "validate", "--lang", "en", "--sources", str(folder))
    timed["build"] = command(made.root, "build", "--lang", "en", "--base", f"http://127.0.0.1:{port}/")
    for name, (status, printed, seconds, used) in timed.items():
        print(f"{name:9} {seconds:6.1f} s, {used:6.1f} s of processor time, exit status {status}")
        if status == CANNOT:
            sys.exit(printed)
    account = json.loads(account_file.read_text(encoding="utf-8"))
    found = list(held(made, account, timed["validate"][:2], count_served(made.root, port)))
    for what, is_so in found:
        print(f"{'yes' if is_so else 'NO':4} {what}")
    return all(is_so for _, is_so in found)


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog="Example: python benchmarks/importing.py --memberships 20000"
    )
    parser.add_argument("--memberships", type=int, default=20_000)
    parser.add_argument("--port", type=int, default=8123, help="to serve at, on 127.0.0.1")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(0 if run(Path(folder), arguments.memberships, arguments.port) else 1)


if __name__ == "__main__":
    main()
