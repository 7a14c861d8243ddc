"""``metropolis-kg export``."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from metropolis_kg.cli import endpoint

if TYPE_CHECKING:
    from metropolis_kg.publication.exports.reading import Reader
    from metropolis_kg.settings import Settings

_FORMATS = ("popolo", "tenures", "schema-org")


@click.command(epilog="Example: metropolis-kg export tenures --output tenures.csv --metadata")
@click.argument("form", type=click.Choice(_FORMATS), metavar="|".join(_FORMATS))
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="File to write. Default: standard output.",
)  # fmt: skip
@click.option("--metadata", is_flag=True, help="Also write FILE-metadata.json, which says what columns mean (tenures).")
@click.option("--lang", type=click.Choice(["de", "en"]), default="en", show_default=True, help="Language of names.")
@click.option("--store", callback=endpoint, metavar="URL", help="Export from this SPARQL endpoint, not from a release.")
@click.pass_context
def command(
    ctx: click.Context, form: str, output: Path | None, metadata: bool, lang: str, store: str | None
) -> None:  # fmt: skip
    """Write the published release in a format of others.

    \b
    popolo      persons, organisations, posts, memberships (Popolo JSON)
    tenures     a table of tenures with bounds, certainty, quote and source (CSV)
    schema-org  everything in schema.org (JSON-LD)

    What the format cannot say is told on standard error.
    """  # \b is Click's
    if metadata and (form != "tenures" or output is None):
        raise click.UsageError("--metadata stands beside a table of tenures; name its file: tenures --output FILE")
    losses: Counter[str] = Counter()
    reader = _reader(ctx.obj, store)
    _write(_pieces(reader, form, lang, losses), output)
    if metadata and output:
        _write_metadata(reader, output)
    for what, count in sorted(losses.items()):
        click.echo(f"not in Popolo, but in “metropolis_kg” of {count} memberships: {what}", err=True)


def _reader(settings: "Settings", store: str | None) -> "Reader":
    from dataclasses import replace

    from metropolis_kg.content import find_content
    from metropolis_kg.publication.exports.reading import Reader
    from metropolis_kg.web.current import Current

    release = Current(replace(settings, store=store or settings.store)).release()
    return Reader(release, find_content(settings.root).queries)


def _pieces(reader: "Reader", form: str, lang: str, losses: Counter[str]) -> Iterator[bytes]:
    """Yield what is to be written; what the format cannot say is counted in ``losses``."""
    if form == "tenures":
        from metropolis_kg.publication.exports.tenures import as_csv

        yield from as_csv(reader, lang)
    elif form == "schema-org":
        from metropolis_kg.publication.exports.schema_org import as_schema_org

        yield from as_schema_org(reader)
    else:
        from metropolis_kg.publication.exports.popolo import Popolo

        popolo = Popolo(reader, lang)
        yield from popolo.written()
        losses.update(popolo.losses)


def _write(pieces: Iterable[bytes], output: Path | None) -> None:
    """Write to a file, which is replaced whole, or to standard output. Raises OSError, which names it."""
    from metropolis_kg.cli.reporting import replacing

    try:
        if output is None:
            for piece in pieces:
                click.echo(piece, nl=False)
            return
        with replacing(output) as file:
            file.writelines(pieces)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(output or "standard output")) from error


def _write_metadata(reader: "Reader", output: Path) -> None:
    from metropolis_kg.cli.reporting import replace_file
    from metropolis_kg.publication.exports.tenures import metadata

    replace_file(output.with_name(f"{output.name}-metadata.json"), metadata(reader, output.name))
