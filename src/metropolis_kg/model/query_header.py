"""The header of a query file: its lines that begin with ``#+``, which together are TOML."""

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from metropolis_kg.errors import ContentError

LANGUAGES = ("de", "en")
"""Languages in which a header speaks to readers."""


def read_header(text: str, path: Path, known: Collection[str]) -> dict[str, Any]:
    """Return the header in ``text``, with titles in German and English among its ``known`` keys.

    Raises ContentError, naming ``path``, for what is not TOML, an unknown key, and a missing title.
    """
    lines = [line[2:].strip() for line in text.splitlines() if line.startswith("#+")]
    try:
        header = tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"the #+ header is not TOML: {error}", path) from error
    refuse_unknown(header, known, "the header", path)
    in_both_languages(header, "title", "the header", path)
    return header


def refuse_unknown(facts: Mapping[str, Any], known: Collection[str], what: str, path: Path) -> None:
    """Raise ContentError where ``facts`` has a key that is not ``known``; ``what`` says whose keys they are."""
    if unknown := facts.keys() - set(known):
        raise ContentError(f"{what} has the unknown key {min(unknown)}; known are {', '.join(sorted(known))}", path)


def in_both_languages(facts: Mapping[str, Any], key: str, what: str, path: Path) -> dict[str, str]:
    """Return language → text under ``key``. Raises ContentError where the German or the English one is missing."""
    texts = facts.get(key)
    if isinstance(texts, dict) and all(isinstance(texts.get(language), str) for language in LANGUAGES):
        return texts
    raise ContentError(f'{what} needs "#+ {key}.de" and "#+ {key}.en"; {key}s are texts', path)


def without_header(text: str) -> str:
    """Return ``text`` without the lines of its header."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#+"))
