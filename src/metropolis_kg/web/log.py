"""The log of a server: the events of the program, and each request where that is wanted.

Of a request it has the path and never the fields of the address, nor who asked: these may be about persons.
"""

import logging
import os
from contextlib import suppress

from metropolis_kg.store.event_log import Events, event, line
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.web.exchange import Exchange, present

_log = logging.getLogger(__name__)
_STDERR = 2
_LONGEST_PATH = 500


class ServerEvents(Events):
    """Events, each with the id of the request that it is about."""

    def request(self) -> str | None:
        """Return the id of the request that this thread is at."""
        exchange = present.get(None)
        return exchange.id if exchange else None


def log_request(exchange: Exchange, method: str, path: str, status: str, size: str) -> None:
    """Log one request; ``path`` as WSGI has it (PEP 3333), ``size`` the length of the response if it is known."""
    facts = {
        "method": method, "path": path[:_LONGEST_PATH].encode("latin-1", "replace").decode("utf-8", "replace"),
        "status": int(status[:3]), "ms": round(exchange.seconds * 1000, 2), "bytes": int(size) if size else None,
        "cache": exchange.cache, "release": exchange.release.digest if exchange.release else None,
    }  # fmt: skip
    if exchange.problem:
        facts["problem"] = exchange.problem
    with suppress(OSError):  # that nobody reads the log is no reason not to answer
        os.write(_STDERR, line("info", "request", exchange.id, facts))


def log_switch(before: OpenRelease | None, now: OpenRelease) -> None:
    """Log that ``now`` is served in place of ``before``, where that was another one."""
    if before and before is not now:
        facts = event("release-switched", release=now.digest, before=before.digest)
        _log.info("release %s is served now", str(now.digest)[:12], extra=facts)
