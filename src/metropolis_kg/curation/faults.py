"""What can be wrong with files beyond shapes, from ``faults.toml``: severity, and words in German and English."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from metropolis_kg.curation.report import Severity
from metropolis_kg.errors import ContentError

LANGUAGES = ("de", "en")


@dataclass(frozen=True)
class FaultKind:
    """A kind of fault; titles and messages by language, in messages ``{names}`` for the facts of the case."""

    code: str
    severity: Severity
    titles: dict[str, str]
    messages: dict[str, str]


@cache
def fault_kinds() -> dict[str, FaultKind]:
    """Return every kind of fault by its code."""
    table = tomllib.loads((files(__package__) / "faults.toml").read_text(encoding="utf-8"))
    return {code: _kind(code, entry) for code, entry in table.items()}


def _kind(code: str, entry: dict[str, Any]) -> FaultKind:
    return FaultKind(code, Severity(entry["severity"].capitalize()), entry["title"], entry["message"])


def fault(
    code: str, path: Path | None = None, line: int | None = None, column: int | None = None, /, **facts: object
) -> ContentError:
    """Return a fault of the kind ``code`` at a place, its messages filled in with ``facts`` and ``column``."""
    kind = fault_kinds()[code]
    messages = {lang: text.format(column=column, **facts) for lang, text in kind.messages.items()}
    return ContentError(messages["en"], path, line, column=column, code=code, messages=messages)
