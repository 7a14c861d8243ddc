"""The words of the pages, from ``words.toml``."""

import tomllib
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from metropolis_kg.publication.time_words import day


class Words:
    """The words in one language: ``words["claims"]``; what has no words is an error in a template."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __getitem__(self, key: str) -> str:
        return str(_table()[key][self.language])

    def group(self, kind: str) -> str:
        """Return the heading over the claims of a class, or its name where it has none."""
        words = _table()["groups"].get(kind)
        return str(words[self.language]) if words else kind

    def shacl(self, term: str) -> str:
        """Return what a term of SHACL is called, given its local name; its prefixed name where it has no words."""
        words = _table()["shacl"].get(term)
        return str(words[self.language]) if words else f"sh:{term}"

    def columns(self, variables: Iterable[str]) -> list[str]:
        """Return what to write over the columns of an answer: what each holds and, where that differs, its variable."""
        known = _table()["columns"]
        headings = [(str(known[name][self.language]) if name in known else name, name) for name in variables]
        return [text if text.lower() == name.lower() else f"{text} ({name})" for text, name in headings]

    def written_by_queries(self, text: str) -> str:
        """Return what a text in an answer is called if it is one of those that queries write themselves."""
        words = _table()["answers"].get(text)
        return str(words[self.language]) if words else text

    def language_name(self, tag: str) -> str:
        """Return what a language is called, given its tag (BCP 47); the tag itself where it has no words."""
        words = _table()["language_names"].get(tag.partition("-")[0].lower())
        return str(words[self.language]) if words else tag

    def day(self, moment: str) -> str:
        """Return the day of a moment (ISO 8601, a date first) as it is written in the language."""
        return day(date.fromisoformat(moment[:10]), self.language)

    def number(self, number: int) -> str:
        """Return a whole number as it is written in the language."""
        return number_text(number, self.language)

    def decimal(self, number: float, places: int) -> str:
        """Return a number with so many decimal ``places`` as it is written in the language."""
        return self.written_decimal(f"{number:.{places}f}")

    def written_decimal(self, number: str) -> str:
        """Return an ``xsd:decimal`` as it is written in the language, with all its places."""
        return number.replace(".", ",") if self.language == "de" else number

    def one(self, kind: str) -> str:
        """Return what one thing of a kind is called."""
        return str(_table()["kind_of_one"][kind][self.language])

    def kind(self, key: str) -> str:
        """Return the heading over the things of a kind."""
        return str(_table()["kinds"][key][self.language])


def number_text(number: int, language: str) -> str:
    """Return a whole number as it is written in a language.

    >>> number_text(1234567, "en"), number_text(1234567, "de")
    ('1,234,567', '1.234.567')
    """
    written = f"{number:,}"
    return written.replace(",", ".") if language == "de" else written


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "words.toml").read_text(encoding="utf-8"))
