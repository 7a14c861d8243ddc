"""Where very much may fail, some is judged at a time, and no more once enough stands against a release."""

from pathlib import Path

import pytest
from small_shapes import shapes_of, store_of

from metropolis_kg.curation import judging_parts, validation
from metropolis_kg.curation.report import Report
from metropolis_kg.curation.validation import judge_here, validate

SHAPE = """
    ex:S a sh:NodeShape ; sh:targetClass ex:Target ; sh:property ex:P .
    ex:P sh:path mkg:when ; sh:minCount 1 ; sh:severity sh:%s .
"""
THINGS = 30
DATA = "".join(f"ex:t{number:02} a ex:Target .\n" for number in range(THINGS))


def report(severity: str, root: Path) -> Report:
    return validate(store_of(DATA), shapes_of(SHAPE % severity, root), judge=judge_here)


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation, "MOST_AT_ONCE", THINGS - 1)
    for name, value in (("_OF_EACH", 10), ("_ENOUGH", 15), ("_LISTED", 20)):
        monkeypatch.setattr(judging_parts, name, value)


@pytest.mark.usefixtures("few_at_once")
def test_with_enough_violations_the_rest_is_only_counted(tmp_path: Path) -> None:
    found = report("Violation", tmp_path)
    assert [str(each.focus)[-4:-1] for each in found.results] == [f"t{number:02}" for number in range(20)]
    assert (found.coverage.judged, found.coverage.unjudged, found.coverage.unlisted) == (20, 10, 0)


@pytest.mark.usefixtures("few_at_once")
def test_where_nothing_stands_against_a_release_everything_is_judged_and_what_is_too_much_counted(
    tmp_path: Path,
) -> None:
    found = report("Warning", tmp_path)
    assert len(found.results) == 20
    assert (found.coverage.judged, found.coverage.unjudged, found.coverage.unlisted) == (THINGS, 0, 10)


def test_in_parts_as_much_is_found_as_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = report("Violation", tmp_path)
    monkeypatch.setattr(validation, "MOST_AT_ONCE", 0)
    monkeypatch.setattr(judging_parts, "_OF_EACH", 7)
    assert report("Violation", tmp_path) == at_once
    assert len(at_once.results) == THINGS
