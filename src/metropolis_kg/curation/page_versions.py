"""What became of a page's quotes in a newer text of the page.

Words that merely moved are no loss, even where what stands before and after them has changed. Where the text as it was
is at hand, a quote is looked for in the sentence that took the place of its own; without it the longest quote around
the words stands for their sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import takewhile

from metropolis_kg.curation.citations import Citation, Claim, Page
from metropolis_kg.model.evidence import Quote
from metropolis_kg.model.passages import NumberChange, Passage, changes, nearest, number_changes, resemblance
from metropolis_kg.model.selectors import Difference, lookalikes
from metropolis_kg.model.sentences import Span, around, sentences
from metropolis_kg.model.whole_words import occurrences_as_words

_AROUND = 100
"""Characters looked at on each side, to tell one place from another."""

_OTHER = 0.5
"""A sentence that has less than this share of another is another sentence."""


class Fate(Enum):
    """What became of a quote."""

    SAME = "same"
    MOVED = "moved"
    AMBIGUOUS = "ambiguous"
    WRITTEN_OTHERWISE = "written-otherwise"
    """Other quotation marks, dashes, spaces or capitals, and nothing else: the same words."""

    LOST = "lost"


@dataclass(frozen=True)
class Finding:
    """A quote of the page, and what became of it in the newer text."""

    citation: Citation
    quote: Quote
    fate: Fate
    places: tuple[int, ...]
    """Where the words stand in the newer text; none where they are lost."""

    surroundings_fit: bool
    """Whether prefix and suffix still stand around the words."""

    elsewhere: bool
    """Whether the words now stand in a sentence that has little of the one they stood in."""

    passage: Passage | None
    """For words that are lost or written otherwise, what is nearest to them, where there is anything."""

    numbers: tuple[NumberChange, ...]
    """For lost words the numbers that changed."""

    differences: tuple[Difference, ...] = ()
    """In what words differ that are written otherwise."""


@dataclass(frozen=True)
class ChangedNumbers:
    """Numbers that changed in a sentence, and the claims that rested on lost words of it."""

    sentence: str
    """As the newer text has it; as it was where nothing is like it any more."""

    numbers: tuple[NumberChange, ...]
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class VersionComparison:
    """A page, compared with a newer text of it."""

    findings: tuple[Finding, ...]
    """Of every quote, in the order of the page."""

    numbers: tuple[ChangedNumbers, ...]
    """Sentences in which numbers changed; where the text as it was is not at hand, only those of lost quotes."""

    def of(self, fate: Fate) -> list[Finding]:
        """Return the findings of one kind."""
        return [finding for finding in self.findings if finding.fate is fate]

    @property
    def concerned(self) -> list[Claim]:
        """The claims of which at least one quote is lost, each once."""
        return list({claim.name: claim for finding in self.of(Fate.LOST) for claim in finding.citation.claims}.values())


def compare_versions(page: Page, new: str, old: str | None) -> VersionComparison:
    """Return what became of the quotes of ``page`` in the text ``new``; ``old`` is its text as it was, if at hand."""
    return _Comparer(page, new, old).compare()


class _Comparer:
    def __init__(self, page: Page, new: str, old: str | None) -> None:
        self._page, self._new, self._old = page, new, old
        self._sentences = sentences(new, page.language)
        self._old_sentences = sentences(old, page.language) if old is not None else []

    def compare(self) -> VersionComparison:
        findings = tuple(self._finding(citation, quote) for citation, quote in self._page.quoted)
        return VersionComparison(findings, tuple(self._numbers(findings)))

    def _finding(self, citation: Citation, quote: Quote) -> Finding:
        fitting = occurrences_as_words(quote, self._new)
        places = self._own(quote, fitting or occurrences_as_words(Quote(quote.exact), self._new))
        if not places:
            return self._written_otherwise(citation, quote) or self._lost(citation, quote)
        return Finding(
            citation,
            quote,
            _fate(quote, places),
            tuple(places),
            surroundings_fit=bool(fitting),
            elsewhere=len(places) == 1 and self._is_elsewhere(quote, places[0]),
            passage=None,
            numbers=(),
        )

    def _written_otherwise(self, citation: Citation, quote: Quote) -> Finding | None:
        """Return what became of the quote where the text has it once, but for how it is written.

        A single word in other capitals is another word: “use” and “USE”.
        """
        found = lookalikes(quote.exact, self._new)
        if len(found) != 1 or (Difference.CAPITALS in found[0].differences and len(quote.exact.split()) == 1):
            return None
        written = found[0].quote
        span = written.span or Span(0, 0)
        if not self._own(quote, [start for start in occurrences_as_words(written, self._new) if start == span.start]):
            return None
        passage = Passage(span, written.exact, changes(quote.exact, written.exact))
        return Finding(
            citation,
            quote,
            Fate.WRITTEN_OTHERWISE,
            (span.start,),
            surroundings_fit=not quote.prefix and not quote.suffix,
            elsewhere=self._is_elsewhere(quote, span.start),
            passage=passage,
            numbers=(),
            differences=found[0].differences,
        )

    def _lost(self, citation: Citation, quote: Quote) -> Finding:
        passage = self._nearest(quote)
        numbers = self._numbers_of(quote, passage) if passage else ()
        return Finding(
            citation, quote, Fate.LOST, (), surroundings_fit=False, elsewhere=False, passage=passage, numbers=numbers
        )  # fmt: skip

    def _own(self, quote: Quote, places: Sequence[int]) -> list[int]:
        """Return ``places`` without those that were there before, beside the place that is quoted."""
        if self._old is None or quote.span is None or list(places) == [quote.start]:
            return list(places)
        own, *others = (_surroundings(span, self._old) for span in self._places_before(quote, quote.span, self._old))
        now = {at: _surroundings(quote.span_at(at), self._new) for at in places}
        return [at for at in places if all(_kept(own, now[at]) >= _kept(other, now[at]) for other in others)]

    def _places_before(self, quote: Quote, own: Span, old: str) -> list[Span]:
        """Return where the words stood, in whatever way they were written; the place that is quoted first."""
        spans = (each.quote.span for each in lookalikes(quote.exact, old))
        return [own, *(span for span in spans if span and span.start != own.start)]

    def _numbers_of(self, quote: Quote, passage: Passage) -> tuple[NumberChange, ...]:
        sentence = _sentence(passage.span, self._sentences, self._new)
        return tuple(number_changes(quote.exact, passage.words, self._sentence_of(quote), sentence))

    def _nearest(self, quote: Quote) -> Passage | None:
        return nearest(quote.exact, self._new, self._sentences, self._page.language, self._sentence_of(quote))

    def _sentence_of(self, quote: Quote) -> str:
        if quote.span and self._old is not None:
            return _sentence(quote.span, self._old_sentences, self._old)
        around_it = (each.exact for _, each in self._page.quoted if _contains(each, quote))
        return max(around_it, key=len, default=quote.exact)

    def _is_elsewhere(self, quote: Quote, place: int) -> bool:
        if self._old is None or quote.span is None:
            return False
        sentence = _sentence(quote.span_at(place), self._sentences, self._new)
        return resemblance(self._sentence_of(quote), sentence) < _OTHER

    def _numbers(self, findings: Sequence[Finding]) -> list[ChangedNumbers]:
        lost = [finding for finding in findings if finding.fate is Fate.LOST]
        if self._old is None:
            return _merged([self._of_quote(each, each.passage) for each in lost if each.passage and each.numbers])
        return [found for span in self._old_sentences for found in self._of_sentence(span, self._old, lost)]

    def _of_quote(self, finding: Finding, passage: Passage) -> ChangedNumbers:
        sentence = _sentence(passage.span, self._sentences, self._new)
        return ChangedNumbers(sentence, finding.numbers, finding.citation.claims)

    def _of_sentence(self, span: Span, old: str, lost: Sequence[Finding]) -> list[ChangedNumbers]:
        was = old[span.start : span.end]
        if was in self._new:
            return []
        passage = nearest(was, self._new, self._sentences, self._page.language)
        now = _sentence(passage.span, self._sentences, self._new) if passage else ""
        changed = tuple(number_changes(was, now))
        within = [each for each in lost if each.quote.span and each.quote.span.touches(span)]
        claims = {claim.name: claim for each in within for claim in each.citation.claims}
        return [ChangedNumbers(now or was, changed, tuple(claims.values()))] if changed else []


def _fate(quote: Quote, places: Sequence[int]) -> Fate:
    if len(places) > 1:
        return Fate.AMBIGUOUS
    return Fate.SAME if quote.start in (None, places[0]) else Fate.MOVED


def _surroundings(span: Span, text: str) -> tuple[str, str]:
    """Return what stands before, read backwards, and after."""
    return text[max(0, span.start - _AROUND) : span.start][::-1], text[span.end : span.end + _AROUND]


def _kept(before: tuple[str, str], now: tuple[str, str]) -> int:
    """Return how many characters next to the words are the same."""
    return sum(_alike(*sides) for sides in zip(before, now, strict=True))


def _alike(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _sentence(part: Span, spans: Sequence[Span], text: str) -> str:
    whole = around(part, spans) or part
    return text[whole.start : whole.end]


def _contains(quote: Quote, inner: Quote) -> bool:
    whole, part = quote.span, inner.span
    return bool(whole and part and whole.start <= part.start and part.end <= whole.end)


def _merged(found: Sequence[ChangedNumbers]) -> list[ChangedNumbers]:
    """Return one for each sentence, with the numbers and claims of all that are of it."""
    merged: dict[str, ChangedNumbers] = {}
    for each in found:
        same = merged.get(each.sentence, each)
        numbers = dict.fromkeys((*same.numbers, *each.numbers))
        claims = {claim.name: claim for claim in (*same.claims, *each.claims)}
        merged[each.sentence] = ChangedNumbers(each.sentence, tuple(numbers), tuple(claims.values()))
    return list(merged.values())
