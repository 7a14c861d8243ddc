"""The list of files that goes with a release: how long each is, and its digest.

It comes from elsewhere, so nothing in it is believed before it is looked at: no name leads out of the folder.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from metropolis_kg.curation.release import DATASET, MANIFEST, STORE
from metropolis_kg.errors import ReleaseError

LIST = "files.json"
"""The file in the folder of a release that has the list of the others."""

LONGEST_LIST = 16 << 20
"""Bytes that a list may have."""

DIGEST = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}", re.ASCII)
_DEEPEST = 4
_NEEDED = {DATASET, MANIFEST, f"{STORE}/CURRENT"}


BytesDone = Callable[[int], None]
"""Who is told of bytes as they are done."""


class TransferError(ReleaseError):
    """A release cannot be brought from one place to another; nothing of it is published."""


@dataclass(frozen=True)
class ListedFile:
    """A file: its path below the folder of the release, its length in bytes, its SHA-256 in hexadecimal."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class FileList:
    """All files of the release ``release``, in the order of their paths."""

    release: str
    files: tuple[ListedFile, ...]

    @classmethod
    def of(cls, folder: Path, told: BytesDone = lambda _: None) -> "FileList":
        """Return the list of the release in ``folder``; ``told`` hears of the bytes of each file that was read.

        Raises TransferError where a file is no plain file or has a name that cannot travel, and OSError.
        """
        files = []
        for path in sorted(_plain_files(folder)):
            name = path.relative_to(folder).as_posix()
            if not is_safe(name):
                raise TransferError(f"{path} has a name that cannot travel: letters, digits and ._- are taken")
            size = path.stat().st_size
            files.append(ListedFile(name, size, sha256_of(path)))
            told(size)
        return cls(folder.name, tuple(files))

    @classmethod
    def read(cls, text: bytes, release: str) -> "FileList":
        """Return the list that ``text`` is, which must be that of ``release``. Raises TransferError."""
        try:
            said: dict[str, Any] = json.loads(text)
            files = tuple(map(_listed, said["files"]))
            found = cls(str(said["release"]), files)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise TransferError(f"the list of files of release {release[:12]} cannot be read: {error!r}") from error
        for fault in found._faults(release):
            raise TransferError(f"the list of files of release {release[:12]} is refused: {fault}")
        return found

    def _faults(self, release: str) -> Iterator[str]:
        """Yield what stands against using this list for ``release``."""
        if self.release != release:
            yield f"it is that of {self.release[:12]!r}"
        known: dict[str, str] = {}
        for each in self.files:
            if not is_safe(each.path):
                yield f"{each.path!r} is no path within a release"
            if each.path in known:
                yield f"{each.path} stands in it twice"
            known[each.path] = each.sha256
        if missing := _NEEDED - known.keys():
            yield f"it lacks {', '.join(sorted(missing))}"
        elif known[DATASET] != release:
            yield f"its {DATASET} has the digest {known[DATASET]}, and the release is named after another"

    @property
    def length(self) -> int:
        """How many bytes all files have together."""
        return sum(each.bytes for each in self.files)

    @property
    def text(self) -> bytes:
        """The list as it is written, the same for the same files."""
        said = {"release": self.release, "files": [asdict(each) for each in self.files]}
        return (json.dumps(said, indent=1) + "\n").encode()

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of the list as it is written."""
        return hashlib.sha256(self.text).hexdigest()

    def lengths_fit(self, folder: Path) -> bool:
        """Return whether every file is in ``folder`` with the length that it should have."""
        return all(_length(folder / each.path) == each.bytes for each in self.files)


def _listed(said: Any) -> ListedFile:
    """Return the file of which a list says ``said``. Raises ValueError, KeyError, TypeError."""
    path, length, digest = said["path"], said["bytes"], said["sha256"]
    if not isinstance(path, str) or type(length) is not int or length < 0 or not DIGEST.fullmatch(digest):
        raise ValueError(f"{said!r} is no file with its length and its digest")
    return ListedFile(path, length, digest)


def is_safe(path: str) -> bool:
    """Return whether ``path`` leads to a file within a folder, on every system.

    >>> [is_safe(path) for path in ("store/000009.sst", "../x", "/etc/passwd", "a//b", "a/../b", ".netrc", "a\\\\b")]
    [True, False, False, False, False, False, False]
    """
    parts = path.split("/")
    return len(parts) <= _DEEPEST and all(_NAME.fullmatch(part) for part in parts)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of the file at ``path``, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _length(path: Path) -> int | None:
    try:
        return path.lstat().st_size
    except OSError:
        return None


def _plain_files(folder: Path) -> Iterator[Path]:
    """Yield all files below ``folder`` but the list. Raises TransferError where something is neither."""
    with os.scandir(folder) as entries:
        for entry in entries:
            path = folder / entry.name
            if entry.is_dir(follow_symlinks=False):
                yield from _plain_files(path)
            elif not entry.is_file(follow_symlinks=False):
                what = "a symbolic link" if entry.is_symlink() else "no plain file"
                raise TransferError(f"{path} is {what}, which does not travel")
            elif entry.name != LIST:
                yield path
