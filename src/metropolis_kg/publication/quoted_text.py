"""A source as far as it is quoted: the passages that its quotes make together, and the gaps between them.

The graph holds no text of a source, only quotes of it with their positions (Unicode code points from 0). What no quote
has is not known here, and is told as a gap of so many characters.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby, pairwise
from typing import NamedTuple

from metropolis_kg.model.evidence import Quote

_SPACE = re.compile(r"\s+")
_LONGEST_REST = 20
"""Characters from which on a part without blanks is taken for text of a script that has none."""


@dataclass(frozen=True)
class Quotation:
    """A quote of the source, the evidence that gives it, and the claims that rest on it."""

    evidence: str
    quote: Quote
    claims: tuple[str, ...] = ()
    language: str | None = None

    @property
    def start(self) -> int:
        """Where it starts; 0 where no position is given."""
        return self.quote.start or 0

    @property
    def end(self) -> int:
        """Where it ends, exclusive."""
        return self.start + len(self.quote.exact)


@dataclass(frozen=True)
class Segment:
    """Words of a passage that the same quotations have."""

    text: str
    quotations: tuple[Quotation, ...]


@dataclass(frozen=True)
class QuotedPassage:
    """Characters of the source without a gap, as quotes that overlap or adjoin give them together."""

    start: int
    text: str
    quotations: tuple[Quotation, ...]
    """In the order of the text; of those that start together, the longest first."""

    gap: int = 0
    """How many characters before it, back to the passages before it or the beginning of the source, no quote has."""

    otherwise: bool = False
    """Whether passages before it have some of its characters too, as other words or not as the only ones."""

    @property
    def end(self) -> int:
        """Where it ends, exclusive."""
        return self.start + len(self.text)

    @property
    def segments(self) -> list[Segment]:
        """Its text, divided wherever a quotation starts or ends."""
        ends = sorted({at for each in self.quotations for at in (each.start, each.end)})
        return [
            Segment(
                self.text[start - self.start : end - self.start],
                tuple(each for each in self.quotations if each.start <= start and end <= each.end),
            )
            for start, end in pairwise(ends)
        ]

    def agrees(self, start: int, words: str) -> bool:
        """Return whether it has the same characters as ``words``, which start within it or at its end, at ``start``."""
        common = self.text[start - self.start :]
        return words.startswith(common) or common.startswith(words)

    def joined(self, quotations: tuple[Quotation, ...]) -> "QuotedPassage":
        """Return it with quotations of the same words, which start within it or at its end, and agree with it."""
        first = quotations[0]
        text = self.text + first.quote.exact[self.end - first.start :]
        return replace(self, text=text, quotations=(*self.quotations, *quotations))


@dataclass(frozen=True)
class Piece:
    """Words of the source; or, where ``gap`` is not 0, so many characters that no quote has, without words."""

    text: str = ""
    gap: int = 0
    cut: bool = False
    """Whether quoted words go on at its outer end, beyond the reach asked for."""


@dataclass(frozen=True)
class Context:
    """A quote and what is known to stand around it: ``before``, ``prefix``, the quote, ``suffix``, ``after``."""

    quotation: Quotation
    before: tuple[Piece, ...] = ()
    after: tuple[Piece, ...] = ()
    prefix: str = ""
    """What stands immediately before it, as its evidence says to tell it apart, and no other quote has."""

    suffix: str = ""


class Stretch(NamedTuple):
    """Characters from ``start`` to ``end``, end exclusive."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class QuotedText:
    """A source as far as it is quoted, in the order of its text."""

    passages: tuple[QuotedPassage, ...]
    unplaced: tuple[Quotation, ...]
    """Those without a position, by their words."""

    @property
    def quoted(self) -> int:
        """How many characters of the source, from its beginning, at least one quote has."""
        return self.reached - sum(passage.gap for passage in self.passages)

    @property
    def reached(self) -> int:
        """Where the last quote ends: the source has at least so many characters."""
        return max((passage.end for passage in self.passages), default=0)

    def around(self, evidence: str, reach: int) -> Context:
        """Return the quote of ``evidence`` (an IRI) with what is quoted within ``reach`` characters of it on each side.

        A gap that begins within the reach is told with its whole length. Where the reach ends, words are cut, between
        two of them if there are several.
        Of passages that have other words for the same characters than the quote's own, nothing is told.

        Raises KeyError where no quotation has this evidence.
        """
        at, quotation = self._places[evidence]
        quote = quotation.quote
        if at is None:
            return Context(quotation, prefix=quote.prefix, suffix=quote.suffix)
        start, end = quotation.start, quotation.end
        earlier, later = list(self._earlier(at, start, start - reach)), list(self._later(at, end, end + reach))
        free_before = start - (earlier[0].end if earlier else 0)
        prefix = quote.prefix[max(0, len(quote.prefix) - free_before) :]
        suffix = quote.suffix[: later[0].start - end] if later else quote.suffix
        before = tuple(_outwards_before(earlier, start - len(prefix), start - reach))
        after = tuple(_outwards_after(later, end + len(suffix), end + reach))
        return Context(quotation, before[::-1], after, prefix, suffix)

    @cached_property
    def _places(self) -> dict[str, tuple[int | None, Quotation]]:
        placed = ((at, each) for at, passage in enumerate(self.passages) for each in passage.quotations)
        return {each.evidence: (at, each) for at, each in [*((None, each) for each in self.unplaced), *placed]}

    def _earlier(self, at: int, edge: int, limit: int) -> Iterator[Stretch]:
        """Yield the quoted words before ``edge``, which is in the passage ``at``, the nearest first, past ``limit``."""
        own = self.passages[at]
        if own.start < edge:
            yield Stretch(own.start, edge, own.text[: edge - own.start])
        edge = own.start
        for passage in (self.passages[other] for other in range(at - 1, -1, -1)):
            if passage.end <= edge:
                yield Stretch(passage.start, passage.end, passage.text)
                edge = passage.start
            if edge <= limit:
                return

    def _later(self, at: int, edge: int, limit: int) -> Iterator[Stretch]:
        """Yield the quoted words after ``edge``, which is in the passage ``at``, the nearest first, past ``limit``."""
        own = self.passages[at]
        if edge < own.end:
            yield Stretch(edge, own.end, own.text[edge - own.start :])
        edge = own.end
        for passage in (self.passages[other] for other in range(at + 1, len(self.passages))):
            if edge <= passage.start:
                yield Stretch(passage.start, passage.end, passage.text)
                edge = passage.end
            if edge >= limit:
                return


