"""The graphs of a release, whole: one by its name, or the union of all."""

import json
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import read_text
from metropolis_kg.errors import MetropolisError
from metropolis_kg.publication.media_types import RESULTS_JSON, Syntax
from metropolis_kg.store.release import OpenRelease


class UnknownGraphError(MetropolisError):
    """The dataset has no graph of that name; carries its IRI."""

    def __init__(self, iri: str) -> None:
        self.iri = iri
        super().__init__(f"There is no graph <{iri}>.")


def named_graph(release: OpenRelease, queries: Path, name: ox.NamedNode, syntax: Syntax) -> bytes:
    """Return the graph called ``name`` in ``syntax``, which is one of ``media_types.GRAPHS``.

    A graph without statements is not there. Raises UnknownGraphError and what the store raises.
    """
    known = release.service.query(_text(queries, "graph-known"), RESULTS_JSON.media_type, bindings={"graph": name})
    if not json.loads(known)["boolean"]:
        raise UnknownGraphError(name.value)
    return release.readers.query(_text(queries, "graph"), syntax.media_type, default_graphs=[name.value])


def union(release: OpenRelease, queries: Path, syntax: Syntax) -> bytes:
    """Return the default graph, the union of all named graphs, in ``syntax``. Raises what the store raises."""
    return release.readers.query(_text(queries, "graph"), syntax.media_type)


def _text(queries: Path, name: str) -> str:
    return read_text(queries / "description" / f"{name}.rq")
