"""``metropolis-kg releases push`` and ``pull``."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from metropolis_kg.curation.release import Release, Releases
from metropolis_kg.curation.transfer.contents import Contents
from metropolis_kg.curation.transfer.file_list import FileList, TransferError
from metropolis_kg.curation.transfer.folder_place import FolderPlace
from metropolis_kg.curation.transfer.place import Place
from metropolis_kg.curation.transfer.pulling import Pull
from metropolis_kg.curation.transfer.pushing import push as push_to
from metropolis_kg.curation.transfer.web_place import WebPlace
from metropolis_kg.settings import Settings


@click.command(
    short_help="Bring a release to a folder or an address.", epilog="Example: metropolis-kg releases push /mnt/releases"
)
@click.argument("digest", nargs=-1, metavar="[DIGEST]")
@click.argument("to", metavar="TO")
@click.option("--again", is_flag=True, help="Read all files there, and send those that are damaged.")
@click.pass_context
def push(ctx: click.Context, digest: tuple[str, ...], to: str, again: bool) -> None:
    """Bring the release DIGEST, or the published one, to TO: a folder, or the address of a server that takes PUT.

    With the published release the journal of publications goes along, and TO says that it is published. Each file is
    read back and compared; what is there already is not sent. What is printed at the end, the digest of the list of
    files, can be handed to "pull --list".
    """
    if len(digest) > 1:
        raise click.UsageError("one release is pushed at a time")
    releases, place = Releases(ctx.obj.var), _place(to, ctx.obj)
    release = releases.find(digest[0]) if digest else releases.published()
    total = sum(path.stat().st_size for path in release.path.rglob("*") if path.is_file())
    with _told("reading", release, total) as told:
        files = FileList.of(release.path, told)
    with _told("pushing", release, files.length) as told:
        sent = push_to(releases, release, files, place, told, again=again)
    what = "pushed" if sent else "already there:"
    click.echo(f"{what} {release.digest[:12]}, {files.length:,} bytes; list of files {files.digest}")


@click.command(
    short_help="Fetch a release from a folder or an address.",
    epilog="Example: metropolis-kg releases pull https://releases.example.org/kg/ --switch",
)
@click.argument("source", metavar="FROM")
@click.argument("digest", required=False)
@click.option("--switch", is_flag=True, help="Publish it, as it is published there.")
@click.option("--history", is_flag=True, help="Fetch also what was published before, as far as it is there.")
@click.option("--list", "expected", metavar="SHA256", help="Take only the files of this list, as push named it.")
@click.pass_context
def pull(
    ctx: click.Context, source: str, digest: str | None, switch: bool, history: bool, expected: str | None
) -> None:  # fmt: skip
    """Fetch the release DIGEST, or the one that is published there, from FROM: a folder or an address.

    All files are compared with the digests in the list that came with them before the release appears here. What is
    here is not fetched again; a transfer that was interrupted is continued. With --switch the journal of publications
    is taken over, so that all machines tell of the same ones.
    """
    place = _place(source, ctx.obj)
    contents = Contents.at(place)
    release = contents.find(digest) if digest else _published_at(contents, source)
    if expected and contents.releases.get(release) != expected.lower():
        raise TransferError(f"the list of files there is {contents.releases.get(release)}, not {expected}")
    pulling = Pull(Releases(ctx.obj.var), place, contents, ctx.obj.release_gigabytes << 30)
    for each in [*_earlier(contents, release if history else ""), release]:
        _fetch(pulling, each)
    if switch:
        is_new = pulling.publish(Release(pulling.releases.folder / release))
        click.echo(f"{'published' if is_new else 'already published:'} {release[:12]}")


def _published_at(contents: Contents, source: str) -> str:
    if contents.published is None:
        raise TransferError(f"nothing is published at {source} yet; 'metropolis-kg releases push' brings it there")
    return contents.find(contents.published)


def _earlier(contents: Contents, release: str) -> list[str]:
    """Return the releases other than ``release`` that were published and are there; none without ``release``."""
    noted = dict.fromkeys(note.release for note in contents.journal)
    return [each for each in noted if release and each != release and each in contents.releases]


def _fetch(pulling: Pull, release: str) -> None:
    files = pulling.wanted(release)
    if files is None:
        click.echo(f"already here: {release[:12]}")
        return
    with _told("pulling", Release(Path(release)), files.length) as told:
        pulling.fetch(files, told)
    click.echo(f"pulled {release[:12]}, {files.length:,} bytes; list of files {files.digest}")


def _place(said: str, settings: Settings) -> Place:
    """Return the place that ``said`` names. Raises TransferError."""
    if "://" in said:
        return WebPlace(said, settings.releases_credentials)
    folder = Path(said)
    if (folder / "current").is_symlink():
        raise TransferError(f"{folder} is where releases are served from; name a folder of its own")
    return FolderPlace(folder)


@contextmanager
def _told(what: str, release: Release, total: int) -> Iterator[Callable[[int], None]]:
    """Yield what is told of bytes as they are done; on a terminal it shows them, and the time left."""
    label = f"{what} {release.digest[:12]}, {total:,} bytes"
    with click.progressbar(length=max(total, 1), label=label, file=sys.stderr) as bar:
        yield bar.update
