"""Time as the source gives it (EDTF, ISO 8601-2 level 1) and the four date bounds that follow from it.

An EDTF expression is read by the ``edtf`` library; one function maps what it read to bounds. Bounds are inclusive days
of the proleptic Gregorian calendar; ``None`` is "not known from this expression".
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from time import struct_time
from typing import Any, Literal

import edtf
from edtf.parser.grammar import date as date_rule
from pyparsing import ParseException

FORMS = '"2014", "2018-08", "2018-08-28", "2014/2017", "2017-11/2018-08", "1991/.." (open end), "/2015" (start unknown)'

Granularity = Literal["year", "month", "day"]


class IntervalError(ValueError):
    """A text that is not EDTF level 1, or lies outside the years 1 to 9999; the message says what would be right.

    ``kind`` is ``"unreadable"``, ``"beyond-level-1"`` or ``"outside-years"``.
    """

    def __init__(self, reason: str, kind: str = "unreadable") -> None:
        self.kind = kind
        super().__init__(reason)


@dataclass(frozen=True)
class Moment:
    """One side of an interval: its earliest and latest day, and its precision where the source states a plain date."""

    earliest: date
    latest: date
    text: str | None
    """The date as ``xsd:gYear``, ``xsd:gYearMonth`` or ``xsd:date`` writes it; none for other dates."""

    granularity: Granularity | None


@dataclass(frozen=True)
class Interval:
    """What an EDTF expression says of a stretch of time.

    A single date stands for a stretch that begins and ends somewhere within it. ``open_end`` is true for ``..`` alone:
    the source says that it goes on; an empty side (``2015/``) only says that the end is unknown.
    """

    begin: Moment | None
    end: Moment | None
    open_end: bool = False

    @property
    def start_earliest(self) -> date | None:
        """First day on which it can have begun."""
        return self.begin.earliest if self.begin else None

    @property
    def start_latest(self) -> date | None:
        """Day by which it has begun."""
        return self.begin.latest if self.begin else None

    @property
    def end_earliest(self) -> date | None:
        """Day until which it has not ended."""
        return self.end.earliest if self.end else None

    @property
    def end_latest(self) -> date | None:
        """Last day on which it can still have held."""
        return self.end.latest if self.end else None


@lru_cache(maxsize=65536)
def parse_interval(text: str) -> Interval:
    """Return the interval that the EDTF expression ``text`` states. Raises IntervalError."""
    first, slash, last = text.partition("/")
    if not slash:
        moment = _moment(text, text)
        return Interval(moment, moment)
    begin, end = (None if side in ("", "..") else _moment(side, text) for side in (first, last))
    if begin is None and end is None:
        raise _no_edtf(text)
    return Interval(begin, end, open_end=last == "..")


def _moment(side: str, text: str) -> Moment:
    try:
        return _read_moment(side)
    except (ParseException, edtf.EDTFParseException) as error:
        raise _no_edtf(text) from error
    except IntervalError as error:
        raise IntervalError(f'"{text}" {error}', error.kind) from error


def _no_edtf(text: str) -> IntervalError:
    return IntervalError(f'"{text}" is not an EDTF date or interval; write one like {FORMS}')


@lru_cache(maxsize=65536)
def _read_moment(side: str) -> Moment:
    expression = _parse_date(side)
    if isinstance(expression, edtf.UncertainOrApproximate):
        return Moment(_day(expression.lower_fuzzy()), _day(expression.upper_fuzzy()), None, None)
    if not isinstance(expression, edtf.Date):
        raise IntervalError(f"goes beyond EDTF level 1 as used here; write one like {FORMS}", "beyond-level-1")
    plain = type(expression) is edtf.Date
    return Moment(
        _day(expression.lower_strict()),
        _day(expression.upper_strict()),
        str(expression) if plain else None,
        _granularity(expression) if plain else None,
    )


def _parse_date(side: str) -> Any:
    """Read one side: a plain date by the library's rule for dates, ten times faster than by its whole grammar."""
    if side != side.strip():
        raise ParseException(side)
    try:
        return date_rule.parse_string(side, parse_all=True)[0]
    except ParseException:
        return edtf.parse_edtf(side)


def _granularity(expression: Any) -> Granularity:
    if expression.day:
        return "day"
    return "month" if expression.month else "year"


def _day(moment: struct_time) -> date:
    try:
        return date(moment.tm_year, moment.tm_mon, moment.tm_mday)
    except ValueError as error:
        raise IntervalError("lies outside the years 1 to 9999", "outside-years") from error
