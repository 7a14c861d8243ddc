"""The session in docs/reconciliation.md is run as it stands there, against a server, and gives what stands there."""

import re
import shutil
import subprocess

import pytest

from repository import REPOSITORY

WRITTEN = "http://localhost:8000"


def steps() -> list[tuple[str, str]]:
    """Return each command with the output that stands below it."""
    text = (REPOSITORY / "docs" / "reconciliation.md").read_text(encoding="utf-8")
    [session] = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    found = [each.partition("\n") for each in re.split(r"^\$ ", session, flags=re.MULTILINE) if each]
    return [(command, output) for command, _, output in found]


@pytest.mark.parametrize(("command", "output"), steps(), ids=range(len(steps())))
def test_the_session_is_true(site: str, command: str, output: str) -> None:
    if not shutil.which("jq"):
        pytest.skip("needs jq; bring it with: apt-get install jq")
    run = subprocess.run(
        ["bash", "-c", command.replace(WRITTEN, site)], check=True, capture_output=True, text=True, timeout=30
    )
    assert run.stdout.replace(site, WRITTEN) == output


def test_there_is_a_session() -> None:
    assert len(steps()) >= 5
