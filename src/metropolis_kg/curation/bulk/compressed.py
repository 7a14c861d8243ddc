"""The lines of a file, decompressed where its name says so, some megabytes at a time.

A file that is damaged or ends too early is told as that. zstandard's own reader is silent about the latter (0.25), so
that its frames are followed here.
"""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import zstandard

from metropolis_kg.curation.faults import fault

_PIECE = 1 << 22
"""Bytes of text that are read at once."""
_COMPRESSED = 1 << 16
"""Bytes of a Zstandard file that are read at once; they can be thousands of times as many when decompressed."""
_LONGEST = 1 << 26
"""Bytes that a line may have."""


class Piece(NamedTuple):
    """Some whole lines of a file."""

    text: bytes
    read: int
    """How many bytes of the file, as it is stored, were read so far."""


def whole_lines(path: Path) -> Iterator[Piece]:
    """Yield the text of ``path`` in pieces that end with a line, but for the last. Raises ContentError."""
    rest, number, read = b"", 1, 0
    for piece, read in _pieces(path):
        head, end, tail = piece.rpartition(b"\n")
        if end:
            text = rest + head + end
            yield Piece(text, read)
            number += text.count(b"\n")
            rest = tail
        else:
            rest += piece
        if len(rest) > _LONGEST:
            raise fault("endless-line", path, number, megabytes=_LONGEST >> 20)
    if rest:
        yield Piece(rest, read)


def _pieces(path: Path) -> Iterator[tuple[bytes, int]]:
    """Yield the decompressed bytes, and how many were read for them. Raises ContentError where they cannot be had."""
    decompressed = {".gz": _gzip, ".zst": _zstandard}.get(path.suffix, _plain)
    try:
        with path.open("rb") as file:
            for piece in decompressed(file):
                yield piece, file.tell()
    except EOFError as error:
        raise fault("cut-short", path) from error
    except (gzip.BadGzipFile, zlib.error, zstandard.ZstdError) as error:
        raise fault("damaged-archive", path, said=str(error)) from error
    except OSError as error:
        raise fault("unreadable-file", path, said=error.strerror or str(error)) from error


def _plain(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _gzip(file: BinaryIO) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=file) as text:
        while piece := text.read(_PIECE):
            yield piece


def _zstandard(file: BinaryIO) -> Iterator[bytes]:
    """Yield what the frames of ``file`` hold. Raises EOFError where the last of them does not end."""
    frame = None
    while piece := file.read(_COMPRESSED):
        while piece:
            frame = frame or zstandard.ZstdDecompressor().decompressobj()
            yield frame.decompress(piece)
            piece = frame.unused_data
            frame = None if frame.eof else frame
    if frame:
        raise EOFError
