"""``metropolis-kg validate``."""

from pathlib import Path

import click

from metropolis_kg.settings import Settings


@click.command(epilog="Example: metropolis-kg validate --sources ../texts")
@click.option(
    "--sources", type=click.Path(path_type=Path), metavar="DIR",
    help="Folder with the texts of the sources; every quote is compared with the text it names by SHA-256.",
)  # fmt: skip
@click.option("--lang", type=click.Choice(["de", "en"]), help="Language of the report. Default: that of the locale.")
@click.pass_context
def command(ctx: click.Context, sources: Path | None, lang: str | None) -> None:
    """Check the content and say what is wrong, where, and how to mend it.

    Exit status 1 where something stands against a release, 2 where the check could not be made.
    """
    from metropolis_kg.cli.reporting import language, show_findings
    from metropolis_kg.content import find_content
    from metropolis_kg.curation.checking import examine
    from metropolis_kg.curation.quotations import read_texts

    settings: Settings = ctx.obj
    content, folder = find_content(settings.root), sources or settings.sources
    texts = read_texts(folder) if folder else {}
    findings = examine(content, texts)
    show_findings(findings, language(lang), texts_named=folder is not None)
    ctx.exit(0 if findings.conforms else 1)
