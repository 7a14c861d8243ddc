"""A quote on a page stands among what else is quoted near it, and what is not quoted is told as a gap."""

from collections.abc import Mapping

import pytest

from metropolis_kg.content import Content
from metropolis_kg.publication.description import describe
from metropolis_kg.publication.quoted_text import Context, Piece
from metropolis_kg.publication.quotes_around import FURTHER, contexts_of, evidence_in
from metropolis_kg.store.release import OpenRelease


def _shown(context: Context) -> str:
    def told(pieces: tuple[Piece, ...]) -> str:
        return "".join(" […] " if piece.gap else piece.text for piece in pieces)

    around = f"{context.prefix}<{context.quotation.quote.exact}>{context.suffix}"
    return told(context.before) + around + told(context.after)


@pytest.fixture(scope="module")
def contexts(opened: OpenRelease, content: Content) -> Mapping[str, Context]:
    """The context of each piece of evidence on the page of Metropolis."""
    metropolis = describe(opened, content.queries, opened.iri("id/organisation/metropolis"))
    return contexts_of(opened, content.queries, evidence_in(metropolis))


def test_a_quote_inside_another_stands_in_the_words_of_that(contexts: Mapping[str, Context]) -> None:
    [interim] = (each for each in contexts.values() if each.quotation.quote.exact.startswith("zuvor seit November"))
    assert "Berlin war von August 2018 (<zuvor seit November 2017 Interimspräsident>) bis November 2020" in _shown(
        interim
    )


def test_what_nobody_quotes_is_a_gap_of_its_length(contexts: Mapping[str, Context]) -> None:
    joint = [each for each in contexts.values() if any(piece.gap for piece in (*each.before, *each.after))]
    assert joint
    first = min(contexts.values(), key=lambda each: each.quotation.start)
    assert first.before == (Piece(gap=first.quotation.start),)


def test_a_page_of_one_piece_of_evidence_shows_more_than_one_of_many(opened: OpenRelease, content: Content) -> None:
    near = contexts_of(opened, content.queries, [opened.iri("id/evidence/berlin-metropolis-f31")])
    far = contexts_of(opened, content.queries, [opened.iri("id/evidence/berlin-metropolis-f31")], FURTHER)
    [short], [long] = near.values(), far.values()
    assert short.quotation == long.quotation
    assert len(_shown(short)) < len(_shown(long))


def test_evidence_without_a_position_has_no_context(opened: OpenRelease, content: Content) -> None:
    noted = opened.iri("id/evidence/editorial-research-clos-president")
    assert contexts_of(opened, content.queries, [noted]) == {}
    assert contexts_of(opened, content.queries, []) == {}


def test_the_evidence_of_a_description_is_that_of_its_claims_or_itself_alone(
    opened: OpenRelease, content: Content
) -> None:
    meeting = describe(opened, content.queries, opened.iri("id/event/metropolis-annual-meeting-2018"))
    first, second, *_ = evidence_in(meeting)
    assert evidence_in(describe(opened, content.queries, first)) == [first]
    assert evidence_in(describe(opened, content.queries, second)) == [second]
