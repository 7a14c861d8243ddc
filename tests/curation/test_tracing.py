"""Everything the shapes can complain of has a file and a line: where it was written, or of what it was derived."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from examining import examined
from history import RETIRED
from metropolis_kg.content import Content
from metropolis_kg.curation.checking import derive
from metropolis_kg.curation.diagnostics import Diagnostic
from metropolis_kg.curation.report import Result, Severity
from metropolis_kg.curation.shapes import read_shapes
from metropolis_kg.curation.sources import read_dataset
from metropolis_kg.curation.tracing import Trace
from metropolis_kg.model.dataset import Dataset
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import SH
from metropolis_kg.model.shapes import TYPE, PropertyPath, Shape, ShapesGraph, sparql_path
from repository import Edit

PAGE = "data/pages/berlin-metropolis.ttl"
RULES = "queries/rules"
OF_TABLES = {"evidence-pointer", "evidence-row"}
"""Rules about tables and JSON, which the repository's content has none of."""


@pytest.fixture(scope="module")
def dataset(content: Content) -> Dataset:
    """What stewards wrote."""
    return read_dataset(content)


@pytest.fixture(scope="module")
def store(dataset: Dataset, content: Content) -> ox.Store:
    """The same with all that is derived."""
    return derive(dataset, content)


@pytest.fixture(scope="module")
def trace(dataset: Dataset, content: Content, store: ox.Store) -> Trace:
    return Trace(dataset, content, store)


def test_every_kind_of_derived_statement_leads_to_the_line_it_came_from(
    dataset: Dataset, store: ox.Store, trace: Trace, content: Content
) -> None:
    kinds: defaultdict[tuple[object, ...], list[ox.Quad]] = defaultdict(list)
    for quad in store:
        if quad.graph_name.value in dataset.derived_graphs:  # type: ignore[union-attr]
            thing = quad.subject.value.rpartition("/")[0], quad.subject.value.partition("#")[2]  # type: ignore[union-attr]
            kinds[quad.predicate, quad.object if quad.predicate == TYPE else None, *thing].append(quad)
    rules = set()
    for quads in kinds.values():
        for quad in sorted(quads, key=str)[-2:]:
            found = trace.of_statement(quad)
            assert found, f"nobody knows where {quad} came from"
            assert found.span, f"{quad} is in {found.path}, but on no line"
            rules |= set(found.rules)
    assert rules == {path.stem for path in (content.root / RULES).glob("*.rq")} - OF_TABLES


def test_every_property_of_every_shape_has_a_place_whether_a_value_is_wrong_or_missing(
    content: Content, store: ox.Store, trace: Trace
) -> None:
    shapes = read_shapes(content)
    asked = [result for shape in shapes.targeting for result in _results(shape, shapes, store)]
    assert len(asked) > 300
    lost = [result for result in asked if not (found := trace.of_result(result)) or not found.span]
    assert lost == []


def _results(shape: Shape, shapes: ShapesGraph, store: ox.Store) -> Iterator[Result]:
    """Yield what each property of ``shape`` would say of a focus node: of its first value, and of none."""
    classes = shape.values.get("targetClass", ())
    found = (store.quads_for_pattern(None, TYPE, each, None) for each in classes)  # type: ignore[arg-type]
    focus = min((quad.subject for quads in found for quad in quads), key=str, default=None)
    if focus is None:
        return
    for each in shapes.properties(shape):
        assert each.path is not None
        yield _result(focus, each.path, None, shape)  # type: ignore[arg-type]
        query = f"SELECT ?value WHERE {{ {focus} {sparql_path(each.path)} ?value }} ORDER BY ?value LIMIT 1"
        for (value,) in store.query(query, use_default_graph_as_union=True):  # type: ignore[misc, union-attr]
            yield _result(focus, each.path, value, shape)  # type: ignore[arg-type]


def _result(focus: Term, path: PropertyPath, value: Term | None, shape: Shape) -> Result:
    component = ox.NamedNode(f"{SH}MinCountConstraintComponent")
    return Result(focus, path, value, Severity.VIOLATION, shape.node, component, None, {})


def test_what_nobody_wrote_has_no_place(trace: Trace) -> None:
    nowhere = ox.NamedNode("https://example.org/nowhere")
    shape = Shape(nowhere, {}, None)
    assert trace.of_result(_result(nowhere, ox.NamedNode("https://example.org/p"), None, shape)) is None


def found_in(workspace: Path, code: str) -> list[Diagnostic]:
    return [each for each in examined(workspace).diagnostics if each.code == code]


def meant(found: Diagnostic) -> str:
    assert found.excerpt is not None
    assert found.column
    assert found.length
    return found.excerpt[found.column - 1 : found.column - 1 + found.length]


def test_a_violation_of_a_derived_bound_points_at_the_time_it_was_derived_from(workspace: Path, edit: Edit) -> None:
    line = edit(PAGE, '"2018-08/2020-11"^^edtf:EDTF', '"2020-11/2018-08"^^edtf:EDTF')
    (found,) = found_in(workspace, "Interval-reversed")
    assert (str(found.path), found.line, found.rules) == (PAGE, line, ("interval-bounds", "claim-time"))
    assert meant(found) == '"2020-11/2018-08"^^edtf:EDTF'


def test_what_a_change_breaks_in_derived_things_points_at_each_of_their_claims(workspace: Path, edit: Edit) -> None:
    edit(f"{RULES}/claim-time.rq", "?time a time:ProperInterval, ", "?time a ")
    found = found_in(workspace, "Claim-interval")
    assert len(found) > 30
    assert {each.rules for each in found} == {("claim-time",)}
    assert all("mkg:when" in str(each.excerpt) or "mkg:attestedDuring" in str(each.excerpt) for each in found)


def test_an_inferred_claim_points_at_a_claim_it_was_inferred_from(workspace: Path, edit: Edit) -> None:
    edit(f"{RULES}/unit-of-publisher.rq", "mkg:confidence mkg:Medium .", "mkg:confidence mkg:Bogus .")
    (found,) = found_in(workspace, "InferredRelation-confidence")
    assert found.rules == ("unit-of-publisher",)
    assert "referat-internationales" in str(found.excerpt)


def test_what_refers_to_a_thing_that_is_no_more_is_told_with_its_line(workspace: Path) -> None:
    added = 'place:gauteng a mkg:RetiredThing ; mkg:note "x"@de , "x"@en .\n'
    (workspace / "data" / "retired.ttl").write_text(RETIRED + added, encoding="utf-8")
    related = [other.excerpt for each in found_in(workspace, "RetiredThing-referred-to") for other in each.related]
    assert len(related) == 3
    assert all("place:gauteng" in str(excerpt) for excerpt in related)


def test_what_is_missing_points_at_the_thing_itself(workspace: Path, edit: Edit) -> None:
    edit(PAGE, 'skos:prefLabel "GIZ"@de , "GIZ"@en', 'skos:altLabel "GIZ"@de')
    (found,) = found_in(workspace, "PrefLabel-german")
    assert meant(found) == "organisation:giz"


def test_the_other_value_of_a_property_is_told_from_the_wrong_one(workspace: Path, edit: Edit) -> None:
    line = edit(
        PAGE,
        "dct:rightsHolder organisation:metropolis-kg-maintainers , organisation:senatskanzlei-berlin ;",
        "dct:rightsHolder organisation:metropolis-kg-maintainers ,\n        place:berlin ;",
    )
    found = [each for each in found_in(workspace, "Graph-rights-holder") if each.value]
    assert [(each.line, meant(each)) for each in found] == [(line + 1, "place:berlin")]
