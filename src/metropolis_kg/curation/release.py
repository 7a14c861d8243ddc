"""Releases on disk: list, find, compare, switch.

A release is a folder ``<var>/releases/<digest>/`` that is never written again, named after the RDFC-1.0 digest of its
dataset. Publishing is switching the link ``<var>/current``; switching it back is rolling back. A folder gets its name
by one rename once it is whole and on disk, and the link is replaced by one rename, so that a process killed at any
moment leaves the old release or the new one. Each publication is noted in the journal before it takes place.
"""

import fcntl
import filecmp
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from metropolis_kg.curation.changes import changes
from metropolis_kg.curation.differences import differing
from metropolis_kg.curation.journal import Journal, to_disk
from metropolis_kg.errors import ReleaseError
from metropolis_kg.model.publications import Publication, next_time
from metropolis_kg.store.register_file import REGISTER
from metropolis_kg.store.search_file import SEARCH
from metropolis_kg.store.sorted_lines import file_blocks

DATASET = "dataset.nq"
MANIFEST = "manifest.json"
STORE = "store"
NOTED = {"base", "created", "difference", "prefixes", "quads"}
"""What every manifest says."""

STATISTICS = "statistics"
"""What a manifest says since there are counts in it."""


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
            manifest = json.loads((self.path / MANIFEST).read_bytes())
        except (OSError, ValueError) as error:
            raise ReleaseError(f"release {self.digest[:12]} has no readable {MANIFEST}: {error}") from error
        if not isinstance(manifest, dict) or not manifest.keys() >= NOTED:
            raise ReleaseError(f"release {self.digest[:12]} has a {MANIFEST} without {', '.join(sorted(NOTED))}")
        return manifest

    @property
    def is_readable(self) -> bool:
        """True where the manifest can be read."""
        try:
            return bool(self.manifest)
        except ReleaseError:
            return False

    @property
    def is_whole(self) -> bool:
        """True where the manifest can be read and the dataset is that of which the release has its name."""
        try:
            with (self.path / DATASET).open("rb") as dataset:
                return self.is_readable and hashlib.file_digest(dataset, "sha256").hexdigest() == self.digest
        except OSError:
            return False


