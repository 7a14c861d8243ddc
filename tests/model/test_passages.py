"""What became of words in another text."""

from hypothesis import given
from hypothesis import strategies as st

from metropolis_kg.model.passages import Change, NumberChange, changes, nearest, number_changes
from metropolis_kg.model.sentences import sentences

TEXT = (
    "Metropolis\nMit 144 Städten ist Metropolis ein Netz.\n"
    "Von 2018 bis 2020 war der Bürgermeister Präsident.\nSeit 1991 ist Berlin dabei. Die GIZ ist Partner.\n"
)


def near(words: str, context: str = "") -> str | None:
    passage = nearest(words, TEXT, sentences(TEXT, "de"), "de", context)
    assert not passage or TEXT[passage.span.start : passage.span.end] == passage.words
    return passage.words if passage else None


def test_the_nearest_passage_ends_where_the_words_end_and_not_with_the_sentence() -> None:
    assert near("Mit 141 Städten") == "Mit 144 Städten"


def test_words_put_into_another_order_are_found() -> None:
    assert near("Der Bürgermeister war von 2018 bis 2020 Präsident.") == TEXT.splitlines()[2]


def test_a_few_words_are_found_by_their_letters() -> None:
    assert near("Stätten") == "Städten"
    assert near("GIS") is None


def test_words_without_a_counterpart_are_not_forced_upon_a_sentence() -> None:
    assert near("Kläranlagen in den Alpen werden gefördert") is None


def test_the_sentence_that_words_stood_in_leads_to_the_one_that_took_its_place() -> None:
    context = "Der Bürgermeister war von 2018 bis 2020 (vorher nur vorläufig) Präsident."
    assert near("vorher nur vorläufig", context) == TEXT.splitlines()[2]


def test_words_of_two_sentences_are_sought_in_two() -> None:
    assert (
        near("Seit 1990 ist Berlin dabei. Die GIZ ist Partner.") == "Seit 1991 ist Berlin dabei. Die GIZ ist Partner."
    )


def test_changes_that_only_space_divides_are_one() -> None:
    assert changes("ist das schöne Netz", "ist ein großes Netz") == (
        Change("ist ", "ist "), Change("das schöne", "ein großes"), Change(" Netz", " Netz"),
    )  # fmt: skip


@given(st.text(alphabet="ab 1.,ä", max_size=30), st.text(alphabet="ab 1.,ä", max_size=30))
def test_changes_lose_nothing_of_either_text(old: str, new: str) -> None:
    found = changes(old, new)
    assert "".join(change.old for change in found) == old
    assert "".join(change.new for change in found) == new


def test_a_number_that_moved_within_the_words_did_not_change() -> None:
    assert number_changes("von 2014 bis 2017 mit 141", "mit 144, von 2014 bis 2017") == [NumberChange("141", "144")]


def test_numbers_that_went_or_came_have_no_counterpart() -> None:
    assert number_changes("1,5 Millionen", "Millionen") == [NumberChange("1,5", None)]
    assert number_changes("seit Jahren", "seit 30 Jahren") == [NumberChange(None, "30")]
    assert number_changes("1.200", "1.200") == []
