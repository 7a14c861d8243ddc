"""The only caller of pySHACL: judging data by shapes.

pySHACL is the judge. It is asked only about the focus nodes that ``screening`` cannot clear, and it works in a process
of its own, for it changes the shapes it is given and, when it fails, how rdflib reads literals. Given to it are a fresh
copy of the shapes, in which ``sh:targetNode`` names the focus nodes left, and the whole data; asked for are SHACL Core
and SPARQL constraints, no inference, no ``owl:imports``, no network.
"""

import operator
import os
import subprocess
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import pyoxigraph as ox
import rdflib
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result
from rdflib.term import Node, _toPythonMapping

from metropolis_kg.curation.report import NOTHING_SCREENED, Coverage, Report, read_results
from metropolis_kg.curation.screening import Screening, screen
from metropolis_kg.errors import MetropolisError
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import SH, XSD
from metropolis_kg.model.shapes import ShapesGraph, Statement

Judge = Callable[[bytes, bytes], bytes]
"""Takes shapes (N-Triples) and data (N-Quads, read as one graph), returns a SHACL validation report (N-Triples)."""

_TARGET_NODE = ox.NamedNode(f"{SH}targetNode")
_FAILED = 3


class ValidationError(MetropolisError):
    """The data could not be judged; says what the judge complained of."""


def validate(store: ox.Store, shapes: ShapesGraph, *, screened: bool = True, judge: Judge | None = None) -> Report:
    """Return what ``shapes`` find in the union of all graphs of ``store``.

    The report is the one pySHACL gives on everything. With ``screened``, focus nodes that cannot fail are cleared by
    SPARQL first, and where none is left pySHACL is not started: ``Report.coverage`` tells. Without it, pySHACL judges
    everything. ``judge`` defaults to ``judge_apart``. Raises ValidationError.
    """
    judge = judge or judge_apart
    if not screened:
        return _report(judge(_nt(shapes.statements), _data(store)), shapes, NOTHING_SCREENED)
    found = screen(store, shapes)
    coverage = Coverage(found.shapes, found.constraints, found.unscreened_names, found.left)
    if found.clears_all:
        return Report((), coverage, shapes.prefixes)
    return _report(judge(_nt(_retargeted(shapes, found)), _data(store)), shapes, coverage)


def _report(said: bytes, shapes: ShapesGraph, coverage: Coverage) -> Report:
    return Report(read_results(ox.parse(said, format=ox.RdfFormat.N_TRIPLES), shapes), coverage, shapes.prefixes)


def _retargeted(shapes: ShapesGraph, found: Screening) -> Iterator[Statement]:
    """Yield the shapes with ``sh:targetNode`` for what is left to judge in place of the targets of screened shapes."""
    for subject, predicate, value in shapes.statements:
        if subject in found.unscreened or not shapes.states_target((subject, predicate, value)):
            yield subject, predicate, value
    for shape, nodes in found.suspects.items():
        for node in nodes:
            yield shape, _TARGET_NODE, node


def _nt(statements: Iterable[Statement]) -> bytes:
    return ox.serialize((ox.Triple(*statement) for statement in statements), format=ox.RdfFormat.N_TRIPLES) or b""


def _data(store: ox.Store) -> bytes:
    return store.dump(format=ox.RdfFormat.N_QUADS) or b""


# The judge


def judge_apart(shapes: bytes, data: bytes) -> bytes:
    """Let pySHACL judge in a process of its own. Raises ValidationError with what it or the process complained of."""
    command = [sys.executable, "-m", "metropolis_kg.curation.validation"]
    paths = os.pathsep.join(path for path in sys.path if path)
    asked = b"".join((f"{len(shapes)}\n".encode(), shapes, data))
    try:
        done = subprocess.run(command, input=asked, capture_output=True, env={**os.environ, "PYTHONPATH": paths})
    except OSError as error:
        raise ValidationError(f"the process for pySHACL could not be started: {error}") from error
    if done.returncode == 0:
        return done.stdout
    if done.returncode == _FAILED:
        raise ValidationError(done.stdout.decode())
    last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
    raise ValidationError(f"the process for pySHACL ended with status {done.returncode}: {last[0]}")


