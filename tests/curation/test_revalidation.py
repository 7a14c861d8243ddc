"""After each edit the report is the one that validating everything gives."""

from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes_of_each_kind import CONSTRAINTS, QUERIES, QUICK, TARGETS, shapes_graph, statements, with_query
from small_shapes import PROLOGUE, shapes_of, store_of

from metropolis_kg.curation.judge import ValidationError, judge_each, judge_here
from metropolis_kg.curation.report import Report, Severity
from metropolis_kg.curation.revalidation import Revalidation
from metropolis_kg.curation.validation import validate
from metropolis_kg.model.shapes import ShapesGraph

pytestmark = pytest.mark.filterwarnings("ignore::pyshacl.errors.ShapeRecursionWarning")
FEW = settings(QUICK, max_examples=4)
Edit = tuple[list[ox.Quad], list[ox.Quad]]
Drawn = tuple[list[ox.Quad], list[int]]
DATED = """
ex:S sh:targetClass ex:C ; sh:property ex:P , ex:Q .
ex:P sh:path ex:start ; sh:lessThanOrEquals ex:end .
ex:Q sh:path ex:in ; sh:severity sh:Warning ; sh:class ex:Network .
"""


def quads(data: str) -> list[ox.Quad]:
    """Return statements written in TriG."""
    return list(ox.parse(PROLOGUE + data, format=ox.RdfFormat.TRIG))


def plain(store: ox.Store, shapes: ShapesGraph) -> Report | None:
    """Return the report of pySHACL on everything; none where it fails."""
    try:
        return validate(store, shapes, screened=False, judge=judge_here)
    except ValidationError:
        return None


def check(shapes: ShapesGraph, start: list[ox.Quad], edits: list[Edit]) -> None:
    """Compare the reports after each edit."""
    store = ox.Store()
    store.extend(start)
    expected = plain(store, shapes)
    if expected is None:
        return
    following = Revalidation(store, shapes, judge=judge_each)
    assert following.report == expected
    for added, removed in edits:
        expected = plain(edited(store, added, removed), shapes)
        if expected is None:
            with pytest.raises(ValidationError):
                following.apply(added, removed)
        else:
            assert following.apply(added, removed) == expected


def edited(store: ox.Store, added: list[ox.Quad], removed: list[ox.Quad]) -> ox.Store:
    """Return what a store holds after an edit."""
    after = ox.Store()
    after.extend(quad for quad in store if quad not in removed)
    after.extend(added)
    return after


EDIT = st.tuples(st.lists(statements(), max_size=2), st.lists(st.integers(0, 30), max_size=2))


def edits(start: list[ox.Quad], drawn: list[Drawn]) -> list[Edit]:
    """Return the edits drawn: statements to add, and statements of the start to remove."""
    return [(added, [start[number % len(start)] for number in removed]) for added, removed in drawn]


@pytest.mark.parametrize("kind", CONSTRAINTS)
@FEW
@given(start=st.lists(statements(), min_size=20, max_size=40), drawn=st.lists(EDIT, min_size=3, max_size=3))
def test_the_report_after_edits_is_that_of_plain_pyshacl_for_each_constraint(
    kind: str, start: list[ox.Quad], drawn: list[Drawn]
) -> None:
    check(shapes_graph(CONSTRAINTS[kind] + TARGETS["class"]), start, edits(start, drawn))


@pytest.mark.parametrize("kind", QUERIES)
@FEW
@given(start=st.lists(statements(), min_size=20, max_size=40), drawn=st.lists(EDIT, min_size=3, max_size=3))
def test_the_report_after_edits_is_that_of_plain_pyshacl_for_each_query(
    kind: str, start: list[ox.Quad], drawn: list[Drawn]
) -> None:
    check(shapes_graph(with_query(QUERIES[kind]) + TARGETS["class"]), start, edits(start, drawn))


@pytest.mark.parametrize("target", TARGETS)
@FEW
@given(start=st.lists(statements(), min_size=10, max_size=30), drawn=st.lists(EDIT, min_size=3, max_size=3))
def test_nodes_become_focus_nodes_and_are_ones_no_more(target: str, start: list[ox.Quad], drawn: list[Drawn]) -> None:
    check(shapes_graph(CONSTRAINTS["values written out"] + TARGETS[target]), start, edits(start, drawn))


# How little is judged again


