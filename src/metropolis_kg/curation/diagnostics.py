"""Diagnostics: whatever was found in the content, by a shape or by a check, in one form with its place."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from metropolis_kg.curation.faults import fault_kinds
from metropolis_kg.curation.report import Locate, Result, Severity
from metropolis_kg.errors import ContentError
from metropolis_kg.model.identifiers import Term


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
    """In characters, counted from 1; known for faults of syntax."""

    focus: Term | None = None
    value: Term | None = None
    result: Result | None = None
    """The result of the SHACL report that this is, where a shape found it."""

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


def of_error(error: ContentError) -> Diagnostic:
    """Return a fault of a file as a diagnostic."""
    kind = fault_kinds().get(error.code)
    severity = kind.severity if kind else Severity.VIOLATION
    return Diagnostic(error.code or "content", severity, error.messages, error.path, error.line, error.column)


def of_result(result: Result, locate: Locate) -> Diagnostic:
    """Return a result of the SHACL report as a diagnostic, placed by ``locate``."""
    path, line = locate(result) or (None, None)
    return Diagnostic(
        code=result.shape_name,
        severity=result.severity,
        messages=result.messages or {"": result.message("")},
        path=path,
        line=line,
        focus=result.focus,
        value=None if result.value == result.focus else result.value,
        result=result,
    )
