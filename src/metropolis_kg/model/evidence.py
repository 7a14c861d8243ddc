"""Quotes and their positions in a source text (Web Annotation Data Model, sections 4.2.4 and 4.2.5).

Positions count Unicode code points from 0, end exclusive.
"""

from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True)
class Quote:
    """Words of a source: exact text, where it starts, and what stands before and after it where that is needed."""

    exact: str
    start: int | None = None
    prefix: str = ""
    suffix: str = ""


def occurrences(quote: Quote, text: str) -> list[int]:
    """Return every position at which the quote stands in ``text`` between its prefix and suffix."""
    needle = quote.prefix + quote.exact + quote.suffix
    found, at = [], text.find(needle)
    while at >= 0:
        found.append(at + len(quote.prefix))
        at = text.find(needle, at + 1)
    return found


def fault(quote: Quote, text: str) -> str | None:
    """Return what is wrong with the quote in ``text``, and what would be right; none where it stands as it says."""
    places = occurrences(quote, text)
    if not places:
        return f"the source does not contain “{quote.exact}”{_between(quote)}{_nearest(quote, text)}"
    if quote.start not in places:
        where = " and ".join(map(str, places))
        return f"“{quote.exact}” stands at {where} in the source, not at {quote.start}; correct mkg:startsAt"
    if len(places) > 1:
        return f"“{quote.exact}” stands {len(places)} times in the source; add mkg:quotePrefix or mkg:quoteSuffix"
    return None


def digest(content: bytes) -> str:
    """Return the SHA-256 of a source's bytes as lower-case hexadecimal digits."""
    return sha256(content).hexdigest()


def _between(quote: Quote) -> str:
    parts = [f"after “{quote.prefix}”" * bool(quote.prefix), f"before “{quote.suffix}”" * bool(quote.suffix)]
    return "".join(f" {part}" for part in parts if part)


def _nearest(quote: Quote, text: str) -> str:
    if quote.start is None or not 0 <= quote.start < len(text):
        return ""
    return f"; at {quote.start} it reads “{text[quote.start : quote.start + len(quote.exact)]}”"
