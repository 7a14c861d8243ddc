"""A release as its readers have it: a store that answers, and what is known about what it holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from metropolis_kg.store.embedded import EmbeddedStore
from metropolis_kg.store.protocol import RESULTS_JSON, QueryService, StoreUnavailableError


@dataclass(frozen=True, eq=False)
class OpenRelease:
    """One release, open for queries. Equal only to itself, so that it can key caches."""

    service: QueryService
    base: str
    """Absolute IRI, with closing slash, under which the things of this release are named."""

    prefixes: Mapping[str, str]
    """Prefix → namespace, own ones under ``base``."""

    digest: str | None = None
    """RDFC-1.0 digest; none for a remote store, whose content may change at any time."""

    created: str | None = None
    """When the release was built, ISO 8601; none for a remote store."""

    def iri(self, path: str) -> str:
        """Return the IRI with ``path`` (``id/person/michael-mueller``) below the base."""
        return self.base + path

    def probe(self) -> None:
        """Ask for any statement. Raises StoreUnavailableError where there is none, and what the store raises."""
        if b"true" not in self.service.query("ASK { ?s ?p ?o }", RESULTS_JSON):
            raise StoreUnavailableError("The store holds no statement.")


def open_embedded(folder: Path, manifest: Mapping[str, Any]) -> OpenRelease:
    """Return the release whose store lies in ``folder``, described by ``manifest``. Raises StoreUnavailableError."""
    prefixes = manifest["prefixes"]
    service = EmbeddedStore(folder, prefixes)
    return OpenRelease(service, manifest["base"], prefixes, manifest["digest"], manifest["created"])


def open_remote(endpoint: str, base: str, prefixes: Mapping[str, str]) -> OpenRelease:
    """Return what the SPARQL endpoint serves as a release; whether it is there shows with the first query."""
    from metropolis_kg.store.remote import RemoteStore  # brings rdflib, which an embedded store does not need

    return OpenRelease(RemoteStore(endpoint, prefixes), base, prefixes)
