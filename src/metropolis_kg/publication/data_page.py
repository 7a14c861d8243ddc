"""The list of files of a release as the HTML template wants it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from metropolis_kg.publication.dumps import Dump, data_path, dumps_of
from metropolis_kg.publication.words import number_text

_UNITS = ("kB", "MB", "GB")


@dataclass(frozen=True)
class File:
    """A file, and the path below the base under which it stays."""

    dump: Dump
    path: str
    size: str


@dataclass(frozen=True)
class Kept:
    """A release whose files can be fetched."""

    digest: str
    path: str
    created: str
    quads: str


@dataclass(frozen=True)
class DataPage:
    """What the page shows."""

    release: Kept
    files: list[File]
    others: list[Kept]


def data_page_of(digest: str, manifests: Mapping[str, Mapping[str, Any]], language: str) -> DataPage:
    """Return the page of the release with this digest; ``manifests`` has those of all that are kept, newest first."""
    files = [
        File(dump, data_path(digest, dump.name), size_text(dump.bytes, language))
        for dump in dumps_of(manifests[digest])
    ]
    return DataPage(_kept(digest, manifests[digest], language), files, list(_others(digest, manifests, language)))


def _others(digest: str, manifests: Mapping[str, Mapping[str, Any]], language: str) -> Iterable[Kept]:
    return (_kept(each, manifest, language) for each, manifest in manifests.items() if each != digest)


def _kept(digest: str, manifest: Mapping[str, Any], language: str) -> Kept:
    quads = number_text(int(manifest["quads"]), language)
    return Kept(digest, data_path(digest), str(manifest["created"]), quads)


def size_text(size: int, language: str) -> str:
    """Return a number of bytes in the unit that fits, in steps of a thousand.

    >>> size_text(999, "en"), size_text(212_301_823, "en"), size_text(5_400_000, "de")
    ('1.0 kB', '212.3 MB', '5,4 MB')
    """
    number = size / 1000
    for unit in _UNITS:
        if number < 1000 or unit == _UNITS[-1]:
            break
        number /= 1000
    written = f"{number:.1f} {unit}"
    return written.replace(".", ",") if language == "de" else written
