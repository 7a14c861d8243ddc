"""Findings as a compiler tells them."""

import pyoxigraph as ox
import pytest
from diagnosed import ELSEWHERE, EX, NOWHERE, ODD, diagnostic, findings

from metropolis_kg.curation.checking import Since
from metropolis_kg.curation.report import Severity
from metropolis_kg.curation.reports.text import as_text


def blocks(text: str) -> list[list[str]]:
    return [block.splitlines() for block in text.rstrip("\n").split("\n\n")]


def test_a_finding_is_told_with_place_line_and_what_is_meant_marked() -> None:
    assert blocks(as_text(findings(diagnostic()), "en"))[0] == [
        "data/pages/Straße 1.ttl:41: violation: There is no such role. [Role-in-scheme]",
        ' 41 |     ex:role ex:emperor , "Käse"@de ;',
        "    |             ^^^^^^^^^^",
        "    = about: ex:thing, ex:emperor",
    ]


def test_the_summary_comes_last_and_counts_in_words_of_the_language() -> None:
    found = findings(diagnostic(), diagnostic(severity=Severity.WARNING), diagnostic(severity=Severity.WARNING, line=9))
    assert blocks(as_text(found, "en"))[-1] == [
        "1 violation, 2 warnings, 0 notices in 1 file; quotes not compared (--sources DIR names the texts).",
        "pySHACL judged all of the focus nodes.",
    ]
    assert blocks(as_text(found, "de"))[-1][0] == (
        "1 Fehler, 2 Warnungen, 0 Hinweise in 1 Datei; Zitate nicht verglichen (--sources DIR nennt die Texte)."
    )


def test_all_words_come_in_german() -> None:
    found = findings(diagnostic(related=(ELSEWHERE,), rules=("interval-bounds", "claim-time")))
    assert blocks(as_text(found, "de"))[0] == [
        "data/pages/Straße 1.ttl:41: Fehler: Die Rolle gibt es nicht. [Role-in-scheme]",
        ' 41 |     ex:role ex:emperor , "Käse"@de ;',
        "    |             ^^^^^^^^^^",
        "    = betrifft: ex:thing, ex:emperor",
        "    = folgt hieraus nach der Regel claim-time, dann interval-bounds",
        "    = siehe auch: data/other.ttl:7: ex:other a ex:C .",
    ]


def test_what_has_no_place_says_so() -> None:
    assert blocks(as_text(findings(diagnostic(**NOWHERE)), "en"))[0] == [
        "ex:thing: violation: There is no such role. [Role-in-scheme]",
        "  = about: ex:thing, ex:emperor",
        "  = no file says this, so it has no place",
    ]


def test_a_part_of_a_thing_is_named_after_the_thing() -> None:
    told = as_text(findings(diagnostic(focus=ox.NamedNode(f"{EX}thing#time"), value=ox.NamedNode("urn:x#y"))), "en")
    assert "    = about: ex:thing#time, <urn:x#y>" in told.splitlines()


def test_a_file_without_a_line_is_named_alone() -> None:
    (first, *_), _ = blocks(as_text(findings(diagnostic(**NOWHERE | {"path": ELSEWHERE.path})), "en"))
    assert first == "data/other.ttl: violation: There is no such role. [Role-in-scheme]"


def test_ten_of_a_kind_in_a_file_are_shown_and_how_many_more_there_are() -> None:
    found = findings(*(diagnostic(line=number) for number in range(1, 338)), diagnostic(code="other", line=400))
    told = blocks(as_text(found, "en"))
    assert [block[0].partition(": ")[0].rpartition(":")[2] for block in told[:11]] == [*map(str, range(1, 11)), "400"]
    assert told[11] == [
        "… and 327 more of this kind [Role-in-scheme] in data/pages/Straße 1.ttl; --all shows them",
    ]
    assert len(blocks(as_text(found, "en", everything=True))) == 338 + 1


def test_findings_of_one_file_stand_together_sorted_by_line() -> None:
    found = findings(diagnostic(line=9), diagnostic(path=ELSEWHERE.path, line=3), diagnostic(line=2))
    heads = [block[0].partition(": ")[0] for block in blocks(as_text(found, "en"))[:3]]
    assert heads == ["data/other.ttl:3", "data/pages/Straße 1.ttl:2", "data/pages/Straße 1.ttl:9"]


def test_nothing_in_the_data_reaches_the_terminal_as_a_control_character() -> None:
    odd = diagnostic(messages={"en": ODD}, excerpt=f"ex:a {ODD}", column=6, length=3)
    told = as_text(findings(odd), "en")
    assert not set(told) & set(ODD) - set("a[31m%\n::b, ]]> <&\ufffe")
    assert r"a\u001B[31m\u0000\u202E%\u000D\u000A::b" in told


def test_colours_are_what_the_terminal_makes_of_roles() -> None:
    told = as_text(findings(diagnostic()), "en", lambda text, role: f"<{role}>{text}</{role}>")
    assert "<place>data/pages/Straße 1.ttl:41:</place> <Violation>violation:</Violation>" in told
    assert "<Violation>^^^^^^^^^^</Violation>" in told


@pytest.mark.parametrize(
    ("since", "said"),
    [
        (Since("v1", 3), "Only what came since v1; there before: 3."),
        (Since("v1", 0, comparable=False), "At v1 not everything could be judged; what was wrong then is not known."),
    ],
)
def test_that_only_what_is_new_is_shown_is_told(since: Since, said: str) -> None:
    assert blocks(as_text(findings(since=since), "en"))[-1][-1] == said


def test_that_nothing_was_judged_is_told() -> None:
    told = blocks(as_text(findings(diagnostic(code="syntax"), read=False), "en"))[-1]
    assert told[1] == "What the content says was not checked yet; mend these violations first."
