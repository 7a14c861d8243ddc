"""``metropolis-kg import``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from metropolis_kg.cli.outputs import Outputs, outputs_in
from metropolis_kg.settings import Settings

if TYPE_CHECKING:
    from metropolis_kg.curation.imports.importing import Imported

_FORMATS = ("text", "json", "csv")
_WRITTEN = {"de": "{path} geschrieben ({size} Bytes).", "en": "{path} written ({size} bytes)."}
_NOTHING = {"de": "Nichts geschrieben (--dry-run).", "en": "Nothing written (--dry-run)."}
_NONE_TAKEN = {
    "de": "Nichts geschrieben: keine Zeile wurde eine Aussage.",
    "en": "Nothing written: no row became a claim.",
}


@click.command(
    name="import", epilog="Example: metropolis-kg import memberships.csv --format text --format csv=to-mend.csv"
)
@click.argument("source", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option(
    "--mapping", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="How it is to be read. Default: FILE-metadata.json beside it (docs/import.md).",
)  # fmt: skip
@click.option("--name", metavar="NAME", help="What the graph is called. Default: the name of the file.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="File to write: .ttl, .nq, .nq.gz or .nq.zst. Default: data/enrichment/NAME.ttl, .nq where it is big.",
)  # fmt: skip
@click.option("--replace", is_flag=True, help="Replace the file if it is there.")
@click.option("--dry-run", is_flag=True, help="Give the account and write nothing.")
@click.option(
    "--format", "outputs", multiple=True, callback=outputs_in(_FORMATS), metavar="NAME[=FILE]",
    help="Of the account: text, json, or csv (the rows not taken, each with its reason, to mend and import again); "
    "into FILE where one is named. May be repeated. Default: text.",
)  # fmt: skip
@click.option(
    "--all", "everything", is_flag=True, help="Tell of all rows that were not taken, not the first 20 (text)."
)
@click.option("--lang", type=click.Choice(["de", "en"]), help="Language of the account. Default: that of the locale.")
@click.pass_context
def command(
    ctx: click.Context,
    source: Path,
    mapping: Path | None,
    name: str | None,
    output: Path | None,
    replace: bool,
    dry_run: bool,
    outputs: Outputs,
    everything: bool,
    lang: str | None,
) -> None:
    """Make content of a table (CSV) or of Popolo JSON: each row a claim with its evidence, or reported.

    Nothing is lost in silence: rows = claims + rows reported. Exit status 0 where all were taken, 1 where rows were
    reported (the others are written), 2 where it could not be done.
    """
    from metropolis_kg.cli.progress import progress
    from metropolis_kg.cli.reporting import language
    from metropolis_kg.content import find_content
    from metropolis_kg.curation.imports.importing import Order, take
    from metropolis_kg.errors import ContentError, ContentErrors

    settings: Settings = ctx.obj
    content, lang = find_content(settings.root), language(lang)
    try:
        with progress() as step:
            step(f"reading {source}")
            imported = take(Order(source, mapping, name, output, replace), content)
    except (ContentError, ContentErrors) as errors:
        for error in errors.errors if isinstance(errors, ContentErrors) else [errors]:
            place = ":".join(str(part) for part in (error.path, error.line) if part is not None)
            click.echo(f"{place}: {error.messages.get(lang, error.reason)} [{error.code}]", err=True)
        ctx.exit(2)
    _tell(imported, outputs, lang, everything=everything)
    if dry_run:
        click.echo(_NOTHING[lang], err=True)
    elif not imported.account.claims and not imported.account.things:
        click.echo(_NONE_TAKEN[lang], err=True)
    else:
        imported.write()
        size = f"{imported.output.stat().st_size:,}".replace(",", "." if lang == "de" else ",")
        click.echo(_WRITTEN[lang].format(path=content.relative(imported.output), size=size), err=True)
    ctx.exit(1 if imported.account.reported or imported.account.others else 0)


def _tell(imported: "Imported", outputs: Outputs, lang: str, *, everything: bool) -> None:
    from metropolis_kg.cli.reporting import replace_file
    from metropolis_kg.curation.imports.account_text import as_csv, as_json, as_text

    account = imported.account
    for form, path in outputs.items():
        if form == "text":
            text = as_text(account, lang, everything=everything)
        else:
            text = as_json(account) if form == "json" else as_csv(account, lang, imported.delimiter)
        if path is None:
            click.echo(text, nl=False)
        else:
            replace_file(path, text.encode("utf-8", "backslashreplace"))
