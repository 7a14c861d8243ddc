"""``metropolis-kg doctor``: formats, exit statuses, and messages instead of tracebacks."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from servers import free_port


def doctor(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command as users do."""
    command = [sys.executable, "-m", "metropolis_kg", "doctor", *arguments, "--lang", "en"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _root(path: Path) -> ElementTree.Element:
    return ElementTree.parse(path).getroot()  # noqa: S314 # written by ourselves


def test_the_report_comes_in_each_format_at_once(site: str, tmp_path: Path) -> None:
    files = {name: tmp_path / f"report.{name}" for name in ("json", "junit")}
    formats = [f"--format={name}={file}" for name, file in files.items()]
    done = doctor(f"{site}/", "--only", "e1,E11,caching,D4", "--format", "text", *formats)
    assert (done.returncode, done.stderr) == (0, "")
    assert "✓ E1  A thing leads to its document by 303" in done.stdout
    assert "an outage of the store cannot be brought about from outside" in done.stdout
    assert "In all  must 6 of 6 (1 not asked) · should 1 of 1" in done.stdout
    said = json.loads(files["json"].read_text(encoding="utf-8"))
    assert said["score"]["must"] == {"holds": 6, "fails": 0, "not asked": 1}
    assert [each["id"] for each in said["behaviours"]] == ["E1", "E11", "C1", "C2", "C3", "C4", "C5", "D4"]
    suites = _root(files["junit"])
    assert (suites.get("tests"), suites.get("failures"), suites.get("skipped")) == ("8", "0", "1")


def test_what_does_not_hold_is_shown_with_what_was_sent_and_why_it_matters(site: str, tmp_path: Path) -> None:
    junit = tmp_path / "doctor.xml"
    wrong = f"{site}/doc/place/berlin.html"
    done = doctor(wrong, "--thing", wrong, "--only", "E7", "--format", "text", "--format", f"junit={junit}")
    assert done.returncode == 1
    assert "✗ E7" in done.stdout
    assert "| GET /doc/place/berlin.html" in done.stdout
    assert "| Accept: image/png" in done.stdout
    assert "A client that asked for RDF and gets HTML with 200 parses it" in " ".join(done.stdout.split())
    failure = _root(junit).find("testsuite/testcase/failure")
    assert failure is not None
    assert failure.get("type") == "E7"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((f"http://127.0.0.1:{free_port()}/",), "cannot be asked: no HTTP answer: Connection refused"),
        (("ftp://example.org/",), "is no http or https address such as https://example.org/"),
        (("http://user:secret@127.0.0.1:1/",), "an address with a user name is not taken"),
        (("http://127.0.0.1:1/", "--only", "E99"), "'E99' is no behaviour; there are E1 E2"),
        (("http://127.0.0.1:1/", "--format", "json", "--format", "junit"), "only one format can go to standard output"),
    ],
)
def test_what_cannot_be_done_is_one_message_and_status_2(arguments: tuple[str, ...], message: str) -> None:
    done = doctor(*arguments)
    assert done.returncode == 2
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
