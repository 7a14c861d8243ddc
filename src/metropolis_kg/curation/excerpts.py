"""The lines of files that diagnostics are about, each file read once."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from metropolis_kg.content import Content
from metropolis_kg.curation.diagnostics import Diagnostic, Related

_TERM = re.compile(
    r""""{3}.*|"(?:[^"\\]|\\.)*(?:"(?:@[A-Za-z-]+|\^\^(?:<[^<>\s]*>|[\w:-]+))?)?|<[^<>\s]*>|[\w:@-](?:[\w:.@%-]*[\w:%-])?|\S"""
)
"""A term of Turtle, or as much of it as stands on a line."""

Lines = Callable[[Path], Sequence[str]]
"""Returns the lines of what a diagnostic names by its path; none where they cannot be had."""


def lines_in(content: Content) -> Lines:
    """Return what reads the lines of the files of ``content``."""

    @cache
    def lines(path: Path) -> Sequence[str]:
        try:
            return (content.root / path).read_text(encoding="utf-8", errors="replace").split("\n")
        except OSError:
            return ()

    return lines


def with_excerpts(diagnostics: Iterable[Diagnostic], lines: Lines) -> Iterator[Diagnostic]:
    """Yield each diagnostic with the text of its line and of the lines it refers to, where they can be had."""

    def text(path: Path | None, line: int | None) -> str | None:
        return lines(path)[line - 1] if path and line and line <= len(lines(path)) else None

    for each in diagnostics:
        related = tuple(Related(other.path, other.line, text(other.path, other.line)) for other in each.related)
        excerpt = text(each.path, each.line)
        length = each.length or _length(excerpt, each.column)
        yield replace(each, excerpt=excerpt, length=length, related=related)


def _length(line: str | None, column: int | None) -> int | None:
    """Return the length of the term that begins at ``column``."""
    found = _TERM.match(line, column - 1) if line and column else None
    return len(found[0]) if found else None
