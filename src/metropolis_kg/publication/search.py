"""Finding things of a release by their names."""

from collections.abc import Collection, Mapping
from pathlib import Path

from metropolis_kg.publication.own_queries import kept_by_release
from metropolis_kg.publication.search_remote import RemoteIndex, SearchUnavailableError
from metropolis_kg.store import search
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.store.search_entry import LANGUAGES
from metropolis_kg.store.search_file import SEARCH
from metropolis_kg.store.search_index import SearchIndex
from metropolis_kg.store.search_results import Found, Results, Shelf

__all__ = ["Found", "Results", "SearchUnavailableError", "Shelf", "browse", "entry", "find", "kinds", "types"]


def find(
    release: OpenRelease, text: str, *, kind: str | None = None, types: Collection[str] = (), limit: int = 10,
    offset: int = 0, fuzzy: bool = True,
) -> Results:  # fmt: skip
    """Return the things of ``release`` whose names fit ``text``, the best first; ``limit`` of them from ``offset`` on.

    Names are those in every language, identifiers, IRIs of the thing elsewhere, and quotes. Only things of ``kind``,
    and with one of the classes ``types`` (IRIs), where these are given. Misspelt words are understood where ``fuzzy``.
    Raises SearchUnavailableError, QueryTimeoutError and StoreUnavailableError.
    """
    return search.find(index_of(release), text, kind=kind, types=types, limit=limit, offset=offset, fuzzy=fuzzy)


def browse(release: OpenRelease, kind: str, limit: int, offset: int = 0, language: str = LANGUAGES[0]) -> Shelf:
    """Return ``limit`` things of ``kind`` from ``offset`` on, by their names in ``language``. Raises as ``find``."""
    return index_of(release).browse(kind, limit, offset, language)


def most_connected(release: OpenRelease, kind: str, limit: int) -> list[Found]:
    """Return ``limit`` things of ``kind``, those to which most statements point first. Raises as ``find``."""
    return index_of(release).most_connected(kind, limit)


def entry(release: OpenRelease, iri: str) -> Found | None:
    """Return what search knows of ``iri``; none where that is not in the release. Raises as ``find``."""
    return index_of(release).entry(iri)


def kinds(release: OpenRelease) -> Mapping[str, int]:
    """Return kind → number of its things, for the kinds there are. Raises as ``find``."""
    return index_of(release).kinds


def types(release: OpenRelease) -> Mapping[str, int]:
    """Return IRI of a class → number of the things that have it. Raises as ``find``."""
    return index_of(release).types


def index_of(release: OpenRelease) -> SearchIndex:
    """Return the search index of ``release``. Raises as ``find``."""
    return _in_folder(release, release.folder) if release.folder else _remote(release).index()


@kept_by_release(1, of_stores=True)
def _in_folder(release: OpenRelease, folder: Path) -> SearchIndex:
    path = folder / SEARCH
    if not path.exists():
        raise SearchUnavailableError(
            "An older program built this release, without a search index. 'metropolis-kg build' adds it; until then "
            "/sparql and /query/ answer as ever."
        )
    return SearchIndex(path)


@kept_by_release(1, of_stores=True)
def _remote(release: OpenRelease) -> RemoteIndex:
    return RemoteIndex(release)