def quoted_text(quotations: Iterable[Quotation], told: int = 0) -> QuotedText:
    """Return the source as far as ``quotations`` quote it; the answer does not depend on their order.

    The first ``told`` characters of the source are told elsewhere, and not counted as a gap.

    Quotes that overlap or adjoin make one passage where they have the same characters in common and there is only one
    passage that they can belong to; quotes of other words for the same characters stay apart.
    """
    ordered = sorted(quotations, key=lambda each: (*_wording(each), each.evidence))
    passages: list[QuotedPassage] = []
    near: list[int] = []
    for (start, _, exact), alike in groupby((each for each in ordered if each.quote.span), key=_wording):
        near = [at for at in near if passages[at].end >= start]
        home = _home(passages, near, start, exact)
        if home is None:
            near.append(len(passages))
            passages.append(QuotedPassage(start, exact, tuple(alike)))
        else:
            passages[home] = passages[home].joined(tuple(alike))
    return QuotedText(tuple(_with_gaps(passages, told)), tuple(each for each in ordered if not each.quote.span))


def _wording(quotation: Quotation) -> tuple[int, int, str]:
    return quotation.start, -len(quotation.quote.exact), quotation.quote.exact


def _home(passages: list[QuotedPassage], near: list[int], start: int, words: str) -> int | None:
    """Return the one of the passages ``near`` that ``words``, which start at ``start``, belong to; none if not one."""
    agreeing = [at for at in near if passages[at].agrees(start, words)]
    sharing = [at for at in agreeing if passages[at].end > start]
    fitting = sharing or agreeing
    return fitting[0] if len(fitting) == 1 else None


def _with_gaps(passages: list[QuotedPassage], reached: int) -> Iterator[QuotedPassage]:
    for passage in passages:
        yield replace(passage, gap=max(0, passage.start - reached), otherwise=passage.start < reached)
        reached = max(reached, passage.end)


def _outwards_before(words: Iterable[Stretch], edge: int, limit: int) -> Iterator[Piece]:
    """Yield what stands before ``edge``, the nearest first, words as far as ``limit``."""
    for start, end, text in words:
        if edge <= limit:
            return
        if end < edge:
            yield Piece(gap=edge - end)
        if end <= limit:
            return
        yield _last_words(text, end - limit)
        edge = start
    if edge > max(0, limit):
        yield Piece(gap=edge)


def _outwards_after(words: Iterable[Stretch], edge: int, limit: int) -> Iterator[Piece]:
    """Yield what stands from ``edge`` on, the nearest first, words as far as ``limit``."""
    for start, end, text in words:
        if edge >= limit:
            return
        if edge < start:
            yield Piece(gap=start - edge)
        if start >= limit:
            return
        yield _first_words(text, limit - start)
        edge = end


def _last_words(text: str, room: int) -> Piece:
    if len(text) <= room:
        return Piece(text)
    part = text[len(text) - room :]
    if text[len(text) - room - 1].isspace():
        return Piece(part, cut=True)
    space = _SPACE.search(part)
    return Piece(part[space.end() :] if space else _long(part), cut=True)


def _first_words(text: str, room: int) -> Piece:
    if len(text) <= room:
        return Piece(text)
    part = text[:room]
    if text[room].isspace():
        return Piece(part, cut=True)
    spaces = list(_SPACE.finditer(part))
    return Piece(part[: spaces[-1].start()] if spaces else _long(part), cut=True)


def _long(part: str) -> str:
    """Return part of a text without blanks, unless it is the rest of a mere word, which says nothing."""
    return part if len(part) >= _LONGEST_REST else ""
