"""Which sentences carry claims, and which claims rest on none."""

from pathlib import Path

from small_pages import COUNT, INTERIM, MEMBER, PRESIDENT, TEXT, cited, claim, page

from metropolis_kg.content import Content
from metropolis_kg.curation.citations import Citation, Pages
from metropolis_kg.curation.coverage import cover
from metropolis_kg.curation.sources import read_dataset
from repository import REPOSITORY

WITHOUT_CLAIM = REPOSITORY / "tests" / "queries" / "expected" / "20-sentences-without-claim.txt"


def test_a_sentence_carries_the_claims_that_rest_on_words_of_it() -> None:
    covered = cover(page(cited(PRESIDENT), cited(INTERIM)), TEXT)
    assert [[claim.name for claim in each.claims] for each in covered.sentences] == [
        [],
        [],
        [],
        [],
        [],
        [PRESIDENT, INTERIM],
    ]
    assert [each.words for each in covered.silent] == ["Metropolis", *_sentences()]
    assert (covered.quoted, covered.characters) == (len(PRESIDENT), len(TEXT) - 5)


def _sentences() -> list[str]:
    return [
        "Mit 141 Städten ist Metropolis ein Netz.",
        "Gegründet wurde es 1985.",
        "Berlin ist Mitglied seit 1991.",
        "Die GIZ ist Partner.",
    ]


def test_a_claim_that_rests_on_a_note_or_on_nothing_has_no_sentence() -> None:
    noted = Citation("evidence:noted", None, (claim("noted"),), (Path("data/pages/small.ttl"), 3))
    covered = cover(page(cited(MEMBER), noted, others=("bare",)), TEXT)
    assert [each.name for each in covered.without_sentence] == ["noted", "bare"]


def test_a_quote_that_does_not_stand_where_it_says_carries_nothing() -> None:
    covered = cover(page(cited(COUNT)), TEXT.replace("141", "144"))
    assert [each.name for each in covered.without_sentence] == [COUNT]


def test_the_page_of_berlin_leaves_out_what_says_nothing_about_the_world(content: Content, shared: Path) -> None:
    text = (shared / "source" / "berlin-metropolis.txt").read_bytes().decode("utf-8")
    covered = cover(Pages(read_dataset(content), content).page("berlin-metropolis"), text)
    assert [each.words for each in covered.silent] == WITHOUT_CLAIM.read_text(encoding="utf-8").splitlines()
    assert covered.without_sentence == []
    assert len(covered.page.claims) > 40
