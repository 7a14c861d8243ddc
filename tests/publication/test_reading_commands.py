"""``metropolis-kg query`` and ``metropolis-kg describe``, as processes."""

import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from metropolis_kg.curation.release import Release


def run(var: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program on the releases in ``var``."""
    command = [sys.executable, "-m", "metropolis_kg", "--var", str(var), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_a_dated_question_is_answered_with_holder_role_certainty_quote_and_person(release: Release, var: Path) -> None:
    assert release
    answer = run(var, "query", "who-led", "--at", "2018-03-15").stdout
    quote = "zuvor seit November 2017 Interimspräsident"
    for shown in ("Governing Mayor of Berlin", "interim president", "certain", quote, "Michael Müller"):
        assert shown in answer


def test_two_answers_are_possible_and_a_late_day_is_last_known(release: Release, var: Path) -> None:
    assert release
    two = run(var, "query", "who-led", "--at", "2018-08-10", "--format", "csv").stdout
    assert two.count(",possible,") == 2
    assert "last known" in run(var, "query", "who-led", "--at", "2022-03-01").stdout


def test_a_format_before_the_name_is_that_of_the_answer_unless_another_follows(release: Release, var: Path) -> None:
    assert release
    question = ("who-led", "--at", "2018-03-15")
    after = run(var, "query", *question, "--format", "csv").stdout
    assert after.startswith("holder,role,")
    assert run(var, "query", "--format", "csv", *question).stdout == after
    assert run(var, "query", "--format", "json", *question, "--format", "csv").stdout == after


def test_without_a_name_the_queries_are_listed(release: Release, var: Path) -> None:
    assert release
    listed = run(var, "query").stdout
    assert listed.count("\n") >= 34
    assert "Who led Metropolis on a day?" in listed


def test_help_shows_parameters_and_an_example(release: Release, var: Path) -> None:
    assert release
    assert "Example: metropolis-kg query who-led --at 2018-03-15" in run(var, "query", "who-led", "--help").stdout
    for command in ("query", "describe", "serve"):
        assert "Example: metropolis-kg" in run(var, command, "--help").stdout


def test_any_sparql_is_answered_in_the_format_asked_for(release: Release, var: Path, tmp_path: Path) -> None:
    assert release
    assert run(var, "query", "--sparql", "ASK { ?s a mkg:Person }").stdout == "yes\n"
    table = run(var, "query", "--sparql", "SELECT DISTINCT ?s WHERE { ?s a mkg:Township }").stdout.splitlines()
    assert [line.strip() for line in table] == ["s", "─" * len("place:alexandra"), "place:alexandra"]
    file = tmp_path / "query.rq"
    file.write_text("CONSTRUCT WHERE { place:berlin ?p ?o }", encoding="utf-8")
    written = run(var, "query", "--file", str(file), "--format", "nt").stdout
    assert len(list(ox.parse(written, format=ox.RdfFormat.N_TRIPLES))) > 5


@pytest.mark.parametrize("syntax", ["ttl", "jsonld", "nt", "nq", "trig", "rdf"])
def test_a_thing_is_described_in_every_syntax(release: Release, var: Path, syntax: str) -> None:
    assert release
    said = run(var, "describe", "person/michael-mueller", "--format", syntax).stdout
    assert "Michael Müller" in said
    assert "mueller-governing-mayor" in said


def test_a_thing_is_named_by_iri_prefixed_name_or_kind_and_slug(release: Release, var: Path) -> None:
    assert release
    names = ("http://localhost:8000/id/place/berlin", "place:berlin", "place/berlin")
    assert len({run(var, "describe", name).stdout for name in names}) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("query", "nix"), "there is no stored query “nix”"),
        (("query", "who-led", "--at", "yesterday"), "a day such as 2018-03-15"),
        (("query", "--sparql", "SELECT * WHERE {\n ?s ?p }"), "line 2"),
        (("query", "--sparql", "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"), "SERVICE"),
        (("query", "--sparql", "DROP ALL"), "read only"),
        (("query", "--sparql", "ASK {" + "{" * 1000 + "}" * 1000 + "}"), "1,001 brackets within each other"),
        (("query", "--file", "/nowhere/at.rq"), "cannot read /nowhere/at.rq"),
        (("describe", "person/nobody"), "Nothing is known about"),
        (("describe", "nobody"), "Nothing is known about"),
        (("describe", "http://a/ b"), "Nothing is known about"),
    ],
)
def test_what_cannot_be_done_is_one_message_and_status_2(
    release: Release, var: Path, arguments: tuple[str, ...], said: str
) -> None:
    assert release
    ended = run(var, *arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_without_a_release_it_says_what_to_run(tmp_path: Path) -> None:
    for arguments in (("query", "who-led"), ("describe", "place/berlin")):
        ended = run(tmp_path, *arguments)
        assert (ended.returncode, "metropolis-kg build" in ended.stderr) == (2, True)
