"""JSON, the SHACL report, JUnit and GitHub annotations: each as its readers expect, whatever stands in the data."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from diagnosed import ELSEWHERE, NOWHERE, ODD, diagnostic, findings, node, result
from jsonschema import Draft202012Validator
from junitparser import Error, Failure, JUnitXml
from rdflib.compare import isomorphic

from metropolis_kg.curation.checking import Findings, Since
from metropolis_kg.curation.diagnostics import Related
from metropolis_kg.curation.report import Severity
from metropolis_kg.curation.reports import FORMATS
from metropolis_kg.curation.reports.shacl import NotJudgedError, beyond_shapes
from metropolis_kg.model.shapes import CompoundPath
from repository import REPOSITORY

SCHEMA = json.loads((REPOSITORY / "docs" / "validation-report.schema.json").read_bytes())
GERMAN = ox.Literal("x", language="de")
MIXED = findings(
    diagnostic(result=result(), related=(ELSEWHERE,), rules=("claim-time",)),
    diagnostic(code="other", severity=Severity.WARNING, line=3, column=None, length=None, value=GERMAN),
    diagnostic(code="third", severity=Severity.INFO, focus=None, value=None, **NOWHERE),
    diagnostic(code="odd", messages={"en": ODD}, value=ox.Literal(ODD), excerpt=ODD, column=1, length=2),
)  # fmt: skip
UNREAD = findings(diagnostic(code="syntax", focus=None, value=None, length=None), read=False, since=Since("v1", 2))
EMPTY = findings()


def written(name: str, found: Findings, lang: str = "en") -> bytes:
    return FORMATS[name].write(found, lang)


@pytest.mark.parametrize("name", FORMATS)
def test_a_path_that_is_no_unicode_breaks_no_format(name: str) -> None:
    path = Path("data/\udcff/x.ttl")
    assert written(name, findings(diagnostic(path=path, related=(Related(path),)))).decode("utf-8")


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_format_is_utf_8_and_the_same_each_time(name: str, lang: str) -> None:
    made = written(name, MIXED, lang)
    assert made.decode("utf-8")
    assert made == written(name, MIXED, lang)


# JSON


@pytest.mark.parametrize("found", [MIXED, UNREAD, EMPTY])
def test_json_is_as_its_schema_says(found: Findings) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(json.loads(written("json", found)))


def test_json_tells_place_terms_and_what_came_of_it() -> None:
    document = json.loads(written("json", MIXED))
    assert document["conforms"] is False
    assert document["counts"] == {"violation": 2, "warning": 1, "info": 1}
    told = next(each for each in document["diagnostics"] if each["code"] == "Role-in-scheme")
    assert (told["file"], told["line"], told["column"], told["length"]) == ("data/pages/Straße 1.ttl", 41, 13, 10)
    assert told["focus"] == {"type": "uri", "value": node("thing").value}
    assert told["related"] == [{"file": "data/other.ttl", "line": 7, "excerpt": "  ex:other a ex:C ."}]
    assert told["result"]["shape"] == {"type": "uri", "value": node("shapes/Role-in-scheme").value}


# The SHACL report


def test_turtle_and_json_ld_are_the_same_graph_of_what_shapes_found() -> None:
    turtle = rdflib.Graph().parse(data=written("turtle", MIXED), format="turtle")
    linked = rdflib.Graph().parse(data=written("jsonld", MIXED), format="json-ld")
    assert isomorphic(turtle, linked)
    assert len(list(turtle.subjects(rdflib.RDF.type, rdflib.SH.ValidationResult))) == 1
    assert beyond_shapes(MIXED) == 3


def test_paths_and_blank_nodes_are_the_same_in_both() -> None:
    path = CompoundPath("/", (node("p"), CompoundPath("^", (node("q"),)), CompoundPath("|", (node("r"), node("s")))))
    compound = replace(result(), path=path, value=ox.BlankNode("b1"), source_shape=ox.BlankNode("b2"))
    found = findings(diagnostic(result=compound), diagnostic(result=result()))
    turtle = rdflib.Graph().parse(data=written("turtle", found), format="turtle")
    assert isomorphic(turtle, rdflib.Graph().parse(data=written("jsonld", found), format="json-ld"))
    assert len(list(turtle.subjects(rdflib.RDF.first))) == 5


def test_without_a_judgement_there_is_no_shacl_report() -> None:
    with pytest.raises(NotJudgedError, match="nothing was judged"):
        written("turtle", UNREAD)
    with pytest.raises(NotJudgedError):
        written("jsonld", UNREAD)


# JUnit


def test_a_reader_of_junit_finds_a_suite_a_file_and_a_failure_a_kind_of_violation(tmp_path: Path) -> None:
    suites = _read(written("junit", MIXED), tmp_path)
    assert {suite.name: (suite.tests, suite.failures) for suite in suites} == {
        "metropolis-kg validate": (1, 0),
        "data/pages/Straße 1.ttl": (3, 2),
        "Without a place": (1, 0),
    }
    failed = {case.name: entry for suite in suites for case in suite for entry in case.result}
    assert isinstance(failed["Role-in-scheme"], Failure)
    assert failed["Role-in-scheme"].text.startswith("data/pages/Straße 1.ttl:41: violation: There is no such role.")
    assert r"\u001B" in failed["odd"].text


def test_files_that_cannot_be_read_are_an_error_of_junit(tmp_path: Path) -> None:
    suites = _read(written("junit", UNREAD), tmp_path)
    (case,) = next(iter(suites))
    assert isinstance(case.result[0], Error)
    assert (suites.errors, suites.failures) == (1, 1)


def test_a_report_without_findings_has_a_test_that_passed(tmp_path: Path) -> None:
    suites = _read(written("junit", EMPTY), tmp_path)
    assert (suites.tests, suites.failures, suites.errors) == (1, 0, 0)


def _read(report: bytes, folder: Path) -> JUnitXml:
    path = folder / "junit.xml"
    path.write_bytes(report)
    return JUnitXml.fromfile(str(path))


# GitHub

COMMAND = re.compile(r"::(error|warning|notice) ([^:\n]*)::([^\n]*)")


def test_annotations_are_commands_of_one_line_with_nothing_to_misread() -> None:
    *commands, summary, _ = written("github", MIXED).decode().splitlines()
    matches = [COMMAND.fullmatch(command) for command in commands]
    assert [match[1] for match in matches if match] == ["error", "error", "warning", "notice"]
    assert summary.startswith("2 violations, 1 warning, 1 notice")
    properties = [dict(pair.split("=", 1) for pair in match[2].split(",")) for match in matches if match]
    assert properties[1] == {
        "file": "data/pages/Straße 1.ttl", "line": "41", "col": "13", "endColumn": "23",
        "title": "violation%3A Role-in-scheme",
    }  # fmt: skip
    assert set(properties[2]) == {"file", "line", "title"}
    assert set(properties[3]) == {"title"}


def test_what_an_annotation_says_can_be_read_back() -> None:
    command = next(row for row in written("github", MIXED).decode().splitlines() if "title=violation%3A odd" in row)
    said = command.removeprefix("::").partition("::")[2]
    assert said.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%").startswith(ODD)
