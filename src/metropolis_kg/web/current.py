"""Which release is served now."""

import logging
from pathlib import Path
from threading import Lock

from metropolis_kg.content import find_content
from metropolis_kg.curation.release import STORE, Release
from metropolis_kg.errors import MetropolisError, ReleaseError
from metropolis_kg.model.identifiers import Rebase
from metropolis_kg.model.namespaces import read_prefixes
from metropolis_kg.settings import Settings
from metropolis_kg.store.release import OpenRelease, open_embedded, open_remote

_log = logging.getLogger(__name__)


class Current:
    """The published release, or the remote store, that the settings name.

    ``release`` looks at the link ``var/current`` each time and opens a new release when it leads elsewhere. Whoever
    holds the old one goes on with it; it is closed when nobody does.
    """

    def __init__(self, settings: Settings) -> None:
        """Nothing is opened yet."""
        self._settings, self._link = settings, settings.var / "current"
        self._moving = Lock()
        self._target: str | None = None
        self._open: OpenRelease | None = None

    def release(self) -> OpenRelease:
        """Return the release to answer from now. Raises ReleaseError before the first, and what opening it raises.

        A published release that cannot be opened is logged, and the one before it goes on being served.
        """
        if self._settings.store:
            return self._open or self._remote(self._settings.store)
        target = self._published()
        if self._open and target in (None, self._target):
            return self._open
        with self._moving:
            return self._move_to(target)

    def _published(self) -> str | None:
        try:
            return str(self._link.readlink())
        except OSError:
            return None

    def _move_to(self, target: str | None) -> OpenRelease:
        if self._open and target == self._target:
            return self._open
        try:
            self._open = self._opened(target)
        except MetropolisError:
            if not self._open:
                raise
            _log.exception("the release %s cannot be opened; the one before it goes on being served", target)
        self._target = target
        return self._open

    def _opened(self, target: str | None) -> OpenRelease:
        if target is None:
            raise ReleaseError(f"nothing is published in {self._settings.var} yet; run 'metropolis-kg build'")
        folder = self._settings.var / Path(target)
        try:
            release = open_embedded(folder / STORE, Release(folder).manifest)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ReleaseError(f"the manifest of {target} is not that of a release: {error!r}") from error
        release.probe()
        return release

    def _remote(self, endpoint: str) -> OpenRelease:
        base = self._settings.base_iri
        prefixes = read_prefixes(find_content(self._settings.root).prefixes_file, Rebase(base).literal)
        self._open = open_remote(endpoint, base, prefixes)
        return self._open
