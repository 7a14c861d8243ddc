"""What no shape can see, because it concerns the text of the files: EDTF, blank nodes, literals."""

import re
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.faults import fault
from metropolis_kg.curation.lines import line_index
from metropolis_kg.curation.sources import Places
from metropolis_kg.errors import ContentError
from metropolis_kg.model.dataset import Dataset, NamedGraph
from metropolis_kg.model.intervals import IntervalError, parse_interval
from metropolis_kg.model.namespaces import EDTF, XSD

_STRING = ox.NamedNode(f"{XSD}string")
_VALUE = ox.NamedNode("urn:value")
_UPPERCASE_TAG = re.compile(rb"@[A-Za-z-]*[A-Z]")


def impossible_times(dataset: Dataset, content: Content) -> list[ContentError]:
    """Return every EDTF expression that is none, by file and line."""
    places = Places(dataset, content)
    return [fault for graph in dataset.graphs for fault in _impossible_times(graph, places)]


def _impossible_times(graph: NamedGraph, places: Places) -> Iterator[ContentError]:
    for subject, predicate, value, _ in graph.quads:
        if isinstance(value, ox.Literal) and value.datatype == EDTF:
            try:
                parse_interval(value.value)
            except IntervalError as error:
                yield ContentError(str(error), *places.of(graph, subject, predicate, value))


def blank_nodes(dataset: Dataset, content: Content) -> list[ContentError]:
    """Return every use of a blank node, by file and line; one that nothing refers to has no line."""
    places = Places(dataset, content)
    return [fault for graph in dataset.graphs for fault in _blank_nodes(graph, places)]


def _blank_nodes(graph: NamedGraph, places: Places) -> Iterator[ContentError]:
    reason = "a blank node cannot be linked to or cited; give the thing an IRI"
    referred = [quad for quad in graph.quads if isinstance(quad.object, ox.BlankNode)]
    for subject, predicate, _, _ in referred:
        if isinstance(subject, ox.NamedNode | ox.BlankNode):
            yield ContentError(reason, *places.of(graph, subject, predicate))
    for _ in {quad.subject for quad in graph.quads if isinstance(quad.subject, ox.BlankNode)} - {
        quad.object for quad in referred
    }:
        yield ContentError(reason, places.of(graph, graph.name)[0])


def literal_notices(dataset: Dataset, content: Content) -> list[ContentError]:
    """Return, by file and line, every literal that the store writes otherwise than the steward did.

    The dumps keep what was written, but for the case of language tags, which RDF 1.1 section 3.3 does not distinguish.
    """
    places, changes = Places(dataset, content), _changes(dataset.quads())
    notices = [notice for graph in dataset.graphs for notice in _uppercase_tags(graph, content)]
    for graph in dataset.graphs if changes else ():
        for subject, predicate, value, _ in graph.quads:
            if value in changes:
                place = places.of(graph, subject, predicate, value)
                notices.append(fault("literal-rewritten", *place, written=value, kept=changes[value]))
    return notices


def _changes(quads: Iterable[ox.Quad]) -> dict[ox.Literal, ox.Literal]:
    typed = {
        quad.object
        for quad in quads
        if isinstance(quad.object, ox.Literal) and not quad.object.language and quad.object.datatype != _STRING
    }
    return {literal: kept for literal in typed if (kept := _as_stored(literal)) != literal}


def _as_stored(literal: ox.Literal) -> ox.Literal:
    store = ox.Store()
    store.add(ox.Quad(_VALUE, _VALUE, literal))
    kept = next(iter(store)).object
    if not isinstance(kept, ox.Literal):
        raise TypeError(f"the store turned {literal} into {kept}")
    return kept


def _uppercase_tags(graph: NamedGraph, content: Content) -> Iterator[ContentError]:
    if not _UPPERCASE_TAG.search(graph.path.read_bytes()):
        return
    for tag, line in line_index(graph.path).tags:
        if tag != tag.lower():
            yield fault("language-tag-case", content.relative(graph.path), line, tag=tag, kept=tag.lower())
