"""The example of the page on versions is run as it stands there, and the guide's example of retired things conforms."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from history import PREFIXES, copied
from metropolis_kg.content import Content, find_content
from metropolis_kg.curation.build import build
from metropolis_kg.curation.sources import read_dataset
from repository import REPOSITORY
from servers import free_port, served

PAGE = (REPOSITORY / "docs" / "versions.md").read_text(encoding="utf-8")
GUIDE = (REPOSITORY / "data" / "README.md").read_text(encoding="utf-8")


def steps() -> list[tuple[str, str]]:
    """Return each command of the page with the output that stands below it."""
    blocks = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
    commands = [part for block in blocks for part in re.split(r"^\$ ", block, flags=re.MULTILINE) if part]
    return [(command, output) for command, _, output in (each.partition("\n") for each in commands)]


@pytest.fixture(scope="module")
def port(content: Content, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server on two publications, of which the second corrects the first."""
    port = free_port()
    root = copied(content, tmp_path_factory.mktemp("versions") / "root")
    page = root / "data" / "pages" / "berlin-metropolis.ttl"
    right = page.read_text(encoding="utf-8")
    for text in (right.replace('"2017-11/2018-08"', '"2017-11/2018-06"', 1), right):
        page.write_text(text, encoding="utf-8")
        assert build(find_content(root), root / "var", f"http://localhost:{port}/").release
    with served(root / "var", port):
        yield port


@pytest.mark.parametrize(("command", "expected"), steps(), ids=lambda text: text[:40])
def test_the_example_gives_what_the_page_shows(port: int, command: str, expected: str) -> None:
    here = command.replace("localhost:8000", f"localhost:{port}")
    done = subprocess.run(["bash", "-c", here], capture_output=True, text=True, check=False)
    pattern = re.escape(expected.replace("localhost:8000", f"localhost:{port}")).replace("…", "[^\n]*")
    assert re.fullmatch(pattern, done.stdout.rstrip("\n") + "\n"), done.stdout + done.stderr


def test_the_page_shows_an_example() -> None:
    assert len(steps()) == 5


def test_the_example_of_retired_things_in_the_guide_conforms(content: Content, tmp_path: Path) -> None:
    (example,) = re.findall(r"```turtle\n(graph:retired .*?)```", GUIDE, re.DOTALL)
    root = copied(content, tmp_path / "root")
    (root / "data" / "retired.ttl").write_text(PREFIXES + example, encoding="utf-8")
    outcome = build(find_content(root), tmp_path / "var", "http://localhost:8000/")
    assert outcome.release, outcome.findings
    retired = [graph for graph in read_dataset(find_content(root)).graphs if graph.path.stem == "retired"]
    assert len(retired[0].quads) > 10
