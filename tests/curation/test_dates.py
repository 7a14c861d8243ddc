"""Times as people write them, and the EDTF that was meant."""

import pytest

from metropolis_kg.curation.dates import time_fault, written_as_edtf
from metropolis_kg.model.intervals import parse_interval

MEANT = {
    "12.03.2018": "2018-03-12",
    "12. März 2018": "2018-03-12",
    "March 12, 2018": "2018-03-12",
    "12th March 2018": "2018-03-12",
    "2018/3/12": "2018-03-12",
    "2018-8-1": "2018-08-01",
    "2018-08-28T10:00:00": "2018-08-28",
    "März 2018": "2018-03",
    "Sept. 2018": "2018-09",
    "3.2018": "2018-03",
    "03/2018": "2018-03",
    "2018/03": "2018-03",
    "2018-8": "2018-08",
    "20O8": "2008",
    " 2018 ": "2018",
    "ca. 2018": "2018~",
    "etwa August 2018": "2018-08~",
    "seit 1991": "1991/..",
    "since August 2018": "2018-08/..",
    "1991-": "1991/..",
    "1991/heute": "1991/..",
    "1991/open": "1991/..",
    "1991 /..": "1991/..",
    "1991/...": "1991/..",
    "1991/…": "1991/..",
    "2014 / 2017": "2014/2017",
    "bis Dezember 2015": "/2015-12",
    "unknown/2015": "/2015",
    "2015/unbekannt": "2015/",
    "2014-2017": "2014/2017",
    "2014 – 2017": "2014/2017",
    "von 2014 bis 2017": "2014/2017",
    "from 2014 to 2017": "2014/2017",
    "August 2018 – November 2020": "2018-08/2020-11",
    "2018-8/2019": "2018-08/2019",
}
IMPOSSIBLE = {
    "2018-13": ("no-such-month", {"month": "13"}),
    "2018-00/2019": ("no-such-month", {"month": "00"}),
    "2018-02-30": ("no-such-day", {"day": "30", "month": "2018-02", "last": 28}),
    "2018/2020-02-30": ("no-such-day", {"day": "30", "month": "2020-02", "last": 29}),
    "neulich": ("time-unreadable", {}),
    "13.13.2018": ("time-unreadable", {}),
    "..": ("time-unreadable", {}),
    "{2018,2019}": ("time-beyond-level-1", {}),
    "0000": ("time-outside-years", {}),
}


@pytest.mark.parametrize(("text", "meant"), MEANT.items())
def test_a_time_in_another_form_is_told_as_edtf(text: str, meant: str) -> None:
    assert written_as_edtf(text) == meant
    assert parse_interval(meant)
    assert time_fault(text) == ("time-written-otherwise", {"text": text, "meant": meant})


def test_a_text_as_long_as_no_time_is_not_taken_for_one() -> None:
    assert written_as_edtf("ca. " * 2000 + "2018") is None


@pytest.mark.parametrize(("text", "wrong"), IMPOSSIBLE.items())
def test_a_time_that_cannot_be_is_told_by_what_is_wrong(text: str, wrong: tuple[str, dict[str, object]]) -> None:
    code, facts = wrong
    assert time_fault(text) == (code, {"text": text} | facts)


@pytest.mark.parametrize("text", ["2018", "2018-08", "2018-08-28", "1991/..", "/2015", "1998/", "2020-06~", "2018-21"])
def test_edtf_has_no_fault(text: str) -> None:
    assert time_fault(text) is None