def test_an_edit_is_judged_where_it_matters_and_nowhere_else(tmp_path: Path) -> None:
    start = "ex:n a ex:Network . " + "".join(
        f"ex:t{number} a ex:C ; ex:in ex:n ; ex:start 1 . " for number in range(99)
    )
    with Revalidation(store_of(start), shapes_of(DATED, tmp_path), judge=judge_each) as following:
        report = following.apply(quads("ex:t7 ex:end 0 ."))
        assert (report.coverage.judged, report.counts[Severity.VIOLATION]) == (1, 1)
        assert following.apply(quads("ex:t7 ex:other 0 . ex:other ex:in ex:t7 .")).coverage.judged == 0
        assert following.apply(quads("ex:t7 ex:in ex:n2 .")).counts[Severity.WARNING] == 1
        assert following.apply(quads("ex:n2 a ex:Network .")).counts[Severity.WARNING] == 0
        assert following.apply(removed=quads("ex:t7 ex:end 0 .")).conforms_to_shacl


def test_an_edit_that_concerns_many_is_screened_first(tmp_path: Path) -> None:
    start = "ex:n a ex:Network . " + "".join(f"ex:t{number} a ex:C ; ex:in ex:n . " for number in range(99))
    with Revalidation(store_of(start), shapes_of(DATED, tmp_path), judge=judge_each) as following:
        report = following.apply(removed=quads("ex:n a ex:Network ."))
        assert (report.coverage.judged, report.counts[Severity.WARNING]) == (99, 99)
        report = following.apply(quads("ex:n a ex:Network ."))
        assert (report.coverage.judged, report.counts[Severity.WARNING]) == (0, 0)


@pytest.mark.parametrize(
    ("pattern", "edit"),
    [
        ("FILTER EXISTS { ?x ex:p ?y . ?y ex:q 2 }", "ex:v ex:q 2 ."),
        ("FILTER EXISTS { ?x ex:p ?y . ?y ex:q 2 }", "ex:w ex:p ex:two ."),
        ("FILTER EXISTS { ex:u ex:p/ex:q 2 }", "ex:v ex:q 2 ."),
    ],
)
def test_an_edit_elsewhere_reaches_the_focus_nodes_that_look_there(pattern: str, edit: str) -> None:
    shapes = shapes_graph(with_query(f"$this ex:r ?value . {pattern}") + TARGETS["class"])
    store = store_of("ex:t a ex:C ; ex:r 1 . ex:u ex:p ex:v . ex:two ex:q 2 .")
    with Revalidation(store, shapes, judge=judge_each) as following:
        assert following.report.conforms
        (result,) = following.apply(quads(edit)).results
        assert str(result.focus) == "<https://example.org/t>"


def test_a_statement_of_two_graphs_stays_until_both_have_lost_it(tmp_path: Path) -> None:
    both = "ex:t a ex:C ; ex:start 2 ; ex:end 1 . ex:g { ex:t ex:end 1 . }"
    with Revalidation(store_of(both), shapes_of(DATED, tmp_path), judge=judge_each) as following:
        first, second = (each for each in quads(both) if "end" in str(each.predicate))
        assert not following.apply(removed=[first]).conforms
        assert following.report.coverage.judged == 0
        assert following.apply(removed=[second]).conforms
        assert following.apply(added=[first], removed=[first]).counts[Severity.VIOLATION] == 1


def test_what_cannot_be_judged_is_told_until_it_is_mended(tmp_path: Path) -> None:
    wrong = quads("ex:t ex:start _:b .")
    with Revalidation(store_of("ex:t a ex:C ; ex:end 1 ."), shapes_of(DATED, tmp_path), judge=judge_each) as following:
        with pytest.raises(ValidationError, match="BlankNode"):
            following.apply(wrong)
        with pytest.raises(ValidationError, match="after the last edit"):
            _ = following.report
        with pytest.raises(ValidationError, match="BlankNode"):
            following.apply(quads("ex:t2 a ex:C ; ex:start 2 ; ex:end 1 ."))
        assert following.apply(removed=wrong).counts[Severity.VIOLATION] == 1


def test_a_process_with_pyshacl_is_kept_and_ended(tmp_path: Path) -> None:
    with Revalidation(store_of("ex:t a ex:C ."), shapes_of(DATED, tmp_path)) as following:
        (result,) = following.apply(quads("ex:t ex:start 2 ; ex:end 1 .")).results
        assert str(result.value) == '"2"^^<http://www.w3.org/2001/XMLSchema#integer>'
    with pytest.raises(ValueError, match="closed"):
        following.apply(quads("ex:t ex:end 0 ."))
