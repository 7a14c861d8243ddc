"""Quotes as whole words: “141” does not stand in “1141”, nor “Präsident” in “Kopräsident”."""

import re

from metropolis_kg.model.evidence import Quote, occurrences

_JOINED = re.compile(r"\w\w|\d[.,:]\d")
"""Two characters, or three, that belong to one word or number."""


def occurrences_as_words(quote: Quote, text: str) -> list[int]:
    """Return the positions of ``occurrences`` at which the quote does not begin or end within a word or number.

    In “1141 Städte” and “141.000 Städte” the quote “141” does not occur; the quote's own prefix and suffix may say that
    it is part of a word.
    """
    return [start for start in occurrences(quote, text) if _begins(quote, text, start) and _ends(quote, text, start)]


def _begins(quote: Quote, text: str, start: int) -> bool:
    joined = _JOINED.match(text[max(0, start - 2) : start + 1][::-1])
    return not joined or bool(_JOINED.match((quote.prefix + quote.exact[:1])[::-1]))


def _ends(quote: Quote, text: str, start: int) -> bool:
    end = start + len(quote.exact)
    joined = _JOINED.match(text[end - 1 : end + 2])
    return not joined or bool(_JOINED.match(quote.exact[-1:] + quote.suffix))
