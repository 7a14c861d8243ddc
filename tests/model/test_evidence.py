"""Finding quotes in a text."""

import pytest

from metropolis_kg.model.evidence import Quote, fault, occurrences, occurrences_as_words

TEXT = "Die Wahl in Gauteng. Nach der Wahl in Gauteng war Ruhe."


def test_a_quote_that_stands_where_it_says_has_no_fault() -> None:
    assert fault(Quote("Nach der Wahl", 21), TEXT) is None


def test_a_quote_with_one_letter_changed_is_not_in_the_source() -> None:
    said = fault(Quote("Nach der Wohl", 21), TEXT)
    assert said is not None
    assert "does not contain “Nach der Wohl”" in said
    assert "at 21 it reads “Nach der Wahl”" in said


def test_a_wrong_position_is_told_with_the_right_one() -> None:
    said = fault(Quote("Nach der Wahl", 20), TEXT)
    assert said is not None
    assert "stands at 21 in the source, not at 20" in said


def test_a_quote_that_stands_twice_asks_for_what_stands_around_it() -> None:
    said = fault(Quote("Wahl in Gauteng", 4), TEXT)
    assert said is not None
    assert "2 times" in said
    assert fault(Quote("Wahl in Gauteng", 4, suffix=". Nach"), TEXT) is None


def test_overlapping_occurrences_all_count() -> None:
    assert occurrences(Quote("aa"), "aaa") == [0, 1]


@pytest.mark.parametrize("text", ["Mit 1141 Städten", "Mit 141.000 Städten", "Mit 141,5 Städten", "Mit 1.141 Städten"])
def test_a_number_does_not_stand_within_another(text: str) -> None:
    assert occurrences_as_words(Quote("141"), text) == []


def test_a_number_at_the_end_of_a_sentence_stands_there() -> None:
    assert occurrences_as_words(Quote("141"), "Es sind 141. Und 141, wie gesagt.") == [8, 17]


def test_a_word_does_not_stand_within_another_unless_the_quote_says_so() -> None:
    assert occurrences_as_words(Quote("Präsident"), "Der Präsidentin folgt der Kopräsident.") == []
    assert occurrences_as_words(Quote("Präsident", suffix="in"), "Der Präsidentin folgt ein Präsident.") == [4]
