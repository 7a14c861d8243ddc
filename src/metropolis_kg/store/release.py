"""A release as its readers have it: a store that answers, and what is known about what it holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from metropolis_kg.store.credentials import Credentials
from metropolis_kg.store.embedded import EmbeddedStore
from metropolis_kg.store.federation import Federation
from metropolis_kg.store.guarded import GuardedStore
from metropolis_kg.store.protocol import RESULTS_JSON, QueryService, Store, StoreUnavailableError
from metropolis_kg.store.reception import Reception


@dataclass(frozen=True, eq=False)
class OpenRelease:
    """One release, open for queries. Equal only to itself, so that it can key caches."""

    service: Store
    """What answers this program's own queries."""

    base: str
    """Absolute IRI, with closing slash, under which the things of this release are named."""

    prefixes: Mapping[str, str]
    """Prefix → namespace, own ones under ``base``."""

    digest: str | None = None
    """RDFC-1.0 digest; none for a store that others fill, whose content may change at any time."""

    created: str | None = None
    """When the release was built, ISO 8601; none for a store that others fill."""

    reception: Reception | None = None
    """Answers clients; none where there are none."""

    manifest: Mapping[str, Any] = field(default_factory=dict)
    """What ``build`` noted of the release; nothing for a store that others fill."""

    folder: Path | None = None
    """Folder of the release, with its dumps and its part in the history; none where only a remote store has it."""

    kept: dict[object, Any] = field(init=False, default_factory=dict, repr=False)
    """What functions keep of their answers about the release; it goes with it."""

    @property
    def readers(self) -> QueryService:
        """What answers the queries of clients, within limits."""
        return self.reception or GuardedStore(self.service, self.prefixes, self.base, Federation.none())

    @property
    def order(self) -> str:
        """What the order of rows in an answer depends on, beside the query."""
        return self.reception.kind if self.reception else "disk"

    def iri(self, path: str) -> str:
        """Return the IRI with ``path`` (``id/person/michael-mueller``) below the base."""
        return self.base + path

    def probe(self) -> None:
        """Ask for any statement outside named graphs, to which each in them belongs as well.

        Raises StoreUnavailableError where there is none, and what the store raises.
        """
        if b"true" not in self.service.query("ASK { ?s ?p ?o }", RESULTS_JSON):
            raise StoreUnavailableError("The store's default graph, the union of the others, holds no statement.")


def open_embedded(
    store: Path, manifest: Mapping[str, Any], reception: Reception | None = None
) -> OpenRelease:  # fmt: skip
    """Return the release whose store is the folder ``store``, with its manifest. Raises StoreUnavailableError."""
    base, prefixes = manifest["base"], manifest["prefixes"]
    service = EmbeddedStore.on_disk(store, prefixes, base)
    return OpenRelease(
        service, base, prefixes, manifest["digest"], manifest["created"], reception, manifest, store.parent
    )


def open_remote(
    endpoint: str, base: str, prefixes: Mapping[str, str], reception: Reception | None = None,
    manifest: Mapping[str, Any] = MappingProxyType({}), folder: Path | None = None, credentials: Path | None = None,
) -> OpenRelease:  # fmt: skip
    """Return what the SPARQL endpoint serves as a release; whether it is there shows with the first query.

    ``manifest`` is that of the release which was loaded there; without it, the store is asked as it is. ``folder`` is
    where the release lies on this machine as well, ``credentials`` the file by which the endpoint knows this program.
    """
    from metropolis_kg.store.remote import RemoteStore  # brings rdflib, which an embedded store does not need

    digest, created = manifest.get("digest"), manifest.get("created")
    known_as = Credentials.from_file(credentials) if credentials else None
    service = RemoteStore(endpoint, prefixes, base, credentials=known_as, digest=digest)
    return OpenRelease(service, base, prefixes, digest, created, reception, manifest, folder)
