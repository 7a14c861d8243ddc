"""Releases on disk: list, find, compare, switch.

A release is a folder ``<var>/releases/<digest>/`` that is never written again, named after the RDFC-1.0 digest of its
dataset. Publishing is switching the link ``<var>/current``; switching it back is rolling back. A folder gets its name
by one rename once it is whole and on disk, and the link is replaced by one rename, so that a process killed at any
moment leaves the old release or the new one.
"""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from metropolis_kg.errors import ReleaseError

DATASET = "dataset.nq"
MANIFEST = "manifest.json"
STORE = "store"


@dataclass(frozen=True)
class Release:
    """One immutable release."""

    path: Path

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of the dataset's canonical N-Quads (RDFC-1.0)."""
        return self.path.name

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What ``build`` noted: base, counts, digests, times, prefixes, dumps. Raises ReleaseError."""
        try:
            manifest: dict[str, Any] = json.loads((self.path / MANIFEST).read_bytes())
        except (OSError, ValueError) as error:
            raise ReleaseError(f"release {self.digest[:12]} has no readable {MANIFEST}: {error}") from error
        return manifest


class Releases:
    """The releases below one folder, and which of them is published."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self._folder, self._link = var / "releases", var / "current"

    def all(self) -> list[Release]:
        """Return every release, the newest first."""
        found = [Release(path) for path in self._folder.glob("*") if (path / MANIFEST).is_file()]
        return sorted(found, key=lambda release: (str(release.manifest["created"]), release.digest), reverse=True)

    def current(self) -> Release | None:
        """Return the published release; none before the first."""
        try:
            digest = self._link.readlink().name
        except OSError:
            return None
        release = Release(self._folder / digest)
        return release if release.path.is_dir() else None

    def find(self, digest: str) -> Release:
        """Return the release whose digest begins with ``digest``. Raises ReleaseError where none or several do."""
        fitting = [release for release in self.all() if digest and release.digest.startswith(digest)]
        if len(fitting) == 1:
            return fitting[0]
        what = "no release" if not fitting else f"{len(fitting)} releases"
        raise ReleaseError(f"{what} in {self._folder} begin with {digest!r}; 'metropolis-kg releases list' shows them")

    def switch(self, release: Release) -> None:
        """Publish ``release``: readers see the one before or this one, never neither. Raises ReleaseError."""
        fresh = self.var / ".next"
        try:
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(Path("releases") / release.digest)
            fresh.replace(self._link)
            _to_disk(self.var)
        except OSError as error:
            raise ReleaseError(f"cannot switch {self._link}: {error.strerror}") from error

    def adopt(self, folder: Path, digest: str) -> Release:
        """Return the release that the finished ``folder`` becomes; an equal release that is there already is kept."""
        target = self._folder / digest
        if (target / MANIFEST).is_file():
            shutil.rmtree(folder)
            return Release(target)
        self._folder.mkdir(exist_ok=True)
        for path in (*folder.rglob("*"), folder):
            _to_disk(path)
        folder.rename(target)
        _to_disk(self._folder)
        return Release(target)

    def difference(self, old: Release, new: Release) -> Iterator[tuple[str, str]]:
        """Yield ``("-", quad)`` for what only ``old`` says and ``("+", quad)`` for what only ``new`` says, in order."""
        with (old.path / DATASET).open("rb") as before, (new.path / DATASET).open("rb") as after:
            yield from _merge(before, after)


def _merge(before: Iterator[bytes], after: Iterator[bytes]) -> Iterator[tuple[str, str]]:
    """Walk two sorted files side by side; memory does not grow with them."""
    old, new = next(before, None), next(after, None)
    while old is not None or new is not None:
        if old == new:
            old, new = next(before, None), next(after, None)
        elif new is None or (old is not None and old < new):
            yield "-", _text(old)
            old = next(before, None)
        else:
            yield "+", _text(new)
            new = next(after, None)


def _text(line: bytes | None) -> str:
    return (line or b"").decode().rstrip("\n")


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
