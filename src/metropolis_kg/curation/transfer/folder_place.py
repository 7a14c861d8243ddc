"""A place that is a folder of this machine, or of one whose disk is mounted."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from metropolis_kg.curation.journal import to_disk
from metropolis_kg.curation.transfer.place import PIECE, Place, PlaceError


class FolderPlace(Place):
    """The files below ``root``, none of which is reached by a symbolic link."""

    def __init__(self, root: Path) -> None:
        """Look at nothing yet."""
        self._root = root

    def name_of(self, path: str) -> str:
        """Return the path of the file."""
        return str(self._root / path)

    def length(self, path: str) -> int | None:
        """Return the file's size, as ``Place.length`` promises."""
        with self._told(path):
            found = self._at(path)
            return found.stat().st_size if found.is_file() else None

    def pieces(self, path: str, begin: int = 0) -> Iterator[bytes]:
        """Yield what the file has, as ``Place.pieces`` promises."""
        with self._told(path), self._at(path).open("rb") as file:
            file.seek(begin)
            while piece := file.read(PIECE):
                yield piece

    def put(self, path: str, body: bytes | Path) -> None:
        """Write the file under another name and rename it once it is on disk."""
        with self._told(path):
            target = self._at(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = target.with_name(f".{target.name}-{os.getpid()}")
            if isinstance(body, Path):
                shutil.copyfile(body, fresh, follow_symlinks=False)
            else:
                fresh.write_bytes(body)
            to_disk(fresh)
            fresh.replace(target)
            to_disk(target.parent)

    def _at(self, path: str) -> Path:
        found = self._root
        for part in path.split("/"):
            found /= part
            if found.is_symlink():
                raise PlaceError(f"{found} is a symbolic link, which is not followed")
        return found

    @contextmanager
    def _told(self, path: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise PlaceError(f"{self.name_of(path)}: {error.strerror or error}") from error
