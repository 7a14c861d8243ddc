"""What stewards wrote, read once for all tests of the content."""

import pytest
from asking import Authored

from metropolis_kg.content import Content
from metropolis_kg.curation.sources import read_dataset
from metropolis_kg.model.dataset import Dataset


@pytest.fixture(scope="session")
def dataset(content: Content) -> Dataset:
    """Every authored graph, under the canonical base."""
    return read_dataset(content)


@pytest.fixture(scope="session")
def authored(dataset: Dataset) -> Authored:
    """The same, to be asked."""
    return Authored(dataset)
