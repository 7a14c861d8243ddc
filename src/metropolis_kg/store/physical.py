"""Queries about a release that shares a remote store with others: put to its graphs by their physical names.

A client names the graphs of the dataset, and meets no other name. A query that has no GRAPH is asked of the union graph
of the release. In one that has, every outermost group is put into ``GRAPH <union>``, a name is replaced by the physical
one, and ``GRAPH ?graph { … }`` becomes ``GRAPH ?graph_ { … } GRAPH <names> { ?graph_ logical ?graph }``: a join of one
statement, however many graphs there are. (Listing them as VALUES or as the dataset of the protocol made a document of
2,600 graphs 8 and 70 times as slow in Oxigraph, which then looks into each graph.)
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from metropolis_kg.store.layout import LOGICAL, NOTHING, names_graph, physical, union_graph
from metropolis_kg.store.protocol import QueryMalformedError, QueryRefusedError, Question
from metropolis_kg.store.query_text import (
    Edit,
    Names,
    Token,
    binding_edits,
    dataset_clause,
    edited,
    first_keyword,
    position,
    tokens,
    unescaped,
    with_bindings,
)

_UNCERTAIN = (
    "It cannot be told for certain which graphs this query names. Write a blank after each less-than, begin IRIs with "
    "their scheme (http://…), end every string, and write the words of SPARQL without codepoint escapes."
)
_WHOLE = {"GROUP", "HAVING", "LIMIT", "OFFSET", "COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}
"""Words by which a sub-SELECT depends on all of its solutions together."""

_NAMING = ("GRAPH", "FROM")
_WORDS = ("word", "mark")


@dataclass(frozen=True)
class Asked:
    """What an endpoint is asked: a text, and the dataset of the protocol."""

    text: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    hidden: frozenset[str] = frozenset()
    """Variables of the answer that are no part of what was asked."""

    @property
    def dataset(self) -> Mapping[str, Sequence[str]]:
        """The dataset as parameters of a request (SPARQL 1.1 Protocol section 2.1.4)."""
        return {"default-graph-uri": self.default_graphs, "named-graph-uri": self.named_graphs}


def as_written(question: Question, prefixes: Mapping[str, str], base: str) -> Asked:
    """Return ``question`` for a store that holds its graphs under their own names. Raises QueryMalformedError."""
    default, named = _dataset(question, prefixes, base)
    return Asked(with_bindings(question.query, question.bindings), default, named)


class PhysicalGraphs:
    """Puts questions about a release to the graphs under whose names it was loaded."""

    def __init__(self, digest: str, prefixes: Mapping[str, str], base: str) -> None:
        """``prefixes`` and ``base`` are what queries need not declare."""
        self._digest, self._prefixes, self._base = digest, prefixes, base
        self._rewritten = lru_cache(maxsize=256)(self._rewrite)

    def asked(self, question: Question) -> Asked:
        """Return ``question`` as the store is asked it.

        Raises QueryMalformedError, and QueryRefusedError where it cannot be told what belongs to which graph.
        """
        dataset = _dataset(question, self._prefixes, self._base)
        rewritten = self._rewritten(question.query, *dataset)
        text = edited(question.query, [*rewritten.edits, *binding_edits(question.query, question.bindings)])
        if any(dataset):
            default, named = ([self._name(each) for each in graphs] for graphs in dataset)
            return Asked(text, tuple(default) or (NOTHING,), tuple(named), rewritten.hidden)
        return Asked(text, () if rewritten.is_wrapped else (union_graph(self._digest),), (), rewritten.hidden)

    def _name(self, graph: str) -> str:
        return physical(self._digest, graph)

    def _rewrite(self, query: str, default: tuple[str, ...], named: tuple[str, ...]) -> "_Rewritten":
        if not _may_name_graphs(query):
            return _Rewritten((), is_wrapped=False)
        _refuse_doubtful(query)
        pieces = list(tokens(query))
        if not any(_is_word(each, *_NAMING) for each in pieces):
            return _Rewritten((), is_wrapped=False)
        names = Names(query, pieces, self._prefixes, self._base)
        scope = _Chosen(self._digest, named) if default or named else _Whole(self._digest)
        return _Rewriting(_Text(query, pieces), names, scope).rewritten()


@dataclass(frozen=True)
class _Rewritten:
    """The edits that a query needs."""

    edits: tuple[Edit, ...]
    is_wrapped: bool
    """Whether its outermost groups are put into GRAPH, so that the engine's default graph does not matter."""

    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Whole:
    """All graphs of a release."""

    digest: str
    wraps = True

    def name(self, graph: str) -> str:
        """Return the name under which ``graph`` is asked."""
        return physical(self.digest, graph)

    def join(self, shadow: str, graph: str) -> str:
        """Return the pattern that gives the variable ``graph`` the logical name of what ``shadow`` is bound to."""
        return f" GRAPH <{names_graph(self.digest)}> {{ {shadow} <{LOGICAL}> {graph} }} "


