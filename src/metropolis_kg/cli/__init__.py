"""The command line: one module per subcommand, imported when it is called.

Exit status: 0 done; 1 the content does not conform; 2 it could not be done.
"""

from dataclasses import replace
from importlib import import_module
from os import environ
from pathlib import Path
from typing import Any

import click

from metropolis_kg import __version__
from metropolis_kg.settings import Settings, absolute_iri

COMMANDS = {
    "build": "Derive, validate and freeze the content into a release, and publish it.",
    "describe": "Show what is said about one thing.",
    "doctor": "Ask a publisher of linked data how it behaves, and say what does not hold and why it matters.",
    "evidence": "Check quotes against their sources, find words, see what is not covered.",
    "export": "Write the published release as Popolo JSON, as a table of tenures (CSV), or in schema.org.",
    "format": "Lay out Turtle files the one way they are written here; comments are kept.",
    "import": "Make content of a table (CSV) or of Popolo JSON: each row a claim with its evidence, or reported.",
    "new": "Write a new thing, claim or page into the content, with all that is required of it.",
    "query": "Answer a stored question, or any SPARQL query.",
    "releases": "List releases, switch between them, compare two, bring them to other machines.",
    "serve": "Serve the published release over HTTP.",
    "validate": "Check the content and say what is wrong, where, and how to mend it.",
}

_MODULES = {"import": "importing"}
"""Modules whose command has a name that a module of Python cannot have."""


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports the one called, so that ``--help`` is instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module: Any = import_module(f"metropolis_kg.cli.{_MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their sentence, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: metropolis-kg build && metropolis-kg query who-led --at 2018-03-15",
)
@click.version_option(__version__)
@click.option(
    "--root", type=click.Path(path_type=Path), metavar="DIR",
    help="Folder with ontology/, data/, shapes/ and queries/. Default: this checkout, or what the wheel carries.",
)  # fmt: skip
@click.option("--var", type=click.Path(path_type=Path), metavar="DIR", help="Folder of the releases. Default: var.")
@click.pass_context
def cli(ctx: click.Context, root: Path | None, var: Path | None) -> None:
    """Publish the facts of a city's web page as linked data: each with its evidence, its time and its certainty."""
    settings = Settings.from_environ(environ)
    ctx.obj = replace(settings, root=root or settings.root, var=var or settings.var)


def endpoint(_: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Check an option that names a SPARQL endpoint as the setting is checked."""
    return absolute_iri(parameter.opts[0], value, folder=False) if value else None


def base_iri(_: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Check the option ``--base`` as the setting of that name is checked."""
    return absolute_iri(parameter.opts[0], value) if value else None
