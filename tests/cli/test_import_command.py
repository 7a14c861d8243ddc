"""``metropolis-kg import``: exit status, what is written where, and the account as text, JSON and CSV."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from metropolis_kg.cli import cli
from metropolis_kg.content import find_content
from metropolis_kg.curation.checking import derive, judge
from metropolis_kg.curation.formatting import formatted
from metropolis_kg.curation.report import Severity
from metropolis_kg.curation.sources import read_dataset
from metropolis_kg.model.namespaces import read_prefixes
from tables_to_read import HEADER, put

GOOD, BAD = "Metropolis;Ada Muster;Q1234;Präsident;2012;2016", "Metropolis;Bea;;Mitglied;07;"


def run(root: Path, *arguments: str | Path, lang: str = "en") -> Result:
    command = ["--root", str(root), "import", *map(str, arguments), "--lang", lang]
    return CliRunner().invoke(cli, command, catch_exceptions=False)


def table(folder: Path, *rows: str) -> Path:
    return put(folder, "\n".join([HEADER, *rows]) + "\n")


def test_all_rows_taken_is_status_0_and_turtle_as_it_is_laid_out(workspace: Path, tmp_path: Path) -> None:
    done = run(workspace, table(tmp_path, GOOD))
    assert (done.exit_code, done.stdout) == (0, "1 rows = 1 claims + 0 rows reported; 1 new things.\n")
    written = (workspace / "data/enrichment/memberships.ttl").read_bytes()
    assert formatted(written, read_prefixes(find_content(workspace).prefixes_file)) == written
    again = run(workspace, tmp_path / "memberships.csv")
    assert again.exit_code == 2
    assert "--replace" in again.stderr
    assert run(workspace, tmp_path / "memberships.csv", "--replace").exit_code == 0
    assert (workspace / "data/enrichment/memberships.ttl").read_bytes() == written


def test_rows_reported_is_status_1_and_the_others_are_written(workspace: Path, tmp_path: Path) -> None:
    done = run(workspace, table(tmp_path, GOOD, BAD), lang="de")
    assert done.exit_code == 1
    assert "memberships.csv:3: Zeile 3, Spalte „von“: „07“ ist keine Zeit." in done.stdout
    assert done.stdout.endswith("2 Zeilen = 1 Aussagen + 1 gemeldete Zeilen; 1 neue Dinge.\n")
    assert (workspace / "data/enrichment/memberships.ttl").exists()


def test_a_table_of_the_content_has_its_graph_for_itself(workspace: Path, tmp_path: Path) -> None:
    put(workspace / "data", f"{HEADER}\n{GOOD}\n")
    done = run(workspace, table(tmp_path, GOOD))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "data/memberships.csv: graph:memberships is in this file already" in done.stderr


def test_a_dry_run_gives_the_account_and_writes_nothing(workspace: Path, tmp_path: Path) -> None:
    before = sorted(workspace.rglob("*"))
    done = run(workspace, table(tmp_path, GOOD, BAD), "--dry-run", "--format", "json")
    account = json.loads(done.stdout)
    assert (done.exit_code, account["rows"], account["claims"], account["reported"]) == (1, 2, 1, 1)
    (rejected,) = account["rejected"]
    assert (rejected["number"], rejected["line"], rejected["cells"]) == (3, 3, BAD.split(";"))
    assert {*rejected["problems"][0]["reason"]} == {"de", "en"}
    assert sorted(workspace.rglob("*")) == before


def test_the_rows_not_taken_are_a_table_to_mend(workspace: Path, tmp_path: Path) -> None:
    run(workspace, table(tmp_path, GOOD, BAD), "--format", f"csv={tmp_path / 'mend.csv'}", "--format", "text")
    rows = list(csv.reader(io.StringIO((tmp_path / "mend.csv").read_text(encoding="utf-8")), delimiter=";"))
    assert rows[0] == [*HEADER.split(";"), "metropolis-kg: reason"]
    assert rows[1][:-1] == BAD.split(";")
    assert rows[1][-1].startswith("von: “07” is no time")


@pytest.mark.parametrize("name", ["out.nq", "out.nq.gz", "out.nq.zst"])
def test_many_statements_go_into_n_quads(name: str, workspace: Path, tmp_path: Path) -> None:
    path = workspace / "data" / "enrichment" / name
    assert run(workspace, table(tmp_path, GOOD), "--output", path).exit_code == 0
    first = path.read_bytes()
    assert run(workspace, tmp_path / "memberships.csv", "--output", path, "--replace").exit_code == 0
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["missing.csv"], "missing.csv: The file cannot be read: No such file"),
        (["memberships.csv", "--mapping", "none.json"], "none.json: The file cannot be read: No such file"),
        (["memberships.csv", "--name", "Nicht so"], "--name nicht-so"),
        (["memberships.csv", "--output", "x.rdf"], ".nq"),
        (["memberships.csv", "--name", "geonames"], "--replace"), (["memberships.csv", "--format", "xml"], "json"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_status_2_with_words(
    arguments: list[str], words: str, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table(tmp_path, GOOD)
    monkeypatch.chdir(tmp_path)
    done = run(workspace, *arguments)
    assert done.exit_code == 2
    assert words in done.stderr
    assert "Traceback" not in done.output


def test_a_table_of_which_nothing_is_taken_writes_nothing(workspace: Path, tmp_path: Path) -> None:
    done = run(workspace, table(tmp_path, BAD))
    assert done.exit_code == 1
    assert not (workspace / "data/enrichment/memberships.ttl").exists()


def test_rows_that_were_mended_are_imported_beside_the_others_without_a_warning(
    workspace: Path, tmp_path: Path
) -> None:
    source, mended = table(tmp_path, GOOD, BAD), tmp_path / "mended.csv"
    run(workspace, source, "--format", f"csv={mended}")
    mended.write_text(mended.read_text(encoding="utf-8").replace(";07;", ";2007;"), encoding="utf-8")
    done = run(workspace, mended, "--mapping", tmp_path / "memberships.csv-metadata.json")
    assert done.exit_code == 0, done.output
    content = find_content(workspace)
    dataset = read_dataset(content)
    found = judge(dataset, content, derive(dataset, content), {})
    assert [each.code for each in found.diagnostics if each.severity is not Severity.INFO] == []
    assert "Zeile 2: Netzwerk „Metropolis“" in (workspace / "data/enrichment/mended.ttl").read_text(encoding="utf-8")
