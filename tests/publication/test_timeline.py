"""The timeline: what is drawn on a day is what the bounds say of that day, at every span from days to millennia."""

from collections.abc import Sequence
from datetime import date, timedelta

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metropolis_kg.content import Content
from metropolis_kg.model.bounds import Bounds
from metropolis_kg.publication.claim_view import ClaimView, When, bounds_of
from metropolis_kg.publication.description import Description, describe
from metropolis_kg.publication.names import names_of
from metropolis_kg.publication.page import page_of
from metropolis_kg.publication.reading import Links, Reader, Value
from metropolis_kg.publication.shape_order import shape_order_of
from metropolis_kg.publication.timeline import (
    MOST_ROWS,
    Dated,
    Row,
    Timeline,
    draw,
    stretches_of,
    timeline_of,
)
from metropolis_kg.publication.words import Words
from metropolis_kg.store.release import OpenRelease

D = date.fromisoformat
DAY = timedelta(days=1)
DAYS = st.dates(min_value=date(1, 1, 2), max_value=date(9999, 12, 30))
NEAR = st.dates(min_value=date(2018, 7, 20), max_value=date(2018, 9, 10))


def bounds_on(days: st.SearchStrategy[date]) -> st.SearchStrategy[Bounds]:
    """Return bounds as a build derives them, those of a side not in reverse; any of them may be unknown."""

    def made(sides: tuple[list[date], list[date], list[bool]]) -> Bounds:
        start, end, known = sorted(sides[0]), sorted(sides[1]), sides[2]
        every = (*start, *end[:2], end[2])
        return Bounds(*(each if there else None for each, there in zip(every, known, strict=True)))

    pair, three = st.lists(days, min_size=2, max_size=2), st.lists(days, min_size=3, max_size=3)
    return st.tuples(pair, three, st.lists(st.booleans(), min_size=5, max_size=5)).map(made)


ANY = st.one_of(bounds_on(DAYS), bounds_on(NEAR))


def claim(number: int = 0, kind: str = "Tenure", who: str | None = "page") -> ClaimView:
    """Return a claim to draw."""
    iri = f"https://example.org/id/tenure/{number}"
    return ClaimView(
        iri, kind, str(number), iri, [Value(f"claim {number}")], When(), [], [], [], who, None, [], None, None
    )


def dated(bounds: Sequence[Bounds], organisations: Sequence[str] = ()) -> list[Dated]:
    """Return claims with these bounds that can be drawn."""
    places = organisations or [""] * len(bounds)
    made = [
        Dated(claim(number), f"#{number}", place, *stretches_of(each))
        for number, (each, place) in enumerate(zip(bounds, places, strict=True))
    ]
    return [each for each in made if each.stretches or each.last_known]


def percent(text: str) -> float:
    """Return the number in a percentage."""
    assert text.endswith("%")
    return float(text[:-1])


def seen(row: Row, timeline: Timeline, day: date) -> str:
    """Return what is drawn in the middle of a day; bars may not lie on each other."""
    middle = (day.toordinal() + 0.5 - timeline.axis.first) / timeline.axis.days * 100
    found = [bar.kind for bar in row.bars if percent(bar.x) < middle < percent(bar.x) + percent(bar.width)]
    assert len(found) <= 1, f"{found} on {day}"
    return found[0] if found else ""


def known(bounds: Bounds, day: date) -> str:
    """Return what the bounds say of a day."""
    last_known = bounds.last_known()
    begun = not bounds.start_earliest or bounds.start_earliest <= day
    faded = "fading" if last_known and last_known < day and begun else ""
    return bounds.certainty(day) or faded


def days_that_matter(bounds: Sequence[Bounds], timeline: Timeline) -> set[date]:
    """Return the days on the axis on which something can begin or end, and those beside them."""
    ends = {each for one in bounds for each in vars(one).values() if each}
    around = {each + step for each in ends for step in (-DAY, 0 * DAY, DAY)}
    axis = timeline.axis
    return {day for day in around if axis.first <= day.toordinal() <= axis.last}


