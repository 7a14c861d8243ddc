"""Graphs that can be compared."""

from collections.abc import Iterable

import pyoxigraph as ox


def canonical(statements: Iterable[ox.Triple | ox.Quad]) -> ox.Dataset:
    """Return a dataset that equals another exactly when the two are isomorphic (RDFC-1.0)."""
    dataset = ox.Dataset(ox.Quad(*each) if isinstance(each, ox.Triple) else each for each in statements)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset
