"""Screening changes nothing: the report is the one that pySHACL gives when it judges everything."""

from collections import Counter

import pyoxigraph as ox
import pytest
from examples import EXAMPLES, SHAPE, Change
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from random_shapes import DECLARED, PROLOGUE, store_of

from metropolis_kg.curation.report import Report, Severity
from metropolis_kg.curation.shapes import parse_shapes
from metropolis_kg.curation.validation import ValidationError, judge_here, validate
from metropolis_kg.model.namespaces import CANONICAL_BASE, SH, XSD
from metropolis_kg.model.shapes import ShapesGraph

pytestmark = pytest.mark.filterwarnings("ignore:Parsing weird boolean")
AT_ONCE = 13
EX = "https://example.org/"
COPY = ox.NamedNode(f"{CANONICAL_BASE}graph/copy")
NAMES = list(EXAMPLES)
# Neighbours in the table change the same thing, so those taken lie apart: none undoes what another shows.
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


OF_EVERY_KIND = """
    ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:node ex:N ; sh:severity ex:Grave ;
      sh:property [ sh:path ( ex:p [ sh:inversePath ex:q ] ) ; sh:minCount 1 ] .
    ex:N sh:property ex:P .
    ex:P sh:path ex:p ; sh:nodeKind sh:Literal ; sh:node ex:M ;
      sh:sparql ex:Q . ex:M sh:class ex:D ; sh:severity sh:Info ; sh:message "One" , "Two" , "Eins"@de , 7 .
    ex:Q sh:prefixes ex:prefixes ; sh:message "{$this} has {?value}"@en ;
      sh:select "SELECT $this ?value WHERE { $this ex:p ?value FILTER(isIRI(?value)) }" .
"""


def test_the_report_tells_details_all_messages_and_severities_of_ones_own() -> None:
    parsed = parse_shapes(PROLOGUE + DECLARED + OF_EVERY_KIND)
    screened, plain = reports(store_of("ex:a a ex:C ; ex:p ex:b , _:n ."), parsed)
    assert screened == plain
    by_node = next(result for result in plain.results if result.details)
    assert (by_node.own_severity, by_node.severity) == (ox.NamedNode(f"{EX}Grave"), Severity.VIOLATION)
    assert {detail.component.value.removeprefix(SH) for detail in by_node.details} == {
        *("NodeKindConstraintComponent", "NodeConstraintComponent", "SPARQLConstraintComponent")
    }
    (by_class, *_) = [below for detail in by_node.details for below in detail.details]
    assert by_class.severity is Severity.INFO
    assert by_class.messages == {"": "7 One Two", "de": "Eins"}
    assert set(map(str, by_class.said)) == {'"One"', '"Two"', '"Eins"@de', str(ox.Literal(7))}
    asked = next(detail for detail in by_node.details if detail.constraint)
    assert asked.messages == {"en": f"{EX}a has {EX}b"}
    assert asked.said == (ox.Literal(f"{EX}a has {EX}b"),)


def test_a_detail_is_no_result_of_its_own() -> None:
    parsed = parse_shapes(PROLOGUE + DECLARED + OF_EVERY_KIND)
    _, plain = reports(store_of("ex:a a ex:C ; ex:p ex:b , _:n ."), parsed)
    stated = parse_shapes(plain.as_turtle()).statements
    told = Counter(predicate.value.removeprefix(SH) for _, predicate, _ in stated)
    assert told["result"] == len(plain.results) == 2
    assert told["detail"] == 7
    assert {value.value for _, predicate, value in stated if predicate.value == f"{SH}resultSeverity"} == {
        f"{EX}Grave", f"{SH}Violation", f"{SH}Info"
    }  # fmt: skip
