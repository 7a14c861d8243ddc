"""Validate N-Triples by the shapes of a Turtle file as the program does, and write the report; a whole process."""

import sys
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.curation.validation import validate
from metropolis_kg.model.namespaces import read_prefixes
from metropolis_kg.model.shapes import ShapesGraph


def main(data: str, shapes: str) -> None:
    """Write the report to standard output."""
    store = ox.Store()
    store.bulk_load(path=data, format=ox.RdfFormat.N_TRIPLES, lenient=True)
    statements = (quad.triple for quad in ox.parse(path=shapes, format=ox.RdfFormat.TURTLE))
    graph = ShapesGraph(tuple(tuple(triple) for triple in statements), read_prefixes(Path(shapes)), {})
    sys.stdout.buffer.write(validate(store, graph).as_turtle())


if __name__ == "__main__":
    main(*sys.argv[1:])
