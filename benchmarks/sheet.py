"""Writes the benchmark report: tables of figures and ratios in Markdown, and a chart of the ratios in SVG beside it.

A ratio says how many times as good ours is as another, so that 1 is even, and less than 1 is worse, whatever is
measured. The chart has a logarithmic axis of them.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from figures import OURS, Figure, Figures

TEMPLATES = Path(__file__).with_name("sheet")
COLUMNS = (
    OURS, "Oxigraph", "Virtuoso", "rdflib-endpoint", "Trifid", "bare load", "Jena", "pyrudof", "pySHACL",
    "Python itself",
)  # fmt: skip
PEERS = COLUMNS[1:5]
MAIN = 1_000_000
"""The summary is of the size that is next to so many statements."""

CHARTED = (
    ("start", "until the server answers", "server starts"),
    ("load", "time", "load"),
    ("document", "Turtle, hot", "document, Turtle, hot"),
    ("document", "Turtle, nothing kept", "document, Turtle, nothing kept"),
    ("document", "JSON-LD, nothing kept", "document, JSON-LD, nothing kept"),
    ("page", "a person, hot", "page, hot"),
    ("page", "a person, nothing kept", "page, nothing kept"),
    ("query", "what is said of one person", "query: one person"),
    ("query", "one claim with its evidence, CONSTRUCT", "query: one claim"),
    ("query", "what a page about an organisation shows", "query: a page's rows"),
    ("query", "who held a role on a day", "query: held on a day"),
    ("query", "tenures of each role, counted", "query: count"),
    ("query", "up to 100,000 rows, CSV", "query: 100,000 rows"),
    ("search", "a name", "search"),
    ("memory", "after all that was asked", "memory of the server"),
)
"""Part, what, and what the chart calls it."""

ROWS = (
    "--help", "until the server answers", "time", "peak memory", "on disk", "found, of 40", "Turtle, hot",
    "Turtle, nothing kept", "JSON-LD, hot", "JSON-LD, nothing kept", "a person, hot", "a person, nothing kept",
    "what is said of one person", "one claim with its evidence, CONSTRUCT", "what a page about an organisation shows",
    "who held a role on a day", "tenures of each role, counted", "up to 100,000 rows, CSV", "a name",
    "a misspelt name", "when it answers", "after all that was asked", "must", "should",
)  # fmt: skip
"""What was measured, in the order of the tables."""

LEFT, PANEL, GAP, TOP, ROW = 250, 220, 60, 92, 26
"""Pixels of the chart: the labels, a panel and the gap beside it, what is above the rows, and a row."""

LEAST, MOST = -2.0, 3.0
"""Decades of the axis; what lies outside is shown at its end."""


def write(figures: Figures, path: Path) -> None:
    """Write the report to ``path``, and the chart beside it."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        autoescape=select_autoescape(["svg.jinja"]), keep_trailing_newline=True,
    )  # fmt: skip
    chart = path.with_suffix(".svg")
    path.parent.mkdir(parents=True, exist_ok=True)
    chart.write_text(environment.get_template("chart.svg.jinja").render(drawn(figures)), encoding="utf-8")
    sheet = Sheet(figures)
    text = environment.get_template("report.md.jinja").render(
        sheet=sheet, runs=figures.runs, sizes=figures.sizes, in_order=figures.in_order, chart=chart.name,
        raw=figures.path.name if figures.path else path.with_suffix(".json").name, ours=OURS,
    )  # fmt: skip
    path.write_text(text, encoding="utf-8")


def factor(mine: Figure | None, other: Figure | None) -> float | None:
    """Return how many times as good the first is; none where there are not both, or no better and worse."""
    if not (mine and other and mine.value and other.value) or mine.unit.startswith(("of ", "found")):
        return None
    if (mine.over and other.over) or (mine.unit == "MB" and other.over):
        return None
    return other.value / mine.value if mine.less_is_better else mine.value / other.value


