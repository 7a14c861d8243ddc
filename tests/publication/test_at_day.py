"""What held on a day, over all claims: the same as the bounds and the stored queries say; pages; days of change."""

import json
import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metropolis_kg.content import Content
from metropolis_kg.publication.at_day import AtDay
from metropolis_kg.publication.claim_days import STANDINGS, ClaimDays, Stretches, claim_days
from metropolis_kg.publication.names import names_of
from metropolis_kg.publication.paging import UnknownPageError
from metropolis_kg.publication.reading import Links
from metropolis_kg.publication.shape_order import shape_order_of
from metropolis_kg.publication.stored_queries import StoredQueries
from metropolis_kg.publication.words import Words
from metropolis_kg.store.protocol import RESULTS_JSON
from metropolis_kg.store.release import OpenRelease

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def known(opened: OpenRelease, content: Content) -> ClaimDays:
    """The days of the claims of the repository's own content."""
    return claim_days(opened, content.queries)


@pytest.fixture(scope="module")
def teller(opened: OpenRelease, content: Content) -> AtDay:
    """Tells in English."""
    order, names = shape_order_of(content, opened.base), names_of(opened, content.queries)
    return AtDay(opened, content.queries, names, Links(opened.base), Words("en"), order)


def days() -> list[date]:
    """Return days that matter, and others by chance."""
    matter = map(date.fromisoformat, ["0001-01-01", "1800-01-01", "2018-08-10", "2026-11-26", "9999-12-31"])
    chance = random.Random(6)  # noqa: S311 # nothing secret: the same days each time
    return [*matter, *(date(1984, 1, 1) + chance.randrange(43 * 365) * DAY for _ in range(10))]


def held(known: ClaimDays, day: date) -> dict[str, str]:
    """Return claim → how it stands on the day."""
    return {known.claims[number]: standing for standing, found in known.on(day).items() for number in found}


@pytest.mark.parametrize("day", days(), ids=str)
def test_a_day_has_the_claims_that_the_stored_query_answers(
    known: ClaimDays, opened: OpenRelease, content: Content, day: date
) -> None:
    query = StoredQueries(content).find("held-on")
    bindings = query.bindings({"at": day.isoformat()}, opened)
    rows = json.loads(opened.service.query(query.text, RESULTS_JSON, bindings=bindings))["results"]["bindings"]
    assert held(known, day) == {row["claim"]["value"]: row["certainty"]["value"] for row in rows}


def test_of_one_thing_the_query_state_at_answers_the_same(
    known: ClaimDays, opened: OpenRelease, content: Content
) -> None:
    query = StoredQueries(content).find("state-at")
    for day in (date(2018, 8, 10), date(2020, 11, 30), date(2026, 11, 26)):
        bindings = query.bindings({"thing": "organisation/metropolis", "at": day.isoformat()}, opened)
        rows = json.loads(opened.service.query(query.text, RESULTS_JSON, bindings=bindings))["results"]["bindings"]
        said = {row["claim"]["value"]: row["certainty"]["value"] for row in rows}
        assert said.items() <= held(known, day).items()


def test_something_changes_on_the_days_of_change_and_on_no_other(known: ClaimDays) -> None:
    day, last = date(1984, 12, 1), date(2027, 1, 1)
    before, changed = held(known, day - DAY), []
    while day < last:
        now = held(known, day)
        if now != before:
            changed.append((day, len({claim for claim, _ in now.items() ^ before.items()})))
        before, day = now, day + DAY
    assert changed == [
        (date.fromordinal(each), claims) for each, claims in zip(known.changes, known.changing, strict=True)
    ]


@pytest.mark.parametrize("day", [date(1, 1, 1), date(2018, 8, 1), date(2018, 8, 10), date(9999, 12, 31)], ids=str)
def test_the_neighbours_of_a_day_are_the_nearest_days_of_change(known: ClaimDays, day: date) -> None:
    changes = [date.fromordinal(each) for each in known.changes]
    before, after = [each for each in changes if each < day], [each for each in changes if each > day]
    assert known.neighbours(day) == (max(before, default=None), min(after, default=None))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 20)), max_size=20), st.integers(1, 80))
def test_stretches_are_found_on_each_of_their_days(spans: list[tuple[int, int]], day: int) -> None:
    stretches = [(first, first + length, number) for number, (first, length) in enumerate(spans)]
    expected = [number for first, last, number in stretches if first <= day <= last]
    assert Stretches.of(stretches).on(day) == expected


def test_two_presidents_are_possible_within_the_month_of_the_handover(teller: AtDay) -> None:
    shown = teller.page(date(2018, 8, 10), 1)
    possible = next(each for each in shown.standings if each.standing == "possible")
    roles = next(group.claims for group in possible.groups if group.kind == "Tenure")
    for view, role in zip(roles, ["interim president", "co-president", "president"], strict=True):
        assert role in [part.text for part in view.heading]
    assert roles[0].when.stated[0] == "November 2017 to August 2018"
    assert {view.stated_by for view in roles} == {"page", "enrichment"}


def test_a_day_before_everything_has_no_claim_and_a_day_after_only_last_known_ones(teller: AtDay) -> None:
    before, after = (teller.page(date.fromisoformat(day), 1) for day in ("1800-01-01", "2026-11-26"))
    assert [each.total for each in before.standings] == [0, 0, 0]
    assert before.previous_change is None
    assert [each.total > 0 for each in after.standings] == [False, False, True]
    assert after.next_change is None


def test_a_page_shows_a_hundred_claims_of_each_standing(teller: AtDay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("metropolis_kg.publication.at_day.PAGE", 5)
    day = date(2018, 8, 10)
    pages = [teller.page(day, number) for number in (1, 2, 3)]
    assert {page.pages for page in pages} == {3}
    assert [list(page.turns) for page in pages] == [
        ["next", "last"],
        ["first", "previous", "next", "last"],
        ["first", "previous"],
    ]
    for standing in range(len(STANDINGS)):
        shown = [view.iri for page in pages for group in page.standings[standing].groups for view in group.claims]
        assert len(set(shown)) == len(shown) == pages[0].standings[standing].total
    with pytest.raises(UnknownPageError):
        teller.page(day, 4)


def test_the_overview_tells_days_by_year_and_of_too_many_the_years(
    teller: AtDay, known: ClaimDays, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_day = teller.overview()
    assert [entry.text for entry in by_day.groups["1986"]] == ["1 January 1986"]
    assert sum(map(len, by_day.groups.values())) == len(known.changes)
    monkeypatch.setattr("metropolis_kg.publication.at_day.MOST_ENTRIES", 20)
    by_year = teller.overview()
    assert [entry.text for entry in by_year.groups["2010–2019"]] == ["2011", "2014", "2015", "2017", "2018"]
    monkeypatch.setattr("metropolis_kg.publication.at_day.MOST_ENTRIES", 2)
    by_century = teller.overview().groups
    assert [entry.text for entries in by_century.values() for entry in entries] == ["1900–1999", "2000–2099"]
    assert sum(entry.claims for entries in by_century.values() for entry in entries) == sum(known.changing)


def test_a_store_elsewhere_is_read_each_time(opened: OpenRelease, content: Content, known: ClaimDays) -> None:
    assert claim_days(opened, content.queries) is known
    elsewhere = replace(opened, digest=None)
    assert claim_days(elsewhere, content.queries) is not claim_days(elsewhere, content.queries)
