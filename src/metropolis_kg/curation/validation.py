"""Validating data by shapes: screening clears what cannot fail, the judge decides on the rest.

pySHACL is the judge. It is asked only about the focus nodes that ``screening`` cannot clear. Given to it are a fresh
copy of the shapes, in which ``sh:targetNode`` names the focus nodes left, and the whole data.
"""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from metropolis_kg.curation.judge import Judge, ValidationError, judge_here
from metropolis_kg.curation.judge_process import judge_apart
from metropolis_kg.curation.report import NOTHING_SCREENED, Coverage, Report, read_results
from metropolis_kg.curation.screening import Screening, screen
from metropolis_kg.model.namespaces import SH
from metropolis_kg.model.shapes import TARGETS, ShapesGraph, Statement

__all__ = ["Judge", "ValidationError", "judge_apart", "judge_here", "validate"]

_TARGETS = {ox.NamedNode(SH + term) for term in TARGETS}
_TARGET_NODE = ox.NamedNode(f"{SH}targetNode")


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
        if predicate not in _TARGETS or subject in found.unscreened:
            yield subject, predicate, value
    for shape, nodes in found.suspects.items():
        for node in nodes:
            yield shape, _TARGET_NODE, node


def _nt(statements: Iterable[Statement]) -> bytes:
    return ox.serialize((ox.Triple(*statement) for statement in statements), format=ox.RdfFormat.N_TRIPLES) or b""


def _data(store: ox.Store) -> bytes:
    return store.dump(format=ox.RdfFormat.N_QUADS) or b""
