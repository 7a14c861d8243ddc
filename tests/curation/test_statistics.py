"""Counts of a dataset: as VoID defines them, whatever the statements look like."""

from metropolis_kg.curation.canonical import canonical_lines, union
from metropolis_kg.curation.statistics import Statistics, statistics

TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


def counted(*lines: str) -> Statistics:
    """Count statements, each given as ``subject predicate object graph``."""
    return statistics(union(canonical_lines("".join(f"{line} .\n" for line in lines).encode())))[0]


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


def test_the_subjects_come_each_once_and_in_order() -> None:
    lines = [
        f"<http://a/{subject}> <http://a/p> <http://a/o> <http://a/{graph}> .\n" for graph in "gh" for subject in "tsu"
    ]
    subjects = statistics(union(canonical_lines("".join(lines).encode())))[1]
    assert subjects == [b"<http://a/s>", b"<http://a/t>", b"<http://a/u>"]
