"""``metropolis-kg serve``."""

import logging
import os
import socket
import sys
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from typing import TYPE_CHECKING

import click

from metropolis_kg.cli import endpoint
from metropolis_kg.errors import MetropolisError
from metropolis_kg.settings import Settings
from metropolis_kg.store.event_log import event

if TYPE_CHECKING:
    from metropolis_kg.cli.server import Server

THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)
"""Requests that one worker answers at once, beside queries that are answered or wait, and files that are sent."""

_MORE = 5
"""Seconds that a request may take beside its query, when the server stops."""

_log = logging.getLogger(__name__)


class ServingError(MetropolisError):
    """The server cannot start."""


@click.command(epilog="Example: metropolis-kg serve --port 8123")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes that answer.")
@click.option("--store", callback=endpoint, metavar="URL", help="Serve from this SPARQL endpoint, not from a release.")
@click.pass_context
def command(ctx: click.Context, host: str, port: int, workers: int, store: str | None) -> None:
    """Serve the published release over HTTP until interrupted.

    A release that is published meanwhile is picked up without a restart.
    """
    settings: Settings = replace(ctx.obj, store=store or ctx.obj.store)
    served = _served(settings)
    _refuse_taken(host, port)
    os.environ.update(settings.environ())
    server = _server(host, port, workers, settings)
    _announce(f"serving {served} on http://{host}:{port}/ with {workers} workers", port, workers)
    server.run()


def _announce(said: str, port: int, workers: int) -> None:
    """Say what is served: to people in a terminal, to all others as an event of the log."""
    if sys.stderr.isatty():
        click.echo(f"{said}; stop with Ctrl-C", err=True)
    else:
        _log.info(said, extra=event("server-started", port=port, workers=workers))


def threads_of(settings: Settings) -> int:
    """Return how many requests one worker is at, those included that wait for a query or a slow client."""
    queries = settings.at_once + settings.queries_waiting
    return THREADS + queries + settings.validations_at_once + settings.downloads_at_once


def patience_of(settings: Settings) -> int:
    """Return how many seconds requests that run may go on when the server stops: as long as any of them may take."""
    return max(settings.query_seconds, settings.validation_seconds) + _MORE


def _served(settings: Settings) -> str:
    """Return what will be served, in words. Opens the published release once, and raises what that raises.

    A child process opens it, since an open store starts threads, which the forked workers would lack. A remote store
    need not be there yet.
    """
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("fork")) as child:
            return child.submit(_opened, settings).result()
    except BrokenExecutor as error:
        raise ServingError(f"the release published in {settings.var} ends the process that opens it") from error


def _opened(settings: Settings) -> str:
    from metropolis_kg.store.protocol import StoreUnavailableError
    from metropolis_kg.web.current import Current

    where = f" from {settings.store}" if settings.store else ""
    try:
        release = Current(settings).release()
    except StoreUnavailableError as error:
        if not settings.store:
            raise
        return f"{settings.base_iri}{where} once that can be asked ({str(error).removesuffix('.')})"
    return f"release {release.digest[:12]} of {release.base}{where}" if release.digest else f"{release.base}{where}"


def _refuse_taken(host: str, port: int) -> None:
    """Raise ServingError where somebody listens already: workers share the port, and would share it with him too."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise ServingError(f"cannot listen on {host}:{port}: {error.strerror}; choose another with --port") from error


def _server(host: str, port: int, workers: int, settings: Settings) -> "Server":
    """Return the server. The application is made here, so that what is wrong shows at once and workers start ready."""
    from metropolis_kg.cli.server import Server
    from metropolis_kg.web.app import DEATHS
    from metropolis_kg.web.wsgi import app  # workers are forked and find it imported

    return Server(
        host, port, workers=workers, threads=threads_of(settings), patience=patience_of(settings),
        drain=settings.drain_seconds, deaths=app.config[DEATHS],
    )  # fmt: skip
