"""Shapes and data of a few lines, as the tests of the validation write them."""

import shutil
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.shapes import read_shapes
from metropolis_kg.model.namespaces import read_prefixes
from metropolis_kg.model.shapes import ShapesGraph

REPOSITORY = Path(__file__).resolve().parents[2]
DECLARED = REPOSITORY / "ontology" / "prefixes.ttl"
PREFIXES = read_prefixes(DECLARED) | {"ex": "https://example.org/"}
PROLOGUE = "".join(f"@prefix {name}: <{space}> .\n" for name, space in PREFIXES.items())
LINES_BEFORE = PROLOGUE.count("\n")


def content_with(shapes: str, root: Path) -> Content:
    """Return content below ``root`` that has the declared prefixes and one file of shapes."""
    for folder in ("ontology", "shapes"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    shutil.copy(DECLARED, root / "ontology")
    (root / "shapes" / "small.ttl").write_text(PROLOGUE + shapes, encoding="utf-8")
    return Content(root)


def shapes_of(shapes: str, root: Path) -> ShapesGraph:
    """Return shapes written in Turtle; ``root`` is an empty folder to keep them in."""
    return read_shapes(content_with(shapes, root))


def store_of(data: str) -> ox.Store:
    """Return data written in TriG; what stands in no graph is in the default graph."""
    store = ox.Store()
    store.load(PROLOGUE + data, format=ox.RdfFormat.TRIG)
    return store
