"""What kind of query a text is, and whether it asks for something that is not done here: updates, and SERVICE.

An engine follows SERVICE to any address, so such a query must not reach one. Two independent readers look for it, the
words of the text and rdflib's parser, and have to agree. They are only asked where the word can occur at all.
"""

import re
from threading import Lock
from typing import Any, Literal, get_args

from metropolis_kg.store.protocol import QueryMalformedError, QueryRefusedError
from metropolis_kg.store.query_text import first_keyword, position, tokens, unescaped

Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]

LONGEST_READ = 10_000
"""Characters of a query beyond which rdflib's parser, which can take seconds for more, is not asked."""

_FORMS: dict[str, Form] = {form: form for form in get_args(Form)}
_PASSING_WORDS = {"NOW", "RAND", "UUID", "STRUUID", "BNODE", "SERVICE"}
_PASSING = re.compile("|".join([*_PASSING_WORDS, r"\[", "_:"]), re.IGNORECASE)
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"}
_parsing = Lock()  # rdflib's SPARQL parser (pyparsing) is not safe across threads


def form_of(query: str) -> Form:
    """Return the form of ``query``. Raises QueryRefusedError for an update, QueryMalformedError for anything else."""
    word = first_keyword(query)
    if word and word.text in _FORMS:
        return _FORMS[word.text]
    if word and word.text in _UPDATES:
        raise QueryRefusedError(f"{word.text} is an update; this dataset is read only and changes by releases.")
    line, column = position(query, word.start if word else 0)
    found = f"not “{query[word.start : word.end][:30]}”" if word else "there is none of these"
    raise QueryMalformedError(f"SELECT, ASK, CONSTRUCT or DESCRIBE is expected; {found}.", line, column)


def is_repeatable(query: str) -> bool:
    """Tell whether ``query`` has the same answer, to the byte, whenever it is asked of the same dataset.

    Not so with functions of the moment or of chance, with SERVICE, nor where a template makes blank nodes.

    >>> is_repeatable("ASK { ?now ?p 'RAND()' }"), is_repeatable("SELECT (now() AS ?x) {}")
    (True, False)
    """
    plain = unescaped(query)
    if not _PASSING.search(plain):
        return True
    pieces = list(tokens(plain))
    if any(piece.kind == "word" and piece.text in _PASSING_WORDS for piece in pieces):
        return False
    return not (form_of(query) == "CONSTRUCT" and any(each.text.startswith(("[", "_:")) for each in pieces))


def says_service(query: str) -> bool:
    """Tell whether ``query`` has a SERVICE clause.

    Raises QueryRefusedError where the two readers differ, or one cannot tell, and QueryMalformedError where the word
    occurs and rdflib cannot read the query.
    """
    plain = unescaped(query)
    if "service" not in plain.lower():
        return False
    if plain != query:
        raise QueryRefusedError("A query that says SERVICE must not have codepoint escapes (\\u…) as well.")
    words = sum((token.kind, token.text) == ("word", "SERVICE") for token in tokens(query))
    if words != _parsed_services(query):
        raise QueryRefusedError("It cannot be told for certain what this query asks by SERVICE; write it more plainly.")
    return words > 0


def located(query: str, error: QueryMalformedError) -> QueryMalformedError:
    """Return ``error`` with the place where what cannot be read begins, where rdflib's parser knows it.

    Engines name the place where they stopped reading, which lies behind the mistake.
    """
    try:
        _parse(query)
    except QueryMalformedError as nearer:
        return nearer
    except QueryRefusedError:
        return error
    return error


def load_parser() -> None:
    """Load rdflib's parser now, which takes a third of a second, and not with the first query that needs it."""
    _parse("ASK {}")


def _parsed_services(query: str) -> int:
    """Return how many SERVICE clauses the parsed query has; walked without recursion, since queries nest."""
    waiting: list[Any] = [_parse(query)]
    found = 0
    while waiting:
        node = waiting.pop()
        found += getattr(node, "name", None) == "ServiceGraphPattern"
        if hasattr(node, "values"):
            waiting.extend(node.values())
        if not isinstance(node, str) and hasattr(node, "__iter__"):
            waiting.extend(node)
    return found


def _parse(query: str) -> Any:
    if len(query) > LONGEST_READ:
        raise QueryRefusedError(f"The query is longer than the {LONGEST_READ:,} characters that are read for SERVICE.")
    from pyparsing import ParseException  # brought by rdflib, which is slow to import
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        with _parsing:  # a carriage return ends a comment for SPARQL, but not for rdflib
            return parseQuery(query.replace("\r\n", "\n").replace("\r", "\n"))
    except ParseException as error:
        found = error.line[error.column - 1 :].strip()[:30]
        reason = f"cannot read on from “{found}”." if found else "it ends too early."
        raise QueryMalformedError(reason, error.lineno, error.column) from error
    except RecursionError as error:
        raise QueryRefusedError("The query nests too deeply, or is too long, to be read.") from error
    except Exception as error:  # whatever else its grammar stumbles over
        raise QueryRefusedError(f"The query cannot be read: {error}.") from error
