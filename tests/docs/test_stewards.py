"""The stewards' first fact, in both languages: each command is given as the page shows it, and says what stands there.

Commands of the program run in this process, what else there is in a shell. In what is shown, … is any text.
"""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from ended import ended
from metropolis_kg.content import FOLDERS, Content
from metropolis_kg.curation.faults import fault_kinds
from repository import REPOSITORY

DOCS = REPOSITORY / "docs"
PAGES = {"en": DOCS / "stewards.md", "de": DOCS / "stewards.de.md"}
PROGRAM = ".venv/bin/metropolis-kg "

_STEP = re.compile(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


def steps(language: str) -> list[tuple[str, str]]:
    """Return each command of the page's console blocks with the output that stands below it."""
    blocks = re.findall(r"```console\n(.*?)```", PAGES[language].read_text(encoding="utf-8"), re.DOTALL)
    return [(command, output) for block in blocks for command, output in _STEP.findall(block)]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the content, in which the session takes place."""
    folder = tmp_path / "metropolis_kg"
    for name in FOLDERS:
        shutil.copytree(REPOSITORY / name, folder / name)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("language", PAGES)
def test_the_session_says_what_the_page_shows(
    language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for command, expected in steps(language):
        if command.startswith(PROGRAM):
            said = _program(command, monkeypatch, capsys)
        else:
            said = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True).stdout
        pattern = re.escape(_with_short_marks(expected)).replace("…", "(?s:.*)")
        assert re.fullmatch(pattern, _with_short_marks(said)), f"{command}\n{said}"


def _with_short_marks(text: str) -> str:
    """Return what is said, each row of marks under a line as one: what it is that they mark is told elsewhere."""
    return re.sub(r"\| +\^+", "| ^", text)


def _program(command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    arguments = shlex.split(command.removeprefix(PROGRAM).replace("\\\n", " "))
    return ended(monkeypatch, capsys, "--root", ".", *arguments).out


def test_both_pages_show_the_same_session() -> None:
    sessions = [[" ".join(command.split()[:3]) for command, _ in steps(language)] for language in PAGES]
    assert len(sessions[0]) >= 8
    assert sessions[0] == sessions[1]


@pytest.mark.parametrize("language", PAGES)
def test_every_code_that_the_table_explains_is_one_that_validate_says(language: str, content: Content) -> None:
    rows = re.findall(r"^\| (`[^|]*`) \|", PAGES[language].read_text(encoding="utf-8"), re.MULTILINE)
    codes = {code for row in rows for code in re.findall(r"`([^`]+)`", row) if not code.startswith("metropolis-kg ")}
    shapes = "".join(path.read_text(encoding="utf-8") for path in content.shapes.glob("*.ttl"))
    assert len(codes) > 10
    assert {code for code in codes - fault_kinds().keys() if f"shape:{code} a sh:PropertyShape" not in shapes} == set()
