"""Diagnostics: whatever was found in the content, by a shape or by a check, in one form with its place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.curation.bulk.sought import Sought, find_lines
from metropolis_kg.curation.faults import fault_kinds
from metropolis_kg.curation.report import Result, Severity
from metropolis_kg.curation.tracing import Writing
from metropolis_kg.errors import ContentError
from metropolis_kg.model.identifiers import Term


@dataclass(frozen=True)
class Related:
    """Another place that a diagnostic is about, with the text of its line where it is known."""

    path: Path
    line: int | None = None
    excerpt: str | None = None
    sought: Sought | None = None
    """What is still to be found in a bulk source."""


@dataclass(frozen=True)
class Diagnostic:
    """One thing found: what is wrong, how grave it is, where it stands, and how to mend it."""

    code: str
    """Names what is wrong: a key of ``faults.toml``, the name of a check, or the local name of a shape."""

    severity: Severity
    messages: Mapping[str, str]
    """What is wrong and how to mend it, by language."""

    path: Path | None = None
    """The file, relative to the root of the content; none where nobody wrote what is wrong."""

    line: int | None = None
    """Counted from 1."""

    column: int | None = None
    """In characters, counted from 1; none where it is not known what on the line is wrong."""

    length: int | None = None
    """How many characters from ``column`` on are concerned; none where only the position is known."""

    focus: Term | None = None
    value: Term | None = None
    result: Result | None = None
    """The result of the SHACL report that this is, where a shape found it."""

    rules: tuple[str, ...] = ()
    """By which rules what is wrong follows from what stands at the place, the last rule first."""

    related: tuple[Related, ...] = ()
    """Other places that this is about."""

    excerpt: str | None = None
    """The text of the line."""

    sought: Sought | None = None
    """The statement whose line is still to be found in a bulk source."""

    def message(self, lang: str) -> str:
        """Return the message in ``lang``, else in English, else any."""
        for tag in (lang, "en", "", *sorted(self.messages)):
            if tag in self.messages:
                return self.messages[tag]
        return self.code

    @property
    def sort_key(self) -> tuple[object, ...]:
        """Orders by file, line and column, what has no place last; then by what is wrong."""
        place = (self.path is None, str(self.path or ""), self.line or 0, self.column or 0)
        return (*place, self.code, str(self.focus or ""), str(self.value or ""), sorted(self.messages.items()))

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes it the same diagnostic when lines were added or a file was renamed.

        A blank node has another label at each reading, so that its file stands for it.
        """
        named = self.focus if isinstance(self.focus, ox.NamedNode | ox.Literal) else None
        thing = str(self.path or "") if named is None else str(named)
        return (self.code, self.severity.value, thing, str(self.value or ""), tuple(sorted(self.messages.items())))


def of_error(error: ContentError) -> Diagnostic:
    """Return a fault of a file as a diagnostic."""
    kind = fault_kinds().get(error.code)
    severity = kind.severity if kind else Severity.VIOLATION
    related = tuple(Related(path, line) for path, line in error.related)
    return Diagnostic(
        error.code or "content", severity, error.messages, error.path, error.line, error.column, related=related
    )  # fmt: skip


def of_result(result: Result, writing: Writing | None, related: Writing | None = None) -> Diagnostic:
    """Return a result of the SHACL report as a diagnostic that stands where ``writing`` says."""
    span = writing.span if writing else None
    return Diagnostic(
        code=result.shape_name,
        severity=result.severity,
        messages=result.messages or {"": result.message("")},
        path=writing.path if writing else None,
        line=span.line if span else None,
        column=span.column if span else None,
        length=span.length if span else None,
        focus=result.focus,
        value=None if result.value == result.focus else result.value,
        result=result,
        rules=writing.rules if writing else (),
        related=(_related(related),) if related else (),
        sought=writing.sought if writing else None,
    )


def _related(writing: Writing) -> Related:
    return Related(writing.path, writing.span.line if writing.span else None, sought=writing.sought)


def with_lines(diagnostics: Iterable[Diagnostic], base: str) -> list[Diagnostic]:
    """Return diagnostics with the lines of those that were looked for in bulk sources under ``base``."""
    found = list(diagnostics)
    sought = [each.sought for each in found if each.sought]
    sought += [other.sought for each in found for other in each.related if other.sought]
    lines = find_lines(sought, base)
    return [_with_lines(each, lines) if each.sought or each.related else each for each in found]


def _with_lines(found: Diagnostic, lines: Mapping[Sought, int]) -> Diagnostic:
    related = tuple(replace(each, line=lines.get(each.sought)) if each.sought else each for each in found.related)
    return replace(found, line=lines.get(found.sought) if found.sought else found.line, related=related)
