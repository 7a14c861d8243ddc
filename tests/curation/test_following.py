"""Content that is examined again after each edit."""

import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from metropolis_kg.content import find_content
from metropolis_kg.curation.checking import Findings, examine
from metropolis_kg.curation.following import Following
from metropolis_kg.curation.report import Severity
from repository import Edit

PAGE = "data/pages/berlin-metropolis.ttl"


@pytest.fixture
def following(workspace: Path) -> Iterator[Following]:
    with Following(find_content(workspace), {}) as following:
        yield following


def told(found: Findings) -> dict[str, int | None]:
    return {each.code: each.line for each in found.diagnostics}


def test_after_each_edit_what_is_found_is_what_is_there(following: Following, workspace: Path, edit: Edit) -> None:
    before = told(following.examine())
    line = edit(PAGE, "org:role role:president ;", "org:role place:berlin ;")
    assert told(following.examine()) == before | {"Tenure-role-in-scheme": line}
    edit(PAGE, "org:role place:berlin ;", "org:role role:president")
    assert following.examine().report is None
    edit(PAGE, "org:role role:president\n", "org:role role:president ;\n")
    assert told(following.examine()) == before


EDITS = [
    ('"2017-11/2018-08"', '"2019-11/2020-08"'),
    ("mkg:startsAt 2668 ;", 'mkg:startsAt "02668"^^xsd:integer ;'),
    ("organisation:metropolis a mkg:CityNetwork ;", "organisation:metropolis a mkg:City ;"),
    ('mkg:startsAt "02668"^^xsd:integer ;', "mkg:startsAt 2668 ;"),
    ("    mkg:succeededBy tenure:governing-mayor-president-2018 ;\n", ""),
    ("organisation:metropolis a mkg:City ;", "organisation:metropolis a mkg:CityNetwork ;"),
]


def test_edit_after_edit_all_is_found_that_is_found_anew(following: Following, workspace: Path, edit: Edit) -> None:
    following.examine()
    for old, new in EDITS:
        edit(PAGE, old, new)
        found, anew = following.examine(), examine(find_content(workspace), {})
        assert found.diagnostics == anew.diagnostics
        assert found.report == anew.report
        assert len(anew.diagnostics) > 1


def test_a_rule_or_a_shape_that_was_edited_counts_too(following: Following, workspace: Path, edit: Edit) -> None:
    edit("queries/rules/unit-of-publisher.rq", "mkg:confidence mkg:Medium .", "mkg:confidence mkg:Bogus .")
    assert "InferredRelation-confidence" in told(following.examine())
    edit("queries/rules/unit-of-publisher.rq", "mkg:confidence mkg:Bogus .", "mkg:confidence mkg:Medium .")
    shapes = workspace / "shapes" / "tenure.ttl"
    text = shapes.read_text(encoding="utf-8")
    shapes.write_text(text.replace("sh:severity sh:Info ;", "sh:severity sh:Warning ;"), encoding="utf-8")
    (found,) = following.examine().diagnostics
    assert (found.code, found.severity) == ("Tenure-undated", Severity.WARNING)


def test_files_that_appear_change_and_go_are_noticed(following: Following, workspace: Path) -> None:
    states = [following.states()]
    path = workspace / "data" / "new.ttl"
    for step in (lambda: path.write_text("# new\n"), lambda: os.utime(path, (1, 1)), path.unlink):
        step()
        states.append(following.states())
    assert all(before != after for before, after in pairwise(states))
    assert states[0] == states[-1]
