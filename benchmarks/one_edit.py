"""How long does the new report take after one edited fact, beside validating everything again? One process, in one run.

The content is our own domain's (``generate.py``), with all that is derived from it. Each edit is made in one page as a
steward would make it, and then taken back; timed is what follows: deriving again what the edit can affect, and judging
again what that can affect. The last report is compared with the one that validating everything gives.
"""

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pyoxigraph as ox

from generate import generate
from machine import machine
from metropolis_kg.content import Content
from metropolis_kg.curation.rederiving import Rederivation
from metropolis_kg.curation.report import Report
from metropolis_kg.curation.revalidation import Revalidation
from metropolis_kg.curation.rules import read_rules
from metropolis_kg.curation.shapes import read_shapes
from metropolis_kg.curation.sources import graph_name, read_dataset
from metropolis_kg.curation.validation import validate
from metropolis_kg.model.namespaces import CANONICAL_BASE

EDITS = {
    "a quote loses its language": ('in der Rolle co-president."@de', 'in der Rolle co-president."'),
    "a time that ends before it begins": ('"1996/1997"^^edtf:EDTF', '"1997/1996"^^edtf:EDTF'),
    "a role that is in no scheme": ("org:role role:co-president ;", "org:role role:treasurer ;"),
    "a reference to evidence that is not there": (
        "mkg:evidence evidence:network-0-7 .",
        "mkg:evidence evidence:none .",
    ),
    "a name in another spelling": ('foaf:name "Person network-0-7"@de', 'foaf:name "Person 7"@de'),
}
"""What a page says, and what it says after the edit; the first place in the page is edited."""


@dataclass(frozen=True)
class Timing:
    """Seconds until the report after an edit and after it was taken back, focus nodes judged, and results."""

    edit: str
    seconds: float
    mended: float
    judged: int
    results: int


def timed(action: Callable[[], Report]) -> tuple[Report, float]:
    """Return a report, and how many seconds it took."""
    start = time.monotonic()
    report = action()
    return report, time.monotonic() - start


def written(page: Path, edit: tuple[str, str]) -> tuple[set[ox.Quad], set[ox.Quad]]:
    """Return the statements that an edit of a page adds to what stewards wrote, and those that it removes."""
    text = page.read_text(encoding="utf-8")
    edited = text.replace(*edit, 1)
    if edited == text:
        raise ValueError(f"the page does not say {edit[0]}")
    graph = graph_name(page, CANONICAL_BASE)
    then, now = (
        {ox.Quad(s, p, o, graph) for s, p, o, _ in ox.parse(each, format=ox.RdfFormat.TURTLE)}
        for each in (text, edited)
    )
    return now - then, then - now


def measure(tenures: int, rounds: int) -> None:
    """Print one table: a row an edit, medians over ``rounds``."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        generate(root, tenures)
        content = Content(root)
        edits = {name: written(root / "data" / "pages" / "network-0.ttl", edit) for name, edit in EDITS.items()}
        dataset, rules, shapes = read_dataset(content), read_rules(content), read_shapes(content)
    store = ox.Store()
    store.bulk_extend(dataset.quads())
    deriving = Rederivation(store, rules, dataset.prefixes, dataset.base)
    del dataset
    full, everything = timed(lambda: validate(store, shapes))
    with Revalidation(store, shapes) as following:
        rows = [row(deriving, following, name, edits[name], rounds) for name in EDITS]
        if following.report != full or following.report != validate(store, shapes):
            raise ValueError("the last report is not that of the whole")
    show(len(store), rounds, everything, rows)


def row(
    deriving: Rederivation,
    following: Revalidation,
    name: str,
    edit: tuple[set[ox.Quad], set[ox.Quad]],
    rounds: int,
) -> Timing:
    """Make an edit and take it back, ``rounds`` times: derive again, then judge again."""
    added, removed = edit
    times, mended = [], []
    for _ in range(rounds):
        report, seconds = timed(lambda: following.apply(*deriving.consequences(added, removed)))
        times.append(seconds)
        mended.append(timed(lambda: following.apply(*deriving.consequences(removed, added)))[1])
    judged = report.coverage.judged or 0
    return Timing(name, statistics.median(times), statistics.median(mended), judged, len(report.results))


def show(statements: int, rounds: int, everything: float, rows: list[Timing]) -> None:
    """Print the result as a Markdown table."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    versions = ", ".join(f"{name} {version(name)}" for name in ("pyoxigraph", "pyshacl"))
    print(f"{statements:,} statements, median of {rounds}; {machine()}", end=", ")
    print(f"{versions}; peak {peak:,.0f} MB, the content among it\n")
    print("| edit | results | judged | new report, s | taken back, s | ratio |\n|---|---|---|---|---|---|")
    for each in rows:
        numbers = f"{each.results} | {each.judged} | {each.seconds:.2f} | {each.mended:.2f}"
        print(f"| {each.edit} | {numbers} | 1 : {everything / each.seconds:.0f} |")
    print(f"| none: everything validated | 0 | – | {everything:.1f} | – | 1 |")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, epilog="Example: python benchmarks/one_edit.py --rounds 3")
    parser.add_argument("--tenures", type=int, default=20_000, help="size of the content (20000: a million statements)")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    measure(arguments.tenures, arguments.rounds)


if __name__ == "__main__":
    main()
