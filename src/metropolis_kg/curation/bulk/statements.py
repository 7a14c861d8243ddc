"""What is said of single statements of a bulk source, as of those in Turtle (``written``, ``terms``).

Unknown terms, impossible times, literals that the store keeps otherwise, blank nodes. Statements are canonical N-Quads,
taken apart at their blanks.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import pyoxigraph as ox

from metropolis_kg.curation.bulk.blocks import Block, FaultList
from metropolis_kg.curation.bulk.graphs import GraphNames
from metropolis_kg.curation.diagnostics import Diagnostic, of_error
from metropolis_kg.curation.rewritten import stored_forms
from metropolis_kg.curation.steps import End
from metropolis_kg.curation.terms import LIST, NAMING, Spelling
from metropolis_kg.curation.written import TIMING, time_wrong
from metropolis_kg.model.namespaces import EDTF

_QUOTE, _BRACKET = b'">'
_EDTF = str(EDTF).encode()
_MARKS = (b"_:", b"<<(", b"--")
"""What stands in a statement with a blank node, a triple term or a text direction, and in some others."""
_KEPT = 100_000
"""How many distinct typed values are remembered at most."""


@dataclass(frozen=True)
class Vocabulary:
    """The terms that may be used, as N-Triples has them."""

    declared: frozenset[bytes]
    own: bytes
    """How a term of ours begins."""

    source: bytes
    """The property that gives a graph its source."""

    timing: frozenset[bytes]
    spelling: Spelling

    @classmethod
    def of(cls, declared: set[ox.NamedNode], prefixes: dict[str, str]) -> "Vocabulary":
        """Return the vocabulary of which ``declared`` are all terms."""
        mkg = prefixes["mkg"]
        return cls(
            frozenset(str(term).encode() for term in declared | LIST),
            f"<{mkg}".encode(),
            f"<{mkg}source>".encode(),
            frozenset(f"<{mkg}{name}>".encode() for name in TIMING),
            Spelling(declared, prefixes),
        )


_NAMING = frozenset(str(term).encode() for term in NAMING)


class StatementChecks:
    """Looks at the statements of one file; notes graphs and faults."""

    def __init__(self, vocabulary: Vocabulary, graphs: GraphNames, found: FaultList, timed: FaultList) -> None:
        self._vocabulary, self._graphs, self._found, self._timed = vocabulary, graphs, found, timed
        self._typed: list[tuple[int, bytes]] = []
        self._as_written: set[bytes] = set()
        self.rewritten: dict[bytes, End] = {}
        """What the store keeps instead of what is written."""
        self.times: list[Diagnostic] = []

    def look_at(self, block: Block) -> None:
        """Check every statement of a block."""
        words, begin = self._vocabulary, self._graphs.begin
        declared, own, source, timing = words.declared, words.own, words.source, words.timing
        for number, line in zip(block.lines, block.statements.split(b"\n"), strict=False):
            subject, predicate, rest = line.split(b" ", 2)
            value, graph, _ = rest.rsplit(b" ", 2)
            if graph not in begin:
                self._graphs.enter(graph, number)
            if subject == graph or predicate == source:
                self._graphs.describe(graph)
            if predicate not in declared:
                self._tell_unknown(predicate, number)
            if value[0] == _QUOTE:
                if value[-1] == _BRACKET or predicate in timing:
                    self._literal(number, subject, predicate, value)
            elif value not in declared and (predicate in _NAMING or value.startswith(own)):
                self._tell_unknown(value, number)
        self._tell_rewritten()

    def _tell_unknown(self, term: bytes, number: int) -> None:
        code, facts = self._vocabulary.spelling.told(term[1:-1].decode())
        self._found.add(code, number, **facts)

    def _literal(self, number: int, subject: bytes, predicate: bytes, value: bytes) -> None:
        if predicate in self._vocabulary.timing or value.endswith(_EDTF):
            if wrong := _time_wrong(value):
                code, facts = wrong
                if error := self._timed.add(code, number, **facts):
                    focus, read = ox.NamedNode(subject[1:-1].decode()), literal(value)
                    self.times.append(replace(of_error(error), focus=focus, value=read))
        else:
            self._typed.append((number, value))

    def _tell_rewritten(self) -> None:
        new = {value: literal(value) for _, value in self._typed if value not in self._as_written}
        forms = stored_forms(new.values())
        self.rewritten |= {value: forms[read] for value, read in new.items() if read in forms}
        self._as_written = {*self._as_written, *new} - self.rewritten.keys() if len(self._as_written) < _KEPT else set()
        for number, value in self._typed if self.rewritten else ():
            if value in self.rewritten:
                self._found.add("literal-rewritten", number, written=literal(value), kept=self.rewritten[value])
        self._typed = []


def without_nameless(block: Block, refused: FaultList) -> Block:
    """Return ``block`` without statements that have a blank node or are RDF 1.2, which are noted with their lines."""
    if not any(mark in block.statements for mark in _MARKS):
        return block
    kept = []
    for number, line in zip(block.lines, block.statements.splitlines(keepends=True), strict=True):
        code = _nameless(line) if any(mark in line for mark in _MARKS) else None
        if code:
            refused.add(code, number)
        else:
            kept.append((number, line))
    return Block(b"".join(line for _, line in kept), [number for number, _ in kept], block.read)


def _nameless(line: bytes) -> str | None:
    """Return of which kind the fault of a statement is, if it has one."""
    (quad,) = ox.parse(line, format=ox.RdfFormat.N_QUADS, lenient=True)
    if isinstance(quad.object, ox.Triple) or getattr(quad.object, "direction", None):
        return "rdf12"
    return "blank-node" if any(isinstance(term, ox.BlankNode) for term in quad) else None


@lru_cache(_KEPT)
def _time_wrong(value: bytes) -> tuple[str, dict[str, object]] | None:
    return time_wrong(literal(value))


def literal(value: bytes) -> ox.Literal:
    """Return a literal in N-Triples form as a term."""
    (quad,) = ox.parse(b"<a:> <a:> " + value + b" .", format=ox.RdfFormat.N_TRIPLES, lenient=True)
    if not isinstance(quad.object, ox.Literal):
        raise TypeError(f"not a literal: {value!r}")
    return quad.object
