"""Where words stand, and what tells one place from another."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metropolis_kg.model.evidence import Quote, occurrences
from metropolis_kg.model.selectors import Difference, locate, lookalikes

TEXT = "Die Wahl in Gauteng. Nach der Wahl in Gauteng war Ruhe.\nVor der Wahl in Gauteng nicht."


def test_words_that_stand_once_need_no_surroundings() -> None:
    assert locate("Ruhe", TEXT) == [Quote("Ruhe", 50)]


def test_surroundings_are_the_shortest_that_tell_apart_cut_between_words() -> None:
    assert locate("Wahl in Gauteng", TEXT) == [
        Quote("Wahl in Gauteng", 4, suffix="."),
        Quote("Wahl in Gauteng", 30, suffix=" war"),
        Quote("Wahl in Gauteng", 64, suffix=" nicht."),
    ]


def test_surroundings_on_both_sides_where_one_side_does_not_tell_apart() -> None:
    (first, *_) = locate("b", "a b c. a b d. x b c.")
    assert (first.prefix, first.suffix) == ("a ", " c.")


@given(st.text(alphabet="ab \n", min_size=1, max_size=40), st.text(alphabet="ab", min_size=1, max_size=3))
def test_each_place_is_told_apart_wherever_that_can_be(text: str, words: str) -> None:
    located = locate(words, text)
    assert [quote.start for quote in located] == occurrences(Quote(words), text)
    for quote in located:
        assert quote.start in occurrences(quote, text)
        if quote.prefix or quote.suffix or len(located) == 1:
            assert occurrences(quote, text) == [quote.start]


@pytest.mark.parametrize(
    ("typed", "written", "difference"),
    [
        ('die "Stimme" der', "die „Stimme“ der", Difference.QUOTATION_MARKS),
        ("Berlin's", "Berlin’s", Difference.QUOTATION_MARKS),
        ("lokal - global", "lokal – global", Difference.DASHES),
        ("Städtenetz", "Städte\u00adnetz", Difference.INVISIBLE),
        ("in New York", "in New\u00a0York", Difference.SPACE),
        ("in New York", "in New\nYork", Difference.SPACE),
        ("Müller", unicodedata.normalize("NFD", "Müller"), Difference.UNICODE),
        (unicodedata.normalize("NFD", "Müller"), "Müller", Difference.UNICODE),
        ("die Baumpflanzung", "die BAumpflanzung", Difference.CAPITALS),
    ],
)  # fmt: skip
def test_words_written_otherwise_are_found_as_they_are_written(
    typed: str, written: str, difference: Difference
) -> None:
    text = f"Davor {written} danach"
    assert locate(typed, text) == []
    (found,) = lookalikes(typed, text)
    assert (found.quote.exact, found.quote.start, found.differences) == (written, 6, (difference,))


def test_several_differences_are_all_named() -> None:
    (found,) = lookalikes('"use"  Netz', "das „Use“ Netz")
    assert set(found.differences) == {Difference.QUOTATION_MARKS, Difference.SPACE, Difference.CAPITALS}


def test_other_words_do_not_look_alike() -> None:
    assert lookalikes("Kläranlage", TEXT) == []
    assert lookalikes("\u00ad", TEXT) == []
