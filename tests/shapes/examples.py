"""The changes to the valid example that violate one property shape each, by the shape's local name."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.model.namespaces import CANONICAL_BASE

FOLDER = Path(__file__).parent
EXAMPLES: dict[str, str] = tomllib.loads((FOLDER / "violations.toml").read_text(encoding="utf-8"))
SHAPE = f"{CANONICAL_BASE}shapes/"

Change = Callable[[str], ox.Store]
"""Takes a SPARQL Update, returns a store with the valid example so changed."""
