"""Releases as they lie in a store that holds several, put there without the loader."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.store.layout import LOGICAL, names_graph, physical, union_graph
from servers import free_port, start_oxigraph


def laid_out(digest: str, quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """Yield ``quads``, all of named graphs, as a release with that digest has them in a store."""
    names = set()
    for quad in quads:
        assert isinstance(quad.graph_name, ox.NamedNode)
        own = ox.NamedNode(physical(digest, quad.graph_name.value))
        yield ox.Quad(quad.subject, quad.predicate, quad.object, own)
        yield ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(union_graph(digest)))
        names.add((own, quad.graph_name))
    for own, name in names:
        yield ox.Quad(own, ox.NamedNode(LOGICAL), name, ox.NamedNode(names_graph(digest)))


@contextmanager
def served_store(folder: Path, quads: Iterable[ox.Quad]) -> Iterator[str]:
    """Serve ``quads`` by Oxigraph's own server, and yield the URL for queries."""
    store = ox.Store(str(folder))
    store.bulk_extend(quads)
    store.flush()
    del store
    port = free_port()
    server = start_oxigraph(folder, port, union=False)
    try:
        yield f"http://127.0.0.1:{port}/query"
    finally:
        server.kill()
        server.wait()
