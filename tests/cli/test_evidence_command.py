"""``metropolis-kg evidence``: the command as a steward calls it, its words and its exit status."""

import io
import json
import sys
import tomllib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest

from ended import Ended, ended
from metropolis_kg.model.evidence import digest
from repository import REPOSITORY, Edit

PAGE = "data/pages/berlin-metropolis.ttl"


Run = Callable[..., Ended]


@pytest.fixture
def evidence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run ``metropolis-kg evidence`` in this process, with words on standard input."""

    def run(*arguments: str | Path, words: str = "", root: Path | None = None) -> Ended:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(words.encode()), encoding="utf-8"))
        return ended(monkeypatch, capsys, *(["--root", root] if root else []), "evidence", *arguments)

    return run


@pytest.fixture
def sources(shared: Path) -> Path:
    """Folder with the text of the page."""
    return shared / "source"


@pytest.fixture
def newer(sources: Path, tmp_path: Path) -> Path:
    """A second version of the page: 144 cities instead of 141, the presidency in other words."""
    text = (sources / "berlin-metropolis.txt").read_bytes().decode("utf-8")
    assert text.count("141") == text.count(") bis November 2020 Präsident von Metropolis") == 1
    text = text.replace("141", "144").replace(
        ") bis November 2020 Präsident von Metropolis", ") Präsident bis Ende 2020"
    )
    path = tmp_path / "newer.txt"
    path.write_bytes(text.encode())
    return path


def test_every_quote_stands_in_its_source(evidence: Run, sources: Path) -> None:
    said = evidence("check", "--sources", sources, "--lang", "en")
    assert said.status == 0
    assert (
        said.out.splitlines()[-1] == "Quotes checked: 51, of these not in their source as they say: 0. Not checked: 1."
    )
    assert "press-release-2018-08-24: the source gives no SHA-256" in said.out


def test_a_quote_that_does_not_stand_is_told_by_file_and_line(
    evidence: Run, sources: Path, workspace: Path, edit: Edit
) -> None:
    line = edit(PAGE, '"Mit 141 Mitgliedsstädten"', '"Mit 142 Mitgliedsstädten"')
    said = evidence("check", "--sources", sources, "--lang", "en", root=workspace)
    assert said.status == 1
    assert said.out.startswith(f"{PAGE}:{line}: violation: The source does not contain “Mit 142 Mitgliedsstädten”")
    german = evidence("check", "--sources", sources, "--lang", "de", root=workspace)
    assert german.out.startswith(f"{PAGE}:{line}: Fehler: Die Quelle enthält „Mit 142 Mitgliedsstädten“ nicht")
    found = json.loads(evidence("check", "--sources", sources, "--format", "json", root=workspace).out)
    assert [(fault["file"], fault["line"]) for fault in found["faults"]] == [(PAGE, line)]


def test_a_newer_version_names_the_claims_concerned_and_says_what_to_do(
    evidence: Run, sources: Path, newer: Path
) -> None:
    said = evidence("check", "--sources", sources, "--against", newer, "--lang", "en")
    assert said.status == 1
    claims = [line.split()[1] for line in said.out.splitlines() if line.lstrip().startswith("claim: ")]
    assert claims == ["count:metropolis-member-cities-141", "tenure:governing-mayor-president-2018"]
    line = (REPOSITORY / PAGE).read_text(encoding="utf-8").split('"Mit 141 Mitgliedsstädten"')[0].count("\n") + 1
    lost = f"{PAGE}:{line}: words lost: “Mit 141 Mitgliedsstädten”"
    assert f"{lost}\n    now:     Mit [-141-]{{+144+}} Mitgliedsstädten" in said.out
    assert "    numbers: 141 → 144\n" in said.out
    assert f"Its SHA-256 is {digest(newer.read_bytes())}." in said.out
    assert said.out.splitlines()[-1].endswith(
        "quotes lost 2, claims concerned 2; moved 7, written otherwise 0, ambiguous 0, in their place 42."
    )


def test_a_newer_version_is_told_in_german_and_without_the_text_as_it_was(evidence: Run, newer: Path) -> None:
    said = evidence("check", "--page", "berlin-metropolis", "--against", newer, "--lang", "de")
    assert said.status == 1
    assert "    Aussage: count:metropolis-member-cities-141 – Metropolis: 141 Mitgliedsstädte" in said.out
    assert "Der bisherige Text liegt nicht vor" in said.out
    assert "Was zu tun ist:" in said.out


def test_a_newer_version_as_json_has_the_same(evidence: Run, sources: Path, newer: Path) -> None:
    found = json.loads(evidence("check", "--sources", sources, "--against", newer, "--format", "json").out)
    assert [each["claim"] for each in found["concerned"]] == [
        "count:metropolis-member-cities-141", "tenure:governing-mayor-president-2018",
    ]  # fmt: skip
    assert found["numbers"][0]["changes"] == [{"old": "141", "new": "144"}]
    assert {each["fate"] for each in found["quotes"]} == {"same", "moved", "lost"}


def test_a_version_in_which_words_only_moved_is_in_order(evidence: Run, sources: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved.txt"
    moved.write_bytes(b"Neues.\n" + (sources / "berlin-metropolis.txt").read_bytes())
    said = evidence("check", "--sources", sources, "--against", moved, "--lang", "en")
    assert said.status == 0
    assert "Moved, otherwise unchanged (51):\n" in said.out


def test_the_very_text_of_the_page_is_recognised(evidence: Run, sources: Path) -> None:
    said = evidence("check", "--against", sources / "berlin-metropolis.txt", "--lang", "en")
    assert said.status == 0
    assert "is the very text that the page names by its SHA-256" in said.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check"], "Without the texts of the sources nothing can be checked. Name their folder: --sources DIR."),
        (["check", "--against", "nowhere.txt"], "nowhere.txt cannot be read: No such file or directory."),
        (["check", "--sources", "nowhere"], "nowhere is no folder; name the one that holds the texts of the sources"),
        (["check", "--page", "nix", "--against", "latin-1.txt"], "There is no page nix. There are "),
        (["check", "--against", "latin-1.txt"], "latin-1.txt is not UTF-8; save it as UTF-8."),
        (["coverage"], "Without the texts of the sources nothing can be checked."),
        (["coverage", "--page", "dpa-report"], "The source of dpa-report gives no SHA-256 (mkg:sha256);"),
        (["coverage", "--sources", "."], "The text of berlin-metropolis is not there: no file in . has the SHA-256"),
        (["locate", "a", "--source", "nix"], "nix is neither a file nor the name of a page (berlin-older-page, "),
        (["locate", "--source", "latin-1.txt"], "Which words? Give them as an argument"),
        (["locate", " – ", "--source", "latin-1.txt"], "The words are empty"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_message_and_status_2(
    arguments: list[str], message: str, evidence: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "latin-1.txt").write_bytes("Bürgermeister".encode("latin-1"))
    monkeypatch.chdir(tmp_path)
    said = evidence(*arguments, "--lang", "en")
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith(f"metropolis-kg: {message}")
    assert said.err.count("\n") == 1


def test_words_are_located_with_what_tells_them_apart(evidence: Run, sources: Path) -> None:
    words = "beim Metropolis Jahrestreffen im August 2018 in Gauteng"
    said = evidence("locate", words, "--source", "berlin-metropolis", "--sources", sources, "--lang", "en")
    assert said.status == 0
    assert said.out.splitlines()[0] == f"# “{words}” stands 2 times in berlin-metropolis."
    assert (
        f'    mkg:quote "{words}"@de ;\n    mkg:quoteSuffix "\\n\\nVorstandssitzung"@de ;\n    mkg:startsAt 779 .'
        in said.out
    )
    assert "# Already quoted so by evidence:berlin-metropolis-f15." in said.out


def test_located_evidence_can_be_pasted_and_then_stands(
    evidence: Run, sources: Path, workspace: Path, edit: Edit
) -> None:
    arguments = ("--source", "berlin-metropolis", "--sources", sources, "--text-kind", "alternative")
    found = evidence("locate", "-", *arguments, words="Michael Müller bei der BAumpflanzung\n")
    assert found.status == 0
    with (workspace / PAGE).open("a", encoding="utf-8") as file:
        file.write(f"\n{found.out}")
    edit(
        PAGE,
        "mkg:evidence evidence:berlin-metropolis-f02 ",
        "mkg:evidence evidence:berlin-metropolis-f02 , evidence:berlin-metropolis-f52 ",
    )
    said = evidence("check", "--sources", sources, "--lang", "en", root=workspace)
    assert said.out.splitlines()[-1].startswith("Quotes checked: 52, of these not in their source as they say: 0.")


def test_words_typed_otherwise_are_told_and_quoted_as_the_source_has_them(evidence: Run, tmp_path: Path) -> None:
    text, typed = tmp_path / "text.txt", tmp_path / "words.txt"
    text.write_text("Die „Stimme“ der Städte.", encoding="utf-8")
    typed.write_text('die "Stimme"\n', encoding="utf-8")
    said = evidence("locate", "--file", typed, "--source", text, "--lang", "de")
    assert said.status == 1
    assert (
        "schreibt es anders (Anführungszeichen oder Apostrophe, Groß- und Kleinschreibung): „Die „Stimme““" in said.out
    )
    assert 'mkg:quote "Die „Stimme“"@de ;' in said.out


def test_words_that_are_not_there_lead_to_what_is_nearest(evidence: Run, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("Berlin ist Mitglied seit 1991.", encoding="utf-8")
    said = evidence("locate", "Berlin ist Mitglied seit 1990", "--source", text, "--lang", "en")
    assert (said.status, said.out.splitlines()[-1]) == (1, "# Nearest, at 0: Berlin ist Mitglied seit [-1990-]{+1991+}")
    said = evidence("locate", "Kläranlage", "--source", text, "--format", "json")
    assert (said.status, json.loads(said.out)["nearest"]) == (1, None)


def test_nearby_shows_what_the_sentence_is_quoted_for(evidence: Run, sources: Path) -> None:
    arguments = ("locate", "seit 1991", "--source", "berlin-metropolis", "--sources", sources, "--lang", "de")
    nearby = (
        "# Im selben Satz schon zitiert: evidence:berlin-metropolis-f39 „Berlin ist Mitglied seit 1991.“ für tenure:"
    )
    assert nearby in evidence(*arguments, "--nearby").out
    assert nearby not in evidence(*arguments).out


def test_coverage_shows_sentences_with_their_claims_and_shares(evidence: Run, sources: Path) -> None:
    said = evidence("coverage", "--page", "berlin-metropolis", "--sources", sources, "--lang", "de")
    assert said.status == 0
    assert "2365–2395     Berlin ist Mitglied seit 1991.\n              tenure:land-berlin-member – " in said.out
    assert "2339–2359     Berlin in Metropolis\n              ohne Aussage\n" in said.out
    assert said.out.splitlines()[-1] == (
        "berlin-metropolis: 21 von 38 Sätzen tragen eine Aussage (55 %), "
        "47 von 47 Aussagen beruhen auf einem Satz (100 %); 79 % der Zeichen sind zitiert."
    )
    found = json.loads(evidence("coverage", "--sources", sources, "--format", "json").out)
    assert found["percent"] == {"sentences": 55, "claims": 100, "characters": 79}
    assert found["claimsWithoutSentence"] == []


def test_both_languages_say_the_same_facts() -> None:
    table = tomllib.loads((files("metropolis_kg.cli") / "evidence.toml").read_text(encoding="utf-8"))
    for key, said in table.items():
        named = [{name for _, name, _, _ in Formatter().parse(said[lang]) if name} for lang in ("de", "en")]
        assert named[0] == named[1], key


def test_each_command_shows_an_example(evidence: Run) -> None:
    for command in ("check", "locate", "coverage"):
        assert f"Example: metropolis-kg evidence {command} " in evidence(command, "--help").out


def test_words_that_a_newer_version_writes_otherwise_are_told_and_lose_no_claim(
    evidence: Run, sources: Path, tmp_path: Path
) -> None:
    newer = tmp_path / "newer.txt"
    text = (sources / "berlin-metropolis.txt").read_bytes().decode("utf-8")
    newer.write_bytes(text.replace("„Internationales“", '"Internationales"').encode())
    said = evidence("check", "--against", newer, "--sources", sources, "--lang", "en")
    assert said.status == 0
    assert ": written otherwise (quotation marks or apostrophes): “" in said.out
    assert "claims concerned 0; moved 0, written otherwise 1, ambiguous 0, in their place 50." in said.out


def test_evidence_without_a_wording_is_told_as_not_compared(evidence: Run, tmp_path: Path) -> None:
    newer = tmp_path / "newer.txt"
    newer.write_text("Die Präsidentschaft sollte 2020 enden.", encoding="utf-8")
    said = evidence("check", "--page", "dpa-report", "--against", newer, "--lang", "de")
    assert (said.status, said.out.splitlines()[0]) == (
        0, "Belege, die nur eine Anmerkung haben und keinen Wortlaut, sind nicht zu vergleichen: 1.",
    )  # fmt: skip
