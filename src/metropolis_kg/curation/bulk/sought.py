"""On which lines of a bulk source stand the statements that findings are about? One pass over the file tells of all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from metropolis_kg.curation.bulk.blocks import FaultList
from metropolis_kg.curation.bulk.compressed import whole_lines
from metropolis_kg.curation.bulk.kinds import STREAMED, source_name, suffix_of
from metropolis_kg.model.identifiers import Rebase, Term
from metropolis_kg.model.namespaces import CANONICAL_BASE

_LONGEST = 1000
"""Characters of a line that are shown."""


class Sought(NamedTuple):
    """A statement of a bulk source under the deployed base, or as much of one as is known."""

    path: Path
    graph: ox.NamedNode
    subject: Term
    predicate: Term | None = None
    value: Term | None = None


def find_lines(sought: Iterable[Sought], base: str) -> Mapping[Sought, int]:
    """Return the line of each statement, else of the first with its property, else of the first of its subject.

    What a row of a table became has none; what is wrong with the row itself was told when it was read.
    Raises ContentError where a file can no longer be read.
    """
    by_file: dict[Path, list[Sought]] = defaultdict(list)
    for each in dict.fromkeys(sought):
        by_file[each.path].append(each)
    searched = ((path, those) for path, those in by_file.items() if suffix_of(path) in STREAMED)
    return {each: line for path, those in searched for each, line in _Search(those, base).of(path).items()}


class _Search:
    def __init__(self, sought: Iterable[Sought], base: str) -> None:
        self._rebase = Rebase(base)
        self._sought: dict[tuple[bytes, bytes], list[Sought]] = defaultdict(list)
        for each in sought:
            self._sought[self._text(each.subject), self._text(each.graph)].append(each)
        self._subjects = {subject for subject, _ in self._sought}
        self._best: dict[Sought, tuple[int, int]] = {}

    def of(self, path: Path) -> Mapping[Sought, int]:
        """Return the line of each statement that stands in the file."""
        graph = ox.NamedNode(f"{CANONICAL_BASE}graph/{source_name(path)}")
        for block in STREAMED[suffix_of(path) or ""](path, graph, FaultList(path)):
            for number, line in zip(block.lines, block.statements.split(b"\n"), strict=False):
                if line.partition(b" ")[0] in self._subjects:
                    self._compare(number, line)
        return {each: number for each, (_, number) in self._best.items()}

    def _compare(self, number: int, line: bytes) -> None:
        subject, predicate, rest = line.split(b" ", 2)
        value, graph, _ = rest.rsplit(b" ", 2)
        for each in self._sought.get((subject, graph), ()):
            same = each.predicate is not None and self._text(each.predicate) == predicate
            exact = same and each.value is not None and self._text(each.value) == value
            rank = 0 if exact else 1 if same else 2
            self._best[each] = min(self._best.get(each, (rank, number)), (rank, number))

    def _text(self, term: Term) -> bytes:
        return str(self._rebase.canonical_term(term)).encode()


def text_of_lines(path: Path, numbers: Iterable[int]) -> Mapping[int, str]:
    """Return lines of a bulk source by their numbers, cut where they are very long. Raises ContentError."""
    found: dict[int, str] = {}
    wanted = sorted(set(numbers))
    first, pieces = 1, whole_lines(path)
    while wanted and (piece := next(pieces, None)) is not None:
        text = piece.text
        count = text.count(b"\n") + (not text.endswith(b"\n"))
        here = [number for number in wanted if number < first + count]
        lines = text.split(b"\n") if here else []
        found |= {number: lines[number - first].decode(errors="replace")[:_LONGEST] for number in here}
        wanted, first = list(islice(wanted, len(here), None)), first + count
    return found
