"""Finding words in a text, and the shortest surroundings that tell one occurrence from the others.

What stands before and after is cut between words, so that a person can read it. Words that are not found as typed are
looked for again with everything folded that typing loses: typographic quotation marks and dashes, soft hyphens, forms
of Unicode, line breaks and other space, capitals.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from metropolis_kg.model.evidence import Quote, occurrences
from metropolis_kg.model.sentences import Span

_BEFORE = re.compile(r"\s*\S+\s*$|\s+$")
_AFTER = re.compile(r"\s*\S+")
_AROUND = 200
"""Characters looked at on each side, at most, to tell occurrences apart."""

_QUOTATION_MARKS = str.maketrans(dict.fromkeys("„“”‟«»", '"') | dict.fromkeys("‚‘’‛‹›`´", "'"))
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


class Difference(Enum):
    """In what words differ from those of a text that look like them."""

    INVISIBLE = "invisible"
    SPACE = "space"
    QUOTATION_MARKS = "quotation-marks"
    DASHES = "dashes"
    UNICODE = "unicode"
    CAPITALS = "capitals"


@dataclass(frozen=True)
class Lookalike:
    """Words of a text that are those sought, but for how they are written."""

    quote: Quote
    differences: tuple[Difference, ...]


def locate(words: str, text: str) -> list[Quote]:
    """Return every occurrence of ``words`` with its position and the shortest prefix and suffix that tell it apart."""
    starts = occurrences(Quote(words), text)
    return [_told_apart(words, start, starts, text) for start in starts]


def lookalikes(words: str, text: str) -> list[Lookalike]:
    """Return the occurrences of words that differ from ``words`` only as ``Difference`` says."""
    sought, folded = _Folded(words).text.strip(), _fold(text)
    spans = [folded.original(start, len(sought)) for start in occurrences(Quote(sought), folded.text)] if sought else []
    written = {text[span.start : span.end] for span in spans}
    located = {quote.start: quote for each in sorted(written) for quote in locate(each, text)}
    found = (located[span.start] for span in spans if span.start in located)
    return [Lookalike(quote, tuple(_differences(words, quote.exact))) for quote in found]


def _told_apart(words: str, start: int, starts: list[int], text: str) -> Quote:
    others = [other for other in starts if other != start]
    befores = list(_growing_before(text[max(0, start - _AROUND) : start]))
    afters = list(_growing_after(text[start + len(words) : start + len(words) + _AROUND]))
    pairs = ((before, after) for before in befores for after in afters)
    for before, after in sorted(pairs, key=lambda pair: (len(pair[0]) + len(pair[1]), len(pair[1]))):
        quote = Quote(words, start, before, after)
        if not any(_fits(quote, other, text) for other in others):
            return quote
    return Quote(words, start, befores[-1], afters[-1])


def _fits(quote: Quote, start: int, text: str) -> bool:
    return text.endswith(quote.prefix, 0, start) and text.startswith(quote.suffix, start + len(quote.exact))


def _growing_before(text: str) -> Iterator[str]:
    at = len(text)
    yield ""
    while match := _BEFORE.search(text, 0, at):
        at = match.start()
        yield text[at:].lstrip()


def _growing_after(text: str) -> Iterator[str]:
    yield ""
    for match in _AFTER.finditer(text):
        yield text[: match.end()]


class _Folded:
    """A text with everything folded that typing loses, and where each character came from."""

    def __init__(self, text: str) -> None:
        characters: list[str] = []
        self._origins: list[int] = []
        for origin, character in enumerate(text):
            for part in _folded(character):
                if part == " " and characters and characters[-1] == " ":
                    continue
                characters.append(part)
                self._origins.append(origin)
        self.text = "".join(characters)

    def original(self, start: int, length: int) -> Span:
        """Return the positions in the text as it was, of ``length`` characters of the folded text from ``start``."""
        return Span(self._origins[start], self._origins[start + length - 1] + 1)


@lru_cache(maxsize=4)
def _fold(text: str) -> _Folded:
    return _Folded(text)


def _folded(character: str) -> str:
    if character.isspace():
        return " "
    plain = character.translate(_INVISIBLE).translate(_QUOTATION_MARKS).translate(_DASHES)
    return unicodedata.normalize("NFD", plain.casefold())


_FOLDS: dict[Difference, Callable[[str], str]] = {
    Difference.INVISIBLE: lambda text: text.translate(_INVISIBLE),
    Difference.SPACE: lambda text: " ".join(text.split()),
    Difference.QUOTATION_MARKS: lambda text: text.translate(_QUOTATION_MARKS),
    Difference.DASHES: lambda text: text.translate(_DASHES),
    Difference.UNICODE: lambda text: unicodedata.normalize("NFC", text),
    Difference.CAPITALS: str.casefold,
}


def _differences(words: str, written: str) -> Iterator[Difference]:
    """Yield each difference without whose folding the two would not be equal."""
    for left_out in Difference:
        folded = [words, written]
        for difference, fold in _FOLDS.items():
            if difference is not left_out:
                folded = [fold(each) for each in folded]
        if folded[0] != folded[1]:
            yield left_out
