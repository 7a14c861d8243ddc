"""Where words stand in a source, as evidence that can be pasted into a file of the content."""

from collections.abc import Iterator
from dataclasses import dataclass

from metropolis_kg.curation.citations import Citation, Page
from metropolis_kg.curation.evidence_turtle import evidence_turtle, free_names
from metropolis_kg.model.evidence import Quote
from metropolis_kg.model.passages import Passage, nearest
from metropolis_kg.model.selectors import Difference, Lookalike, locate, lookalikes
from metropolis_kg.model.sentences import Span, around, sentences
from metropolis_kg.model.whole_words import occurrences_as_words

DEFAULT_LANGUAGE = "de"
"""Of a text that is the source of no page: that of the pages so far."""


@dataclass(frozen=True)
class Source:
    """Where words are looked for."""

    text: str
    page: Page | None
    """The page whose source it is: it gives names that are free, and the language."""

    text_kind: str | None = None
    """In which part of the page the words stand, such as ``mkg:Caption``."""


@dataclass(frozen=True)
class Occurrence:
    """Words at one place of a source."""

    quote: Quote
    span: Span
    sentence: str
    within_a_word: bool
    """Whether the quote begins or ends within a word."""

    differences: tuple[Difference, ...]
    """In what the words differ from those typed."""

    already: tuple[Citation, ...]
    """Evidence that quotes these very words at this place."""

    nearby: tuple[Citation, ...]
    """Evidence that quotes other words of the sentence."""

    turtle: str


@dataclass(frozen=True)
class Found:
    """What became of looking for words."""

    words: str
    occurrences: tuple[Occurrence, ...]
    passage: Passage | None
    """What is nearest, where the words do not occur in any way."""

    @property
    def as_typed(self) -> bool:
        """Whether the words occur just as they were given."""
        return bool(self.occurrences) and not self.occurrences[0].differences


def search(words: str, source: Source) -> Found:
    """Return where ``words`` stand in a source; where they do not, what looks like them, or the nearest passage."""
    return _Search(words, source).found()


class _Search:
    def __init__(self, words: str, source: Source) -> None:
        self._words, self._source, self._text, self._page = words, source, source.text, source.page
        self._language = source.page.language if source.page else DEFAULT_LANGUAGE
        self._sentences = sentences(source.text, self._language)

    def found(self) -> Found:
        looks = [Lookalike(quote, ()) for quote in locate(self._words, self._text)] or lookalikes(
            self._words, self._text
        )
        names = free_names(self._page, self._words, len(looks))
        occurrences = tuple(self._occurrence(each, name) for each, name in zip(looks, names, strict=True))
        return Found(self._words, occurrences, None if occurrences else self._nearest())

    def _nearest(self) -> Passage | None:
        return nearest(self._words, self._text, self._sentences, self._language)

    def _occurrence(self, each: Lookalike, name: str) -> Occurrence:
        span = each.quote.span or Span(0, 0)
        sentence = around(span, self._sentences) or span
        already = tuple(self._cited(span, same=True))
        return Occurrence(
            each.quote,
            span,
            self._text[sentence.start : sentence.end],
            within_a_word=span.start not in occurrences_as_words(Quote(each.quote.exact), self._text),
            differences=each.differences,
            already=already,
            nearby=tuple(each for each in self._cited(sentence, same=False) if each not in already),
            turtle=evidence_turtle(name, each.quote, self._language, self._source.text_kind),
        )

    def _cited(self, span: Span, *, same: bool) -> Iterator[Citation]:
        """Yield the evidence that quotes what stands at ``span``, or else anything that touches it."""
        for citation, quote in self._page.quoted if self._page else ():
            if quote.span and (quote.span == span if same else quote.span.touches(span)):
                yield citation
