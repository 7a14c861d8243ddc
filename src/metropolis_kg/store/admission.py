"""Who is let in: so many queries at once, so many of one client, and no more waiting than a server can bear."""

import fcntl
import ipaddress
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from hashlib import sha256
from pathlib import Path

from metropolis_kg.store.protocol import TooManyQueriesError

asking_client: ContextVar[str] = ContextVar("asking_client", default="")
"""The address of the client for whom the present request asks."""

_PLACES = 1024
_PAUSE = 0.02
"""Seconds between two looks whether a turn is free."""


class Admission:
    """Gives queries their turns, across all processes that share ``folder``.

    A turn is a lock on a file, so that it ends with whoever has it, however that ends.
    """

    def __init__(self, folder: Path, per_client: int, here: int, patience: float) -> None:
        """Give a client ``per_client`` turns at the same time; a query waits ``patience`` seconds in all.

        ``here`` is how many queries there may be in this process, waiting ones included; a client may have half of
        them, and at least its turns.
        """
        self._folder, self._per_client, self._patience = folder, per_client, patience
        self._here, self._of_client = here, max(here // 2, per_client)
        self._present: Counter[str] = Counter()
        self._counting = threading.Lock()

    @contextmanager
    def turn(self, client: str) -> Iterator[float]:
        """Let ``client`` ask for as long as the context lasts; give the seconds that it may still wait.

        Raises TooManyQueriesError.
        """
        who, latest = neighbourhood(client), time.monotonic() + self._patience
        self._enter(who)
        try:
            turn = self._own_turn(who, latest)
            try:
                yield max(latest - time.monotonic(), 0)
            finally:
                os.close(turn)
        finally:
            self._leave(who)

    def _enter(self, who: str) -> None:
        with self._counting:
            if self._present.total() >= self._here:
                raise TooManyQueriesError("Too many queries wait already. Ask again in a few seconds.")
            if self._present[who] >= self._of_client:
                raise TooManyQueriesError("Too many of your queries wait already. Ask again when they are answered.")
            self._present[who] += 1

    def _leave(self, who: str) -> None:
        with self._counting:
            self._present[who] -= 1
            if not self._present[who]:
                del self._present[who]

    def _own_turn(self, who: str, latest: float) -> int:
        place = int.from_bytes(sha256(who.encode()).digest()[:4], "big") % _PLACES
        while True:
            for number in range(self._per_client):
                turn = os.open(self._folder / f"client-{place}-{number}", os.O_CREAT | os.O_RDWR, 0o600)
                with suppress(BlockingIOError):
                    fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return turn
                os.close(turn)
            if time.monotonic() > latest:
                raise TooManyQueriesError(
                    f"{self._per_client} of your queries are being answered already. Ask again when they are."
                )
            time.sleep(_PAUSE)


def neighbourhood(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or the network that one IPv6 subscriber has (RFC 6177).

    >>> neighbourhood("::ffff:192.0.2.7"), neighbourhood("2001:db8:1:2:3:4:5:6"), neighbourhood("")
    ('192.0.2.7', '2001:db8:1:2::/64', '')
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ip if ip.version == 4 else ipaddress.ip_network(f"{address}/64", strict=False))
