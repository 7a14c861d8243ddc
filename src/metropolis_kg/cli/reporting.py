"""What commands say: findings on standard output, progress on standard error."""

import locale
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click

from metropolis_kg.curation.checking import Findings
from metropolis_kg.curation.quotations import Quotations
from metropolis_kg.curation.report import Severity
from metropolis_kg.curation.sources import Progress
from metropolis_kg.errors import ContentError

_WORDS = {"de": {"fault": "Fehler", "notice": "Hinweis"}, "en": {"fault": "violation", "notice": "notice"}}
_SUMMARY = {
    "de": "{violations} Fehler, {warnings} Warnungen, {infos} Hinweise; {quotes}.",
    "en": "{violations} violations, {warnings} warnings, {infos} notices; {quotes}.",
}
_QUOTES = {
    "de": ("{checked} Zitate mit ihrer Quelle verglichen", "Zitate nicht verglichen (--sources DIR nennt die Texte)"),
    "en": ("{checked} quotes compared with their source", "quotes not compared (--sources DIR names the texts)"),
}


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


def show_findings(findings: Findings, lang: str) -> None:
    """Print every finding, with its place where it has one."""
    show_faults(findings.faults, "fault", lang)
    show_faults(findings.notices, "notice", lang)
    text = findings.report.as_text(findings.locate, lang)
    if text:
        click.echo(text)


def show_faults(faults: Iterable[ContentError], word: str, lang: str) -> None:
    """Print faults of the files as ``path:line: severity: reason``; ``word`` is ``"fault"`` or ``"notice"``."""
    for fault in sorted(faults, key=lambda each: (str(each.path), each.line or 0, each.reason)):
        place = ":".join(str(part) for part in (fault.path, fault.line) if part is not None)
        click.echo(f"{place}: {_WORDS[lang][word]}: {fault.reason}")


def show_summary(findings: Findings, quotations: Quotations, wrong_quotes: int, lang: str) -> None:
    """Print how much was found, and which sources had no text to compare quotes with."""
    for source in sorted(set(quotations.without_text)):
        click.echo(f"no text has the SHA-256 that {source} gives; its quotes were not compared", err=True)
    counts, compared = findings.report.counts, _QUOTES[lang]
    summary = _SUMMARY[lang].format(
        violations=counts[Severity.VIOLATION] + len(findings.faults) + wrong_quotes,
        warnings=counts[Severity.WARNING],
        infos=counts[Severity.INFO] + len(findings.notices),
        quotes=compared[0].format(checked=quotations.checked) if quotations.checked else compared[1],
    )
    click.echo(summary)
