"""How often processes of a server died, counted by whoever sees it: a file for each cause, a byte for each death.

Appending a byte is all that a process does that has to go on at once, and takes no lock.
"""

from contextlib import suppress
from pathlib import Path

WORKERS = "worker"
"""What processes that answer requests are counted as; those of queries are counted by their signals."""


class Deaths:
    """The counts in ``folder``, which all processes of a server have in common."""

    def __init__(self, folder: Path) -> None:
        """Make nothing yet."""
        self._folder = folder

    def note(self, cause: str) -> None:
        """Count one. That it cannot be counted is no reason to fail."""
        with suppress(OSError):
            self._folder.mkdir(exist_ok=True)
            with (self._folder / cause).open("ab") as file:
                file.write(b".")

    def counted(self) -> dict[str, int]:
        """Return cause → how often."""
        return {path.name: path.stat().st_size for path in self._folder.glob("*")}
