"""Validating again after an edit: only the focus nodes that the edit can affect are judged again, the rest stands.

Results are kept by the shape and the focus node that led to them. A changed statement is followed backwards along each
shape's footprint to the focus nodes whose verdict can depend on it. A few such nodes are judged at once; where there
are many, their shape is screened first.
"""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from itertools import chain
from typing import Self

import pyoxigraph as ox

from metropolis_kg.curation.focus_nodes import FocusNodes
from metropolis_kg.curation.footprint import footprint_of
from metropolis_kg.curation.judge import Judge, ValidationError
from metropolis_kg.curation.judge_process import JudgeProcess
from metropolis_kg.curation.question import Pairs, concerned, read_each, without_targets, written_data, written_pairs
from metropolis_kg.curation.report import NOTHING_SCREENED, Report, Result
from metropolis_kg.curation.screening import Screening, screen
from metropolis_kg.curation.slicing import affected
from metropolis_kg.curation.steps import End, Triple
from metropolis_kg.model.shapes import SUBCLASS, Node, ShapesGraph

_FEW = 25
"""Focus nodes of a shape that are judged without screening, which takes about as long for a million statements."""

_PLACES = 20_000
"""How far an edit is followed for each shape, in places looked at: a tenth of a second."""


class Revalidation:
    """A report that follows the edits of its data.

    ``report`` is always the one that ``validate`` would give on the store as it is now. Once it is handed over, the
    store is changed by ``apply`` alone. A process with pySHACL is kept; ``close`` ends it, as does leaving the context,
    or the end of this process. Not for several threads at once.

    >>> with Revalidation(store, shapes) as following:  # doctest: +SKIP
    ...     following.report.conforms
    ...     following.apply(added=[quad], removed=[other]).counts
    """

    def __init__(
        self, store: ox.Store, shapes: ShapesGraph, *, seconds: float | None = None, judge: Judge | None = None
    ) -> None:
        """Validate all of ``store``. Raises ValidationError.

        pySHACL may take ``seconds`` for a question. ``judge`` answers as ``judge_each`` does, in place of the process.
        """
        self._store, self._shapes = store, shapes
        self._ends = ExitStack()
        self._judge = judge or self._ends.enter_context(JudgeProcess(seconds)).each
        self._focus_nodes = FocusNodes(store, shapes)
        self._results: dict[Node, dict[End, list[Result]]] = {}
        self._coverage, self._complete = NOTHING_SCREENED, False
        try:
            self._footprints = {shape: footprint_of(shape, shapes) for shape in shapes.target_nodes}
            self._judge_all()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process with pySHACL."""
        self._ends.close()

    @property
    def report(self) -> Report:
        """The report after the last edit; ``coverage.judged`` counts the focus nodes that were judged again for it.

        Raises ValidationError where the data could not be judged.
        """
        if not self._complete:
            raise ValidationError("the data could not be judged after the last edit")
        found = chain.from_iterable(chain.from_iterable(nodes.values()) for nodes in self._results.values())
        return Report(tuple(sorted(found, key=lambda each: each.sort_key)), self._coverage, self._shapes.prefixes)

    def apply(self, added: Iterable[ox.Quad] = (), removed: Iterable[ox.Quad] = ()) -> Report:
        """Remove ``removed`` from the store, then add ``added``, and return the new report.

        Quads to remove that are not there, and quads to add that are, change nothing. Raises ValidationError where the
        new data cannot be judged: the store is changed all the same, and the next call judges everything.
        """
        coming = set(added)
        going = {quad for quad in removed if quad not in coming and quad in self._store}
        changed = self._changed(coming, going)
        again = self._affected(changed)
        for quad in going:
            self._store.remove(quad)
        self._store.extend(coming)
        known, self._complete = self._complete, False
        if not known or any(predicate == SUBCLASS for _, predicate, _ in changed):
            self._judge_all()
        else:
            self._judge_again(again)
        return self.report

    def _changed(self, coming: set[ox.Quad], going: set[ox.Quad]) -> set[Triple]:
        """Return the triples that the union of all graphs gains and loses."""
        gained = {_triple(quad) for quad in coming if not self._graphs_of(quad)}
        lost = {_triple(quad) for quad in going if not self._graphs_of(quad) - going}
        return gained | (lost - {_triple(quad) for quad in coming})

    def _graphs_of(self, quad: ox.Quad) -> set[ox.Quad]:
        """Return the quads of all graphs that state what ``quad`` states."""
        return set(self._store.quads_for_pattern(quad.subject, quad.predicate, quad.object))

    def _affected(self, changed: set[Triple]) -> dict[Node, set[End] | None]:
        """Return the nodes that may have other results than before, by shape; none instead: all may."""
        found: dict[Node, set[End] | None] = {}
        for shape in self._shapes.target_nodes if changed else ():
            nodes = affected(self._store, self._footprints[shape], changed, _PLACES)
            found[shape] = None if nodes is None else nodes | set(self._focus_nodes.touched(shape, changed))
        return found

    # Judging

    def _judge_all(self) -> None:
        self._results = {}
        found = screen(self._store, self._shapes)
        self._judge_pairs(self._left(found), self._shapes)
        self._coverage = found.coverage

    def _left(self, found: Screening) -> dict[Node, set[End]]:
        """Return the focus nodes that screening left: the suspects, and all of the shapes that were not screened."""
        suspects = {shape: set[End](nodes) for shape, nodes in found.suspects.items()}
        return suspects | {shape: self._focus_nodes.of(shape) for shape in found.unscreened}

    def _judge_again(self, again: Mapping[Node, set[End] | None]) -> None:
        """Judge what may have other results than before, which are dropped."""
        left: dict[Node, set[End] | None] = {}
        for shape, nodes in again.items():
            known = self._results.get(shape, {})
            for node in set(known) if nodes is None else known.keys() & nodes:
                del known[node]
            left[shape] = None if nodes is None else self._focus_nodes.among(shape, nodes)
        many = {shape: nodes for shape, nodes in left.items() if nodes is None or len(nodes) > _FEW}
        few = {shape: nodes for shape, nodes in left.items() if nodes and shape not in many}
        pairs: Pairs = {**few, **(self._screened(many) if many else {})}
        self._judge_pairs(pairs, concerned(self._shapes, pairs.keys()))

    def _screened(self, left: Mapping[Node, set[End] | None]) -> Pairs:
        """Return the nodes among those ``left`` that screening does not clear; none stands for all of a shape."""
        shapes = replace(self._shapes, statements=tuple(without_targets(self._shapes, left.keys())))
        suspects = self._left(screen(self._store, shapes))
        found = {shape: (suspects.get(shape, set()), nodes) for shape, nodes in left.items()}
        return {shape: nodes if among is None else nodes & among for shape, (nodes, among) in found.items()}

    def _judge_pairs(self, pairs: Pairs, shapes: ShapesGraph) -> None:
        if any(pairs.values()):
            data = written_data(self._store, self._shapes, pairs, self._footprints)
            for (shape, node), results in read_each(self._judge(written_pairs(shapes, pairs), data), shapes).items():
                self._results.setdefault(shape, {})[node] = results
        self._coverage = replace(self._coverage, judged=sum(len(nodes) for nodes in pairs.values()))
        self._complete = True


def _triple(quad: ox.Quad) -> Triple:
    return quad.subject, quad.predicate, quad.object
