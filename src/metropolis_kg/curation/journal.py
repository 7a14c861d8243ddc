"""The journal: one file ``<var>/journal/000001.json`` for each publication, written once, before it takes place.

A file gets its name by one rename once it is on disk, and the link to the release is replaced after that. So a process
killed at any moment leaves at most notes of what did not take place; readers know them by the link, and the next
publication is written over them.
"""

import json
import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from mmap import mmap
from pathlib import Path
from sys import intern
from typing import Any

from metropolis_kg.curation.noted_things import NotedThings, mapped, noted
from metropolis_kg.errors import ReleaseError
from metropolis_kg.model.publications import Publication, until

_LISTS = ("created", "updated", "removed")
_Stamp = tuple[int, ...]
_HELD = 1 << 20
"""Bytes of a note whose lists are held."""


class Journal:
    """The journal in one folder, which need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[int, tuple[_Stamp, Publication]] = {}

    @property
    def stamp(self) -> int:
        """A number that is another one after a publication was noted."""
        try:
            return self._folder.stat().st_mtime_ns
        except OSError:
            return 0

    def read(self, digest: str | None) -> tuple[Publication, ...]:
        """Return every publication up to the last of the release ``digest``, which is the published one.

        A file is read again when it is another one. Raises ReleaseError where one is missing or cannot be read.
        """
        self._known = {number: self._read(path, number) for number, path in enumerate(self._files(), 1)}
        return until([publication for _, publication in self._known.values()], digest)

    def _read(self, path: Path, number: int) -> tuple[_Stamp, Publication]:
        known, stamp = self._known.get(number), _stamp(path)
        return known if known and known[0] == stamp else (stamp, read_note(path, number))

    def file_of(self, number: int) -> Path:
        """Return where the note of publication ``number`` is, or would be."""
        return self._folder / f"{number:06}.json"

    def write(self, publication: Publication) -> None:
        """Note ``publication``, in place of one of that number that did not take place. Raises OSError."""
        self._folder.mkdir(exist_ok=True)
        fresh = self._folder / ".fresh"
        with fresh.open("w", encoding="utf-8") as file:
            file.writelines(_text(publication))
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
        facts, lists = _held(path) if path.stat().st_size < _HELD else _mapped(path)
        digest, base, published = str(facts["digest"]), str(facts["base"]), datetime.fromisoformat(facts["published"])
        if facts["number"] != number or published.tzinfo is None:
            raise ValueError(f"it is no note of publication {number}")
        return Publication(number, digest, published, base, **lists)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        reason = f"the note of publication {number}, {path}, is missing or cannot be read: {error!r}"
        raise ReleaseError(f"{reason}; restore it, or move {path.parent} away to begin a new journal") from error


def _stamp(path: Path) -> _Stamp:
    """Return numbers that are others for another file; none where there is no file."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _text(publication: Publication) -> Iterator[str]:
    """Yield parts of a note: JSON, in which each thing of a list has a line."""
    facts = {name: getattr(publication, name) for name in ("number", "digest", "published", "base")}
    yield json.dumps(facts, ensure_ascii=False, indent=1, default=datetime.isoformat).removesuffix("\n}")
    for name in _LISTS:
        things = getattr(publication, name)
        yield f',\n "{name}": ['
        yield from noted(things)
        yield "\n ]" if things else "]"
    yield "\n}\n"


def _held(path: Path) -> tuple[dict[str, Any], dict[str, Sequence[str]]]:
    """Return what a note says, and its lists, whose names, many of which are in other notes as well, are held once."""
    facts = json.loads(path.read_bytes())
    return facts, {name: tuple(sorted(intern(str(each)) for each in facts[name])) for name in _LISTS}


def _mapped(path: Path) -> tuple[dict[str, Any], dict[str, Sequence[str]]]:
    """Return the same without holding the lists."""
    with path.open("rb") as file:
        data = mapped(file)
    facts, lists, position = b"", dict[str, Sequence[str]](), 0
    for name in _LISTS:
        opening = f'\n "{name}": ['.encode()
        start = _place(data, opening, position) + len(opening)
        end = start if data[start : start + 1] == b"]" else _place(data, b"\n ]", start)
        lists[name] = NotedThings(data, start + 1, end) if start < end else ()
        facts, position = facts + data[position:start], end
    return json.loads(facts + data[position:]), lists


def _place(data: mmap, text: bytes, position: int) -> int:
    """Return where ``text`` stands from ``position`` on. Raises ValueError."""
    place = data.find(text, position)
    if place < 0:
        raise ValueError(f"{text.decode().strip()!r} is missing")
    return place


def to_disk(path: Path) -> None:
    """Return when the file or folder ``path`` is on disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
