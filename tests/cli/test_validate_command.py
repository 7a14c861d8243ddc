"""``metropolis-kg validate``: what is shown where, in which format, since when, and with which exit status."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ended import Ended, ended
from history import SOURCE, TRIAL, place
from metropolis_kg.__main__ import main
from metropolis_kg.cli.reporting import language
from metropolis_kg.cli.validate import _FORMATS
from metropolis_kg.curation.reports import FORMATS
from repository import REPOSITORY, Edit

FILE = "data/enrichment/trial.ttl"
PAGE = "data/pages/berlin-metropolis.ttl"
EDTF = "@prefix edtf: <http://id.loc.gov/datatypes/edtf/> .\n"
BAD_TIME = 'place:kept dct:issued "2018-13"^^edtf:EDTF .\n'
OTHER_BAD_TIME = 'place:kept dct:issued "2018-14"^^edtf:EDTF .\n'
GOOD = EDTF + TRIAL + SOURCE + place("kept")


Run = Callable[..., Ended]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Content of one place, whose English label can be taken away for a warning."""
    root = tmp_path / "desk"
    for folder in ("ontology", "shapes", "queries"):
        shutil.copytree(REPOSITORY / folder, root / folder)
    (root / "data" / "enrichment").mkdir(parents=True)
    dataset = (REPOSITORY / "data" / "dataset.ttl").read_text(encoding="utf-8")
    example = "void:exampleResource <https://w3id.org/metropolis-kg/id/place/kept> ;"
    (root / "data" / "dataset.ttl").write_text(
        re.sub(r"void:exampleResource[^;]*;", example, dataset), encoding="utf-8"
    )
    (root / FILE).write_text(GOOD, encoding="utf-8")
    return root


