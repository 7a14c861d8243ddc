"""A Turtle file as a tree that keeps every comment: directives, and statements of predicates and values.

A comment belongs to what follows it on the next line, or to what it stands behind; one below a statement, without an
empty line between, belongs to the statement.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from metropolis_kg.curation.turtle.tokens import END, Comment, Token, UnreadableError, read_tokens

_HEADING = re.compile(r"# ?(={4,}|-{4,}) .+ \1")
_LITERAL = re.compile(r"""(\"""|'''|"|')(.*)\1(?:[@^].*)?""", re.DOTALL)
_SENTENCE_END = re.compile(r"""[.!?][\\"'”“’»)]*$""")
_DIRECTIVES = {"@prefix": "prefix", "@base": "base", "prefix": "prefix", "base": "base"}
_TERMS = {"iri", "name", "blank", "number"}
_CLOSING = {"[": "]", "(": ")"}


@dataclass
class Value:
    """A subject, verb or object: a term as written, or a list of predicates ``[ … ]`` or of values ``( … )``."""

    text: str
    """The term; for a list ``[`` or ``(``."""

    prefix: str | None = None
    """The prefix used, with its colon: by the term, or by the datatype of a literal."""

    predicates: "list[Predicate]" = field(default_factory=list)
    items: "list[Value]" = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    trailing: str | None = None
    last_comments: list[str] = field(default_factory=list)
    """The comments before the closing bracket."""

    @property
    def is_list(self) -> bool:
        """Whether this is written in brackets."""
        return self.text in _CLOSING

    @property
    def closing(self) -> str:
        """The closing bracket of a list."""
        return _CLOSING[self.text]

    @property
    def is_commented(self) -> bool:
        """Whether a comment stands before or behind this."""
        return bool(self.comments or self.trailing)

    @property
    def is_sentence(self) -> bool:
        """Whether this is a literal whose text ends as a sentence does."""
        literal = _LITERAL.fullmatch(self.text)
        return bool(literal and _SENTENCE_END.search(literal[2]))

    @cached_property
    def line(self) -> str | None:
        """This on one line, without its comments; none where a comment or a line end within forbids that."""
        if not self.is_list:
            return None if "\n" in self.text or "\r" in self.text else self.text
        pairs = [None if each.comments else each.line for each in self.predicates]
        items = [None if item.is_commented else item.line for item in self.items]
        parts = [part for part in (*pairs, *items) if part is not None]
        if self.last_comments or len(parts) < len(pairs) + len(items):
            return None
        inner = (" ; " if pairs else " ").join(parts)
        return f"{self.text} {inner} {self.closing}" if inner else self.text + self.closing

    def within(self) -> "Iterator[Value]":
        """Yield this and every value in it, verbs among them."""
        yield self
        inner = [value for each in self.predicates for value in (each.verb, *each.values)]
        for value in (*inner, *self.items):
            yield from value.within()


@dataclass
class Predicate:
    """A verb with its objects."""

    verb: Value
    values: list[Value]
    comments: list[str] = field(default_factory=list)

    @property
    def line(self) -> str | None:
        """This on one line; none where its values cannot share one or a comment stands at them."""
        values = None if self.values[-1].trailing else one_line(self.values)
        return f"{self.verb.text} {values}" if values else None


def one_line(values: Sequence[Value]) -> str | None:
    """Return values as they share a line: one alone, or several of which none is a sentence; else none.

    A comment at one of them forbids it, unless it stands behind the last.
    """
    *others, last = values
    lines = [value.line for value in values if value.line is not None]
    if last.comments or any(value.is_commented for value in others) or len(lines) < len(values):
        return None
    return None if others and any(value.is_sentence for value in values) else " , ".join(lines)


@dataclass
class Lead:
    """The comments above a directive or statement."""

    comments: list[Comment] = field(default_factory=list)
    is_apart: bool = False
    """Whether an empty line stands between them and what follows."""

    def add(self, texts: list[str]) -> None:
        """Add comments right above what follows."""
        for text in texts:
            self.comments.append(Comment(text, after_blank=self.is_apart and bool(self.comments)))
            self.is_apart = is_heading(text)


@dataclass
class Directive:
    """``@prefix`` with name and namespace, or ``@base``, whose name is ``None``."""

    name: str | None
    iri: str
    lead: Lead
    trailing: str | None


@dataclass
class Statement:
    """A subject with its predicates; ``last_comments`` stand below it."""

    subject: Value
    predicates: list[Predicate]
    lead: Lead
    last_comments: list[str]

    def values(self) -> Iterator[Value]:
        """Yield every value in it: subject, verbs, objects, and what is in lists."""
        outermost = [value for each in self.predicates for value in (each.verb, *each.values)]
        for value in (self.subject, *outermost):
            yield from value.within()


@dataclass
class Document:
    """A file: directives and statements in the order written, and the comments after the last."""

    items: list[Directive | Statement]
    last: Lead
    header: list[Comment] = field(default_factory=list)
    """The comments at the top that are about the file."""


def is_heading(comment: str) -> bool:
    """Return whether a comment is the heading of a section.

    >>> is_heading("# ======== Things: places ========"), is_heading("# ---- Claims ----"), is_heading("# Claims")
    (True, True, False)
    """
    return bool(_HEADING.fullmatch(comment))


def read_document(text: str) -> Document:
    """Return the tree of a text that is Turtle 1.1. Raises UnreadableError where it is not."""
    return _Reader(read_tokens(text)).document()


