"""How long does the new report take after one edited fact, beside validating everything again? One process, in one run.

The content is our own domain's (``generate.py``), with all that is derived from it. Each edit is made in one page as a
steward would make it; what it changes among the derived statements is applied to the validated data, and is then taken
back. Each report is compared with the one that validating everything gives.
"""

import argparse
import os
import platform
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pyoxigraph as ox

from generate import TENURES_PER_PAGE, generate
from metropolis_kg.content import Content
from metropolis_kg.curation.checking import derive
from metropolis_kg.curation.report import Report
from metropolis_kg.curation.revalidation import Revalidation
from metropolis_kg.curation.shapes import read_shapes
from metropolis_kg.curation.sources import read_dataset
from metropolis_kg.curation.validation import validate

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


def derived(root: Path) -> set[ox.Quad]:
    """Return all statements of a content, the derived ones among them."""
    content = Content(root)
    return set(derive(read_dataset(content), content))


def difference(root: Path, before: set[ox.Quad], edit: tuple[str, str]) -> tuple[set[ox.Quad], set[ox.Quad]]:
    """Return what an edit of the only page of a content adds and removes."""
    page = root / "data" / "pages" / "network-0.ttl"
    text = page.read_text(encoding="utf-8")
    edited = text.replace(*edit, 1)
    if edited == text:
        raise ValueError(f"the page does not say {edit[0]}")
    page.write_text(edited, encoding="utf-8")
    after = derived(root)
    page.write_text(text, encoding="utf-8")
    return after - before, before - after


def measure(tenures: int, rounds: int) -> None:
    """Print one table: a row an edit, medians over ``rounds``."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        generate(work / "page", min(tenures, TENURES_PER_PAGE))
        before = derived(work / "page")
        changes = {name: difference(work / "page", before, edit) for name, edit in EDITS.items()}
        generate(work / "content", tenures)
        content = Content(work / "content")
        store, shapes = derive(read_dataset(content), content), read_shapes(content)
        shutil.rmtree(work / "content")
    full, everything = timed(lambda: validate(store, shapes))
    with Revalidation(store, shapes) as following:
        rows = [row(following, store, name, changes[name], rounds) for name in EDITS]
        if following.report != full or following.report != validate(store, shapes):
            raise ValueError("the last report is not that of the whole")
    show(len(store), rounds, everything, rows)


def row(
    following: Revalidation, store: ox.Store, name: str, change: tuple[set[ox.Quad], set[ox.Quad]], rounds: int
) -> Timing:
    """Make an edit and take it back, ``rounds`` times."""
    added, removed = change
    if not all(quad in store for quad in removed):
        raise ValueError(f"{name}: the page alone has other derived statements than among all others")
    times, mended = [], []
    for _ in range(rounds):
        report, seconds = timed(lambda: following.apply(added, removed))
        times.append(seconds)
        mended.append(timed(lambda: following.apply(removed, added))[1])
    judged = report.coverage.judged or 0
    return Timing(name, statistics.median(times), statistics.median(mended), judged, len(report.results))


def show(statements: int, rounds: int, everything: float, rows: list[Timing]) -> None:
    """Print the result as a Markdown table."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    versions = ", ".join(f"{name} {version(name)}" for name in ("pyoxigraph", "pyshacl"))
    print(f"{statements:,} statements, median of {rounds}; {platform.machine()}, {os.cpu_count()} cores,", end=" ")
    print(f"Python {platform.python_version()}, {versions}; peak {peak:,.0f} MB, the content among it\n")
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
