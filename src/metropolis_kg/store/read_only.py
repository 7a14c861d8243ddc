"""An SQLite file of a release as processes and threads read it, at the same time and without locks."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from metropolis_kg.store.protocol import QueryTimeoutError, StoreUnavailableError

_STEPS_BETWEEN_LOOKS = 20_000


class ReadOnlyFile:
    """A file that never changes, and says in a table ``facts`` of which version it is.

    Threads may share it; each has its own connection.
    """

    def __init__(self, path: Path, what: str, version: int) -> None:
        """Open nothing yet; ``what`` the file is called where it cannot be read."""
        self.path, self._what, self._version, self._local = path, what, version, threading.local()

    def rows(self, query: str, *values: object) -> list[Any]:
        """Return the rows of a query. Raises QueryTimeoutError and StoreUnavailableError."""
        try:
            return self.connection().execute(query, values).fetchall()
        except sqlite3.OperationalError as error:
            if "interrupted" in str(error):
                raise QueryTimeoutError(f"It took too long to look it up in {self._what}.") from error
            raise StoreUnavailableError(f"{self._what} cannot be read: {error}.") from error
        except sqlite3.DatabaseError as error:
            raise StoreUnavailableError(f"{self._what} cannot be read: {error}.") from error

    def fact(self, name: str) -> Any:
        """Return one of the facts. Raises as ``rows``."""
        return self.rows("SELECT value FROM facts WHERE name = ?", name)[0][0]

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """End what is asked meanwhile, when it takes longer."""
        self.connection()
        self._local.limit.ends = time.monotonic() + seconds
        try:
            yield
        finally:
            self._local.limit.ends = float("inf")

    def connection(self) -> sqlite3.Connection:
        """Return the connection of this thread. Raises StoreUnavailableError."""
        known: sqlite3.Connection | None = getattr(self._local, "connection", None)
        return known or self._opened()

    def _opened(self) -> sqlite3.Connection:
        """Open the file as what never changes: nothing is locked, and any number of processes read it at once."""
        address = f"file:{quote(str(self.path))}?mode=ro&immutable=1"
        try:
            connection = sqlite3.connect(address, uri=True, isolation_level=None)
            (version,) = connection.execute("SELECT value FROM facts WHERE name = 'version'").fetchone() or (None,)
        except sqlite3.Error as error:
            raise StoreUnavailableError(f"{self._what} cannot be read: {error}.") from error
        if version != self._version:
            raise StoreUnavailableError(f"{self._what} was written by another version of the program.")
        limit = self._local.limit = _Limit()  # what the handler holds must not lead to the connection again
        connection.set_progress_handler(lambda: time.monotonic() > limit.ends, _STEPS_BETWEEN_LOOKS)
        self._local.connection = connection
        return connection


@dataclass
class _Limit:
    """When what a connection is asked has to end, by the monotonic clock."""

    ends: float = float("inf")
