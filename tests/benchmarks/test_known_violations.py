"""What the benchmark of validation breaks is what is found: forty violations, over every kind of constraint."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pyoxigraph as ox
import pytest

from metropolis_kg.curation.report import Report
from metropolis_kg.curation.validation import validate
from metropolis_kg.model.namespaces import SH, read_prefixes
from metropolis_kg.model.shapes import ShapesGraph
from repository import REPOSITORY

TENURES = 80
COMPONENTS = {
    "And", "Class", "Closed", "Datatype", "Disjoint", "Equals", "HasValue", "In", "LanguageIn", "LessThan",
    "LessThanOrEquals", "MaxCount", "MaxExclusive", "MaxInclusive", "MaxLength", "MinCount", "MinExclusive",
    "MinInclusive", "MinLength", "Node", "NodeKind", "Not", "Or", "Pattern", "QualifiedMaxCount", "QualifiedMinCount",
    "SPARQL", "UniqueLang", "Xone",
}  # fmt: skip
"""The constraint components of SHACL with results of their own (section 4 and 5.2)."""


@pytest.fixture(scope="module")
def benchmark() -> Iterator[ModuleType]:
    """The module of the benchmark that makes the data."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(REPOSITORY / "benchmarks")
        yield import_module("violations")


@pytest.fixture(scope="module")
def made(benchmark: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, frozenset[object]]:
    """The folder with data and shapes, and what has to be found."""
    folder = tmp_path_factory.mktemp("violations")
    _, expected = benchmark.write_data(folder, TENURES)
    return folder, expected


@pytest.fixture(scope="module")
def shapes(made: tuple[Path, frozenset[object]]) -> ShapesGraph:
    """The shapes of the benchmark."""
    file = made[0] / "shapes.ttl"
    statements = tuple((quad.subject, quad.predicate, quad.object) for quad in ox.parse(path=file))
    return ShapesGraph(statements, read_prefixes(file), {})  # type: ignore[arg-type] # no triple terms in shapes


@pytest.fixture(scope="module")
def report(made: tuple[Path, frozenset[object]], shapes: ShapesGraph) -> Report:
    """What is found."""
    store = ox.Store()
    store.bulk_load(path=made[0] / "data.nt", format=ox.RdfFormat.N_TRIPLES)
    return validate(store, shapes)


def test_forty_violations_are_over_every_kind_of_constraint(made: tuple[Path, frozenset[object]]) -> None:
    _, expected = made
    assert len(expected) == 40
    assert {finding[1] for finding in expected} == COMPONENTS  # type: ignore[index] # a tuple of four


def test_every_kind_of_constraint_that_the_shapes_use_is_violated(shapes: ShapesGraph) -> None:
    named = {name[0].lower() + name[1:] for name in COMPONENTS} - {"sPARQL"} | {"sparql"}
    used = {predicate.value.removeprefix(SH) for _, predicate, _ in shapes.statements}
    assert used >= named


def test_each_violation_is_found_and_nothing_else(
    benchmark: ModuleType, made: tuple[Path, frozenset[object]], report: Report
) -> None:
    found = benchmark.findings(ox.parse(report.as_turtle(), format=ox.RdfFormat.TURTLE))
    assert sorted(found) == sorted(made[1])


def test_too_few_tenures_for_the_violations_are_refused(benchmark: ModuleType) -> None:
    with pytest.raises(ValueError, match="80 tenures"):
        benchmark.violations(TENURES - 1, {})
