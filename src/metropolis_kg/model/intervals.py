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

FORMS = '"2014", "2018-08", "2018-08-28", "2014/2017", "2017-11/2018-08", "1991/.." (open end), "/2015" (start unknown)'

Granularity = Literal["year", "month", "day"]


class IntervalError(ValueError):
    """A text that is not EDTF level 1, or lies outside the years 1 to 9999; the message says what would be right."""


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
    try:
        expression = edtf.parse_edtf(text)
    except edtf.EDTFParseException:
        expression = None
    if expression is None or text != text.strip():
        raise IntervalError(f'"{text}" is not an EDTF date or interval; write one like {FORMS}')
    return _interval(expression, text)


def _interval(expression: Any, text: str) -> Interval:
    if type(expression) in (edtf.Interval, edtf.Level1Interval):
        lower, upper = expression.lower, expression.upper
        return Interval(_moment(lower, text), _moment(upper, text), open_end=str(upper) == "..")
    moment = _moment(expression, text)
    return Interval(moment, moment)


def _moment(expression: Any, text: str) -> Moment | None:
    expression = _unqualified(expression)
    if isinstance(expression, edtf.UnspecifiedIntervalSection):
        return None
    if isinstance(expression, edtf.UncertainOrApproximate):
        return Moment(_day(expression.lower_fuzzy(), text), _day(expression.upper_fuzzy(), text), None, None)
    if not isinstance(expression, edtf.Date):
        raise IntervalError(f'"{text}" goes beyond EDTF level 1 as used here; write one like {FORMS}')
    plain = type(expression) is edtf.Date
    return Moment(
        _day(expression.lower_strict(), text),
        _day(expression.upper_strict(), text),
        str(expression) if plain else None,
        _granularity(expression) if plain else None,
    )


def _unqualified(expression: Any) -> Any:
    """The library wraps every side of a level 1 interval as uncertain, also those without a qualifier."""
    wrapped = isinstance(expression, edtf.UncertainOrApproximate) and not expression.ua
    return expression.date if wrapped else expression


def _granularity(expression: Any) -> Granularity:
    if expression.day:
        return "day"
    return "month" if expression.month else "year"


def _day(moment: struct_time, text: str) -> date:
    try:
        return date(moment.tm_year, moment.tm_mon, moment.tm_mday)
    except ValueError as error:
        raise IntervalError(f'"{text}" lies outside the years 1 to 9999') from error
