"""What tests share: the repository's content, a copy of it to break, a release built of it, and the shared folder."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from metropolis_kg.content import FOLDERS, Content, find_content
from metropolis_kg.curation.build import build
from metropolis_kg.curation.release import Release
from repository import HOSTILE, REPOSITORY, Edit
from servers import free_port, served

SKIPPING_FORBIDDEN = os.environ.get("SKIPPING") == "forbidden"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> object:
    """Where skipping is forbidden (CI), a skipped test has failed."""
    report = yield
    if report.skipped and SKIPPING_FORBIDDEN:
        report.outcome = "failed"
        report.longrepr = f"skipping is forbidden here: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the source page and the official test data, which are not part of the project."""
    folder = Path(os.environ.get("METROPOLIS_KG_SHARED", REPOSITORY.parent / "shared")).resolve()
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent; set METROPOLIS_KG_SHARED to the folder with source/ and conformance/")
    return folder


@pytest.fixture(scope="session")
def content() -> Content:
    """The repository's own content."""
    return find_content(REPOSITORY)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A copy of the repository's content that a test may break."""
    root = tmp_path / "workspace"
    for folder in FOLDERS:
        shutil.copytree(REPOSITORY / folder, root / folder)
    return root


@pytest.fixture(scope="session")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the releases built for the tests."""
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="session")
def release(content: Content, var: Path) -> Release:
    """The release of the repository's own content, under the default base."""
    outcome = build(content, var, "http://localhost:8000/")
    assert outcome.release, outcome.findings
    return outcome.release


@pytest.fixture
def edit(workspace: Path) -> Edit:
    """Replace the one occurrence of a text in a file of the workspace; returns the line where it stood."""

    def replace(file: str, old: str, new: str) -> int:
        path = workspace / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    return replace


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


@pytest.fixture
def hostile_site(workspace: Path, edit: Edit, tmp_path: Path) -> Iterator[str]:
    """A site whose content calls an organisation by a name that would break out of a page."""
    escaped = json.dumps(HOSTILE)
    edit(
        "data/pages/berlin-metropolis.ttl",
        'skos:prefLabel "EUROCITIES"@de , "EUROCITIES"@en',
        f"skos:prefLabel {escaped}@de , {escaped}@en",
    )
    port = free_port()
    outcome = build(find_content(workspace), tmp_path / "var", f"http://127.0.0.1:{port}/")
    assert outcome.release, outcome.findings
    with served(tmp_path / "var", port) as url:
        yield url
