"""Times of tables: what is certain becomes EDTF with its uncertainty, the rest is a problem that says what is right."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metropolis_kg.curation.imports.problems import RowProblem
from metropolis_kg.curation.imports.times import DATE_FORMATS, joined, read_side, read_time
from metropolis_kg.model.intervals import parse_interval

CERTAIN = {
    "2012": "2012", "2012-05": "2012-05", "2012-05-03": "2012-05-03", "2012/2016": "2012/2016", "199X": "199X",
    "2012-2016": "2012/2016", "2012–2016": "2012/2016", "2012 - 2016": "2012/2016", "von 2012 bis 2016": "2012/2016",
    "ca. 2010": "2010~", "about 2010": "2010~", "2010?": "2010?", "2010 (?)": "2010?", "ca. 2010 (?)": "2010%",
    "seit 2014": "2014/..", "since 2014": "2014/..", "seit ca. 2010": "2010~/..", "2014 – heute": "2014/..",
    "2014-heute": "2014/..", "ab 2014": "2014/", "bis 2013": "/2013", "until May 2013": "/2013-05",
    "Mai 2012": "2012-05", "mai 2012": "2012-05", "May 3, 2012": "2012-05-03", "3. Mai 2012": "2012-05-03",
    "12/2012": "2012-12", "28.08.2018": "2018-08-28", "1.5.2012 - 3.6.2012": "2012-05-01/2012-06-03",
    "2012-05-01T00:00:00Z": "2012-05-01", "2012-05/2014": "2012-05/2014", "1991/..": "1991/..", "2008-10": "2008-10",
}  # fmt: skip

UNCERTAIN = {
    "2012–2016 - X": ("row-time-meant", "2012/2016"), "2012-2016 - X": ("row-time-meant", "2012/2016"),
    "07": ("row-time-unreadable", None), "ES ": ("row-time-unreadable", None), "?": ("row-time-unreadable", None),
    "": ("row-time-unreadable", None), "2012-13-01": ("row-time-no-month", None),
    "31.02.2015": ("row-time-no-day", None), "2019-02-29": ("row-time-no-day", None),
    "2016/2012": ("row-time-reversed", "2012/2016"), "2016-2012": ("row-time-reversed", "2012/2016"),
    "2012-21": ("row-time-two-meanings", "2012/2021"), "2012-16": ("row-time-meant", "2012/2016"),
    "2012/16": ("row-time-meant", "2012/2016"), "01/02/2012": ("row-time-day-or-month", None),
    "13/02/2012": ("row-time-meant", "2012-02-13"), "2014-": ("row-time-open-or-unknown", None),
    "ca. 2010–2012": ("row-time-two-meanings", "2010~/2012~"), "1990er": ("row-time-meant", "199X"),
    "2012-05-01T12:30": ("row-time-meant", "2012-05-01"), "zwischen 2012 und 2016": ("row-time-meant", "2012/2016"),
    "2012–2013–2014": ("row-time-unreadable", None), "2012; 2014": ("row-time-unreadable", None),
    "20O8": ("row-time-meant", "2008"), "0000": ("row-time-unreadable", None), "..": ("row-time-unreadable", None),
    "/..": ("row-time-unreadable", None), "20125": ("row-time-unreadable", None),
    "2012" * 99: ("row-time-unreadable", None),
}  # fmt: skip


@pytest.mark.parametrize(("text", "edtf"), CERTAIN.items(), ids=CERTAIN)
def test_what_is_certain_becomes_edtf_with_its_uncertainty(text: str, edtf: str) -> None:
    assert read_time(text) == edtf
    parse_interval(edtf)


@pytest.mark.parametrize(("text", "wrong"), UNCERTAIN.items(), ids=map(repr, UNCERTAIN))
def test_what_is_not_certain_is_a_problem_with_what_would_be_right(text: str, wrong: tuple[str, str | None]) -> None:
    with pytest.raises(RowProblem) as raised:
        read_time(text)
    assert (raised.value.code, raised.value.right) == wrong
    assert all(raised.value.text(lang) for lang in ("de", "en"))
    if raised.value.right:
        assert read_time(raised.value.right) == raised.value.right, "what is said to be right is taken"


@pytest.mark.parametrize("text", ["2012-2016 - X", "zwischen 2012 und 2016"])
def test_in_a_column_for_one_end_it_is_said_what_goes_into_each(text: str) -> None:
    with pytest.raises(RowProblem, match="row-time-meant-both") as raised:
        read_side(text, None, is_end=False)
    assert "write “2012” as beginning and “2016” as end" in raised.value.text("en")
    with pytest.raises(RowProblem, match=r"row-time-meant$"):
        read_side("2012-05-01T12:30", None, is_end=True)


@pytest.mark.parametrize("form", DATE_FORMATS)
def test_a_format_that_the_mapping_names_settles_day_and_month(form: str) -> None:
    text = form.replace("yyyy", "2012").replace("MM", "02").replace("dd", "01").replace("M", "2").replace("d", "1")
    assert read_time(text, form) == "2012-02-01"
    assert read_time("seit 2014", form) == "2014/..", "what is written otherwise is read as ever"


@pytest.mark.parametrize(
    ("begin", "end", "edtf"),
    [
        ("2012", "2016", "2012/2016"), ("2012", "", "2012/"), ("", "2016", "/2016"), ("2012", "heute", "2012/.."),
        ("seit 2014", "", "2014/.."), ("ca. 2010", "12/2011", "2010~/2011-12"), ("2012", "bis 2016", "2012/2016"),
    ],
)  # fmt: skip
def test_two_columns_are_the_two_ends_of_one_time(begin: str, end: str, edtf: str) -> None:
    sides = [read_side(text, None, is_end=bool(at)) if text else "" for at, text in enumerate((begin, end))]
    assert joined(*sides) == edtf


def test_two_columns_that_do_not_fit_together_are_a_problem() -> None:
    with pytest.raises(RowProblem, match="row-time-both-sides"):
        read_side("2012-2016", None, is_end=False)
    with pytest.raises(RowProblem, match="row-time-open-and-ended"):
        joined(read_side("seit 2014", None, is_end=False), "2016")
    with pytest.raises(RowProblem, match="row-time-reversed"):
        joined("2016", "2012")


@settings(max_examples=60)
@given(st.text(alphabet="0123456789-/.~?%X –seitbcaMaiTZ: ", max_size=20))
def test_whatever_stands_in_a_cell_is_edtf_or_a_problem(text: str) -> None:
    with suppress(RowProblem):
        interval = parse_interval(read_time(text))
        start, end = interval.start_earliest, interval.end_latest
        assert start is None or end is None or start <= end
