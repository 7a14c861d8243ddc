"""Screening changes nothing: the report is the one that pySHACL gives when it judges everything."""

import pyoxigraph as ox
import pytest
from examples import EXAMPLES, SHAPE, Change
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from metropolis_kg.curation.report import Report
from metropolis_kg.curation.validation import ValidationError, judge_here, validate
from metropolis_kg.model.namespaces import CANONICAL_BASE, XSD
from metropolis_kg.model.shapes import ShapesGraph

pytestmark = pytest.mark.filterwarnings("ignore:Parsing weird boolean")
AT_ONCE = 12
COPY = ox.NamedNode(f"{CANONICAL_BASE}graph/copy")
NAMES = list(EXAMPLES)
# Neighbours in the table change the same thing, so every twelfth is taken: none undoes what another shows.
BATCHES = [NAMES[first :: len(NAMES) // AT_ONCE] for first in range(len(NAMES) // AT_ONCE)]


def reports(store: ox.Store, shapes: ShapesGraph) -> tuple[Report, Report]:
    """Return the report with screening and the one without."""
    return validate(store, shapes, judge=judge_here), validate(store, shapes, screened=False, judge=judge_here)


@pytest.mark.parametrize("names", BATCHES, ids=lambda names: names[0])
def test_the_report_on_examples_is_that_of_plain_pyshacl(
    names: list[str], changed: Change, shapes: ShapesGraph
) -> None:
    screened, plain = reports(changed(" ;\n".join(EXAMPLES[name] for name in names)), shapes)
    assert screened.results == plain.results
    assert {f"<{SHAPE}{name}>" for name in names} <= {str(result.source_shape) for result in plain.results}


def literal(text: str, datatype: str = "string") -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + datatype))


ODD_TERMS: list[ox.Literal | ox.NamedNode | ox.BlankNode] = [
    literal("2018-02-30", "date"),
    literal("2016-02-29", "date"),
    literal("2018-08-28Z", "date"),
    literal("0000-01-01", "date"),
    literal("12018-01-01", "date"),
    literal("2018-08-28T00:00:00", "dateTime"),
    literal("2018", "gYear"),
    literal("18", "gYear"),
    literal("007", "integer"),
    literal("99999999999999999999", "integer"),
    literal("1.0", "decimal"),
    literal("1", "boolean"),
    literal("maybe", "boolean"),
    literal("5", "nonNegativeInteger"),
    literal("2018-08-28"),
    literal("abc\n"),
    literal(""),
    literal("٣"),
    ox.Literal("x", language="de"),
    ox.Literal("x", language="de-AT"),
    ox.Literal("y", language="en"),
    ox.Literal("2018/..", datatype=ox.NamedNode("http://id.loc.gov/datatypes/edtf/EDTF")),
    ox.Literal("2018-25\n", datatype=ox.NamedNode("http://id.loc.gov/datatypes/edtf/EDTF")),
    ox.NamedNode("https://example.org/unknown"),
    ox.NamedNode("urn:x-unknown"),
    ox.BlankNode("somebody"),
]


@st.composite
def perturbations(draw: st.DrawFn, quads: list[ox.Quad]) -> list[ox.Quad]:
    """The valid example with some statements left out, given another value, another subject, or another graph."""
    predicates = sorted({quad.predicate for quad in quads}, key=str)
    by_predicate = {predicate: [quad for quad in quads if quad.predicate == predicate] for predicate in predicates}
    removed, added = set(), []
    for _ in range(draw(st.integers(3, 25))):
        quad = draw(st.sampled_from(by_predicate[draw(st.sampled_from(predicates))]))
        other = draw(st.sampled_from(quads))
        change = draw(st.sampled_from(["remove", "replace", "add", "swap", "move", "repeat"]))
        if change in {"remove", "replace"}:
            removed.add(quad)
        if change in {"replace", "add"}:
            added.append(ox.Quad(quad.subject, quad.predicate, draw(st.sampled_from(ODD_TERMS))))
        elif change == "swap":
            added.append(ox.Quad(quad.subject, quad.predicate, other.object))
        elif change == "move":
            added.append(ox.Quad(other.subject, quad.predicate, quad.object))
        elif change == "repeat":
            added.append(ox.Quad(quad.subject, quad.predicate, quad.object, COPY))
    return [quad for quad in quads if quad not in removed] + added


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_report_on_spoilt_data_is_that_of_plain_pyshacl(
    data: st.DataObject, valid: list[ox.Quad], shapes: ShapesGraph
) -> None:
    store = ox.Store()
    store.extend(data.draw(perturbations(valid)))
    try:
        screened, plain = reports(store, shapes)
    except ValidationError:
        assume(False)
    assert screened.results == plain.results
