"""Findings as one HTML page that needs nothing else: no script, no other file, readable on a telephone and in print."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from metropolis_kg.curation.checking import Findings
from metropolis_kg.curation.diagnostics import Diagnostic
from metropolis_kg.curation.report import Severity
from metropolis_kg.curation.reports.text import FIRST
from metropolis_kg.curation.reports.visible import visible
from metropolis_kg.curation.reports.wording import SEVERITIES, WORDS, concerned, counted, derivation, remarks, summary


def as_html(findings: Findings, lang: str) -> str:
    """Return the findings as a page in ``lang``, ``"de"`` or ``"en"``; of a kind, ten are unfolded."""
    return _template().render(
        lang=lang,
        words=WORDS[lang],
        summary=summary(findings, lang),
        remarks=remarks(findings, lang),
        files=list(_files(findings, lang)),
    )


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string((files(__package__) / "report.html").read_text(encoding="utf-8"))


def _files(findings: Findings, lang: str) -> Iterator[dict[str, Any]]:
    for path, group in groupby(findings.diagnostics, key=lambda each: each.path):
        found, shown = list(group), list[dict[str, Any]]()
        more: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        seen: defaultdict[str, int] = defaultdict(int)
        for each in found:
            seen[each.code] += 1
            (shown if seen[each.code] <= FIRST else more[each.code]).append(_card(each, findings, lang))
        yield {
            "name": visible(path.as_posix()) if path else WORDS[lang]["without place"],
            "count": len(found),
            "counts": _counts(found, lang),
            "shown": shown,
            "more": [{"title": _more(code, cards, lang), "found": cards} for code, cards in sorted(more.items())],
        }


def _counts(found: list[Diagnostic], lang: str) -> str:
    numbers = ((severity, sum(each.severity is severity for each in found)) for severity in Severity)
    return ", ".join(counted(severity, number, lang) for severity, number in numbers if number)


def _more(code: str, cards: list[dict[str, Any]], lang: str) -> str:
    return WORDS[lang]["folded"].format(count=len(cards), code=code)


def _card(found: Diagnostic, findings: Findings, lang: str) -> dict[str, Any]:
    before, marked, after = _pieces(found)
    return {
        "grave": found.severity.value,
        "severity": SEVERITIES[lang][found.severity],
        "line": found.line,
        "code": found.code,
        "message": visible(found.message(lang)),
        "excerpt": found.excerpt,
        "before": before,
        "marked": marked,
        "after": after,
        "notes": list(_notes(found, findings, lang)),
    }


def _pieces(found: Diagnostic) -> tuple[str, str, str]:
    """Return the line before, in and after what is meant."""
    line = (found.excerpt or "").rstrip()
    start = found.column - 1 if found.column else len(line) - len(line.lstrip())
    end = start + (found.length or 1) if found.column else len(line)
    return visible(line[:start]), visible(line[start:end]), visible(line[end:])


def _notes(found: Diagnostic, findings: Findings, lang: str) -> Iterator[str]:
    words = WORDS[lang]
    if about := concerned(found, findings):
        yield visible(f"{words['about']}: {', '.join(about)}")
    if how := derivation(found, lang):
        yield how
    if found.path is None and found.focus is not None:
        yield words["nowhere"]
    for other in found.related:
        place = ":".join(str(part) for part in (other.path.as_posix(), other.line) if part)
        yield f"{words['see']}: {visible(place)}: {visible((other.excerpt or '').strip())}"
