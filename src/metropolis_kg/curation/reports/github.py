"""Findings as GitHub workflow commands, which the page of a pull request shows at the line.

GitHub shows ten errors, ten warnings and ten notices a step at most, so the gravest come first.
"""

from collections.abc import Iterator

from metropolis_kg.curation.checking import Findings
from metropolis_kg.curation.diagnostics import Diagnostic
from metropolis_kg.curation.report import Severity
from metropolis_kg.curation.reports.wording import SEVERITIES, concerned, derivation, remarks, summary

_COMMANDS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_GRAVEST_FIRST = list(Severity)


def as_annotations(findings: Findings, lang: str) -> str:
    """Return one workflow command a finding, the gravest first, then the summary, which is no command."""
    found = sorted(findings.diagnostics, key=lambda each: _GRAVEST_FIRST.index(each.severity))
    last = map(_data, (summary(findings, lang), *remarks(findings, lang)))
    return "".join(f"{line}\n" for line in (*(_command(each, findings, lang) for each in found), *last))


def _command(found: Diagnostic, findings: Findings, lang: str) -> str:
    properties = ",".join(f"{key}={_property(value)}" for key, value in _properties(found, lang))
    about = ", ".join(concerned(found, findings))
    parts = (found.message(lang), f"[{about}]" if about else None, derivation(found, lang))
    return f"::{_COMMANDS[found.severity]} {properties}::{_data(' '.join(filter(None, parts)))}"


def _properties(found: Diagnostic, lang: str) -> Iterator[tuple[str, str]]:
    if found.path:
        yield "file", found.path.as_posix()
    if found.path and found.line:
        yield "line", str(found.line)
    if found.path and found.line and found.column:
        yield "col", str(found.column)
        if found.length:
            yield "endColumn", str(found.column + found.length)
    yield "title", f"{SEVERITIES[lang][found.severity]}: {found.code}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
