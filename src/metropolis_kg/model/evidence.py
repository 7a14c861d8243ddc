"""Quotes and their positions in a source text (Web Annotation Data Model, sections 4.2.4 and 4.2.5).

Positions count Unicode code points from 0, end exclusive.
"""

import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from metropolis_kg.model.sentences import Span

_CONTEXT = 30
"""How many characters before and after a quote are shown at most."""


@dataclass(frozen=True)
class Quote:
    """Words of a source: exact text, where it starts, and what stands before and after it where that is needed."""

    exact: str
    start: int | None = None
    prefix: str = ""
    suffix: str = ""

    @property
    def span(self) -> Span | None:
        """The positions of the words; none where no position is given."""
        return None if self.start is None else self.span_at(self.start)

    def span_at(self, start: int) -> Span:
        """Return the positions of the words where they start at ``start``."""
        return Span(start, start + len(self.exact))


def occurrences(quote: Quote, text: str) -> list[int]:
    """Return every position at which the quote stands in ``text`` between its prefix and suffix."""
    needle = quote.prefix + quote.exact + quote.suffix
    found, at = [], text.find(needle)
    while at >= 0:
        found.append(at + len(quote.prefix))
        at = text.find(needle, at + 1)
    return found


class QuoteFault(NamedTuple):
    """What is wrong with a quote: the kind, a code of the table of faults, and the facts of the case."""

    code: str
    facts: dict[str, object]


def fault(quote: Quote, text: str) -> QuoteFault | None:
    """Return what is wrong with the quote in ``text``, and what would be right; none where it stands as it says."""
    places = occurrences(quote, text)
    if not places:
        return _not_found(quote, text)
    where: dict[str, object] = {
        "exact": quote.exact,
        "start": quote.start,
        "place": places[0],
        "places": ", ".join(map(str, places)),
    }
    if quote.start not in places:
        return QuoteFault("quote-unplaced" if quote.start is None else "quote-elsewhere", where)
    if len(places) > 1:
        around = _around(quote, text, quote.start)
        return QuoteFault("quote-ambiguous", {"exact": quote.exact, "count": len(places), **around})
    return None


def digest(content: bytes) -> str:
    """Return the SHA-256 of a source's bytes as lower-case hexadecimal digits."""
    return sha256(content).hexdigest()


def _not_found(quote: Quote, text: str) -> QuoteFault:
    exact = occurrences(Quote(quote.exact), text)
    if exact:
        place = quote.start if quote.start in exact else exact[0]
        places = ", ".join(map(str, exact))
        return QuoteFault("quote-context", {"exact": quote.exact, "places": places, **_around(quote, text, place)})
    if quote.start is None or not 0 <= quote.start < len(text):
        return QuoteFault("quote-not-found", {"exact": quote.exact})
    if alike := _look_alike(quote.exact, text[quote.start :]):
        return QuoteFault("quote-looks-alike", {"exact": quote.exact, "start": quote.start, **alike})
    found = text[quote.start : quote.start + len(quote.exact)]
    return QuoteFault("quote-otherwise", {"exact": quote.exact, "start": quote.start, "found": found})


def _look_alike(exact: str, text: str) -> dict[str, object] | None:
    """Return the first characters that differ where ``text`` begins with what only looks like ``exact``."""
    lengths = {len(unicodedata.normalize(form, exact)) for form in ("NFC", "NFD")} | {len(exact)}
    if not any(_seen(text[:length]) == _seen(exact) for length in lengths):
        return None
    written, found = next((pair for pair in zip(exact, text, strict=False) if pair[0] != pair[1]), (exact[-1], ""))
    return {"written": _named(written), "found": _named(found)}


def _seen(text: str) -> str:
    blanks = (" " if unicodedata.category(each) == "Zs" else each for each in unicodedata.normalize("NFC", text))
    return "".join(blanks)


def _named(character: str) -> str:
    return f"U+{ord(character):04X} ({unicodedata.name(character, '…')})" if character else "…"


def _around(quote: Quote, text: str, start: int) -> dict[str, object]:
    """Return some words before and after, on the same line."""
    end = start + len(quote.exact)
    before = text[:start].rpartition("\n")[2]
    after = text[end:].partition("\n")[0]
    return {
        "before": before if len(before) <= _CONTEXT else before[-_CONTEXT:].partition(" ")[2],
        "after": after if len(after) <= _CONTEXT else after[:_CONTEXT].rpartition(" ")[0],
    }
