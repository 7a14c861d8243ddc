"""The pieces of a text that is meant to be Turtle, as far as they can be told apart, each with its place.

The parser judges what is Turtle; where it gives up, this shows what stands before and at that point.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

_PIECE = re.compile(
    r"""
      (?P<comment> \#[^\n]* )
    | (?P<iri>     <[^<>"\s]*> )
    | (?P<string>  \"{3}(?:\"{0,2}(?:[^"\\]|\\.))*\"{3} | '{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
                 | (?!\"{3})"(?:[^"\\\n]|\\.)*" | (?!'{3})'(?:[^'\\\n]|\\.)*' )
    | (?P<open>    (?:\"{3}|'{3}).*\Z | ["'][^\n]* | < )
    | (?P<tag>     @[\w-]+ )
    | (?P<number>  [+-]?(?:\d++(?:\.\d++)?+|\.\d++)(?![\w:.]*:) )
    | (?P<word>    (?:[^\s"'<>()\[\]{};,.^@#]|\.(?=[^\s"'<>()\[\]{};,.^@#]))+ )
    | (?P<mark>    \^\^ | \S )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Piece:
    """A piece of a text: its kind, its text, where it starts (counted from 0), and line and column, counted from 1."""

    kind: str
    text: str
    start: int
    line: int
    column: int
    end_line: int
    end_column: int
    """The column after its last character."""

    @property
    def end(self) -> int:
        """Where it ends, exclusive."""
        return self.start + len(self.text)

    @property
    def is_name(self) -> bool:
        """Whether this names something: a prefixed name, an IRI, or ``a``."""
        return self.kind == "iri" or (self.kind == "word" and (":" in self.text or self.text == "a"))

    @property
    def is_value(self) -> bool:
        """Whether this is text or a number, or ends one."""
        return self.kind in ("string", "tag", "number")


class Text:
    """A text with its lines."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def position(self, line: int, column: int) -> int:
        """Return the position of a column of a line, both counted from 1; the end for what lies behind it."""
        start = self._starts[line - 1] if line <= len(self._starts) else len(self.text)
        return min(start + column - 1, len(self.text))

    def place(self, position: int) -> tuple[int, int]:
        """Return line and column of a position, counted from 1."""
        line = bisect_right(self._starts, position)
        return line, position - self._starts[line - 1] + 1

    def pieces(self) -> Iterator[Piece]:
        """Yield the pieces in order, without comments and blanks."""
        for match in _PIECE.finditer(self.text):
            if match.lastgroup != "comment":
                line, column = self.place(match.start())
                end_line, end_column = self.place(match.end())
                yield Piece(str(match.lastgroup), match[0], match.start(), line, column, end_line, end_column)
