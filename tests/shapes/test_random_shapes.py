"""Whatever the shapes and the data, the report with screening is, as a graph, the one of pySHACL on everything."""

import logging
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from random_shapes import PROLOGUE, data, shapes, store_of

from metropolis_kg.curation.report import Report, Result
from metropolis_kg.curation.rewritten import Rewritten
from metropolis_kg.curation.screening import screen
from metropolis_kg.curation.shapes import parse_shapes
from metropolis_kg.curation.validation import ValidationError, judge_here, validate
from metropolis_kg.model.namespaces import SH
from metropolis_kg.model.shapes import TARGETS, Node, ShapesGraph

pytestmark = pytest.mark.filterwarnings("ignore")
CASES = int(os.environ.get("RANDOM_SHAPES", "2000"))
FIXED = "RANDOM_SHAPES" not in os.environ
COMPONENTS = (
    *("Class", "Datatype", "NodeKind", "MinCount", "MaxCount", "MinLength", "MaxLength", "Pattern", "LanguageIn"),
    *("UniqueLang", "MinInclusive", "MaxInclusive", "MinExclusive", "MaxExclusive", "Equals", "Disjoint", "LessThan"),
    *("LessThanOrEquals", "Not", "And", "Or", "Xone", "Node", "QualifiedMinCount", "QualifiedMaxCount", "Closed"),
    *("HasValue", "In", "SPARQL"),
)
"""All of SHACL Core but sh:property, which has no results of its own."""

RDFS = "http://www.w3.org/2000/01/rdf-schema#"
RESULTS = {ox.NamedNode(SH + term) for term in ("result", "detail")}
REPORT = ox.NamedNode(f"{SH}ValidationReport")
PATH = ox.NamedNode(f"{SH}resultPath")


@pytest.fixture(autouse=True)
def silence() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


class ReportGraph:
    """A report as a graph of its own: without what pySHACL copies of nameless shapes and data, and paths as text."""

    def __init__(self, statements: Iterable[ox.Triple | ox.Quad]) -> None:
        self.about: defaultdict[object, list[tuple[ox.NamedNode, Any]]] = defaultdict(list)
        for each in statements:
            self.about[each.subject].append((each.predicate, each.object))

    def canonical(self) -> set[str]:
        """Return the statements in a form that is equal for isomorphic graphs."""
        dataset = ox.Dataset(self._statements())
        dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
        return set(map(str, dataset))

    def _statements(self) -> Iterator[ox.Quad]:
        waiting = [subject for subject, stated in self.about.items() if any(value == REPORT for _, value in stated)]
        while waiting:
            node: Any = waiting.pop()
            for predicate, value in self.about[node]:
                waiting += [value] if predicate in RESULTS else []
                yield ox.Quad(node, predicate, ox.Literal(self._text(value)) if predicate == PATH else value)

    def _text(self, path: Any) -> str:
        stated = sorted((str(predicate), self._text(value)) for predicate, value in self.about[path])
        return f"[{stated}]" if isinstance(path, ox.BlankNode) else str(path)


def judged(
    store: ox.Store, shapes_graph: ShapesGraph, rewritten: Rewritten, *, screened: bool
) -> tuple[Report | None, bytes]:
    """Return the report, none where pySHACL refuses, and what pySHACL said last."""
    said = [b""]

    def judge(turtle: bytes, quads: bytes) -> bytes:
        said.append(judge_here(turtle, quads))
        return said[-1]

    try:
        return validate(store, shapes_graph, rewritten, screened=screened, judge=judge), said[-1]
    except ValidationError:
        return None, b""


def components(results: Iterable[Result]) -> Iterator[str]:
    for result in results:
        yield result.component.value.removeprefix(SH)
        yield from components(result.details)


def check(shapes_text: str, data_text: str, seen: Counter[str]) -> None:
    """Hold the report with screening against the one without, and that against what pySHACL said."""
    shapes_graph, store = parse_shapes(PROLOGUE + shapes_text), store_of(data_text)
    rewritten = Rewritten(ox.parse(PROLOGUE + data_text, format=ox.RdfFormat.TRIG))
    plain, said = judged(store, shapes_graph, rewritten, screened=False)
    screened, _ = judged(store, shapes_graph, rewritten, screened=True)
    assert (screened is None) == (plain is None)
    seen["cases"] += 1
    if plain is None or screened is None:
        seen["refused"] += 1
        return
    assert screened.results == plain.results
    assert screened.as_turtle() == plain.as_turtle()
    written = ReportGraph(ox.parse(plain.as_turtle(), format=ox.RdfFormat.TURTLE))
    assert written.canonical() == ReportGraph(ox.parse(said, format=ox.RdfFormat.N_TRIPLES)).canonical()
    seen.update(components(plain.results))
    by_counting, by_looking = (screen(store, shapes_graph, few=few) for few in (1, 1000))
    assert by_counting == by_looking
    seen["shapes"] += len(shapes_graph.target_nodes)
    seen["shapes screened"] += len(by_looking.suspects)
    seen["focus nodes"] += sum(len(focus_nodes(shape, shapes_graph, store)) for shape in by_looking.suspects)
    seen["suspects"] += by_looking.left


def focus_nodes(shape: Node, shapes_graph: ShapesGraph, store: ox.Store) -> set[object]:
    """Return the focus nodes of a shape (SHACL section 2.1.3)."""
    named = {term: shapes_graph.values(shape, SH + term) for term in TARGETS}
    classes = [*named["targetClass"], *([shape] if shapes_graph.is_class(shape) else [])]
    asked = [f"?n a/<{RDFS}subClassOf>* {cls}" for cls in classes]
    asked += [f"?n {predicate} ?o" for predicate in named["targetSubjectsOf"]]
    asked += [f"?s {predicate} ?n" for predicate in named["targetObjectsOf"]]
    found = (store.query(f"SELECT ?n WHERE {{ {each} }}", use_default_graph_as_union=True) for each in asked)
    return {*named["targetNode"], *(row["n"] for rows in found for row in rows)}  # type: ignore[union-attr]


def test_the_report_on_random_shapes_is_that_of_plain_pyshacl() -> None:
    seen = Counter[str]()

    @settings(
        max_examples=CASES, deadline=None, derandomize=FIXED, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(shapes_text=shapes(), data_text=data())
    def holds(shapes_text: str, data_text: str) -> None:
        check(shapes_text, data_text, seen)

    holds()
    Path(os.environ.get("SEEN", os.devnull)).write_text(str(seen))
    assert not FIXED or {f"{name}ConstraintComponent" for name in COMPONENTS} <= seen.keys()
    assert seen["cases"] > CASES / 2
    assert seen["refused"] < seen["cases"] / 20
    assert seen["shapes screened"] > seen["shapes"] * 3 / 4
    assert seen["suspects"] < seen["focus nodes"] * 2 / 3
