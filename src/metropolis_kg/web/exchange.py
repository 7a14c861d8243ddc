"""One request and its response, as those who run the server see them: an id, what took how long, where it came from."""

import os
import re
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import perf_counter

from metropolis_kg.store.protocol import store_seconds
from metropolis_kg.store.release import OpenRelease

_SANE = re.compile(r"[A-Za-z0-9._:+/=@-]{1,128}", re.ASCII)


@dataclass(slots=True)
class Exchange:
    """What is known about the present request; filled in by whoever finds out."""

    id: str
    """Names the request in the log, in the response, and in a problem."""

    began: float = field(default_factory=perf_counter)
    route: str = ""
    """The rule that the path follows (``/doc/<path:name>``); empty where it follows none."""

    cache: str = "none"
    """Whether a kept representation answered (``hit``), one was written (``miss``), or neither."""

    release: OpenRelease | None = None
    """The release that the response comes from."""

    keeps: bool = False
    """Whether that release and the request alone decide what the response is, so that it may be kept."""

    problem: str = ""
    """The name of the problem's type that the response is."""

    rendering: float = 0.0
    """Seconds that writing the representation took, without what the store took for it."""

    @property
    def seconds(self) -> float:
        """How long the request has taken so far."""
        return perf_counter() - self.began

    @property
    def server_timing(self) -> str:
        """The value of a Server-Timing header: milliseconds so far."""
        total = f"total;dur={self.seconds * 1000:.2f}, cache;desc={self.cache}"
        if self.cache == "hit":
            return total
        return f"{total}, store;dur={store_seconds.get() * 1000:.2f}, render;dur={self.rendering * 1000:.2f}"


present: ContextVar[Exchange] = ContextVar("present")
"""The exchange that this thread is at."""


def begin(given: str | None) -> Exchange:
    """Return the exchange that begins now; its id is the one ``given`` where that is harmless, else a new one."""
    exchange = Exchange(given if given and _SANE.fullmatch(given) else os.urandom(12).hex())
    present.set(exchange)
    store_seconds.set(0.0)
    return exchange
