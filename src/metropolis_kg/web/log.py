"""The log: JSON, one line an event, on standard error.

Of a request it has the path and never the fields of the address, nor who asked: these may be about persons.
"""

import logging
import os
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import orjson

from metropolis_kg.web.exchange import Exchange, present

_STDERR = 2
_LONGEST_PATH = 500


def to_stderr() -> None:
    """Log what the program has to say in this form, each with the id of the request it is about."""
    handler = logging.StreamHandler()
    handler.setFormatter(_AsJson())
    log = logging.getLogger("metropolis_kg")
    log.handlers, log.propagate = [handler], False


def log_request(exchange: Exchange, method: str, path: str, status: str, size: str) -> None:
    """Log one request; ``path`` as WSGI has it (PEP 3333), ``size`` the length of the response if it is known."""
    facts = {
        "method": method, "path": path[:_LONGEST_PATH].encode("latin-1", "replace").decode("utf-8", "replace"),
        "status": int(status[:3]), "ms": round(exchange.seconds * 1000, 2), "bytes": int(size) if size else None,
        "cache": exchange.cache, "release": exchange.release.digest if exchange.release else None,
    }  # fmt: skip
    if exchange.problem:
        facts["problem"] = exchange.problem
    with suppress(OSError):  # that nobody reads the log is no reason not to answer
        os.write(_STDERR, _line("info", exchange.id, facts))


class _AsJson(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Return the line for what the program logs."""
        exchange = present.get(None)
        facts: dict[str, Any] = {"message": record.getMessage(), "logger": record.name}
        if record.exc_info:
            facts["traceback"] = self.formatException(record.exc_info)
        return _line(record.levelname.lower(), exchange.id if exchange else None, facts).decode().rstrip("\n")


def _line(level: str, request: str | None, facts: dict[str, Any]) -> bytes:
    event = {"time": datetime.now(UTC), "level": level, "request": request, **facts}
    return orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE)
