"""What is put aside on disk for a while: in a file without a name, of which nothing is left however a program ends."""

import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO
from weakref import finalize


class Aside:
    """Takes text and gives parts of it; what it took is gone with it."""

    def __init__(self, folder: Path | None = None) -> None:
        """Make nothing yet; the file will be in ``folder``, or where temporary files are."""
        self._folder = folder

    @cached_property
    def _file(self) -> BinaryIO:
        file = TemporaryFile(dir=self._folder)  # noqa: SIM115 - it is closed with this object
        finalize(self, file.close)
        return file

    def put(self, parts: Iterable[bytes]) -> tuple[int, int]:
        """Take text behind what is there and return its place: where it begins, and where it ends. Raises OSError."""
        start = self._file.tell()
        self._file.writelines(parts)
        self._file.flush()
        return start, self._file.tell()

    def get(self, start: int, end: int) -> bytes:
        """Return what is from ``start`` up to ``end``. Raises OSError."""
        return os.pread(self._file.fileno(), end - start, start)
