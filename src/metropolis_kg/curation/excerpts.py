"""The lines of files that diagnostics are about, each file read once."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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

Lines = Callable[[Path], Sequence[str] | Mapping[int, str]]
"""Returns the lines of what a diagnostic names by its path, or some by number; none where they cannot be had."""


def lines_in(content: Content, diagnostics: Iterable[Diagnostic] = ()) -> Lines:
    """Return what reads the lines of the files of ``content``, of bulk sources those that ``diagnostics`` name."""
    named = _named(diagnostics)

    @cache
    def lines(path: Path) -> Sequence[str] | Mapping[int, str]:
        try:
            if suffix_of(path) in STREAMED:
                return text_of_lines(content.root / path, named[path])
            return (content.root / path).read_text(encoding="utf-8", errors="replace").split("\n")
        except (OSError, ContentError):
            return ()

    return lines


def _named(diagnostics: Iterable[Diagnostic]) -> Mapping[Path, set[int]]:
    numbers: dict[Path, set[int]] = defaultdict(set)
    for each in diagnostics:
        for path, line in ((each.path, each.line), *((other.path, other.line) for other in each.related)):
            if path and line:
                numbers[path].add(line)
    return numbers


def with_excerpts(diagnostics: Iterable[Diagnostic], lines: Lines) -> Iterator[Diagnostic]:
    """Yield each diagnostic with the text of its line and of the lines it refers to, where they can be had."""

    def text(path: Path | None, line: int | None) -> str | None:
        if path is None or line is None:
            return None
        found = lines(path)
        if isinstance(found, Mapping):
            return found.get(line)
        return found[line - 1] if line <= len(found) else None

    for each in diagnostics:
        related = tuple(replace(other, excerpt=text(other.path, other.line)) for other in each.related)
        excerpt = text(each.path, each.line)
        length = each.length or _length(excerpt, each.column)
        yield replace(each, excerpt=excerpt, length=length, related=related)


def _length(line: str | None, column: int | None) -> int | None:
    """Return the length of the term that begins at ``column``."""
    found = _TERM.match(line, column - 1) if line and column else None
    return len(found[0]) if found else None
