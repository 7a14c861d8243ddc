"""A quote is found in the text of its source, and told from the same words elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metropolis_kg.curation.drafts.citing import locate
from metropolis_kg.curation.drafts.words import DraftError
from metropolis_kg.model.evidence import fault, occurrences

TEXTS = st.text(alphabet="ab \n", min_size=1, max_size=60)


@given(TEXTS, st.data())
def test_a_quote_at_a_place_is_unmistakable(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    words = text[start : data.draw(st.integers(start + 1, len(text)))]
    quote = locate(words, text, start)
    assert (quote.exact, quote.start) == (words, start)
    assert fault(quote, text) is None


def test_words_around_are_given_only_where_they_are_needed() -> None:
    quote = locate("Berlin", "war Berlin da, ist Berlin da", 19)
    assert (quote.prefix, quote.suffix) == ("ist ", " da")
    assert locate("da,", "war Berlin da, ist Berlin da").prefix == ""


@pytest.mark.parametrize(("words", "start"), [("Wien", None), ("Berlin", None), ("Berlin", 5)])
def test_what_is_not_there_or_not_clear_is_refused(words: str, start: int | None) -> None:
    with pytest.raises(DraftError):
        locate(words, "war Berlin da, ist Berlin da", start)
    assert occurrences(locate("Berlin", "war Berlin da, ist Berlin da", 4), "war Berlin da, ist Berlin da") == [4]
