"""How alike two names are, for reconciliation: capitals, accents and punctuation do not tell names apart."""

from rapidfuzz import fuzz

from metropolis_kg.model.spelling import spellings

_COMPARED = 120
"""Characters of a name that are compared; comparing takes the square of them."""

_REORDERED = 0.97
"""What the same words in another order are worth."""

_MOST = 99.0
"""How alike names can be that are not the same."""


def same_name(one: str, other: str) -> bool:
    """Return whether two names are the same but for capitals, accents, punctuation, and ``ue`` for ``ü``.

    >>> same_name("MICHAEL MUELLER", "Michael Müller"), same_name("Bern", "Berlin"), same_name("!", "?")
    (True, False, False)
    """
    return any(each in spellings(other) for each in spellings(one) if each)


def likeness(one: str, other: str) -> float:
    """Return how alike two names are, 0 to 100, which only the same name reaches; the order of words counts little.

    >>> likeness("Berlin", "berlin"), likeness("Müller, Michael", "Michael Müller"), likeness("Berln", "Berlin")
    (100.0, 97.0, 90.9)
    """
    if same_name(one, other):
        return 100.0
    pairs = [(a[:_COMPARED], b[:_COMPARED]) for a in spellings(one) for b in spellings(other)]
    best = max(max(fuzz.ratio(*pair), _REORDERED * fuzz.token_sort_ratio(*pair)) for pair in pairs)
    return round(min(best, _MOST), 1)
