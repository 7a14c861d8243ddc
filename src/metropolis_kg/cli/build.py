"""``metropolis-kg build``."""

from dataclasses import replace

import click

from metropolis_kg.cli import base_iri
from metropolis_kg.cli.loading import grace_option, keep_option, load, to_option
from metropolis_kg.settings import Settings


@click.command(epilog="Example: metropolis-kg build --base https://data.example.org/")
@click.option(
    "--base", callback=base_iri, metavar="IRI", help="Publish under this IRI. Default: http://localhost:8000/."
)
@click.option("--force", is_flag=True, help="Build even if the published release has this very content.")
@click.option(
    "--lang", type=click.Choice(["de", "en"]), help="Language of what is reported. Default: that of the locale."
)
@to_option("Load the release into this SPARQL store as well, and have it served from there.")
@grace_option()
@keep_option()
@click.pass_context
def command(
    ctx: click.Context, base: str | None, force: bool, lang: str | None, store: str | None, grace: int, keep: bool
) -> None:
    """Derive, validate and freeze the content into a release, and publish it.

    Content that does not conform is not released (exit status 1); the published release stays as it is, also that in a
    store.
    """
    from metropolis_kg.cli.progress import progress
    from metropolis_kg.cli.reporting import Showing, language, show_unexplained
    from metropolis_kg.content import find_content
    from metropolis_kg.curation.build import build

    settings: Settings = replace(ctx.obj, base_iri=base or ctx.obj.base_iri)
    content = find_content(settings.root)
    with progress() as steps:
        outcome = build(
            content, settings.var, settings.base_iri, sources=settings.sources, force=force,
            progress=steps, share=steps.share, in_memory=settings.statements_in_memory,
        )  # fmt: skip
    if outcome.findings:
        Showing(language(lang), {"text": None}, settings.sources is not None).show(outcome.findings)
    if outcome.release is None:
        click.echo("Nothing was released; the published release stays as it was.", err=True)
        ctx.exit(1)
    show_unexplained(outcome.unexplained, language(lang))
    state = "released" if outcome.findings else "unchanged:"
    manifest = outcome.release.manifest
    click.echo(f"{state} {outcome.release.digest[:12]} ({manifest['quads']:,} statements) under {manifest['base']}")
    if store:
        load(settings, store, outcome.release, grace, keep=keep)
