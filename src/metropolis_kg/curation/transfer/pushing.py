"""Bringing a release to a place."""

import hashlib
from dataclasses import replace
from itertools import zip_longest

from metropolis_kg.curation.release import Release, Releases
from metropolis_kg.curation.transfer.contents import Contents, Note, damaged, folder_of
from metropolis_kg.curation.transfer.file_list import LIST, BytesDone, FileList, ListedFile, TransferError, sha256_of
from metropolis_kg.curation.transfer.place import Place


def push(releases: Releases, release: Release, files: FileList, place: Place, told: BytesDone, *, again: bool) -> bool:
    """Bring ``release``, of which ``files`` is the list, to ``place``; return whether anything of it had to be sent.

    With the published release the journal goes along, and what is published there is published at the place. Each file
    is read back; what is there already is not sent. A release that the place has is not looked at, unless ``again``.
    ``told`` hears of the bytes of each file that is there. Raises TransferError and OSError.
    """
    current, contents = releases.current(), Contents.at(place)
    notes = _notes(releases, release) if current and current.digest == release.digest else ()
    _refuse_other_history(contents, notes, place)
    send = again or release.digest not in contents.releases
    if send:
        for each in files.files:
            _bring(release, each, place)
            told(each.bytes)
        place.put(f"{folder_of(release.digest)}/{LIST}", files.text)
        contents = replace(contents, releases={**contents.releases, release.digest: files.digest})
    for note in notes[len(contents.journal) :]:
        place.put(note.path, releases.journal.file_of(note.number))
    if notes:
        contents = replace(contents, published=release.digest, journal=notes)
    contents.write(place)
    return send


def _bring(release: Release, file: ListedFile, place: Place) -> None:
    path = f"{folder_of(release.digest)}/{file.path}"
    if place.length(path) == file.bytes and _digest_at(place, path) == file.sha256:
        return
    place.put(path, release.path / file.path)
    found = _digest_at(place, path)
    if found != file.sha256:
        raise TransferError(damaged(place.name_of(path), file.sha256, found))


def _digest_at(place: Place, path: str) -> str:
    found = hashlib.sha256()
    for piece in place.pieces(path):
        found.update(piece)
    return found.hexdigest()


def _notes(releases: Releases, published: Release) -> tuple[Note, ...]:
    return tuple(_note(releases, each.number, each.digest) for each in releases.told(published))


def _note(releases: Releases, number: int, digest: str) -> Note:
    path = releases.journal.file_of(number)
    return Note(number, digest, path.stat().st_size, sha256_of(path))


def _refuse_other_history(contents: Contents, notes: tuple[Note, ...], place: Place) -> None:
    """Raise TransferError where the publications at ``place`` are not the beginning of ``notes``."""
    if not notes:
        return
    for there, here in zip_longest(contents.journal, notes):
        if there and there != here:
            raise TransferError(
                f"{place.name_of(there.path)} tells of another publication than the journal here: replicas have one "
                "history, so publish in one place; 'metropolis-kg releases pull --switch' takes over what is there"
            )
