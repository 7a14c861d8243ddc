"""Between which days something began and ended, and on which days it certainly or possibly held, or was last known."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

TIMES = (
    "startEarliest", "startLatest", "endEarliest", "endLatest", "attestedUntil",
    "observedNotBefore", "observedNotAfter",
)  # fmt: skip
"""The properties from which ``Bounds`` are read: five of an interval, and the window of a claim without a date."""

Certainty = Literal["certain", "possible"]

Standing = Literal["certain", "possible", "last known"]
STANDINGS: tuple[Standing, ...] = ("certain", "possible", "last known")
"""How a claim can stand on a day, as ``queries/examples/state-at.rq`` tells them apart."""

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Bounds:
    """The days between which something began and ended; none is "not known from the source"."""

    start_earliest: date | None = None
    start_latest: date | None = None
    end_earliest: date | None = None
    end_latest: date | None = None
    attested_until: date | None = None

    @classmethod
    def read(cls, texts: Sequence[str | None]) -> "Bounds":
        """Return the bounds that ``texts`` write, in the order of ``TIMES``.

        Where the interval is open, the window says when something can have begun and ended. Nothing is known of a time
        that does not lie wholly within the years 1 to 9999.
        """
        try:
            *own, not_before, not_after = (date.fromisoformat(text) if text else None for text in texts)
        except ValueError:
            return cls()
        bounds = cls(*own)
        return replace(
            bounds, start_earliest=bounds.start_earliest or not_before, end_latest=bounds.end_latest or not_after
        )

    def certain(self) -> tuple[date, date] | None:
        """Return the first and last day on which it certainly held; none where no day is certain."""
        until = self._known_until()
        if self.start_latest and until and self.start_latest <= until:
            return self.start_latest, until
        return None

    def possible(self) -> Iterator[tuple[date, date]]:
        """Yield first and last day of each stretch in which it possibly held."""
        certain, last = self.certain(), self.end_latest or self._known_until()
        if certain is None:
            first = self.start_earliest or (self.end_earliest if not self.end_latest else None)
            last = last if self.start_earliest else self.start_latest
            if first and last and first <= last:
                yield first, last
            return
        if self.start_earliest and self.start_earliest < certain[0]:
            yield self.start_earliest, certain[0] - _DAY
        if self.end_latest and certain[1] < self.end_latest:
            yield certain[1] + _DAY, self.end_latest

    def last_known(self) -> date | None:
        """Return the day after which it is only last known; none where its end is known."""
        return self._known_until() if self.end_latest is None else None

    def last_known_from(self) -> date | None:
        """Return the first day on which it is only last known; none where its end is known, or no day after it."""
        last_known = self.last_known()
        if last_known is None:
            return None
        last = max([last_known, *(last for _, last in self.possible())])
        begun = self.start_earliest or date.min
        return max(last + _DAY, begun) if last < date.max else None

    def certainty(self, on: date) -> Certainty | None:
        """Return whether it certainly or possibly held on a day; none where it did not, or is only last known then."""
        certain = self.certain()
        if certain and certain[0] <= on <= certain[1]:
            return "certain"
        return "possible" if any(first <= on <= last for first, last in self.possible()) else None

    def _known_until(self) -> date | None:
        return self.end_earliest or self.attested_until


Stretch = tuple[Standing, int, int]
"""How something stands, from which day to which; days as ordinals."""

LAST_DAY = date.max.toordinal()


def stretches(bounds: Bounds) -> Iterator[Stretch]:
    """Yield each stretch of days on which a claim with these bounds stands in one way."""
    if certain := bounds.certain():
        yield "certain", certain[0].toordinal(), certain[1].toordinal()
    for first, last in bounds.possible():
        yield "possible", first.toordinal(), last.toordinal()
    if last_known := bounds.last_known_from():
        yield "last known", last_known.toordinal(), LAST_DAY


def changes(found: Iterable[Stretch]) -> set[int]:
    """Return the days on which what has these stretches stands otherwise than on the day before."""
    return {day for _, first, last in found for day in (first, last + 1) if day <= LAST_DAY}
