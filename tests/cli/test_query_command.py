"""``metropolis-kg query``: stored queries by name, their parameters as options."""

import csv
import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from metropolis_kg.curation.release import Release

AGENT = "a thing that the data know as foaf:Agent, such as post/governing-mayor-berlin, or its IRI"


@pytest.fixture
def released(release: Release, var: Path) -> Path:
    """Folder with the release built for the tests, published."""
    assert release.path.is_dir()
    return var


def query(*arguments: str, var: Path) -> subprocess.CompletedProcess[str]:
    """Run the command; it never ends with a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "metropolis_kg", "--var", str(var), "query", *arguments],
        env=os.environ | {"COLUMNS": "200"}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr + done.stdout
    return done


def test_without_a_name_the_queries_are_listed_by_subject(released: Path) -> None:
    listed = query(var=released).stdout
    assert listed.index("Roles and who held them:") < listed.index("  who-led ") < listed.index("Evidence and sources:")
    german = query("--lang", "de", var=released).stdout
    assert "Belege und Quellen:" in german
    assert "Wer leitete Metropolis an einem Tag?" in german


def test_a_query_is_answered_with_its_arguments(released: Path) -> None:
    done = query("who-held", "--role", "role/member", "--at", "2015-06-01", "--format", "csv", var=released)
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert (row["holder"], row["certainty"]) == ("State of Berlin", "certain")
    german = query("--lang", "de", "who-held", "--format", "csv", var=released)
    assert "Land Berlin" in german.stdout


def test_ask_answers_yes_or_no_and_construct_with_a_graph(released: Path) -> None:
    assert query("was-certain", var=released).stdout == "yes\n"
    assert query("was-certain", "--at", "2018-08-10", var=released).stdout == "no\n"
    assert "schema:OrganizationRole" in query("as-schema-org", "--format", "ttl", var=released).stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["who-led", "--at", "yesterday"], "The parameter at is “yesterday”; expected is a day such as 2018-03-15."),
        (["roles-of", "--thing", "place/berlin"], f"The parameter thing is “place/berlin”; expected is {AGENT}."),
        (["roles-of", "--thing", "http://a/> } #"], f"The parameter thing is “http://a/> }} #”; expected is {AGENT}."),
        (["nix"], "there is no stored query “nix”; 'metropolis-kg query' lists them"),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_one_message_and_status_2(arguments: list[str], message: str, released: Path) -> None:
    done = query(*arguments, var=released)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"metropolis-kg: {message}\n")


def test_a_value_that_is_not_allowed_names_those_that_are(released: Path) -> None:
    done = query("who-led", "--lang", "fr", var=released)
    assert done.returncode == 2
    assert "'fr' is not one of 'en', 'de'" in done.stderr


def test_the_help_of_a_query_says_what_it_takes_with_an_example(released: Path) -> None:
    said = query("evidence-strength", "--help", var=released).stdout
    assert "--least INTEGER" in said
    assert "--lang [en|de]" in said
    example = "--source source/berlin-metropolis --least 3 --most 99 --lang en"
    assert f"Example: metropolis-kg query evidence-strength {example}" in said


@pytest.mark.alone
def test_ctrl_c_ends_a_query_that_would_never_end(released: Path) -> None:
    endless = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    command = [sys.executable, "-m", "metropolis_kg", "--var", str(released), "query", "--sparql", endless]
    with subprocess.Popen(command) as process:
        time.sleep(2)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=5) == -signal.SIGINT
