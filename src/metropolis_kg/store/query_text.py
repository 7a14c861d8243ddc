"""What the text of a SPARQL query shows without a parser: its words, apart from comments, strings, IRIs and names.

Enough to know the form of a query and whether it names its dataset, and to put terms where they belong. Nothing here
judges whether a text is SPARQL; the engine does.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import dropwhile, pairwise
from urllib.parse import urljoin

import pyoxigraph as ox

from metropolis_kg.store.protocol import Bindings, QueryMalformedError, Term

_CHAR = (  # PN_CHARS of the grammar (rule 167), and all that Python takes for a letter
    r"\w\xB7\u0300-\u036F\u203F\u2040\u200C\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD"
    r"\U00010000-\U000EFFFF"
)
_TOKEN = re.compile(
    rf"""
      (?P<comment> \#[^\n\r]* )
    | (?P<iri>     <(?:[^<>"{{}}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*> )
    | (?P<string>  \"{{3}}(?:\"{{0,2}}(?:[^"\\]|\\.))*\"{{3}} | '{{3}}(?:'{{0,2}}(?:[^'\\]|\\.))*'{{3}}
                 | (?!\"{{3}})"(?:[^"\\\n\r]|\\.)*" | (?!'{{3}})'(?:[^'\\\n\r]|\\.)*' )
    | (?P<open>    (?:\"{{3}}|'{{3}}).*\Z | ["'][^\n\r]* )
    | (?P<name>    [?$][{_CHAR}]+ | @[A-Za-z][\w-]* | (?:\w[{_CHAR}.-]{{0,99}}+)?:(?:[{_CHAR}.:%-]|\\.)* )
    | (?P<number>  \d[\d.]*(?:[eE][+-]?\d+)? )
    | (?P<word>    [{_CHAR}]+ )
    | (?P<mark>    \|\| | && | \^\^ | != | \S )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_PROLOGUE = ("PREFIX", "BASE")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


@dataclass(frozen=True)
class Token:
    """A piece of a query: its kind, its text (words in capitals), where it starts and ends."""

    kind: str
    text: str
    start: int
    end: int
    is_doubtful: bool = False
    """Whether it could be read otherwise, so that something else is a string or a comment after it.

    This is so of what may be an IRI or less-than, and of a string that does not end.
    """


def tokens(query: str) -> Iterator[Token]:
    """Yield the pieces of ``query`` in order, without comments and blanks.

    A ``<`` after an operand of an expression is less-than, as engines read it, though the text that follows may look
    like an IRI.

    >>> [token.text for token in tokens("FILTER(?a<5&&?b>3)")]
    ['FILTER', '(', '?a', '<', '5', '&&', '?b', '>', '3', ')']
    """
    context, start = _Context(), 0
    while match := _TOKEN.search(query, start):
        kind, text, start = str(match.lastgroup), match[0], match.end()
        if kind == "comment":
            continue
        follows = kind == "iri" and context.is_after_operand and not _EVIDENT.match(text)
        if follows and context.brackets[-1] == _EXPRESSION:
            kind, start = "mark", match.start() + 1
        is_doubtful = kind == "open" or (follows and bool(_SHIFTING.search(text)))
        text = text.upper() if kind == "word" else query[match.start() : start]
        token = Token("string" if kind == "open" else kind, text, match.start(), start, is_doubtful)
        context.take(token)
        yield token


_EVIDENT = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")  # two slashes, which no expression has
_SHIFTING = re.compile(r"['#\\]")
_EXPRESSION, _LIST = "(expression", "(list"
_VALUES_OR_TYPE = ("VALUES", "A")  # the words that a list follows, and no expression


class _Context:
    """Where in a query one is, as far as it decides what ``<`` means."""

    def __init__(self) -> None:
        self.brackets = [""]
        self._selecting = [True]  # for each brace: whether it holds SELECT, and so no triples of its own
        self._last = (Token("", "", 0, 0),) * 3

    @property
    def is_after_operand(self) -> bool:
        """Whether an operand of an expression, or a member of a list, has just ended in round brackets."""
        earliest, earlier, last = self._last
        if not self.brackets[-1].startswith("("):
            return False
        if last.kind in ("mark", "word"):
            is_triple = (earliest.text, earlier.text, last.text) == (")", ">", ">")
            return is_triple or last.text in (")", "}", "TRUE", "FALSE", "UNDEF")
        return True

    def take(self, token: Token) -> None:
        """Go on past ``token``."""
        if token.kind == "mark" and token.text in "([{":
            self.brackets.append(self._parenthesis() if token.text == "(" else token.text)
            if token.text == "{":
                self._selecting.append(False)
        elif token.kind == "mark" and token.text in ")]}" and len(self.brackets) > 1:
            if self.brackets.pop() == "{":
                self._selecting.pop()
        elif (token.kind, token.text) == ("word", "SELECT"):
            self._selecting[-1] = True
        self._last = (*self._last[1:], token)

    def _parenthesis(self) -> str:
        """Return what the round bracket that comes now opens."""
        _, earlier, last = self._last
        if (earlier.text, last.text) == ("<", "<"):
            return _LIST
        if self.brackets[-1].startswith("("):
            return self.brackets[-1]
        called = last.kind in ("name", "iri") and (earlier.kind, earlier.text) == ("word", "FILTER")
        worded = last.kind == "word" and last.text not in _VALUES_OR_TYPE
        return _EXPRESSION if called or worded or (self._selecting[-1] and self.brackets[-1] in ("", "{")) else _LIST


def group(pieces: Iterable[Token]) -> list[Token]:
    """Return the first group in ``pieces``, with its braces; nothing where there is none, or it does not end.

    >>> [token.text for token in group(tokens("ASK { { 1 } } LIMIT 1"))]
    ['{', '{', '1', '}', '}']
    """
    found, depth = [], 0
    for piece in dropwhile(lambda each: each.text != "{", pieces):
        found.append(piece)
        depth += (piece.text == "{") - (piece.text == "}")
        if depth == 0:
            return found
    return []


def first_keyword(query: str) -> Token | None:
    """Return the word that follows the prologue (SPARQL 1.1 grammar, rules 2, 4 and 29); none where there is no word.

    >>> first_keyword("BASE <http://example.org/> PREFIX a: <#> # SELECT\\n ask {}").text
    'ASK'
    """
    return next((token for token in tokens(query) if token.kind == "word" and token.text not in _PROLOGUE), None)


@lru_cache(maxsize=256)
def names_dataset(query: str) -> bool:
    """Tell whether ``query`` says which dataset it asks, by FROM or FROM NAMED (SPARQL 1.1 section 13.2).

    >>> names_dataset("ASK FROM NAMED ex:a {}"), names_dataset("ASK { ?from ex:from 'FROM' } # FROM ex:a")
    (True, False)
    """
    return "FROM" in query.upper() and any((each.kind, each.text) == ("word", "FROM") for each in tokens(query))


def dataset_clause(query: str, prefixes: Mapping[str, str], base: str) -> tuple[list[str], list[str]]:
    """Return the IRIs that ``query`` names by FROM and by FROM NAMED (SPARQL 1.1 section 13.2).

    A remote engine gets them as the dataset of the protocol, since one that is told to take the union as its default
    graph may ignore FROM. Raises QueryMalformedError for a name that cannot be resolved.

    >>> dataset_clause("SELECT * FROM <http://a.org/1> FROM NAMED ex:2 WHERE {}", {"ex": "http://a.org/"}, "")
    (['http://a.org/1'], ['http://a.org/2'])
    >>> dataset_clause("DESCRIBE ex:1 FROM ex:2", {"ex": "http://a.org/"}, "")
    (['http://a.org/2'], [])
    """
    if not names_dataset(query):
        return [], []
    pieces = list(tokens(query))
    names = Names(query, pieces, prefixes, base)
    default: list[str] = []
    named: list[str] = []
    for index, word in enumerate(pieces[:-1]):
        if (word.kind, word.text) == ("word", "FROM"):
            is_named = (pieces[index + 1].kind, pieces[index + 1].text) == ("word", "NAMED")
            (named if is_named else default).extend(map(names.resolve, pieces[index + 1 + is_named :][:1]))
    return default, named


class Names:
    """Resolves IRIs and prefixed names by the prologue of a query (SPARQL 1.1 section 4.1.1)."""

    def __init__(self, query: str, pieces: list[Token], prefixes: Mapping[str, str], base: str) -> None:
        """Read the prologue in ``pieces``, the tokens of ``query``; before it stand ``prefixes`` and ``base``."""
        self._query, self._base, self._prefixes = query, base, dict(prefixes)
        for word, name, iri in zip(pieces, pieces[1:], pieces[2:], strict=False):
            if (word.kind, word.text, name.kind) == ("word", "BASE", "iri"):
                self._base = self.resolve(name)
            if (word.kind, word.text, iri.kind) == ("word", "PREFIX", "iri"):
                self._prefixes[name.text.removesuffix(":")] = self.resolve(iri)

    def resolve(self, token: Token) -> str:
        """Return the IRI that ``token`` writes. Raises QueryMalformedError, with its place, where it writes none."""
        prefix, colon, local = token.text.partition(":")
        if token.kind == "iri":
            iri = unescaped(token.text[1:-1])
            return iri if _ABSOLUTE.match(iri) else self._joined(iri, token)
        if token.kind == "name" and colon and prefix in self._prefixes:
            return self._prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)
        raise self._malformed(f"an IRI is expected, not “{token.text}”.", token)

    def _joined(self, relative: str, token: Token) -> str:
        try:
            return urljoin(self._base, relative) + (relative[-1:] if relative.endswith(("#", "?")) else "")
        except ValueError as error:
            raise self._malformed(f"“{token.text}” is no IRI: {error}.", token) from error

    def _malformed(self, reason: str, token: Token) -> QueryMalformedError:
        return QueryMalformedError(reason, *position(self._query, token.start))


def unescaped(query: str) -> str:
    r"""Return ``query`` with its codepoint escapes resolved (SPARQL 1.1 section 19.2), which hide no word then.

    >>> unescaped(r"\u0053ERVICE")
    'SERVICE'
    """
    return _ESCAPE.sub(lambda match: _character(match[1] or match[2]), query)


def position(query: str, offset: int) -> tuple[int, int]:
    """Return the line and column, both from 1, of the character at ``offset``."""
    before = query[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")


def with_prologue(query: str, prefixes: Mapping[str, str], base: str) -> str:
    """Return ``query`` with ``base`` and ``prefixes`` declared in one line before its first."""
    declared = [f"BASE <{base}>", *(f"PREFIX {name}: <{space}>" for name, space in prefixes.items())]
    return " ".join(declared) + "\n" + query


def with_bindings(query: str, bindings: Bindings) -> str:
    """Return ``query`` with its parameters given as terms.

    A query that says ``VALUES ?name { UNDEF }``, be it several times, gets the term, or all of several, in each of
    these places. Any other parameter is joined at the start of the outermost group, where every FILTER and BIND of that
    group sees it; such a query writes the keyword WHERE. Raises QueryMalformedError where neither place is found.

    >>> with_bindings("ASK WHERE { FILTER(?at < 3) }", {"at": ox.Literal(2)})
    'ASK WHERE { VALUES ?at { "2"^^<http://www.w3.org/2001/XMLSchema#integer> } FILTER(?at < 3) }'
    """
    return edited(query, binding_edits(query, bindings))


Edit = tuple[int, int, str]
"""Where a piece of a text starts and ends, and what stands there instead."""


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return ``text`` with each of ``edits`` made; of those that insert at the same place, the first comes first.

    >>> edited("ASK {}", [(5, 5, " ?s ?p"), (0, 3, "SELECT *"), (5, 5, " ?o ")])
    'SELECT * { ?s ?p ?o }'
    """
    parts, end = [], 0
    for start, stop, new in sorted(edits, key=lambda edit: edit[:2]):
        parts += [text[end:start], new]
        end = stop
    return "".join([*parts, text[end:]])


def binding_edits(query: str, bindings: Bindings) -> list[Edit]:
    """Return the edits that give ``query`` its parameters as ``with_bindings`` does. Raises QueryMalformedError."""
    if not bindings:
        return []
    undefined, group_start = _places(query)
    missing = sorted(bindings.keys() - {name for name, _, _ in undefined})
    if missing and group_start is None:
        raise QueryMalformedError("a query with parameters writes the keyword WHERE before its outermost group")
    made = [
        (start, end, " ".join(map(str, several(bindings[name])))) for name, start, end in undefined if name in bindings
    ]
    if missing and group_start is not None:
        made.append((group_start, group_start, "".join(_values(name, bindings[name]) for name in missing)))
    return made


@lru_cache(maxsize=256)
def _places(query: str) -> tuple[tuple[tuple[str, int, int], ...], int | None]:
    """Return name, start and end of the UNDEF of each ``VALUES ?name { UNDEF }``, and where the outermost group begins.

    Only the program's own queries take parameters, and always the same ones: each is read once.
    """
    pieces = list(tokens(query))
    undefined = tuple(_undefined(pieces))
    return undefined, _outermost_group(pieces)


def _undefined(pieces: list[Token]) -> Iterator[tuple[str, int, int]]:
    for values, name, opening, undefined, closing in zip(*(pieces[shift:] for shift in range(5)), strict=False):
        if [each.text for each in (values, opening, undefined, closing)] == ["VALUES", "{", "UNDEF", "}"]:
            yield name.text[1:], undefined.start, undefined.end


def _outermost_group(pieces: list[Token]) -> int | None:
    for word, mark in pairwise(pieces):
        if (word.kind, word.text, mark.text) == ("word", "WHERE", "{"):
            return mark.end
    return None


def _values(name: str, given: Term | Sequence[Term]) -> str:
    return f" VALUES ?{name} {{ {' '.join(map(str, several(given)))} }}"


def several(given: Term | Sequence[Term]) -> Sequence[Term]:
    """Return the terms that are given for a parameter: one, or several."""
    return (given,) if isinstance(given, ox.NamedNode | ox.Literal) else given


def _character(digits: str) -> str:
    code = int(digits, 16)
    return chr(code) if code <= 0x10FFFF else "\N{REPLACEMENT CHARACTER}"
