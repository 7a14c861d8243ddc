"""Misspelt classes and properties, which no shape notices: it looks only at what it targets."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.faults import fault
from metropolis_kg.curation.sources import Places
from metropolis_kg.errors import ContentError
from metropolis_kg.model.dataset import Dataset, NamedGraph
from metropolis_kg.model.namespaces import RDF, shorten

NAMING = frozenset(ox.NamedNode(f"{RDF}{name}") for name in ("type", "predicate"))
"""Properties whose value is a class or a property wherever they stand."""

LIST = frozenset(ox.NamedNode(f"{RDF}{name}") for name in ("first", "rest"))
"""What a list in round brackets consists of, which nobody writes."""

_NAMESPACE = re.compile(r".*[/#]", re.DOTALL)

Use = tuple[ox.NamedNode, ox.Quad]
"""A term that has to be declared, and a statement that uses it as predicate or as value."""


def declared_terms(dataset: Dataset, content: Content) -> set[ox.NamedNode]:
    """Return the terms of which some file of ``ontology/`` says anything."""
    return {
        quad.subject
        for graph in dataset.graphs
        if graph.path.is_relative_to(content.ontology)
        for quad in graph.quads
        if isinstance(quad.subject, ox.NamedNode)
    }


def unknown_terms(dataset: Dataset, content: Content) -> list[ContentError]:
    """Return, by file and line, every use of a term that no file of ``ontology/`` says anything about.

    Own terms are looked for everywhere, terms of other vocabularies where ``data/`` uses them as property or as class.
    """
    own, declared = dataset.prefixes["mkg"], declared_terms(dataset, content)
    faults = _Faults(dataset, content, declared)
    for graph in dataset.graphs:
        everything = not graph.path.is_relative_to(content.ontology)
        unknown = [(term, quad) for term, quad in _uses(graph.quads, own) if term not in declared]
        faults.add(graph, (use for use in unknown if everything or use[0].value.startswith(own)))
    return faults.found


def _uses(quads: Iterable[ox.Quad], own: str) -> Iterator[Use]:
    for quad in quads:
        predicate, value = quad.predicate, quad.object
        if predicate in LIST:
            continue
        yield predicate, quad
        if isinstance(value, ox.NamedNode) and (value.value.startswith(own) or predicate in NAMING):
            yield value, quad


class Spelling:
    """Says of a term that is not among those declared what may have been meant."""

    def __init__(self, declared: Iterable[ox.NamedNode], prefixes: dict[str, str]) -> None:
        self._declared, self._prefixes = [term.value for term in declared], prefixes
        self._near: dict[str, str | None] = {}

    def told(self, term: str) -> tuple[str, dict[str, object]]:
        """Return the kind of the fault and its facts."""
        if term not in self._near:
            self._near[term] = self._meant(term)
        written, meant = shorten(term, self._prefixes), self._near[term]
        if meant:
            return "misspelt-term", {"term": written, "meant": shorten(meant, self._prefixes)}
        return "unknown-term", {"term": written}

    def _meant(self, term: str) -> str | None:
        found = _NAMESPACE.match(term)
        namespace = found[0] if found else term
        names = sorted({each.removeprefix(namespace) for each in self._declared if each.startswith(namespace)} - {""})
        near = get_close_matches(term.removeprefix(namespace), names, n=1)
        return namespace + near[0] if near else None


class _Faults:
    """Collects one fault for each unknown term and line."""

    def __init__(self, dataset: Dataset, content: Content, declared: Iterable[ox.NamedNode]) -> None:
        self._places, self._spelling = Places(dataset, content), Spelling(declared, dataset.prefixes)
        self._found: dict[str, ContentError] = {}

    @property
    def found(self) -> list[ContentError]:
        return list(self._found.values())

    def add(self, graph: NamedGraph, uses: Iterable[Use]) -> None:
        for term, (subject, predicate, value, _) in uses:
            if term == predicate:
                place = self._places.verb(graph, subject, predicate)
            else:
                place = self._places.of(graph, subject, predicate, value)
            code, facts = self._spelling.told(term.value)
            found = fault(code, *place, **facts)
            self._found.setdefault(str(found), found)
