"""What commands say: findings on standard output, progress on standard error."""

import locale
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import click

from metropolis_kg.curation.checking import Findings
from metropolis_kg.curation.diagnostics import Diagnostic
from metropolis_kg.curation.report import Severity, short_term
from metropolis_kg.curation.sources import Progress

_SEVERITIES = {
    "de": {Severity.VIOLATION: "Fehler", Severity.WARNING: "Warnung", Severity.INFO: "Hinweis"},
    "en": {Severity.VIOLATION: "violation", Severity.WARNING: "warning", Severity.INFO: "info"},
}
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
    for diagnostic in findings.diagnostics:
        click.echo(_line(diagnostic, findings.prefixes, lang))
    for source in sorted(set(findings.quotes.without_text)) if texts_named else ():
        click.echo(_NO_TEXT[lang].format(source=source), err=True)
    click.echo(_summary(findings, lang))


def show_unexplained(things: Sequence[str], lang: str) -> None:
    """Print which things this publication removed without a reason, where there are any, the first ten by name."""
    if things:
        more = f" … ({len(things)})" if len(things) > _NAMED else ""
        said = _UNEXPLAINED[lang].format(things=", ".join(things[:_NAMED]) + more)
        click.echo(f"{_SEVERITIES[lang][Severity.INFO]}: {said}")


def _line(found: Diagnostic, prefixes: Mapping[str, str], lang: str) -> str:
    place = ":".join(str(part) for part in (found.path, found.line) if part is not None)
    terms = [short_term(term, prefixes) for term in (found.focus, found.value) if term is not None]
    about = f" [{', '.join(terms)}]" if terms else ""
    return f"{place}: {_SEVERITIES[lang][found.severity]}: {found.message(lang)}{about}".removeprefix(": ")


def _summary(findings: Findings, lang: str) -> str:
    compared, not_compared = _QUOTES[lang]
    return _SUMMARY[lang].format(
        violations=findings.count(Severity.VIOLATION),
        warnings=findings.count(Severity.WARNING),
        infos=findings.count(Severity.INFO),
        quotes=compared.format(compared=findings.quotes.compared) if findings.quotes.compared else not_compared,
    )
