"""The journal: one file ``<var>/journal/000001.json`` for each publication, written once, before it takes place.

A file gets its name by one rename once it is on disk, and the link to the release is replaced after that. So a process
killed at any moment leaves at most notes of what did not take place; readers know them by the link, and the next
publication is written over them. A list of very many things is in a file of its own beside it, which is there first and
is named after what is in it.
"""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from metropolis_kg.errors import ReleaseError
from metropolis_kg.model.publications import Publication, until
from metropolis_kg.store.mapped_lines import MappedLines

_LISTS = ("created", "updated", "removed")
_NOTED = ("number", "digest", "published", "base", *_LISTS)


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
        files = [path for path in self._folder.glob("*.json") if path.stem.isdecimal()]
        files.sort(key=lambda path: int(path.stem))
        return until([_read(path, number) for number, path in enumerate(files, 1)], digest)

    def write(self, publication: Publication) -> None:
        """Note ``publication``, in place of one of that number that did not take place. Raises OSError."""
        self._folder.mkdir(exist_ok=True)
        stem = f"{publication.number:06}"
        lists = {name: self._noted(stem, name, getattr(publication, name)) for name in _LISTS}
        facts = vars(publication) | {"published": publication.published.isoformat()} | lists
        text = json.dumps({name: facts[name] for name in _NOTED}, ensure_ascii=False, indent=1) + "\n"
        self._put(f"{stem}.json", lambda file: file.write(text.encode()))
        self._clear(stem, lists)
        for folder in (self._folder, self._folder.parent):
            to_disk(folder)

    def _noted(self, stem: str, name: str, things: Sequence[str]) -> Sequence[str] | dict[str, str | int]:
        """Return how ``things`` are noted: themselves, or where many of them are listed."""
        if not isinstance(things, MappedLines):
            return things
        file = f"{stem}-{name}-{things.digest()[:16]}.txt"
        self._put(file, things.write)
        return {"file": file, "things": len(things)}

    def _put(self, name: str, write: Callable[[BinaryIO], object]) -> None:
        fresh = self._folder / ".fresh"
        with fresh.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._folder / name)

    def _clear(self, stem: str, lists: Mapping[str, object]) -> None:
        """Remove the lists of what had that number and did not take place."""
        named = {each["file"] for each in lists.values() if isinstance(each, dict)}
        for path in self._folder.glob(f"{stem}-*.txt"):
            if path.name not in named:
                path.unlink()


def _read(path: Path, number: int) -> Publication:
    try:
        facts: dict[str, Any] = json.loads(path.read_bytes())
        lists = {name: _things(path.parent, facts[name]) for name in _LISTS}
        digest, base, published = str(facts["digest"]), str(facts["base"]), datetime.fromisoformat(facts["published"])
        if facts["number"] != number or published.tzinfo is None:
            raise ValueError(f"it is no note of publication {number}")
        return Publication(number, digest, published, base, **lists)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"the note of publication {number}, {path}, is missing or cannot be read: {error!r}"
        raise ReleaseError(f"{reason}; restore it, or move {path.parent} away to begin a new journal") from error


def _things(folder: Path, noted: Any) -> Sequence[str]:
    """Return the things of a list as it is noted."""
    if not isinstance(noted, dict):
        return tuple(map(str, noted))
    with (folder / Path(noted["file"]).name).open("rb") as file:
        things = MappedLines(file)
    if len(things) != noted["things"]:
        raise ValueError(f"{noted['file']} lists {len(things):,} things and not {noted['things']:,}")
    return things


def to_disk(path: Path) -> None:
    """Return when the file or folder ``path`` is on disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
