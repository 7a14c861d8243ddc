"""How much a query may ask for: an engine reads by recursion, and a query that nests or goes on too far ends it.

Counted are the words and signs of the text, not those in comments, strings and IRIs.
"""

from collections import Counter

from metropolis_kg.store.protocol import QueryRefusedError
from metropolis_kg.store.query_text import Token, tokens, unescaped

LONGEST = 100_000
"""Characters of a query."""

LONGEST_IRI = 2_000
"""Characters of an IRI in a query."""

DEEPEST = 200
"""Brackets of any kind that are open at the same place of a query."""

MOST = 200
"""How often a query may say each of the words and signs by which an engine builds what it has to walk down again."""

MOST_SERVICES = 10
"""How often a query may ask another endpoint; it does so one after another."""

_NESTING = (
    "UNION", "OPTIONAL", "MINUS", "EXISTS", "FILTER", "AS", "VALUES", "GRAPH", "LATERAL", "SELECT",
    "||", "&&", "!", "+", "-", "*", "/", "|", "^",
)  # fmt: skip
COUNTED = {**dict.fromkeys(_NESTING, MOST), "SERVICE": MOST_SERVICES}
"""Word or sign → how often a query may say it."""

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
        for sign, found in Counter(each.text for each in pieces if each.text in COUNTED).items():
            _refuse(f"times “{sign}”", found, COUNTED[sign])


def refuse_length(query: str) -> None:
    """Raise QueryRefusedError where ``query`` is too long to look at any closer."""
    _refuse("characters", len(query), LONGEST)


def _is_small(query: str) -> bool:
    """Tell whether ``query`` stays within every limit whatever its pieces are, which most do."""
    plain = query.upper()
    return (
        len(query) <= LONGEST_IRI
        and "\\" not in query
        and all(plain.count(sign) <= most for sign, most in COUNTED.items())
        and sum(map(plain.count, _OPENING)) <= DEEPEST
    )


def _refuse(what: str, found: int, limit: int) -> None:
    if found > limit:
        raise QueryRefusedError(
            f"The query has {found:,} {what}; at most {limit:,} are taken. Ask for it in several smaller queries."
        )


def _depth(pieces: list[Token]) -> int:
    """Return how many brackets are open at most."""
    deepest = depth = 0
    for piece in pieces:
        depth += (piece.text in _OPENING) - (piece.text in _CLOSING)
        deepest = max(deepest, depth)
    return deepest
