"""Excerpts: cut around what is meant, marked below it whatever the characters, and harmless on a terminal."""

import pytest

from metropolis_kg.curation.reports.visible import excerpt, visible


def test_what_is_meant_is_marked() -> None:
    shown = excerpt("  a b:c ;", 5, 3)
    assert (shown.text, shown.marks) == ("  a b:c ;", "    ^^^")


def test_without_a_column_all_that_is_written_is_marked() -> None:
    assert excerpt("  a b:c ;  ", None, None).marks == "  ^^^^^^^"


def test_without_a_length_one_character_is_marked_even_past_the_end() -> None:
    assert excerpt("abc", 2, None).marks == " ^"
    assert excerpt("abc", 4, None).marks == "   ^"
    assert excerpt("abc", 99, None).marks == "   ^"


@pytest.mark.parametrize(
    ("before", "width"),
    [("äöü", 3), ("東京", 4), ("e\u0301", 1), ("\u202e", 6), ("\t", 1), ("👩", 2)],
)
def test_marks_stand_below_what_is_meant_whatever_stands_before(before: str, width: int) -> None:
    assert excerpt(f"{before}x", len(before) + 1, 1).marks == " " * width + "^"


def test_a_line_of_two_thousand_characters_is_cut_around_what_is_meant() -> None:
    line = "a" * 1500 + "WRONG" + "b" * 495
    shown = excerpt(line, 1501, 5)
    assert len(shown.text) <= 122
    assert (shown.text[0], shown.text[-1]) == ("…", "…")
    start = shown.marks.index("^")
    assert shown.text[start : start + shown.marks.count("^")] == "WRONG"


def test_what_is_meant_is_cut_too_where_it_is_too_long() -> None:
    shown = excerpt('x "' + "a" * 2000, 3, 2001)
    assert len(shown.marks) <= len(shown.text) <= 122


def test_changes_of_direction_and_control_characters_are_written_out() -> None:
    assert visible("a\u2066b\x9bc\u2028d") == r"a\u2066b\u009Bc\u2028d"
    assert visible("Größe – „東京“ \u200d") == "Größe – „東京“ \u200d"
