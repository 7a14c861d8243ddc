"""Proactive negotiation (RFC 9110 section 12), on top of Werkzeug's parser of lists with qualities."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from werkzeug.http import parse_accept_header, parse_options_header

from metropolis_kg.errors import MetropolisError
from metropolis_kg.publication.media_types import Syntax, by_name

LANGUAGES = ("en", "de")
"""Languages in which pages are written; the first is the default."""

# Java sends q=.2, which the grammar does not have.
_BARE_FRACTION = re.compile(r"(\bq\s*)=\s*\.(?=\d)", re.IGNORECASE)


class NotAcceptableError(MetropolisError):
    """The client accepts none of what there is; carries the syntaxes there are."""

    def __init__(self, accept: str, syntaxes: Sequence[Syntax]) -> None:
        self.syntaxes = tuple(syntaxes)
        there_is = ", ".join(syntax.media_type for syntax in syntaxes)
        super().__init__(f"Nothing here fits Accept: {accept}. There is {there_is}.")


@dataclass(frozen=True)
class Choice:
    """A syntax, and the media type to send it as: its own, or the alias the client asked for."""

    syntax: Syntax
    media_type: str


@dataclass(frozen=True)
class _Range:
    """One media range: ``type/subtype``, either of them perhaps ``*``, its parameters and its quality."""

    main: str
    sub: str
    parameters: frozenset[tuple[str, str]]
    quality: float

    def fits(self, media_type: str, parameters: frozenset[tuple[str, str]]) -> bool:
        main, _, sub = media_type.partition("/")
        return self.main in ("*", main) and self.sub in ("*", sub) and self.parameters <= parameters

    @property
    def specificity(self) -> tuple[bool, bool, int]:
        return self.main != "*", self.sub != "*", len(self.parameters)


def choose(accept: str | None, syntaxes: Sequence[Syntax]) -> Choice:
    """Return the syntax that fits the Accept header best; among equals the earlier one. Raises NotAcceptableError.

    No header, and one without a single valid media range, accept everything. Of the ranges that fit the most specific
    counts and quality 0 excludes (section 12.5.1). ``charset`` is ignored, since everything is UTF-8. Where nothing
    fits because of other parameters, such as a JSON-LD profile there is not, they are ignored: a near miss beats none.
    """
    return _chosen(accept or "", tuple(syntaxes))


@lru_cache(maxsize=256)  # clients send few different headers
def _chosen(accept: str, syntaxes: tuple[Syntax, ...]) -> Choice:
    ranges = list(_ranges(accept))
    if not ranges:
        return Choice(syntaxes[0], syntaxes[0].media_type)
    bare = [_Range(each.main, each.sub, frozenset(), each.quality) for each in ranges]
    for candidates in (ranges, bare):
        media_type, chosen = max(_offers(syntaxes), key=lambda offer: _quality(candidates, offer[0]))
        if _quality(candidates, media_type) > 0:
            return chosen
    raise NotAcceptableError(accept, syntaxes)


def choose_named(name: str | None, accept: str | None, syntaxes: Sequence[Syntax]) -> Choice:
    """Return the syntax that clients call ``name``; without a name, what ``choose`` returns.

    Raises NotAcceptableError.
    """
    if name is None:
        return choose(accept, syntaxes)
    syntax = by_name(name, tuple(syntaxes))
    if syntax is None:
        raise NotAcceptableError(f"format={name[:40]}", syntaxes)
    return Choice(syntax, syntax.media_type)


def language(accept_language: str | None, wanted: str | None = None) -> str:
    """Return the language for a page: the one ``wanted`` if there is, else what Accept-Language prefers.

    A range such as ``de-AT`` asks for German (lookup, RFC 4647 section 3.4).

    >>> language("de-AT, en;q=0.5"), language("fr"), language("de", wanted="en")
    ('de', 'en', 'en')
    """
    if wanted in LANGUAGES:
        return wanted
    ranges = [(tag.partition("-")[0].lower(), quality) for tag, quality in parse_accept_header(accept_language)]
    return next((tag for tag, quality in ranges if quality > 0 and tag in LANGUAGES), LANGUAGES[0])


def _offers(syntaxes: Sequence[Syntax]) -> list[tuple[str, Choice]]:
    """Return every media type that can be asked for, and what is sent for it.

    The syntaxes' own stand before any other, so that a wildcard never finds an alias.
    """
    own = [(syntax.media_type, Choice(syntax, syntax.media_type)) for syntax in syntaxes]
    aliases = [(alias, Choice(syntax, alias)) for syntax in syntaxes for alias in syntax.aliases]
    return own + aliases + [(near, Choice(syntax, syntax.media_type)) for syntax in syntaxes for near in syntax.near]


def _quality(ranges: Iterable[_Range], media_type: str) -> float:
    fitting = [each for each in ranges if each.fits(media_type, frozenset())]
    return max(fitting, key=lambda each: (each.specificity, each.quality)).quality if fitting else 0.0


def _ranges(accept: str) -> Iterable[_Range]:
    for item, quality in parse_accept_header(_BARE_FRACTION.sub(r"\1=0.", accept)):
        media_range, parameters = parse_options_header(item)
        main, slash, sub = media_range.lower().partition("/")
        if slash and main and sub and (main != "*" or sub == "*"):
            counted = {(name, value) for name, value in parameters.items() if name != "charset"}
            yield _Range(main, sub, frozenset(counted), quality)
