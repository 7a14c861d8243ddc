"""Exact counts of a dataset, as VoID defines them (VoID section 4.6), in one pass over its sorted statements."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from metropolis_kg.model.namespaces import RDF

_TYPE = f"<{RDF}type>".encode()


@dataclass(frozen=True)
class Statistics:
    """What there is in the union of all graphs; IRI → number for classes and properties."""

    triples: int
    entities: int
    """Subjects that are IRIs and have a class."""

    distinct_subjects: int
    distinct_objects: int
    classes: dict[str, int]
    """Class → number of its instances."""

    properties: dict[str, int]
    """Property → number of its triples."""


def statistics(triples: Iterable[bytes]) -> tuple[Statistics, list[bytes]]:
    """Return the counts of canonical N-Triples lines, sorted and each once, and the distinct subjects in their order.

    Lines of one subject stand together since it is what they are sorted by; so do, of the lines of a dataset, those of
    one triple in several graphs. Only objects are held in memory.
    """
    subjects: list[bytes] = []
    objects: set[bytes] = set()
    properties: Counter[bytes] = Counter()
    classes: Counter[bytes] = Counter()
    entities = 0
    subject, typed = b"", False
    for triple in triples:
        each, predicate, value = triple.split(b" ", 2)
        if each != subject:
            subject, typed = each, False
            subjects.append(subject)
        properties[predicate] += 1
        objects.add(value)
        if predicate == _TYPE:
            classes[value] += 1
            entities += not typed and subject.startswith(b"<")
            typed = True
    total, named = properties.total(), (_named(classes), _named(properties))
    return Statistics(total, entities, len(subjects), len(objects), *named), subjects


def _named(numbers: Counter[bytes]) -> dict[str, int]:
    """Return IRI → number, by IRI, from N-Triples lines' terms; a class is an IRI."""
    return {
        term.removesuffix(b" .")[1:-1].decode(): number
        for term, number in sorted(numbers.items())
        if term.startswith(b"<")
    }
