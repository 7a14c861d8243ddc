"""``metropolis-kg evidence``: do the quotes stand, what did a newer page change, where are words."""

from pathlib import Path

import click

from metropolis_kg.curation.drafts.fields import CHOICES

_SOURCES = click.option(
    "--sources", type=click.Path(path_type=Path), metavar="DIR",
    help="Folder with the texts of the sources, found there by their SHA-256. Default: METROPOLIS_KG_SOURCES.",
)  # fmt: skip
_PAGE = click.option("--page", metavar="NAME", help="The page: the name of its file, without .ttl.")
_LANG = click.option(
    "--lang", type=click.Choice(["de", "en"]), help="Language of the report. Default: that of the locale."
)
_FORMAT = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)


@click.group(
    name="evidence", epilog="Example: metropolis-kg evidence check --against new-version.txt --sources ../texts"
)
def command() -> None:
    """Hold the quotes against their sources: check them, find words, see what is not covered."""


@command.command(
    short_help="Check every quote against its source, or against a newer text of the page.",
    epilog="Example: metropolis-kg evidence check --page berlin-metropolis --against new.txt --lang en",
)
@_SOURCES
@_PAGE
@click.option(
    "--against", type=click.Path(path_type=Path), metavar="FILE",
    help="A newer text of the page: which claims lost their words in it, and which numbers changed.",
)  # fmt: skip
@_LANG
@_FORMAT
@click.pass_context
def check(
    ctx: click.Context, sources: Path | None, page: str | None, against: Path | None, lang: str | None, form: str
) -> None:
    """Check that each quote stands in its source where it says; with --against, in a newer text of the page.

    Exit status 1 where quotes do not stand as they say, or claims lost their words; 2 where nothing can be checked.
    """
    from metropolis_kg.cli import evidence_json, evidence_report
    from metropolis_kg.cli.evidence_desk import Desk
    from metropolis_kg.curation.page_versions import Fate, compare_versions

    desk = Desk(ctx.obj, sources, lang)
    if against is None:
        checked = desk.checked(page)
        _say(form, evidence_json.checked(checked), evidence_report.checked(checked, desk.say))
        ctx.exit(1 if checked.faults else 0)
    wanted, new = desk.page(page), desk.read(against)
    comparison = compare_versions(wanted, new.text, desk.text_of(wanted))
    version = evidence_report.Version(wanted, new, comparison, old_at_hand=desk.text_of(wanted) is not None)
    _say(form, evidence_json.version(version), evidence_report.version(version, desk.say))
    ctx.exit(1 if comparison.of(Fate.LOST) else 0)


@command.command(
    short_help="Find words in a source, with the Turtle to paste.",
    epilog='Example: metropolis-kg evidence locate "seit 1991" --source berlin-metropolis --sources ../texts',
)
@click.argument("words", required=False)
@click.option("--file", "file", type=click.Path(path_type=Path), metavar="FILE", help="Take the words from this file.")
@click.option("--source", required=True, metavar="FILE|PAGE", help="Where to look: a text, or the name of a page.")
@_SOURCES
@click.option("--text-kind", type=click.Choice(list(CHOICES["text-kind"])), help="Where on the page the words stand.")
@click.option("--nearby", is_flag=True, help="Show too what the same sentence is already quoted for.")
@_LANG
@_FORMAT
@click.pass_context
def locate(
    ctx: click.Context, words: str | None, file: Path | None, source: str, sources: Path | None, text_kind: str | None,
    nearby: bool, lang: str | None, form: str,
) -> None:  # fmt: skip
    """Find WORDS in a source: positions, what tells them apart, and the Turtle to paste.

    WORDS are the words as the source has them; “-” takes them from standard input. Exit status 1 where they are not
    found so; then the nearest passage is shown, and in what it differs.
    """
    from metropolis_kg.cli import evidence_json, evidence_report
    from metropolis_kg.cli.evidence_desk import Desk
    from metropolis_kg.curation.locating import Source, search

    desk = Desk(ctx.obj, sources, lang)
    sought, document = desk.sought(words, file), desk.document(source)
    found = search(sought, Source(document.text, document.page, CHOICES["text-kind"].get(text_kind or "")))
    _say(form, evidence_json.found(found, document), evidence_report.found(found, document, desk.say, nearby=nearby))
    ctx.exit(0 if found.as_typed else 1)


@command.command(
    short_help="Show which sentences carry no claim, which claims no sentence.",
    epilog="Example: metropolis-kg evidence coverage --page berlin-metropolis --sources ../texts",
)
@_PAGE
@_SOURCES
@_LANG
@_FORMAT
@click.pass_context
def coverage(ctx: click.Context, page: str | None, sources: Path | None, lang: str | None, form: str) -> None:
    """Show each sentence of a page with the claims it carries, and the claims that rest on no sentence."""
    from metropolis_kg.cli import evidence_json, evidence_report
    from metropolis_kg.cli.evidence_desk import Desk
    from metropolis_kg.curation.coverage import cover

    desk = Desk(ctx.obj, sources, lang)
    wanted = desk.page(page)
    covered = cover(wanted, desk.needed_text_of(wanted))
    _say(form, evidence_json.coverage(covered), evidence_report.coverage(covered, desk.say))


def _say(form: str, document: object, text: str) -> None:
    import json

    click.echo(json.dumps(document, ensure_ascii=False, indent=2) if form == "json" else text)
