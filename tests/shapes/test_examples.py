"""Every property shape has an example that violates it and nothing else; the valid example conforms."""

import pyoxigraph as ox
import pytest
from examples import EXAMPLES, SHAPE, Change

from metropolis_kg.curation.report import Report
from metropolis_kg.curation.validation import judge_here, validate
from metropolis_kg.model.namespaces import SH
from metropolis_kg.model.shapes import Shape, ShapesGraph

LANGUAGES = {"de", "en"}


def property_shapes(shapes: ShapesGraph) -> list[Shape]:
    return [shapes.shape(node) for node in shapes.property_shapes if isinstance(node, ox.NamedNode)]


def local_name(shape: Shape) -> str:
    assert isinstance(shape.node, ox.NamedNode), f"{shape.node} needs an IRI"
    return shape.node.value.removeprefix(SHAPE)


def judged(store: ox.Store, shapes: ShapesGraph) -> Report:
    return validate(store, shapes, judge=judge_here)


def languages(shape: Shape, term: str) -> set[str]:
    return {value.language or "" for value in shape.values.get(term, ()) if isinstance(value, ox.Literal)}


def test_the_valid_example_conforms_without_any_result(changed: Change, shapes: ShapesGraph) -> None:
    assert judged(changed(""), shapes).results == ()


def test_every_property_shape_has_an_example_and_every_example_a_property_shape(shapes: ShapesGraph) -> None:
    assert {local_name(shape) for shape in property_shapes(shapes)} == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_violates_its_shape_and_no_other(name: str, changed: Change, shapes: ShapesGraph) -> None:
    report = judged(changed(EXAMPLES[name]), shapes)
    found = {str(result.source_shape) for result in report.results}
    assert found == {f"<{SHAPE}{name}>"}, report.results
    assert all(set(result.messages) == LANGUAGES for result in report.results)


def test_a_result_has_the_severity_of_its_shape(changed: Change, shapes: ShapesGraph) -> None:
    severities = {
        name: judged(changed(EXAMPLES[name]), shapes).results[0].severity.value
        for name in ("Claim-evidence-missing", "PrefLabel-english", "Tenure-undated")
    }
    assert severities == {
        "Claim-evidence-missing": "Violation",
        "PrefLabel-english": "Warning",
        "Tenure-undated": "Info",
    }


def test_every_property_shape_is_named_grouped_ordered_and_tells_how_to_mend_it(shapes: ShapesGraph) -> None:
    for shape in property_shapes(shapes):
        name = local_name(shape)
        assert languages(shape, "name") == LANGUAGES, f"{name} needs sh:name in German and English"
        assert languages(shape, "message") == LANGUAGES, f"{name} needs sh:message in German and English"
        group = shape.one("group")
        assert group is not None, f"{name} needs sh:group"
        assert shapes.values(group, f"{SH}order"), f"{name} is in a group that groups.ttl does not describe"
        assert shape.one("order") is not None, f"{name} needs sh:order"


def test_every_property_shape_is_used_by_a_shape_with_a_target(shapes: ShapesGraph) -> None:
    used = {part.node for shape in shapes.targeting for part in shapes.properties(shape)}
    typed = {subject for subject, _, value in shapes.statements if value == ox.NamedNode(f"{SH}PropertyShape")}
    assert typed == used


def test_shapes_use_only_what_screening_compiles(shapes: ShapesGraph, changed: Change) -> None:
    assert validate(changed(""), shapes).coverage.unscreened == ()
