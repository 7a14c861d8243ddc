"""Where in a file a statement was written: line, column and length.

Files are parsed by pyoxigraph, which is fast and keeps no positions. Only when a place must be named is the one file
concerned read again by rdflib's Turtle parser, whose position in the text this module listens to. rdflib normalises
literals while parsing; here they keep the form in which they stand, by which they are looked for.
"""

import logging
import re
from bisect import bisect_right
from collections.abc import Callable, MutableSequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox
from rdflib import Graph, Literal, URIRef
from rdflib.plugins.parsers.notation3 import BadSyntax, RDFSink, SinkParser, sfloat
from rdflib.plugins.parsers.trig import TrigSinkParser
from rdflib.term import Node

from metropolis_kg.model.dataset import NamedGraph
from metropolis_kg.model.namespaces import XSD

logging.getLogger("rdflib.term").setLevel(logging.ERROR)
"""Of each literal that its datatype does not allow rdflib logs a traceback; the shapes tell of it."""

_NEWLINE = re.compile("\n")
_SHORT = {bool: "boolean", int: "integer", Decimal: "decimal", sfloat: "double"}
"""How Turtle means what it lets stand without quotes (section 2.5.2)."""
_NO_BASE = "http://base.invalid/"
"""What a first ``@base`` is relative to, which rdflib wants to know although it is absolute."""
_BLANK = re.compile(r"(?:\s|#[^\n]*\n)*")

Statement = tuple[str, str, str]
"""Subject, predicate and object in N-Triples form."""


class Span(NamedTuple):
    """A piece of one line; line and column count from 1, length in characters; none where only the line is known."""

    line: int
    column: int | None = None
    length: int | None = None


@dataclass
class LineIndex:
    """Where the statements, properties and subjects of one file stand, each where it stands first."""

    statements: dict[Statement, Span] = field(default_factory=dict)
    """Where the object of each statement stands."""

    properties: dict[tuple[str, str], Span] = field(default_factory=dict)
    """Where the first object of a subject's property stands."""

    subjects: dict[str, Span] = field(default_factory=dict)
    verbs: dict[tuple[str, str], Span] = field(default_factory=dict)
    """Where a subject's property itself stands."""

    tags: list[tuple[str, int]] = field(default_factory=list)
    """Language tags as written, with their lines."""

    def add(self, quad: ox.Quad, span: Span) -> None:
        """Note where a statement stands, unless it stood before."""
        subject, predicate, value = str(quad.subject), str(quad.predicate), str(quad.object)
        self.statements.setdefault((subject, predicate, value), span)
        self.properties.setdefault((subject, predicate), span)
        self.subjects.setdefault(subject, span)

    def renamed(self, rename: Callable[[str], str]) -> "LineIndex":
        """Return the same places of the terms that ``rename`` makes of these."""
        return LineIndex(
            {(rename(s), rename(p), rename(o)): span for (s, p, o), span in self.statements.items()},
            {(rename(s), rename(p)): span for (s, p), span in self.properties.items()},
            {rename(s): span for s, span in self.subjects.items()},
            {(rename(s), rename(p)): span for (s, p), span in self.verbs.items()},
            self.tags,
        )

    def span(self, subject: str, predicate: str | None = None, value: str | None = None) -> Span | None:
        """Return where the statement stands, else the subject's first with that predicate, else the subject."""
        exact = self.statements.get((subject, predicate, value)) if predicate and value else None
        near = self.properties.get((subject, predicate)) if predicate else None
        return exact or near or self.subjects.get(subject)

    def find(self, subject: str, predicate: str | None = None, value: str | None = None) -> int | None:
        """Return the line of what ``span`` finds."""
        found = self.span(subject, predicate, value)
        return found.line if found else None


class _Sink(RDFSink):
    def newLiteral(self, s: str, dt: URIRef | None = None, lang: str | None = None) -> Literal:  # noqa: N802 - rdflib's name
        return Literal(s, datatype=dt, normalize=False) if dt else Literal(s, lang=lang)


