"""Time in words, and the days on which a claim is certain or possible."""

from datetime import date

import pytest

from metropolis_kg.model.bounds import Bounds
from metropolis_kg.publication.time_words import stated, stretch

D = date.fromisoformat


@pytest.mark.parametrize(
    ("expression", "english", "german"),
    [
        ("1985", "1985", "1985"),
        ("2018-08", "August 2018", "August 2018"),
        ("2018-03-05", "5 March 2018", "5. März 2018"),
        ("2014/2017", "2014 to 2017", "2014 bis 2017"),
        ("2017-11/2018-08", "November 2017 to August 2018", "November 2017 bis August 2018"),
        ("1991/..", "since 1991", "seit 1991"),
        ("1991/", "from 1991, end unknown", "ab 1991, Ende unbekannt"),
        ("/2015-12", "until December 2015", "bis Dezember 2015"),
        ("../2015", "until 2015", "bis 2015"),
        ("1985~", "about 1985", "etwa 1985"),
        ("1985?/2001-06-16", "perhaps 1985 to 16 June 2001", "vielleicht 1985 bis 16. Juni 2001"),
        ("198X", "198X", "198X"),
    ],
)
def test_an_expression_is_put_into_words(expression: str, english: str, german: str) -> None:
    assert (stated(expression, "en"), stated(expression, "de")) == (english, german)


@pytest.mark.parametrize(
    ("bounds", "certain", "possible", "last_known"),
    [
        (("2014-01-01", "2014-12-31", "2017-01-01", "2017-12-31", None), ("2014-12-31", "2017-01-01"),
         [("2014-01-01", "2014-12-30"), ("2017-01-02", "2017-12-31")], None),
        (("1991-01-01", "1991-12-31", None, None, "2020-11-30"), ("1991-12-31", "2020-11-30"),
         [("1991-01-01", "1991-12-30")], "2020-11-30"),
        (("2018-08-01", "2018-08-31", "2018-08-01", "2018-08-31", None), None, [("2018-08-01", "2018-08-31")], None),
        (("2018-08-28", "2018-08-28", "2018-08-28", "2018-08-28", None), ("2018-08-28", "2018-08-28"), [], None),
        ((None, "2018-07-31", "2018-08-01", None, None), ("2018-07-31", "2018-08-01"), [], "2018-08-01"),
        ((None, "2018-08-31", "2018-08-01", None, None), None, [("2018-08-01", "2018-08-31")], "2018-08-01"),
        (("1998-01-01", "1998-12-31", None, None, None), None, [], None),
        (("2020-11-01", "2020-12-31", None, None, "2020-11-30"), None, [("2020-11-01", "2020-11-30")], "2020-11-30"),
        ((None, None, None, None, None), None, [], None),
    ],
)  # fmt: skip
def test_days_are_certain_possible_or_last_known(
    bounds: tuple[str | None, ...],
    certain: tuple[str, str] | None,
    possible: list[tuple[str, str]],
    last_known: str | None,
) -> None:
    read = Bounds(*(D(each) if each else None for each in bounds))
    assert read.certain() == (tuple(map(D, certain)) if certain else None)
    assert list(read.possible()) == [tuple(map(D, days)) for days in possible]
    assert read.last_known() == (D(last_known) if last_known else None)


def test_one_day_is_not_told_twice() -> None:
    assert stretch((D("2018-08-28"), D("2018-08-28")), "en") == "28 August 2018"
