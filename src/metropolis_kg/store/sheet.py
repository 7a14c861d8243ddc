"""The sheet that an answer is written on: outside of the process's memory, and of limited size."""

import csv
import io
import os
import re
import sys
import tempfile
from typing import IO, Any

import pyoxigraph as ox

from metropolis_kg.store.protocol import N_TRIPLES, RESULTS_JSON, RESULTS_XML, AnswerTooLargeError, QueryRefusedError
from metropolis_kg.store.recipe import Limits

SMALL = 32_768
"""Bytes up to which an answer needs no file."""

_UNWRITABLE = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
"""What is not a character of XML 1.0 (section 2.2), in UTF-8."""

_ROW_SIGNS = {
    RESULTS_JSON: b"},{",
    RESULTS_XML: b"<result>",
    "text/csv": b"\n",
    "text/tab-separated-values": b"\n",
    N_TRIPLES: b"\n",
}
"""Media type → what stands in an answer at least once less often than there are rows, and seldom elsewhere."""


class Sheet:
    """Takes an answer in ``media_type``.

    Raises AnswerTooLargeError as soon as it has more bytes than ``limits`` say, and QueryRefusedError where it is XML
    that nobody could read.

    What is small stays in ``kept``; the rest goes to a file without a name, which another process may read by its
    descriptor. Rows are counted when all is written, by ``finish``.
    """

    def __init__(self, media_type: str, limits: Limits) -> None:
        self.size, self.kept = 0, b""
        self._media_type, self._limits = media_type, limits
        self._sign, self._signs, self._tail = _ROW_SIGNS.get(media_type), 0, b""
        self._file, self._filed = _unnamed(), False  # opened now, since an engine may write where nothing can be

    def write(self, data: bytes, /) -> int:
        """Take ``data`` and return its length."""
        self.size += len(data)
        if self.size > self._limits.megabytes << 20:
            raise AnswerTooLargeError(_TOO_MUCH.format(f"{self._limits.megabytes} megabytes"))
        if self._sign:
            joined = self._tail + data
            if self._media_type == RESULTS_XML and _UNWRITABLE.search(joined):
                raise QueryRefusedError("The answer has characters that XML cannot have. Ask for another format.")
            self._signs += joined.count(self._sign)
            self._tail = joined[-len(self._sign) + 1 :] if len(self._sign) > 1 else b""
        if self.size <= SMALL:
            self.kept += data
            return len(data)
        if not self._filed:
            self._file.write(self.kept)
            self._filed, self.kept = True, b""
        return self._file.write(data)

    def flush(self) -> None:
        """Pass on what was taken."""
        if self._filed:
            self._file.flush()

    def finish(self) -> None:
        """Raise AnswerTooLargeError where there are more rows, or triples, than the limit says."""
        self.flush()
        if self._signs >= self._limits.rows and self._rows() > self._limits.rows:
            raise AnswerTooLargeError(_TOO_MUCH.format(f"{self._limits.rows:,} rows or triples"))

    def read(self) -> bytes:
        """Return what was written."""
        self.flush()
        return os.pread(self._file.fileno(), self.size, 0) if self._filed else self.kept

    @property
    def descriptors(self) -> list[int]:
        """The descriptor of the file, where the answer is in it."""
        return [self._file.fileno()] if self._filed else []

    def __enter__(self) -> "Sheet":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _rows(self) -> int:
        """Return the number of rows, exactly; ``_signs`` also counts signs within a value."""
        if self._media_type == RESULTS_JSON:
            return _solutions(self.read())
        if self._media_type == "text/csv":
            csv.field_size_limit(sys.maxsize)
            return sum(1 for _ in csv.reader(io.TextIOWrapper(io.BytesIO(self.read()), "utf-8", newline=""))) - 1
        return self._signs - (self._media_type == "text/tab-separated-values")


_TOO_MUCH = (
    "The answer has more than {}, which is the most that is sent. Ask for a part of it with LIMIT, or load a dump of "
    "the whole dataset and ask it there."
)


def _solutions(results: bytes) -> int:
    parsed: Any = ox.parse_query_results(results, format=ox.QueryResultsFormat.JSON)
    return sum(1 for _ in parsed)


def _unnamed() -> IO[bytes]:
    """Return a file without a name: in memory where the system can, else in the folder for temporary files."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("answer"), "w+b")
    return tempfile.TemporaryFile()
