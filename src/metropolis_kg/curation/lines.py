"""On which line a statement was written.

Files are parsed by pyoxigraph, which is fast and keeps no positions. Only when a place must be named is the one file
concerned read again by rdflib's Turtle parser, whose line counter this module listens to.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, MutableSequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from rdflib import Graph, Literal, URIRef
from rdflib.plugins.parsers.notation3 import BadSyntax, RDFSink, SinkParser
from rdflib.plugins.parsers.trig import TrigSinkParser
from rdflib.term import Node

from metropolis_kg.model.dataset import NamedGraph

_NEWLINE = re.compile("\n")
_BLANK = re.compile(r"(?:\s|#[^\n]*\n)*")

Statement = tuple[str, str, str]
"""Subject, predicate and object in N-Triples form."""


@dataclass
class LineIndex:
    """Where the statements and subjects of one file stand; lines count from 1."""

    statements: dict[Statement, int] = field(default_factory=dict)
    subjects: dict[str, int] = field(default_factory=dict)
    tags: list[tuple[str, int]] = field(default_factory=list)
    """Language tags as written, with their lines."""

    def add(self, quad: ox.Quad, line: int) -> None:
        """Note that a statement stands on ``line``, unless it stood before."""
        subject, predicate, value = str(quad.subject), str(quad.predicate), str(quad.object)
        self.statements.setdefault((subject, predicate, value), line)
        self.subjects.setdefault(subject, line)

    def renamed(self, rename: Callable[[str], str]) -> "LineIndex":
        """Return the same places of the terms that ``rename`` makes of these."""
        statements = {(rename(s), rename(p), rename(o)): line for (s, p, o), line in self.statements.items()}
        return LineIndex(statements, {rename(term): line for term, line in self.subjects.items()}, self.tags)

    def find(self, subject: str, predicate: str | None = None, value: str | None = None) -> int | None:
        """Return the line of the statement, else of the subject's first with that predicate, else of the subject."""
        if predicate and value and (subject, predicate, value) in self.statements:
            return self.statements[subject, predicate, value]
        for (s, p, _), line in self.statements.items() if predicate else ():
            if (s, p) == (subject, predicate):
                return line
        return self.subjects.get(subject)


class _LineParser(SinkParser):
    """rdflib's Turtle parser, noting the line on which each object begins."""

    def __init__(self, sink: RDFSink, index: LineIndex, text: str) -> None:
        super().__init__(sink, turtle=True)
        self._index, self._sink = index, sink
        self._line_starts = [match.end() for match in _NEWLINE.finditer(text)]
        self._lines_of_list: list[int] = []
        self._line_of: dict[int, int] = {}

    def object(self, argstr: str, i: int, res: MutableSequence[Any]) -> int:
        line, before = self._line(argstr, i), len(res)
        end = super().object(argstr, i, res)
        if end >= 0 and len(res) > before:
            self._line_of[id(res[-1])] = line
            if isinstance(res[-1], Literal) and res[-1].language:
                self._index.tags.append((res[-1].language, line))
        return end

    def makeStatement(self, quadruple: tuple[Any, Any, Any, Any]) -> None:  # noqa: N802 - rdflib's name
        formula, *terms = quadruple
        predicate, subject, value = (_text(self._sink.normalise(formula, term)) for term in terms)
        line = self._line_of.get(id(terms[2]), self.lines + 1)
        self._index.statements.setdefault((subject, predicate, value), line)
        self._index.subjects.setdefault(subject, line)
        super().makeStatement(quadruple)

    def _line(self, text: str, position: int) -> int:
        blank = _BLANK.match(text, position)
        return bisect_right(self._line_starts, blank.end() if blank else position) + 1


class _TrigLineParser(_LineParser, TrigSinkParser):
    """The same for TriG."""


def _text(node: Node) -> str:
    if isinstance(node, URIRef):
        return f"<{node}>"
    if not isinstance(node, Literal):
        return f"_:{node}"
    if node.language:
        return str(ox.Literal(str(node), language=node.language.lower()))
    return str(ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype)) if node.datatype else None))


@lru_cache(maxsize=64)
def line_index(path: Path) -> LineIndex:
    """Return where the statements of the Turtle file ``path`` were written, as far as rdflib can read the file."""
    return text_index(path.read_text(encoding="utf-8"))


def text_index(text: str, *, trig: bool = False) -> LineIndex:
    """Return where the statements of ``text``, Turtle or ``trig``, were written, as far as rdflib can read it."""
    index, parser = LineIndex(), _TrigLineParser if trig else _LineParser
    with suppress(BadSyntax, RecursionError):
        parser(RDFSink(Graph()), index, text).loadBuf(text)
    return index


@dataclass(frozen=True)
class SentGraph(NamedGraph):
    """Statements that were sent and stand in no file; ``path`` is only what to call the text they stood in."""

    index: Callable[[], LineIndex]
    """Returns where they stood in that text."""


def lines_of(graph: NamedGraph) -> LineIndex:
    """Return where the statements of ``graph`` were written."""
    return graph.index() if isinstance(graph, SentGraph) else line_index(graph.path)
