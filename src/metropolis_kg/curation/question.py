"""What the judge is asked: some focus nodes of some shapes, with the part of the data that their verdicts need."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

import pyoxigraph as ox

from metropolis_kg.curation.focus_nodes import FocusNodes
from metropolis_kg.curation.footprint import footprint_of
from metropolis_kg.curation.judge import ASKED, JUDGED_NODE, JUDGED_SHAPE
from metropolis_kg.curation.report import Result, results_at
from metropolis_kg.curation.rewritten import Rewritten
from metropolis_kg.curation.slicing import slice_of
from metropolis_kg.curation.steps import End, Footprint
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import SH
from metropolis_kg.model.shapes import Node, ShapesGraph, Statement

Pairs = Mapping[Node, Collection[End]]
"""Focus nodes by shape."""

_TARGET_NODE = ox.NamedNode(f"{SH}targetNode")
_DECLARE, _PREFIX = ox.NamedNode(f"{SH}declare"), f"{SH}prefix"
_DISJOINT = ox.NamedNode(f"{SH}qualifiedValueShapesDisjoint")
_QUERIES = {ox.NamedNode(SH + term) for term in ("select", "ask")}
_ASKED = ox.NamedNode(ASKED)


def written_shapes(shapes: ShapesGraph, pairs: Pairs, untouched: Collection[Node] = ()) -> bytes:
    """Return ``shapes`` with ``pairs`` in place of all targets but those of the shapes ``untouched``, as N-Triples."""
    statements = without_targets(shapes, untouched)
    return _nt([*_used(statements, shapes), *((shape, _TARGET_NODE, node) for shape in pairs for node in pairs[shape])])


def written_pairs(shapes: ShapesGraph, pairs: Pairs) -> bytes:
    """Return ``shapes`` as they are, and what ``judge_each`` is asked about, as N-Triples."""
    asked = ((shape, _ASKED, node) for shape in pairs for node in pairs[shape])
    return _nt([*_used(shapes.statements, shapes), *asked])


def _used(statements: Iterable[Statement], shapes: ShapesGraph) -> Iterator[Statement]:
    """Leave out the prefixes that no query uses.

    pySHACL reads all declarations again for each constraint and focus node, which is half of its time.
    """
    idle = _idle_declarations(shapes)
    return (each for each in statements if not (each[1] == _DECLARE and each[2] in idle))


def without_targets(shapes: ShapesGraph, kept: Collection[Node] = ()) -> Iterator[Statement]:
    """Yield the statements of ``shapes`` without the targets of all shapes but those ``kept``."""
    return (each for each in shapes.statements if each[0] in kept or not shapes.states_target(each))


def concerned(shapes: ShapesGraph, nodes: Collection[Node]) -> ShapesGraph:
    """Return what pySHACL needs of ``shapes`` to judge by the shapes ``nodes``: what they lead to, and all prefixes."""
    if shapes.has_components or any(predicate == _DISJOINT for _, predicate, _ in shapes.statements):
        return shapes  # which matter to shapes that do not name them
    about: defaultdict[Term, list[Statement]] = defaultdict(list)
    for statement in shapes.statements:
        about[statement[0]].append(statement)
    waiting: set[Term] = {*nodes, *(subject for subject, predicate, _ in shapes.statements if predicate == _DECLARE)}
    needed: list[Statement] = []
    while waiting:
        found = about.pop(waiting.pop(), [])
        needed += found
        waiting |= {value for _, _, value in found} & about.keys()
    return replace(shapes, statements=tuple(needed))


def _idle_declarations(shapes: ShapesGraph) -> set[Term]:
    queries = " ".join(value.value for _, predicate, value in shapes.statements if predicate in _QUERIES)
    declared = [(subject, value) for subject, predicate, value in shapes.statements if predicate == _DECLARE]
    if "PATH" in queries or len({subject for subject, _ in declared}) > 1:  # pySHACL writes paths with prefixes
        return set()
    declarations = {value for _, value in declared}
    return {node for node in declarations if isinstance(node, Node) and _is_idle(shapes, node, queries)}


def _is_idle(shapes: ShapesGraph, declaration: Node, queries: str) -> bool:
    prefixes = shapes.values(declaration, _PREFIX)
    return len(prefixes) == 1 and f"{prefixes[0].value}:" not in queries


def written_data(
    store: ox.Store, shapes: ShapesGraph, pairs: Pairs, footprints: Mapping[Node, Footprint] | None = None
) -> bytes:
    """Return what the verdicts on ``pairs`` can depend on, as N-Quads, to be read as one graph."""
    part = statements_for(store, shapes, pairs, footprints)
    return whole_data(store) if part is None else _n_triples(part)


def statements_for(
    store: ox.Store, shapes: ShapesGraph, pairs: Pairs, footprints: Mapping[Node, Footprint] | None = None
) -> set[ox.Triple] | None:
    """Return what the verdicts on ``pairs`` can depend on; none where that may be everything."""
    known = footprints or {}
    return slice_of(
        store, ((known.get(shape) or footprint_of(shape, shapes), nodes) for shape, nodes in pairs.items() if nodes)
    )


def data_for_targets(
    store: ox.Store, shapes: ShapesGraph, pairs: Pairs, untouched: Collection[Node], rewritten: Rewritten
) -> bytes:
    """Return what the verdicts on ``pairs`` and on all focus nodes of the shapes ``untouched`` can depend on.

    Statements come as they were written.
    """
    focus_nodes = FocusNodes(store, shapes)
    part = statements_for(store, shapes, {**pairs, **{shape: focus_nodes.of(shape) for shape in untouched}})
    if part is None:
        return whole_data(store, rewritten)
    return _n_triples(rewritten.restored(part.union(*map(focus_nodes.stated, untouched))))


def whole_data(store: ox.Store, rewritten: Rewritten | None = None) -> bytes:
    """Return everything, as it was written, as N-Quads to be read as one graph."""
    if rewritten:
        return _n_triples(rewritten.restored(quad.triple for quad in store))
    return store.dump(format=ox.RdfFormat.N_QUADS) or b""


def whole_shapes(shapes: ShapesGraph) -> bytes:
    """Return ``shapes`` as they are, as N-Triples."""
    return _nt(shapes.statements)


def _nt(statements: Iterable[tuple[Node, ox.NamedNode, End]]) -> bytes:
    return _n_triples(ox.Triple(*statement) for statement in statements)


def _n_triples(triples: Iterable[ox.Triple]) -> bytes:
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def read_each(said: bytes, shapes: ShapesGraph) -> dict[tuple[Node, End], list[Result]]:
    """Return the results that ``judge_each`` found, by the shape and the focus node that it was asked about."""
    quads = ox.parse(said, format=ox.RdfFormat.N_TRIPLES)
    statements = tuple((quad.subject, quad.predicate, quad.object) for quad in quads)
    stated = ShapesGraph(statements, {}, {})
    found: defaultdict[tuple[Node, End], list[Result]] = defaultdict(list)
    for result, predicate, shape in stated.statements:
        if predicate.value == JUDGED_SHAPE:
            (node,) = stated.values(result, JUDGED_NODE)
            found[shape, node] += results_at([result], stated, shapes)  # type: ignore[index]
    return dict(found)