@dataclass(frozen=True)
class _Chosen:
    """The graphs that FROM NAMED, or the protocol, names; an engine may let a query name others as well."""

    digest: str
    named: tuple[str, ...]
    wraps = False

    def name(self, graph: str) -> str:
        """Return the name under which ``graph`` is asked."""
        return physical(self.digest, graph) if graph in self.named else NOTHING

    def join(self, shadow: str, graph: str) -> str:
        """Return the pattern that gives the variable ``graph`` the logical name of what ``shadow`` is bound to."""
        rows = [f"(<{self.name(each)}> <{each}>)" for each in dict.fromkeys(self.named)]
        return f" VALUES ({shadow} {graph}) {{ {' '.join(rows)} }} "


class _Text:
    """The pieces of a query, and which of its braces belong together."""

    def __init__(self, query: str, pieces: Sequence[Token]) -> None:
        """Raises QueryMalformedError where braces do not belong together."""
        self.query, self.pieces = query, pieces
        self.closing: dict[int, int] = {}
        self.outermost: list[int] = []
        self.data = {_after_variables(pieces, index + 1) for index in self.words("VALUES")}
        opened: list[int] = []
        for index, piece in enumerate(pieces):
            if piece.text == "{":
                if not opened:
                    self.outermost.append(index)
                opened.append(index)
            elif piece.text == "}":
                if not opened:
                    raise self.malformed("“}” closes nothing.", piece)
                self.closing[opened.pop()] = index
        if opened:
            raise self.malformed("“{” is not closed.", pieces[opened[-1]])

    def malformed(self, reason: str, piece: Token) -> QueryMalformedError:
        """Return the error that ``reason`` is one, with the place of ``piece``."""
        return QueryMalformedError(reason, *position(self.query, piece.start))

    def words(self, *wanted: str) -> Iterator[int]:
        """Yield the places of the words ``wanted``."""
        return (index for index, piece in enumerate(self.pieces) if _is_word(piece, *wanted))

    @cached_property
    def patterns(self) -> list[int]:
        """The outermost groups that are patterns; the template of CONSTRUCT and the rows of VALUES are none."""
        found = [index for index in self.outermost if index not in self.data]
        word = first_keyword(self.query)
        return found[1:] if word and word.text == "CONSTRUCT" and len(found) > 1 else found

    @property
    def selects_all(self) -> bool:
        """Whether the query is a ``SELECT *``, be it DISTINCT."""
        word = first_keyword(self.query)
        start = next((index for index, piece in enumerate(self.pieces) if word and piece.start == word.start), 0)
        return any(piece.text == "*" for piece in self.pieces[start + 1 : start + 3])

    def own(self, opening: int) -> Iterator[int]:
        """Yield the places of what is in a group, but not in groups within it; of those, only the braces."""
        index = opening + 1
        while index < self.closing[opening]:
            yield index
            index = self.closing.get(index, index) + 1

    def selects(self, opening: int) -> bool:
        """Tell whether the group is a sub-SELECT."""
        return _is_word(self.pieces[opening + 1], "SELECT")

    def names_graph(self, opening: int) -> bool:
        """Tell whether the group follows GRAPH and a name."""
        return opening > 1 and _is_word(self.pieces[opening - 2], "GRAPH")


