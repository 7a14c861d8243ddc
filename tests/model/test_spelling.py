"""Names as they may be written, and words that few letters set apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from metropolis_kg.model.spelling import edits, likely_pieces, pieces, spellings, words

LETTERS = "abcde"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "MUELLER"), ("Müller", "Muller"), ("Straße", "STRASSE"), ("Café", "cafe"), ("Tromsø", "Tromsö"),
        ("Ærø", "aeroe"), ("Łódź", "lodz"), ("ＢＥＲＬＩＮ", "Berlin"), ("Αθήνα", "ΑΘΗΝΑ"), ("ΠΑΡΙΣ", "Παρις"),
        ("МОСКВА́", "москва"), ("İzmir", "izmir"), ("ﬁ", "fi"), ("한국", "한국"),
    ],
)  # fmt: skip
def test_spellings_of_one_word_fold_to_the_same(one: str, other: str) -> None:
    assert words(one) == words(other)


def test_marks_that_make_another_letter_stay() -> None:
    assert words("が") != words("か")
    assert words("हिन्दी") == ["हिन्दी"]


def test_punctuation_direction_marks_and_nul_are_no_words() -> None:
    assert words('“UN-Habitat” \u202e* OR "x\x00y _1') == ["un", "habitat", "or", "x", "y", "1"]


@given(st.text(st.sampled_from("aeoübcß -é東"), max_size=12), st.integers(0, 12))
def test_the_beginning_of_a_text_is_the_beginning_of_its_words(text: str, end: int) -> None:
    assert " ".join(words(text)).startswith(" ".join(words(text[:end])))


def test_umlauts_are_spelt_in_two_ways_and_digraphs_in_one() -> None:
    assert spellings("Müller") & spellings("Mueller")
    assert spellings("Müller") & spellings("Muller")
    assert not spellings("Mueller") & spellings("Muller")


@given(st.text(LETTERS, min_size=4, max_size=12), st.text(LETTERS, min_size=3, max_size=14))
def test_words_that_are_spelt_nearly_alike_have_a_piece_in_common(word: str, other: str) -> None:
    if OSA.distance(word, other) <= edits(len(word)):
        assert likely_pieces(other) & set(pieces(word))


@st.composite
def _misspelt(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a word and what becomes of it by as many edits as are understood."""
    word = draw(st.text(LETTERS, min_size=4, max_size=14))
    wrong = word
    for _ in range(edits(len(word))):
        at, letter = draw(st.integers(0, len(wrong) - 1)), draw(st.sampled_from(LETTERS))
        wrong = draw(st.sampled_from([
            wrong[:at] + wrong[at + 1 :], wrong[:at] + letter + wrong[at:], wrong[:at] + letter + wrong[at + 1 :],
            wrong[:at] + wrong[at : at + 2][::-1] + wrong[at + 2 :],
        ]))  # fmt: skip
    return word, wrong


@given(_misspelt())
def test_a_misspelt_word_has_a_piece_of_the_word(drawn: tuple[str, str]) -> None:
    word, wrong = drawn
    if OSA.distance(word, wrong) <= edits(len(word)):
        assert likely_pieces(wrong) & set(pieces(word))


@pytest.mark.parametrize(("word", "wrong"), [("berlin", "belrin"), ("acht", "ahct"), ("metropolis", "mertooplis")])
def test_neighbours_that_change_places_where_a_word_is_cut_leave_a_piece_of_it(word: str, wrong: str) -> None:
    assert likely_pieces(wrong) & set(pieces(word))
