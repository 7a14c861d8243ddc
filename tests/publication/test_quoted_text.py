"""A source as far as it is quoted: passages, gaps, and what stands around a quote."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from metropolis_kg.model.evidence import Quote
from metropolis_kg.publication.quoted_text import Piece, Quotation, QuotedText, quoted_text

TEXT = "Mit 141 Städten ist Metropolis die Stimme. Von 2018 bis 2020 war der Bürgermeister Präsident."

Cut = tuple[str, list[Quotation]]


def quotation(start: int | None, words: str, name: str = "", prefix: str = "", suffix: str = "") -> Quotation:
    return Quotation(name or f"{start} {words}", Quote(words, start, prefix, suffix))


@st.composite
def cuts(draw: st.DrawFn) -> Cut:
    """A text, and quotes of it where they stand."""
    text = draw(st.text(alphabet="ab \nä𝄞", min_size=1, max_size=60))
    starts = draw(st.lists(st.integers(0, len(text) - 1), min_size=1, max_size=12))
    ends = [draw(st.integers(start + 1, len(text))) for start in starts]
    spans = zip(starts, ends, strict=True)
    return text, [quotation(start, text[start:end], f"e{at}") for at, (start, end) in enumerate(spans)]


def covered(quotations: list[Quotation]) -> set[int]:
    return {at for each in quotations for at in range(each.start, each.end)}


@given(cuts())
def test_passages_have_the_characters_that_quotes_have_and_no_others(cut: Cut) -> None:
    text, quotations = cut
    found = quoted_text(quotations)
    places = [at for passage in found.passages for at in range(passage.start, passage.end)]
    assert places == sorted(covered(quotations))
    assert all(text[passage.start : passage.end] == passage.text for passage in found.passages)


@given(cuts())
def test_gaps_and_passages_are_the_text_up_to_the_last_quote(cut: Cut) -> None:
    _, quotations = cut
    found = quoted_text(quotations)
    at = 0
    for passage in found.passages:
        at += passage.gap
        assert passage.start == at
        at = passage.end
    assert found.reached == at == max(covered(quotations)) + 1
    assert found.quoted == len(covered(quotations))


@given(cuts())
def test_every_quote_is_in_one_passage_and_its_segments_are_its_words(cut: Cut) -> None:
    found = quoted_text(cut[1])
    for each in cut[1]:
        (home,) = [passage for passage in found.passages if each in passage.quotations]
        assert "".join(part.text for part in home.segments if each in part.quotations) == each.quote.exact
    assert all("".join(part.text for part in each.segments) == each.text for each in found.passages)


@given(cuts(), st.randoms())
def test_the_order_in_which_quotes_are_given_changes_nothing(cut: Cut, random: Random) -> None:
    shuffled = cut[1][:]
    random.shuffle(shuffled)
    assert quoted_text(shuffled) == quoted_text(cut[1])


@given(cuts(), st.integers(0, 40))
def test_what_stands_around_a_quote_is_quoted_and_stands_there(cut: Cut, reach: int) -> None:
    text, quotations = cut
    found, known = quoted_text(quotations), covered(quotations)
    for each in quotations:
        context = found.around(each.evidence, reach)
        assert context.quotation == each
        at = each.start
        for piece in reversed(context.before):
            at = _back(piece, text, known, at)
            assert piece.gap or at >= each.start - reach
        at = each.end
        for piece in context.after:
            at = _on(piece, text, known, at)
            assert piece.gap or at <= each.end + reach


def _back(piece: Piece, text: str, known: set[int], end: int) -> int:
    start = end - piece.gap - len(piece.text)
    _is_known(piece, text, known, start, end)
    return start


def _on(piece: Piece, text: str, known: set[int], start: int) -> int:
    end = start + piece.gap + len(piece.text)
    _is_known(piece, text, known, start, end)
    return end


def _is_known(piece: Piece, text: str, known: set[int], start: int, end: int) -> None:
    if piece.gap:
        assert not piece.text
        assert not known & set(range(start, end))
    else:
        assert known >= set(range(start, end))
        assert piece.text.strip() == text[start:end].strip()


def whole() -> QuotedText:
    return quoted_text([
        quotation(4, TEXT[4:15], "count"), quotation(16, TEXT[16:41], "voice"), quotation(47, TEXT[47:61], "years"),
        quotation(83, TEXT[83:92], "office", prefix="ermeister ", suffix="."),
    ])  # fmt: skip


def test_gaps_around_a_quote_are_told_with_their_length() -> None:
    context = whole().around("years", 15)
    assert context.before == (Piece("Stimme", cut=True), Piece(gap=6))
    assert context.after == (Piece(gap=22),)


def test_the_text_before_a_quote_that_its_evidence_gives_is_no_gap() -> None:
    context = whole().around("office", 100)
    assert context.prefix == "ermeister "
    assert context.before[-1] == Piece(gap=12)
    assert (context.suffix, context.after) == (".", ())
    closer = quoted_text([quotation(78, TEXT[78:82]), quotation(83, TEXT[83:92], "office", prefix="ermeister ")])
    assert closer.around("office", 100).prefix == " "


def test_the_gap_at_the_beginning_of_a_text_is_told() -> None:
    assert whole().around("count", 10).before == (Piece(gap=4),)


def test_quotes_of_other_words_for_the_same_characters_stay_apart() -> None:
    older, newer = quotation(4, "136 Städte", "older"), quotation(4, "141 Städte", "newer")
    after = quotation(20, "Metropolis", "after")
    found = quoted_text([newer, older, after])
    assert [(each.text, each.gap, each.otherwise) for each in found.passages] == [
        ("136 Städte", 4, False), ("141 Städte", 0, True), ("Metropolis", 6, False),
    ]  # fmt: skip
    assert "136" not in str(found.around("newer", 50).before)
    assert (found.quoted, found.reached) == (20, 30)


def test_words_that_two_differing_passages_have_are_put_to_neither() -> None:
    both = quotation(8, "Städten", "both")
    found = quoted_text([quotation(4, "136 Städte"), quotation(4, "141 Städte"), both])
    assert [each.text for each in found.passages] == ["136 Städte", "141 Städte", "Städten"]


def test_the_same_words_are_one_passage_with_the_evidence_of_both() -> None:
    found = quoted_text([quotation(4, "136"), quotation(4, "141", "one"), quotation(4, "141", "two")])
    assert [[each.evidence for each in passage.quotations] for passage in found.passages] == [["4 136"], ["one", "two"]]


def test_a_quote_without_a_position_stands_apart_with_the_text_around_it() -> None:
    found = quoted_text([quotation(None, "141", "somewhere", prefix="Mit "), quotation(4, "141")])
    assert [each.evidence for each in found.unplaced] == ["somewhere"]
    context = found.around("somewhere", 50)
    assert (context.prefix, context.before, context.after) == ("Mit ", (), ())


def test_the_rest_of_a_mere_word_is_left_out_and_a_text_without_blanks_is_not() -> None:
    def before(text: str, room: int) -> list[str]:
        found = quoted_text([quotation(0, text, "a"), quotation(len(text) + 10, "here", "b")])
        return [piece.text for piece in found.around("b", room + 10).before if not piece.gap]

    assert before("in Johannesburg", 4) == [""]
    assert before("in the town", 6) == ["town"]
    assert before("約翰內斯堡" * 6, 24) == ["翰內斯堡" + "約翰內斯堡" * 4]
