"""What became of words in another version of a text: the passage nearest to them, word by word, and changed numbers."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache
from itertools import pairwise, zip_longest
from typing import NamedTuple

from metropolis_kg.model.sentences import Span, sentences

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|\w+|[^\w\s]")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_FEW, _ALIKE = 3, 0.7
"""Up to so many words are looked for letter by letter too; how alike they have to be (difflib's ratio)."""

_RESEMBLES = 0.4
"""Share of the characters of the words sought that a passage has to have, to be called near."""


class Change(NamedTuple):
    """A run of words: the same in both texts where ``old`` is ``new``; else what one has in place of the other's."""

    old: str
    new: str


@dataclass(frozen=True)
class Passage:
    """The part of a text that is nearest to words sought."""

    span: Span
    words: str
    changes: tuple[Change, ...]
    """From the words sought to those of the passage."""


class NumberChange(NamedTuple):
    """A number that stood in the old words, and the one in its place; none where it has no counterpart."""

    old: str | None
    new: str | None


def nearest(words: str, text: str, among: Sequence[Span], language: str, context: str = "") -> Passage | None:
    """Return the passage of ``text`` that is nearest to ``words``, within as many sentences ``among`` as they have.

    The sentence is that which is most like ``context``, the words' own sentence where it is known. None where none has
    two fifths of them, counted by characters, and no few words are spelt alike.
    """
    for sought in (context, words):
        window = _most_like(sought, text, among, language) if sought else None
        if window:
            return _trimmed(words, text, window)
    return _misspelt(words, text)


def resemblance(words: str, others: str) -> float:
    """Return the share of ``words`` that ``others`` has too, in whatever order, counted by characters, from 0 to 1."""
    sought = _bag(words)
    return _length(sought & _bag(others)) / (_length(sought) or 1)


@lru_cache(maxsize=10_000)
def _bag(text: str) -> Counter[str]:
    return Counter(_tokens(text.casefold()))


def _length(tokens: Counter[str]) -> int:
    return sum(len(token) * count for token, count in tokens.items())


def _most_like(words: str, text: str, among: Sequence[Span], language: str) -> Span | None:
    count = min(len(sentences(words, language)) or 1, len(among))
    windows = [Span(first.start, last.end) for first, last in zip(among, among[count - 1 :], strict=False)]
    shares = [resemblance(words, text[window.start : window.end]) for window in windows]
    best = max(shares, default=0)
    return windows[shares.index(best)] if best >= _RESEMBLES else None


def changes(old: str, new: str) -> tuple[Change, ...]:
    """Return how ``old`` becomes ``new``, word by word; both are whole when their parts are joined.

    >>> changes("Mit 141 Städten", "Mit 144 Städten")
    (Change(old='Mit ', new='Mit '), Change(old='141', new='144'), Change(old=' Städten', new=' Städten'))
    """
    before, after = _pieces(old), _pieces(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    runs = (("".join(before[a:b]), "".join(after[c:d])) for _, a, b, c, d in matcher.get_opcodes())
    return tuple(_joined([Change(a, b) for a, b in runs]))


def _joined(runs: list[Change]) -> Iterator[Change]:
    """Yield the runs, those that nothing but space divides as one."""
    kept: Change | None = None
    for index, run in enumerate(runs):
        divides = run.old == run.new and not run.old.strip() and 0 < index < len(runs) - 1
        if kept and (divides or (run.old == run.new) == (kept.old == kept.new)):
            kept = Change(kept.old + run.old, kept.new + run.new)
            continue
        if kept:
            yield kept
        kept = run
    if kept:
        yield kept


def number_changes(old: str, new: str, old_sentence: str = "", new_sentence: str = "") -> list[NumberChange]:
    """Return which numbers of ``old`` are not in ``new``, each with the one that ``new`` has in its place.

    A number that stands elsewhere in the other's sentence, where sentences are given, has not changed.

    >>> number_changes("141 Städte seit 1985", "Seit 1985 sind es 144 Städte")
    [NumberChange(old='141', new='144')]
    """
    gone, come = _missing(old, new_sentence or new), _missing(new, old_sentence or old)
    return [NumberChange(a, b) for a, b in zip_longest(gone, come)]


def _missing(words: str, others: str) -> list[str]:
    left = Counter(_NUMBER.findall(words)) - Counter(_NUMBER.findall(others))
    return list(left.elements())


def _pieces(text: str) -> list[str]:
    """Return words, marks and the spaces between them, as a list that joins to ``text``."""
    ends = [0, *(at for match in _TOKEN.finditer(text) for at in match.span()), len(text)]
    return [text[start:end] for start, end in pairwise(ends) if start < end]


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def _trimmed(words: str, text: str, window: Span) -> Passage:
    """Return the part of ``window`` from the first to the last word it shares, or all of it where that shares more."""
    inner = _between_shared(words, text, window)
    sentence, part = (text[span.start : span.end] for span in (window, inner))
    if resemblance(words, part) < resemblance(words, sentence):
        inner, part = window, sentence
    return Passage(inner, part, changes(words, part))


def _between_shared(words: str, text: str, window: Span) -> Span:
    places = [match.span() for match in _TOKEN.finditer(text, *window)]
    tokens, sought = [text[start:end] for start, end in places], _tokens(words)
    matching = SequenceMatcher(None, tokens, sought, autojunk=False).get_matching_blocks()
    blocks = [block for block in matching if block.size]
    if not blocks:
        return window
    first = max(0, blocks[0].a - blocks[0].b)
    last = min(len(tokens), blocks[-1].a + len(sought) - blocks[-1].b) - 1
    return Span(places[first][0], places[last][1])


def _misspelt(words: str, text: str) -> Passage | None:
    count = len(_tokens(words))
    if not 0 < count <= _FEW:
        return None
    places = [match.span() for match in _TOKEN.finditer(text)]
    spans = [Span(first[0], last[1]) for first, last in zip(places, places[count - 1 :], strict=False)]
    by_words = {text[span.start : span.end]: span for span in reversed(spans)}
    for found in get_close_matches(words, by_words, n=1, cutoff=_ALIKE):
        return Passage(by_words[found], found, changes(words, found))
    return None