def short(value: float) -> str:
    """Return a number of three digits at most, or with none behind the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def bound(mine: Figure, other: Figure) -> str:
    """Return the sign of a ratio of which one side is worse than its value says: more, or less than so good."""
    return "" if mine.over == other.over else "> " if other.over else "< "


@dataclass(frozen=True)
class Compared:
    """How many times as good ours is as a peer in a measurement."""

    name: str
    peer: str
    ratio: float

    def __str__(self) -> str:
        """Return peer and ratio for people."""
        return f"{self.peer} {short(self.ratio)}×"


@dataclass(frozen=True)
class Grown:
    """A lookup in a small release and in a large one."""

    small: Figure
    large: Figure

    @property
    def cells(self) -> list[str]:
        """What, medians and 99th percentiles, and how much longer it takes in the large one."""
        figures = (self.small, self.large)
        times = [f"{short(each.value or 0)} / {short(each.late or 0)}" for each in figures]
        return [self.small.what, *times, f"{self.ratio:.2f}"]

    @property
    def ratio(self) -> float:
        """How many times as long."""
        return (self.large.value or 0) / (self.small.value or 1)


@dataclass
class Sheet:
    """What the template asks for: tables, and the notes that were made while these were written."""

    figures: Figures
    notes: list[str] = field(default_factory=list)

    def columns(self, part: str) -> list[str]:
        """Return who is in the table of a part."""
        of = {each.of for each in self.figures.figures if each.part == part}
        return [name for name in COLUMNS if name in of]

    def rows(self, part: str) -> Iterator[tuple[str, str, list[str]]]:
        """Yield what was measured, at which size, and a cell for each column."""
        columns = self.columns(part)
        seen = {each.what for each in self.figures.figures if each.part == part}
        for what in sorted(seen, key=lambda what: ROWS.index(what) if what in ROWS else len(ROWS)):
            for size in ["", *self.figures.in_order]:
                found = [self.figures.find(part, size, what, of) for of in columns]
                if any(found):
                    mine = found[columns.index(OURS)] if OURS in columns else None
                    unit = next((each.unit for each in found if each and each.unit), "")
                    yield _named(what, unit), size, [self._cell(mine, each) for each in found]

    def _cell(self, mine: Figure | None, figure: Figure | None) -> str:
        """Return the text of a cell: value, 99th percentile, and ratio, or a dash with a note."""
        if figure is None:
            return ""
        mark = self._mark(figure.why)
        if figure.value is None:
            return f"—{mark}"
        value = _value(figure, figure.value)
        late = f" / {short(figure.late)}" if figure.late is not None else ""
        if figure.of == OURS:
            return f"**{value}**{late}{mark}"
        ratio = factor(mine, figure)
        times = f" · {bound(mine, figure)}{short(ratio)}×" if mine and ratio is not None else ""
        return f"{value}{late}{times}{mark}"

    def _mark(self, why: str) -> str:
        if not why:
            return ""
        if why not in self.notes:
            self.notes.append(why)
        return f"[^{self.notes.index(why) + 1}]"

    @property
    def main(self) -> str:
        """The size of the summary."""
        sizes = self.figures.sizes
        return min(sizes, key=lambda size: abs(math.log(sizes[size] / MAIN)), default="")

    def compared(self, *, behind: bool) -> list[Compared]:
        """Return what ours is better at than a peer, or worse, at the size of the summary; the farthest first."""
        found = list[Compared]()
        for part, what, name in CHARTED:
            mine = self.figures.find(part, self.main, what, OURS)
            for peer in PEERS:
                ratio = factor(mine, self.figures.find(part, self.main, what, peer))
                if ratio is not None and (ratio < 1) == behind:
                    found.append(Compared(name, peer, ratio))
        return sorted(found, key=lambda each: each.ratio, reverse=not behind)

    def growth(self) -> Iterator[tuple[str, list[Grown]]]:
        """Yield the sizes that are compared, and the lookups in both."""
        for label in dict.fromkeys(each.size for each in self.figures.figures if each.part == "growth"):
            small, _, large = label.partition(" → ")
            names = dict.fromkeys(each.what for each in self.figures.figures if each.size == label)
            pairs = [
                (self.figures.find("growth", label, name, small), self.figures.find("growth", label, name, large))
                for name in names
            ]
            yield label, [Grown(one, two) for one, two in pairs if one and two]


def _value(figure: Figure, value: float) -> str:
    """Return a value as a cell shows it."""
    if figure.unit.startswith("of "):
        return f"{value:.0f} {figure.unit}" + (f" ({figure.not_asked} not asked)" if figure.not_asked else "")
    sign = "" if not figure.over else "> " if figure.less_is_better else "< "
    return f"{value:.0f}" if figure.unit == "found" else f"{sign}{short(value)}"


def _named(what: str, unit: str) -> str:
    """Return what was measured with its unit, where that is one."""
    return f"{what}, {unit}" if unit in ("s", "ms", "MB") else f"{what}, a second" if unit == "/s" else what


def drawn(figures: Figures) -> dict[str, Any]:
    """Return what the template of the chart shows."""
    labels = [
        (part, what, name) for part, what, name in CHARTED
        if any(factor(figures.find(part, size, what, OURS), figures.find(part, size, what, peer)) is not None
               for size in figures.sizes for peer in PEERS)
    ]  # fmt: skip
    panels = [
        {
            "x": LEFT + at * (PANEL + GAP),
            "title": f"{figures.sizes[size]:,} statements",
            "marks": list(_marks(figures, size, labels, LEFT + at * (PANEL + GAP))),
        }
        for at, size in enumerate(figures.in_order)
    ]
    ticks = [{"x": _across(decade), "label": f"{10.0**decade:g}"} for decade in range(int(LEAST), int(MOST) + 1)]
    return {
        "panels": panels,
        "rows": [{"y": TOP + at * ROW + ROW / 2, "label": name} for at, (_, _, name) in enumerate(labels)],
        "ticks": ticks,
        "peers": PEERS,
        "left": LEFT,
        "panel": PANEL,
        "top": TOP,
        "bottom": TOP + len(labels) * ROW,
        "width": LEFT + max(2, len(panels)) * (PANEL + GAP),
        "row": ROW,
    }


def _across(decade: float) -> float:
    """Return how far right in a panel a decade is."""
    return round((min(max(decade, LEAST), MOST) - LEAST) / (MOST - LEAST) * PANEL, 1)


def _marks(
    figures: Figures, size: str, labels: list[tuple[str, str, str]], left: float
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Yield a mark for each ratio of a size."""
    for at, (part, what, name) in enumerate(labels):
        mine = figures.find(part, size, what, OURS)
        for peer in PEERS:
            other = figures.find(part, size, what, peer)
            ratio = factor(mine, other)
            if ratio is not None and mine and other:
                yield {
                    "x": left + _across(math.log10(ratio)),
                    "y": TOP + at * ROW + ROW / 2,
                    "peer": peer,
                    "is_bound": other.over or mine.over,
                    "title": f"{name}, {peer}: {bound(mine, other)}{short(ratio)}",
                }
