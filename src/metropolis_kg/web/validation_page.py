"""The validation page: a form, and the report on what it sent, each finding below its line of the text.

It works without a script; the script makes an editor of the text area. What was sent is shown as text in which nothing
acts, and hidden characters are written out.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from metropolis_kg.curation.reports.visible import visible
from metropolis_kg.curation.sent import UnreadableError
from metropolis_kg.errors import MetropolisError
from metropolis_kg.model.namespaces import shorten
from metropolis_kg.publication.media_types import GRAPHS, HTML, REPORTS, content_type
from metropolis_kg.web.problems import Problem, problem_of, title_of
from metropolis_kg.web.site import View
from metropolis_kg.web.static_files import built
from metropolis_kg.web.submission import Submission

MOST_FINDINGS = 200
"""Findings that the page shows; the report as data has them all."""

MOST_LINES = 1000
"""Lines up to which all of the text is shown; of a longer one those with a finding, and some around."""

LONGEST_LINE = 300
"""Characters of a line that are shown."""

_AROUND = 2
_SEVERITIES = ("violation", "warning", "info")


@dataclass(frozen=True)
class Finding:
    """What was found, as the page says it."""

    number: int
    severity: str
    message: str
    message_language: str
    code: str
    line: int | None
    column: int | None
    about: tuple[str, ...]
    """The thing and the value concerned."""


@dataclass(frozen=True)
class Line:
    """A line of the text; a gap before it where lines are left out."""

    number: int
    text: str
    cut: bool
    gap: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Shown:
    """A report as the page shows it."""

    conforms: bool
    counts: Mapping[str, int]
    findings: tuple[Finding, ...]
    unplaced: tuple[Finding, ...]
    """Those with no line."""

    lines: tuple[Line, ...]
    total: int


def validation_page(
    view: View, sent: Submission | None = None, run: Callable[[], Mapping[str, Any]] | None = None,
    *, reason: UnreadableError | None = None,
) -> Response:  # fmt: skip
    """Return the page; where something was ``sent``, with the report on it that ``run`` gives as JSON has it.

    What ``run`` raises is shown, and the ``reason`` for which nothing could be taken.
    """
    shown, problem = None, problem_of(reason) if reason else None
    if sent and run:
        try:
            shown = _shown(view, sent.text, run())
        except MetropolisError as error:
            problem = problem_of(error)
            shown = _of_problem(view, sent.text, problem) if problem.name == "rdf-malformed" else None
    page = view.render(
        "validate.html", text=sent.text if sent else _beginning(view), chosen=sent and sent.syntax, shown=shown,
        problem=problem, title=_title(view, problem, sent), syntaxes=GRAPHS, reports=REPORTS,
        script=built("validation-page"), most=MOST_FINDINGS,
        megabytes=view.site.settings.validation_megabytes,
    )  # fmt: skip
    return _response(view, page, problem, kept=not (sent or reason))


def _title(view: View, problem: Problem | None, sent: Submission | None) -> str:
    if not problem:
        return ""
    return view.words[title_of(problem) if sent else "not_validated"]


def _response(view: View, page: str, problem: Problem | None, *, kept: bool) -> Response:
    response = Response(page, problem.status if problem else 200, content_type=content_type(HTML.media_type))
    response.headers.update(problem.headers if problem else {})
    response.headers["Cache-Control"] = "no-cache" if kept else "no-store"
    view.name_language(response)
    return response


def _shown(view: View, text: str, report: Mapping[str, Any]) -> Shown:
    first = sorted(report["diagnostics"], key=lambda each: each["line"] is None)[:MOST_FINDINGS]
    found = [_finding(view, number, each) for number, each in enumerate(first, 1)]
    return _laid_out(text, found, conforms=report["conforms"], counts=report["counts"])


def _of_problem(view: View, text: str, problem: Problem) -> Shown:
    """Return the report that a text cannot be read."""
    line, column = problem.more["line"], problem.more["column"]
    finding = Finding(1, _SEVERITIES[0], problem.detail, problem.language, problem.name, line, column, ())
    return _laid_out(text, [finding], conforms=False, counts={_SEVERITIES[0]: 1})


def _laid_out(text: str, found: list[Finding], *, conforms: bool, counts: Mapping[str, int]) -> Shown:
    lines = text.rstrip("\n").split("\n")
    by_line: defaultdict[int, list[Finding]] = defaultdict(list)
    for finding in found:
        by_line[min(finding.line or 0, len(lines))].append(finding)
    unplaced = tuple(by_line.pop(0, []))
    shown = tuple(_lines(lines, by_line))
    total = sum(counts.values())
    return Shown(conforms, {each: counts.get(each, 0) for each in _SEVERITIES}, tuple(found), unplaced, shown, total)


def _lines(lines: list[str], by_line: Mapping[int, list[Finding]]) -> Iterator[Line]:
    last = 0
    for number, text in enumerate(lines, 1):
        near = len(lines) <= MOST_LINES or any(abs(number - line) <= _AROUND for line in _window(number, by_line))
        if near:
            cut = text[:LONGEST_LINE]
            found = tuple(by_line.get(number, ()))
            yield Line(number, visible(cut.rstrip("\r")), len(cut) < len(text), number > last + 1, found)
            last = number


def _window(number: int, by_line: Mapping[int, list[Finding]]) -> Iterator[int]:
    return (line for line in range(number - _AROUND, number + _AROUND + 1) if line in by_line)


def _finding(view: View, number: int, each: Mapping[str, Any]) -> Finding:
    messages = each["messages"]
    tag = next(tag for tag in (view.language, "en", "", *messages) if tag in messages)
    about = tuple(_term(view, term) for term in (each["focus"], each["value"]) if term)
    return Finding(
        number, each["severity"], visible(messages[tag]), tag or view.language, each["code"],
        each["line"], each["column"], about,
    )  # fmt: skip


def _term(view: View, term: Mapping[str, str]) -> str:
    if term["type"] == "bnode":
        return view.words["without_name"]
    written = shorten(term["value"], dict(view.release.prefixes)) if term["type"] == "uri" else term["value"]
    return visible(written[:LONGEST_LINE])


def _beginning(view: View) -> str:
    """Return the text to begin with: the example where the request asks for it, else none."""
    return view.render("example.ttl") if "example" in request.args else ""