class Releases:
    """The releases below one folder, and which of them is published."""

    def __init__(self, var: Path) -> None:
        self.var, self.journal = var, Journal(var / "journal")
        self.folder, self._link, self._before = var / "releases", var / "current", var / "previous"

    def all(self) -> list[Release]:
        """Return every release, the newest first, those whose manifest cannot be read last."""
        found = [Release(path) for path in self.folder.glob("*") if path.is_dir()]
        return sorted(found, key=lambda release: (_created(release), release.digest), reverse=True)

    def current(self) -> Release | None:
        """Return the published release; none before the first."""
        return self._at(self._link)

    def published(self) -> Release:
        """Return the published release. Raises ReleaseError before the first."""
        current = self.current()
        if current is None:
            raise ReleaseError(f"nothing is published in {self.var} yet; run 'metropolis-kg build'")
        return current

    def previous(self) -> Release | None:
        """Return the release that was published before the published one; none where there was none."""
        return self._at(self._before)

    def _at(self, link: Path) -> Release | None:
        try:
            digest = link.readlink().name
        except OSError:
            return None
        release = Release(self.folder / digest)
        return release if release.path.is_dir() else None

    def find(self, digest: str) -> Release:
        """Return the release whose digest begins with ``digest``. Raises ReleaseError where none or several do."""
        fitting = [release for release in self.all() if digest and release.digest.startswith(digest)]
        if len(fitting) == 1:
            return fitting[0]
        what = "no release begins" if not fitting else f"{len(fitting)} releases begin"
        raise ReleaseError(f"{what} with {digest!r} in {self.folder}; 'metropolis-kg releases list' shows them")

    def switch(self, release: Release) -> Publication | None:
        """Publish ``release``: readers see the one before or this one, never neither. Raises ReleaseError.

        Returns the publication; none where the release is published already.

        The publication and the release before are noted first, so that a process killed in between has changed nothing
        that is published. One switch waits for another to end.
        """
        if not release.is_readable:
            raise ReleaseError(f"release {release.digest[:12]} is damaged and cannot be published; build it again")
        with self._alone():
            current = self.current()
            publication = self._note(current, release)
            self._lead(current, release)
        return publication

    def follow(self, release: Release, notes: Sequence[Path]) -> bool:
        """Publish ``release`` as another machine did, whose journal the files ``notes`` are, the first first.

        They become the journal of this one: what only this one noted gives way. Returns whether anything has changed.
        Raises ReleaseError.
        """
        if not release.is_readable:
            raise ReleaseError(f"release {release.digest[:12]} is damaged and cannot be published")
        with self._alone():
            current, noted = self.current(), self.journal.become(notes)
            is_new = current is None or current.digest != release.digest
            if is_new:
                self._lead(current, release)
        return noted or is_new

    def told(self, published: Release) -> tuple[Publication, ...]:
        """Return every publication that has taken place when ``published`` is; each of them is noted in the journal."""
        with self._alone():
            known = self.journal.read(published.digest)
            untold = self._untold(known, published)
            for publication in untold:
                self.journal.write(publication)
        return known + untold

    def _lead(self, current: Release | None, release: Release) -> None:
        """Have the links lead to ``release``, and to ``current`` as the one before it."""
        if current and current.digest != release.digest:
            self._point(self._before, current)
        self._point(self._link, release)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lock under which releases are switched; the kernel lets go of it when its holder dies."""
        try:
            with (self.var / "switching").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise ReleaseError(f"cannot switch releases in {self.var}: {error.strerror or error}") from error

    def _note(self, current: Release | None, release: Release) -> Publication | None:
        known = self.journal.read(current.digest if current else None)
        untold = self._untold(known, current)
        known += untold
        following = None if known and known[-1].digest == release.digest else self._publication(known, release)
        for publication in (*untold, following) if following else untold:
            self.journal.write(publication)
        return following

    def publications(self, published: Release | None = None) -> tuple[Publication, ...]:
        """Return every publication that has taken place when ``published`` is, or what the link says, the first first.

        A published release of which the journal does not tell, since it is older than the journal, counts as published
        when it was built. Raises ReleaseError where the journal is damaged.
        """
        current = published or self.current()
        known = self.journal.read(current.digest if current else None)
        return known + self._untold(known, current)

    def _untold(self, known: tuple[Publication, ...], current: Release | None) -> tuple[Publication, ...]:
        """Return the publication of the published release where ``known`` does not tell of it and it can be read."""
        if current is None or (known and known[-1].digest == current.digest):
            return ()
        try:
            return (self._publication(known, current, datetime.fromisoformat(_created(current))),)
        except (ReleaseError, ValueError):
            return ()

    def _publication(
        self, known: tuple[Publication, ...], release: Release, published: datetime | None = None
    ) -> Publication:
        """Return what the next publication after ``known`` is when ``release`` is published, now or then."""
        last, base = known[-1] if known else None, str(release.manifest["base"])
        before = self.folder / last.digest / DATASET if last and last.base == base else None
        try:
            found = changes(before, release.path / DATASET, base, known)
        except OSError as error:
            raise ReleaseError(f"release {release.digest[:12]} has no readable {DATASET}; build it again") from error
        number = last.number + 1 if last else 1
        return Publication(number, release.digest, next_time(published or datetime.now(UTC), last), base, **vars(found))

    def _point(self, link: Path, release: Release) -> None:
        fresh = self.var / f".{link.name}-{os.getpid()}"
        try:
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(Path("releases") / release.digest)
            fresh.replace(link)
            to_disk(self.var)
        except OSError as error:
            raise ReleaseError(f"cannot switch {link}: {error.strerror}") from error

    def adopt(self, folder: Path, digest: str) -> Release:
        """Return the release that the finished ``folder`` becomes.

        An equal release that is there already is kept; a damaged one gives way, and one that lacks counts and dumps
        since an older program built it, or whose search index or register is missing, damaged or that of another one.
        """
        there = Release(self.folder / digest)
        same = all(_same(there.path / name, folder / name) for name in (SEARCH, REGISTER))
        if there.is_whole and STATISTICS in there.manifest and same:
            shutil.rmtree(folder)
            return there
        return self.replace(folder, digest)

    def replace(self, folder: Path, digest: str) -> Release:
        """Return the release that the finished ``folder`` becomes, in place of what has that name. Raises OSError."""
        there = Release(self.folder / digest)
        self.folder.mkdir(exist_ok=True)
        for path in (*folder.rglob("*"), folder):
            to_disk(path)
        if there.path.exists():
            there.path.rename(self.var / "damaged")
        folder.rename(there.path)
        to_disk(self.folder)
        shutil.rmtree(self.var / "damaged", ignore_errors=True)
        return Release(there.path)

    def difference(self, old: Release, new: Release) -> Iterator[tuple[str, str]]:
        """Yield ``("-", quad)`` for what only ``old`` says and ``("+", quad)`` for what only ``new`` says, in order."""
        for sign, line in differing(file_blocks(old.path / DATASET), file_blocks(new.path / DATASET)):
            yield sign, line.decode().rstrip("\n")


def _same(one: Path, other: Path) -> bool:
    return one.exists() and filecmp.cmp(one, other, shallow=False)


def _created(release: Release) -> str:
    return str(release.manifest["created"]) if release.is_readable else ""
