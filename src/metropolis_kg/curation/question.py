"""What the judge is asked: some focus nodes of some shapes, with the part of the data that their verdicts need."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

import pyoxigraph as ox

from metropolis_kg.curation.footprint import footprint_of
from metropolis_kg.curation.judge import JUDGED_NODE, JUDGED_SHAPE
from metropolis_kg.curation.report import Result, read_results
from metropolis_kg.curation.slicing import slice_of
from metropolis_kg.curation.steps import End, Footprint
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import SH
from metropolis_kg.model.shapes import KINDS, TARGETS, TYPE, Node, ShapesGraph, Statement

Pairs = Mapping[Node, Collection[End]]
"""Focus nodes by shape."""

_TARGETS = {ox.NamedNode(SH + term) for term in TARGETS}
_TARGET_NODE = ox.NamedNode(f"{SH}targetNode")
_DECLARE, _PREFIX = ox.NamedNode(f"{SH}declare"), f"{SH}prefix"
_QUERIES = {ox.NamedNode(SH + term) for term in ("select", "ask")}
_REPORT, _RESULT = ox.NamedNode(f"{SH}ValidationReport"), ox.NamedNode(f"{SH}result")


def written_shapes(shapes: ShapesGraph, pairs: Pairs) -> bytes:
    """Return ``shapes`` with ``pairs`` in place of all targets, as N-Triples.

    Prefixes that no query of the shapes uses are not declared: pySHACL reads all declarations again for each constraint
    and focus node, which is half of its time.
    """
    idle = _idle_declarations(shapes)
    statements = [each for each in without_targets(shapes) if not (each[1] == _DECLARE and each[2] in idle)]
    return _nt([*statements, *((shape, _TARGET_NODE, node) for shape in pairs for node in pairs[shape])])


def _idle_declarations(shapes: ShapesGraph) -> set[Term]:
    queries = " ".join(value.value for _, predicate, value in shapes.statements if predicate in _QUERIES)
    if "PATH" in queries:  # which pySHACL writes with prefixes
        return set()
    declarations = {value for _, predicate, value in shapes.statements if predicate == _DECLARE}
    return {node for node in declarations if isinstance(node, Node) and _is_idle(shapes, node, queries)}


def _is_idle(shapes: ShapesGraph, declaration: Node, queries: str) -> bool:
    prefixes = shapes.values(declaration, _PREFIX)
    return len(prefixes) == 1 and f"{prefixes[0].value}:" not in queries


def without_targets(shapes: ShapesGraph, kept: Collection[Node] = ()) -> Iterator[Statement]:
    """Yield the statements of ``shapes`` without the targets of all shapes but those ``kept``."""
    for subject, predicate, value in shapes.statements:
        as_class = predicate == TYPE and value not in KINDS and shapes.is_class(subject)
        if subject in kept or not (predicate in _TARGETS or as_class):
            yield subject, predicate, value


def written_data(
    store: ox.Store, shapes: ShapesGraph, pairs: Pairs, footprints: Mapping[Node, Footprint] | None = None
) -> bytes:
    """Return what the verdicts on ``pairs`` can depend on, as N-Quads, to be read as one graph."""
    known = footprints or {}
    needs = ((known.get(shape) or footprint_of(shape, shapes), nodes) for shape, nodes in pairs.items() if nodes)
    part = slice_of(store, needs)
    return whole_data(store) if part is None else part


def whole_data(store: ox.Store) -> bytes:
    """Return everything, as N-Quads."""
    return store.dump(format=ox.RdfFormat.N_QUADS) or b""


def whole_shapes(shapes: ShapesGraph) -> bytes:
    """Return ``shapes`` as they are, as N-Triples."""
    return _nt(shapes.statements)


def _nt(statements: Iterable[tuple[Node, ox.NamedNode, End]]) -> bytes:
    return ox.serialize((ox.Triple(*statement) for statement in statements), format=ox.RdfFormat.N_TRIPLES) or b""


def read_each(said: bytes, shapes: ShapesGraph) -> dict[tuple[Node, End], list[Result]]:
    """Return the results that ``judge_each`` found, by the shape and the focus node that it was asked about."""
    about: defaultdict[End, list[ox.Quad]] = defaultdict(list)
    for quad in ox.parse(said, format=ox.RdfFormat.N_TRIPLES):
        about[quad.subject].append(quad)
    found: defaultdict[tuple[Node, End], list[Result]] = defaultdict(list)
    for result in [subject for subject, quads in about.items() if _marks(quads)]:
        shape, node = (_marks(about[result])[mark] for mark in (JUDGED_SHAPE, JUDGED_NODE))
        found[shape, node] += read_results(_with_details(result, about), shapes)  # type: ignore[index]
    return dict(found)


def _marks(quads: Iterable[ox.Quad]) -> dict[str, End]:
    return {quad.predicate.value: quad.object for quad in quads if quad.predicate.value in {JUDGED_SHAPE, JUDGED_NODE}}


def _with_details(result: End, about: Mapping[End, list[ox.Quad]]) -> Iterator[ox.Quad]:
    """Yield a report of one result, with its path and the results of nested shapes that led to it (section 3.6.2)."""
    report = ox.BlankNode()
    yield ox.Quad(report, TYPE, _REPORT)
    yield ox.Quad(report, _RESULT, result)
    seen, waiting = {result}, [result]
    while waiting:
        for quad in about.get(waiting.pop(), ()):
            yield quad
            if isinstance(quad.object, ox.BlankNode) and quad.object not in seen:
                seen.add(quad.object)
                waiting.append(quad.object)
