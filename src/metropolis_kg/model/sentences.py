"""The sentences of a page's text, by their positions.

A heading, a caption or an item of a list is a line of its own and ends without a full stop, so lines come first; within
a line Wikimedia's sentencex tells sentences from abbreviations and dates (“z. B.”, “am 28. August 2018”). What it gets
wrong in German are ordinals before other nouns: it ends a sentence at “Das 21.” of “Das 21. Jahrhundert”.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from sentencex import get_sentence_boundaries

_LINE = re.compile(r".+")
_MARK = re.compile(r"(?:[•·▪◦‣*–-]\s+)?")


class Span(NamedTuple):
    """A part of a text: code points from ``start`` to ``end``, end exclusive."""

    start: int
    end: int

    def touches(self, other: "Span") -> bool:
        """Return whether the two have a character in common."""
        return self.start < other.end and other.start < self.end


def sentences(text: str, language: str) -> list[Span]:
    """Return where each sentence of ``text`` stands, without the mark of a list before it and without space around it.

    ``language`` is a tag such as ``de``; of a language that sentencex does not know, it takes the rules of another.
    """
    lines = (line for line in _LINE.finditer(text) if line[0].strip())
    return [span for line in lines for span in _within(line.start(), line[0], language)]


def _within(offset: int, line: str, language: str) -> list[Span]:
    parts = ((part["start_index"], part["end_index"]) for part in get_sentence_boundaries(language, line))
    spans = (_stripped(Span(offset + start, offset + end), line[start:end]) for start, end in parts)
    return [span for span in spans if span.start < span.end]


def _stripped(span: Span, words: str) -> Span:
    start = len(words) - len(words.lstrip())
    mark = _MARK.match(words, start)
    start = mark.end() if mark else start
    return Span(span.start + start, span.start + max(start, len(words.rstrip())))


def around(part: Span, spans: Sequence[Span]) -> Span | None:
    """Return the part of a text from the first to the last of ``spans`` that ``part`` touches; none where none is."""
    touched = [span for span in spans if span.touches(part)]
    return Span(touched[0].start, touched[-1].end) if touched else None
