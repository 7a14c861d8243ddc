"""The port: a place that releases are brought to and fetched from."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

from metropolis_kg.curation.transfer.file_list import TransferError

PIECE = 1 << 20
"""Bytes that travel at once."""


class PlaceError(TransferError):
    """A place cannot be reached, or does not do what it is asked to; trying again later may help."""


class Place(ABC):
    """Files by their path, of which every part is safe."""

    @abstractmethod
    def name_of(self, path: str) -> str:
        """Return what to call the file ``path`` of this place to people; without any credentials."""

    @abstractmethod
    def length(self, path: str) -> int | None:
        """Return how many bytes the file ``path`` has; none where there is none. Raises PlaceError."""

    @abstractmethod
    def pieces(self, path: str, begin: int = 0) -> Iterator[bytes]:
        """Yield what the file ``path`` has from byte ``begin`` on. Raises PlaceError, also after some of it."""

    @abstractmethod
    def put(self, path: str, body: bytes | Path) -> None:
        """Write ``body``, or what that file has, to ``path``: readers see the old file or the new one.

        Raises PlaceError.
        """

    def read(self, path: str, most: int) -> bytes | None:
        """Return the file ``path``; none where there is none.

        Raises PlaceError, also where it is longer than ``most``.
        """
        if self.length(path) is None:
            return None
        read = bytearray()
        for piece in self.pieces(path):
            read += piece
            if len(read) > most:
                raise PlaceError(f"{self.name_of(path)} is longer than the {most:,} bytes that are taken")
        return bytes(read)
