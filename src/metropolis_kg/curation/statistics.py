"""Exact counts of a dataset, as VoID defines them (VoID section 4.6), in one pass over its sorted statements."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from metropolis_kg.model.namespaces import RDF
from metropolis_kg.store.sorted_lines import SortedLines

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


class Counting:
    """Counts triples, sorted and each once, and gathers which of their subjects have a document of their own.

    Triples of one subject stand together since it is what they are sorted by. Of what may be many, nothing is held.
    """

    def __init__(self, folder: Path, base: str) -> None:
        """Keep in ``folder`` what is many."""
        self._objects, self._documented = SortedLines(folder), SortedLines(folder)
        self._properties: Counter[bytes] = Counter()
        self._classes: Counter[bytes] = Counter()
        self._subjects = self._entities = 0
        self._below = (f"<{base}id/".encode(), f"<{base}graph/".encode())
        self._start, self._retirement = len(base) + 1, f"<{base}ns#RetiredThing>".encode()
        self._subject, self._typed, self._retired = b"", False, False

    def add(self, triples: Iterable[bytes]) -> None:
        """Count canonical N-Triples lines without `` .``. Raises OSError."""
        subject, documented, values, predicates = self._subject, list[bytes](), set[bytes](), list[bytes]()
        for triple in triples:
            each, predicate, value = triple.split(b" ", 2)
            if each != subject:
                documented += self._left()
                self._subject, subject = each, each
            predicates.append(predicate)
            values.add(value)
            if predicate == _TYPE:
                self._count_class(value)
        self._properties.update(predicates)
        self._objects.extend([value + b"\n" for value in values])
        self._documented.extend(documented)

    def _count_class(self, value: bytes) -> None:
        self._classes[value] += 1
        self._entities += not self._typed and self._subject.startswith(b"<")
        self._typed = True
        self._retired = self._retired or value == self._retirement

    def _left(self) -> list[bytes]:
        """Count the last subject; return its path as a line where it has a document.

        What has a fragment has no document of its own, nor has what is said to be retired.
        """
        subject, retired = self._subject, self._retired
        self._typed = self._retired = False
        self._subjects += subject != b""
        has_document = subject.startswith(self._below) and not retired and b"#" not in subject
        return [subject[self._start : -1] + b"\n"] if has_document else []

    def finish(self, things: Path) -> Statistics:
        """Return the counts when all is counted, and write to ``things`` the paths of what has a document, in order."""
        self._documented.extend(self._left())
        with things.open("wb") as file:
            file.writelines(self._documented.lines())
        objects = sum(map(len, self._objects.blocks()))
        named = _named(self._classes), _named(self._properties)
        return Statistics(self._properties.total(), self._entities, self._subjects, objects, *named)


def _named(numbers: Counter[bytes]) -> dict[str, int]:
    """Return IRI → number, by IRI, from N-Triples terms; a class is an IRI."""
    return {term[1:-1].decode(): number for term, number in sorted(numbers.items()) if term.startswith(b"<")}
