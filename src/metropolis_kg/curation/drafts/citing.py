"""Where a quote stands in the text of its source, and what tells it from the same words elsewhere."""

import re

from metropolis_kg.curation.drafts.words import DraftError
from metropolis_kg.model.evidence import Quote, occurrences

_SHOWN = 20
"""Characters shown on each side of a place."""

_FAR = 200
"""Characters within which the next word is looked for."""

_LAST_WORD, _FIRST_WORD = re.compile(r"\S+\s*\Z"), re.compile(r"\s*\S+")


def locate(words: str, text: str, start: int | None = None) -> Quote:
    """Return ``words`` with their position in ``text``, and with what stands around them where they stand twice.

    ``start`` chooses one place of several. Raises DraftError where the words do not stand in the text, stand not at
    ``start``, or stand in several places and none is chosen.
    """
    places = occurrences(Quote(words), text)
    if not places:
        raise DraftError("not_in_text", quote=words)
    if start is None and len(places) > 1:
        raise DraftError("several", count=len(places), places=", ".join(shown(place, words, text) for place in places))
    chosen = places[0] if start is None else start
    if chosen not in places:
        raise DraftError("elsewhere", start=start, places=", ".join(map(str, places)))
    return _distinguished(words, text, chosen)


def shown(place: int, words: str, text: str) -> str:
    """Return a place of ``words`` with what stands around it on the line."""
    end = place + len(words)
    before = text[max(0, place - _SHOWN) : place].rpartition("\n")[2]
    after = text[end : end + _SHOWN].partition("\n")[0]
    return f"{place} (…{before}[{words[:_SHOWN]}]{after}…)"


def _distinguished(words: str, text: str, start: int) -> Quote:
    """Return the quote with as many words before and after as make it the only one."""
    end = start + len(words)
    before, after = start, end
    while True:
        quote = Quote(words, start, text[before:start], text[end:after])
        if len(occurrences(quote, text)) == 1:
            return quote
        before, after = _word_before(text, before), _word_after(text, after)


def _word_before(text: str, position: int) -> int:
    first = max(0, position - _FAR)
    word = _LAST_WORD.search(text[first:position])
    return first + word.start() if word else first


def _word_after(text: str, position: int) -> int:
    word = _FIRST_WORD.match(text[position : position + _FAR])
    return position + word.end() if word else min(len(text), position + _FAR)
