"""What is said while something new is written, in both languages, from ``words.toml``."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from metropolis_kg.errors import MetropolisError


def said(group: str, name: str, lang: str, /, **facts: object) -> str:
    """Return the words ``name`` of ``group`` in a language, with ``facts`` filled in."""
    return str(_table()[group][name][lang]).format(**facts)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "words.toml").read_text(encoding="utf-8"))


class DraftError(MetropolisError):
    """What was asked for cannot be written; ``text`` says why and how to mend it, in either language."""

    def __init__(self, name: str, /, **facts: object) -> None:
        self._name, self._facts = name, facts
        super().__init__(self.text("en"))

    def text(self, lang: str) -> str:
        """Return the message in a language."""
        return said("errors", self._name, lang, **self._facts)
