"""Counts of a dataset: as VoID defines them, whatever the statements look like."""

from pathlib import Path

import pytest

from metropolis_kg.curation.dumps import write_dumps
from metropolis_kg.curation.statistics import Statistics
from metropolis_kg.model.dataset import THINGS

TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def counted(*lines: str) -> Statistics:
    """Count statements, each given as ``subject predicate object graph``."""
    dataset = Path("dataset.nq").absolute()
    dataset.write_text("".join(sorted(f"{line} .\n" for line in lines)))
    return write_dumps(dataset, None, {}, "http://a/").statistics


def test_a_triple_in_several_graphs_is_counted_once() -> None:
    line = "<http://a/s> <http://a/p> {} <http://a/g{}>"
    objects = ('"v"', '"v"@de', '"v"^^<http://a/d>', '"v <http://a/g1> ."', "<http://a/o>")
    found = counted(*(line.format(each, graph) for graph in (1, 2, 3) for each in objects))
    assert (found.triples, found.distinct_subjects, found.distinct_objects) == (5, 1, 5)
    assert found.properties == {"http://a/p": 5}


def test_an_entity_is_an_iri_with_a_class_and_counts_once() -> None:
    found = counted(
        f"<http://a/s> {TYPE} <http://a/C> <http://a/g1>",
        f"<http://a/s> {TYPE} <http://a/D> <http://a/g2>",
        f"<http://a/t> {TYPE} <http://a/C> <http://a/g1>",
        f"_:b {TYPE} <http://a/C> <http://a/g1>",
        f'<http://a/u> {TYPE} "no class" <http://a/g1>',
        "<http://a/untyped> <http://a/p> <http://a/s> <http://a/g1>",
    )
    assert (found.triples, found.entities, found.distinct_subjects) == (6, 3, 5)
    assert found.classes == {"http://a/C": 3, "http://a/D": 1}


def test_a_dataset_without_statements_has_nothing_to_count() -> None:
    assert counted() == Statistics(0, 0, 0, 0, {}, {})


def test_what_has_a_document_comes_each_once_and_in_order_of_its_path() -> None:
    names = ("id/t", "id/t/u", "id/t-u", "graph/g", "id/t#part", "other", "id/gone")
    lines = [f"<http://a/{name}> <http://a/p> <http://a/o> <http://a/{graph}>" for graph in "gh" for name in names]
    counted(*lines, f"<http://a/id/gone> {TYPE} <http://a/ns#RetiredThing> <http://a/h>")
    assert Path(THINGS).read_text().splitlines() == ["graph/g", "id/t", "id/t-u", "id/t/u"]
