"""``metropolis-kg export``: files are replaced whole, and what a format cannot say is told."""

import json
import subprocess
import sys
from pathlib import Path

from metropolis_kg.curation.release import Release


def export(var: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command as users do."""
    command = [sys.executable, "-m", "metropolis_kg", "--var", str(var), "export", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_table_has_its_metadata_beside_it(release: Release, var: Path, tmp_path: Path) -> None:
    assert release.path.is_relative_to(var)
    file = tmp_path / "new" / "tenures.csv"
    done = export(var, "tenures", "-o", str(file), "--metadata", "--lang", "de")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "Interimspräsident" in file.read_text(encoding="utf-8")
    assert json.loads((tmp_path / "new" / "tenures.csv-metadata.json").read_text("utf-8"))["url"] == "tenures.csv"
    assert sorted(path.name for path in file.parent.iterdir()) == ["tenures.csv", "tenures.csv-metadata.json"]


def test_what_popolo_cannot_say_is_counted_on_standard_error(release: Release, var: Path) -> None:
    assert release.path.is_relative_to(var)
    done = export(var, "popolo")
    assert done.returncode == 0
    assert json.loads(done.stdout)["memberships"]
    assert "not in Popolo, but in “metropolis_kg” of 3 memberships: goes on, or last known" in done.stderr


def test_what_cannot_be_done_is_one_message_and_status_2(tmp_path: Path) -> None:
    for arguments, message in (
        (("tenures",), "yet; run 'metropolis-kg build'"),
        (("popolo", "--metadata"), "--metadata stands beside a table of tenures"),
    ):
        done = export(tmp_path, *arguments)
        assert done.returncode == 2, arguments
        assert message in done.stderr.replace("\n", " ")
        assert "Traceback" not in done.stderr
