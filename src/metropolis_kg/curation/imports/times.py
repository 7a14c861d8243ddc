"""Times as tables have them, to EDTF: only what is certain, with its uncertainty kept; the rest is a problem.

What a cell may mean besides what it says is never chosen: it is reported, with both.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from metropolis_kg.curation.dates import MONTHS, written_as_edtf
from metropolis_kg.curation.imports.problems import RowProblem
from metropolis_kg.model.intervals import IntervalError, parse_interval

OPEN = ".."
_NAME = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))
_ABOUT = re.compile(r"(?:ca\.?|circa|etwa|ungefähr|um|about|around|approx\.?|c\.) *(.+)")
_DOUBTFUL = re.compile(r"(.+?) *(?:\(\?\)|\?)")
_SINCE = re.compile(r"(?:seit|since) +(.+)")
_FROM = re.compile(r"(?:ab|from|as of) +(.+)")
_UNTIL = re.compile(r"(?:bis|until|till) +(.+)")
_TODAY = re.compile(r"heute|jetzt|today|now|present|ongoing|dato|\.\.")
_PAIR = re.compile(
    r"(?:von +|from +)?(.+?)(?: *[–—/] *| +(?:-|bis|to|until) +|-(?=heute|jetzt|today|now|present|ongoing))(.+)"
)
_YEARS = re.compile(r"(\d{4})-(\d{4})")
_OPEN_DASH = re.compile(r"(.+?) *[-–—]")
_SEASON = re.compile(r"(\d{2})(\d{2})-(2[1-4])")
_SHORT_YEARS = re.compile(r"(\d{2})(\d{2})[-/–](\d{2})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_LONGEST = 80
_SIDE = r"(?:\d{2}[\dX]{2}(?:-(?:0[1-9]|1[0-2]|2[1-4]|XX)(?:-(?:0[1-9]|[12]\d|3[01]|XX))?)?[?~%]?|\.\.)?"
_EDTF = re.compile(rf"{_SIDE}(?:/{_SIDE})?")
"""EDTF as the shape of ``mkg:when`` has it."""
_PARTS = {
    "yyyy": r"(?P<y>\d{4})",
    "MM": r"(?P<m>\d{2})", "dd": r"(?P<d>\d{2})", "M": r"(?P<m>\d{1,2})", "d": r"(?P<d>\d{1,2})",
}  # fmt: skip
_PART = re.compile("|".join(_PARTS))

_DATES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[str, str | None, str | None]]], ...] = (
    (re.compile(r"(\d{4})"), lambda m: (m[1], None, None)),
    (re.compile(r"(\d{4})-(\d{2})"), lambda m: (m[1], m[2], None)),
    (re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[t ]00:00(?::00(?:\.0+)?)?z?)?"), lambda m: (m[1], m[2], m[3])),
    (re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})"), lambda m: (m[3], m[2], m[1])),
    (re.compile(r"(\d{1,2})[./](\d{4})"), lambda m: (m[2], m[1], None)),
    (re.compile(rf"({_NAME})\.? (\d{{4}})"), lambda m: (m[2], str(MONTHS[m[1]]), None)),
    (re.compile(rf"(\d{{1,2}})(?:\.|st|nd|rd|th)? ({_NAME})\.? (\d{{4}})"),
     lambda m: (m[3], str(MONTHS[m[2]]), m[1])),
    (re.compile(rf"({_NAME})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})"), lambda m: (m[3], str(MONTHS[m[1]]), m[2])),
)  # fmt: skip

DATE_FORMATS = (
    "yyyy-MM-dd", "yyyyMMdd", "dd-MM-yyyy", "d-M-yyyy", "MM-dd-yyyy", "M-d-yyyy", "dd/MM/yyyy", "d/M/yyyy",
    "MM/dd/yyyy", "M/d/yyyy", "dd.MM.yyyy", "d.M.yyyy", "MM.dd.yyyy", "M.d.yyyy",
)  # fmt: skip
"""The formats of days that CSVW knows (Metadata Vocabulary for Tabular Data, section 6.4.4)."""


@lru_cache(maxsize=65536)
def read_time(text: str, date_format: str | None = None) -> str:
    """Return the EDTF expression that a cell states: a time or a stretch of time. Raises RowProblem.

    >>> [read_time(text) for text in ("2012-2016", "ca. 2010", "seit 2014", "Mai 2012", "31.12.2015", "bis 2013")]
    ['2012/2016', '2010~', '2014/..', '2012-05', '2015-12-31', '/2013']
    """
    plain = " ".join(text.split()).lower()
    found = _formatted(plain, date_format)
    if found is None and (_SLASHED.fullmatch(plain) or _is_short(plain)):
        raise _unreadable(text)
    found = found or _is_edtf(text) or _interval(plain, text)
    if found is None:
        raise _unreadable(text)
    return _in_order(found, text)


def read_side(text: str, date_format: str | None, *, is_end: bool) -> str:
    """Return what a cell of a column for the beginning, or for the end, states of that side. Raises RowProblem.

    Of a beginning that may be a whole interval with an open end ("seit 2014").
    """
    if is_end and _TODAY.fullmatch(" ".join(text.split()).lower()):
        return OPEN
    try:
        found = read_time(text, date_format)
    except RowProblem as problem:
        raise _on_both_sides(problem) from problem
    first, slash, last = found.partition("/")
    if not slash or (not is_end and last in ("", OPEN)):
        return found
    if is_end and not first:
        return last
    raise RowProblem("row-time-both-sides", None, text, first=first, last=last)


def goes_on_from_after(when: str, day: date) -> bool:
    """Tell whether what is said to go on begins after ``day``, on which its source may have been written."""
    start = parse_interval(when).start_earliest if when.endswith("/..") else None
    return start is not None and start > day


def _on_both_sides(problem: RowProblem) -> RowProblem:
    """Return the problem as that of a cell for one side, where what it proposes fills the cells of both."""
    first, slash, last = (problem.right or "").partition("/")
    if problem.code != "row-time-meant" or not slash:
        return problem
    return RowProblem("row-time-meant-both", None, problem.value, meant=problem.right, first=first, last=last)


def joined(begin: str, end: str) -> str:
    """Return the interval from what two columns state; an empty text is a side that is not known. Raises RowProblem."""
    text = f"{begin}/{end}"
    first, slash, last = begin.partition("/")
    if slash and last == OPEN and end not in ("", OPEN):
        raise RowProblem("row-time-open-and-ended", None, text, begin=first, meant=f"{first}/{end}")
    return _in_order(f"{first}/{end or (last if slash else '')}", text)


def _is_edtf(text: str) -> str | None:
    """Return the text where it is EDTF of one meaning."""
    season = _SEASON.fullmatch(text)
    if season and season[3] > season[2]:
        raise RowProblem("row-time-two-meanings", None, text, one=text, meant=f"{text[:4]}/{season[1]}{season[3]}")
    return text if _EDTF.fullmatch(text) and _is_time(text) else None


def _is_short(plain: str) -> bool:
    """Return whether this is a pair of years, the second cut short, that can be no month ("2012-16")."""
    short = _SHORT_YEARS.fullmatch(plain)
    return bool(short and short[3] > short[2] and int(short[3]) > 12 and not _SEASON.fullmatch(plain))


def _formatted(plain: str, date_format: str | None) -> str | None:
    """Return the day where the cell is written as the mapping says days are written."""
    if date_format is None:
        return None
    pattern = _PART.sub(lambda part: _PARTS[part[0]], re.escape(date_format))
    match = re.fullmatch(pattern, plain)
    return _date(match["y"], match["m"], match["d"], plain) if match else None


def _interval(plain: str, text: str) -> str | None:
    if len(plain) > _LONGEST:
        return None
    if years := _YEARS.fullmatch(plain):
        return f"{years[1]}/{years[2]}"
    if since := _SINCE.fullmatch(plain):
        return _with(_moment(since[1], text), "{}/..")
    if begun := _FROM.fullmatch(plain):
        whole = _whole_pair(plain, text)
        return whole or _with(_moment(begun[1], text), "{}/")
    if until := _UNTIL.fullmatch(plain):
        return _with(_moment(until[1], text), "/{}")
    return _moment(plain, text) or _whole_pair(plain, text)


def _whole_pair(plain: str, text: str) -> str | None:
    pair = _PAIR.fullmatch(plain)
    if not pair:
        return None
    first = _moment(pair[1], text)
    last = OPEN if _TODAY.fullmatch(pair[2]) else _moment(pair[2], text)
    if first is None or last is None:
        return None
    if "~" in first and _ABOUT.fullmatch(pair[1]) and "~" not in last:
        raise RowProblem(
            "row-time-two-meanings", None, text, one=f"{first}/{last}", meant=f"{first}/{last}~"
        )  # fmt: skip
    return f"{first}/{last}"


def _with(moment: str | None, form: str) -> str | None:
    return None if moment is None else form.format(moment)


def _moment(plain: str, text: str) -> str | None:
    """Return one date with its uncertainty; none where it is none. Raises RowProblem for what no calendar has."""
    if about := _ABOUT.fullmatch(plain):
        return _marked(_moment(about[1], text), "~")
    if plain.endswith("~"):
        return _marked(_moment(plain[:-1].strip(), text), "~")
    if doubtful := _DOUBTFUL.fullmatch(plain):
        return _marked(_moment(doubtful[1], text), "?")
    for form, parts in _DATES:
        if match := form.fullmatch(plain):
            return _date(*parts(match), text)
    return None


def _marked(moment: str | None, mark: str) -> str | None:
    if moment is None:
        return None
    return f"{moment[:-1]}%" if moment[-1] in "~?%" and moment[-1] != mark else moment.rstrip(mark) + mark


def _date(year: str, month: str | None, day: str | None, text: str) -> str:
    if month is None:
        return year
    if not 1 <= int(month) <= 12:
        raise RowProblem("row-time-no-month", None, text, month=month)
    if day is None:
        return f"{year}-{int(month):02}"
    last = monthrange(int(year), int(month))[1] if int(year) else 31
    if not 1 <= int(day) <= last:
        raise RowProblem("row-time-no-day", None, text, day=day, month=f"{year}-{int(month):02}", last=last)
    return f"{year}-{int(month):02}-{int(day):02}"


def _in_order(found: str, text: str) -> str:
    """Return the expression. Raises RowProblem where it ends before it begins, or is beyond EDTF level 1."""
    try:
        interval = parse_interval(found)
    except IntervalError as error:
        raise _unreadable(text) from error
    if not _EDTF.fullmatch(found):
        raise _unreadable(text)
    if interval.start_earliest and interval.end_latest and interval.start_earliest > interval.end_latest:
        first, _, last = found.partition("/")
        raise RowProblem("row-time-reversed", None, text, meant=f"{last}/{first}")
    return found


def _unreadable(text: str) -> RowProblem:
    plain = " ".join(text.split())
    if slashed := _SLASHED.fullmatch(plain):
        one, other = int(slashed[1]), int(slashed[2])
        days = [f"{slashed[3]}-{m:02}-{d:02}" for m, d in ((other, one), (one, other))]
        days = [day for day in days if _is_time(day)]
        if len(set(days)) == 2:
            return RowProblem("row-time-day-or-month", None, text, one=days[0], other=days[1])
        if days:
            return RowProblem("row-time-meant", None, text, meant=days[0])
    if short := _SHORT_YEARS.fullmatch(plain):
        return RowProblem("row-time-meant", None, text, meant=f"{short[1]}{short[2]}/{short[1]}{short[3]}")
    if dash := _OPEN_DASH.fullmatch(plain.lower()):
        start = written_as_edtf(dash[1])
        if start and "/" not in start:
            return RowProblem("row-time-open-or-unknown", None, text, one=f"{start}/..", other=f"{start}/")
    meant = written_as_edtf(text) or _leading(plain)
    return RowProblem("row-time-meant" if meant else "row-time-unreadable", None, text, meant=meant)


def _is_time(text: str) -> bool:
    try:
        parse_interval(text)
    except IntervalError:
        return False
    return True


def _leading(plain: str) -> str | None:
    """Return the time that a text begins with, where more stands behind it ("2012-2016 - X")."""
    if decade := re.fullmatch(r"(\d{3})0(?:er|s|'s)(?: jahre)?", plain.lower()):
        return f"{decade[1]}X"
    years = re.match(r"(\d{4}) *[-–/] *(\d{4})(?!\d| *[-–/] *\d)", plain)
    return f"{years[1]}/{years[2]}" if years and years[1] <= years[2] else None
