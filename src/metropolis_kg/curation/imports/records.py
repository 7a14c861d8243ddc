"""The records of a CSV file, each with its row as RFC 7111 counts, its line, its position and its own text.

A record may have line breaks between quotation marks; rows are records, not lines. Python's reader takes no line before
it needs it, so the lines taken for a record are its text.
"""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from metropolis_kg.curation.faults import fault

BOM = "\ufeff"
LONGEST_RECORD = 1 << 26
"""Characters of a field beyond which a quotation mark is taken for one that is never closed."""

_CHUNK = 1 << 20
ENCODINGS = {
    "utf-8": "utf-8", "utf8": "utf-8", "windows-1252": "cp1252", "cp1252": "cp1252",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8",
}  # fmt: skip
"""Names of encodings, in small letters, as browsers read them (WHATWG Encoding: Latin 1 means Windows-1252)."""


@dataclass(frozen=True)
class Dialect:
    """How a file is CSV (CSVW, Metadata Vocabulary for Tabular Data, section 5.9)."""

    encoding: str = "utf-8"
    delimiter: str = ","
    quote_char: str | None = '"'
    double_quote: bool = True
    skip_rows: int = 0
    skip_blank_rows: bool = False
    trim: bool = False


class Record(NamedTuple):
    """One record, with ``fault`` where it is none by the rules of CSV; then it has no cells."""

    row: int
    line: int
    start: int
    """Where it begins in the text, in code points from 0."""

    text: str
    """As it stands, without the line break at its end."""

    cells: list[str]
    fault: str | None = None


def snapshot(path: Path, encoding: str) -> str:
    """Return the SHA-256 of the file's bytes. Raises ContentError where it cannot be read or is not in ``encoding``."""
    digest, decoder, done = sha256(), codecs.getincrementaldecoder(encoding)("strict"), 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                decoder.decode(chunk)
                done += len(chunk)
            decoder.decode(b"", final=True)
    except OSError as error:
        raise fault("unreadable-file", path, said=error.strerror) from error
    except UnicodeDecodeError as error:
        raise _undecodable(path, encoding, done) from error
    return digest.hexdigest()


def _undecodable(path: Path, encoding: str, done: int) -> Exception:
    """Return the fault, at the line in or after the part that was decoded."""
    content = path.read_bytes()
    try:
        content.decode(encoding)
        bad = done
    except UnicodeDecodeError as error:
        bad = error.start
    line = content.count(b"\n", 0, bad) + 1
    if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return fault("table-utf16", path)
    named = "UTF-8" if encoding == "utf-8" else "Windows-1252"
    other = "windows-1252" if encoding == "utf-8" else "utf-8"
    return fault("table-encoding", path, line, encoding=named, byte=f"0x{content[bad]:02X}", other=other)


def read_records(path: Path, dialect: Dialect) -> Iterator[Record]:
    """Yield every record, the header among them. Raises ContentError where a quotation mark is never closed.

    That it is in its encoding ``snapshot`` has found out.
    """
    csv.field_size_limit(LONGEST_RECORD)
    with path.open(encoding=dialect.encoding, newline="") as file:
        yield from _records(_Taken(file), dialect, path)


class _Taken:
    """The lines of a text, remembering those that were taken since it was last asked; a byte order mark is left out."""

    def __init__(self, text: Iterator[str]) -> None:
        self._text, self.lines, self._is_first = text, list[str](), True

    def __iter__(self) -> "_Taken":
        return self

    def __next__(self) -> str:
        line = next(self._text)
        self.lines.append(line)
        if not self._is_first:
            return line
        self._is_first = False
        return line.removeprefix(BOM)


def _records(taken: _Taken, dialect: Dialect, path: Path) -> Iterator[Record]:
    reader = csv.reader(
        taken,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote_char,
        quoting=csv.QUOTE_NONE if dialect.quote_char is None else csv.QUOTE_MINIMAL,
        doublequote=dialect.double_quote,
        escapechar=None if dialect.double_quote else "\\",
        strict=True,
    )
    row, line, start = 0, 1, 0
    while True:
        cells, wrong = list[str](), None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field limit" in str(error):
                raise fault("table-quote-open", path, line, size=f"{LONGEST_RECORD:,}") from error
            wrong = "row-quote-open" if "end of data" in str(error) else "row-quote"
        text, row = "".join(taken.lines), row + 1
        bom = len(BOM) if row == 1 and text.startswith(BOM) else 0
        own = text[bom:].removesuffix("\n").removesuffix("\r")
        yield Record(row, line, start + bom, own, cells, wrong)
        line, start = line + len(taken.lines), start + len(text)
        taken.lines.clear()
