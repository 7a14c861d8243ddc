"""What kind of query a text is, and whether it asks for something that is not done here: updates, and SERVICE.

An engine follows SERVICE to any address, so such a query must not reach one. Two independent readers look for it, the
words of the text and rdflib's parser, and have to agree. They are only asked where the word can occur at all.
"""

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any, Literal, get_args

from metropolis_kg.store.protocol import QueryMalformedError, QueryRefusedError
from metropolis_kg.store.query_text import Token, first_keyword, group, position, tokens, unescaped

Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]

LONGEST_READ = 10_000
"""Characters of a query beyond which rdflib's parser, which can take seconds for more, is not asked."""

UNCERTAIN = (
    "It cannot be told for certain what this query asks by SERVICE. Write a blank after each less-than, begin IRIs "
    "with their scheme (http://…), and end every string."
)
"""Why a query is refused whose text can be read in two ways."""

_FORMS: dict[str, Form] = {form: form for form in get_args(Form)}
_PASSING_WORDS = {"NOW", "RAND", "UUID", "STRUUID", "BNODE", "SERVICE"}
_PASSING = re.compile("|".join([*_PASSING_WORDS, "CONSTRUCT", "GRAPH"]), re.IGNORECASE)
_STATED = {".", ";", ","}  # the only signs in a template that makes no blank nodes
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"}
_SERVICE = "Service"
_LAID_OUT = str.maketrans("\t\r", " \n")  # rdflib takes a tab for several columns, and \r not for the end of a comment
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

    Not so with functions of the moment or of chance, with SERVICE, where a template makes blank nodes, nor where an
    engine has to list the graphs, which it does in any order.

    >>> is_repeatable("ASK { ?now ?p 'RAND()' }"), is_repeatable("SELECT (now() AS ?x) {}")
    (True, False)
    """
    return all(_is_steady(text) for text in {query, unescaped(query)})


def _is_steady(query: str) -> bool:
    if not _PASSING.search(query):
        return True
    pieces = list(tokens(query))
    return not (
        any(piece.kind == "word" and piece.text in _PASSING_WORDS for piece in pieces)
        or _makes_blank_nodes(pieces)
        or _lists_graphs(pieces)
    )


def _makes_blank_nodes(pieces: list[Token]) -> bool:
    """Tell whether the template of a CONSTRUCT does, be it by ``_:``, by brackets or by a reifier."""
    after = iter(pieces)
    if not any((piece.kind, piece.text) == ("word", "CONSTRUCT") for piece in after):
        return False
    template = group(after)[1:-1]
    return any(
        piece.text.startswith("_:") or (piece.kind == "mark" and piece.text not in _STATED) for piece in template
    )  # fmt: skip


def _lists_graphs(pieces: list[Token]) -> bool:
    """Tell whether a ``GRAPH ?graph`` has a group with no triple at its beginning, which is true of every graph."""
    depth = 0
    within: list[int] = []  # how many braces are open in each such group that has not ended
    for place, piece in enumerate(pieces):
        depth += (piece.text == "{") - (piece.text == "}")
        if piece.text == "{":
            if _names_any_graph(pieces[max(place - 2, 0) : place]):
                within.append(depth)
            if within and _begins_without_triple(pieces[place + 1 : place + 2]):
                return True
        elif piece.text == "}" and within and depth < within[-1]:
            within.pop()
    return False


def _names_any_graph(before: list[Token]) -> bool:
    return len(before) == 2 and (before[0].kind, before[0].text) == ("word", "GRAPH") and before[1].text[0] in "?$"


def _begins_without_triple(after: list[Token]) -> bool:
    return any(each.text == "}" or (each.kind == "word" and each.text != "SELECT") for each in after)


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
    pieces = list(tokens(query))
    words = sum((token.kind, token.text) == ("word", "SERVICE") for token in pieces)
    if any(token.is_doubtful for token in pieces) or words != parsed_services(query):
        raise QueryRefusedError(UNCERTAIN)
    return words > 0


def located(query: str, error: QueryMalformedError) -> QueryMalformedError:
    """Return ``error`` with the place where what cannot be read begins, where rdflib's parser knows it.

    Engines name the place where they stopped reading, which lies behind the mistake. That of rdflib is another where a
    query has codepoint escapes, which it resolves first.
    """
    if unescaped(query) != query:
        return error
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


def parsed_services(query: str) -> int:
    """Return how many SERVICE clauses rdflib's parser finds. Raises QueryRefusedError, QueryMalformedError."""
    waiting: list[Any] = [_parse(query)]  # walked without recursion, since queries nest
    found = 0
    while waiting:
        node = waiting.pop()
        found += getattr(node, "name", None) == _SERVICE
        if hasattr(node, "values"):
            waiting.extend(node.values())
        if not isinstance(node, str) and hasattr(node, "__iter__"):
            waiting.extend(node)
    return found


def algebra_of(query: str, prefixes: Mapping[str, str], base: str) -> Any:
    """Return the algebra of ``query`` as rdflib has it. Raises QueryRefusedError, QueryMalformedError."""
    tree = _parse(query)
    from rdflib.plugins.sparql.algebra import translateQuery

    try:
        return translateQuery(tree, base=base, initNs=dict(prefixes)).algebra
    except Exception as error:  # whatever it stumbles over
        raise QueryRefusedError(f"The query cannot be read: {error}.") from error


def translated(group_pattern: Any) -> Any:
    """Return the algebra of the group of an EXISTS; rdflib leaves out those in the FILTER of an OPTIONAL.

    Raises QueryRefusedError where rdflib has not resolved the names in it, as in what SELECT selects.
    """
    from rdflib.plugins.sparql.algebra import translateGroupGraphPattern

    if group_pattern.name != "GroupGraphPatternSub":
        return group_pattern
    try:
        return translateGroupGraphPattern(group_pattern)
    except Exception as error:
        raise QueryRefusedError("EXISTS is not read where it stands. Write it into a FILTER or a BIND.") from error


def _parse(query: str) -> Any:
    """Return the tree of ``query``, read on a thread of its own.

    The parser leaves cycles of frames, and these lead to all that their callers hold, until the collector comes by.
    """
    if len(query) > LONGEST_READ:
        raise QueryRefusedError(f"The query is longer than the {LONGEST_READ:,} characters that are read for SERVICE.")
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(_read, query).result()


def _read(query: str) -> Any:
    from pyparsing import ParseException  # brought by rdflib, which is slow to import
    from rdflib.plugins.sparql import parser

    parser.ServiceGraphPattern.name = _SERVICE  # by its own name it is looked for once more, from the start of the text
    try:
        with _parsing:
            return parser.parseQuery(query.replace("\r\n", " \n").translate(_LAID_OUT))
    except ParseException as error:
        found = error.line[error.column - 1 :].strip()[:30]
        reason = f"cannot read on from “{found}”." if found else "it ends too early."
        raise QueryMalformedError(reason, error.lineno, error.column) from error
    except RecursionError as error:
        raise QueryRefusedError("The query nests too deeply, or is too long, to be read.") from error
    except Exception as error:  # whatever else its grammar stumbles over
        raise QueryRefusedError(f"The query cannot be read: {error}.") from error
