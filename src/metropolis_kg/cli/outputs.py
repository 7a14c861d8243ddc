"""The option ``--format NAME[=FILE]`` of commands that report in several formats."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click

Outputs = dict[str, Path | None]
"""File by format; none for the one that goes to standard output."""


def outputs_in(formats: Sequence[str]) -> Callable[[click.Context, click.Parameter, tuple[str, ...]], Outputs]:
    """Return the callback of the option, which knows these formats; text where none is asked for."""

    def read(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> Outputs:
        found: Outputs = {}
        for value in values or ("text",):
            name, _, file = value.partition("=")
            if name not in formats:
                raise click.BadParameter(f"{name!r} is no format; formats are {', '.join(formats)}", ctx, parameter)
            if name in found:
                raise click.BadParameter(f"{name} is asked for twice", ctx, parameter)
            found[name] = Path(file) if file else None
        if [*found.values()].count(None) > 1:
            said = "only one format can go to standard output; write the others as --format NAME=FILE"
            raise click.BadParameter(said, ctx, parameter)
        return found

    return read
