"""Validation: pySHACL judges what screening leaves, in its own process, and whatever goes wrong is ours."""

from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic
from small_shapes import PROLOGUE, shapes_of, store_of

from metropolis_kg.content import Content
from metropolis_kg.curation.checking import derive
from metropolis_kg.curation.report import Severity
from metropolis_kg.curation.rewritten import Rewritten
from metropolis_kg.curation.shapes import read_shapes
from metropolis_kg.curation.sources import read_dataset
from metropolis_kg.curation.validation import ValidationError, judge_apart, judge_here, validate
from metropolis_kg.model.namespaces import SH
from metropolis_kg.model.shapes import ShapesGraph

DATES = """
ex:S sh:targetClass ex:Target ; sh:property ex:P , ex:Q .
ex:P sh:path mkg:startEarliest ; sh:lessThanOrEquals mkg:endLatest ; sh:message "verdreht"@de , "reversed"@en .
ex:Q sh:path mkg:when ; sh:severity sh:Warning ; sh:minCount 1 ; sh:message "fehlt"@de , "missing"@en .
"""
REVERSED = (
    'ex:a a ex:Target ; mkg:startEarliest "2018-01-01"^^xsd:date ; mkg:endLatest "2017-01-01"^^xsd:date ; mkg:when 1 .'
)


def refuse(_shapes: bytes, _data: bytes) -> bytes:
    raise AssertionError("the judge was asked although there was nothing to judge")


@pytest.fixture
def dates(tmp_path: Path) -> ShapesGraph:
    return shapes_of(DATES, tmp_path)


def test_data_that_screening_clears_conform_without_asking_pyshacl(dates: ShapesGraph) -> None:
    report = validate(store_of("ex:a a ex:Target ; mkg:when 1 ."), dates, judge=refuse)
    assert report.conforms
    assert report.conforms_to_shacl
    assert (report.coverage.shapes, report.coverage.constraints, report.coverage.judged) == (1, 2, 0)


def test_only_what_screening_leaves_is_judged(dates: ShapesGraph) -> None:
    report = validate(store_of(REVERSED + "ex:b a ex:Target ; mkg:when 2 ."), dates, judge=judge_here)
    assert report.coverage.judged == 1
    assert [str(result.focus) for result in report.results] == ["<https://example.org/a>"]


def test_the_judge_is_given_the_part_of_the_data_that_it_needs(dates: ShapesGraph) -> None:
    given: list[bytes] = []

    def listening(shapes: bytes, data: bytes) -> bytes:
        given.append(data)
        return judge_here(shapes, data)

    others = "".join(f"ex:b{number} a ex:Target ; mkg:when 2 . " for number in range(50))
    assert not validate(store_of(REVERSED + others), dates, judge=listening).conforms
    statements = [line.split() for line in given[0].decode().splitlines()]
    assert {subject for subject, *_ in statements} == {"<https://example.org/a>"}
    assert sorted(predicate.rsplit("#")[-1] for _, predicate, *_ in statements) == [
        "endLatest>",
        "startEarliest>",
        "when>",
    ]


def test_a_shape_that_is_not_screened_finds_its_focus_nodes_in_the_part(tmp_path: Path) -> None:
    query = "SELECT $this WHERE { $this (mkg:when|mkg:note)+ 2 }"
    constraint = f'sh:sparql [ sh:prefixes <https://w3id.org/metropolis-kg/prefixes> ; sh:select "{query}" ]'
    shapes = shapes_of(f"ex:S sh:targetClass ex:C ; sh:targetSubjectsOf mkg:endLatest ; {constraint} .", tmp_path)
    below = (
        "ex:D rdfs:subClassOf ex:C . ex:a a ex:D ; mkg:when 2 . ex:b mkg:endLatest 3 ; mkg:note 2 . ex:c mkg:note 2 ."
    )
    given: list[bytes] = []

    def listening(shapes: bytes, data: bytes) -> bytes:
        given.append(data)
        return judge_here(shapes, data)

    report = validate(store_of(below + "ex:z ex:z ex:z ."), shapes, judge=listening)
    assert report.coverage.unscreened
    assert [str(result.focus) for result in report.results] == ["<https://example.org/a>", "<https://example.org/b>"]
    assert b"/z>" not in given[0]


def test_the_process_apart_gives_the_report_of_the_one_here(dates: ShapesGraph) -> None:
    store = store_of(REVERSED + "ex:b a ex:Target .")
    apart, here = (validate(store, dates, judge=judge) for judge in (judge_apart, judge_here))
    assert apart.results == here.results
    assert apart.as_turtle() == here.as_turtle()
    assert apart.counts == {Severity.VIOLATION: 1, Severity.WARNING: 1, Severity.INFO: 0}


def test_the_repositorys_content_has_no_violation_and_no_warning(content: Content) -> None:
    dataset = read_dataset(content)
    report = validate(derive(dataset, content), read_shapes(content))
    assert report.conforms
    assert [result for result in report.results if result.severity is not Severity.INFO] == []
    assert report.coverage.unscreened == ()


