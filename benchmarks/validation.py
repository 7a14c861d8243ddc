"""How long does validation take, and how much memory, beside pySHACL, pyrudof and Jena? Whole processes, in one run.

Each starts, reads the data (N-Triples) and the shapes (Turtle), validates, and writes its report. The data are of our
own domain and conform, but for forty known violations over every kind of constraint (``violations.py``); how many of
them a report has is told, and how many results it has that should not be there.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import pyoxigraph as ox

from machine import busy, machine, say
from processes import Limits, Run, timed
from validators import Validator, validators
from violations import Finding, findings, tenures_for, write_data

SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = 3
LONG = 60.0
"""Seconds; what takes longer is not measured again."""


@dataclass
class Outcome:
    """What came of a validator at one size."""

    runs: list[Run] = field(default_factory=list)
    missed: frozenset[Finding] = frozenset()
    unexpected: frozenset[Finding] = frozenset()

    @property
    def seconds(self) -> float:
        """The median."""
        return statistics.median(each.seconds for each in self.runs)

    @property
    def processors(self) -> float:
        """The median of what all processors spent, which tells more than the clock where others use the machine."""
        return statistics.median(each.processors for each in self.runs)

    @property
    def megabytes(self) -> float:
        """The most of all runs."""
        return max(each.megabytes for each in self.runs)

    @property
    def ended(self) -> bool:
        """True where a run did not come to its end, so that figures are lower bounds."""
        return any(each.ended for each in self.runs)

    @property
    def is_over(self) -> bool:
        """True where it has not to be measured again."""
        return any(each.ended or each.seconds > LONG for each in self.runs)


def take_turn(validator: Validator, outcome: Outcome, folder: Path, limit: float) -> None:
    """Run a validator once more, unless that takes too long. Raises CalledProcessError."""
    if outcome.is_over:
        return
    command = [part.format(data=folder / "data.nt", shapes=folder / "shapes.ttl") for part in validator.command]
    done = timed(command, Limits(limit), folder / f"{validator.name}.ttl")
    say(f"{validator.name}: {done.seconds:,.1f} s")
    outcome.runs.append(done)


def compared(report: Path, expected: frozenset[Finding]) -> tuple[frozenset[Finding], frozenset[Finding]]:
    """Return what a report misses, and what is in it that is not expected.

    Validators differ in whether a result that needs no value has one, so there it is left out.
    """
    plain = {finding[:3] for finding in expected if not finding[3]}
    found = frozenset(
        (*finding[:3], "" if finding[:3] in plain else finding[3])
        for finding in findings(ox.parse(path=report, format=ox.RdfFormat.TURTLE))
    )
    return expected - found, found - expected


def measure(folder: Path, triples: int, chosen: Sequence[Validator], limit: float) -> None:
    """Make the data, let the validators take turns, and print the table of one size."""
    folder.mkdir()
    say(f"making {triples:,} triples")
    made, expected = write_data(folder, tenures_for(triples))
    outcomes = {each: Outcome() for each in chosen}
    for _ in range(ROUNDS):
        for each, outcome in list(outcomes.items()):
            try:
                take_turn(each, outcome, folder, limit)
            except subprocess.CalledProcessError as error:
                if each.name == "ours":
                    raise
                say(f"{each.name} is left out, since it ended with status {error.returncode}")
                del outcomes[each]
    for each, outcome in outcomes.items():
        if not outcome.ended:
            outcome.missed, outcome.unexpected = compared(folder / f"{each.name}.ttl", expected)
            for finding in sorted(outcome.missed):
                say(f"{each.name} does not find {' '.join(finding)}")
    show(made, len(expected), outcomes)


def show(triples: int, violations: int, outcomes: Mapping[Validator, Outcome]) -> None:
    """Print one table; the first validator is the one that others are compared with."""
    mine = next(iter(outcomes.values()))
    print(f"\n{triples:,} triples, {violations} violations\n")
    print("| | seconds | of processors | peak MB | found | not expected | seconds / ours | MB / ours |")
    print("|---" * 8 + "|")
    for each, outcome in outcomes.items():
        least = "> " if outcome.ended else ""
        figures = [f"{outcome.seconds:,.1f}", f"{outcome.processors:,.1f}", f"{outcome.megabytes:,.0f}"]
        found = ["", ""] if outcome.ended else [violations - len(outcome.missed), len(outcome.unexpected)]
        ratios = [f"{outcome.seconds / mine.seconds:.3g}", f"{outcome.megabytes / mine.megabytes:.3g}"]
        measured = [least + figure for figure in figures], [least + ratio for ratio in ratios]
        print("|", " | ".join(map(str, (each.name, *measured[0], *found, *measured[1]))), "|")
    sys.stdout.flush()


def show_machine(chosen: Sequence[Validator]) -> None:
    """Print what was measured on what."""
    print(machine(), end="; ")
    print(", ".join(f"{each.name} {each.version}" for each in chosen), end="; ")
    print(f"pyoxigraph {version('pyoxigraph')}; {busy()}", flush=True)


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, epilog="Example: python benchmarks/validation.py --full")
    parser.add_argument("--full", action="store_true", help="a million triples too, and pySHACL at every size")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="triples, each from 7000 on")
    parser.add_argument("--without", nargs="+", default=[], metavar="NAME", help="validators to leave out, not ours")
    parser.add_argument("--limit", type=float, default=600, help="seconds after which a run is ended")
    arguments = parser.parse_args()
    sizes = arguments.sizes if arguments.full else arguments.sizes[:2]
    with tempfile.TemporaryDirectory() as folder:
        chosen = list(validators(Path(folder), arguments.without))
        show_machine(chosen)
        for size in sizes:
            quick = size > SIZES[0] and not arguments.full
            able = [each for each in chosen if not (quick and each.name == "pySHACL")]
            measure(Path(folder) / str(size), size, able, arguments.limit)


if __name__ == "__main__":
    main()