class _Reader:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens, self._at = tokens, 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self, *expected: str) -> Token:
        token = self._next
        if token.kind == END or (expected and token.text not in expected):
            raise UnreadableError(token.position)
        self._at += 1
        return token

    def document(self) -> Document:
        items: list[Directive | Statement] = []
        while self._next.kind != END:
            is_directive = self._next.kind in ("tag", "word") and self._next.text.lower() in _DIRECTIVES
            items.append(self._directive() if is_directive else self._statement())
        return Document(items, _lead(self._next))

    def _directive(self) -> Directive:
        first = self._take()
        is_prefix = _DIRECTIVES[first.text.lower()] == "prefix"
        tokens = [first, *(self._take() for _ in range(2 if is_prefix else 1))]
        iri = tokens[-1]
        if iri.kind != "iri":
            raise UnreadableError(iri.position)
        if first.text.startswith("@"):
            tokens.append(self._take("."))
        lead = _lead(first)
        lead.add([text for token in tokens[1:] for text in _own(token)])
        lead.add([token.trailing for token in tokens[:-1] if token.trailing])
        return Directive(tokens[1].text if is_prefix else None, iri.text, lead, tokens[-1].trailing)

    def _statement(self) -> Statement:
        lead = _lead(self._next)
        self._next.comments = []
        subject = self._value()
        lead.add(_around(subject))
        subject.comments, subject.trailing = [], None
        predicates = self._predicates(".")
        end = self._take(".")
        _add_trailing(predicates[-1].values[-1] if predicates else subject, end)
        return Statement(subject, predicates, lead, [*_own(end), *self._comments_below()])

    def _comments_below(self) -> list[str]:
        """Take from the next token the comments that follow the statement directly and are not about what comes."""
        comments = self._next.comments
        apart = [
            number
            for number, comment in enumerate(comments)
            if comment.after_blank or (is_heading(comment.text) and not comment.indented)
        ]
        if not apart and not self._next.after_blank and self._next.kind != END:
            return []
        end = apart[0] if apart else len(comments)
        self._next.comments = comments[end:]
        return [comment.text for comment in comments[:end]]

    def _predicates(self, end: str) -> list[Predicate]:
        """Read predicates up to the token ``end``, which is left; its own comments are those after the last."""
        predicates: list[Predicate] = []
        passed_on: list[str] = []
        while True:
            if self._next.text == end:
                self._next.comments = [*map(Comment, passed_on), *self._next.comments]
                return predicates
            if self._next.text == ";":
                mark = self._take()
                passed_on += _own(mark)
                if predicates:
                    _add_trailing(predicates[-1].values[-1], mark)
                elif mark.trailing:
                    passed_on.append(mark.trailing)
                continue
            verb = self._value()
            predicates.append(Predicate(verb, self._values(), [*passed_on, *_around(verb)]))
            passed_on = []

    def _values(self) -> list[Value]:
        values = [self._value()]
        while self._next.text == ",":
            mark = self._take()
            _add_trailing(values[-1], mark)
            value = self._value()
            value.comments = [*_own(mark), *value.comments]
            values.append(value)
        return values

    def _value(self) -> Value:
        first = self._take()
        if first.text in _CLOSING:
            return self._list(first)
        if first.kind in _TERMS or first.kind == "word":
            return Value(first.text, _prefix(first), comments=_own(first), trailing=first.trailing)
        if first.kind != "string":
            raise UnreadableError(first.position)
        tokens = [first]
        if self._next.kind == "tag":
            tokens.append(self._take())
        elif self._next.text == "^^":
            tokens += [self._take(), self._take()]
        comments = [text for token in tokens for text in _own(token)]
        comments += [token.trailing for token in tokens[:-1] if token.trailing]
        text = "".join(token.text for token in tokens)
        return Value(text, _prefix(tokens[-1]), comments=comments, trailing=tokens[-1].trailing)

    def _list(self, opening: Token) -> Value:
        value = Value(opening.text, comments=_own(opening))
        inner = [opening.trailing] if opening.trailing else []
        if opening.text == "[":
            value.predicates = self._predicates("]")
        while opening.text == "(" and self._next.text != ")":
            value.items.append(self._value())
        closing = self._take(_CLOSING[opening.text])
        value.last_comments, value.trailing = _own(closing), closing.trailing
        children = value.predicates or value.items
        if children:
            children[0].comments = [*inner, *children[0].comments]
        else:
            value.comments += [*inner, *value.last_comments]
            value.last_comments = []
        return value


def _lead(token: Token) -> Lead:
    comments = [comment._replace(after_blank=comment.after_blank and number > 0)
                for number, comment in enumerate(token.comments)]  # fmt: skip
    is_apart = bool(comments) and (token.after_blank or is_heading(comments[-1].text))
    return Lead(comments, is_apart)


def _prefix(token: Token) -> str | None:
    return token.text[: token.text.index(":") + 1] if token.kind == "name" else None


def _own(token: Token) -> list[str]:
    return [comment.text for comment in token.comments]


def _around(value: Value) -> list[str]:
    return [*value.comments, *([value.trailing] if value.trailing else [])]


def _add_trailing(value: Value, mark: Token) -> None:
    """Let the comment behind a mark be that behind the value before it; one that was there goes above it."""
    if mark.trailing:
        value.comments = _around(value)
        value.trailing = mark.trailing
