"""The shapes, and the valid example with all that is derived from it."""

import pyoxigraph as ox
import pytest
from examples import FOLDER, Change

from metropolis_kg.content import Content
from metropolis_kg.curation.rules import read_rules, run_rules
from metropolis_kg.curation.shapes import read_shapes
from metropolis_kg.curation.sources import content_files
from metropolis_kg.curation.turtle.files import parse_turtle
from metropolis_kg.model.namespaces import CANONICAL_BASE
from metropolis_kg.model.shapes import ShapesGraph

SUBCLASS = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")


@pytest.fixture(scope="session")
def shapes(content: Content) -> ShapesGraph:
    """The repository's shapes."""
    return read_shapes(content)


@pytest.fixture(scope="session")
def valid(content: Content, shapes: ShapesGraph) -> list[ox.Quad]:
    """The valid example, the class hierarchy of ``ontology/``, and what the rules derive from them, as one graph."""
    store = ox.Store()
    graph = ox.NamedNode(f"{CANONICAL_BASE}graph/example")
    store.load(path=str(FOLDER / "valid.ttl"), format=ox.RdfFormat.TURTLE, to_graph=graph)
    for path in content_files(content):
        for quad in parse_turtle(path):
            if quad.predicate == SUBCLASS:
                store.add(ox.Quad(quad.subject, quad.predicate, quad.object, graph))
    run_rules(read_rules(content), store, dict(shapes.prefixes), CANONICAL_BASE)
    return [ox.Quad(quad.subject, quad.predicate, quad.object) for quad in store]


@pytest.fixture(scope="session")
def changed(valid: list[ox.Quad], shapes: ShapesGraph) -> Change:
    """Returns a store with the valid example after a SPARQL Update."""

    def change(update: str) -> ox.Store:
        store = ox.Store()
        store.extend(valid)
        if update:
            before = set(store)
            store.update(update, prefixes=dict(shapes.prefixes))
            assert set(store) != before, f"this changes nothing: {update}"
        return store

    return change
