"""What is wrong with a time that is not EDTF, and how those who wrote it would write it as EDTF."""

import re
from calendar import monthrange
from collections.abc import Callable

from metropolis_kg.model.intervals import IntervalError, parse_interval

_MONTH_NAMES = (
    *("jan januar jänner january", "feb februar february", "mär mar märz march maerz", "apr april", "mai may"),
    *("jun juni june", "jul juli july", "aug august", "sep sept september", "okt oct oktober october"),
    *("nov november", "dez dec dezember december"),
)
MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_NAME = "|".join(sorted(MONTHS, key=len, reverse=True))
_PLAIN = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
_UNTIL = r" bis | to | und | and | until |–|—|\.\.|--"
_SEASONS = range(21, 26)
_LONGEST = 80
"""Characters of a text that may be meant for a time."""

_FORMS: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"(\d{4})-(\d{1,2})", lambda m: _date(m[1], m[2])),
    (r"(\d{4})-(\d{1,2})-(\d{1,2})(?:t.*)?", lambda m: _date(m[1], m[2], m[3])),
    (r"(\d{4})[./](\d{1,2})(?:[./](\d{1,2}))?", lambda m: _date(m[1], m[2], m[3])),
    (r"(\d{1,2})[.] ?(\d{1,2})[.] ?(\d{4})", lambda m: _date(m[3], m[2], m[1])),
    (r"(\d{1,2})[./] ?(\d{4})", lambda m: _date(m[2], m[1])),
    (rf"({_NAME})[.]? (\d{{4}})", lambda m: _date(m[2], MONTHS[m[1]])),
    (rf"(\d{{1,2}})(?:[.]|st|nd|rd|th)? ({_NAME})[.]? (\d{{4}})", lambda m: _date(m[3], MONTHS[m[2]], m[1])),
    (rf"({_NAME})[.]? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})", lambda m: _date(m[3], MONTHS[m[1]], m[2])),
    (r"(.+?)/(?:\.{1,3}|…)", lambda m: f"{_edtf(m[1])}/.."),
    (r"(?:ca[.]?|circa|etwa|um|about|around|c[.]) *(.+)", lambda m: f"{_edtf(m[1])}~"),
    (rf"(?:von |from |between |zwischen )?(.+?) *(?:{_UNTIL}) *(.+)", lambda m: _pair(m)),
    (r"(?:seit|ab|since|from) (.+?)", lambda m: f"{_edtf(m[1])}/.."),
    (r"(?:bis|until|till|to) (.+)", lambda m: f"/{_edtf(m[1])}"),
    (r"(\d{4})-(\d{4})", lambda m: _pair(m)),
    (r"(.+?)(?:/| *[-–])(?:open|offen|heute|today|now|jetzt|present|dato)?", lambda m: f"{_edtf(m[1])}/.."),
    (r"(?:unknown|unbekannt|open)/(.+)", lambda m: f"/{_edtf(m[1])}"),
    (r"(.+)/(?:unknown|unbekannt)", lambda m: f"{_edtf(m[1])}/"),
    (r"(.+)/(.+)", lambda m: _pair(m)),
)


def time_fault(text: str) -> tuple[str, dict[str, object]] | None:
    """Return the kind of fault (``faults.toml``) of a time and its facts; none where it is EDTF level 1."""
    try:
        parse_interval(text)
    except IntervalError as error:
        return _impossible(text) or _otherwise(text) or (f"time-{error.kind}", {"text": text})
    return None


def _impossible(text: str) -> tuple[str, dict[str, object]] | None:
    """A month or day that no calendar has, in a text of the right form."""
    for side in text.split("/"):
        plain = _PLAIN.fullmatch(side.rstrip("?~%"))
        if not plain:
            continue
        year, month, day = int(plain[1]), int(plain[2]), plain[3]
        if not 1 <= month <= 12 and month not in _SEASONS:
            return "no-such-month", {"text": text, "month": plain[2]}
        if day and year and 1 <= month <= 12 and not 1 <= int(day) <= (last := monthrange(year, month)[1]):
            return "no-such-day", {"text": text, "day": day, "month": f"{plain[1]}-{plain[2]}", "last": last}
    return None


def _otherwise(text: str) -> tuple[str, dict[str, object]] | None:
    meant = written_as_edtf(text)
    return ("time-written-otherwise", {"text": text, "meant": meant}) if meant else None


def written_as_edtf(text: str) -> str | None:
    """Return the EDTF expression that ``text`` is meant to be; none where that cannot be told.

    >>> [written_as_edtf(text) for text in ("12.03.2018", "März 2018", "seit 1991", "2014 – 2017", "20O8", "neulich")]
    ['2018-03-12', '2018-03', '1991/..', '2014/2017', '2008', None]
    """
    if len(text) > _LONGEST:
        return None
    try:
        meant = _edtf(text)
        parse_interval(meant)
    except ValueError:
        return None
    return meant


def _edtf(text: str) -> str:
    """Return ``text`` as EDTF. Raises ValueError where no form fits."""
    plain = re.sub(r"(?<=\d)[oO]|[oO](?=\d)", "0", " ".join(text.split())).lower()
    plain = re.sub(r" ?/ ?", "/", plain)
    if re.fullmatch(r"\d{4}(-\d{2}){0,2}[?~%]?", plain):
        return plain
    for form, write in _FORMS:
        if match := re.fullmatch(form, plain):
            return write(match)
    raise ValueError(text)


def _date(year: str, month: str | int, day: str | None = None) -> str:
    if not 1 <= int(month) <= 12:
        raise ValueError(month)
    return f"{year}-{int(month):02}" + (f"-{int(day):02}" if day else "")


def _pair(match: re.Match[str]) -> str:
    return f"{_edtf(match[1])}/{_edtf(match[2])}"
