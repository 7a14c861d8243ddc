"""Every setting, in one frozen dataclass. Nothing else reads the environment."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from metropolis_kg.errors import SettingError

PREFIX = "METROPOLIS_KG_"
DEFAULT_BASE = "http://localhost:8000/"


@dataclass(frozen=True)
class Settings:
    """What a deployment decides. ``from_environ`` reads it from ``METROPOLIS_KG_<NAME IN CAPITALS>``."""

    root: Path | None = None
    """Folder that holds ontology/, data/, shapes/ and queries/; none: the checkout or the installed wheel."""

    var: Path = Path("var")
    """Folder of the releases and of the link to the current one."""

    base_iri: str = DEFAULT_BASE
    """Absolute IRI under which this deployment publishes; ``build`` maps the canonical base to it."""

    store: str | None = None
    """URL of a remote SPARQL 1.1 query endpoint to serve from; none: the release's own embedded store."""

    store_update: str | None = None
    """URL to which releases are loaded into a remote store by SPARQL 1.1 Update; none: as its engine has it."""

    store_credentials: Path | None = None
    """File with one line user:password, by which the remote store knows this program; none: it is not told."""

    releases_credentials: Path | None = None
    """File with ``user:password`` for the server that releases are pushed to and pulled from; none: none are sent."""

    release_gigabytes: int = 100
    """Gibibytes that a release may have that is pulled from elsewhere; a larger one is refused."""

    sources: Path | None = None
    """Folder with the texts of the source pages, against which quotes are checked; none: they are not checked."""

    query_seconds: int = 30
    """Seconds that a client's query may take; then it is stopped (503)."""

    query_memory: int = 1024
    """Mebibytes that a client's query may need beyond the store; then it is stopped (503)."""

    query_rows: int = 500_000
    """Rows, or triples, that an answer may have; a larger one is an error (403), never cut short."""

    query_megabytes: int = 64
    """Mebibytes that an answer may have, 2047 at most; a larger one is an error (403), never cut short."""

    queries_at_once: int | None = None
    """Queries that are answered at the same time, each in a process of its own; none: two for each core."""

    queries_waiting: int = 8
    """Queries that may wait, for two seconds at most, until others are answered; the next is turned away (429)."""

    queries_per_client: int | None = None
    """Queries of one client that are answered at the same time; none: half of those of all clients."""

    validation_seconds: int = 20
    """Seconds that examining a text sent to /validate may take; then it is ended (413)."""

    validation_memory: int = 512
    """Mebibytes that examining a text may need beyond the vocabulary and the shapes; then it is ended (413)."""

    validation_megabytes: int = 1
    """Mebibytes that a text sent to /validate may have; a larger one is refused (413)."""

    validations_at_once: int = 2
    """Texts that are examined at the same time, each in a process of its own; the next has to wait (503)."""

    proxies: int = 0
    """Proxies in front of this server, whose X-Forwarded-For says who the client is; wrong if it is too high."""

    services: tuple[str, ...] = ()
    """SPARQL endpoints that a query may ask by SERVICE, separated by blanks; none: SERVICE is refused."""

    services_private: bool = False
    """Whether these may be at loopback and private addresses: yes or no."""

    statements_in_memory: int = 2_000_000
    """Statements up to which content is derived and validated, and a release is queried, in memory; 0.4 kB for each."""

    downloads_at_once: int = 32
    """Dumps that each server process sends at the same time, a quarter of them to one client; beyond: 429."""

    cache_megabytes: int = 64
    """Mebibytes of answers to queries that each server process keeps; 0: none."""

    documents_megabytes: int = 64
    """Mebibytes of documents that each server process keeps ready to send; 0: none."""

    drain_seconds: int = 0
    """Seconds that a server which is told to stop goes on answering, while /readyz says 503, before it stops."""

    log_requests: bool = False
    """Whether every request is logged, as a line of JSON on standard error: yes or no. Errors always are."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Return the settings in ``environ``. Raises SettingError with name, value and form."""
        return cls(**{
            name: _READERS[name](f"{PREFIX}{name.upper()}", value)
            for name in cls.__dataclass_fields__
            if (value := environ.get(f"{PREFIX}{name.upper()}"))
        })  # fmt: skip

    def environ(self) -> dict[str, str]:
        """Return the environment from which ``from_environ`` reads the same settings, paths made absolute."""
        given = {f"{PREFIX}{name.upper()}": getattr(self, name) for name in self.__dataclass_fields__}
        return {name: _written(value) for name, value in given.items() if value not in (None, ())}

    @property
    def at_once(self) -> int:
        """Queries that are answered at the same time."""
        return self.queries_at_once or 2 * (os.cpu_count() or 1)

    @property
    def per_client(self) -> int:
        """Queries of one client that are answered at the same time."""
        return self.queries_per_client or max(self.at_once // 2, 1)


def absolute_iri(name: str, value: str, *, folder: bool = True) -> str:
    """Return ``value`` if it is an absolute http(s) IRI (RFC 3986 section 4.3), else raise SettingError.

    ``name`` is what the user calls the value. ``folder`` demands the closing slash that a base IRI has.
    """
    parts = urlsplit(value)
    bare = not (parts.query or parts.fragment) and not any(character in value for character in ' <>"{}|\\^`')
    if parts.scheme in ("http", "https") and _has_host(parts) and bare and (value.endswith("/") or not folder):
        return value
    form = "https://example.org/kg/ (with a closing slash)" if folder else "https://example.org/sparql"
    raise SettingError(f"{name} is {value!r}; expected an absolute http or https IRI such as {form}.")


def _has_host(parts: SplitResult) -> bool:
    try:
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _path(_: str, value: str) -> Path:
    return Path(value)


def _endpoint(name: str, value: str) -> str:
    return absolute_iri(name, value, folder=False)


def _endpoints(name: str, value: str) -> tuple[str, ...]:
    return tuple(_endpoint(name, each) for each in value.split())


_LARGEST = 999_999_999


def _up_to(most: int) -> str:
    return f" and at most {most}" if most < _LARGEST else ""


def _whole(least: int, most: int = _LARGEST) -> Callable[[str, str], int]:
    def read(name: str, value: str) -> int:
        if re.fullmatch(r"\d{1,9}", value, re.ASCII) and least <= int(value) <= most:
            return int(value)
        raise SettingError(f"{name} is {value!r}; expected a whole number of at least {least}{_up_to(most)}.")

    return read


def _yes(name: str, value: str) -> bool:
    if value.lower() not in ("yes", "no"):
        raise SettingError(f"{name} is {value!r}; expected yes or no.")
    return value.lower() == "yes"


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " ".join(value)
    return str(value.absolute() if isinstance(value, Path) else value)


_READERS: Mapping[str, Callable[[str, str], Any]] = {
    "root": _path,
    "var": _path,
    "base_iri": absolute_iri,
    "store": _endpoint,
    "store_update": _endpoint,
    "store_credentials": _path,
    "releases_credentials": _path,
    "release_gigabytes": _whole(1),
    "sources": _path,
    "query_seconds": _whole(1),
    "query_memory": _whole(16),
    "query_rows": _whole(1),
    "query_megabytes": _whole(1, 2047),  # beyond, the kernel does not hand out an answer at once
    "queries_at_once": _whole(1),
    "queries_waiting": _whole(0),
    "queries_per_client": _whole(1),
    "validation_seconds": _whole(1),
    "validation_memory": _whole(64),
    "validation_megabytes": _whole(1, 1024),
    "validations_at_once": _whole(1),
    "proxies": _whole(0),
    "services": _endpoints,
    "services_private": _yes,
    "statements_in_memory": _whole(0),
    "downloads_at_once": _whole(1),
    "cache_megabytes": _whole(0),
    "documents_megabytes": _whole(0),
    "drain_seconds": _whole(0, 600),
    "log_requests": _yes,
}
"""How each setting is read."""
