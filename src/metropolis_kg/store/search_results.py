"""What a search finds, and how well it fits what was sought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from metropolis_kg.model.spelling import edits, folded, has_spellings, plain_words, spellings, words

LONGEST_TEXT = 200
"""Characters of what is sought that are read."""

_MOST_WORDS = 16


@dataclass(frozen=True)
class Found:
    """A thing that was found."""

    iri: str
    labels: Mapping[str, str]
    """Language (``""``: none) → what it is called."""

    kind: str
    """One of ``metropolis_kg.model.kinds.KINDS``."""

    types: tuple[str, ...]
    """IRIs of its classes, in order."""

    matched: str
    """The name that matches best."""

    score: float
    """How alike that name and what is sought are, from 0 to 100."""

    exact: bool
    """Whether they are the same but for case, accents and punctuation."""

    language: str = ""
    """The language of the name that matched; ``""`` where it has none."""

    codes: tuple[str, ...] = ()
    """Identifiers, and IRIs that others have given to it."""

    notes: Mapping[str, str] = field(default_factory=dict)
    """Language → a short text about it."""

    when: str = ""
    """When it was, in EDTF."""

    links: int = 0
    """Statements that point to it."""


@dataclass(frozen=True)
class Results:
    """What was found, or a part of it."""

    total: int
    """How many things there are altogether."""

    total_is_exact: bool
    """False where there may be more."""

    found: list[Found]
    kinds: Mapping[str, int]
    """Kind → how many of the things counted are of it, whichever kind was asked for."""

    is_guess: bool = False
    """Whether nothing has the words as they are written, so that what was found is only near them."""


@dataclass(frozen=True)
class Shelf:
    """Things of a kind in alphabetical order."""

    total: int
    found: list[Found]
    letters: Mapping[str, int]
    """First letter → place, from 0, of the first thing that begins with it."""


class Compared:
    """What is sought, beside the names of things and the words in them."""

    def __init__(self, text: str) -> None:
        """Read the beginning of ``text``."""
        text = text[:LONGEST_TEXT]
        plain = plain_words(text)[:_MOST_WORDS]
        self.words = list(map(folded, plain))
        """Its words, folded."""
        self.whole = folded("".join(plain))
        """All of it without blanks, folded."""
        self.plain = dict(zip(self.words, plain, strict=True))
        """The same as they are written, digraphs and all."""
        self._forms, self._plain = spellings(text), plain

    def best(self, names: Sequence[tuple[str, str]]) -> tuple[str, str, float, bool]:
        """Return the name that fits best with its language, how alike the two are (0 to 100), whether they are one."""
        compared = [(*self._alike(name), name, language) for name, language in names]
        exact, score, name, language = max(compared, key=lambda each: each[:2])
        return name, language, score, exact

    def _alike(self, name: str) -> tuple[bool, float]:
        if not self._forms.isdisjoint(spellings(name)):
            return True, 100.0
        alike = max(
            compare(" ".join(each), " ".join(other))
            for each, other in ((self.words, words(name)), (self._plain, plain_words(name)))
            for compare in (fuzz.ratio, fuzz.token_sort_ratio)
        )
        return False, min(round(alike, 1), 99.0)

    def has(self, word: str) -> bool:
        """Tell whether a word of a name, as it is written, is nearly one of those sought, or goes on from the last."""
        return any(self._is(part) for part in words(word))

    def _is(self, part: str) -> bool:
        if part in self.words or (self.words and part.startswith(self.words[-1])):
            return True
        allowed = edits(len(part)) if has_spellings(part) else 0
        return any(OSA.distance(part, sought, score_cutoff=2) <= allowed for sought in self.words if allowed)
