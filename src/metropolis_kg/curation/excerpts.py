"""The lines of files that diagnostics are about, each file read once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from metropolis_kg.content import Content
from metropolis_kg.curation.diagnostics import Diagnostic, Related

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
        yield replace(each, excerpt=text(each.path, each.line), related=related)
