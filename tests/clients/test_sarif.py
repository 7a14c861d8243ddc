"""SARIF as its schema has it: the one that npm brings with Microsoft's matchers for SARIF."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from examining import examined
from metropolis_kg.curation.checking import Findings
from metropolis_kg.curation.reports.sarif import as_sarif
from repository import Edit

PAGE = "data/pages/berlin-metropolis.ttl"
SCHEMA = Path(__file__).parent / "node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"


@pytest.fixture(scope="session")
def schema(installed: None) -> Draft7Validator:
    """The schema of SARIF 2.1.0."""
    return Draft7Validator(json.loads(SCHEMA.read_bytes()))


@pytest.fixture
def found(workspace: Path, edit: Edit) -> Findings:
    """What is found in the content with a role that is none, a label that is missing and a time that is none."""
    edit(PAGE, "org:role role:president ;", "org:role place:berlin ;")
    edit(PAGE, 'skos:prefLabel "GIZ"@de , "GIZ"@en', 'skos:prefLabel "GIZ"@de')
    edit(PAGE, '"2018-08/2020-11"^^edtf:EDTF', '"2018-13/2020-11"^^edtf:EDTF')
    folder = workspace / "data" / "pages" / "größe 1"
    folder.mkdir()
    (workspace / PAGE).rename(folder / "berlin-metropolis.ttl")
    return examined(workspace)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_what_is_found_in_the_content_is_valid_sarif_with_its_places(
    lang: str, schema: Draft7Validator, found: Findings
) -> None:
    log = json.loads(as_sarif(found, lang))
    assert [error.message for error in schema.iter_errors(log)] == []
    (run,) = log["runs"]
    results = {result["ruleId"]: result for result in run["results"]}
    region = _region(results["Tenure-role-in-scheme"])
    assert region["snippet"]["text"][region["startColumn"] - 1 : region["endColumn"] - 1] == "place:berlin"
    assert [result["level"] for result in run["results"]].count("error") == 2
    assert all(run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == code for code, result in results.items())


def test_places_are_relative_addresses_and_both_languages_are_there(schema: Draft7Validator, found: Findings) -> None:
    (run,) = json.loads(as_sarif(found, "en"))["runs"]
    places = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]}
    assert places == {"data/pages/gr%C3%B6%C3%9Fe%201/berlin-metropolis.ttl"}
    rules, translated = run["tool"]["driver"]["rules"], run["translations"][0]["rules"]
    assert (run["language"], run["translations"][0]["language"]) == ("en", "de")
    assert [rule["id"] for rule in rules] == [rule["id"] for rule in translated]
    assert all(one["help"]["text"] != other["help"]["text"] for one, other in zip(rules, translated, strict=True))


def test_a_fingerprint_stays_when_lines_move(workspace: Path, found: Findings) -> None:
    path = workspace / "data" / "pages" / "größe 1" / "berlin-metropolis.ttl"
    path.write_text(f"# moved\n\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    moved = examined(workspace)
    assert _fingerprints(moved) == _fingerprints(found)
    assert [each.line for each in moved.diagnostics] == [(each.line or 0) + 2 for each in found.diagnostics]


def _region(result: dict[str, Any]) -> dict[str, Any]:
    region: dict[str, Any] = result["locations"][0]["physicalLocation"]["region"]
    return region


def _fingerprints(found: Findings) -> list[str]:
    (run,) = json.loads(as_sarif(found, "en"))["runs"]
    return [result["partialFingerprints"]["metropolisKg/v1"] for result in run["results"]]
