"""The only caller of pySHACL, in this process.

pySHACL changes the shapes it is given, how rdflib reads literals, and what it remembers of blank nodes. So each
question has its own copy of shapes and data, and what pySHACL changed is put back. Asked for are SHACL Core and SPARQL
constraints, no inference, no ``owl:imports``, no network. ``judge_process`` asks it in a process of its own.
"""

import operator
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import pyoxigraph as ox
import rdflib
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result
from rdflib.term import Node, _toPythonMapping

from metropolis_kg.errors import MetropolisError
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import XSD

Judge = Callable[[bytes, bytes], bytes]
"""Takes shapes (N-Triples) and data (N-Quads, read as one graph), returns a SHACL validation report (N-Triples)."""

ASKED = "urn:x-judged:asked"
"""Predicate by which ``judge_each`` is asked about a focus node of a shape."""

_ASKED = rdflib.URIRef(ASKED)
JUDGED_SHAPE, JUDGED_NODE = "urn:x-judged:shape", "urn:x-judged:node"
"""Predicates by which ``judge_each`` says of a result to which shape and focus node of the question it belongs."""


class ValidationError(MetropolisError):
    """The data could not be judged; says what the judge complained of."""


def import_pyshacl() -> None:
    """Import pySHACL, which takes as long as all else together, so that no question has to wait for it."""
    import pyshacl  # noqa: F401 - so that it is there for every question


def judge_here(shapes: bytes, data: bytes) -> bytes:
    """Let pySHACL judge in this process and leave rdflib as it was. Raises ValidationError with what it said."""
    return _judged(_everything, shapes, data)


def judge_each(shapes: bytes, data: bytes) -> bytes:
    """Let pySHACL judge each focus node of a shape that is asked about (``ASKED``), and no other.

    The targets of the shapes are not looked at. The report says of each of its results which question it belongs to
    (``JUDGED_SHAPE``, ``JUDGED_NODE``): nested shapes have results with other sources and focus nodes. Raises
    ValidationError.
    """
    return _judged(_one_by_one, shapes, data)


def _judged(ask: Callable[[rdflib.Graph, rdflib.Graph], rdflib.Graph], shapes: bytes, data: bytes) -> bytes:
    from pyshacl.monkey import rdflib_bool_patch

    _forget_graphs()  # of whoever called pySHACL before
    try:
        data_graph = _filled(_DataGraph(bind_namespaces="none"), data, ox.RdfFormat.N_QUADS)
        with _literals_left_as_they_are():
            rdflib_bool_patch()  # type: ignore[no-untyped-call] # as pySHACL reads shapes, only "true" is true
            shapes_graph = _filled(rdflib.Graph(bind_namespaces="none"), shapes, ox.RdfFormat.N_TRIPLES)
            return ask(data_graph, shapes_graph).serialize(format="nt", encoding="utf-8")
    except ValidationError:
        raise
    except Exception as error:  # of pySHACL, of rdflib, re.error and what else escapes
        raise ValidationError(f"pySHACL could not judge the data: {type(error).__name__}: {error}") from error


def _forget_graphs() -> None:
    """Empty what pySHACL keeps for ever by the id() of a graph, which the graph of a later question may have too."""
    from pyshacl.constraints.sparql.sparql_based_constraint_components import SPARQLConstraintComponentValidator
    from pyshacl.rdfutil.stringify import stringify_blank_node

    stringify_blank_node.dict_cache.clear()
    SPARQLConstraintComponentValidator.validator_cache.clear()


def _everything(data: rdflib.Graph, shapes: rdflib.Graph) -> rdflib.Graph:
    import pyshacl

    _, report, text = pyshacl.validate(data, shacl_graph=shapes, inference="none", advanced=False)
    if not isinstance(report, rdflib.Graph):
        raise ValidationError(f"pySHACL could not judge the data: {text}")
    return report


def _one_by_one(data: rdflib.Graph, shapes: rdflib.Graph) -> rdflib.Graph:
    from pyshacl.graph_abstraction import DataGraph
    from pyshacl.monkey import rdflib_bool_unpatch
    from pyshacl.validator import Validator

    rdflib_bool_unpatch()  # type: ignore[no-untyped-call] # as pyshacl.validate does before it validates
    asked: list[tuple[Any, Any]] = list(shapes.subject_objects(_ASKED))
    shapes.remove((None, _ASKED, None))  # which is no statement of a shape
    validator = Validator(DataGraph.from_rdflib(data), shacl_graph=shapes)
    executor, known = validator.make_executor(), validator.shacl_graph
    _ = known.shapes  # reads them
    found: list[Any] = []
    for shape, node in asked:
        _, results = known.lookup_shape_from_node(shape).validate(executor, validator.data_graph, focus=node)
        marks = (rdflib.URIRef(JUDGED_SHAPE), shape), (rdflib.URIRef(JUDGED_NODE), node)
        found += [(text, name, [*said, *((name, *mark) for mark in marks)]) for text, name, said in results]
    report: rdflib.Graph = Validator.create_validation_report(known, not found, found)[0]
    return report


@contextmanager
def _literals_left_as_they_are() -> Iterator[None]:
    """Undo what pySHACL does to rdflib's literals for all of the process, and does not undo where it fails."""
    normalised, boolean = rdflib.NORMALIZE_LITERALS, _toPythonMapping[rdflib.XSD.boolean]
    try:
        yield
    finally:
        _forget_graphs()
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
