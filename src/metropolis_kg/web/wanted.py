"""Which document a request asks for, and in which form."""

import re
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from flask import request

from metropolis_kg.publication.description import UnknownThingError
from metropolis_kg.publication.media_types import (
    DOCUMENTS,
    GRAPHS,
    HTML,
    JSON_LD,
    PROFILES,
    SCHEMA_ORG,
    Profile,
    Syntax,
    by_extension,
)
from metropolis_kg.publication.negotiation import Choice, choose, choose_profile
from metropolis_kg.publication.stored_queries import ArgumentError
from metropolis_kg.publication.words import Words
from metropolis_kg.store.release import OpenRelease

_PROFILES = (*PROFILES, SCHEMA_ORG)
_IN_SCHEMA_ORG = (JSON_LD, *(syntax for syntax in GRAPHS if syntax is not JSON_LD))


@dataclass(frozen=True)
class Wanted:
    """A document (``doc/<name>``), its syntax, and the fields of the address that decide what it says."""

    name: str
    choice: Choice
    fields: tuple[tuple[str, str], ...] = ()
    """Names and values, in a fixed order; what is not asked for is not among them."""

    by_address: bool = False
    """Whether the address names the representation, so that Accept decides nothing."""

    by_extension: bool = False
    """Whether the address ends in the extension of the syntax."""

    day: date | None = None
    """The day of which it is to tell (``at``); none: of all time."""

    page: int = 1
    """Which page of it, from 1 (``page``)."""

    @property
    def syntax(self) -> Syntax:
        """The syntax it is wanted in."""
        return self.choice.syntax

    @property
    def document(self) -> str:
        """Path below the base of the document with all its pages, in whichever syntax."""
        return f"doc/{self.name}{self.query(self.turned(1).fields)}"

    @property
    def path(self) -> str:
        """Path below the base of the document, in whichever syntax."""
        return f"doc/{self.name}{self.query(self.fields)}"

    @property
    def variant(self) -> list[str]:
        """What tells this part from others of the same document."""
        return [f"{name}={value}" for name, value in self.fields]

    def turned(self, page: int) -> "Wanted":
        """Return what asks for another page of the same document."""
        kept = tuple(each for each in self.fields if each[0] != "page")
        return replace(self, page=page, fields=(*kept, ("page", str(page))) if page > 1 else kept)

    def representation(self, language: str | None) -> str:
        """Return the path below the base of the document in its syntax; of a page, in a language chosen by hand."""
        chosen = (("lang", language),) if language and self.syntax is HTML else ()
        profile = (("profile", self.choice.profile.name),) if self.choice.profile else ()
        return f"doc/{self.name}.{self.syntax.extension}{self.query((*self.fields, *profile, *chosen))}"

    @staticmethod
    def query(fields: tuple[tuple[str, str], ...]) -> str:
        """Return the part of an address that holds ``fields``, with its question mark."""
        return f"?{urlencode(fields)}" if fields else ""


def wanted(release: OpenRelease, name: str, *, negotiated: bool = True) -> Wanted:
    """Return what the present request for ``doc/<name>`` wants.

    What the address says beats Accept. ``profile`` names a form of JSON-LD, or schema.org, which comes in every RDF
    syntax; at an address that ends in ``.jsonld`` without it, Accept still chooses among the profiles.

    Where it is not ``negotiated``, since only the address matters, Accept decides nothing and excludes nothing.

    ``at`` and ``page`` say which part of the document. In schema.org there is only all of it.

    Raises UnknownThingError for an extension there is not, ArgumentError, and NotAcceptableError.
    """
    accept = request.headers.get("Accept") if negotiated else None
    asked = with_part(replace(_in_form(release, name, accept), by_extension="." in name))
    if asked.fields and asked.choice.profile is SCHEMA_ORG:
        name, value = asked.fields[0]
        raise ArgumentError(name, value, "none with the profile schema, which tells all and of all time")
    return asked


def with_part(asked: Wanted) -> Wanted:
    """Return ``asked`` for the part of the document that the fields of the request name. Raises ArgumentError."""
    day, page = day_asked(), page_number()
    fields = (*((("at", day.isoformat()),) if day else ()), *((("page", str(page)),) if page > 1 else ()))
    return replace(asked, fields=fields, day=day, page=page)


def _in_form(release: OpenRelease, name: str, accept: str | None) -> Wanted:
    """Return which representation the request wants, whichever part of the document."""
    profile = _profile()
    name, dot, extension = name.partition(".")
    syntax = by_extension(extension, DOCUMENTS) if dot else None
    if dot and not syntax:
        raise UnknownThingError(release.iri(f"doc/{name}.{extension}"))
    if profile is SCHEMA_ORG:
        return Wanted(name, _in_schema_org(accept, syntax), by_address=syntax is not None)
    if profile:
        if syntax not in (None, JSON_LD):
            raise ArgumentError(
                "profile", profile.name, f"none in an address that ends in .{extension}, only in .jsonld"
            )
        return Wanted(name, Choice(JSON_LD, profile.media_type, profile), by_address=True)
    if syntax is JSON_LD:
        return Wanted(name, choose_profile(accept, _PROFILES))
    if syntax:
        return Wanted(name, Choice(syntax, syntax.media_type), by_address=True)
    return Wanted(name, choose(accept, DOCUMENTS, _PROFILES))


def _in_schema_org(accept: str | None, syntax: Syntax | None) -> Choice:
    """Return in which RDF syntax schema.org is wanted: JSON-LD, as its consumers expect, where they do not say.

    Raises ArgumentError for a page, which has it embedded.
    """
    if syntax is HTML:
        raise ArgumentError("profile", SCHEMA_ORG.name, "none in an address that ends in .html")
    choice = Choice(syntax, syntax.media_type) if syntax else choose(accept, _IN_SCHEMA_ORG)
    return replace(
        choice,
        media_type=SCHEMA_ORG.media_type if choice.media_type == JSON_LD.media_type else choice.media_type,
        profile=SCHEMA_ORG,
    )


def _profile() -> Profile | None:
    """Return the profile that the address names. Raises ArgumentError where it names none that there is."""
    names = request.args.getlist("profile")
    if not names:
        return None
    profile = next((each for each in _PROFILES if [each.name] == names), None)
    if not profile:
        raise ArgumentError("profile", " ".join(names), f"one of {', '.join(each.name for each in _PROFILES)}")
    return profile


def day_asked() -> date | None:
    """Return the day that the field ``at`` names. Raises ArgumentError."""
    text = field_once("at", Words("en")["expected_date"])
    return None if text is None else day_written(text)


def day_written(text: str) -> date:
    """Return the day that ``text`` writes as YYYY-MM-DD. Raises ArgumentError."""
    expected = Words("en")["expected_date"]
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentError("at", text, expected) from error
    raise ArgumentError("at", text, expected)


def page_number() -> int:
    """Return the number in the field ``page``; 1 without. Raises ArgumentError."""
    expected = "the number of a page, such as 2"
    text = field_once("page", expected)
    if text is None:
        return 1
    if not re.fullmatch(r"[1-9]\d{0,8}", text, re.ASCII):
        raise ArgumentError("page", text, expected)
    return int(text)


def field_once(field: str, expected: str) -> str | None:
    """Return the value of ``field``; none where the address has none. Raises ArgumentError where it has several."""
    values = request.args.getlist(field)
    if len(values) > 1:
        raise ArgumentError(field, " ".join(values), f"{expected}, once and not {len(values)} times")
    return values[0] if values else None
