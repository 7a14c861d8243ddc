"""What is at a place: ``releases.json``, which is written last, so that all it names is there."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from metropolis_kg.curation.transfer.file_list import DIGEST, LIST, LONGEST_LIST, FileList, TransferError
from metropolis_kg.curation.transfer.place import Place

_CONTENTS = "releases.json"


@dataclass(frozen=True)
class Note:
    """A note of the journal: the number of the publication, its release, length and SHA-256 of the file."""

    number: int
    release: str
    bytes: int
    sha256: str

    @property
    def path(self) -> str:
        """Where it is."""
        return f"journal/{self.number:06}.json"


@dataclass(frozen=True)
class Contents:
    """The releases of a place, which of them is published, and the publications up to that."""

    published: str | None = None
    releases: Mapping[str, str] = field(default_factory=dict)
    """Digest of a release → SHA-256 of its list of files."""

    journal: tuple[Note, ...] = ()

    @classmethod
    def at(cls, place: Place) -> "Contents":
        """Return what is at ``place``; nothing where nothing was ever brought there. Raises TransferError."""
        text = place.read(_CONTENTS, LONGEST_LIST)
        if text is None:
            return cls()
        try:
            said: dict[str, Any] = json.loads(text)
            releases = {_digest(name): _digest(value) for name, value in said["releases"].items()}
            journal = tuple(_note(number, each) for number, each in enumerate(said["journal"], 1))
            return cls(said["published"] and _digest(said["published"]), releases, journal)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise TransferError(f"{place.name_of(_CONTENTS)} is no list of releases; is that the place?") from error

    def write(self, place: Place) -> None:
        """Make this what ``place`` says it has. Raises PlaceError."""
        place.put(_CONTENTS, (json.dumps(asdict(self), indent=1) + "\n").encode())

    def find(self, digest: str) -> str:
        """Return the release whose digest begins with ``digest``. Raises TransferError where none or several do."""
        fitting = [each for each in self.releases if digest and each.startswith(digest)]
        if len(fitting) == 1:
            return fitting[0]
        there = ", ".join(each[:12] for each in self.releases) or "nothing"
        what = f"{len(fitting)} releases there begin" if fitting else "no release there begins"
        raise TransferError(f"{what} with {digest!r}; there is {there}")

    def list_of(self, release: str, place: Place) -> FileList:
        """Return the list of files of ``release``, one of those that are there. Raises TransferError."""
        path = f"{folder_of(release)}/{LIST}"
        text = place.read(path, LONGEST_LIST)
        if text is None:
            raise TransferError(f"{place.name_of(path)} is missing")
        found = hashlib.sha256(text).hexdigest()
        if found != self.releases[release]:
            raise TransferError(damaged(place.name_of(path), self.releases[release], found))
        return FileList.read(text, release)


def folder_of(release: str) -> str:
    """Return where the files of a release are."""
    return f"releases/{release}"


def damaged(name: str, expected: str, found: str) -> str:
    """Return what to say of a file that is not what was promised."""
    return f"{name} is damaged or was changed: its SHA-256 should be {expected} and is {found}; nothing is published"


def _digest(value: object) -> str:
    if not (isinstance(value, str) and DIGEST.fullmatch(value)):
        raise ValueError(f"{value!r} is no SHA-256")
    return value


def _note(number: int, said: Mapping[str, Any]) -> Note:
    note = Note(said["number"], _digest(said["release"]), said["bytes"], _digest(said["sha256"]))
    if note.number != number or type(note.bytes) is not int or note.bytes < 0:
        raise ValueError(f"{said!r} is no note of publication {number}")
    return note
