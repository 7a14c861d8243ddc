"""Which release is served now."""

import logging
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from metropolis_kg.curation.release import DATASET, STORE, Release, Releases
from metropolis_kg.errors import HistoryUnreadableError, MetropolisError, ReleaseError
from metropolis_kg.model.publications import Publication, of_one_base
from metropolis_kg.settings import Settings
from metropolis_kg.store.admission import Admission
from metropolis_kg.store.protocol import StoreError
from metropolis_kg.store.reception import Reception
from metropolis_kg.store.recipe import Kind, Limits, Recipe
from metropolis_kg.store.release import OpenRelease, open_embedded
from metropolis_kg.store.tally import Tally
from metropolis_kg.store.workers import Workers
from metropolis_kg.web.followed import FollowedStore
from metropolis_kg.web.replaced import replaced

_log = logging.getLogger(__name__)

_PATIENCE = 2.0
"""Seconds that a request waits until a newly published release is open; then it is answered from the one before."""

_OLDER = 4
"""How many releases other than the published one a process keeps open."""


class Current:
    """The published release, or the remote store, that the settings name.

    ``release`` looks at the link ``var/current`` each time and opens a new release when it leads elsewhere. Whoever
    holds the old one goes on with it; it is closed when nobody does.
    """

    def __init__(self, settings: Settings, meeting: Path | None = None, tally: Tally | None = None) -> None:
        """Nothing is opened yet.

        With ``meeting``, a folder that the processes of one server have in common, clients' queries are answered in
        processes of their own; without, by the store itself. ``tally`` hears of them.
        """
        self._tally = tally
        self._settings, self._link, self._meeting = settings, str(settings.var / "current"), meeting
        self._moving = threading.Lock()
        self._target: str | None = None
        self._open: OpenRelease | None = None
        self._releases = Releases(settings.var)
        self._publications: tuple[tuple[str, int], tuple[Publication, ...] | None] | None = None
        self._older = lru_cache(maxsize=_OLDER)(self._opened_older)
        self._followed = FollowedStore(settings, settings.store, self._receiving) if settings.store else None

    def release(self) -> OpenRelease:
        """Return the release to answer from now. Raises ReleaseError before the first, and what opening it raises.

        A published release that cannot be opened is logged, and the one before it goes on being served.
        """
        if self._followed:
            return self._followed.release()
        target = self._published()
        if self._open and target in (None, self._target):
            return self._open
        if self._open is None:
            with self._moving:
                return self._move_to(target)
        if self._moving.acquire(blocking=False):  # else another thread is about to open the new one
            moving = threading.Thread(target=self._moved, args=[target], daemon=True)
            moving.start()
            moving.join(_PATIENCE)
        return self._open

    @property
    def stamp(self) -> int:
        """A number that is another one after every publication, be it of the release that is open."""
        return self._releases.journal.stamp

    def publications(self, release: OpenRelease) -> tuple[Publication, ...]:
        """Return the publications under the base of ``release`` up to that of ``release`` itself, the first one first.

        Of what only a remote store has, nothing is known. Raises HistoryUnreadableError where the journal is damaged,
        which is logged.
        """
        if release.digest is None or release.folder is None:
            return ()
        state = (release.digest, self.stamp)
        known = self._publications
        if known is None or known[0] != state:
            known = self._publications = (state, self._read(Release(release.folder)))
        if known[1] is None:
            raise HistoryUnreadableError("The journal of publications is damaged. What is published now can be read.")
        return known[1]

    def release_of(self, digest: str) -> OpenRelease:
        """Return a release that was published some time, for this program's own queries.

        A few are kept open. One that gives way to others is closed when nobody holds it any more. Raises ReleaseError
        where it is damaged or gone, and StoreUnavailableError.
        """
        current = self.release()
        return current if current.digest == digest else self._older(digest)

    def keeps(self, digest: str) -> bool:
        """Return whether the release ``digest`` is still there, so that it could be opened."""
        return (self._releases.folder / digest / STORE).is_dir()

    def manifest_of(self, digest: str) -> Mapping[str, Any]:
        """Return the manifest of a release that was published some time. Raises ReleaseError."""
        return Release(self._releases.folder / digest).manifest

    def dataset_of(self, digest: str) -> Path:
        """Return where the dataset of a release that was published some time is, as long as that is kept."""
        return self._releases.folder / digest / DATASET

    def _opened_older(self, digest: str) -> OpenRelease:
        return _embedded(self._releases.folder / digest)

    def _read(self, release: Release) -> tuple[Publication, ...] | None:
        try:
            return of_one_base(self._releases.publications(release))
        except ReleaseError:
            _log.exception("nothing is told of earlier publications")
            return None

    def _published(self) -> str | None:
        try:
            return os.readlink(self._link)  # noqa: PTH115 - this is done for every request, and a Path is slower
        except OSError:
            return None

    def _moved(self, target: str | None) -> None:
        """Move to another release, and let go of the lock that the caller holds."""
        try:
            self._move_to(target)
        finally:
            self._moving.release()

    def _move_to(self, target: str | None) -> OpenRelease:
        if self._open and target == self._target:
            return self._open
        before = self._open
        try:
            self._open = self._opened(target)
        except MetropolisError:
            if not self._open:
                raise
            _log.exception("the release %s cannot be opened; the one before it goes on being served", target)
        else:
            replaced(before, self._open)
        self._target = target
        return self._open

    def _opened(self, target: str | None) -> OpenRelease:
        if target is None:
            raise ReleaseError(f"nothing is published in {self._settings.var} yet; run 'metropolis-kg build'")
        folder = self._settings.var / Path(target)
        release = _embedded(folder, lambda manifest: self._reception(self._recipe(folder, manifest)))
        release.probe()
        self._start(release)
        return release

    def _recipe(self, folder: Path, manifest: Mapping[str, Any]) -> Recipe:
        prefixes = manifest["prefixes"]
        if int(manifest["quads"]) <= self._settings.statements_in_memory:
            return _recipe("memory", str((folder / DATASET).absolute()), prefixes, manifest["base"], self._settings)
        return _recipe("disk", str((folder / STORE).absolute()), prefixes, manifest["base"], self._settings)

    def _reception(self, recipe: Recipe) -> Reception | None:
        if self._meeting is None:
            return None
        limits = recipe.limits
        admission = Admission(
            self._meeting, self._settings.per_client, limits.at_once + limits.waiting, limits.patience
        )  # fmt: skip
        kept = 0 if recipe.kind == "remote" and not recipe.digest else self._settings.cache_megabytes << 20
        return Reception(Workers(recipe, self._meeting), admission, kept, self._tally)

    def _start(self, release: OpenRelease) -> None:
        """Start what answers clients: beside the first requests of all, but before a release replaces another."""
        if release.reception and self._open:
            release.reception.start()
        elif release.reception:
            threading.Thread(target=_started, args=[release.reception], daemon=True).start()

    def _receiving(self, prefixes: Mapping[str, str], digest: str | None) -> Reception | None:
        place, base = str(self._settings.store), self._settings.base_iri
        path = self._settings.store_credentials
        recipe = _recipe("remote", place, prefixes, base, self._settings)
        return self._reception(replace(recipe, digest=digest, credentials=str(path.absolute()) if path else None))


def _embedded(
    folder: Path, reception: Callable[[Mapping[str, Any]], Reception | None] = lambda _: None
) -> OpenRelease:  # fmt: skip
    """Return the release in ``folder``; ``reception`` makes of its manifest what answers clients."""
    try:
        manifest = Release(folder).manifest
        return open_embedded(folder / STORE, manifest, reception(manifest))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ReleaseError(f"the manifest in {folder} is not that of a release: {error!r}") from error


def _recipe(kind: Kind, place: str, prefixes: Mapping[str, str], base: str, settings: Settings) -> Recipe:
    limits = Limits(
        settings.query_seconds, settings.query_memory, settings.query_rows, settings.query_megabytes,
        settings.at_once, settings.queries_waiting,
    )  # fmt: skip
    return Recipe(kind, place, prefixes, base, limits, settings.services, settings.services_private)


def _started(reception: Reception) -> None:
    try:
        reception.start()
    except StoreError:
        _log.exception("no process answers queries yet")  # the next query tries again