class _LineParser(SinkParser):
    """rdflib's Turtle parser, noting where each subject and each object stands."""

    def __init__(self, sink: RDFSink, index: LineIndex, text: str) -> None:
        super().__init__(sink, baseURI=_NO_BASE, turtle=True)
        self._index, self._sink = index, sink
        self._line_starts = [0, *(match.end() for match in _NEWLINE.finditer(text))]
        self._span_of: dict[int, Span] = {}

    def object(self, argstr: str, i: int, res: MutableSequence[Any]) -> int:
        before = len(res)
        end = super().object(argstr, i, res)
        if end >= 0 and len(res) > before:
            blank = _BLANK.match(argstr, i)
            start = blank.end() if blank else i
            res[-1] = _as_written(res[-1], argstr[start:end])
            self._note(res[-1], self._span(argstr, start, end))
        return end

    def verb(self, argstr: str, i: int, res: MutableSequence[Any]) -> int:
        end = super().verb(argstr, i, res)
        if end > 0 and res:
            blank = _BLANK.match(argstr, i)
            self._span_of[id(res[-1][1])] = self._span(argstr, blank.end() if blank else i, end)
        return end

    def _note(self, node: Any, span: Span) -> None:
        self._span_of[id(node)] = span
        if isinstance(node, Literal) and node.language:
            self._index.tags.append((node.language, span.line))

    def _span(self, text: str, start: int, end: int) -> Span:
        line = bisect_right(self._line_starts, start)
        written = text[start:end].partition("\n")[0].rstrip()
        return Span(line, start - self._line_starts[line - 1] + 1, max(len(written), 1))

    def makeStatement(self, quadruple: tuple[Any, Any, Any, Any]) -> None:  # noqa: N802 - rdflib's name
        formula, *terms = quadruple
        predicate, subject, value = (_text(self._sink.normalise(formula, term)) for term in terms)
        span = self._span_of.get(id(terms[2])) or Span(self.lines + 1)
        self._index.statements.setdefault((subject, predicate, value), span)
        self._index.properties.setdefault((subject, predicate), span)
        if id(terms[0]) in self._span_of:
            self._index.verbs.setdefault((subject, predicate), self._span_of[id(terms[0])])
        self._index.subjects.setdefault(subject, self._span_of.get(id(terms[1]), span))
        super().makeStatement(quadruple)


class _TrigLineParser(_LineParser, TrigSinkParser):
    """The same for TriG."""


def _as_written(node: Any, text: str) -> Any:
    """Return a number or truth value, which rdflib reads as Python's, as the literal that is written."""
    kind = next((name for types, name in _SHORT.items() if isinstance(node, types)), None)
    return Literal(text, datatype=URIRef(f"{XSD}{kind}"), normalize=False) if kind else node


def _text(node: Node) -> str:
    if isinstance(node, URIRef):
        return f"<{node}>"
    if not isinstance(node, Literal):
        return f"_:{node}"
    if node.language:
        return str(ox.Literal(str(node), language=node.language.lower()))
    return str(ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype)) if node.datatype else None))


def line_index(path: Path) -> LineIndex:
    """Return where the statements of the Turtle file ``path`` were written, as far as rdflib can read the file.

    It is kept for as long as the file stays as it is.
    """
    state = path.stat()
    return _line_index(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=64)
def _line_index(path: Path, _changed: int, _size: int) -> LineIndex:
    return text_index(path.read_text(encoding="utf-8"))


def text_index(text: str, *, trig: bool = False) -> LineIndex:
    """Return where the statements of ``text``, Turtle or ``trig``, were written, as far as rdflib can read it."""
    index, parser = LineIndex(), _TrigLineParser if trig else _LineParser
    with suppress(BadSyntax, RecursionError):
        parser(_Sink(Graph()), index, text).loadBuf(text)
    return index


@dataclass(frozen=True)
class SentGraph(NamedGraph):
    """Statements that were sent and stand in no file; ``path`` is only what to call the text they stood in."""

    text: str
    """What was sent, if it is Turtle; else empty."""

    index: Callable[[], LineIndex]
    """Returns where they stood in that text."""


def text_of(graph: NamedGraph) -> str:
    """Return the text in which the statements of ``graph`` were written, if that is Turtle; else none."""
    return graph.text if isinstance(graph, SentGraph) else graph.path.read_text(encoding="utf-8")


def lines_of(graph: NamedGraph) -> LineIndex:
    """Return where the statements of ``graph`` were written."""
    return graph.index() if isinstance(graph, SentGraph) else line_index(graph.path)