class _Rewriting:
    """Finds the edits for one query."""

    def __init__(self, text: _Text, names: Names, scope: _Whole | _Chosen) -> None:
        self._text, self._pieces, self._names, self._scope = text, text.pieces, names, scope
        self._edits: list[Edit] = []
        self._hidden: set[str] = set()

    def rewritten(self) -> _Rewritten:
        """Return the edits. Raises QueryMalformedError, QueryRefusedError."""
        self._remove_dataset()
        for index in self._text.words("GRAPH"):
            self._graph(index)
        is_wrapped = self._scope.wraps and any(self._text.words("GRAPH"))
        if is_wrapped:
            self._wrap(union_graph(self._scope.digest))
            self._construct(union_graph(self._scope.digest))
        hidden = self._hidden if self._text.selects_all else ()
        return _Rewritten(tuple(self._edits), is_wrapped, frozenset(hidden))

    def _remove_dataset(self) -> None:
        """Leave out FROM: the dataset is told by the protocol."""
        for index in self._text.words("FROM"):
            last = self._at(index + 2 if _is_word(self._at(index + 1), "NAMED") else index + 1)
            self._edits.append((self._pieces[index].start, last.end, " "))

    def _wrap(self, union: str) -> None:
        """Put the outermost groups into GRAPH."""
        for opening in self._text.patterns:
            start, end = self._pieces[opening].end, self._pieces[self._text.closing[opening]].start
            self._edits = [(start, start, f" GRAPH <{union}> {{ "), *self._edits, (end, end, " }")]

    def _construct(self, union: str) -> None:
        """Make a CONSTRUCT of a DESCRIBE, which an engine would answer from its own default graph."""
        first = next(self._text.words("DESCRIBE"), None)
        if first is None:
            return
        body = self._text.patterns[0]
        last = body - 1 if _is_word(self._pieces[body - 1], "WHERE") else body
        things = [self._text.query[each.start : each.end] for each in self._pieces[first + 1 : last]]
        if things == ["*"]:
            things = [each.text for each in self._pieces[body:] if _is_variable(each)]
        head, tail = _describing(sorted(set(things)), self._unused("thing"), self._unused("which"), union)
        start, end = self._pieces[first].start, len(self._text.query)
        self._edits = [(start, self._pieces[last].start, head), *self._edits, (end, end, "\n" + tail)]

    def _graph(self, index: int) -> None:
        """Put the physical name in the place of a logical one, or of a variable what is bound to it."""
        named, opening = self._at(index + 1), index + 2
        if opening not in self._text.closing:
            raise self._text.malformed("“{” is expected after GRAPH and a name.", self._pieces[index])
        if not _is_variable(named):
            self._edits.append((named.start, named.end, f"<{self._scope.name(self._names.resolve(named))}>"))
            return
        graph = "?" + named.text[1:]
        shadow = self._unused(f"{graph[1:]}_physical")
        self._hidden.add(shadow[1:])
        self._edits.append((named.start, named.end, shadow))
        self._see_within(opening, shadow, graph)
        self._insert_after(self._text.closing[opening], self._scope.join(shadow, graph))

    def _see_within(self, opening: int, shadow: str, graph: str) -> None:
        """Let what is in the group see the name of the graph it is asked of, as in the embedded store.

        That is done where an expression speaks of it, and in a sub-SELECT, from which it has to come out again.
        """
        if self._text.selects(opening):
            self._project(opening, shadow, graph)
        elif self._speaks_of(opening, graph):
            self._insert_after(opening, self._scope.join(shadow, graph))
        for index in self._text.own(opening):
            if index in self._text.closing and index not in self._text.data and not self._text.names_graph(index):
                self._see_within(index, shadow, graph)

    def _project(self, opening: int, shadow: str, graph: str) -> None:
        """Add ``shadow`` to what a sub-SELECT selects. Raises QueryRefusedError where that would change its rows."""
        own = list(self._text.own(opening))
        if any(_is_word(self._pieces[index], *_WHOLE) for index in own):
            raise QueryRefusedError(
                "A sub-SELECT that counts, groups or limits within GRAPH and a variable is not answered from a store "
                "that holds several releases. Write GRAPH within the sub-SELECT."
            )
        body = next((index for index in own if self._pieces[index].text == "{"), None)
        if body is None:
            raise self._text.malformed("a sub-SELECT has no group.", self._pieces[opening + 1])
        if any(self._pieces[index].text == "*" for index in own if index < body):
            self._insert_after(body, self._scope.join(shadow, graph))
        else:
            end = self._pieces[body - 1 if _is_word(self._pieces[body - 1], "WHERE") else body].start
            self._edits.append((end, end, f" {shadow} "))

    def _speaks_of(self, opening: int, variable: str) -> bool:
        """Tell whether ``variable`` stands within round brackets in the group itself."""
        depth = 0
        for index in self._text.own(opening):
            piece = self._pieces[index]
            depth += (piece.text == "(") - (piece.text == ")")
            if depth and _is_variable(piece) and piece.text[1:] == variable[1:]:
                return True
        return False

    def _unused(self, name: str) -> str:
        """Return a variable that the query does not have, always the same one for ``name``."""
        taken = {piece.text[1:] for piece in self._pieces if _is_variable(piece)}
        while any(each.startswith(name) for each in taken):
            name += "_"
        return f"?{name}"

    def _at(self, index: int) -> Token:
        if index >= len(self._pieces):
            raise self._text.malformed("the query ends too early.", self._pieces[-1])
        return self._pieces[index]

    def _insert_after(self, index: int, text: str) -> None:
        self._edits.append((self._pieces[index].end, self._pieces[index].end, text))


