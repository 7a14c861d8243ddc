"""Proactive negotiation (RFC 9110 section 12), on top of Werkzeug's parser of lists with qualities."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from werkzeug.http import parse_accept_header, parse_options_header

from metropolis_kg.errors import MetropolisError
from metropolis_kg.publication.media_types import JSON_LD, Profile, Syntax, by_name

LANGUAGES = ("en", "de")
"""Languages in which pages are written; the first is the default."""

# Java sends q=.2, which the grammar does not have.
_BARE_FRACTION = re.compile(r"(\bq\s*)=\s*\.(?=\d)", re.IGNORECASE)

# People leave out the quotes that an IRI needs.
_BARE_PROFILE = re.compile(r"(;\s*profile\s*=)\s*([^\s\",;]+)", re.IGNORECASE)


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
    profile: Profile | None = None
    """The form of JSON-LD that is asked for by name."""


@dataclass(frozen=True)
class _Range:
    """One media range: ``type/subtype``, either of them perhaps ``*``, what it asks for beyond that, its quality."""

    main: str
    sub: str
    profiles: frozenset[str]
    parameters: frozenset[tuple[str, str]]
    quality: float

    def fits(self, offer: "_Offer") -> bool:
        main, _, sub = offer.media_type.partition("/")
        asked = not self.parameters and (not self.profiles or not self.profiles.isdisjoint(offer.profiles))
        return self.main in ("*", main) and self.sub in ("*", sub) and asked

    @property
    def specificity(self) -> tuple[bool, bool, bool]:
        return self.main != "*", self.sub != "*", bool(self.profiles)

    @property
    def bare(self) -> "_Range":
        return _Range(self.main, self.sub, frozenset(), frozenset(), self.quality)


@dataclass(frozen=True)
class _Offer:
    """What can be asked for, and the choice that it leads to."""

    media_type: str
    choice: Choice

    @property
    def profiles(self) -> tuple[str, ...]:
        """IRIs of the profiles it keeps to, the one it is named after first; none where it has no name."""
        profile = self.choice.profile
        return (profile.iri, *profile.also) if profile else ()

    def worth(self, ranges: Sequence[_Range]) -> tuple[float, int, bool]:
        """Return how well it serves who asks for ``ranges``: quality, then profiles kept to, then its name."""
        fitting = [each for each in ranges if each.fits(self)]
        if not fitting:
            return 0.0, 0, False
        best = max(fitting, key=lambda each: (each.specificity, each.quality))
        return best.quality, len(best.profiles.intersection(self.profiles)), self.profiles[:1] == (*best.profiles,)


def choose(accept: str | None, syntaxes: Sequence[Syntax], profiles: Sequence[Profile] = ()) -> Choice:
    """Return the syntax that fits the Accept header best; among equals the earlier one. Raises NotAcceptableError.

    No header, and one without a single valid media range, accept everything. Of the ranges that fit the most specific
    counts and quality 0 excludes (section 12.5.1). ``charset`` is ignored, since everything is UTF-8, and so is every
    profile that is not among ``profiles``, the forms in which JSON-LD is to be had (JSON-LD 1.1 appendix C). Where
    nothing fits because of other parameters, they are ignored: a near miss beats none.
    """
    return _chosen(accept or "", tuple(syntaxes), tuple(profiles))


@lru_cache(maxsize=256)  # clients send few different headers
def _chosen(accept: str, syntaxes: tuple[Syntax, ...], profiles: tuple[Profile, ...]) -> Choice:
    ranges = list(_ranges(accept, {iri for profile in profiles for iri in (profile.iri, *profile.also)}))
    if not ranges:
        return Choice(syntaxes[0], syntaxes[0].media_type)
    offers = _offers(syntaxes, profiles)
    for candidates in (ranges, [each.bare for each in ranges]):
        best = max(offers, key=lambda offer: offer.worth(candidates))
        if best.worth(candidates)[0] > 0:
            return best.choice
    raise NotAcceptableError(accept, syntaxes)


def choose_profile(accept: str | None, profiles: Sequence[Profile]) -> Choice:
    """Return the form of JSON-LD that the Accept header asks for; what else it says counts for nothing."""
    plain = Choice(JSON_LD, JSON_LD.media_type)
    try:
        chosen = choose(accept, [JSON_LD], profiles)
    except NotAcceptableError:
        return plain
    return chosen if chosen.profile else plain


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

    A range such as ``de-AT`` asks for German (lookup, RFC 4647 section 3.4); quality 0 excludes while others are left.

    >>> language("de-AT, en;q=0.5"), language("fr"), language("de", wanted="en")
    ('de', 'en', 'en')
    """
    if wanted in LANGUAGES:
        return wanted
    ranges = [(tag.partition("-")[0].lower(), quality) for tag, quality in parse_accept_header(accept_language)]
    wished = [tag for tag, quality in ranges if quality > 0 and tag in LANGUAGES]
    excluded = {tag for tag, quality in ranges if quality == 0}
    return next((tag for tag in (*wished, *LANGUAGES) if tag not in excluded), LANGUAGES[0])


def _offers(syntaxes: Sequence[Syntax], profiles: Sequence[Profile]) -> list[_Offer]:
    """Return every media type that can be asked for, and what is sent for it.

    The syntaxes' own stand before any other, so that a wildcard never finds an alias, or a form of JSON-LD.
    """
    own = [_Offer(syntax.media_type, Choice(syntax, syntax.media_type)) for syntax in syntaxes]
    forms = [
        _Offer(JSON_LD.media_type, Choice(JSON_LD, profile.media_type, profile))
        for profile in profiles
        if JSON_LD in syntaxes
    ]
    aliases = [_Offer(alias, Choice(syntax, alias)) for syntax in syntaxes for alias in syntax.aliases]
    near = [_Offer(near, Choice(syntax, syntax.media_type)) for syntax in syntaxes for near in syntax.near]
    return own + forms + aliases + near


def _ranges(accept: str, profiles: Collection[str]) -> Iterator[_Range]:
    grammatical = _BARE_PROFILE.sub(r'\1"\2"', _BARE_FRACTION.sub(r"\1=0.", accept))
    for item, quality in parse_accept_header(grammatical):
        media_range, parameters = parse_options_header(item)
        main, slash, sub = media_range.lower().partition("/")
        if slash and main and sub and (main != "*" or sub == "*"):
            asked = frozenset(parameters.pop("profile", "").split()).intersection(profiles)
            parameters.pop("charset", None)
            yield _Range(main, sub, asked, frozenset(parameters.items()), quality)
