"""Sentences of a page: lines first, then full stops that end a sentence."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from metropolis_kg.model.sentences import Span, around, sentences


def read(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text, "de")]


def test_a_heading_a_caption_and_an_item_of_a_list_are_sentences_of_their_own() -> None:
    assert read("Metropolis\n\n  • Berlin ist Mitglied.\r\nForum \n – Ende") == [
        "Metropolis", "Berlin ist Mitglied.", "Forum", "Ende",
    ]  # fmt: skip


def test_abbreviations_and_dates_do_not_end_a_sentence() -> None:
    assert read("Partner sind z. B. GIZ u. a. Am 28. August 2018 kam Dr. Müller. Dann ging er.") == [
        "Partner sind z. B. GIZ u. a. Am 28. August 2018 kam Dr. Müller.", "Dann ging er.",
    ]  # fmt: skip


def test_positions_count_code_points() -> None:
    text = "😀 Müller kam. 𝔘nd ging."
    assert [text[start:end] for start, end in sentences(text, "de")] == ["😀 Müller kam.", "𝔘nd ging."]


@given(st.text(alphabet="aB ä😀.!?\n\r•–z8„“", max_size=60))
def test_sentences_have_all_characters_but_space_and_marks_once_and_in_order(text: str) -> None:
    spans = sentences(text, "de")
    assert all(first.end <= second.start for first, second in pairwise(spans))
    assert all(text[span.start : span.end] == text[span.start : span.end].strip() != "" for span in spans)
    inside = {at for span in spans for at in range(*span)}
    assert {text[at] for at in range(len(text)) if at not in inside} <= set(" \n\r•–")


def test_what_lies_around_a_part_are_the_sentences_it_touches() -> None:
    spans = [Span(0, 5), Span(6, 9), Span(10, 12)]
    assert around(Span(4, 7), spans) == Span(0, 9)
    assert around(Span(5, 6), spans) is None