def _dataset(
    question: Question, prefixes: Mapping[str, str], base: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:  # fmt: skip
    """Return the default and the named graphs that the protocol, or else the query, chooses."""
    if question.default_graphs or question.named_graphs:
        return question.default_graphs, question.named_graphs
    default, named = dataset_clause(question.query, prefixes, base)
    return tuple(default), tuple(named)


def _is_word(piece: Token, *wanted: str) -> bool:
    return piece.kind == "word" and piece.text in wanted


def _is_variable(piece: Token) -> bool:
    return piece.kind == "name" and piece.text[0] in "?$"


def _describing(things: Sequence[str], thing: str, which: str, union: str) -> tuple[str, str]:
    """Return what stands before and after the WHERE clause in place of a DESCRIBE of variables and names ``things``."""
    variables = " ".join(each for each in things if each[0] in "?$")
    numbers = " ".join(map(str, range(len(things))))
    chosen = things[0]
    for number, each in enumerate(things[1:], 1):
        chosen = f"IF({which} = {number}, {each}, {chosen})"
    said = f"{thing} {thing}_says {thing}_value"
    return (
        f"CONSTRUCT {{ {said} }} WHERE {{ {{ SELECT DISTINCT {variables or '*'} ",
        f" }} VALUES {which} {{ {numbers} }} BIND({chosen} AS {thing}) GRAPH <{union}> {{ {said} }} }}",
    )


def _may_name_graphs(query: str) -> bool:
    plain = unescaped(query).upper()
    return any(word in plain for word in _NAMING)


def _refuse_doubtful(query: str) -> None:
    """Raise QueryRefusedError where a query can be read in two ways, of which one may name other graphs."""
    pieces, plain = list(tokens(query)), unescaped(query)
    hides = plain != query and [each.text for each in pieces if each.kind in _WORDS] != [
        each.text for each in tokens(plain) if each.kind in _WORDS
    ]
    if hides or any(each.is_doubtful for each in pieces):
        raise QueryRefusedError(_UNCERTAIN)


def _after_variables(pieces: Sequence[Token], index: int) -> int:
    """Return the place after the variables of VALUES, which begin at ``index``."""
    if index < len(pieces) and pieces[index].text == "(":
        while index < len(pieces) and pieces[index].text != ")":
            index += 1
    return index + 1
