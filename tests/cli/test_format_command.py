"""``metropolis-kg format``: what it writes, what it says, and its exit status."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from metropolis_kg.cli import cli

PAGE = "data/pages/berlin-metropolis.ttl"
UNTIDY = b"@prefix ex: <http://example.org/> .\n\n# kept\nex:a a ex:T ;\n  ex:p 1 .\n"
TIDY = b"@prefix ex: <http://example.org/> .\n\n# kept\nex:a a ex:T ;\n    ex:p 1 .\n"


def run(*arguments: str | Path, data: bytes | None = None) -> Result:
    return CliRunner().invoke(cli, list(map(str, arguments)), input=data, catch_exceptions=False)


@pytest.fixture
def untidy(tmp_path: Path) -> Path:
    path = tmp_path / "untidy.ttl"
    path.write_bytes(UNTIDY)
    return path


def test_the_content_is_laid_out(workspace: Path) -> None:
    done = run("--root", workspace, "format", "--check", "--lang", "en")
    assert done.exit_code == 0
    assert "files, all laid out so." in done.stdout


def test_check_names_each_file_with_its_first_difference_and_writes_nothing(workspace: Path) -> None:
    page = workspace / PAGE
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("    mkg:countUnit", "  mkg:countUnit"), encoding="utf-8")
    line = text[: text.index("mkg:countUnit")].count("\n") + 1
    said = run("--root", workspace, "format", "--check", "--lang", "de")
    assert said.exit_code == 1
    assert said.stdout.startswith(f"{PAGE}:{line}: nicht in der einen Form")
    assert "1 von " in said.stdout
    assert "  mkg:countUnit" in page.read_text(encoding="utf-8")


def test_files_and_folders_named_are_laid_out_and_told(untidy: Path) -> None:
    (untidy.parent / "notes.txt").write_text("no Turtle")
    done = run("format", "--lang", "en", untidy.parent)
    assert (done.exit_code, untidy.read_bytes()) == (0, TIDY)
    assert done.stdout == f"{untidy}: laid out\n1 of 1 files laid out anew.\n"


def test_what_is_laid_out_already_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "tidy.ttl"
    path.write_bytes(TIDY)
    os.utime(path, (1, 1))
    assert run("format", path).exit_code == 0
    assert path.stat().st_mtime == 1


def test_diff_shows_what_would_change_and_writes_nothing(untidy: Path) -> None:
    done = run("format", "--diff", "--lang", "en", untidy)
    assert (done.exit_code, untidy.read_bytes()) == (0, UNTIDY)
    assert "-  ex:p 1 .\n+    ex:p 1 .\n" in done.stdout
    assert run("format", "--diff", "--check", untidy).exit_code == 1


def test_a_syntax_error_is_placed_and_the_other_files_are_done(untidy: Path) -> None:
    broken = untidy.with_name("broken.ttl")
    broken.write_bytes(b"@prefix ex: <http://example.org/> .\nex:a ex:p .\n")
    done = run("format", "--lang", "de", untidy.parent)
    assert (done.exit_code, untidy.read_bytes()) == (2, TIDY)
    assert done.stderr.startswith(f"{broken}:2: Fehler: ")
    assert " fehlt" in done.stderr
    assert broken.read_bytes() == b"@prefix ex: <http://example.org/> .\nex:a ex:p .\n"
    assert "Nicht gelesen und unverändert: 1." in done.stdout


def test_what_cannot_be_opened_is_told_and_the_other_files_are_done(untidy: Path) -> None:
    (untidy.parent / "folder.ttl").mkdir()
    done = run("format", "--lang", "en", untidy.parent)
    assert (done.exit_code, untidy.read_bytes()) == (2, TIDY)
    assert "folder.ttl: error: " in done.stderr


def test_a_folder_without_turtle_has_nothing_to_lay_out(tmp_path: Path) -> None:
    done = run("format", "--lang", "en", tmp_path)
    assert (done.exit_code, done.stdout) == (0, "0 files, all laid out so.\n")


@pytest.mark.parametrize(
    ("data", "english", "german"),
    [
        (b"\xff", "The file is not UTF-8", "Die Datei ist nicht UTF-8"),
        (b"<a:a> <a:b> << <a:a> <a:b> <a:c> >> .", "beyond Turtle 1.1", "das ist mehr als Turtle 1.1"),
        (b"<a:a> x:b 1 .", "no prefix x:", "Das Präfix x: gibt es nicht"),
    ],
)
def test_what_cannot_be_read_is_told_in_both_languages(data: bytes, english: str, german: str) -> None:
    for lang, said in (("en", english), ("de", german)):
        done = run("format", "--lang", lang, "-", data=data)
        assert done.exit_code == 2
        assert done.stderr.startswith("-:1: ")
        assert said in done.stderr


def test_standard_input_is_laid_out_on_standard_output() -> None:
    done = run("format", "-", data=UNTIDY)
    assert (done.exit_code, done.stdout_bytes) == (0, TIDY)
    assert run("format", "--check", "-", data=UNTIDY).exit_code == 1
    assert run("format", "--check", "-", data=TIDY).exit_code == 0


def test_prefixes_that_the_content_knows_are_added() -> None:
    done = run("format", "-", data=b'<http://example.org/a> foaf:name "A"@de .')
    assert done.stdout.startswith("@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n\n")
