"""A running server over a release of the repository's content, whose base is the server's own address."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from metropolis_kg.content import Content
from metropolis_kg.curation.build import build
from servers import free_port, served


@pytest.fixture(scope="session")
def port() -> int:
    """The port that the site's base names."""
    return free_port()


@pytest.fixture(scope="session")
def site_var(content: Content, port: int, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with a published release under ``http://127.0.0.1:<port>/``."""
    var = tmp_path_factory.mktemp("site")
    outcome = build(content, var, f"http://127.0.0.1:{port}/")
    assert outcome.release, outcome.findings
    return var


@pytest.fixture(scope="session")
def site(site_var: Path, port: int) -> Iterator[str]:
    """Address of the running server, without a closing slash: the base of the release it serves."""
    with served(site_var, port) as url:
        yield url
