"""Fetching a release from a place: it appears here whole or not at all, and what was interrupted is continued."""

import fcntl
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from metropolis_kg.curation.journal import read_note
from metropolis_kg.curation.release import Release, Releases
from metropolis_kg.curation.transfer.contents import Contents, Note, damaged, folder_of
from metropolis_kg.curation.transfer.file_list import LIST, BytesDone, FileList, ListedFile, TransferError, sha256_of
from metropolis_kg.curation.transfer.place import Place, PlaceError

_ATTEMPTS = 4
"""How often in a row a file is asked for without a byte of it coming."""

_PAUSE = 0.5
"""Seconds before the second attempt; each further pause is twice as long."""


@dataclass(frozen=True)
class Pull:
    """What is wanted from ``place``, and where it goes; made once ``contents`` has been read."""

    releases: Releases
    place: Place
    contents: Contents
    limit: int
    """Bytes that a release may have."""

    def wanted(self, release: str) -> FileList | None:
        """Return the files of ``release`` that are to be fetched; none where it is here. Raises TransferError."""
        if is_here(Release(self.releases.folder / release)):
            return None
        files = self.contents.list_of(release, self.place)
        if files.length > self.limit:
            raise TransferError(
                f"release {release[:12]} has {files.length:,} bytes, and up to {self.limit:,} are taken; "
                "METROPOLIS_KG_RELEASE_GIGABYTES allows more"
            )
        return files

    def fetch(self, files: FileList, told: BytesDone) -> Release:
        """Return the release of which ``files`` are all, once it is here; ``told`` hears of bytes that have come.

        Raises TransferError and OSError.
        """
        with _one_at_a_time(self.releases.var):
            folder = self._begun(files)
            self._refuse_too_little_space(files, folder)
            for each in files.files:
                self._fetch(each, f"{folder_of(files.release)}/{each.path}", folder / each.path, told)
            (folder / LIST).write_bytes(files.text)
            if Release(folder).manifest.get("digest") != files.release:
                raise TransferError(f"the manifest that came with {files.release[:12]} is that of another release")
            return self.releases.replace(folder, files.release)

    def publish(self, release: Release) -> bool:
        """Publish ``release`` as it is published at the place, with that journal; return whether that changed anything.

        Raises TransferError and ReleaseError.
        """
        last = self.contents.journal[-1].release if self.contents.journal else None
        if not self.contents.published == last == release.digest:
            raise TransferError(f"release {release.digest[:12]} is not what is published there; publish it there first")
        with _one_at_a_time(self.releases.var):
            notes = [self._note(each) for each in self.contents.journal]
            return self.releases.follow(release, notes)

    def _note(self, note: Note) -> Path:
        """Return a file with a note of the journal, the one that is here where it is the same."""
        here = self.releases.journal.file_of(note.number)
        if here.is_file() and here.stat().st_size == note.bytes and sha256_of(here) == note.sha256:
            return here
        folder = self.releases.var / "pulling-journal"
        folder.mkdir(exist_ok=True)
        fetched = folder / here.name
        self._fetch(ListedFile(note.path, note.bytes, note.sha256), note.path, fetched, lambda _: None)
        if read_note(fetched, note.number).digest != note.release:
            raise TransferError(f"{self.place.name_of(note.path)} tells of another release than the list says")
        return fetched

    def _begun(self, files: FileList) -> Path:
        """Return the folder for the files, with what came before an interruption; that of other releases goes."""
        folder = self.releases.var / f"pulling-{files.release}"
        for left in self.releases.var.glob("pulling-*"):
            if left != folder:
                shutil.rmtree(left)
        folder.mkdir(exist_ok=True)
        return folder

    def _refuse_too_little_space(self, files: FileList, folder: Path) -> None:
        here = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        needed, free = files.length - here, shutil.disk_usage(folder).free
        if needed > free:
            raise TransferError(f"{needed:,} bytes are to come, and {free:,} are free in {self.releases.var}")

    def _fetch(self, file: ListedFile, source: str, target: Path, told: BytesDone) -> None:
        """Fetch ``file`` and check it; one that was continued and is wrong is fetched anew. Raises TransferError."""
        target.parent.mkdir(parents=True, exist_ok=True)
        continued = target.exists()
        told(target.stat().st_size if continued else 0)
        self._bring(file, source, target, told)
        found = sha256_of(target)
        if found != file.sha256 and continued:
            target.unlink()
            self._bring(file, source, target, lambda _: None)
            found = sha256_of(target)
        if found != file.sha256:
            target.unlink()
            raise TransferError(damaged(self.place.name_of(source), file.sha256, found))

    def _bring(self, file: ListedFile, source: str, target: Path, told: BytesDone) -> None:
        """Return when ``target`` has as many bytes as ``file``; whoever breaks off is asked for the rest."""
        target.touch()
        failures = 0
        while (begin := target.stat().st_size) < file.bytes:
            fault = self._continue(file, source, target, begin, told)
            failures = 0 if target.stat().st_size > begin else failures + 1
            if failures == _ATTEMPTS:
                raise fault or PlaceError(f"{self.place.name_of(source)} ends after {begin:,} of {file.bytes:,} bytes")
            time.sleep(_PAUSE * 2**failures if fault else 0)

    def _continue(self, file: ListedFile, source: str, target: Path, begin: int, told: BytesDone) -> PlaceError | None:
        """Append to ``target`` what comes; return what ended it too early, if that is known."""
        left = file.bytes - begin
        try:
            with target.open("ab") as opened:
                for piece in self.place.pieces(source, begin):
                    left -= len(piece)
                    if left < 0:
                        break
                    opened.write(piece)
                    told(len(piece))
        except PlaceError as error:
            return error
        if left < 0:
            target.unlink()
            raise TransferError(f"{self.place.name_of(source)} is longer than the {file.bytes:,} bytes it should have")
        return None


def is_here(release: Release) -> bool:
    """Return whether ``release`` is here and needs not be fetched.

    One that was fetched is looked at by the lengths in its list of files, one that was built by its dataset.
    """
    try:
        files = FileList.read((release.path / LIST).read_bytes(), release.digest)
    except (OSError, TransferError):
        return release.is_whole
    return release.is_readable and files.lengths_fit(release.path)


@contextmanager
def _one_at_a_time(var: Path) -> Iterator[None]:
    """Hold the lock under which releases are fetched; the kernel lets go of it when its holder dies."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "pulling").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
