"""A newer version of a page: which claims lost their words, and which numbers changed."""

from pathlib import Path

import pytest
from small_pages import COUNT, INTERIM, MEMBER, PARTNER, PRESIDENT, TEXT, cited, claim, page

from metropolis_kg.content import Content
from metropolis_kg.curation.citations import Citation, Page, Pages
from metropolis_kg.curation.page_versions import Fate, Finding, VersionComparison, compare_versions
from metropolis_kg.curation.sources import read_dataset
from metropolis_kg.model.evidence import Quote
from metropolis_kg.model.passages import NumberChange
from metropolis_kg.model.selectors import Difference

REWORDED = (
    "Von August 2018 bis November 2020 hatte der Regierende Bürgermeister von Berlin die Präsidentschaft inne, "
    "davor ab November 2017 vorläufig."
)
PRESIDENCY = (
    "Der Regierende Bürgermeister von Berlin war von August 2018 (zuvor seit November 2017 Interimspräsident) "
    "bis November 2020 Präsident von Metropolis."
)


def concerned(comparison: VersionComparison) -> set[str]:
    return {claim.name for claim in comparison.concerned}


def finding(comparison: VersionComparison, words: str) -> Finding:
    return next(each for each in comparison.findings if each.quote.exact == words)


@pytest.fixture(params=[True, False], ids=["the text as it was at hand", "only the quotes at hand"])
def old(request: pytest.FixtureRequest) -> str | None:
    """The text as it was; none where it was not kept."""
    return TEXT if request.param else None


def test_the_same_text_leaves_every_quote_in_its_place(old: str | None) -> None:
    comparison = compare_versions(page(), TEXT, old)
    assert {each.fate for each in comparison.findings} == {Fate.SAME}
    assert (comparison.concerned, comparison.numbers) == ([], ())


def test_what_merely_moved_concerns_no_claim(old: str | None) -> None:
    comparison = compare_versions(page(), "Neu: " + TEXT, old)
    assert {each.fate for each in comparison.findings} == {Fate.MOVED}
    assert all(each.places == ((each.quote.start or 0) + 5,) for each in comparison.findings)
    assert comparison.concerned == []


def test_a_changed_number_concerns_the_claim_that_quotes_it_and_no_other_of_its_sentence(old: str | None) -> None:
    comparison = compare_versions(page(), TEXT.replace("141", "1.441"), old)
    assert concerned(comparison) == {COUNT}
    lost = finding(comparison, COUNT)
    assert lost.passage is not None
    assert (lost.passage.words, lost.numbers) == ("Mit 1.441 Städten", (NumberChange("141", "1.441"),))
    (changed,) = comparison.numbers
    assert changed.sentence == "Mit 1.441 Städten ist Metropolis ein Netz."
    assert [claim.name for claim in changed.claims] == [COUNT]


def test_a_reworded_sentence_concerns_every_claim_whose_words_went(old: str | None) -> None:
    new = TEXT.replace(PRESIDENT, "Präsident war von 2018 bis 2020 der Bürgermeister, vorher auf Zeit.")
    comparison = compare_versions(page(), new, old)
    assert concerned(comparison) == {PRESIDENT, INTERIM}
    passages = [finding(comparison, words).passage for words in (PRESIDENT, INTERIM)]
    assert [passage.words for passage in passages if passage] == [new.splitlines()[3]] * 2
    assert comparison.numbers == ()


def test_words_kept_within_a_reworded_sentence_are_not_lost(old: str | None) -> None:
    new = TEXT.replace("Präsident.", "Präsident des Netzes.")
    assert concerned(compare_versions(page(), new, old)) == {PRESIDENT}


def test_words_that_are_only_written_otherwise_are_the_same_words(old: str | None) -> None:
    comparison = compare_versions(page(), TEXT.replace(MEMBER, "Berlin ist\u00a0Mitglied  seit 1991."), old)
    assert comparison.concerned == []
    found = finding(comparison, MEMBER)
    assert (found.fate, found.differences) == (Fate.WRITTEN_OTHERWISE, (Difference.SPACE,))
    assert found.passage
    assert found.passage.words == "Berlin ist\u00a0Mitglied  seit 1991."


def test_a_single_word_in_other_capitals_is_another_word(old: str | None) -> None:
    comparison = compare_versions(page(), TEXT.replace("Die GIZ ist", "Siehe giz, das ist"), old)
    assert concerned(comparison) == {PARTNER}


def test_words_that_always_stood_elsewhere_in_other_letters_do_not_replace_those_that_went() -> None:
    old = "Neue Wege gehen wir.\nDas Motto hieß: neue wege gehen, immer."
    small = page(Citation("evidence:ways", Quote("Neue Wege gehen", 0), (claim("ways"),), (Path("small.ttl"), 1)))
    assert concerned(compare_versions(small, old.replace("Neue Wege gehen wir.", "Nichts."), old)) == {"ways"}


def test_a_sentence_that_was_dropped_has_nothing_near(old: str | None) -> None:
    comparison = compare_versions(page(), TEXT.replace(MEMBER + " ", ""), old)
    assert concerned(comparison) == {MEMBER}
    assert finding(comparison, MEMBER).passage is None


