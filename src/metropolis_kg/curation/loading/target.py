"""A remote store as the loader meets it: what is said of releases, their statements, and the graphs to remove."""

from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from metropolis_kg.errors import ReleaseError
from metropolis_kg.store.bare import BareStore
from metropolis_kg.store.engines.engine import Engine
from metropolis_kg.store.layout import CONTROL, LOADED, LOGICAL, names_graph, union_graph
from metropolis_kg.store.pointer import Standing, standing
from metropolis_kg.store.protocol import Term

_PIECE = 200_000
"""Statements beyond which a graph is removed by parts (``thin.ru``): an engine may hold them all until it is done."""


class Target:
    """A store that takes queries and updates. Everything here raises StoreUnavailableError."""

    def __init__(self, store: BareStore) -> None:
        """Ask nothing yet."""
        self._store = store

    @property
    def batch(self) -> int:
        """How many statements the engine takes at once."""
        return self._store.engine.batch

    def standing(self) -> Standing:
        """Return what is said of releases."""
        return standing(self._store)

    def state(self, *said: tuple[str, str, Term]) -> None:
        """Say this in the graph of releases."""
        self._store.update(f"INSERT DATA {{ GRAPH <{CONTROL}> {{ {_written(said)} }} }}")

    def retract(self, *said: tuple[str, str, Term]) -> None:
        """Say this no more in the graph of releases."""
        self._store.update(f"DELETE DATA {{ GRAPH <{CONTROL}> {{ {_written(said)} }} }}")

    def forget(self, node: str) -> None:
        """Say nothing of ``node`` any more in the graph of releases."""
        said = [
            (subject, name, ox.NamedNode(value) if value.startswith("urn:metropolis-kg:") else ox.Literal(value))
            for subject, name, value in self.standing().about(node)
        ]
        if said:
            self.retract(*said)

    def switch(self, release: str, loader: str) -> None:
        """Have the node ``release`` served, if the node ``loader`` is said to load."""
        self._store.update_by("switch", {"release": ox.NamedNode(release), "loader": ox.NamedNode(loader)})

    def insert(self, graph: str, triples: Sequence[bytes]) -> None:
        """Add ``triples``, lines of canonical N-Triples, which is a part of SPARQL. Raises ReleaseError as well."""
        text = b"".join(_as_stored(triples, self._store.engine)).decode()
        self._store.update(f"INSERT DATA {{ GRAPH <{graph}> {{\n{text}}} }}", len(triples))

    def count(self, graph: str, about: int = 0) -> int:
        """Return how many statements ``graph`` has."""
        return self._store.count(graph, about)

    def triples(self, graph: str, about: int = 0) -> Iterator[ox.Triple]:
        """Yield the statements of ``graph``, in any order."""
        return self._store.triples(graph, about)

    def remove(self, digest: str) -> None:
        """Remove a release, whole or not.

        It does not count as whole from then on, and whoever goes on after an interruption finds the names of the rest.
        """
        node = union_graph(digest)
        whole = [(*each[:2], ox.Literal(each[2])) for each in self.standing().about(node) if each[1] == LOADED]
        if whole:
            self.retract(*whole)
        said = self._store.statements(names_graph(digest))
        graphs = [node, *(physical for physical, name, _ in said if name == LOGICAL)]
        for graph in [*graphs, names_graph(digest)]:
            while self.count(graph) > _PIECE:
                self._store.update_by("thin", {"graph": ox.NamedNode(graph)}, _PIECE)
            self._store.update(f"DROP SILENT GRAPH <{graph}>", _PIECE)
        self.forget(node)


def _written(said: Sequence[tuple[str, str, Term]]) -> str:
    return " ".join(f"{ox.NamedNode(subject)} {ox.NamedNode(name)} {value} ." for subject, name, value in said)


def _as_stored(triples: Sequence[bytes], engine: Engine) -> Sequence[bytes]:
    """Return ``triples`` as ``engine`` has to be told them to give them back. Raises ReleaseError where it cannot."""
    kind = type(engine)
    if kind.stored is Engine.stored and engine.longest_iri is None:
        return triples
    return [
        _line(quad.triple, engine) for quad in ox.parse(b"".join(triples), format=ox.RdfFormat.N_TRIPLES, lenient=True)
    ]


def _line(triple: ox.Triple, engine: Engine) -> bytes:
    for term in (triple.subject, triple.predicate, triple.object):
        if isinstance(term, ox.NamedNode) and len(term.value.encode()) > (engine.longest_iri or len(term.value) * 4):
            raise ReleaseError(f"{engine.name} does not keep IRIs of more than {engine.longest_iri} bytes: {term}")
    said = engine.stored(triple.object) if isinstance(triple.object, ox.Literal) else triple.object
    return f"{triple.subject} {triple.predicate} {said} .\n".encode()
