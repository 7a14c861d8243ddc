"""The raw figures of a benchmark report: each is written to a file of JSON as soon as it is there.

A report can be put together from the files of several runs. What is compared was measured side by side: all figures of
a part at one size come from one run, the one that has most of them, and of equal ones the last.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

OURS = "metropolis-kg"


_ALWAYS = ("part", "size", "what", "of", "value", "run")
"""What is written of a figure even if it is empty."""


@dataclass(frozen=True)
class Figure:
    """One figure: what was measured in a part, at a size, of whom."""

    part: str
    size: str
    """Such as ``10k``; empty where the size does not matter."""

    what: str
    of: str
    unit: str = ""
    """``ms``, ``s`` and ``MB`` are better where they are less, anything else where it is more."""

    value: float | None = None
    over: bool = False
    """Whether it was ended at its limit, so that ``value`` is a lower bound."""

    late: float | None = None
    """The 99th percentile, in milliseconds."""

    not_asked: int = 0
    """Of the doctor: how much could not be asked."""

    why: str = ""
    """Why there is no value, or what has to be known of it."""

    run: int = 0
    """Which of the runs it comes from."""

    @property
    def less_is_better(self) -> bool:
        """Whether a lower value is the better one."""
        return self.unit in ("ms", "s", "MB")


@dataclass
class Figures:
    """What one or more runs measured. A run tells its command, when it was, the machine, and versions."""

    runs: list[dict[str, Any]] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)
    """Statements of each size."""

    figures: list[Figure] = field(default_factory=list)
    path: Path | None = None

    def add(self, figure: Figure) -> None:
        """Add a figure, in the place of the one before, and write all of them."""
        self.figures = [each for each in self.figures if _place(each) != _place(figure)]
        self.figures.append(figure)
        self.write()

    def write(self) -> None:
        """Write the file, so that it is whole at any time."""
        if self.path:
            told = {"runs": self.runs, "sizes": self.sizes, "figures": [_plain(each) for each in self.figures]}
            self.path.parent.mkdir(parents=True, exist_ok=True)
            beside = self.path.with_name(f"{self.path.name}.new")
            beside.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            beside.replace(self.path)

    def find(self, part: str, size: str, what: str, of: str) -> Figure | None:
        """Return a figure; none where it was not measured."""
        wanted = (part, size, what, of)
        return next((each for each in self.figures if _place(each) == wanted), None)

    @property
    def in_order(self) -> list[str]:
        """The sizes, from the smallest on."""
        return sorted(self.sizes, key=self.sizes.__getitem__)


def _place(figure: Figure) -> tuple[str, str, str, str]:
    return figure.part, figure.size, figure.what, figure.of


def _plain(figure: Figure) -> dict[str, Any]:
    return {name: value for name, value in asdict(figure).items() if value or name in _ALWAYS}


def read(path: Path) -> Figures:
    """Return what a file has. Raises ValueError that names the file where it is no file of figures."""
    try:
        told = json.loads(path.read_bytes())
        return Figures(told["runs"], told["sizes"], [Figure(**each) for each in told["figures"]])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} has no figures of benchmarks/report.py: {error!r}") from error


def together(several: Sequence[Figures]) -> Figures:
    """Return the figures of several files as one."""
    found, chosen = Figures(), dict[tuple[str, str], list[Figure]]()
    for each in several:
        first = len(found.runs)
        found.runs += each.runs
        found.sizes |= each.sizes
        for group in _groups(each.figures):
            key = group[0].part, group[0].size
            if len(group) >= len(chosen.get(key, ())):
                chosen[key] = [replace(figure, run=first + figure.run) for figure in group]
    found.figures = [figure for group in chosen.values() for figure in group]
    return found


def _groups(figures: Iterable[Figure]) -> Iterable[list[Figure]]:
    groups: dict[tuple[str, str, int], list[Figure]] = {}
    for figure in figures:
        groups.setdefault((figure.part, figure.size, figure.run), []).append(figure)
    return groups.values()