def test_content_under_a_deployed_base_gives_the_same_results(content: Content) -> None:
    base = "http://localhost:8000/"
    dataset = read_dataset(content, base)
    report = validate(derive(dataset, content), read_shapes(content, base), judge=judge_here)
    assert [str(result.source_shape) for result in report.results] == [f"<{base}shapes/Tenure-undated>"]


def test_the_report_is_the_graph_that_pyshacl_returns(dates: ShapesGraph) -> None:
    said = []

    def listening(shapes: bytes, data: bytes) -> bytes:
        said.append(judge_here(shapes, data))
        return said[-1]

    report = validate(store_of(REVERSED + "ex:b a ex:Target ."), dates, screened=False, judge=listening)
    ours, theirs = rdflib.Graph().parse(data=report.as_turtle()), rdflib.Graph().parse(data=said[0], format="nt")
    assert isomorphic(ours, theirs)


def test_values_that_cannot_be_ordered_are_a_result_and_not_a_crash(dates: ShapesGraph) -> None:
    data = 'ex:a a ex:Target ; mkg:when 1 ; mkg:startEarliest "2018-01-01"^^xsd:date ; mkg:endLatest 2017 .'
    (result,) = validate(store_of(data), dates, judge=judge_here).results
    assert result.component == ox.NamedNode(f"{SH}LessThanOrEqualsConstraintComponent")


def test_a_literal_reaches_the_judge_in_the_form_it_has_in_the_store(tmp_path: Path) -> None:
    shapes = shapes_of('ex:S sh:targetClass ex:C ; sh:property [ sh:path mkg:when ; sh:in ( "7" ) ] .', tmp_path)
    value = ox.Literal("007", datatype=ox.NamedNode("https://example.org/number"))
    store = store_of('ex:a a ex:C ; mkg:when "007"^^ex:number .')
    (result,) = validate(store, shapes, judge=judge_here).results
    assert result.value == value


@pytest.mark.parametrize("judge", [judge_here, judge_apart])
def test_what_pyshacl_cannot_judge_is_told_in_a_sentence(judge: object, tmp_path: Path) -> None:
    shapes = shapes_of(DATES, tmp_path)
    store = store_of("ex:a a ex:Target ; mkg:when 1 ; mkg:startEarliest _:b ; mkg:endLatest 1 .")
    with pytest.raises(ValidationError, match=r"pySHACL could not judge the data: .* BlankNode"):
        validate(store, shapes, judge=judge)  # type: ignore[arg-type]


def test_a_failure_leaves_rdflibs_literals_as_they_were(dates: ShapesGraph) -> None:
    with pytest.raises(ValidationError):
        judge_here(b"<urn:s> <http://www.w3.org/ns/shacl#path> <urn:p> .", b"<urn:broken")
    store = store_of("ex:a a ex:Target ; mkg:startEarliest _:b ; mkg:endLatest 1 .")
    with pytest.raises(ValidationError):
        validate(store, dates, judge=judge_here)
    assert str(rdflib.Literal("007", datatype=rdflib.XSD.integer)) == "7"
    assert rdflib.Literal("1", datatype=rdflib.XSD.boolean).value is True


def test_shapes_are_not_changed_by_judging(dates: ShapesGraph) -> None:
    before = dates.statements
    validate(store_of(REVERSED), dates, judge=judge_here)
    assert dates.statements == before


def test_owl_imports_in_data_and_shapes_are_not_followed(tmp_path: Path) -> None:
    imports = "ex:ontology a owl:Ontology ; owl:imports <http://127.0.0.1:9/nothing> ."
    shapes = shapes_of(DATES + imports, tmp_path)
    assert validate(store_of(REVERSED + imports), shapes, judge=judge_here).counts[Severity.VIOLATION] == 1


@pytest.mark.parametrize(
    ("shape", "data"),
    [
        ("sh:targetClass ex:C ; sh:property [ sh:path mkg:when ; sh:datatype xsd:integer ]", '"3"^^xsd:byte'),
        ("sh:targetClass ex:C ; sh:property [ sh:path mkg:when ; sh:maxLength 1 ]", '"01"^^xsd:integer'),
        ("sh:targetClass ex:C ; sh:property [ sh:path mkg:when ; sh:maxCount 1 ]", '"01"^^xsd:integer , 1'),
        ("sh:targetObjectsOf mkg:when ; sh:maxLength 1", '"01"^^xsd:integer'),
    ],
)
def test_what_the_store_keeps_otherwise_is_judged_as_it_was_written(shape: str, data: str, tmp_path: Path) -> None:
    shapes = shapes_of(f"ex:S a sh:NodeShape ; {shape} .", tmp_path)
    text = f"ex:a a ex:C ; mkg:when {data} . ex:b a ex:C ; mkg:when 2 ."
    quads = list(ox.parse(PROLOGUE + text, format=ox.RdfFormat.TRIG))
    store = store_of(text)
    assert validate(store, shapes, judge=refuse).conforms_to_shacl
    reports = [validate(store, shapes, Rewritten(quads), screened=way, judge=judge_here) for way in (True, False)]
    assert len(reports[0].results) == 1
    assert reports[0] == reports[1]
