"""Validating data by shapes: screening clears what cannot fail, the judge decides on the rest.

pySHACL is the judge. It is asked only about the focus nodes that ``screening`` cannot clear, and given only the part of
the data on which their verdicts can depend (``footprint``). Its process starts while screening goes on.
"""

from dataclasses import replace

import pyoxigraph as ox

from metropolis_kg.curation.focus_nodes import FocusNodes
from metropolis_kg.curation.footprint import footprint_of
from metropolis_kg.curation.judge import Judge, ValidationError, judge_here
from metropolis_kg.curation.judge_process import JudgeProcess, judge_apart
from metropolis_kg.curation.judging_parts import MOST_AT_ONCE, judge_in_parts
from metropolis_kg.curation.progress import SILENT, Steps
from metropolis_kg.curation.question import data_for_targets, whole_data, whole_shapes, written_shapes
from metropolis_kg.curation.report import NOTHING_SCREENED, Coverage, Report, read_results
from metropolis_kg.curation.rewritten import Rewritten
from metropolis_kg.curation.screening import Screening, screen
from metropolis_kg.curation.slicing import affected
from metropolis_kg.curation.steps import End
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.shapes import Node, ShapesGraph

__all__ = ["Judge", "ValidationError", "judge_apart", "judge_here", "validate"]


_PLACES = 1_000_000
"""How far a rewritten literal is followed for each shape, in places looked at; beyond, pySHACL judges all of it."""


def validate(
    store: ox.Store,
    shapes: ShapesGraph,
    rewritten: Rewritten | None = None,
    *,
    screened: bool = True,
    judge: Judge | None = None,
    steps: Steps = SILENT,
) -> Report:
    """Return what ``shapes`` find in the union of all graphs of ``store``.

    The report is the one pySHACL gives on everything. With ``screened``, focus nodes that cannot fail are cleared by
    SPARQL first, and where none is left pySHACL is not asked: ``Report.coverage`` tells. Without it, pySHACL judges
    everything. What the store keeps otherwise than it was written is judged as written, where ``rewritten`` tells.
    ``judge`` defaults to a process of its own. Where very much may fail, not all of it is judged (``judging_parts``).
    Raises ValidationError.
    """
    if judge is None:
        with JudgeProcess() as apart:
            return validate(store, shapes, rewritten, screened=screened, judge=apart, steps=steps)
    written = rewritten or Rewritten()
    if not screened:
        return _report(judge(whole_shapes(shapes), whole_data(store, written)), shapes, NOTHING_SCREENED)
    found = _suspected(screen(store, shapes, steps=steps), store, shapes, written)
    if found.clears_all:
        return Report((), found.coverage, shapes.prefixes)
    if found.left > MOST_AT_ONCE:
        return judge_in_parts(judge, store, shapes, found, written)
    left = written_shapes(shapes, found.suspects, found.unscreened.keys())
    said = judge(left, data_for_targets(store, shapes, found.suspects, found.unscreened.keys(), written))
    return _report(said, shapes, found.coverage)


def _suspected(found: Screening, store: ox.Store, shapes: ShapesGraph, rewritten: Rewritten) -> Screening:
    """Suspect too whatever may be judged otherwise by what was written than by what the store keeps."""
    if not rewritten:
        return found
    suspects, unscreened = dict[Node, frozenset[Term]](), dict(found.unscreened)
    for shape, nodes in found.suspects.items():
        concerned = _concerned(shape, store, shapes, rewritten)
        if concerned is None:
            unscreened[shape] = "it may depend on many literals that the store rewrites"
        else:
            suspects[shape] = nodes.union(node for node in concerned if not isinstance(node, ox.Triple))
    return replace(found, suspects=suspects, unscreened=unscreened)


def _concerned(shape: Node, store: ox.Store, shapes: ShapesGraph, rewritten: Rewritten) -> set[End] | None:
    """Return the focus nodes that a rewritten literal may concern; none instead: all may be, or are such literals."""
    focus_nodes = FocusNodes(store, shapes)
    if any(isinstance(node, ox.Literal) for node in focus_nodes.touched(shape, rewritten.statements)):
        return None
    nodes = affected(store, footprint_of(shape, shapes), rewritten.statements, _PLACES)
    return None if nodes is None else focus_nodes.among(shape, nodes)


def _report(said: bytes, shapes: ShapesGraph, coverage: Coverage) -> Report:
    return Report(read_results(ox.parse(said, format=ox.RdfFormat.N_TRIPLES), shapes), coverage, shapes.prefixes)
