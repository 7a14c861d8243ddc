"""``metropolis-kg query``: stored queries as subcommands, their parameters as options; any SPARQL query as text."""

import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from metropolis_kg.cli.tables import text_of
from metropolis_kg.errors import MetropolisError

if TYPE_CHECKING:
    from metropolis_kg.publication.media_types import Syntax
    from metropolis_kg.publication.stored_queries import Parameter, StoredQueries, StoredQuery
    from metropolis_kg.settings import Settings
    from metropolis_kg.store.release import OpenRelease

FORMATS = ("table", "json", "csv", "tsv", "xml", "ttl", "jsonld", "nt", "nq", "trig", "rdf")
_FORMAT = click.Option(
    ["--format", "extension"], type=click.Choice(FORMATS), default="table", show_default=True, help="How to write it."
)


class QueryFileError(MetropolisError):
    """The file with a query cannot be read."""


class StoredQueryGroup(click.Group):
    """A group whose commands are the stored queries of the content."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the stored queries."""
        return [query.name for query in _stored(ctx.obj).all()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a stored query as a command; none where there is no such query."""
        found = [query for query in _stored(ctx.obj).all() if query.name == cmd_name]
        return _command_of(found[0]) if found else None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command as Click does. Raises UnknownQueryError that says how to find those there are."""
        from metropolis_kg.publication.stored_queries import UnknownQueryError

        if args and self.get_command(ctx, args[0]) is None:
            raise UnknownQueryError(f"there is no stored query “{args[0]}”; 'metropolis-kg query' lists them")
        return super().resolve_command(ctx, args)


@click.group(
    name="query",
    cls=StoredQueryGroup,
    invoke_without_command=True,
    subcommand_metavar="[NAME [OPTIONS]]",
    epilog="Example: metropolis-kg query who-led --at 2018-03-15; what it takes: metropolis-kg query who-led --help",
)
@click.option("--sparql", metavar="TEXT", help="Ask this SPARQL query instead of a stored one.")
@click.option("--file", type=click.Path(path_type=Path), metavar="FILE", help="Ask the SPARQL query in this file.")
@click.option("--format", "extension", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--lang", type=click.Choice(["en", "de"]), default="en", show_default=True, help="Of titles and labels.")
@click.pass_context
def command(ctx: click.Context, sparql: str | None, file: Path | None, extension: str, lang: str) -> None:
    """Answer the stored query NAME; its parameters are options. Without NAME, list the stored queries."""
    if sum(bool(each) for each in (sparql, file, ctx.invoked_subcommand)) > 1:
        raise click.UsageError("Give one of NAME, --sparql and --file.")
    if sparql or file:
        _answer_text(ctx.obj, sparql or _read(file or Path()), extension)
    elif ctx.invoked_subcommand:
        ctx.default_map = {ctx.invoked_subcommand: {"extension": extension, "lang": lang}}
    else:
        _list(ctx.obj, lang)


def _command_of(query: "StoredQuery") -> click.Command:
    @click.pass_context
    def answer(ctx: click.Context, /, extension: str, **arguments: str | None) -> None:
        given = {name: value for name, value in arguments.items() if value is not None}
        _answer_stored(ctx.obj, query, given, extension)

    example = " ".join(f"--{each.name} {quote(each.default)}" for each in query.parameters.values() if each.default)
    return click.Command(
        query.name, params=[*map(_option, query.parameters.values()), _FORMAT], callback=answer,
        short_help=query.titles["en"], help=f"{query.titles['en']}\n\n{query.descriptions.get('en', '')}",
        epilog=f"\b\nExample: metropolis-kg query {query.name} {example}".rstrip(),  # \b: a line to copy is not wrapped
        context_settings={"help_option_names": ["-h", "--help"]},
    )  # fmt: skip


def _option(parameter: "Parameter") -> click.Option:
    label = parameter.labels["en"]
    meaning = label[:1].upper() + label[1:]
    return click.Option(
        [f"--{parameter.name}", parameter.name], default=parameter.default, show_default=True,
        type=click.Choice(parameter.allowed) if parameter.allowed else str,
        metavar=None if parameter.allowed else parameter.type.upper(),
        help=f"{meaning}." if parameter.allowed else f"{meaning}: {parameter.expected}.",
    )  # fmt: skip


def _answer_stored(settings: "Settings", query: "StoredQuery", arguments: dict[str, str], extension: str) -> None:
    from metropolis_kg.publication.answers import stored_answer, syntaxes

    release = _release(settings)
    syntax = _syntax(syntaxes(query.form), extension)
    with _interruptible():
        answer = stored_answer(release, query, arguments, syntax)
    _show(answer, release, extension)


def _answer_text(settings: "Settings", text: str, extension: str) -> None:
    from metropolis_kg.publication.answers import answer, syntaxes
    from metropolis_kg.store.query_form import form_of

    syntax = _syntax(syntaxes(form_of(text)), extension)
    release = _release(settings)
    with _interruptible():
        found = answer(release, text, syntax)
    _show(found, release, extension)


def _syntax(offered: "tuple[Syntax, ...]", extension: str) -> "Syntax":
    """Return the syntax with this file extension; a table is read from the first that is offered."""
    from metropolis_kg.publication.media_types import by_extension

    if extension == "table":
        return offered[0]
    syntax = by_extension(extension, offered)
    if syntax is None:
        known = ", ".join(each.extension for each in offered)
        raise click.UsageError(f"This query does not answer in {extension}, but in {known}.")
    return syntax


def _show(answer: bytes, release: "OpenRelease", extension: str) -> None:
    """Write the answer; a table of results where none of the other formats was asked for, and a graph as it is."""
    if extension == "table" and answer.startswith(b"{"):
        from metropolis_kg.publication.table import table_of

        width = shutil.get_terminal_size().columns
        click.echo(text_of(table_of(answer), dict(release.prefixes), width))
    else:
        click.echo(answer, nl=False)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end the program at once: while an engine is at work, Python does not hear of it."""
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _list(settings: "Settings", lang: str) -> None:
    """Write names and titles, subject by subject."""
    from metropolis_kg.publication.words import Words

    for subject, queries in _stored(settings).by_subject().items():
        click.echo(f"{Words(lang)[f'subject_{subject}']}:")
        for query in queries:
            click.echo(f"  {query.name:28}{query.titles[lang]}")
        click.echo()


def _stored(settings: "Settings") -> "StoredQueries":
    from metropolis_kg.content import find_content
    from metropolis_kg.publication.stored_queries import StoredQueries

    return StoredQueries(find_content(settings.root))


def _release(settings: "Settings") -> "OpenRelease":
    from metropolis_kg.web.current import Current

    return Current(settings).release()


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why: Any = getattr(error, "strerror", None) or error
        raise QueryFileError(f"cannot read {file}: {why}") from error
