"""What commands say while they work and about what they found. Findings go to standard output, progress to standard error."""

import locale
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click

from metropolis_kg.curation.checking import Findings
from metropolis_kg.curation.sources import Places, Progress
from metropolis_kg.errors import ContentError

_LABELS = {"de": {"violation": "Fehler", "notice": "Hinweis"}, "en": {"violation": "violation", "notice": "notice"}}


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


def show_findings(findings: Findings, places: Places, lang: str) -> None:
    """Print every finding with its place, then how many there are."""
    show_faults(findings.faults, "violation", lang)
    show_faults(findings.notices, "notice", lang)
    text = findings.report.as_text(places.of_result, lang)
    if text:
        click.echo(text)


def show_faults(faults: Iterable[ContentError], severity: str, lang: str) -> None:
    """Print faults of the files as ``path:line: severity: reason``."""
    for fault in sorted(faults, key=lambda each: (str(each.path), each.line or 0, each.reason)):
        place = ":".join(str(part) for part in (fault.path, fault.line) if part is not None)
        click.echo(f"{place}: {_LABELS[lang][severity]}: {fault.reason}")
