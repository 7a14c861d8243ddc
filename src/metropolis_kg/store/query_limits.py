"""How much a query may ask for: an engine reads by recursion, and a query that nests or goes on too far ends it.

Counted are the words and signs of the text, not those in comments, strings and IRIs. One exception: an engine may read
the ``<`` of what looks like an IRI as less-than (``1<((2))&&3>0``), so brackets and ``!`` count there too.
"""

from collections import Counter
from collections.abc import Iterator

from metropolis_kg.store.protocol import QueryRefusedError
from metropolis_kg.store.query_text import Token, tokens, unescaped

LONGEST = 100_000
"""Characters of a query."""

LONGEST_IRI = 2_000
"""Characters of an IRI in a query."""

DEEPEST = 200
"""Brackets of any kind that are open at the same place of a query."""

MOST = 200
"""How often a query may say each of ``COUNTED``."""

COUNTED = frozenset(
    [
        "UNION", "OPTIONAL", "MINUS", "EXISTS", "FILTER", "AS", "VALUES", "GRAPH", "LATERAL", "SELECT",
        "||", "&&", "!", "+", "-", "*", "/", "|", "^",
    ]
)  # fmt: skip
"""The words and signs by which an engine builds what it has to walk down again."""

_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


def refuse_excess(query: str) -> None:
    """Raise QueryRefusedError where ``query`` goes beyond a limit, with the limit, how far, and what to do.

    It is read as it is and with its codepoint escapes resolved, since engines differ in that.
    """
    refuse_length(query)
    if _is_small(query):
        return
    for text in {query, unescaped(query)}:
        pieces = [token for token in tokens(text) if token.kind in ("word", "mark", "iri")]
        _refuse("characters in one IRI", max((len(each.text) for each in pieces if each.kind == "iri"), default=0),
                LONGEST_IRI)  # fmt: skip
        _refuse("brackets within each other", _depth(pieces), DEEPEST)
        for sign, found in Counter(_signs(pieces)).items():
            _refuse(f"times “{sign}”", found, MOST)


def refuse_length(query: str) -> None:
    """Raise QueryRefusedError where ``query`` is too long to look at any closer."""
    _refuse("characters", len(query), LONGEST)


def _is_small(query: str) -> bool:
    """Tell whether ``query`` stays within every limit whatever its pieces are, which most do."""
    plain = query.upper()
    return (
        len(query) <= LONGEST_IRI
        and "\\" not in query
        and all(plain.count(sign) <= MOST for sign in COUNTED)
        and sum(map(plain.count, _OPENING)) <= DEEPEST
    )


def _refuse(what: str, found: int, limit: int) -> None:
    if found > limit:
        raise QueryRefusedError(
            f"The query has {found:,} {what}; at most {limit:,} are taken. Ask for it in several smaller queries."
        )


def _signs(pieces: list[Token]) -> Iterator[str]:
    for piece in pieces:
        if piece.kind == "iri":
            yield from "!" * piece.text.count("!")
        elif piece.text in COUNTED:
            yield piece.text


def _depth(pieces: list[Token]) -> int:
    """Return how many brackets are open at most; what looks like an IRI opens some, but closes none from before."""
    deepest = depth = 0
    for piece in pieces:
        inside, peak = _open(piece.text)
        deepest = max(deepest, depth + peak)
        depth += max(inside, 0) if piece.kind == "iri" else inside
    return deepest


def _open(text: str) -> tuple[int, int]:
    """Return how many more brackets ``text`` opens than it closes, and the most that are open within it."""
    depth = peak = 0
    for character in text:
        depth += (character in _OPENING) - (character in _CLOSING)
        peak = max(peak, depth)
    return depth, peak
