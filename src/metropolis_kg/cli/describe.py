"""``metropolis-kg describe``."""

import click


@click.command(epilog="Example: metropolis-kg describe person/michael-mueller --format jsonld")
@click.argument("thing")
@click.option(
    "--format", "extension", type=click.Choice(["turtle", "ttl", "jsonld", "nt", "nq", "trig", "rdf"]),
    default="turtle", show_default=True, help="Syntax to write, by its file extension.",
)  # fmt: skip
@click.pass_context
def command(ctx: click.Context, thing: str, extension: str) -> None:
    """Show what is said about THING: its own statements, and the claims it occurs in with their evidence.

    THING is an IRI, or a kind and a slug (person/michael-mueller), or a prefixed name (person:michael-mueller).
    """
    from metropolis_kg.content import find_content
    from metropolis_kg.publication.description import UnknownThingError, describe
    from metropolis_kg.publication.documents import write
    from metropolis_kg.publication.media_types import GRAPHS, by_extension
    from metropolis_kg.publication.stored_queries import read_thing
    from metropolis_kg.web.current import Current

    release = Current(ctx.obj).release()
    try:
        node = read_thing(thing, release.prefixes, release.base)
    except ValueError as error:
        raise UnknownThingError(thing) from error
    description = describe(release, find_content(ctx.obj.root).queries, node.value)
    syntax = by_extension(extension, GRAPHS) or GRAPHS[0]
    click.echo(write(description, release, syntax), nl=False)
