"""Which release a remote store serves, and what its loader noted of it."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from metropolis_kg.store.bare import BareStore
from metropolis_kg.store.layout import (
    CONTROL,
    CREATED,
    CURRENT,
    LOADED,
    LOADER,
    MANIFEST,
    PLACE,
    UNTIL,
    digest_of,
    names_graph,
)
from metropolis_kg.store.protocol import StoreUnavailableError


@dataclass(frozen=True)
class Loaded:
    """A release in a store."""

    digest: str
    created: str
    is_whole: bool


@dataclass(frozen=True)
class Loading:
    """A loader at work, or dead."""

    node: str
    until: str
    """When it counts as dead unless it says again that it lives, ISO 8601."""

    place: str
    """Where it runs, as ``curation.loading.lease`` writes it."""


@dataclass(frozen=True)
class Standing:
    """What the graph of releases says."""

    statements: tuple[tuple[str, str, str], ...]

    @property
    def is_kept(self) -> bool:
        """Whether there is such a graph at all; a store without it was filled by others."""
        return bool(self.statements)

    @property
    def current(self) -> str | None:
        """The digest of the release that is served; none before the first. Raises StoreUnavailableError."""
        found = self._values(CONTROL, CURRENT)
        if len(found) > 1:
            raise StoreUnavailableError("The store is just switching from one release to another.")
        return digest_of(found[0]) if found else None

    @property
    def releases(self) -> list[Loaded]:
        """The releases that are there, the newest first."""
        created = sorted(((value, node) for node, name, value in self.statements if name == CREATED), reverse=True)
        return [Loaded(digest_of(node), value, bool(self._values(node, LOADED))) for value, node in created]

    @property
    def loaders(self) -> list[Loading]:
        """Those who are loading a release, or were when they died."""
        return [
            Loading(node, max(self._values(node, UNTIL), default=""), max(self._values(node, PLACE), default=""))
            for node in sorted(self._values(CONTROL, LOADER))
        ]

    def about(self, node: str) -> list[tuple[str, str, str]]:
        """Return the statements in which ``node`` occurs."""
        return [each for each in self.statements if node in (each[0], each[2])]

    def _values(self, node: str, name: str) -> list[str]:
        return [value for subject, predicate, value in self.statements if (subject, predicate) == (node, name)]


def standing(store: BareStore) -> Standing:
    """Return what ``store`` says of releases. Raises StoreUnavailableError."""
    return Standing(tuple(store.statements(CONTROL)))


def manifest_in(store: BareStore, digest: str) -> Mapping[str, Any]:
    """Return the manifest of a release in ``store``. Raises StoreUnavailableError."""
    for _, name, value in store.statements(names_graph(digest)):
        if name == MANIFEST:
            with suppress(ValueError):
                manifest: Mapping[str, Any] = json.loads(value)
                return manifest
    raise StoreUnavailableError(f"The store at {store.asked.url} has no manifest of the release {digest[:12]}.")
