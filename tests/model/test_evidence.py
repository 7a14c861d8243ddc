"""Finding quotes in a text."""

import pytest

from metropolis_kg.model.evidence import Quote, fault, occurrences

TEXT = "Die Wahl in Gauteng. Nach der Wahl in Gauteng war Ruhe."


def test_a_quote_that_stands_where_it_says_has_no_fault() -> None:
    assert fault(Quote("Nach der Wahl", 21), TEXT) is None


def test_a_quote_with_one_letter_changed_is_not_in_the_source() -> None:
    facts = {"exact": "Nach der Wohl", "start": 21, "found": "Nach der Wahl"}
    assert fault(Quote("Nach der Wohl", 21), TEXT) == ("quote-otherwise", facts)


def test_a_quote_at_no_position_of_the_text_is_not_found() -> None:
    assert fault(Quote("Nach der Wohl", 210), TEXT) == ("quote-not-found", {"exact": "Nach der Wohl"})


def test_a_wrong_position_is_told_with_the_right_one() -> None:
    facts = {"exact": "Nach der Wahl", "start": 20, "place": 21, "places": "21"}
    assert fault(Quote("Nach der Wahl", 20), TEXT) == ("quote-elsewhere", facts)


def test_a_missing_position_is_told() -> None:
    facts = {"exact": "Nach der Wahl", "start": None, "place": 21, "places": "21"}
    assert fault(Quote("Nach der Wahl"), TEXT) == ("quote-unplaced", facts)


def test_a_quote_that_stands_twice_asks_for_what_stands_around_it() -> None:
    facts = {"exact": "Wahl in Gauteng", "count": 2, "before": "Die ", "after": ". Nach der Wahl in Gauteng"}
    assert fault(Quote("Wahl in Gauteng", 4), TEXT) == ("quote-ambiguous", facts)
    assert fault(Quote("Wahl in Gauteng", 4, suffix=". Nach"), TEXT) is None


def test_what_stands_around_a_quote_is_told_where_the_evidence_has_it_otherwise() -> None:
    facts = {"exact": "Ruhe", "places": "50", "before": "Nach der Wahl in Gauteng war ", "after": "."}
    assert fault(Quote("Ruhe", 50, prefix="ist "), TEXT) == ("quote-context", facts)


def test_overlapping_occurrences_all_count() -> None:
    assert occurrences(Quote("aa"), "aaa") == [0, 1]


@pytest.mark.parametrize(
    ("exact", "written", "found"),
    [
        ("seit\u00a01991", "U+00A0 (NO-BREAK SPACE)", "U+0020 (SPACE)"),
        ("für Bu\u0308rger", "U+0075 (LATIN SMALL LETTER U)", "U+00FC (LATIN SMALL LETTER U WITH DIAERESIS)"),
    ],
)
def test_characters_that_only_look_like_those_of_the_source_are_named(exact: str, written: str, found: str) -> None:
    told = fault(Quote(exact, 0), "für Bürger." if "für" in exact else "seit 1991.")
    assert told is not None
    assert told.code == "quote-looks-alike"
    assert (told.facts["written"], told.facts["found"]) == (written, found)
