"""Reading a Turtle file, or saying in a steward's words why it cannot be read."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.curation.faults import fault
from metropolis_kg.curation.turtle.faults import conflict, not_turtle
from metropolis_kg.curation.turtle.pieces import Text
from metropolis_kg.errors import ContentError

_UNDECLARED = re.compile(r".*The prefix (\S*): has not been declared")
_DECLARED = re.compile(r"@prefix\s+([\w.-]*):", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s\"]*[^\s\".;,]")
_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_WINDOWS = re.compile(rb"[\x80-\x9f]")


def parse_turtle(path: Path, known: Mapping[str, str] | None = None) -> Iterator[ox.Quad]:
    """Yield the statements of a Turtle file. Raises ContentError with the place and what to do where it is not Turtle.

    ``known`` are the prefixes that a file may declare, with their namespaces.
    """
    text = decoded(path)
    if text.startswith("\ufeff"):
        raise fault("byte-order-mark", path, 1, 1)
    yield from parse_text(text, path, known)


def parse_text(text: str, path: Path, known: Mapping[str, str] | None = None) -> Iterator[ox.Quad]:
    """Yield the statements of ``text``, which is called ``path``, as ``parse_turtle`` does."""
    try:
        yield from ox.parse(text, format=ox.RdfFormat.TURTLE)
    except SyntaxError as error:
        raise syntax_fault(error, text, path, known) from error


def syntax_fault(
    error: SyntaxError, text: str, path: Path | None, known: Mapping[str, str] | None = None
) -> ContentError:  # fmt: skip
    """Return what is wrong with ``text``, of which the parser complains with ``error``."""
    return conflict(text, path) or _prefix(error, text, path, known) or not_turtle(error, text, path)


def decoded(path: Path) -> str:
    """Return the text of a file. Raises ContentError where it cannot be read or is not UTF-8."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise fault("unreadable-file", path, said=error.strerror) from error
    return decoded_bytes(content, path)


def decoded_bytes(content: bytes, path: Path | None) -> str:
    """Return the text that ``content`` is. Raises ContentError where it is not UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        encoding = _encoding(content)
        if encoding is None:
            raise fault("not-text", path) from error
        raise fault("not-utf8", path, line, encoding=encoding) from error


def _encoding(content: bytes) -> str | None:
    """Return in which encoding a text is probably; none where it is no text."""
    if content[:2] in _MARKS:
        return _MARKS[content[:2]]
    if b"\0" in content:
        return "UTF-16" if 3 * content.count(b"\0") > len(content) else None
    return "Windows-1252" if _WINDOWS.search(content) else "ISO-8859-1 (Latin 1)"


def _prefix(
    error: SyntaxError, text: str, path: Path | None, known: Mapping[str, str] | None
) -> ContentError | None:  # fmt: skip
    said = _UNDECLARED.fullmatch(error.msg)
    if not said:
        return None
    place = (path, error.lineno, error.offset)
    name, declared = said[1], set(_DECLARED.findall(text))
    if not name:
        return fault("empty-prefix", *place)
    if name in ("http", "https", "mailto", "urn"):
        position = Text(text).position(error.lineno or 1, error.offset or 1)
        address = _ADDRESS.match(text, position)
        return fault("iri-without-brackets", *place, address=address[0] if address else f"{name}:…")
    if known is None or name in known:
        return fault("undeclared-prefix", *place, prefix=name, namespace=known[name] if known else "…")
    near = get_close_matches(name, sorted(declared | set(known)), n=1)
    if near:
        return fault("misspelt-prefix", *place, prefix=name, meant=near[0])
    return fault("unknown-prefix", *place, prefix=name)


def line_of_rdf_1_2(text: str) -> int | None:
    """Return the line of the first triple term or text direction in Turtle."""
    for piece in Text(text).pieces():
        if text[piece.start : piece.start + 2] in ("<<", "{|") or (piece.kind == "tag" and "--" in piece.text):
            return piece.line
    return None
