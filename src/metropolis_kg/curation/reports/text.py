"""Findings as a compiler tells them: place, what is wrong, the line with what is meant marked, the summary last."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

from metropolis_kg.curation.checking import Findings
from metropolis_kg.curation.diagnostics import Diagnostic
from metropolis_kg.curation.reports.visible import excerpt, visible
from metropolis_kg.curation.reports.wording import (
    SEVERITIES,
    WORDS,
    concerned,
    derivation,
    remarks,
    short_name,
    summary,
)

FIRST = 10
"""How many of a kind are shown in each file."""

Paint = Callable[[str, str], str]
"""Takes text and what it is (a severity, ``"place"``, ``"code"``, ``"margin"``, ``"summary"``), returns it coloured."""


def plain(text: str, _: str) -> str:
    """Return ``text`` as it is."""
    return text


def as_text(findings: Findings, lang: str, paint: Paint = plain, *, everything: bool = False) -> str:
    """Return the findings for people to read, in ``"de"`` or ``"en"``; the first ten of a kind in a file at most.

    ``everything`` shows all of them.
    """
    told = _Telling(findings, lang, paint, len(findings.diagnostics) if everything else FIRST)
    blocks = [*told.blocks(), "\n".join([paint(summary(findings, lang), "summary"), *remarks(findings, lang)])]
    return "\n\n".join(blocks) + "\n"


class _Telling:
    def __init__(self, findings: Findings, lang: str, paint: Paint, first: int) -> None:
        self._findings, self._lang, self._words = findings, lang, WORDS[lang]
        self._paint, self._first = paint, first

    def blocks(self) -> Iterator[str]:
        for path, found in groupby(self._findings.diagnostics, key=lambda each: each.path):
            counted: Counter[str] = Counter()
            for each in found:
                counted[each.code] += 1
                if counted[each.code] <= self._first:
                    yield "\n".join(self._block(each))
            more = list(self._more(path, counted))
            if more:
                yield "\n".join(more)

    def _more(self, path: Path | None, counted: Counter[str]) -> Iterator[str]:
        place = visible(path.as_posix()) if path else self._words["no file"]
        for code, count in sorted(counted.items()):
            if count > self._first:
                yield self._words["more"].format(count=count - self._first, code=code, place=place)

    def _block(self, found: Diagnostic) -> Iterator[str]:
        yield self._head(found)
        margin = " " * len(str(found.line or ""))
        if found.excerpt is not None and found.excerpt.strip():
            shown = excerpt(found.excerpt, found.column, found.length)
            yield f"{self._paint(f' {found.line} |', 'margin')} {shown.text}".rstrip()
            marks = shown.marks.lstrip(" ")
            blank = shown.marks.removesuffix(marks)
            yield f"{self._paint(f' {margin} |', 'margin')} {blank}{self._paint(marks, found.severity.value)}"
        for note in self._notes(found):
            yield f"{self._paint(f' {margin} =', 'margin')} {note}"

    def _head(self, found: Diagnostic) -> str:
        place = ":".join(str(part) for part in (found.path and found.path.as_posix(), found.line) if part)
        if not place and found.focus is not None:
            place = short_name(found.focus, self._findings.prefixes)
        severity = self._paint(f"{SEVERITIES[self._lang][found.severity]}:", found.severity.value)
        said = f"{severity} {visible(found.message(self._lang))} {self._paint(f'[{found.code}]', 'code')}"
        return f"{self._paint(f'{visible(place)}:', 'place')} {said}" if place else said

    def _notes(self, found: Diagnostic) -> Iterator[str]:
        if about := concerned(found, self._findings):
            yield visible(f"{self._words['about']}: {', '.join(about)}")
        if how := derivation(found, self._lang):
            yield how
        if found.path is None and found.focus is not None:
            yield self._words["nowhere"]
        for other in found.related:
            place = visible(":".join(str(part) for part in (other.path.as_posix(), other.line) if part))
            yield f"{self._words['see']}: {place}: {excerpt(other.excerpt.strip(), 1, 1).text if other.excerpt else ''}"
