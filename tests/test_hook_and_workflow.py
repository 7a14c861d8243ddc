"""What stewards have beside the command: the hook before a commit, in a real Git repository, and the workflow."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from check_jsonschema.cli.main_command import main as check_jsonschema
from click.testing import CliRunner

from repository import REPOSITORY, Edit

BIN = Path(sys.executable).parent
PAGE = "data/pages/berlin-metropolis.ttl"
WORKFLOW = REPOSITORY / ".github" / "workflows" / "content.yml"
Said = subprocess.CompletedProcess[str]


class Repository:
    """A Git repository of its own, with the content and the hook, and the program where the hook looks for it."""

    def __init__(self, folder: Path, home: Path) -> None:
        self._folder = folder
        self._environ = os.environ | {
            "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
            "PRE_COMMIT_HOME": str(home), "LC_ALL": "C.UTF-8",
            "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org",
        }  # fmt: skip
        (folder / ".venv").mkdir()
        (folder / ".venv" / "bin").symlink_to(BIN)
        (folder / ".gitignore").write_text(".venv\n", encoding="utf-8")
        shutil.copy(REPOSITORY / ".pre-commit-config.yaml", folder)
        for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "Content"]):
            assert self.run("git", *command).returncode == 0
        assert self.run(BIN / "pre-commit", "install").returncode == 0

    def run(self, *command: str | Path) -> Said:
        """Run a command in the repository."""
        return subprocess.run(
            command, cwd=self._folder, env=self._environ, capture_output=True, text=True, check=False, timeout=60
        )  # fmt: skip

    def commit(self) -> Said:
        """Commit all that has changed."""
        return self.run("git", "commit", "-a", "-m", "A change")


@pytest.fixture
def repository(workspace: Path, tmp_path: Path) -> Repository:
    """The content under Git, with the hook set up."""
    return Repository(workspace, tmp_path / "pre-commit")


def test_a_commit_is_refused_with_what_is_wrong_and_made_once_that_is_mended(
    repository: Repository, edit: Edit, workspace: Path
) -> None:
    before = (workspace / PAGE).read_bytes()
    wrong = '"2018-13/2020-11"^^edtf:EDTF'
    line = edit(PAGE, '"2018-08/2020-11"^^edtf:EDTF', wrong)
    edit(PAGE, "schema:value 141 ;", "schema:value    141;")
    refused = repository.commit()
    assert refused.returncode == 1
    assert f"{PAGE}:{line}" in refused.stdout + refused.stderr
    edit(PAGE, wrong, '"2018-08/2020-11"^^edtf:EDTF')
    assert (workspace / PAGE).read_bytes() == before
    edit(PAGE, "# Examples, not all. ", "# Examples, and not all. ")
    assert repository.commit().returncode == 0
    assert repository.run("git", "rev-list", "--count", "HEAD").stdout == "2\n"


def test_the_hooks_for_other_repositories_are_the_same_but_for_where_the_program_is() -> None:
    (own,) = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    others = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    for hook, other in zip(own["hooks"], others, strict=True):
        assert hook | {"entry": hook["entry"].removeprefix(".venv/bin/")} == {
            key: value for key, value in other.items() if key != "description"
        }


@pytest.mark.parametrize(
    "arguments", [("validate-config", ".pre-commit-config.yaml"), ("validate-manifest", ".pre-commit-hooks.yaml")]
)
def test_pre_commit_takes_the_files(arguments: tuple[str, str]) -> None:
    done = subprocess.run([BIN / "pre-commit", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_workflow_is_one_by_the_schema_of_github() -> None:
    done = CliRunner().invoke(check_jsonschema, ["--builtin-schema", "vendor.github-workflows", str(WORKFLOW)])
    assert done.exit_code == 0, done.output


def steps() -> dict[str, dict[str, Any]]:
    """Return the steps of the workflow by name."""
    job = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["content"]
    return {step["name"]: step for step in job["steps"] if "name" in step}


def step(name: str, folder: Path) -> Said:
    """Run a step of the workflow in ``folder``, as GitHub runs it."""
    environ = os.environ | {
        "REPORT": "en",
        "PYTHONPATH": str(REPOSITORY / "src"),
        "PATH": f"{BIN}:{os.environ['PATH']}",
    }
    command = ["bash", "-e", "-c", steps()[name]["run"]]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=60)


def test_the_steps_of_the_workflow_name_file_and_line_of_a_fault(workspace: Path, edit: Edit) -> None:
    line = edit(PAGE, '"2018-08/2020-11"^^edtf:EDTF', '"2018-13/2020-11"^^edtf:EDTF')
    done = step("Validation", workspace)
    assert done.returncode == 1, done.stderr
    assert f"::error file={PAGE},line={line}," in done.stdout
    uploaded = workspace / steps()["Show the findings under code scanning"]["with"]["sarif_file"]
    (result,) = (
        result
        for result in json.loads(uploaded.read_text(encoding="utf-8"))["runs"][0]["results"]
        if result["level"] == "error"
    )
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == line


def test_the_layout_step_names_a_file_laid_out_otherwise(workspace: Path, edit: Edit) -> None:
    line = edit(PAGE, "schema:value 141 ;", "schema:value    141;")
    done = step("Layout", workspace)
    assert (done.returncode, done.stdout.splitlines()[0].split(": ")[0]) == (1, f"{PAGE}:{line}")
