"""Downloads: how many are sent at once. Each holds a thread of the server for as long as its client takes to read."""

import io
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from metropolis_kg.errors import MetropolisError
from metropolis_kg.store.admission import asking_client, neighbourhood


class TooManyDownloadsError(MetropolisError):
    """As many files are being sent as this server process sends at once, or as one client may have."""


class Downloads:
    """Counts the files that this process is sending, of all clients and of each."""

    def __init__(self, at_once: int) -> None:
        """Let ``at_once`` files be sent at the same time; a quarter of them, at least one, to the same client."""
        self._at_once, self._of_client = at_once, max(at_once // 4, 1)
        self._sending: Counter[str] = Counter()
        self._counting = threading.Lock()

    def open(self, path: Path) -> io.FileIO:
        """Return the file at ``path``, which the present client is sent until it is closed.

        Raises TooManyDownloadsError and OSError.
        """
        end = self._begin()
        try:
            return _Sent(path, end)
        except OSError:
            end()
            raise

    def _begin(self) -> Callable[[], None]:
        who = neighbourhood(asking_client.get())
        with self._counting:
            if self._sending[who] >= self._of_client:
                raise TooManyDownloadsError(
                    f"{self._of_client} files are being sent to you already. Ask again when they are there."
                )
            if self._sending.total() >= self._at_once:
                raise TooManyDownloadsError("Many files are being sent already. Ask again in a few seconds.")
            self._sending[who] += 1
        return lambda: self._end(who)

    def _end(self, who: str) -> None:
        with self._counting:
            self._sending[who] -= 1
            if not self._sending[who]:
                del self._sending[who]


class _Sent(io.FileIO):
    """A file that tells when it is closed, at the end or when its client has gone."""

    def __init__(self, path: Path, end: Callable[[], None]) -> None:
        super().__init__(path, "rb")
        self._end = end

    def close(self) -> None:
        """Close the file, which counts once."""
        if not self.closed:
            super().close()
            self._end()
