"""What commands say: findings, on standard output or in files."""

import locale
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

import click

from metropolis_kg.curation.checking import Findings
from metropolis_kg.curation.report import Severity
from metropolis_kg.curation.reports import FORMATS
from metropolis_kg.curation.reports.shacl import NotJudgedError, beyond_shapes
from metropolis_kg.curation.reports.text import Paint, as_text, plain
from metropolis_kg.curation.reports.wording import SEVERITIES
from metropolis_kg.model.namespaces import shorten

_NO_TEXT = {
    "de": "Kein Text hat den SHA-256, den {source} nennt; seine Zitate wurden nicht verglichen.",
    "en": "No text has the SHA-256 that {source} gives; its quotes were not compared.",
}
_UNEXPLAINED = {
    "de": "Vorher veröffentlicht und jetzt weg, ohne Grund: {things}. Sagen Sie in data/retired.ttl, warum.",
    "en": "Published before and now gone, without a reason: {things}. Say why in data/retired.ttl.",
}
_BEYOND = {
    "de": "Nicht im SHACL-Bericht, weil keine Form sie fand: {count} Befunde (--format text zeigt sie).",
    "en": "Not in the SHACL report, since no shape found them: {count} findings (--format text shows them).",
}
_NAMED = 10
"""How many things are named."""

_STYLES: Mapping[str, Mapping[str, object]] = {
    Severity.VIOLATION.value: {"fg": "red", "bold": True},
    Severity.WARNING.value: {"fg": "yellow", "bold": True},
    Severity.INFO.value: {"fg": "cyan", "bold": True},
    "place": {"bold": True},
    "margin": {"fg": "blue"},
    "code": {"dim": True},
    "summary": {"bold": True},
}


def language(chosen: str | None) -> str:
    """Return ``chosen``, or German where the locale is German, else English.

    The first variable that is set names the locale (POSIX 8.2), also where the system does not have it installed.
    """
    named = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), None)
    return chosen or ("de" if (named or locale.getlocale()[0] or "").startswith(("de", "German")) else "en")


@dataclass(frozen=True)
class Showing:
    """How findings are shown: in which language, and in which formats, each in its file or on standard output."""

    lang: str
    outputs: Mapping[str, Path | None]
    texts_named: bool
    """Whether a folder with the texts of the sources was named; then those it lacks are told."""

    everything: bool = False
    """Whether more than the first ten of a kind in a file are shown as text."""

    def show(self, findings: Findings) -> None:
        """Write the findings. A file is replaced whole; what a format cannot hold is told on standard error."""
        for source in sorted(set(findings.quotes.without_text)) if self.texts_named else ():
            click.echo(_NO_TEXT[self.lang].format(source=shorten(source, dict(findings.prefixes))), err=True)
        for name, path in self.outputs.items():
            try:
                written = self._written(name, path, findings)
            except NotJudgedError as error:
                click.echo(f"{error}\n\n{as_text(findings, self.lang)}", err=True, nl=False)
                continue
            if path is None:
                click.echo(written, nl=False)
            else:
                replace_file(path, written)
            if FORMATS[name].shapes_only and (count := beyond_shapes(findings)):
                click.echo(_BEYOND[self.lang].format(count=count), err=True)

    def _written(self, name: str, path: Path | None, findings: Findings) -> bytes:
        if name != "text":
            return FORMATS[name].write(findings, self.lang)
        paint: Paint = plain
        if path is None and has_colours():
            paint = painter(_STYLES)
        return as_text(findings, self.lang, paint, everything=self.everything).encode("utf-8", "backslashreplace")


def has_colours() -> bool:
    """Whether standard output is a terminal and nobody minds colours (no-color.org)."""
    return sys.stdout is not None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def painter(styles: Mapping[str, Mapping[str, object]]) -> Paint:
    """Return what puts a text in the style of its role."""
    return lambda text, role: click.style(text, **styles[role])  # type: ignore[arg-type] # each by its name


def replace_file(path: Path, written: bytes) -> None:
    """Replace a file whole."""
    with replacing(path) as file:
        file.write(written)


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file that takes the place of ``path`` once it is written, and not where that fails.

    What is no file of its own (a link, a device, a pipe) is written into, and stays.
    """
    if path.is_symlink() or (path.exists() and not path.is_file()):
        with path.open("wb") as file:
            yield file
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        temporary = Path(file.name)
        try:
            yield file
        except BaseException:
            temporary.unlink()
            raise
    temporary.chmod(0o644)
    temporary.replace(path)


def show_unexplained(things: Sequence[str], lang: str) -> None:
    """Print which things this publication removed without a reason, where there are any, the first ten by name."""
    if things:
        more = f" … ({len(things)})" if len(things) > _NAMED else ""
        said = _UNEXPLAINED[lang].format(things=", ".join(things[:_NAMED]) + more)
        click.echo(f"{SEVERITIES[lang][Severity.INFO]}: {said}")