def judge_here(shapes: bytes, data: bytes) -> bytes:
    """Let pySHACL judge in this process and leave rdflib as it was. Raises ValidationError with what it said."""
    import pyshacl  # takes as long to import as all else together
    from pyshacl.monkey import rdflib_bool_patch

    try:
        data_graph = _filled(_DataGraph(bind_namespaces="none"), data, ox.RdfFormat.N_QUADS)
        with _literals_left_as_they_are():
            rdflib_bool_patch()  # type: ignore[no-untyped-call] # as pySHACL reads shapes, only "true" is true
            shapes_graph = _filled(rdflib.Graph(bind_namespaces="none"), shapes, ox.RdfFormat.N_TRIPLES)
            _, report, text = pyshacl.validate(data_graph, shacl_graph=shapes_graph, inference="none", advanced=False)
    except Exception as error:  # of pySHACL, of rdflib, re.error and what else escapes
        raise ValidationError(f"pySHACL could not judge the data: {type(error).__name__}: {error}") from error
    if not isinstance(report, rdflib.Graph):
        raise ValidationError(f"pySHACL could not judge the data: {text}")
    return report.serialize(format="nt", encoding="utf-8")


@contextmanager
def _literals_left_as_they_are() -> Iterator[None]:
    """Undo what pySHACL does to rdflib's literals for all of the process, and does not undo where it fails.

    Forgotten too is how it wrote blank nodes in messages: it keeps that by the address of a graph, for ever.
    """
    from pyshacl.rdfutil.stringify import stringify_blank_node

    normalised, boolean = rdflib.NORMALIZE_LITERALS, _toPythonMapping[rdflib.XSD.boolean]
    try:
        yield
    finally:
        vars(stringify_blank_node)["dict_cache"].clear()
        rdflib.NORMALIZE_LITERALS, _toPythonMapping[rdflib.XSD.boolean] = normalised, boolean


class _DataGraph(rdflib.Graph):
    """A graph as pySHACL needs it: it parses a query once, and it has values that can be compared or not.

    pySHACL asks each SPARQL constraint anew for every focus node. And where values of two properties cannot be compared
    it stops with a TypeError, or finds nothing, although that is a result (SHACL sections 4.5.3 and 4.5.4).
    """

    def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> Result:
        """Return the result of a query, as ``rdflib.Graph.query`` does."""
        prepared = _prepared(query_object) if isinstance(query_object, str) else query_object
        return super().query(prepared, *args, **kwargs)

    def objects(self, *args: Any, **kwargs: Any) -> Generator[Node, None, None]:
        """Yield the values of a property, as ``rdflib.Graph.objects`` does."""
        for value in super().objects(*args, **kwargs):
            yield _comparable(value) if isinstance(value, rdflib.Literal) else value


class _Comparable(rdflib.Literal):
    """A literal that is neither less than nor equal to what SPARQL cannot compare it with."""

    def __lt__(self, other: object) -> bool:
        return self._stands(operator.lt, other)

    def __le__(self, other: object) -> bool:
        return self._stands(operator.le, other)

    def _stands(self, order: Callable[[Any, Any], bool], other: object) -> bool:
        ours, theirs = self.value, getattr(other, "value", None)
        if ours is None or theirs is None or isinstance(ours, bool) != isinstance(theirs, bool):
            return False
        try:
            return order(ours, theirs)
        except TypeError:
            return False


@lru_cache(maxsize=65536)
def _comparable(literal: rdflib.Literal) -> _Comparable:
    return _Comparable(str(literal), lang=literal.language, datatype=literal.datatype, normalize=False)


@lru_cache(maxsize=1024)
def _prepared(query: str) -> Query:
    return prepareQuery(query)


def _filled(graph: rdflib.Graph, text: bytes, syntax: ox.RdfFormat) -> rdflib.Graph:
    """Return ``graph`` with ``text``: literals keep their form, blank nodes their label, graph names are left out."""
    terms = _Terms()
    for quad in ox.parse(text, format=syntax):
        graph.add((terms[quad.subject], terms[quad.predicate], terms[quad.object]))
    return graph


class _Terms(dict[Any, Node]):
    """Terms of pyoxigraph as rdflib has them, each made once."""

    def __missing__(self, term: Term) -> Node:
        self[term] = made = _rdflib_term(term)
        return made


def _rdflib_term(term: Term) -> Node:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    plain = term.datatype.value == f"{XSD}string"
    return rdflib.Literal(term.value, datatype=None if plain else term.datatype.value, normalize=False)


def main() -> int:
    """Judge what standard input holds, as ``judge_apart`` writes it; return the exit status."""
    length = int(sys.stdin.buffer.readline())
    shapes = sys.stdin.buffer.read(length)
    try:
        said = judge_here(shapes, sys.stdin.buffer.read())
    except ValidationError as error:
        sys.stdout.write(str(error))
        return _FAILED
    sys.stdout.buffer.write(said)
    return 0


if __name__ == "__main__":
    sys.exit(main())
