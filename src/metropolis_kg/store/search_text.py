"""What is sought, as expressions of SQLite's full-text search: only words, in quotes, and what this module puts in."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from metropolis_kg.model.spelling import has_spellings

Spellings = Callable[[str], Sequence[str]]
"""Gives the known words that are spelt nearly as a word."""

_MOST_JOINED = 6
_MOST_LEFT_OUT = 8


def every(words: Sequence[str]) -> str:
    """Return the expression for what has all of ``words``, in any order."""
    return " AND ".join(map(_word, words))


def unfinished(words: Sequence[str]) -> str:
    """Return the expression for what has all of ``words``, the last of which may go on."""
    return " AND ".join([*map(_word, words[:-1]), f"{_word(words[-1])} *"])


def misspelt(words: Sequence[str], spellings: Spellings) -> str:
    """Return the expression for what has all of ``words`` in some spelling, or written apart or together."""
    readings = [_all_of(words, spellings)]
    for at in range(min(len(words) - 1, _MOST_JOINED)):
        joined = words[at] + words[at + 1]
        if has_spellings(joined):
            readings.append(_all_of([*words[:at], joined, *words[at + 2 :]], spellings))
    return _any(readings)


def in_part(words: Sequence[str], spellings: Spellings) -> str:
    """Return the expression for what has all of ``words`` but one, or but short ones and numbers; ``""``: nothing."""
    telling = [word for word in words if has_spellings(word)]
    parts = [telling] if telling and len(telling) < len(words) else []
    if 2 < len(words) <= _MOST_LEFT_OUT:
        parts += [[*words[:at], *words[at + 1 :]] for at in range(len(words))]
    return _any(_all_of(part, spellings) for part in parts)


def having(signatures: Collection[int]) -> str:
    """Return the expression for the things whose set of classes is among ``signatures``, of which there are some."""
    return _any(_word(f"_{number}") for number in sorted(signatures))


def within(expression: str, signatures: Collection[int]) -> str:
    """Return the expression for those matches of ``expression`` whose set of classes is among ``signatures``."""
    return f"({expression}) AND ({having(signatures)})"


def _all_of(words: Sequence[str], spellings: Spellings) -> str:
    last = len(words) - 1
    return " AND ".join(f"({_any(_readings(word, spellings, at == last))})" for at, word in enumerate(words))


def _readings(word: str, spellings: Spellings, is_last: bool) -> Iterator[str]:
    """Yield expressions for ``word``, its spellings, what it begins, and two words that are written together in it."""
    known = spellings(word) if has_spellings(word) or len(word) == 3 else ()
    yield _word(word)
    if len(word) > 2 and (is_last or not known):
        yield f"{_word(word)} *"
    yield from map(_word, known)
    if has_spellings(word) and not known:
        yield from (f"({every([word[:at], word[at:]])})" for at in range(2, len(word) - 1))


def _any(expressions: Iterable[str]) -> str:
    return " OR ".join(f"({each})" if " AND " in each else each for each in expressions)


def _word(word: str) -> str:
    return f'"{word}"'
