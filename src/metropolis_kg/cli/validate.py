"""``metropolis-kg validate``."""

from pathlib import Path

import click

from metropolis_kg.cli.outputs import Outputs, outputs_in
from metropolis_kg.settings import Settings

_FORMATS = ("text", "json", "turtle", "jsonld", "sarif", "junit", "github", "html")


def _with_output(outputs: Outputs, output: Path | None) -> Outputs:
    """Return ``outputs`` with ``output`` as the file of the one format that names none."""
    if output and None not in outputs.values():
        raise click.UsageError("every format has its file; --output is for the one that has none")
    return {name: path or output for name, path in outputs.items()}


@click.command(epilog="Example: metropolis-kg validate --format sarif=findings.sarif --format text")
@click.option(
    "--sources", type=click.Path(path_type=Path), metavar="DIR",
    help="Folder with the texts of the sources; every quote is compared with the text it names by SHA-256.",
)  # fmt: skip
@click.option("--lang", type=click.Choice(["de", "en"]), help="Language of the report. Default: that of the locale.")
@click.option(
    "--format", "outputs", multiple=True, callback=outputs_in(_FORMATS), metavar="NAME[=FILE]",
    help=f"{', '.join(_FORMATS)}; into FILE where one is named. May be repeated. Default: text.",
)  # fmt: skip
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="File for the format that names none. Default: standard output.",
)  # fmt: skip
@click.option("--all", "everything", is_flag=True, help="Show all of a kind in a file, not the first ten (text).")
@click.option("--strict", is_flag=True, help="Let warnings stand against a release too (exit status 1).")
@click.option("--since", metavar="REV", help="Show only what was brought by the changes since this Git revision.")
@click.option("--watch", is_flag=True, help="Check again at each change of a file, until Ctrl-C.")
@click.pass_context
def command(
    ctx: click.Context,
    sources: Path | None,
    lang: str | None,
    outputs: Outputs,
    output: Path | None,
    everything: bool,
    strict: bool,
    since: str | None,
    watch: bool,
) -> None:
    """Check the content and say what is wrong, where, and how to mend it.

    Exit status 1 where something stands against a release, 2 where the check could not be made.
    """
    from metropolis_kg.cli.progress import progress
    from metropolis_kg.cli.reporting import Showing, language
    from metropolis_kg.cli.watching import watch_content
    from metropolis_kg.content import find_content
    from metropolis_kg.curation.checking import examine
    from metropolis_kg.curation.progress import Steps
    from metropolis_kg.curation.quotations import read_texts
    from metropolis_kg.curation.revisions import brought_since, examined_at

    settings: Settings = ctx.obj
    content, folder = find_content(settings.root), sources or settings.sources
    texts = read_texts(folder) if folder else {}
    showing = Showing(language(lang), _with_output(outputs, output), folder is not None, everything)
    if watch:
        watch_content(content, texts, showing, since)
        return
    with progress(quiet=True) as shown:
        steps = Steps(shown, shown.share)
        findings = examine(content, texts, in_memory=settings.statements_in_memory, steps=steps)
    findings = brought_since(since, examined_at(since, content, texts), findings) if since else findings
    showing.show(findings)
    ctx.exit(1 if findings.stands_against(strict=strict) else 0)
