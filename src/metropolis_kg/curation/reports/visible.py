"""Text of the data as a terminal may show it: nothing in it moves the cursor, colours text or turns the line round."""

import unicodedata
from dataclasses import dataclass

_ROOM = 120
"""How many columns of a line are shown."""

_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029\ufeff")
"""Characters that change the direction of text or break the line."""


def visible(text: str) -> str:
    r"""Return ``text`` in one line, with control characters and changes of direction written out.

    >>> visible("a\x1b[31mb\u202ec\n")
    'a\\u001B[31mb\\u202Ec\\u000A'
    """
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character == "\t":
        return " "
    if character in _TURNING or unicodedata.category(character) in ("Cc", "Cs"):
        return f"\\u{ord(character):04X}"
    return character


def _width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Me", "Mn"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("F", "W") else 1


def _columns(text: str) -> int:
    return sum(map(_width, text))


@dataclass(frozen=True)
class Excerpt:
    """A line as it is shown, and the line below it, which marks what is meant."""

    text: str
    marks: str


def excerpt(line: str, column: int | None, length: int | None) -> Excerpt:
    """Return ``line``, cut to what fits around what is marked: ``length`` characters from ``column`` on.

    Columns count from 1. Without one all that is written on the line is marked, without a length one character.
    """
    line = line.rstrip("\r")
    start = (column or len(line) - len(line.lstrip()) + 1) - 1
    end = start + max(length or 1, 1) if column else max(len(line.rstrip()), start + 1)
    start = min(start, len(line))
    first, last = _window(line, start)
    before, marked = visible(line[first:start]), visible(line[start : max(min(end, last), start)])
    lead, tail = "…" * (first > 0), "…" * (last < len(line))
    text = lead + before + marked + visible(line[max(min(end, last), start) : last]) + tail
    return Excerpt(text.rstrip(), " " * _columns(lead + before) + "^" * max(_columns(marked), 1))


def _window(line: str, start: int) -> tuple[int, int]:
    """Return which characters of ``line`` are shown, so that the one at ``start`` is among them."""
    first = 0 if _columns(visible(line)) <= _ROOM else max(0, start - _ROOM // 3)
    room, last = _ROOM, first
    while last < len(line) and room > 0:
        room -= _columns(_shown(line[last]))
        last += 1
    return first, last