@settings(max_examples=80, deadline=None)
@given(st.lists(ANY, min_size=1, max_size=6))
def test_what_is_drawn_on_a_day_is_what_the_bounds_say_of_it(bounds: list[Bounds]) -> None:
    claims = dated(bounds)
    if not claims:
        return
    timeline = draw(claims, Words("en"))
    for row in (row for group in timeline.groups for row in group.rows):
        own = bounds[int(row.told.claim.anchor)]
        fading = max((percent(bar.x) + percent(bar.width) for bar in row.bars if bar.kind == "fading"), default=0)
        for day in days_that_matter(bounds, timeline):
            drawn, said = seen(row, timeline, day), known(own, day)
            faded = said == "fading" and timeline.axis.place(day.toordinal() + 0.5) > fading
            assert drawn == ("" if faded else said), (own, day)


@settings(max_examples=80, deadline=None)
@given(st.lists(ANY, min_size=1, max_size=6), st.dates())
def test_nothing_is_drawn_beyond_the_axis(bounds: list[Bounds], day: date) -> None:
    claims = dated(bounds)
    if not claims:
        return
    timeline = draw(claims, Words("de"), day=day)
    for row in (row for group in timeline.groups for row in group.rows):
        for bar in row.bars:
            assert percent(bar.x) >= 0
            assert percent(bar.width) > 0
            assert percent(bar.x) + percent(bar.width) <= 100.001
    marks = [*timeline.ticks, *([timeline.day] if timeline.day else [])]
    assert all(0 <= percent(mark.x) <= 100 for mark in marks)
    assert 1 <= len(timeline.ticks) <= 7


@settings(max_examples=60, deadline=None)
@given(ANY)
def test_last_known_begins_on_the_first_day_after_all_that_is_known(bounds: Bounds) -> None:
    begin = bounds.last_known_from()
    if begin is None:
        assert bounds.last_known() is None
    else:
        assert known(bounds, begin) == "fading"
        assert known(bounds, begin - DAY) != "fading"


CASES = {
    "only certain": (("2018-01-01", "2018-01-01", "2018-12-31", "2018-12-31", None), ["certain"]),
    "only possible": (("2018-08-01", "2018-08-31", "2018-08-01", "2018-08-31", None), ["possible"]),
    "certain between possible": (
        ("2014-01-01", "2014-12-31", "2017-01-01", "2017-12-31", None), ["possible", "certain", "possible"]),
    "no end": (("1991-01-01", "1991-12-31", None, None, "2020-11-30"), ["possible", "certain", "fading"]),
    "no start": ((None, "2018-07-31", "2018-08-01", None, None), ["certain", "fading"]),
    "one day": (("2018-08-28", "2018-08-28", "2018-08-28", "2018-08-28", None), ["certain"]),
    "attested only": ((None, None, None, None, "2020-11-30"), ["fading"]),
    "end before start": (("2018-01-01", "2018-12-31", "2017-01-01", "2017-12-31", None), []),
    "only an end": ((None, None, "2015-01-01", "2015-12-31", None), []),
    "nothing": ((None, None, None, None, None), []),
}  # fmt: skip


@pytest.mark.parametrize(("bounds", "kinds"), CASES.values(), ids=CASES.keys())
def test_each_kind_of_time_has_its_bars(bounds: tuple[str | None, ...], kinds: list[str]) -> None:
    claims = dated([Bounds(*(D(each) if each else None for each in bounds))])
    groups = draw(claims, Words("en")).groups if claims else ()
    assert [bar.kind for group in groups for row in group.rows for bar in row.bars] == kinds


def day(text: str) -> Bounds:
    """Return the bounds of what was on one day."""
    return Bounds(*[D(text)] * 4)


def test_what_is_too_short_to_be_seen_is_marked() -> None:
    decades, one = Bounds(D("1950-01-01"), D("1950-01-01"), D("2000-01-01"), D("2000-01-01")), day("1999-03-01")
    rows = draw(dated([decades, one]), Words("en")).groups[0].rows
    assert [row.point is not None for row in rows] == [False, True]
    assert rows[1].point
    assert rows[1].point.kind == "certain"


def test_several_claims_of_one_day_stand_in_the_middle_of_two_weeks() -> None:
    timeline = draw(dated([day("2018-08-28")] * 3), Words("en"))
    [places] = {tuple(bar.x for bar in row.bars) for row in timeline.groups[0].rows}
    assert 40 < percent(places[0]) < 60
    assert timeline.axis.days >= 14


