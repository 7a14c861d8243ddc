"""The report: in a fixed order and the same bytes every time."""

from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from small_shapes import shapes_of, store_of

from metropolis_kg.curation.report import NOTHING_SCREENED, Coverage, Report, Result, Severity, read_results
from metropolis_kg.curation.validation import judge_here, validate
from metropolis_kg.model.namespaces import SH
from metropolis_kg.model.shapes import CompoundPath

EX = "https://example.org/"


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(EX + name)


def result(
    focus: str = "a", severity: Severity = Severity.VIOLATION, value: ox.Literal | None = None, path: str = "p"
) -> Result:
    return Result(
        focus=node(focus),
        path=node(path),
        value=value,
        severity=severity,
        source_shape=node("S"),
        component=ox.NamedNode(f"{SH}MinCountConstraintComponent"),
        constraint=None,
        messages={"de": "Es fehlt etwas.", "en": "Something is missing."},
    )


def report(*results: Result) -> Report:
    return Report(results, Coverage(1, 2, (), 3), {"ex": EX})


@pytest.mark.parametrize(
    ("severities", "conforms", "conforms_to_shacl"),
    [
        ([], True, True),
        ([Severity.INFO], True, False),
        ([Severity.WARNING, Severity.INFO], True, False),
        ([Severity.WARNING, Severity.VIOLATION], False, False),
    ],
)
def test_only_violations_stand_against_a_release_and_any_result_against_shacl(
    severities: list[Severity], conforms: bool, conforms_to_shacl: bool
) -> None:
    made = report(*(result(severity=severity) for severity in severities))
    assert (made.conforms, made.conforms_to_shacl) == (conforms, conforms_to_shacl)
    parsed = rdflib.Graph().parse(data=made.as_turtle())
    assert list(parsed.objects(None, rdflib.SH.conforms)) == [rdflib.Literal(conforms_to_shacl)]


def test_a_message_falls_back_to_english_then_to_any_then_to_the_constraint() -> None:
    made = result()
    assert made.message("fr") == "Something is missing."
    assert Result(**{**made.__dict__, "messages": {"": "untagged"}}).message("de") == "untagged"
    assert Result(**{**made.__dict__, "messages": {}}).message("de") == "MinCountConstraintComponent"


def test_how_the_report_came_about_is_told_in_a_sentence() -> None:
    assert Coverage(32, 359, (), 0).as_text() == (
        "359 constraints of 32 shapes screened. pySHACL judged 0 of the focus nodes."
    )
    assert Coverage(32, 359, (), 2).as_text("de") == (
        "359 Bedingungen aus 32 Formen vorab geprüft. pySHACL beurteilte 2 der Fokusknoten."
    )
    assert NOTHING_SCREENED.as_text() == "pySHACL judged all of the focus nodes."


def test_equal_reports_give_equal_bytes_whatever_the_order_they_were_found_in(tmp_path: Path) -> None:
    shapes = shapes_of(
        "ex:S sh:targetClass ex:C ; sh:property [ sh:path ( mkg:when [ sh:inversePath mkg:note ] ) ; sh:minCount 1 ] .",
        tmp_path,
    )
    data = "".join(f"ex:{name} a ex:C . " for name in "dacb")
    reports = [validate(store_of(data), shapes, judge=judge_here) for _ in range(3)]
    assert len({each.as_turtle() for each in reports}) == 1
    assert [str(each.focus) for each in reports[0].results] == [f"<{EX}{name}>" for name in "abcd"]


def test_a_compound_path_is_written_as_shacl_writes_it_and_begins_with_its_first_predicate(tmp_path: Path) -> None:
    path = "( mkg:when [ sh:inversePath mkg:note ] [ sh:alternativePath ( mkg:when [ sh:zeroOrOnePath mkg:note ] ) ] )"
    shapes = shapes_of(f"ex:S sh:targetClass ex:C ; sh:property [ sh:path {path} ; sh:minCount 1 ] .", tmp_path)
    made = validate(store_of("ex:a a ex:C ."), shapes, judge=judge_here)
    assert isinstance(made.results[0].path, CompoundPath)
    assert made.results[0].predicate == ox.NamedNode("https://w3id.org/metropolis-kg/ns#when")
    again = read_results(ox.parse(made.as_turtle(), format=ox.RdfFormat.TURTLE), shapes)
    assert [each.sort_key for each in again] == [each.sort_key for each in made.results]


def test_an_inverse_path_has_no_predicate_to_look_for() -> None:
    inverse = CompoundPath("^", (node("p"),))
    assert Result(**{**result().__dict__, "path": inverse}).predicate is None


def test_a_message_with_variables_keeps_its_language_which_pyshacl_drops(tmp_path: Path) -> None:
    shapes = shapes_of(
        """ex:S sh:targetClass ex:C ; sh:property ex:P .
        ex:P sh:path mkg:when ; sh:message "Tag {?day} (sicher?)"@de , "day {?day} (sure?)"@en ; sh:sparql [
          sh:prefixes <https://w3id.org/metropolis-kg/prefixes> ;
          sh:select "SELECT $this ?day WHERE { $this mkg:when ?day }" ] .""",
        tmp_path,
    )
    (made,) = validate(store_of('ex:a a ex:C ; mkg:when "2018-08-28"^^xsd:date .'), shapes, judge=judge_here).results
    assert made.messages == {"de": "Tag 2018-08-28 (sicher?)", "en": "day 2018-08-28 (sure?)"}


def test_two_results_that_say_the_same_are_both_told(tmp_path: Path) -> None:
    shapes = shapes_of("ex:S sh:targetClass ex:C ; sh:property [ sh:path mkg:when ; sh:lessThan mkg:note ] .", tmp_path)
    made = validate(store_of("ex:a a ex:C ; mkg:when 5 ; mkg:note 1 , 2 ."), shapes, judge=judge_here)
    assert len(made.results) == made.as_turtle().count(b"sh:ValidationResult") == 2
