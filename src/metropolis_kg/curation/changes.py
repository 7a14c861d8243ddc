"""Which things are new, changed and gone in a dataset, compared with an earlier one: both sorted, in bounded memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from metropolis_kg.curation.differences import Blocks, differing, shared, side_by_side
from metropolis_kg.curation.noted_things import listed
from metropolis_kg.model.namespaces import RDF
from metropolis_kg.model.publications import Publication, of_one_base
from metropolis_kg.store.sorted_lines import SortedLines, file_blocks


@dataclass(frozen=True)
class Changes:
    """Paths below the base of the things that are new, changed and gone, in order; lists of very many are no tuples."""

    created: Sequence[str] = ()
    updated: Sequence[str] = ()
    removed: Sequence[str] = ()


def changes(before: Path | None, after: Path, base: str, earlier: tuple[Publication, ...] = ()) -> Changes:
    """Return what is new, changed and gone in the dataset ``after`` compared with ``before``, both sorted N-Quads.

    Things are the subjects below ``<base>id/``; what is said of an IRI with a fragment is said of the thing without.
    What is said to be an ``mkg:RetiredThing`` is gone. Where ``before`` is gone, the things of the publications
    ``earlier``, which are of this base, stand for it, and all that are still there count as changed. Raises OSError
    where ``after`` is.
    """
    new = _Things(after, base)
    if before is None:
        return _compared(iter(()), new.blocks(), None, base)
    old = _Things(before, base)
    if before.is_file():
        return _compared(old.blocks(), new.blocks(), _touched(old, new), base)
    return _compared(_known(earlier, base), new.blocks(), None, base)


def _compared(old: Blocks, new: Blocks, touched: SortedLines | None, base: str) -> Changes:
    """Return the changes from ``old`` to ``new`` things, of which those ``touched`` are changed, or all."""
    created, updated, removed = SortedLines(), SortedLines(), SortedLines()

    def kept() -> Blocks:
        for had, has in side_by_side(old, new):
            known, there = set(had), set(has)
            created.extend([_path(thing, base) for thing in has if thing not in known])
            removed.extend([_path(thing, base) for thing in had if thing not in there])
            yield [thing for thing in has if thing in known]

    for things in shared(kept(), touched.blocks()) if touched else kept():
        updated.extend([_path(thing, base) for thing in things])
    return Changes(listed(created), listed(updated), listed(removed))


def _touched(old: "_Things", new: "_Things") -> SortedLines:
    """Return the things of which something is said in one dataset only."""
    found, below = SortedLines(), old.below
    last = b""
    for _, line in differing(file_blocks(old.dataset), file_blocks(new.dataset)):
        if line.startswith(below):
            thing = line.partition(b" ")[0].rstrip(b">").partition(b"#")[0]
            if thing != last:
                found.extend([thing + b">\n"])
                last = thing
    return found


def _known(publications: tuple[Publication, ...], base: str) -> Blocks:
    """Yield the things that are there after ``publications``, in order."""
    events = SortedLines()
    for each in of_one_base(publications):
        for sign, things in (("+", each.created), ("-", each.removed)):
            for thing in things:
                events.extend([f"<{base}{thing}> {each.number:06}{sign}\n".encode()])
    for known, told in groupby(events.lines(), _subject):
        if list(told)[-1].endswith(b"+\n"):
            yield [known + b"\n"]


@dataclass(frozen=True)
class _Things:
    """The things that a dataset is about."""

    dataset: Path
    base: str

    @property
    def below(self) -> bytes:
        return f"<{self.base}id/".encode()

    def blocks(self) -> Blocks:
        """Yield the things that are not said to be retired, as N-Quads terms in order, each a line, many at a time."""
        subjects: list[bytes] = []
        gone: set[bytes] = set()
        below = self.below
        for block in file_blocks(self.dataset):
            own = [line for line in block if line.startswith(below)]
            subjects = list(dict.fromkeys([*subjects[-1:], *[line.partition(b" ")[0] for line in own]]))
            gone.update(self._retired(own))
            yield [subject + b"\n" for subject in subjects[:-1] if b"#" not in subject and subject not in gone]
            gone.intersection_update(subjects[-1:])  # of the last one more may follow
        yield [subject + b"\n" for subject in subjects[-1:] if b"#" not in subject and subject not in gone]

    def _retired(self, lines: list[bytes]) -> Iterator[bytes]:
        said = f" <{RDF}type> <{self.base}ns#RetiredThing> ".encode()
        found = (line for line in lines if said in line)
        return (_subject(line) for line in found if line.startswith(_subject(line) + said))


def _subject(line: bytes) -> bytes:
    return line.partition(b" ")[0]


def _path(thing: bytes, base: str) -> bytes:
    """Return the path of a thing, as a line."""
    return thing[1 + len(base) : -2] + b"\n"
