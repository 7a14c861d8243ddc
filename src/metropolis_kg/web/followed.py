"""Which release a remote store serves now: the pointer that its loader sets is followed without a restart."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from metropolis_kg.content import find_content
from metropolis_kg.curation.release import Release, Releases
from metropolis_kg.errors import MetropolisError, ReleaseError
from metropolis_kg.model.identifiers import Rebase
from metropolis_kg.model.namespaces import read_prefixes
from metropolis_kg.settings import Settings
from metropolis_kg.store.bare import BareStore
from metropolis_kg.store.credentials import Credentials
from metropolis_kg.store.pointer import manifest_in, standing
from metropolis_kg.store.protocol import StoreUnavailableError
from metropolis_kg.store.reception import Reception
from metropolis_kg.store.release import OpenRelease, open_remote
from metropolis_kg.web.replaced import replaced

_log = logging.getLogger(__name__)

_PAUSE = 1.0
"""Seconds between two looks at the pointer."""

_PATIENCE = 2.0
"""Seconds that the store may take to say where it points."""

_STALE = 5.0
"""Seconds after which nobody goes on with a release without a look, as long as the store answers."""

Receiving = Callable[[Mapping[str, str], str | None], Reception | None]
"""Prefixes and digest → what answers the clients of a release."""


class FollowedStore:
    """The release that the store of the settings serves; threads may share it.

    While the store is away, the release that is open stays open: what is known of it can still be said, and what has
    to be asked is an outage. A store that tells of no release is served as it is, whatever it holds.
    """

    def __init__(self, settings: Settings, url: str, receiving: Receiving) -> None:
        """Ask nothing yet."""
        self._settings, self._url, self._receiving = settings, url, receiving
        self._looking = threading.Lock()
        self._bare: BareStore | None = None
        self._open: OpenRelease | None = None
        self._looked = self._confirmed = float("-inf")
        self._is_away = False
        self._failure: MetropolisError = StoreUnavailableError(f"The store at {url} was not asked yet.")

    def release(self) -> OpenRelease:
        """Return the release to answer from now.

        Raises StoreUnavailableError before the first, and ReleaseError where that has another base than the settings.
        """
        now = time.monotonic()
        if self._open and now - self._looked < _PAUSE:
            return self._open
        may_wait = self._open is None or not (self._is_away or now - self._confirmed < _STALE)
        if not self._looking.acquire(blocking=may_wait) and self._open:
            return self._open
        try:
            if time.monotonic() - self._looked >= _PAUSE:
                self._open = self._look()
            if self._open is None:  # those who waited do not each wait for the store as well
                raise self._failure
            return self._open
        finally:
            self._looking.release()

    def _look(self) -> OpenRelease:
        try:
            release = self._found()
        except MetropolisError as error:
            if not self._open:
                self._looked, self._failure = time.monotonic(), error
                raise
            if not self._is_away:
                _log.error("%s The release that was served goes on being served.", error)
            self._is_away, release = True, self._open
        else:
            self._is_away, self._confirmed = False, time.monotonic()
            replaced(self._open, release)
        self._looked = time.monotonic()
        return release

    def _found(self) -> OpenRelease:
        """Return the release that the store points to, the open one where it is that."""
        self._bare = self._bare or self._reached()
        said = standing(self._bare)
        digest, known = said.current, self._open.digest if self._open else None
        if self._open and digest == known:
            return self._open
        if digest is None and (said.is_kept or known):
            raise StoreUnavailableError(f"The store at {self._url} holds no whole release.")
        return self._opened(digest, manifest_in(self._bare, digest)) if digest else self._as_it_is()

    def _reached(self) -> BareStore:
        path = self._settings.store_credentials
        return BareStore.at(self._url, None, Credentials.from_file(path) if path else None, _PATIENCE)

    def _opened(self, digest: str, manifest: Mapping[str, Any]) -> OpenRelease:
        base, prefixes = str(manifest["base"]), manifest["prefixes"]
        if base != self._settings.base_iri:
            raise ReleaseError(
                f"The release {digest[:12]} in the store at {self._url} names things under {base}, but "
                f"METROPOLIS_KG_BASE_IRI is {self._settings.base_iri}; set it to {base}, or load another release."
            )
        reception = self._receiving(prefixes, digest)
        local, credentials = Release(Releases(self._settings.var).folder / digest), self._settings.store_credentials
        folder = local.path if local.is_readable else None
        noted = local.manifest if folder else manifest  # which has the files as well
        release = open_remote(self._url, base, prefixes, reception, noted, folder, credentials)
        release.probe()
        if reception and self._open:
            reception.start()
        return release

    def _as_it_is(self) -> OpenRelease:
        base = self._settings.base_iri
        prefixes = read_prefixes(find_content(self._settings.root).prefixes_file, Rebase(base).literal)
        reception, credentials = self._receiving(prefixes, None), self._settings.store_credentials
        return open_remote(self._url, base, prefixes, reception, credentials=credentials)
