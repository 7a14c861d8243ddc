"""EDTF expressions and the four bounds that follow from them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metropolis_kg.model.intervals import IntervalError, parse_interval


def bounds(text: str) -> list[str | None]:
    interval = parse_interval(text)
    days = (interval.start_earliest, interval.start_latest, interval.end_earliest, interval.end_latest)
    return [day.isoformat() if day else None for day in days]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2014/2017", ["2014-01-01", "2014-12-31", "2017-01-01", "2017-12-31"]),
        ("2017-11/2018-08", ["2017-11-01", "2017-11-30", "2018-08-01", "2018-08-31"]),
        ("1998/2015-12", ["1998-01-01", "1998-12-31", "2015-12-01", "2015-12-31"]),
        ("2018-08-27/2018-08-29", ["2018-08-27", "2018-08-27", "2018-08-29", "2018-08-29"]),
        ("1991/..", ["1991-01-01", "1991-12-31", None, None]),
        ("2020-11/", ["2020-11-01", "2020-11-30", None, None]),
        ("/2015", [None, None, "2015-01-01", "2015-12-31"]),
        ("../2015-12", [None, None, "2015-12-01", "2015-12-31"]),
        ("1985", ["1985-01-01", "1985-12-31", "1985-01-01", "1985-12-31"]),
        ("2016-02", ["2016-02-01", "2016-02-29", "2016-02-01", "2016-02-29"]),
        ("201X", ["2010-01-01", "2019-12-31", "2010-01-01", "2019-12-31"]),
        ("2018-21", ["2018-03-01", "2018-05-31", "2018-03-01", "2018-05-31"]),
    ],
)
def test_bounds_follow_from_the_stated_precision(text: str, expected: list[str | None]) -> None:
    assert bounds(text) == expected


def test_an_approximate_date_is_wider_than_the_plain_one() -> None:
    plain, approximate = parse_interval("2018"), parse_interval("2018~")
    assert approximate.start_earliest is not None
    assert plain.start_earliest is not None
    assert approximate.start_earliest < plain.start_earliest


def test_only_two_dots_say_that_it_goes_on() -> None:
    assert parse_interval("1991/..").open_end
    assert not parse_interval("1991/").open_end
    assert not parse_interval("1991/2000").open_end


@pytest.mark.parametrize(
    ("text", "stated", "granularity"),
    [("2018", "2018", "year"), ("2018-08", "2018-08", "month"), ("2018-08-28", "2018-08-28", "day")],
)
def test_a_plain_date_keeps_its_precision_also_beside_an_open_end(text: str, stated: str, granularity: str) -> None:
    for expression in (text, f"{text}/.."):
        begin = parse_interval(expression).begin
        assert begin is not None
        assert (begin.text, begin.granularity) == (stated, granularity)


@pytest.mark.parametrize("text", ["2018~", "201X", "2018-21"])
def test_an_approximate_or_partial_date_states_no_instant(text: str) -> None:
    begin = parse_interval(text).begin
    assert begin is not None
    assert begin.text is None


@pytest.mark.parametrize(
    "text",
    [
        "2018-13",
        "2018-02-30",
        "foo",
        "",
        " 2018",
        "/",
        "../..",
        "2014/2015/2016",
        "2014/ 2015",
        "2014 - 2017",
        "18-08",
        "[1667,1668]",
        "Y-17000",
        "-0100",
    ],
)
def test_what_is_no_edtf_is_refused_with_the_forms_that_are(text: str) -> None:
    with pytest.raises(IntervalError, match=f'"{text}" '.replace("[", r"\[").replace("]", r"\]")):
        parse_interval(text)


@given(st.dates(min_value=date(1, 1, 1)), st.dates(min_value=date(1, 1, 1)))
def test_two_days_are_their_own_bounds(one: date, other: date) -> None:
    start, end = sorted((one, other))
    assert bounds(f"{start}/{end}") == [str(start), str(start), str(end), str(end)]
