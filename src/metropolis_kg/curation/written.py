"""What no shape can see, because it concerns the text of the files: EDTF, blank nodes, literals, prefixes."""

import re
from collections.abc import Iterator, Set
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.bulk.kinds import SUFFIXES, suffix_of
from metropolis_kg.curation.dates import time_fault
from metropolis_kg.curation.declarations import renamed
from metropolis_kg.curation.diagnostics import Diagnostic, of_error
from metropolis_kg.curation.faults import fault
from metropolis_kg.curation.lines import SentGraph, lines_of, text_of
from metropolis_kg.curation.rewritten import stored_forms
from metropolis_kg.curation.sources import Places
from metropolis_kg.curation.terms import LIST
from metropolis_kg.curation.turtle.pieces import Text
from metropolis_kg.errors import ContentError
from metropolis_kg.model.dataset import Dataset, NamedGraph
from metropolis_kg.model.identifiers import Rebase
from metropolis_kg.model.namespaces import EDTF

TIMING = ("when", "attestedDuring", "plannedEnd")
_MEANT = re.compile(rf"[^.].*({'|'.join(map(re.escape, SUFFIXES))})(\.txt)?", re.IGNORECASE)
"""Names of files that are meant to be read; some editors for Windows put ``.txt`` behind."""
_UPPERCASE_TAG = re.compile(rb"@[A-Za-z-]*[A-Z]")


def impossible_times(dataset: Dataset, content: Content) -> list[Diagnostic]:
    """Return every EDTF expression that is none, and every time of a claim that is not marked as EDTF."""
    places = Places(dataset, content)
    timing = {ox.NamedNode(dataset.prefixes["mkg"] + name) for name in TIMING}
    return [found for graph in dataset.graphs for found in _impossible_times(graph, places, timing)]


def _impossible_times(graph: NamedGraph, places: Places, timing: Set[ox.NamedNode]) -> Iterator[Diagnostic]:
    for subject, predicate, value, _ in graph.quads:
        if isinstance(value, ox.Literal) and (value.datatype == EDTF or predicate in timing):
            code, facts = time_wrong(value) or ("", {})
            if code:
                found = of_error(fault(code, *places.of(graph, subject, predicate, value), **facts))
                yield replace(found, focus=subject, value=value)


def time_wrong(value: ox.Literal) -> tuple[str, dict[str, object]] | None:
    """Return the kind of fault and its facts where a time is impossible, or is not marked as EDTF."""
    wrong = time_fault(value.value)
    if wrong is None and value.datatype != EDTF:
        return "time-unmarked", {"text": value.value}
    return wrong


def blank_nodes(dataset: Dataset, content: Content) -> list[ContentError]:
    """Return every use of a blank node, by file and line."""
    places = Places(dataset, content)
    return [fault for graph in dataset.graphs for fault in _blank_nodes(graph, places)]


def _blank_nodes(graph: NamedGraph, places: Places) -> Iterator[ContentError]:
    referred = [quad for quad in graph.quads if isinstance(quad.object, ox.BlankNode)]
    for subject, predicate, _, _ in referred:
        if predicate not in LIST and isinstance(subject, ox.NamedNode | ox.BlankNode):
            yield fault("blank-node", *places.of(graph, subject, predicate))
    for _ in {quad.subject for quad in graph.quads if isinstance(quad.subject, ox.BlankNode)} - {
        quad.object for quad in referred
    }:
        yield fault("blank-node", places.of(graph, graph.name)[0], _line_of_blank_node(graph))


def _line_of_blank_node(graph: NamedGraph) -> int | None:
    pieces = Text(text_of(graph)).pieces()
    return next((piece.line for piece in pieces if piece.text in ("[", "(") or piece.text.startswith("_:")), None)


def unread_files(content: Content) -> list[ContentError]:
    """Return a warning for each file of ``data/`` that looks like a source and is not read for its name."""
    found = ((path, _MEANT.fullmatch(path.name)) for path in sorted(content.data.rglob("*")) if not suffix_of(path))
    suffixes = ", ".join(SUFFIXES)
    return [
        fault("file-not-read", content.relative(path), meant=_meant(path, meant[1]), suffixes=suffixes)
        for path, meant in found
        if meant and path.is_file()
    ]


def _meant(path: Path, suffix: str) -> str:
    return f"{path.name[: path.name.lower().rindex(suffix.lower())]}{suffix.lower()}"


def undescribed_graphs(dataset: Dataset, content: Content) -> list[ContentError]:
    """Return every file that says nothing, and every one of ``data/`` that does not describe its graph.

    That a file gives another graph a source is told by a check.
    """
    source = ox.NamedNode(f"{dataset.prefixes['mkg']}source")
    found = []
    for graph in dataset.graphs:
        place = content.relative(graph.path)
        if not graph.quads:
            found.append(fault("empty-file", place))
        elif graph.path.is_relative_to(content.data) and not any(
            quad.subject == graph.name or (quad.predicate == source and _is_graph(quad.subject, dataset))
            for quad in graph.quads
        ):
            found.append(fault("graph-not-described", place, 1, name=graph.path.stem))
    return found


def _is_graph(subject: object, dataset: Dataset) -> bool:
    return isinstance(subject, ox.NamedNode) and subject.value.startswith(f"{dataset.base}graph/")


def renamed_prefixes(dataset: Dataset, content: Content) -> list[ContentError]:
    """Return a warning for each ``@prefix`` line that calls a namespace otherwise than all other files do."""
    prefixes = {name: Rebase(dataset.base).canonical(space) for name, space in dataset.prefixes.items()}
    found = (each for graph in dataset.graphs for each in renamed(text_of(graph), graph.path, prefixes))
    return [each.within(content.relative(each.path)) for each in found if each.path]


def literal_notices(dataset: Dataset, content: Content) -> list[ContentError]:
    """Return, by file and line, every literal that the store writes otherwise than the steward did.

    The dumps keep what was written, but for the case of language tags, which RDF 1.1 section 3.3 does not distinguish.
    """
    places, changes = Places(dataset, content), stored_forms(quad.object for quad in dataset.quads())
    notices = [notice for graph in dataset.graphs for notice in _uppercase_tags(graph, content)]
    for graph in dataset.graphs if changes else ():
        for subject, predicate, value, _ in graph.quads:
            if value in changes:
                place = places.of(graph, subject, predicate, value)
                notices.append(fault("literal-rewritten", *place, written=value, kept=changes[value]))
    return notices


def _uppercase_tags(graph: NamedGraph, content: Content) -> Iterator[ContentError]:
    if not isinstance(graph, SentGraph) and not _UPPERCASE_TAG.search(graph.path.read_bytes()):
        return
    for tag, line in lines_of(graph).tags:
        if tag != tag.lower():
            yield fault("language-tag-case", content.relative(graph.path), line, tag=tag, kept=tag.lower())
