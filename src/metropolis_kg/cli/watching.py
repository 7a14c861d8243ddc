"""``metropolis-kg validate --watch``: a fresh report after each change."""

import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

import click

from metropolis_kg.cli.reporting import Showing
from metropolis_kg.content import Content
from metropolis_kg.curation.checking import Findings
from metropolis_kg.curation.following import Following, States
from metropolis_kg.curation.revisions import brought_since, examined_at
from metropolis_kg.errors import MetropolisError

_PAUSE = 0.2
"""Seconds between two looks at the files."""
_SETTLED = 0.03
"""Seconds in which nothing more may change, for an editor may write in steps."""

_CHANGED = {"de": "geändert: {files}", "en": "changed: {files}"}
_WAITING = {
    "de": "Geprüft in {seconds:.2f} s; wartet auf Änderungen (Ende mit Strg-C).",
    "en": "Checked in {seconds:.2f} s; waiting for changes (Ctrl-C ends).",
}


def watch_content(content: Content, texts: Mapping[str, str], showing: Showing, since: str | None) -> None:
    """Examine ``content`` and show what is found, now and after each change of a file, until Ctrl-C.

    With ``since``, only what that Git revision does not have. Raises RevisionError.
    """
    before = examined_at(since, content, texts) if since else None
    seen = States()
    with suppress(KeyboardInterrupt), Following(content, texts) as following:
        while True:
            states = _settled(following)
            if states != seen:
                _announce(content, seen, states, showing.lang)
                seen = states
                _report(following, showing, since, before)
            time.sleep(_PAUSE)


def _settled(following: Following) -> States:
    """Return the state of the files when it no longer changes."""
    states = following.states()
    while True:
        time.sleep(_SETTLED)
        again = following.states()
        if again == states:
            return states
        states = again


def _announce(content: Content, seen: States, states: States, lang: str) -> None:
    changed = sorted({path for path, _ in seen.items() ^ states.items()}) if seen else []
    if changed:
        files = ", ".join(content.relative(path).as_posix() for path in changed[:3])
        said = _CHANGED[lang].format(files=files + (" …" if len(changed) > 3 else ""))
        click.echo(f"\n──── {datetime.now().astimezone():%H:%M:%S} {said} ────\n", err=True)


def _report(following: Following, showing: Showing, since: str | None, before: Findings | None) -> None:
    start = time.monotonic()
    try:
        findings = following.examine()
    except (MetropolisError, OSError) as error:
        click.echo(f"metropolis-kg: {error}", err=True)
    else:
        showing.show(brought_since(since, before, findings) if since and before else findings)
    click.echo(_WAITING[showing.lang].format(seconds=time.monotonic() - start), err=True)
