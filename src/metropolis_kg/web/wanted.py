"""Which document a request asks for, and in which form."""

import re
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from flask import request

from metropolis_kg.publication.description import UnknownThingError
from metropolis_kg.publication.media_types import DOCUMENTS, HTML, Syntax, by_extension
from metropolis_kg.publication.negotiation import Choice, choose
from metropolis_kg.publication.stored_queries import ArgumentError
from metropolis_kg.publication.words import Words
from metropolis_kg.store.release import OpenRelease


@dataclass(frozen=True)
class Wanted:
    """A document (``doc/<name>``), its syntax, and the fields of the address that decide what it says."""

    name: str
    choice: Choice
    fields: tuple[tuple[str, str], ...] = ()
    """Names and values, in a fixed order; what is not asked for is not among them."""

    by_extension: bool = False
    """Whether the address names the syntax, so that Accept decides nothing."""

    @property
    def syntax(self) -> Syntax:
        """The syntax it is wanted in."""
        return self.choice.syntax

    day: date | None = None
    """The day of which it is to tell (``at``); none: of all time."""

    page: int = 1
    """Which page of it, from 1 (``page``)."""

    @property
    def document(self) -> str:
        """Path below the base of the document with all its pages, in whichever syntax."""
        return f"doc/{self.name}{self.query(tuple(each for each in self.fields if each[0] == 'at'))}"

    @property
    def path(self) -> str:
        """Path below the base of the document, in whichever syntax."""
        return f"doc/{self.name}{self.query(self.fields)}"

    def turned(self, page: int) -> "Wanted":
        """Return what asks for another page of the same document."""
        kept = tuple(each for each in self.fields if each[0] != "page")
        return replace(self, page=page, fields=(*kept, ("page", str(page))) if page > 1 else kept)

    def representation(self, language: str | None) -> str:
        """Return the path below the base of the document in its syntax; of a page, in a language chosen by hand."""
        chosen = (("lang", language),) if language and self.syntax is HTML else ()
        return f"doc/{self.name}.{self.syntax.extension}{self.query((*self.fields, *chosen))}"

    @staticmethod
    def query(fields: tuple[tuple[str, str], ...]) -> str:
        """Return the part of an address that holds ``fields``, with its question mark."""
        return f"?{urlencode(fields)}" if fields else ""


def wanted(release: OpenRelease, name: str) -> Wanted:
    """Return what the present request for ``doc/<name>`` wants; an extension beats Accept.

    Raises UnknownThingError for an extension there is not, ArgumentError and NotAcceptableError.
    """
    name, dot, extension = name.partition(".")
    day, page = _day(), _page()
    fields = (*((("at", day.isoformat()),) if day else ()), *((("page", str(page)),) if page > 1 else ()))
    if not dot:
        return Wanted(name, choose(request.headers.get("Accept"), DOCUMENTS), fields, day=day, page=page)
    syntax = by_extension(extension, DOCUMENTS)
    if syntax is None:
        raise UnknownThingError(release.iri(f"doc/{name}.{extension}"))
    return Wanted(name, Choice(syntax, syntax.media_type), fields, by_extension=True, day=day, page=page)


def _day() -> date | None:
    """Return the day that the field ``at`` names. Raises ArgumentError."""
    expected = Words("en")["expected_date"]
    text = _once("at", expected)
    if text is None:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentError("at", text, expected) from error
    raise ArgumentError("at", text, expected)


def _page() -> int:
    """Return the number in the field ``page``; 1 without. Raises ArgumentError."""
    expected = "the number of a page, such as 2"
    text = _once("page", expected)
    if text is None:
        return 1
    if not re.fullmatch(r"[1-9]\d{0,8}", text, re.ASCII):
        raise ArgumentError("page", text, expected)
    return int(text)


def _once(field: str, expected: str) -> str | None:
    """Return the value of ``field``; none where the address has none. Raises ArgumentError where it has several."""
    values = request.args.getlist(field)
    if len(values) > 1:
        raise ArgumentError(field, " ".join(values), f"{expected}, once and not {len(values)} times")
    return values[0] if values else None
