"""Quotes as whole words and numbers."""

import pytest

from metropolis_kg.model.evidence import Quote
from metropolis_kg.model.whole_words import occurrences_as_words


@pytest.mark.parametrize("text", ["Mit 1141 Städten", "Mit 141.000 Städten", "Mit 141,5 Städten", "Mit 1.141 Städten"])
def test_a_number_does_not_stand_within_another(text: str) -> None:
    assert occurrences_as_words(Quote("141"), text) == []


def test_a_number_at_the_end_of_a_sentence_stands_there() -> None:
    assert occurrences_as_words(Quote("141"), "Es sind 141. Und 141, wie gesagt.") == [8, 17]


def test_a_word_does_not_stand_within_another_unless_the_quote_says_so() -> None:
    assert occurrences_as_words(Quote("Präsident"), "Der Präsidentin folgt der Kopräsident.") == []
    assert occurrences_as_words(Quote("Präsident", suffix="in"), "Der Präsidentin folgt ein Präsident.") == [4]
