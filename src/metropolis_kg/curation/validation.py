"""Validating data by shapes: screening clears what cannot fail, the judge decides on the rest.

pySHACL is the judge. It is asked only about the focus nodes that ``screening`` cannot clear, and given only the part of
the data on which their verdicts can depend (``footprint``). Its process starts while screening goes on.
"""

import pyoxigraph as ox

from metropolis_kg.curation.judge import Judge, ValidationError, judge_here
from metropolis_kg.curation.judge_process import JudgeProcess, judge_apart
from metropolis_kg.curation.question import data_for_targets, whole_data, whole_shapes, written_shapes
from metropolis_kg.curation.report import NOTHING_SCREENED, Coverage, Report, read_results
from metropolis_kg.curation.screening import Screening, screen
from metropolis_kg.model.shapes import ShapesGraph

__all__ = ["Judge", "ValidationError", "judge_apart", "judge_here", "validate"]


def validate(store: ox.Store, shapes: ShapesGraph, *, screened: bool = True, judge: Judge | None = None) -> Report:
    """Return what ``shapes`` find in the union of all graphs of ``store``.

    The report is the one pySHACL gives on everything. With ``screened``, focus nodes that cannot fail are cleared by
    SPARQL first, and where none is left pySHACL is not asked: ``Report.coverage`` tells. Without it, pySHACL judges
    everything. ``judge`` defaults to a process of its own. Raises ValidationError.
    """
    if judge is None:
        with JudgeProcess() as apart:
            return validate(store, shapes, screened=screened, judge=apart)
    if not screened:
        return _report(judge(whole_shapes(shapes), whole_data(store)), shapes, NOTHING_SCREENED)
    found = screen(store, shapes)
    if found.clears_all:
        return Report((), coverage_of(found), shapes.prefixes)
    left = written_shapes(shapes, found.suspects, found.unscreened.keys())
    said = judge(left, data_for_targets(store, shapes, found.suspects, found.unscreened.keys()))
    return _report(said, shapes, coverage_of(found))


def coverage_of(found: Screening) -> Coverage:
    """Return how a report came about that followed a screening."""
    return Coverage(found.shapes, found.constraints, found.unscreened_names, found.left)


def _report(said: bytes, shapes: ShapesGraph, coverage: Coverage) -> Report:
    return Report(read_results(ox.parse(said, format=ox.RdfFormat.N_TRIPLES), shapes), coverage, shapes.prefixes)
