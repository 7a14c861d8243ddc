"""The words of the pages, where they stand for names of queries."""

import pytest

from metropolis_kg.publication.words import Words


@pytest.mark.parametrize(
    ("language", "headings"),
    [("en", ["Holder", "Leads it (heads)", "gapDays"]), ("de", ["Inhaber (holder)", "Führt (heads)", "gapDays"])],
)
def test_columns_are_headed_by_words_and_their_variable_where_it_differs(language: str, headings: list[str]) -> None:
    assert Words(language).columns(["holder", "heads", "gapDays"]) == headings


@pytest.mark.parametrize(("language", "written"), [("en", "-26.10528"), ("de", "-26,10528")])
def test_decimals_keep_their_places(language: str, written: str) -> None:
    assert Words(language).written_decimal("-26.10528") == written


@pytest.mark.parametrize(("language", "said"), [("en", "yes"), ("de", "ja")])
def test_what_queries_write_themselves_is_said_in_the_language(language: str, said: str) -> None:
    assert Words(language).written_by_queries("true") == said
    assert Words(language).written_by_queries("Johannesburg") == "Johannesburg"
