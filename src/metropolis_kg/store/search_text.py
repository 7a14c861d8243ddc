"""What is sought, as expressions of SQLite's full-text search: only words, in quotes, and what this module puts in."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Protocol

from metropolis_kg.model.spelling import has_spellings


class Dictionary(Protocol):
    """The words that things have."""

    def knows(self, word: str) -> bool:
        """Tell whether anything has ``word``."""

    def spellings(self, word: str) -> Sequence[str]:
        """Return the other words that are spelt nearly as ``word``."""


_MOST_LEFT_OUT = 8


def every(words: Sequence[str]) -> str:
    """Return the expression for what has all of ``words``, in any order."""
    return " AND ".join(map(_word, words))


def unfinished(words: Sequence[str]) -> str:
    """Return the expression for what has all of ``words``, the last of which may go on."""
    return " AND ".join([*map(_word, words[:-1]), f"{_word(words[-1])} *"])


def misspelt(words: Sequence[str], dictionary: Dictionary) -> str:
    """Return the expression for what has all of ``words`` in some spelling, or written apart or together."""
    readings = [_all_of(words, dictionary)]
    for at, (one, other) in enumerate(pairwise(words)):
        if not (dictionary.knows(one) and dictionary.knows(other)) and has_spellings(one + other):
            readings.append(_all_of([*words[:at], one + other, *words[at + 2 :]], dictionary))
    if not any(map(has_spellings, words)) and has_spellings("".join(words)):
        readings.append(_all_of(["".join(words)], dictionary))
    return _any(readings)


def in_part(words: Sequence[str], dictionary: Dictionary) -> str:
    """Return the expression for what has ``words`` in part; ``""`` where that would be nothing, or all of them.

    What may be missing are all short words, numbers and unknown words, or one of them; of many words all that stand
    around one place.
    """
    telling = [word for word in words if _tells(word, dictionary)]
    parts = [telling] if telling and len(telling) < len(words) else []
    if len(words) > _MOST_LEFT_OUT:
        third = len(words) // 3
        parts += [[*words[:third]], [*words[third : 2 * third]], [*words[2 * third :]]]
    elif len(words) > 1:
        doubtful = [at for at, word in enumerate(words) if not (has_spellings(word) and dictionary.knows(word))]
        parts += [[*words[:at], *words[at + 1 :]] for at in doubtful]
    return _any(_all_of(part, dictionary) for part in parts)


def _tells(word: str, dictionary: Dictionary) -> bool:
    return has_spellings(word) and (dictionary.knows(word) or bool(dictionary.spellings(word)))


def having(signatures: Collection[int]) -> str:
    """Return the expression for the things whose set of classes is among ``signatures``, of which there are some."""
    return _any(_word(f"_{number}") for number in sorted(signatures))


def within(expression: str, signatures: Collection[int]) -> str:
    """Return the expression for those matches of ``expression`` whose set of classes is among ``signatures``."""
    return f"({expression}) AND ({having(signatures)})"


def _all_of(words: Sequence[str], dictionary: Dictionary) -> str:
    last = len(words) - 1
    return " AND ".join(f"({_any(_readings(word, dictionary, at == last))})" for at, word in enumerate(words))


def _readings(word: str, dictionary: Dictionary, is_last: bool) -> Iterator[str]:
    """Yield expressions for ``word``, its spellings, what it begins, and two words that are written together in it."""
    is_known, may_differ = dictionary.knows(word), has_spellings(word)
    near = dictionary.spellings(word) if may_differ or len(word) == 3 else ()
    yield _word(word)
    if len(word) > 2 and (is_last or not (is_known or near)):
        yield f"{_word(word)} *"
    yield from map(_word, near)
    if may_differ and not is_known:
        yield from _apart(word, dictionary)


def _apart(word: str, dictionary: Dictionary) -> Iterator[str]:
    """Yield expressions for two known words that ``word`` may be, with nothing or one wrong letter between them."""
    for at in range(1, len(word)):
        for between in (0, 1):
            one, other = word[:at], word[at + between :]
            if len(one) + len(other) > 3 and other and dictionary.knows(one) and dictionary.knows(other):
                yield f"({every([one, other])})"


def _any(expressions: Iterable[str]) -> str:
    return " OR ".join(f"({each})" if " AND " in each else each for each in expressions)


def _word(word: str) -> str:
    return f'"{word}"'
