"""The benchmark report is put together from what one or several runs measured, whole or cut off."""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from repository import REPOSITORY

SVG = "{http://www.w3.org/2000/svg}"
SIZES = {"10k": 10_021, "1M": 1_000_123, "10M": 10_000_456}
OURS = "metropolis-kg"


def figure(part: str, size: str, what: str, of: str, **more: Any) -> dict[str, Any]:
    """Return a figure as a run writes it."""
    return {"part": part, "size": size, "what": what, "of": of, "value": None, "run": 0} | more


def written(path: Path, *figures: dict[str, Any], sizes: dict[str, int] = SIZES) -> Path:
    """Write what a run measured."""
    run = {"command": f"report --json {path.name}", "began": "2026-01-01T00:00:00Z", "machine": "a machine",
           "commit": "abc", "versions": {"Oxigraph": "Oxigraph 9"}}  # fmt: skip
    path.write_text(json.dumps({"runs": [run], "sizes": sizes, "figures": figures}), encoding="utf-8")
    return path


def put_together(*sources: Path, output: Path) -> "subprocess.CompletedProcess[str]":
    """Run the command as users do."""
    script = REPOSITORY / "benchmarks" / "report.py"
    command = [sys.executable, script, "--from", *sources, "--output", output]
    return subprocess.run(command, capture_output=True, text=True, check=False)


FIRST = (
    figure("query", "1M", "a name", OURS, unit="ms", value=2.0, late=4.0),
    figure("query", "1M", "a name", "Oxigraph", unit="ms", value=0.5, late=1.0),
    figure("query", "1M", "a name", "rdflib-endpoint", unit="ms", value=30_000.0, over=True),
    figure("query", "1M", "a name", "Trifid", why="Trifid says no."),
    figure("document", "1M", "Turtle, hot", OURS, unit="/s", value=3_000.0),
    figure("document", "1M", "Turtle, hot", "Oxigraph", unit="/s", value=1_500.0),
    figure("load", "1M", "time", OURS, unit="s", value=8.0),
    figure("load", "1M", "time", "Oxigraph", unit="s", value=4.0),
    figure("growth", "1M → 10M", "point query", "1M", unit="ms", value=2.0, late=3.0),
    figure("growth", "1M → 10M", "point query", "10M", unit="ms", value=2.5, late=5.0),
    figure("doctor", "10k", "must", OURS, unit="of 44", value=44.0, not_asked=4),
)
CUT_OFF = (figure("load", "1M", "time", OURS, unit="s", value=99.0),)
LATER = (
    figure("document", "1M", "Turtle, hot", OURS, unit="/s", value=500.0),
    figure("document", "1M", "Turtle, hot", "Oxigraph", unit="/s", value=2_000.0),
)


@dataclass(frozen=True)
class Report:
    """What was written."""

    text: str
    chart: ElementTree.Element
    raw: dict[str, Any]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report of three runs, of which the second was cut off."""
    folder = tmp_path_factory.mktemp("report")
    runs = [
        written(folder / name, *figures)
        for name, figures in (("1.json", FIRST), ("2.json", CUT_OFF), ("3.json", LATER))
    ]
    done = put_together(*runs, output=folder / "all.md")
    assert done.returncode == 0, done.stderr
    chart = ElementTree.parse(folder / "all.svg").getroot()  # noqa: S314 # written by ourselves
    return Report(
        (folder / "all.md").read_text(encoding="utf-8"), chart, json.loads((folder / "all.json").read_bytes())
    )


def test_a_ratio_says_how_many_times_as_good_ours_is_whether_less_is_better_or_more(report: Report) -> None:
    assert "**2.00** / 4.00 | 0.50 / 1.00 · 0.25×" in report.text
    assert "**500** | 2,000 · 0.25×" in report.text


def test_who_was_ended_has_bounds_and_who_cannot_has_a_dash_with_the_reason(report: Report) -> None:
    assert "> 30,000 · > 15,000×" in report.text
    number = re.search(r"—\[\^(\d)\]", report.text)
    assert number is not None
    assert f"[^{number[1]}]: Trifid says no." in report.text


def test_all_of_a_part_comes_from_one_run_the_fullest_and_of_equal_ones_the_last(report: Report) -> None:
    assert "| time, s | 1M | **8.00** | 4.00 · 0.50× |" in report.text
    assert "99.0" not in report.text
    assert "3,000" not in report.text
    assert [run["command"][-6:] for run in report.raw["runs"]] == ["1.json", "2.json", "3.json"]
    assert {each["run"] for each in report.raw["figures"] if each["part"] == "document"} == {2}


def test_lookups_in_a_large_release_stand_beside_those_in_a_small_one(report: Report) -> None:
    assert "| | 1M | 10M | 10M / 1M |" in report.text
    assert "| point query | 2.00 / 3.00 | 2.50 / 5.00 | 1.25 |" in report.text


def test_the_score_of_the_doctor_says_what_could_not_be_asked(report: Report) -> None:
    assert "**44 of 44 (4 not asked)**" in report.text


def test_a_run_that_did_not_come_to_its_end_is_called_cut_off(report: Report) -> None:
    assert report.text.count(", cut off, commit abc") == 3


def test_the_chart_has_a_mark_for_each_ratio_a_title_and_a_description(report: Report) -> None:
    titles = [each.text for each in report.chart.iter(f"{SVG}title")]
    assert titles[1:] == ["load, Oxigraph: 0.50", "document, Turtle, hot, Oxigraph: 0.25"]
    assert report.chart.get("aria-labelledby") == "title desc"
    assert {each.get("id") for each in report.chart.iter() if each.get("id")} == {"title", "desc"}
    assert "![Dot chart: how many times as good" in report.text


def test_a_file_that_has_no_figures_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"runs": []}', encoding="utf-8")
    done = put_together(wrong, output=tmp_path / "all.md")
    assert done.returncode == 2
    assert f"{wrong} has no figures" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_figure_is_in_the_file_as_soon_as_it_is_there_and_in_the_place_of_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(REPOSITORY / "benchmarks")
    from figures import Figure, Figures, read  # type: ignore[import-not-found] # no package

    figures = Figures(path=tmp_path / "raw.json")
    first = Figure("load", "", "time", OURS, "s", 0.0)
    figures.add(first)
    assert read(figures.path).figures == [first]
    second = Figure("load", "", "time", OURS, "s", 2.0, over=True)
    figures.add(second)
    assert read(figures.path).figures == [second]
