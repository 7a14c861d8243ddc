"""What a process needs to know to answer queries: which store, and within which limits."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Literal

from metropolis_kg.store.credentials import Credentials
from metropolis_kg.store.embedded import EmbeddedStore
from metropolis_kg.store.federation import Federation
from metropolis_kg.store.protocol import Store

Kind = Literal["memory", "disk", "remote"]


@dataclass(frozen=True)
class Limits:
    """How much one query may take, and how many there may be."""

    seconds: float = 30
    """From the moment at which a process takes the query up until its answer is written."""

    memory: int = 1024
    """Mebibytes that the query may need beyond the store."""

    rows: int = 500_000
    """Solutions of SELECT, triples of CONSTRUCT and DESCRIBE."""

    megabytes: int = 64
    """Mebibytes of the answer."""

    at_once: int = 4
    """Queries that are answered at the same time, each in a process of its own."""

    waiting: int = 8
    """Queries that wait for a process; beyond that they are turned away."""

    patience: float = 2
    """Seconds that a query waits in all, for the turn of its client and for a process, before it is turned away."""


@dataclass(frozen=True)
class Recipe:
    """A store, described so that another process can open it."""

    kind: Kind
    place: str
    """The N-Quads file, the Oxigraph directory, or the URL of the endpoint."""

    prefixes: Mapping[str, str]
    base: str
    """The IRI against which relative ones in a query are resolved."""

    limits: Limits = field(default_factory=Limits)
    services: tuple[str, ...] = ()
    """Endpoints that SERVICE may name."""

    private_services: bool = False
    """Whether these may be at private and loopback addresses."""

    credentials: str | None = None
    """Path of the file by which the endpoint knows this program."""

    digest: str | None = None
    """Of the release that was loaded into the store at the endpoint; none where the store is asked as it is."""

    @classmethod
    def from_json(cls, text: str) -> "Recipe":
        """Return the recipe that ``as_json`` wrote."""
        facts = json.loads(text)
        limits = Limits(**facts.pop("limits"))
        return cls(**{**facts, "services": tuple(facts["services"])}, limits=limits)

    def as_json(self) -> str:
        """Return the recipe as JSON."""
        return json.dumps(asdict(self), sort_keys=True)

    @property
    def name(self) -> str:
        """A short name that only this recipe has."""
        return sha256(self.as_json().encode()).hexdigest()[:16]

    @property
    def federation(self) -> Federation:
        """What SERVICE may do."""
        return Federation(self.services, self.private_services, self.limits.seconds / 2)

    def open(self) -> Store:
        """Return the store. Raises StoreUnavailableError; whether an endpoint is there shows with the first query."""
        if self.kind == "memory":
            return EmbeddedStore.in_memory(Path(self.place), self.prefixes, self.base)
        if self.kind == "disk":
            return EmbeddedStore.on_disk(Path(self.place), self.prefixes, self.base)
        from metropolis_kg.store.remote import RemoteStore  # brings rdflib, which the others do not need

        timeout = max(int(self.limits.seconds), 1)
        credentials = Credentials.from_file(Path(self.credentials)) if self.credentials else None
        return RemoteStore(self.place, self.prefixes, self.base, timeout, digest=self.digest, credentials=credentials)