def test_of_two_hundred_claims_forty_are_drawn_and_all_are_in_the_table() -> None:
    timeline = draw(dated([day("2018-08-28")] * 200), Words("en"), undated=3)
    assert sum(len(group.rows) for group in timeline.groups) == MOST_ROWS
    assert len(timeline.told) == 200
    assert "160" in timeline.notes[0]
    assert "3" in timeline.notes[1]


def test_roles_in_one_organisation_stand_together_by_when_they_began() -> None:
    starts = ["2001-01-01", "2002-01-01", "2003-01-01", "2004-01-01"]
    timeline = draw(dated([day(each) for each in starts], ["b", "a", "b", "a"]), Words("en"))
    assert [row.told.claim.anchor for row in timeline.groups[0].rows] == ["0", "2", "1", "3"]


def test_the_day_asked_for_is_marked_where_it_lies_on_the_axis() -> None:
    claims = dated([day("2018-08-28")])
    inside, outside = (draw(claims, Words("en"), day=D(each)).day for each in ("2018-08-29", "1800-01-01"))
    assert inside
    assert inside.text == "29 August 2018"
    assert outside is None


@pytest.mark.parametrize("text", ["-0044-03-15", "12000-01-01", "0000-01-01", "yesterday"])
def test_a_time_that_is_no_day_of_the_calendar_is_not_drawn(text: str) -> None:
    prefixes = {"mkg": "https://example.org/ns#", "time": "http://www.w3.org/2006/time#"}
    subject = ox.NamedNode("https://example.org/id/tenure/1")
    bounds = {
        "startEarliest": text,
        "startLatest": "1991-12-31",
        "endEarliest": "2000-01-01",
        "endLatest": "2000-12-31",
    }
    triples = [
        ox.Triple(subject, ox.NamedNode(prefixes["mkg"] + name), ox.Literal(value)) for name, value in bounds.items()
    ]
    assert bounds_of(Description(subject.value, tuple(triples), prefixes), subject.value) == Bounds()


def drawn_of(opened: OpenRelease, content: Content, thing: str) -> tuple[Timeline | None, list[str]]:
    """Return the timeline on the page of a thing, and the anchors of the claims on that page."""
    said = describe(opened, content.queries, f"{opened.base}id/{thing}")
    order = shape_order_of(content, opened.base)
    values = said, names_of(opened, content.queries), Links(opened.base), Words("en"), order
    page = page_of(*values)
    return timeline_of(Reader(*values), page), [f"#{each.anchor}" for group in page.groups for each in group.claims]


def test_the_timeline_of_metropolis_leads_to_the_claims_on_its_page(opened: OpenRelease, content: Content) -> None:
    timeline, anchors = drawn_of(opened, content, "organisation/metropolis")
    assert timeline
    assert {told.href for told in timeline.told} <= set(anchors)
    assert [group.heading for group in timeline.groups][:2] == ["Founding", "Roles"]
    assert len(timeline.told) + 24 == len(anchors)
    counts = [told for told in timeline.told if told.claim.kind == "MemberCount"]
    assert [told.possible for told in counts][-1] == "30 November 2020 – 21 December 2021"


def test_the_table_and_the_row_of_a_claim_say_the_same_days(opened: OpenRelease, content: Content) -> None:
    timeline, _ = drawn_of(opened, content, "organisation/metropolis")
    assert timeline
    rows = [told.claim.when for told in timeline.told]
    assert [told.certain for told in timeline.told] == [row.certain or "" for row in rows]
    assert [told.possible for told in timeline.told] == ["; ".join(row.possible) for row in rows]
    assert [told.last_known for told in timeline.told] == [row.last_known or "" for row in rows]


@pytest.mark.parametrize("thing", ["topic/social-housing", "statement/metropolis-is-the-voice"])
def test_what_has_no_dated_claim_has_no_timeline(opened: OpenRelease, content: Content, thing: str) -> None:
    assert drawn_of(opened, content, thing)[0] is None


def test_a_claim_is_drawn_on_its_own_page(opened: OpenRelease, content: Content) -> None:
    timeline, _ = drawn_of(opened, content, "tenure/governing-mayor-interim-president-2017")
    assert timeline
    [told] = timeline.told
    assert told.certain == "30 November 2017 – 1 August 2018"
    assert told.href.endswith("/doc/tenure/governing-mayor-interim-president-2017")
