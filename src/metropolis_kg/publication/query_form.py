"""What kind of query a text is, and whether it asks for something that is not done here: updates, and SERVICE.

An engine follows SERVICE to any address, so such a query must not reach one. Two independent readers look for it, the
words of the text and rdflib's parser, and either may refuse. They are only asked where the word can occur at all.
"""

from threading import Lock
from typing import Any, Literal, get_args

from metropolis_kg.store.protocol import QueryMalformedError, QueryRefusedError
from metropolis_kg.store.query_text import first_keyword, position, tokens, unescaped

Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]

LONGEST_READ = 10_000
"""Characters of a query beyond which rdflib's parser, which can take seconds for more, is not asked."""

_FORMS: dict[str, Form] = {form: form for form in get_args(Form)}
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


def refuse_service(query: str) -> None:
    """Raise QueryRefusedError where ``query`` has a SERVICE clause, or where that cannot be told for certain.

    Raises QueryMalformedError where the word occurs and rdflib cannot read the query.
    """
    plain = unescaped(query)
    if "service" not in plain.lower():
        return
    if plain != query:
        raise QueryRefusedError("A query that says SERVICE must not have codepoint escapes (\\u…) as well.")
    if any(token.kind == "word" and token.text == "SERVICE" for token in tokens(query)) or _parsed_service(query):
        raise QueryRefusedError("SERVICE is not followed here. Ask this dataset and the other endpoint one by one.")


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


def _parsed_service(query: str) -> bool:
    """Walk the parsed query, without recursion, since queries nest."""
    waiting: list[Any] = [_parse(query)]
    while waiting:
        node = waiting.pop()
        if getattr(node, "name", None) == "ServiceGraphPattern":
            return True
        if hasattr(node, "values"):
            waiting.extend(node.values())
        if not isinstance(node, str) and hasattr(node, "__iter__"):
            waiting.extend(node)
    return False


def _parse(query: str) -> Any:
    if len(query) > LONGEST_READ:
        raise QueryRefusedError(f"The query is longer than the {LONGEST_READ:,} characters that are read for SERVICE.")
    from pyparsing import ParseException  # brought by rdflib; both take a third of a second to import
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        with _parsing:  # a carriage return ends a comment for SPARQL, but not for rdflib
            return parseQuery(query.replace("\r", "\n"))
    except ParseException as error:
        found = error.line[error.column - 1 :].strip()[:30]
        reason = f"cannot read on from “{found}”." if found else "it ends too early."
        raise QueryMalformedError(reason, error.lineno, error.column) from error
    except RecursionError as error:
        raise QueryRefusedError("The query nests too deeply, or is too long, to be read.") from error
    except Exception as error:  # whatever else its grammar stumbles over
        raise QueryRefusedError(f"The query cannot be read: {error}.") from error
