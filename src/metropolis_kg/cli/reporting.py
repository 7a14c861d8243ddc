"""What commands say: findings on standard output, progress on standard error."""

import locale
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import click

from metropolis_kg.curation.checking import Findings
from metropolis_kg.curation.report import Severity
from metropolis_kg.curation.sources import Progress
from metropolis_kg.errors import ContentError

_WORDS = {"de": {"fault": "Fehler", "notice": "Hinweis"}, "en": {"fault": "violation", "notice": "notice"}}
_SUMMARY = {
    "de": "{violations} Fehler, {warnings} Warnungen, {infos} Hinweise; {quotes}.",
    "en": "{violations} violations, {warnings} warnings, {infos} notices; {quotes}.",
}
_QUOTES = {
    "de": ("{compared} Zitate mit ihrer Quelle verglichen", "Zitate nicht verglichen (--sources DIR nennt die Texte)"),
    "en": ("{compared} quotes compared with their source", "quotes not compared (--sources DIR names the texts)"),
}

_NO_TEXT = {
    "de": "Kein Text hat den SHA-256, den {source} nennt; seine Zitate wurden nicht verglichen.",
    "en": "No text has the SHA-256 that {source} gives; its quotes were not compared.",
}

_UNEXPLAINED = {
    "de": "Vorher veröffentlicht und jetzt weg, ohne Grund: {things}. Sagen Sie in data/retired.ttl, warum.",
    "en": "Published before and now gone, without a reason: {things}. Say why in data/retired.ttl.",
}
_NAMED = 10
"""How many things are named."""


@contextmanager
def progress() -> Iterator[Progress]:
    """Yield a function that says which step begins; each step is shown with the seconds since the start."""
    start = time.monotonic()

    def step(text: str) -> None:
        click.echo(f"{time.monotonic() - start:6.1f} s  {text}", err=True)

    yield step
    step("done")


def language(chosen: str | None) -> str:
    """Return ``chosen``, or German where the locale is German, else English."""
    return chosen or ("de" if (locale.getlocale()[0] or "").startswith(("de", "German")) else "en")


def show_findings(findings: Findings, lang: str, *, texts_named: bool) -> None:
    """Print every finding, with its place where it has one, then how much was found.

    ``texts_named`` says whether a folder with the texts of the sources was named; then those it lacks are told.
    """
    _show(findings.faults, _WORDS[lang]["fault"])
    _show(findings.notices, _WORDS[lang]["notice"])
    text = findings.report.as_text(findings.locate, lang)
    if text:
        click.echo(text)
    for source in sorted(set(findings.quotes.without_text)) if texts_named else ():
        click.echo(_NO_TEXT[lang].format(source=source), err=True)
    click.echo(_summary(findings, lang))


def show_unexplained(things: Sequence[str], lang: str) -> None:
    """Print which things this publication removed without a reason, where there are any, the first ten by name."""
    if things:
        more = f" … ({len(things)})" if len(things) > _NAMED else ""
        said = _UNEXPLAINED[lang].format(things=", ".join(things[:_NAMED]) + more)
        click.echo(f"{_WORDS[lang]['notice']}: {said}")


def _show(faults: Iterable[ContentError], word: str) -> None:
    for fault in sorted(faults, key=lambda each: (str(each.path), each.line or 0, each.reason)):
        place = ":".join(str(part) for part in (fault.path, fault.line) if part is not None)
        click.echo(f"{place}: {word}: {fault.reason}")


def _summary(findings: Findings, lang: str) -> str:
    counts, (compared, not_compared) = findings.report.counts, _QUOTES[lang]
    return _SUMMARY[lang].format(
        violations=counts[Severity.VIOLATION] + len(findings.faults),
        warnings=counts[Severity.WARNING],
        infos=counts[Severity.INFO] + len(findings.notices),
        quotes=compared.format(compared=findings.quotes.compared) if findings.quotes.compared else not_compared,
    )
