"""Graphs that can be compared."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph as ox


def canonical(statements: Iterable[ox.Quad | ox.Triple]) -> ox.Dataset:
    """Return the statements as a dataset that equals another exactly when the graphs are isomorphic (RDFC-1.0)."""
    dataset = ox.Dataset(each if isinstance(each, ox.Quad) else ox.Quad(*each) for each in statements)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def with_context(document: bytes, context: Mapping[str, Any]) -> Any:
    """Return a JSON-LD document with ``context`` in place of its address, so that nothing need be loaded."""
    content = json.loads(document)
    return {**content, "@context": context} if isinstance(content, dict) else content
