"""An axis of days, in percent of its length, with ticks that have room for their text on a narrow screen."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import ceil, log10

from metropolis_kg.publication.time_words import short_day, short_month

_LEAST_DAYS = 14
"""An axis is no shorter, so that a day on it is not taken for an age."""

_DAYS, _MONTHS, _YEARS = (1, 2, 7, 14), (1, 2, 3, 6), (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
_MOST = {"day": 4, "month": 5, "year": 7}
"""Ticks that have room on a narrow screen, by how long their text is."""

_LAST = date.max.toordinal()


@dataclass(frozen=True)
class Mark:
    """A place on the axis in percent, what stands there, and which side of the text is there (``text-anchor``)."""

    x: str
    text: str
    anchor: str


@dataclass(frozen=True)
class Axis:
    """The first day, as its ordinal in the proleptic Gregorian calendar, and how many days there are."""

    first: int
    days: int

    @classmethod
    def covering(cls, first: int, last: int, before: float, after: float) -> "Axis":
        """Return an axis for the days from ``first`` to ``last``, with these parts of their number free at its ends."""
        short = max(0, _LEAST_DAYS - (last + 1 - first))
        span = last + 1 - first + short
        begin = max(1, first - ceil(span * before) - short // 2)
        return cls(begin, min(_LAST, last + ceil(span * after) + short // 2) - begin + 1)

    @property
    def last(self) -> int:
        """The ordinal of the last day."""
        return self.first + self.days - 1

    def percent(self, days: float) -> str:
        """Return a number of days as a part of the axis, exact to a quarter of a day."""
        digits = max(1, ceil(log10(self.days / 25)))
        return f"{days / self.days * 100:.{digits}f}".rstrip("0").rstrip(".") + "%"

    def at(self, ordinal: float) -> str:
        """Return where a day begins."""
        return self.percent(ordinal - self.first)

    def place(self, ordinal: float) -> float:
        """Return where a day begins, in percent."""
        return (ordinal - self.first) / self.days * 100

    def mark(self, ordinal: float, text: str, edge: float) -> Mark:
        """Return a mark; the text of one within ``edge`` percent of an end does not reach beyond that."""
        place = self.place(ordinal)
        anchor = "start" if place < edge else "end" if place > 100 - edge else "middle"
        return Mark(self.at(ordinal), text, anchor)

    def ticks(self, language: str) -> list[Mark]:
        """Return the finest ticks of days, months or years that have room."""
        for unit, found in self._candidates():
            if len(found) <= _MOST[unit]:
                return [self.mark(each.toordinal(), _text(each, unit, language), 9) for each in found]
        return []

    def _candidates(self) -> Iterator[tuple[str, list[date]]]:
        if self.days <= _MOST["day"] * _DAYS[-1]:
            yield from (("day", self._multiples(step)) for step in _DAYS)
        if self.days <= _MOST["month"] * 31 * _MONTHS[-1]:
            yield from (("month", self._months(step)) for step in _MONTHS)
        yield from (("year", self._years(step)) for step in _YEARS)

    def _multiples(self, step: int) -> list[date]:
        return [date.fromordinal(each) for each in range(self.first, self.last + 1) if each % step == 0]

    def _months(self, step: int) -> list[date]:
        begins = [date(year, month, 1) for year in self._all_years(1) for month in range(1, 13, step)]
        return [each for each in begins if self.first <= each.toordinal() <= self.last]

    def _years(self, step: int) -> list[date]:
        begins = [date(year, 1, 1) for year in self._all_years(step)]
        return [each for each in begins if self.first <= each.toordinal() <= self.last]

    def _all_years(self, step: int) -> range:
        first, last = date.fromordinal(self.first).year, date.fromordinal(self.last).year
        return range(max(step, first - first % step), last + 1, step)


def _text(day: date, unit: str, language: str) -> str:
    if unit == "year":
        return str(day.year)
    return short_day(day, language) if unit == "day" else short_month(day, language)
