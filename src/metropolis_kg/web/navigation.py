"""What the frame of every page leads to: the parts of the site, another language, another day."""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from flask import request

from metropolis_kg.publication.negotiation import LANGUAGES
from metropolis_kg.publication.reading import Links

SECTIONS = {
    "things": "search",
    "questions": "query/",
    "sources": "sources",
    "map": "map",
    "sparql": "sparql",
    "about": "about",
}
"""The parts of the site in the order of the navigation: key of its name in ``words.toml`` → its path."""

_DOCUMENT = re.compile(r"/(?:memento/\d+/)?(doc/(?!shapes/)[^/.]+/[^.]+)(?:\.\w+)?")


@dataclass(frozen=True)
class Section:
    """A part of the site."""

    key: str
    href: str
    current: str | None
    """``page`` where it is the present page, ``true`` where that belongs to it (WAI-ARIA 1.2, aria-current)."""


@dataclass(frozen=True)
class DateField:
    """The field that asks for a day."""

    action: str
    day: date | None
    """The day that is asked for already."""

    without: str | None
    """The address of the same page of all time; none where it is that, or cannot be."""


def sections(links: Links) -> list[Section]:
    """Return the parts of the site, with the one that the present request is for marked."""
    return [Section(key, links.page(path), _current(path)) for key, path in SECTIONS.items()]


def _current(path: str) -> str | None:
    here = request.path.removeprefix("/")
    if here == path:
        return "page"
    return "true" if here.startswith(f"{path.removesuffix('/')}/") else None


def date_field(links: Links, day: date | None) -> DateField:
    """Return the field: a document about a thing is asked for as of a day, from elsewhere all that held then is."""
    document = _DOCUMENT.fullmatch(request.path)
    if document is None:
        return DateField(links.file("at"), day, None)
    return DateField(links.file(document[1]), day, links.page(document[1]) if day else None)


def switches(links: Links) -> dict[str, str]:
    """Return language → address of this page in it."""
    path = links.file(request.path.removeprefix("/").removesuffix(".html"))
    return {code: f"{path}?{urlencode([*_kept(), ('lang', code)])}" for code in LANGUAGES}


def address(base: str) -> str:
    """Return the address of this page, to be printed on it: that of a document, in whichever format."""
    query = urlencode([*_kept(), *(("lang", code) for code in request.args.getlist("lang"))])
    return base + request.path.removeprefix("/").removesuffix(".html") + (f"?{query}" if query else "")


def _kept() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
