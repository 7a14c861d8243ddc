"""Which sentences of a page carry claims, and which claims rest on no sentence of it."""

from dataclasses import dataclass

from metropolis_kg.curation.citations import Claim, Page
from metropolis_kg.model.evidence import occurrences
from metropolis_kg.model.sentences import Span, sentences


@dataclass(frozen=True)
class CoveredSentence:
    """A sentence of the page, with the claims that rest on words of it."""

    span: Span
    words: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Coverage:
    """The sentences of a page, and how much of it is quoted."""

    page: Page
    sentences: tuple[CoveredSentence, ...]
    quoted: int
    """Characters of the sentences that at least one quote has."""

    @property
    def silent(self) -> list[CoveredSentence]:
        """The sentences that carry no claim."""
        return [sentence for sentence in self.sentences if not sentence.claims]

    @property
    def without_sentence(self) -> list[Claim]:
        """The claims of the page that rest on no sentence of it."""
        resting = {claim.name for sentence in self.sentences for claim in sentence.claims}
        return [claim for claim in self.page.claims if claim.name not in resting]

    @property
    def characters(self) -> int:
        """The characters of all sentences."""
        return sum(sentence.span.end - sentence.span.start for sentence in self.sentences)


def cover(page: Page, text: str) -> Coverage:
    """Return which sentences of ``text``, which is that of ``page``, carry which of its claims.

    A quote counts where it stands as it says; one that the text does not have at its position carries nothing.
    """
    standing = [
        (quote.span, citation.claims)
        for citation, quote in page.quoted
        if quote.span and quote.start in occurrences(quote, text)
    ]
    covered = [
        CoveredSentence(span, text[span.start : span.end], _claims(span, standing))
        for span in sentences(text, page.language)
    ]
    quoted = {at for span, _ in standing for at in range(*span)}
    within = sum(at in quoted for sentence in covered for at in range(*sentence.span))
    return Coverage(page, tuple(covered), within)


def _claims(sentence: Span, standing: list[tuple[Span, tuple[Claim, ...]]]) -> tuple[Claim, ...]:
    found = (claim for span, claims in standing if span.touches(sentence) for claim in claims)
    return tuple({claim.name: claim for claim in found}.values())
