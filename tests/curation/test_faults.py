"""The table of faults: in both languages, of the same facts, and none that nothing raises."""

import re
from string import Formatter

import pytest

from metropolis_kg.curation.faults import FaultKind, fault, fault_kinds
from repository import REPOSITORY

SOURCE = REPOSITORY / "src" / "metropolis_kg"
KINDS = fault_kinds()


def facts(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_of_fault_speaks_both_languages_of_the_same_facts(kind: FaultKind) -> None:
    assert set(kind.titles) == set(kind.messages) == {"de", "en"}
    assert facts(kind.messages["de"]) == facts(kind.messages["en"])
    assert not facts(kind.titles["de"] + kind.titles["en"])


def test_every_kind_of_fault_is_raised_somewhere() -> None:
    program = "".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    by_interval = {"time-unreadable", "time-beyond-level-1", "time-outside-years"}
    assert {code for code in KINDS if not re.search(f'"{code}"', program)} == by_interval


def test_a_fault_carries_its_place_and_its_messages() -> None:
    error = fault("misspelt-prefix", SOURCE, 3, 7, prefix="mgk", meant="mkg")
    assert (error.code, error.path, error.line, error.column) == ("misspelt-prefix", SOURCE, 3, 7)
    assert error.messages == {
        "de": "Das Präfix mgk: gibt es nicht. Meinten Sie mkg:?",
        "en": "There is no prefix mgk:. Did you mean mkg:?",
    }