def test_words_that_now_stand_twice_are_told_with_their_places(old: str | None) -> None:
    comparison = compare_versions(page(), TEXT + "\nDie GIZ auch.", old)
    assert [each.quote.exact for each in comparison.of(Fate.AMBIGUOUS)] == [PARTNER]
    assert finding(comparison, PARTNER).places == (TEXT.index(PARTNER), len(TEXT) + 5)
    assert comparison.concerned == []


def test_prefix_and_suffix_tell_which_of_two_places_is_meant(old: str | None) -> None:
    small = page(cited(PARTNER, prefix="Die ", suffix=" ist"))
    assert compare_versions(small, TEXT + "\nDie GIZ auch.", old).findings[0].fate is Fate.SAME


def test_surroundings_that_no_longer_fit_are_told_and_lose_no_words(old: str | None) -> None:
    small = page(cited(PARTNER, prefix="Die "))
    (found,) = compare_versions(small, TEXT.replace("Die GIZ", "Deutschlands GIZ"), old).findings
    assert (found.fate, found.surroundings_fit) == (Fate.MOVED, False)


def test_words_that_went_are_lost_though_they_always_stood_elsewhere_too() -> None:
    old = "Die GIZ ist Partner.\nAuch die KfW nannte die GIZ gestern."
    small = page(Citation("evidence:giz", Quote(PARTNER, 4, "Die "), (claim(PARTNER),), (Path("small.ttl"), 1)))
    new = "Niemand ist Partner.\nAuch die KfW nannte die GIZ gestern."
    assert concerned(compare_versions(small, new, old)) == {PARTNER}
    (unsure,) = compare_versions(small, new, None).findings
    assert (unsure.fate, unsure.surroundings_fit) == (Fate.MOVED, False)


def test_words_within_other_words_are_lost(old: str | None) -> None:
    assert concerned(compare_versions(page(), TEXT.replace("Die GIZ", "Die GIZEH"), old)) == {PARTNER}


def test_words_that_turn_up_in_another_sentence_are_to_be_looked_at() -> None:
    new = TEXT.replace(" Die GIZ ist Partner.", "") + "\nAm Empfang nahmen Gäste aus allen Häusern teil, darunter GIZ."
    comparison = compare_versions(page(), new, TEXT)
    assert [each.quote.exact for each in comparison.findings if each.elsewhere] == [PARTNER]
    assert comparison.concerned == []


def test_a_number_on_which_no_claim_rests_is_told_where_the_text_as_it_was_is_at_hand() -> None:
    small = page(cited(MEMBER))
    (changed,) = compare_versions(small, TEXT.replace("1985", "1984"), TEXT).numbers
    assert (changed.numbers, changed.claims) == ((NumberChange("1985", "1984"),), ())
    assert compare_versions(small, TEXT.replace("1985", "1984"), None).numbers == ()


@pytest.fixture(scope="module")
def berlin(content: Content) -> Page:
    """The page of Berlin on Metropolis, as the content has it."""
    return Pages(read_dataset(content), content).page("berlin-metropolis")


@pytest.fixture(scope="module")
def text(shared: Path) -> str:
    """The text of that page."""
    return (shared / "source" / "berlin-metropolis.txt").read_bytes().decode("utf-8")


@pytest.mark.parametrize(
    ("reworded", "tenures"),
    [
        (
            PRESIDENCY.replace("Präsident von Metropolis", "Präsident des Netzwerks"),
            {"tenure:governing-mayor-president-2018"},
        ),
        (REWORDED, {"tenure:governing-mayor-president-2018", "tenure:governing-mayor-interim-president-2017"}),
    ],
    ids=["the interim words kept", "all of it"],
)
def test_a_second_version_of_the_page_names_exactly_the_claims_concerned(
    reworded: str, tenures: set[str], berlin: Page, text: str
) -> None:
    assert (text.count("141"), text.count(PRESIDENCY)) == (1, 1)
    new = text.replace("141", "144").replace(PRESIDENCY, reworded)
    for old in (text, None):
        comparison = compare_versions(berlin, new, old)
        assert concerned(comparison) == {"count:metropolis-member-cities-141", *tenures}
        assert [each.numbers for each in comparison.numbers] == [(NumberChange("141", "144"),)]
        moved = len(comparison.of(Fate.SAME)) + len(comparison.of(Fate.MOVED))
        assert moved + len(comparison.of(Fate.LOST)) == len(berlin.quoted)


def test_each_claim_of_the_page_is_concerned_when_its_words_go_and_only_those_that_share_them(
    berlin: Page, text: str
) -> None:
    for citation, quote in berlin.quoted:
        assert quote.span
        new = text[: quote.span.start] + "…" * len(quote.exact) + text[quote.span.end :]
        touched = {
            claim.name
            for other, words in berlin.quoted
            if words.span and words.span.touches(quote.span)
            for claim in other.claims
        }
        found = concerned(compare_versions(berlin, new, text))
        assert {claim.name for claim in citation.claims} <= found <= touched, citation.name
