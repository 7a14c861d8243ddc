"""``metropolis-kg releases``: list, switch, compare, roll back."""

from typing import TYPE_CHECKING

import click

from metropolis_kg.cli.loading import grace_option, keep_option, load, loader, opened, to_option
from metropolis_kg.cli.transfers import pull, push
from metropolis_kg.curation.release import Release, Releases
from metropolis_kg.errors import ReleaseError
from metropolis_kg.settings import Settings

if TYPE_CHECKING:
    from metropolis_kg.store.bare import BareStore


@click.group(name="releases", epilog="Example: metropolis-kg releases switch 3fa9")
def command() -> None:
    """List releases, switch between them, compare two, bring them to other machines.

    A release is named by the first digits of its digest.
    """


@command.command(name="list", epilog="Example: metropolis-kg releases list")
@to_option("List those in this SPARQL store.")
@click.pass_context
def list_releases(ctx: click.Context, store: str | None) -> None:
    """List every release, the newest first.

    The published one is marked with an asterisk.
    """
    if store:
        _list_in_store(opened(ctx.obj, store))
        return
    releases = Releases(ctx.obj.var)
    current = releases.current()
    for release in releases.all():
        mark = "*" if current and release.digest == current.digest else " "
        click.echo(f"{mark} {_line(release)}")


def _list_in_store(store: "BareStore") -> None:
    from metropolis_kg.store.pointer import standing

    said = standing(store)
    for release in said.releases:
        mark = "*" if release.digest == said.current else " "
        click.echo(f"{mark} {release.digest[:12]}  {release.created}{'' if release.is_whole else '  loaded in part'}")


def _line(release: Release) -> str:
    if not release.is_readable:
        return f"{release.digest[:12]}  damaged: its manifest cannot be read"
    manifest = release.manifest
    change = manifest["difference"]
    return (
        f"{release.digest[:12]}  {manifest['created']}  {manifest['quads']:>10,} statements"
        f"  +{change['added']:,} -{change['removed']:,}  {manifest['base']}"
    )


@command.command(short_help="Publish another release.", epilog="Example: metropolis-kg releases switch 3fa9")
@click.argument("digest")
@to_option("Switch in this SPARQL store, which has the release.")
@click.pass_context
def switch(ctx: click.Context, digest: str, store: str | None) -> None:
    """Publish the release whose digest begins with DIGEST; running servers move over without a restart."""
    if store:
        _switch_in_store(ctx.obj, store, digest)
        return
    releases = Releases(ctx.obj.var)
    release = releases.find(digest)
    releases.switch(release)
    click.echo(f"published {_line(release)}")


def _switch_in_store(settings: Settings, url: str, digest: str) -> None:
    from metropolis_kg.cli.progress import progress

    with progress() as step:
        served = loader(settings, url, step).switch(digest)
    click.echo(f"{served[:12]} is served from {url}")


@command.command(
    name="load",
    short_help="Load a release into a store, to be served there.",
    epilog="Example: metropolis-kg releases load --to http://localhost:7878/query",
)
@click.argument("digest", required=False)
@to_option("The SPARQL store to load into.", required=True)
@grace_option()
@keep_option()
@click.pass_context
def load_release(ctx: click.Context, digest: str | None, store: str, grace: int, keep: bool) -> None:
    """Load the release whose digest begins with DIGEST into a store, and have it served. Without it: the published one.

    Each graph is compared with what the store gives back; then the store serves the release, at once and as a whole.
    Killed or refused, the release before is served as ever.
    """
    releases = Releases(ctx.obj.var)
    load(ctx.obj, store, releases.find(digest) if digest else releases.published(), grace, keep=keep)


@command.command(epilog="Example: metropolis-kg releases rollback")
@click.pass_context
def rollback(ctx: click.Context) -> None:
    """Publish the release that was published before.

    Twice leads back again.
    """
    releases = Releases(ctx.obj.var)
    previous = releases.previous()
    if previous is None:
        raise ReleaseError("no other release was published before this one")
    releases.switch(previous)
    click.echo(f"published {_line(previous)}")


@command.command(
    short_help="List every publication, the latest first.", epilog="Example: metropolis-kg releases history"
)
@click.pass_context
def history(ctx: click.Context) -> None:
    """List every publication, the latest first: when it was, of which release, how many things it changed.

    A release that was switched back to is listed each time. Behind the digest stand the things that were created (+),
    updated (~) and removed (-).
    """
    for each in reversed(Releases(ctx.obj.var).publications()):
        counts = f"+{len(each.created):,} ~{len(each.updated):,} -{len(each.removed):,}"
        click.echo(f"{each.number:>4}  {each.published.isoformat()}  {each.digest[:12]}  {counts}  {each.base}")


@command.command(epilog="Example: metropolis-kg releases compare 3fa9 77c0")
@click.argument("old")
@click.argument("new", required=False)
@click.pass_context
def compare(ctx: click.Context, old: str, new: str | None) -> None:
    """Show the statements that only OLD (-) and only NEW (+) makes. Without NEW: the published release."""
    releases = Releases(ctx.obj.var)
    later = releases.find(new) if new else releases.published()
    for sign, quad in releases.difference(releases.find(old), later):
        click.echo(f"{sign} {quad}")


command.add_command(push)
command.add_command(pull)
