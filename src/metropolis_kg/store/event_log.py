"""The log: JSON, one line an event, on standard error; each has a level and the name of the event."""

import logging
import os
import signal
from datetime import UTC, datetime
from typing import Any

import orjson


class Events(logging.Formatter):
    """Writes what the program logs as events; ``log.info(message, extra=event("name"))`` names one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for ``record``."""
        facts: dict[str, Any] = {"message": record.getMessage(), "logger": record.name, "process": os.getpid()}
        if record.exc_info:
            facts["traceback"] = self.formatException(record.exc_info)
        facts |= getattr(record, "facts", {})
        name = getattr(record, "event", None) or _unnamed(record)
        return line(record.levelname.lower(), name, self.request(), facts).decode().rstrip()

    def request(self) -> str | None:
        """Return the id of the request that it is about; here, none."""
        return None


def event(name: str, **facts: Any) -> dict[str, Any]:
    """Return what goes with a message about the event ``name``, of which ``facts`` are known."""
    return {"event": name, "facts": facts}


def to_stderr(formatter: logging.Formatter) -> None:
    """Log what the program has to say, from the level ``info`` on."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    log = logging.getLogger("metropolis_kg")
    log.handlers, log.propagate = [handler], False
    log.setLevel(logging.INFO)


def line(level: str, name: str, request: str | None, facts: dict[str, Any]) -> bytes:
    """Return one line of the log."""
    said = {"time": datetime.now(UTC), "level": level, "event": name, "request": request, **facts}
    return orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE)


def signal_name(number: int) -> str:
    """Return what signal ``number`` is called.

    >>> signal_name(9), signal_name(200)
    ('SIGKILL', '200')
    """
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _unnamed(record: logging.LogRecord) -> str:
    return "fault" if record.levelno >= logging.ERROR else "remark"
