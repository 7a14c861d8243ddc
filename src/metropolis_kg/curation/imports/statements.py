"""Statements of an import: the graph and its source, claims with their evidence, as quads of one named graph."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import pyoxigraph as ox

from metropolis_kg.curation.imports.description import Description, Value
from metropolis_kg.model.namespaces import EDTF, RDF, XSD, expand

Said = tuple[str, str, Value]
"""IRI of the subject, prefixed name of the property, value."""

_TYPE = ox.NamedNode(f"{RDF}type")
_INTEGER = ox.NamedNode(f"{XSD}integer")


class Graph:
    """Makes quads of one graph."""

    def __init__(self, slug: str, prefixes: Mapping[str, str]) -> None:
        self.slug, self._prefixes = slug, prefixes
        self.name = ox.NamedNode(self.iri(f"graph:{slug}"))
        self._node = lru_cache(maxsize=1 << 18)(ox.NamedNode)
        self._term = lru_cache(maxsize=None)(lambda name: ox.NamedNode(self.iri(name)))

    def iri(self, name: str) -> str:
        """Return the IRI of a prefixed name."""
        return expand(name, self._prefixes)

    def term(self, name: str) -> ox.NamedNode:
        """Return the term of a prefixed name."""
        found: ox.NamedNode = self._term(name)
        return found

    def node(self, iri: str) -> ox.NamedNode:
        """Return the term of an IRI."""
        found: ox.NamedNode = self._node(iri)
        return found

    def quads(self, said: Iterable[Said]) -> Iterator[ox.Quad]:
        """Yield what is said as quads."""
        for subject, name, value in said:
            predicate = _TYPE if name == "rdf:type" else self.term(name)
            yield ox.Quad(self.node(subject), predicate, value, self.name)

    def head(self, description: Description, source: Iterable[tuple[str, Value]]) -> Iterator[ox.Quad]:
        """Yield what is said of the graph and of its source, of which ``source`` is more than is described."""
        about, graph = self.iri(f"source:{self.slug}"), self.name.value
        yield from self.quads([
            (graph, "rdf:type", self.term("mkg:EnrichmentGraph")),
            (graph, "mkg:source", self.node(about)),
            *((graph, name, value) for name, value in description.of_graph()),
            (about, "rdf:type", self.term("mkg:SourceSnapshot")),
            *((about, name, value) for name, value in (*description.of_source(), *source)),
        ])  # fmt: skip


def time(edtf: str) -> ox.Literal:
    """Return an EDTF expression as a literal."""
    return ox.Literal(edtf, datatype=EDTF)


def number(value: int) -> ox.Literal:
    """Return a whole number as a literal."""
    return ox.Literal(str(value), datatype=_INTEGER)
