"""What the commands that load a release into a remote store have in common."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import click

from metropolis_kg.cli import endpoint
from metropolis_kg.settings import Settings

if TYPE_CHECKING:
    from metropolis_kg.curation.loading.loader import Loader
    from metropolis_kg.curation.release import Release
    from metropolis_kg.store.bare import BareStore

_GRACE = 60
"""Seconds for which readers may still ask the release that was served before: longer than a query may take."""

_Command = TypeVar("_Command", bound=Callable[..., Any])


class _Option(Protocol):
    """Adds an option to a command."""

    def __call__(self, command: _Command, /) -> _Command:
        """Return ``command`` with the option."""


def to_option(text: str, *, required: bool = False) -> _Option:
    """Return the option that names the store."""
    return click.option("--to", "store", callback=endpoint, required=required, metavar="URL", help=text)


def grace_option() -> _Option:
    """Return the option that says how long the release before stays."""
    return click.option(
        "--grace", default=_GRACE, show_default=True, type=click.IntRange(0), metavar="SECONDS",
        help="How long readers may still ask the release before; then it is removed from the store.",
    )  # fmt: skip


def keep_option() -> _Option:
    """Return the option that keeps the release before."""
    return click.option("--keep", is_flag=True, help="Keep the release before in the store, to switch back to it.")


def opened(settings: Settings, url: str) -> "BareStore":
    """Return the store at ``url``. Raises StoreUnavailableError."""
    from metropolis_kg.store.bare import BareStore
    from metropolis_kg.store.credentials import Credentials

    path = settings.store_credentials
    return BareStore.at(url, settings.store_update, Credentials.from_file(path) if path else None)


def loader(settings: Settings, url: str, progress: Any) -> "Loader":
    """Return what loads into the store at ``url``. Raises StoreUnavailableError."""
    from metropolis_kg.curation.loading.loader import Loader
    from metropolis_kg.curation.loading.target import Target

    return Loader(Target(opened(settings, url)), progress)


def load(settings: Settings, url: str, release: "Release", grace: int, *, keep: bool) -> None:
    """Load ``release`` into the store at ``url``, have it served, and remove what it replaces unless ``keep``."""
    from metropolis_kg.cli.progress import progress

    with progress() as step:
        loading = loader(settings, url, step)
        replaced = loading.load(release)
        click.echo(f"{release.digest[:12]} is served from {url}")
        if not keep:
            loading.remove(replaced, grace)
