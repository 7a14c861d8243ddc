"""A release, open in this process."""

import pytest

from metropolis_kg.curation.release import Release
from metropolis_kg.store.release import OpenRelease, open_embedded


@pytest.fixture(scope="session")
def opened(release: Release) -> OpenRelease:
    """The release of the repository's own content, open."""
    return open_embedded(release.path / "store", release.manifest)
