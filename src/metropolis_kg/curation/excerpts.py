"""The lines of files that diagnostics are about, each file read once."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from metropolis_kg.content import Content
from metropolis_kg.curation.bulk.kinds import STREAMED, suffix_of
from metropolis_kg.curation.bulk.sought import text_of_lines
from metropolis_kg.curation.diagnostics import Diagnostic
from metropolis_kg.errors import ContentError

_TERM = re.compile(
    r""""{3}.*|"(?:[^"\\]|\\.)*(?:"(?:@[A-Za-z-]+|\^\^(?:<[^<>\s]*>|[\w:-]+))?)?|<[^<>\s]*>|[\w:@-](?:[\w:.@%-]*[\w:%-])?|\S"""
)
"""A term of Turtle, or as much of it as stands on a line."""

Text = Callable[[Path, int], str | None]
"""Returns a line of what a diagnostic names by its path; none where it cannot be had."""


def text_in(content: Content, diagnostics: Iterable[Diagnostic]) -> Text:
    """Return what reads lines of the files of ``content``, of bulk sources those that ``diagnostics`` name."""
    named = _named(diagnostics)

    @cache
    def lines(path: Path) -> Mapping[int, str]:
        try:
            if suffix_of(path) in STREAMED:
                return text_of_lines(content.root / path, named[path])
            return dict(enumerate((content.root / path).read_text(encoding="utf-8", errors="replace").split("\n"), 1))
        except (OSError, ContentError):
            return {}

    return lambda path, line: lines(path).get(line)


def _named(diagnostics: Iterable[Diagnostic]) -> Mapping[Path, set[int]]:
    numbers: dict[Path, set[int]] = defaultdict(set)
    for each in diagnostics:
        for path, line in ((each.path, each.line), *((other.path, other.line) for other in each.related)):
            if path and line:
                numbers[path].add(line)
    return numbers


def with_excerpts(diagnostics: Iterable[Diagnostic], text: Text) -> Iterator[Diagnostic]:
    """Yield each diagnostic with the text of its line and of the lines it refers to, where they can be had."""
    for each in diagnostics:
        related = tuple(
            replace(other, excerpt=text(other.path, other.line) if other.line else None) for other in each.related
        )
        excerpt = text(each.path, each.line) if each.path and each.line else None
        length = each.length or _length(excerpt, each.column)
        yield replace(each, excerpt=excerpt, length=length, related=related)


def _length(line: str | None, column: int | None) -> int | None:
    """Return the length of the term that begins at ``column``."""
    found = _TERM.match(line, column - 1) if line and column else None
    return len(found[0]) if found else None
