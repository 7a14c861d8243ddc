"""Walking footprints over a store: forwards to the part of the data a verdict needs, backwards to whom an edit affects.

A million statements stay in the store: only nodes that a step reaches are looked up, each once in each state.
"""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from metropolis_kg.curation.steps import START, End, Footprint, State, Step, Triple
from metropolis_kg.model.shapes import Node

Place = tuple[State, End]


class TooFarError(Exception):
    """A walk backwards that visited more places than it should."""


def slice_of(store: ox.Store, needs: Iterable[tuple[Footprint, Iterable[End]]]) -> set[ox.Triple] | None:
    """Return all that the footprints can read from their focus nodes in the union of all graphs.

    None where one of them is the whole graph.
    """
    found: set[ox.Triple] = set()
    for footprint, nodes in needs:
        if footprint.whole is not None:
            return None
        found |= _read(store, footprint, nodes)
    return found


def _read(store: ox.Store, footprint: Footprint, nodes: Iterable[End]) -> set[ox.Triple]:
    found: set[ox.Triple] = set()
    waiting: list[Place] = [(START, node) for node in nodes]
    found |= {triple for _, node in waiting for triple in _mention(store, node)}
    waiting += footprint.constants if waiting else []
    for scan in footprint.scans if waiting else ():
        for quad in store.quads_for_pattern(None, scan.predicate, None):
            found.add(quad.triple)
            ends = (scan.subject, quad.subject), (scan.object, quad.object)
            waiting += [(state, node) for state, node in ends if state is not None]
    seen = set(waiting)
    while waiting:
        state, node = waiting.pop()
        after = {(other, node) for other in footprint.same_after.get(state, ())}
        for step in footprint.after.get(state, ()):
            for triple, end in _taken(store, step, node):
                found.add(triple)
                if step.target is not None:
                    after.add((step.target, end))
        waiting += after - seen
        seen |= after
    return found


def _mention(store: ox.Store, node: End) -> Iterator[ox.Triple]:
    """Yield a statement about a blank node: pySHACL stops at one that the data do not mention."""
    if isinstance(node, ox.BlankNode):
        for quad in store.quads_for_pattern(None, None, node):
            yield quad.triple
            return


def _taken(store: ox.Store, step: Step, node: End) -> Iterator[tuple[ox.Triple, End]]:
    """Yield the triples that a step from ``node`` reads, each with its other end."""
    if step.of_blank and not isinstance(node, ox.BlankNode):
        return
    if step.inverse:
        for quad in store.quads_for_pattern(step.only, step.predicate, node):
            yield quad.triple, quad.subject
    elif isinstance(node, Node):
        for quad in store.quads_for_pattern(node, step.predicate, step.only):
            yield quad.triple, quad.object


# Backwards


def affected(store: ox.Store, footprint: Footprint, changed: Iterable[Triple], most: int) -> set[End] | None:
    """Return every node whose verdict can depend on one of the triples ``changed``, or None: any node may be one.

    ``store`` is as it was before the change: what leads from a focus node to the first changed triple is not changed.
    Looks at ``most`` places at most; where they do not suffice, any node may be one.
    """
    if footprint.whole is not None:
        return None
    try:
        return _starts(store, footprint, changed, most)
    except TooFarError:
        return None


def _starts(store: ox.Store, footprint: Footprint, changed: Iterable[Triple], most: int) -> set[End]:
    waiting = [place for triple in changed for place in _readers(footprint, triple)]
    seen = set(waiting)
    constants = set(footprint.constants)
    while waiting:
        place = waiting.pop()
        if place in constants or place[0] in footprint.from_scans or len(seen) > most:
            raise TooFarError
        for before in _before(store, footprint, place):
            if before not in seen:
                seen.add(before)
                waiting.append(before)
    return {node for state, node in seen if state == START}


def _readers(footprint: Footprint, triple: Triple) -> Iterator[Place]:
    """Yield the places from which a step reads a triple."""
    subject, predicate, value = triple
    if predicate in footprint.scanned:
        raise TooFarError
    for step in (*footprint.reading.get(predicate, ()), *footprint.reading.get(None, ())):
        here, there = (value, subject) if step.inverse else (subject, value)
        if step.only in {None, there} and not (step.of_blank and not isinstance(here, ox.BlankNode)):
            yield step.source, here


def _before(store: ox.Store, footprint: Footprint, place: Place) -> Iterator[Place]:
    """Yield the places from which a step leads to ``place``."""
    state, node = place
    for other in footprint.same_before.get(state, ()):
        yield other, node
    for step in footprint.before.get(state, ()):
        if step.only in {None, node}:
            for end in _origins(store, step, node):
                if not step.of_blank or isinstance(end, ox.BlankNode):
                    yield step.source, end


def _origins(store: ox.Store, step: Step, node: End) -> Iterator[End]:
    if not step.inverse:
        for quad in store.quads_for_pattern(None, step.predicate, node):
            yield quad.subject
    elif isinstance(node, Node):
        for quad in store.quads_for_pattern(node, step.predicate, None):
            yield quad.object