@pytest.fixture
def run(desk: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run ``metropolis-kg validate`` in this process."""

    def validate(*options: str | Path, root: Path = desk) -> Ended:
        return ended(monkeypatch, capfd, "--root", root, "validate", "--lang", "en", *options)

    return validate


def write(desk: Path, *added: str) -> None:
    (desk / FILE).write_text("".join([GOOD, *added]), encoding="utf-8")


def git(root: Path, *arguments: str) -> str:
    name = ["-c", "user.name=Steward", "-c", "user.email=steward@example.org"]
    done = subprocess.run(["git", "-C", str(root), *name, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def committed(root: Path) -> None:
    if not (root / ".git").exists():
        git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "x")


# Text and exit status


def test_content_that_conforms_has_a_summary_and_status_0(run: Run) -> None:
    done = run()
    assert (done.status, done.err) == (0, "")
    assert done.out == "0 violations, 0 warnings, 0 notices; quotes not compared (--sources DIR names the texts).\n"


def test_a_violation_is_shown_with_its_line_and_ends_with_status_1(run: Run, desk: Path) -> None:
    write(desk, BAD_TIME)
    line = GOOD.count("\n") + 1
    done = run()
    head, source, marks, *_ = done.out.splitlines()
    assert done.status == 1
    assert head.startswith(f"{FILE}:{line}: violation: ")
    assert source == f" {line} | {BAD_TIME.rstrip()}"
    assert "^" in marks
    assert "\x1b" not in done.out


@pytest.mark.parametrize(
    ("variables", "lang"),
    [
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "de_AT"}, "de"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, "en"),
    ],
)
def test_the_language_is_that_of_the_locale(
    variables: dict[str, str], lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language(None) == lang
    assert language("de") == "de"


def test_warnings_count_where_it_is_strict(run: Run, desk: Path) -> None:
    (desk / FILE).write_text(GOOD.replace(', "kept"@en', ""), encoding="utf-8")
    lenient, strict = run(), run("--strict")
    assert "PrefLabel-english" in lenient.out
    assert (lenient.status, strict.status) == (0, 1)


def test_a_terminal_gets_colours_unless_it_minds(
    run: Run, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    write(desk, BAD_TIME)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert "\x1b[31m\x1b[1mviolation:\x1b[0m" in run().out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run().out


def test_more_than_ten_of_a_kind_are_shown_where_all_are_asked_for(run: Run, desk: Path) -> None:
    write(desk, *(f'place:kept dct:issued "2018-13-{day:02}"^^edtf:EDTF .\n' for day in range(1, 15)))
    short, long = run().out, run("--all").out
    assert (short.count("violation: "), long.count("violation: ")) == (10, 14)
    assert f"… and 4 more of this kind [no-such-month] in {FILE}; --all shows them" in short


# Formats


def test_one_run_writes_several_formats_each_in_its_file(run: Run, desk: Path, tmp_path: Path) -> None:
    write(desk, BAD_TIME)
    sarif, page = tmp_path / "new" / "found.sarif", tmp_path / "found.html"
    page.write_text("an older and much longer report", encoding="utf-8")
    done = run("--format", f"sarif={sarif}", "--format", f"html={page}", "--format", "github")
    assert done.out.startswith(f"::error file={FILE},line=")
    assert json.loads(sarif.read_bytes())["runs"][0]["results"][0]["level"] == "error"
    assert page.read_text(encoding="utf-8").endswith("</html>")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["desk", "found.html", "new"]


def test_the_command_knows_every_format() -> None:
    assert tuple(FORMATS) == _FORMATS


def test_output_names_the_file_of_the_format_that_names_none(run: Run, tmp_path: Path) -> None:
    assert run("--format", "json", "--output", tmp_path / "found.json").out == ""
    assert json.loads((tmp_path / "found.json").read_bytes())["conforms"] is True


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--format", "pdf"], "'pdf' is no format; formats are text, json, turtle,"),
        (["--format", "json", "--format", "json=x"], "json is asked for twice"),
        (["--format", "json", "--format", "text"], "only one format can go to standard output"),
        (["--format", "json=x", "--output", "y"], "--output is for the one that has none"),
    ],
)
def test_formats_that_cannot_be_are_refused_with_status_2(run: Run, options: list[str], said: str) -> None:
    done = run(*options)
    assert (done.status, done.out) == (2, "")
    assert said in done.err


def test_the_shacl_report_says_on_the_side_what_it_does_not_hold(run: Run, desk: Path) -> None:
    write(desk, BAD_TIME)
    done = run("--format", "turtle")
    assert "a sh:ValidationReport" in done.out
    assert done.err == "Not in the SHACL report, since no shape found them: 1 findings (--format text shows them).\n"


def test_without_a_judgement_no_shacl_report_is_written_and_the_reason_is_told(run: Run, desk: Path) -> None:
    write(desk, "place:kept a ;\n")
    done = run("--format", "jsonld")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("there is no SHACL report, since nothing was judged")
    assert f"{FILE}:{GOOD.count(chr(10)) + 1}: violation: " in done.err


# Since a revision


def test_only_what_came_since_a_revision_is_shown_and_counts(run: Run, desk: Path) -> None:
    write(desk, BAD_TIME)
    committed(desk)
    write(desk, "\n# other lines\n", BAD_TIME)
    unchanged = run("--since", "HEAD")
    assert unchanged.status == 0
    assert unchanged.out.splitlines()[1] == "Only what came since HEAD; there before: 1."
    write(desk, BAD_TIME, OTHER_BAD_TIME)
    changed = run("--since", "HEAD")
    assert changed.status == 1
    (shown,) = (row for row in changed.out.splitlines() if ": violation: " in row)
    assert shown.startswith(f"{FILE}:{GOOD.count(chr(10)) + 2}: ")
    assert BAD_TIME.strip() not in changed.out


def test_the_shacl_report_since_a_revision_holds_the_results_that_came(run: Run, desk: Path) -> None:
    (desk / FILE).write_text(GOOD.replace(', "kept"@en', ""), encoding="utf-8")
    committed(desk)
    assert run("--since", "HEAD", "--format", "turtle").out.count("sh:ValidationResult") == 0
    write(desk, 'place:kept a dct:Location ; skos:prefLabel "Noch einer"@de .\n')
    assert run("--since", "HEAD", "--format", "turtle").out.count("sh:ValidationResult") > 0


def test_what_a_change_breaks_elsewhere_came_with_it_and_so_does_what_git_does_not_know_yet(
    run: Run, desk: Path
) -> None:
    write(desk, "place:kept schema:containedInPlace place:around .\n", place("around"))
    committed(desk)
    write(desk, "place:kept schema:containedInPlace place:around .\n")
    untracked = (EDTF + TRIAL).replace("graph:trial", "graph:second").replace("source:trial", "source:second")
    (desk / "data" / "second.ttl").write_text(untracked + BAD_TIME, encoding="utf-8")
    said = run("--since", "HEAD", "--format", "json").out
    found = {(each["file"], each["code"]) for each in json.loads(said)["diagnostics"]}
    assert ("data/second.ttl", "no-such-month") in found
    assert any(file == FILE for file, _ in found)


def test_a_file_that_could_not_be_read_at_the_revision_is_told(run: Run, desk: Path) -> None:
    write(desk, "place:kept a ;\n")
    committed(desk)
    write(desk, BAD_TIME)
    done = run("--since", "HEAD")
    assert done.status == 1
    assert "At HEAD not everything could be judged; what was wrong then is not known." in done.out


def test_an_unknown_revision_and_a_place_without_git_are_refused_with_status_2(run: Run, desk: Path) -> None:
    without = run("--since", "HEAD")
    assert without.status == 2
    assert without.err.startswith("metropolis-kg: Git cannot tell what ")
    committed(desk)
    for revision in ("nowhere", "--all", "HEAD:data"):
        done = run("--since", revision)
        assert (done.status, done.out) == (2, "")
        assert done.err == (
            f"metropolis-kg: Git knows no revision {revision}; name a commit, a branch or a tag of this repository\n"
        )


def test_a_shallow_clone_says_how_to_fetch_what_is_missing(run: Run, desk: Path, tmp_path: Path) -> None:
    committed(desk)
    first = git(desk, "rev-parse", "HEAD")
    write(desk, BAD_TIME)
    committed(desk)
    git(tmp_path, "clone", "--quiet", "--depth", "1", desk.as_uri(), "shallow")
    done = run("--since", first, root=tmp_path / "shallow")
    assert done.status == 2
    assert "git fetch --unshallow" in done.err


def test_a_revision_before_there_was_content_is_refused(run: Run, desk: Path) -> None:
    git(desk, "init", "--quiet")
    git(desk, "commit", "--quiet", "--allow-empty", "--message", "empty")
    assert "has no folder ontology/; name a later revision" in run("--since", "HEAD").err


def test_a_real_change_of_the_page_is_told_in_every_format_of_a_workflow(
    run: Run, workspace: Path, edit: Edit, tmp_path: Path
) -> None:
    edit(PAGE, 'skos:prefLabel "GIZ"@de , "GIZ"@en', 'skos:prefLabel "GIZ"@de')
    committed(workspace)
    line = edit(PAGE, "org:role role:president ;", "org:role place:berlin ;")
    files = {name: tmp_path / f"found.{name}" for name in ("sarif", "junit", "json")}
    formats = [option for name, path in files.items() for option in ("--format", f"{name}={path}")]
    done = run("--since", "HEAD", "--format", "github", *formats, root=workspace)
    assert done.status == 1
    annotation, summary, since = done.out.splitlines()
    assert annotation.startswith(
        f"::error file={PAGE},line={line},col=14,endColumn=26,title=violation%3A Tenure-role-in"
    )
    assert summary.startswith("1 violation, 0 warnings, 0 notices in 1 file")
    assert since == "Only what came since HEAD; there before: 2."
    assert f'line="{line}"' in files["junit"].read_text(encoding="utf-8")
    (result,) = json.loads(files["sarif"].read_bytes())["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == line
    assert json.loads(files["json"].read_bytes())["since"] == {"revision": "HEAD", "others": 2, "comparable": True}


# Watching


def test_each_change_is_told_anew_and_an_interruption_ends_it_quietly(desk: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [sys.executable, "-m", "metropolis_kg", "--root", str(desk), "validate", "--watch", "--lang", "en"]
    with log.open("w") as file, subprocess.Popen(command, stdout=file, stderr=file, env=os.environ) as process:
        try:
            _wait(log, 1)
            for number, added in enumerate((BAD_TIME, "place:kept a ;\n", ""), 2):
                write(desk, added)
                _wait(log, number)
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    said = log.read_text(encoding="utf-8")
    summaries = [row.partition(",")[0] for row in said.splitlines() if " warnings, " in row]
    assert summaries == ["0 violations", "1 violation", "1 violation", "0 violations"]
    assert said.count(f"changed: {FILE} ────") == 3
    assert "Traceback" not in said


def _wait(log: Path, times: int) -> None:
    """Wait until so many reports are there."""
    until = time.monotonic() + 60
    while log.read_text(encoding="utf-8").count("waiting for changes") < times:
        assert time.monotonic() < until, log.read_text(encoding="utf-8")
        time.sleep(0.02)


def test_a_link_and_a_device_are_written_into_and_stay_what_they_are(run: Run, tmp_path: Path) -> None:
    (link := tmp_path / "link.txt").symlink_to(tmp_path / "target.txt")
    os.mkfifo(pipe := tmp_path / "pipe")
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert run("--format", f"text={link}", "--format", f"github={pipe}").status == 0
    assert link.is_symlink()
    assert "0 violations" in (tmp_path / "target.txt").read_text(encoding="utf-8")
    assert pipe.is_fifo()
    assert b"0 violations" in os.read(reader, 4096)
    os.close(reader)


def test_texts_of_no_source_are_told_apart_from_no_texts(run: Run, desk: Path, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "other.txt").write_text("Etwas anderes.", encoding="utf-8")
    assert "(--sources DIR names the texts)" in run().out
    assert "(the text of no source is in --sources)" in run("--sources", str(tmp_path / "texts")).out


def test_a_closed_standard_output_is_no_traceback(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "argv", ["metropolis-kg", "--root", str(desk), "validate"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 0
