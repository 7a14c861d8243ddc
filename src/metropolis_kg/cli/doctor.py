"""``metropolis-kg doctor``."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from metropolis_kg.cli.outputs import Outputs, outputs_in

if TYPE_CHECKING:
    from metropolis_kg.doctor.examination import Diagnosis

_FORMATS = ("text", "json", "junit")


def _address(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Check an address of the publisher."""
    from urllib.parse import urlsplit

    if value is None:
        return None
    try:
        parts = urlsplit(value)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if is_address and parts.username is not None:
        raise click.BadParameter("an address with a user name is not taken; it would stand in reports", ctx, parameter)
    if not is_address:
        raise click.BadParameter(f"{value!r} is no http or https address such as https://example.org/", ctx, parameter)
    return value


def _ids(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Return the ids and groups that ``value`` lists, ids in capitals."""
    from metropolis_kg.doctor.behaviours import GROUPS

    given = [each.strip() for each in (value or "").split(",") if each.strip()]
    return tuple(each.lower() if each.lower() in GROUPS else each.upper() for each in given)


@click.command(epilog="Example: metropolis-kg doctor https://example.org/ --format text --format junit=doctor.xml")
@click.argument("url", callback=_address)
@click.option("--thing", metavar="IRI", callback=_address, help="A thing with a document. Default: one that is found.")
@click.option("--sparql", metavar="URL", callback=_address, help="The SPARQL endpoint. Default: the one that is found.")
@click.option("--graph-store", metavar="URL", callback=_address, help="Where graphs are read (Graph Store Protocol).")
@click.option("--stored-query", metavar="URL", callback=_address, help="A stored query, with arguments that work.")
@click.option("--validator", metavar="URL", callback=_address, help="Where Turtle is posted to be validated.")
@click.option("--removed", metavar="IRI", callback=_address, help="A thing that was removed.")
@click.option("--merged", metavar="IRI", callback=_address, help="A thing that was merged into another.")
@click.option("--only", metavar="ID,…", callback=_ids, help="Behaviours or groups to ask, such as E5,Q9,caching.")
@click.option(
    "--intrusive", is_flag=True, help="Also send updates, runaway queries and many at once. Only to your own."
)
@click.option(
    "--seconds",
    type=click.FloatRange(1, 86400),
    default=120,
    show_default=True,
    help="After which nothing more is asked.",
)
@click.option(
    "--lang",
    type=click.Choice(["de", "en"]),
    help="Language of behaviours and why they matter; findings are in English. Default: that of the locale.",
)
@click.option(
    "--format", "outputs", multiple=True, callback=outputs_in(_FORMATS), metavar="NAME[=FILE]",
    help=f"{', '.join(_FORMATS)}; into FILE where one is named. May be repeated. Default: text.",
)  # fmt: skip
@click.pass_context
def command(
    ctx: click.Context,
    /,
    url: str,
    only: tuple[str, ...],
    seconds: float,
    lang: str | None,
    outputs: Outputs,
    intrusive: bool,
    **hints: str | None,
) -> None:
    """Ask a publisher of linked data, or a SPARQL endpoint, how it behaves, and say why what does not hold matters.

    URL is where to begin: a start page, a thing or an endpoint; the rest is found from there. What is sent is harmless.

    Exit status 0 where all musts that could be asked hold, 1 where some do not, 2 where nothing could be asked.
    """
    from metropolis_kg.cli.reporting import language
    from metropolis_kg.doctor.behaviours import chosen
    from metropolis_kg.doctor.client import Limits
    from metropolis_kg.doctor.examination import examine
    from metropolis_kg.doctor.publisher import Hints

    behaviours = chosen(only)
    diagnosis = examine(Hints(url, intrusive=intrusive, **hints), Limits(seconds=seconds), behaviours, _progress)
    _progress("")
    for name, path in outputs.items():
        _show(diagnosis, name, path, language(lang))
    ctx.exit(_STATUS[diagnosis.was_asked, diagnosis.holds])


_STATUS = {(True, True): 0, (True, False): 1, (False, True): 2}


def _progress(step: str) -> None:
    """Show on a terminal what is asked now, in one line."""
    import sys

    if sys.stderr and sys.stderr.isatty():
        click.echo(f"\r\x1b[K{step[:78]}", err=True, nl=False)


def _show(diagnosis: "Diagnosis", name: str, path: Path | None, lang: str) -> None:
    from metropolis_kg.cli.reporting import has_colours, painter, replace_file
    from metropolis_kg.doctor.reports import FORMATS
    from metropolis_kg.doctor.reports.text import as_text

    if path is None and name == "text" and has_colours():
        click.echo(as_text(diagnosis, lang, painter(_STYLES)), nl=False)
        return
    written = FORMATS[name](diagnosis, lang).encode("utf-8", "backslashreplace")
    if path is None:
        click.echo(written, nl=False)
    else:
        replace_file(path, written)


_STYLES: Mapping[str, Mapping[str, object]] = {
    "holds": {"fg": "green"},
    "fails": {"fg": "red", "bold": True},
    "not asked": {"fg": "yellow"},
    "group": {"bold": True},
    "dim": {"dim": True},
}
