"""The journal: one file ``<var>/journal/000001.json`` for each publication, written once, before it takes place.

A file gets its name by one rename once it is on disk, and the link to the release is replaced after that. So a process
killed at any moment leaves at most notes of what did not take place; readers know them by the link, and the next
publication is written over them.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from metropolis_kg.errors import ReleaseError
from metropolis_kg.model.namespaces import RDF
from metropolis_kg.model.publications import Publication, of_one_base, things, until


@dataclass(frozen=True)
class Changes:
    """Paths below the base of the things that are new, changed and gone, in order."""

    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


class Journal:
    """The journal in one folder, which need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def stamp(self) -> int:
        """A number that is another one after a publication was noted."""
        try:
            return self._folder.stat().st_mtime_ns
        except OSError:
            return 0

    def read(self, digest: str | None) -> tuple[Publication, ...]:
        """Return every publication up to the last of the release ``digest``, which is the published one.

        Raises ReleaseError where a file is missing or cannot be read.
        """
        return until([read_note(path, number) for number, path in enumerate(self._files(), 1)], digest)

    def file_of(self, number: int) -> Path:
        """Return where the note of publication ``number`` is, or would be."""
        return self._folder / f"{number:06}.json"

    def write(self, publication: Publication) -> None:
        """Note ``publication``, in place of one of that number that did not take place. Raises OSError."""
        self._folder.mkdir(exist_ok=True)
        fresh = self._folder / ".fresh"
        facts = asdict(publication) | {"published": publication.published.isoformat()}
        fresh.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        self._name(fresh, publication.number)

    def become(self, notes: Sequence[Path]) -> bool:
        """Have ``notes``, files that are taken away from where they are, as all there is, the first one first.

        Returns whether that changes anything. Raises OSError.
        """
        self._folder.mkdir(exist_ok=True)
        more = self._files()[len(notes) :]
        for path in reversed(more):
            path.unlink()
        new = [(path, number) for number, path in enumerate(notes, 1) if path != self.file_of(number)]
        for path, number in new:
            self._name(path, number)
        return bool(more or new)

    def _name(self, fresh: Path, number: int) -> None:
        """Make the file ``fresh`` the note of publication ``number``, once it is on disk."""
        to_disk(fresh)
        fresh.replace(self.file_of(number))
        for folder in (self._folder, self._folder.parent):
            to_disk(folder)

    def _files(self) -> list[Path]:
        """Return the notes that there are, by their number."""
        files = [path for path in self._folder.glob("*.json") if path.stem.isdecimal()]
        return sorted(files, key=lambda path: int(path.stem))


def read_note(path: Path, number: int) -> Publication:
    """Return publication ``number``, of which the file ``path`` tells. Raises ReleaseError where it does not."""
    try:
        facts: dict[str, Any] = json.loads(path.read_bytes())
        lists = {name: tuple(map(str, facts[name])) for name in ("created", "updated", "removed")}
        digest, base, published = str(facts["digest"]), str(facts["base"]), datetime.fromisoformat(facts["published"])
        if facts["number"] != number or published.tzinfo is None:
            raise ValueError(f"it is no note of publication {number}")
        return Publication(number, digest, published, base, **lists)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"the note of publication {number}, {path}, is missing or cannot be read: {error!r}"
        raise ReleaseError(f"{reason}; restore it, or move {path.parent} away to begin a new journal") from error


def changes(before: Path | None, after: Path, base: str, earlier: tuple[Publication, ...] = ()) -> Changes:
    """Return what is new, changed and gone in the dataset ``after`` compared with ``before``, both sorted N-Quads.

    Things are the subjects below ``<base>id/``; what is said of an IRI with a fragment is said of the thing without.
    What is said to be an ``mkg:RetiredThing`` is gone. Memory grows with what differs only. Where ``before`` is gone,
    the things of the publications ``earlier``, which are of this base, stand for it, and all that are still there count
    as changed. Raises OSError where ``after`` is.
    """
    with after.open("rb") as new:
        if before is None:
            return Changes(created=_names(new, base))
        try:
            with before.open("rb") as old:
                return _changes(old, new, base)
        except OSError:
            return _by_name(things(of_one_base(earlier)), set(_names(new, base)))


def _by_name(had: set[str], has: set[str]) -> Changes:
    return Changes(*(tuple(sorted(each)) for each in (has - had, has & had, had - has)))


def _names(lines: Iterable[bytes], base: str) -> tuple[str, ...]:
    """Return the things among the subjects of sorted N-Quads, in order."""
    return tuple(sorted(_path(subject, base) for subject, _ in _subjects(lines, base) if b"#" not in subject))


def _changes(old: Iterator[bytes], new: Iterator[bytes], base: str) -> Changes:
    found: dict[str, set[str]] = {"created": set(), "updated": set(), "removed": set()}
    parts: set[str] = set()  # changed fragments, whose things come later: "#" sorts before ">"
    for subject, before, after in _side_by_side(old, new, base):
        thing = _path(subject, base)
        if b"#" in subject:
            parts |= {thing} if before != after else set()
        elif not (before and after):
            found["created" if after else "removed"].add(thing)
        elif before != after or thing in parts:
            found["updated"].add(thing)
    return Changes(**{kind: tuple(sorted(paths)) for kind, paths in found.items()})


def _side_by_side(
    old: Iterator[bytes], new: Iterator[bytes], base: str
) -> Iterator[tuple[bytes, list[bytes], list[bytes]]]:
    """Yield each subject and its lines in both of two sorted files, subject by subject."""
    sides = [_subjects(old, base), _subjects(new, base)]
    heads = [next(side, None) for side in sides]
    while any(heads):
        subject = min(head[0] for head in heads if head)
        lines: list[list[bytes]] = [[], []]
        for index, head in enumerate(heads):
            if head and head[0] == subject:
                lines[index] = head[1]
                heads[index] = next(sides[index], None)
        yield subject, lines[0], lines[1]


def _subjects(lines: Iterable[bytes], base: str) -> Iterator[tuple[bytes, list[bytes]]]:
    """Yield each subject below ``<base>id/`` that is not said to be retired, with its lines."""
    start, retired = f"<{base}id/".encode(), f" <{RDF}type> <{base}ns#RetiredThing> ".encode()
    for subject, group in groupby(lines, _subject):
        if subject.startswith(start):
            said = list(group)
            if not any(line.startswith(subject + retired) for line in said):
                yield subject, said


def _subject(line: bytes) -> bytes:
    return line.partition(b" ")[0]


def _path(subject: bytes, base: str) -> str:
    return subject.decode(errors="replace")[1 + len(base) : -1].partition("#")[0]


def to_disk(path: Path) -> None:
    """Return when the file or folder ``path`` is on disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
