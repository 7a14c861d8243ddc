"""How far a long piece of work is: said as it goes on, to whoever shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path

Progress = Callable[[str], None]
"""Is told in a few words which step begins."""

Share = Callable[[float], None]
"""Is told how much of the step is done: from 0 to 1."""


def _silent(_: object) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Steps:
    """Whom to tell which step begins, and how far it is."""

    begin: Progress = _silent
    share: Share = _silent

    def part(self, begin: float, end: float) -> "Steps":
        """Return whom to tell of a part of the step: how much of the part is done."""
        return Steps(self.begin, part(self.share, begin, end))


SILENT = Steps()


def part(share: Share, start: float, end: float) -> Share:
    """Return whom to tell how much is done of a part of a step that is from ``start`` to ``end`` of the whole."""
    return lambda done: share(start + done * (end - start))


class WatchedFile(RawIOBase):
    """A file that tells how much of it was read."""

    def __init__(self, path: Path, share: Share) -> None:
        self._file, self._size, self._share = path.open("rb"), path.stat().st_size or 1, share

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override] # narrower is what callers give
        """Fill ``buffer`` and return how many bytes there are in it."""
        self._share(self._file.tell() / self._size)
        return self._file.readinto(buffer)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()
