"""The W3C's test suite for SHACL: with screening, its tests give the verdicts and reports of plain pySHACL."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import pyoxigraph as ox
import pytest
from http_manifests import SHARED, Counted

from metropolis_kg.curation.report import Report
from metropolis_kg.curation.rewritten import Rewritten
from metropolis_kg.curation.screening import screen
from metropolis_kg.curation.shapes import parse_shapes
from metropolis_kg.curation.validation import ValidationError, judge_here, validate
from metropolis_kg.model.namespaces import SH
from metropolis_kg.model.shapes import TYPE, ShapesGraph

pytestmark = pytest.mark.filterwarnings("ignore")
SUITE = SHARED / "conformance" / "shacl"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
COMPARED = (
    *("focusNode", "resultPath", "value", "resultSeverity", "sourceConstraintComponent", "sourceShape"),
    *("sourceConstraint", "resultMessage"),
)
"""What the suite says of results; of messages and sources of constraints only where it expects some."""


@cache
def graph_of(path: Path) -> ShapesGraph:
    """Return a file of the suite, whatever it holds; read once, so that its blank nodes are the same ones."""
    return parse_shapes(path.read_bytes(), path.as_uri())


def file_of(node: Any) -> Path:
    return Path(unquote(urlparse(node.value).path))


@dataclass(frozen=True)
class Case:
    """One test: where it is written, what is judged by what, and the result it expects."""

    name: str
    manifest: Path
    shapes: Path
    data: Path
    expected: Any

    @property
    def store(self) -> ox.Store:
        store = ox.Store()
        store.extend(self.quads)
        return store

    @property
    def quads(self) -> list[ox.Quad]:
        return [ox.Quad(*statement) for statement in graph_of(self.data).statements]

    def report(self, *, screened: bool) -> Report | None:
        """Return the report; none where pySHACL refuses."""
        try:
            rewritten = Rewritten(self.quads)
            return validate(self.store, graph_of(self.shapes), rewritten, screened=screened, judge=judge_here)
        except ValidationError:
            return None

    def is_met(self, report: Report | None) -> bool:
        """Return whether a report is the one that the suite expects."""
        if report is None or self.expected == ox.NamedNode(f"{SHT}Failure"):
            return report is None and self.expected == ox.NamedNode(f"{SHT}Failure")
        manifest, said = graph_of(self.manifest), parse_shapes(report.as_turtle())
        (itself,) = said.subjects(TYPE.value, ox.NamedNode(f"{SH}ValidationReport"))
        conforms = [graph.values(node, f"{SH}conforms") for graph, node in ((manifest, self.expected), (said, itself))]
        expected, found = self._results(manifest, self.expected), self._results(said, itself)
        return conforms[0] == conforms[1] and _are_met(expected, found)

    def _results(self, graph: ShapesGraph, report: Any) -> list[Mapping[str, Any]]:
        in_one_file = self.manifest == self.shapes == self.data
        nodes = graph.values(report, f"{SH}result")
        return [
            {
                term: sorted(_text(graph, value, named=in_one_file) for value in values)
                for term in COMPARED
                if (values := graph.values(node, SH + term))
            }
            for node in nodes
        ]


def _text(graph: ShapesGraph, term: Any, *, named: bool) -> str:
    """Return a term as text: a path by what it says, another blank node by its name where files share it."""
    if not isinstance(term, ox.BlankNode):
        return str(term)
    stated = [(predicate, value) for subject, predicate, value in graph.statements if subject == term]
    is_path = any("Path" in predicate.value or predicate.value.endswith("first") for predicate, _ in stated)
    if is_path and not any(predicate.value == f"{SH}path" for predicate, _ in stated):
        return str(sorted((str(predicate), _text(graph, value, named=named)) for predicate, value in stated))
    return str(term) if named else "_"


def _are_met(expected: list[Mapping[str, Any]], found: list[Mapping[str, Any]]) -> bool:
    left = list(found)
    for each in expected:
        ours = next((other for other in left if _is_met(each, other)), None)
        if ours is None:
            return False
        left.remove(ours)
    return not left


def _is_met(expected: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    optional = {"sourceConstraint", "resultMessage"} - expected.keys()
    return dict(expected) == {term: value for term, value in found.items() if term not in optional}


def cases() -> Iterator[Case]:
    """Yield every test there is; the manifest of a folder leaves one out."""
    for manifest in sorted(SUITE.rglob("*.ttl")):
        graph = graph_of(manifest)
        (*_, itself) = (None, *graph.subjects(TYPE.value, ox.NamedNode(f"{MF}Manifest")))
        entries = [entry for head in graph.values(itself, f"{MF}entries") for entry in graph.members(head) or ()]
        for entry in entries if itself else ():
            (action,), (expected,) = graph.values(entry, f"{MF}action"), graph.values(entry, f"{MF}result")
            (shapes,), (data,) = (graph.values(action, f"{SHT}{name}Graph") for name in ("shapes", "data"))
            name = manifest.relative_to(SUITE).with_suffix("").as_posix()
            yield Case(name, manifest, file_of(shapes), file_of(data), expected)


NOT_MET = {
    "sparql/pre-binding/shapesGraph-001": "pySHACL does not know $shapesGraph",
}
"""The tests of which pySHACL's report is not the one that the suite expects, and why."""

CASES = {case.name: case for case in cases()}


@pytest.mark.parametrize("name", list(CASES) or [None])
def test_the_report_with_screening_is_that_of_plain_pyshacl_and_the_one_expected(
    name: str, shared: Path, counted: Counted
) -> None:
    counted("SHACL", name, NOT_MET.get(name, ""))
    case = CASES[name]
    plain, screened = case.report(screened=False), case.report(screened=True)
    assert screened == plain
    assert (screened and screened.as_turtle()) == (plain and plain.as_turtle())
    assert case.is_met(plain) == (name not in NOT_MET)


def test_no_test_is_lost(shared: Path) -> None:
    assert len(CASES) == 121
    assert CASES.keys() >= NOT_MET.keys()


def test_most_tests_are_screened(shared: Path) -> None:
    found = [screen(case.store, graph_of(case.shapes)) for case in CASES.values()]
    whole = [reason for each in found for reason in each.unscreened.values()]
    assert len(whole) < sum(len(each.suspects) for each in found) / 2, Counter(whole)
