"""Where the strings and objects of a JSON text stand, which no parser of JSON tells.

Only for text that is known to be JSON: what is between the strings is not looked at closely.
"""

import json
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from metropolis_kg.curation.lines import Span

_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]', re.DOTALL)


@dataclass(frozen=True)
class JsonString:
    """A string that is a value: ``start`` and ``end`` are its offsets with the quotes."""

    text: str
    start: int
    end: int
    owner: int
    """The number of the innermost object it is in; -1 for none."""

    key: str
    """The key of that object below which it stands, directly or in arrays."""


@dataclass
class Member:
    """A key of an object, and where it and its value stand."""

    key: str
    start: int
    key_end: int
    end: int = -1


@dataclass
class JsonObject:
    """An object: its members, and the member of another object that it is the value of, directly or in arrays."""

    owner: int
    key: str
    members: list[Member] = field(default_factory=list)


@dataclass
class _Frame:
    number: int
    key: str
    is_object: bool
    awaits_key: bool


class JsonText:
    """A JSON text with the places of its objects, numbered as they begin, and of its strings."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.objects: list[JsonObject] = []
        self.strings: list[JsonString] = []
        self._frames = [_Frame(-1, "", is_object=False, awaits_key=False)]
        for piece in _PIECE.finditer(text):
            self._take(piece[0], piece.start())

    def span(self, start: int, end: int) -> Span:
        """Return the place of what stands between two offsets of the same line."""
        line = bisect_right(self._line_starts, start)
        return Span(line, start - self._line_starts[line - 1] + 1, end - start)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def _take(self, piece: str, start: int) -> None:
        frame = self._frames[-1]
        if piece in "{[":
            self._open(piece, frame)
        elif piece in "}]":
            self._close(start)
        elif piece == ",":
            frame.awaits_key = frame.is_object
        elif piece == ":":
            frame.awaits_key = False
        elif frame.awaits_key:
            frame.key = _decoded(piece)
            self._end_member(frame, start)
            self.objects[frame.number].members.append(Member(frame.key, start, start + len(piece)))
        else:
            self.strings.append(JsonString(_decoded(piece), start, start + len(piece), frame.number, frame.key))

    def _open(self, piece: str, frame: _Frame) -> None:
        if piece == "[":
            self._frames.append(_Frame(frame.number, frame.key, is_object=False, awaits_key=False))
            return
        self.objects.append(JsonObject(frame.number, frame.key))
        self._frames.append(_Frame(len(self.objects) - 1, "", is_object=True, awaits_key=True))

    def _close(self, start: int) -> None:
        if len(self._frames) > 1:
            self._end_member(self._frames.pop(), start)

    def _end_member(self, frame: _Frame, end: int) -> None:
        members = self.objects[frame.number].members if frame.is_object else []
        if members and members[-1].end < 0:
            members[-1].end = end


def _decoded(piece: str) -> str:
    """Return the text of a string; half a pair of surrogates, which is no text, becomes a question mark."""
    decoded: Any = json.loads(piece, strict=False)
    return str(decoded).encode("utf-8", "replace").decode()
