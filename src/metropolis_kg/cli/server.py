"""The server: granian, whose workers are forked from this process, with its log as events and a way to stop gently."""

import logging
import os
import re
import signal
import threading
from functools import partial
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from metropolis_kg.store.deaths import WORKERS, Deaths
from metropolis_kg.store.event_log import Events, event
from metropolis_kg.store.process_limits import end_with_parent, return_large_blocks

_DIED = re.compile(r"Unexpected exit from worker-\d+")
_NO_NEWS = re.compile(r"Configuration allows spawning up to")
"""That threads are more than the processor's cores is meant: most of them wait for a query's own process."""

_log = logging.getLogger(__name__)


class Server(MPServer):
    """Serves ``metropolis_kg.web.wsgi:app``."""

    def __init__(
        self, host: str, port: int, *, workers: int, threads: int, patience: int, drain: int, deaths: Deaths
    ) -> None:  # fmt: skip
        """Start nothing yet.

        Told to stop, the server goes on for ``drain`` seconds in which it says that it is not ready, then takes no more
        connections, and gives running requests ``patience`` seconds. ``deaths`` counts workers that die.
        """
        self._drain, self._stopping = drain, False
        super().__init__(
            "metropolis_kg.web.wsgi:app",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=threads,
            respawn_failed_workers=True,
            workers_kill_timeout=patience,
            log_level=LogLevels.warning,
            log_dictconfig=_logging(deaths),
        )
        self.on_shutdown(lambda: _log.info("stopped", extra=event("server-stopped")))

    def run(self) -> None:
        """Serve until told to stop."""
        self.serve(target_loader=partial(_worker_begun, os.getpid()), wrap_loader=False)

    def signal_handler_interrupt(self, *args: Any, **_: Any) -> None:
        """Stop; at SIGTERM only after a while in which ``/readyz`` says so. A second signal stops at once."""
        from metropolis_kg.web.operations import drain

        waits = self._drain if args[:1] == (signal.SIGTERM,) and not self._stopping else 0
        if not self._stopping:
            _log.info("stopping in %s seconds", waits, extra=event("server-stopping", seconds=waits))
        self._stopping = True
        drain()
        later = threading.Timer(waits, super().signal_handler_interrupt)
        later.daemon = True
        later.start()


def _worker_begun(server: int) -> Any:
    """Return the application, in a new worker, which ends with the process ``server``: nobody else would stop it.

    Until granian has the worker stop gently at SIGTERM, that ends it, and does not go to what was inherited.
    """
    from metropolis_kg.web.wsgi import app

    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent(signal.SIGTERM)
    return_large_blocks()
    if os.getppid() != server:
        os._exit(0)
    return app


def _logging(deaths: Deaths) -> dict[str, Any]:
    """Return how granian is to log: a ``logging.config`` dictionary, of which it keeps the rest."""
    return {
        "formatters": {"events": {"()": Events}},
        "handlers": {"events": {"()": _Told, "deaths": deaths, "formatter": "events"}},
        "loggers": {"_granian": {"handlers": ["events"], "propagate": False}},
    }


class _Told(logging.StreamHandler):  # type: ignore[type-arg] # it is generic for type checkers only
    """Writes what granian says, and counts the deaths that it tells of."""

    def __init__(self, deaths: Deaths) -> None:
        super().__init__()
        self._deaths = deaths

    def emit(self, record: logging.LogRecord) -> None:
        """Write ``record`` as an event."""
        said = record.getMessage()
        if _NO_NEWS.match(said):
            return
        if _DIED.match(said):
            record.event = "worker-died"
            self._deaths.note(WORKERS)
        super().emit(record)
