"""Judging where very much may fail: some focus nodes of each shape at a time, until enough stands against a release.

What pySHACL is given, what it finds and what is told of it are held in memory; so they are kept small.
"""

from collections.abc import Iterator
from dataclasses import replace

import pyoxigraph as ox

from metropolis_kg.curation.judge import Judge
from metropolis_kg.curation.question import Pairs, data_for_targets, written_shapes
from metropolis_kg.curation.report import Report, Result, Severity, read_results
from metropolis_kg.curation.rewritten import Rewritten
from metropolis_kg.curation.screening import Screening
from metropolis_kg.model.shapes import ShapesGraph

MOST_AT_ONCE = 20_000
"""Focus nodes, shape by shape, up to which all are judged at once."""
_OF_EACH = 1000
"""Focus nodes of each shape that are judged at a time beyond."""
_ENOUGH = 1000
"""Results with which it is enough where one is a violation."""
_LISTED = 20_000
"""Results beyond which only violations are kept."""


def judge_in_parts(
    judge: Judge, store: ox.Store, shapes: ShapesGraph, found: Screening, written: Rewritten
) -> Report:  # fmt: skip
    """Return the report on what a screening left, and in its coverage how much of that was not judged or is not listed.

    Raises ValidationError.
    """
    results: list[Result] = []
    judged = unlisted = 0
    for part in _parts(found):
        shapes_of_part = written_shapes(shapes, part, found.unscreened.keys() if not judged else ())
        data = data_for_targets(store, shapes, part, found.unscreened.keys() if not judged else (), written)
        new = read_results(ox.parse(judge(shapes_of_part, data), format=ox.RdfFormat.N_TRIPLES), shapes)
        kept = new if len(results) < _LISTED else [each for each in new if each.severity is Severity.VIOLATION]
        results, unlisted = [*results, *kept], unlisted + len(new) - len(kept)
        judged += sum(map(len, part.values()))
        if len(results) >= _ENOUGH and any(each.severity is Severity.VIOLATION for each in results):
            break
    coverage = replace(found.coverage, judged=judged, unjudged=found.left - judged, unlisted=unlisted)
    return Report(tuple(sorted(results, key=lambda each: each.sort_key)), coverage, shapes.prefixes)


def _parts(found: Screening) -> Iterator[Pairs]:
    """Yield suspects by shape, some of each at a time, in an order that is always the same."""
    ordered = {shape: sorted(nodes, key=str) for shape, nodes in found.suspects.items()}
    for begin in range(0, max(map(len, ordered.values())), _OF_EACH):
        yield {shape: part for shape, nodes in ordered.items() if (part := nodes[begin : begin + _OF_EACH])}
