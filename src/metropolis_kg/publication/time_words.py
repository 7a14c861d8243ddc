"""Time in words: what a source states (EDTF, ISO 8601-2 level 1), and on which days that is certain or possible."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

_MONTHS = {
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
    "de": (
        "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
        "Dezember",
    ),
}  # fmt: skip
_FORMS = {
    "en": {
        "range": "{} to {}", "since": "since {}", "from": "from {}, end unknown", "until": "until {}",
        "about": "about {}", "perhaps": "perhaps {}", "some day": "some time between {} and {}",
    },
    "de": {
        "range": "{} bis {}", "since": "seit {}", "from": "ab {}, Ende unbekannt", "until": "bis {}",
        "about": "etwa {}", "perhaps": "vielleicht {}", "some day": "irgendwann zwischen {} und {}",
    },
}  # fmt: skip
_DAY = timedelta(days=1)

TIMES = (
    "startEarliest", "startLatest", "endEarliest", "endLatest", "attestedUntil",
    "observedNotBefore", "observedNotAfter",
)  # fmt: skip
"""The properties from which ``Bounds`` are read: five of an interval, and the window of a claim without a date."""

Certainty = Literal["certain", "possible"]


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


def stated(expression: str, language: str) -> str:
    """Return an EDTF expression in words.

    >>> stated("2017-11/2018-08", "en"), stated("1991/..", "de"), stated("2018-08-28", "en"), stated("1985~", "de")
    ('November 2017 to August 2018', 'seit 1991', '28 August 2018', 'etwa 1985')
    """
    forms = _FORMS[language]
    begin, slash, end = expression.partition("/")
    if not slash:
        return _moment(begin, language)
    if begin in ("", ".."):
        return forms["until"].format(_moment(end, language))
    if end in ("", ".."):
        return forms["since" if end else "from"].format(_moment(begin, language))
    return forms["range"].format(_moment(begin, language), _moment(end, language))


def day(value: date, language: str) -> str:
    """Return a day in words.

    >>> day(date(2018, 3, 5), "en"), day(date(2018, 3, 5), "de")
    ('5 March 2018', '5. März 2018')
    """
    number = f"{value.day}." if language == "de" else str(value.day)
    return f"{number} {_MONTHS[language][value.month - 1]} {value.year}"


def short_day(value: date, language: str) -> str:
    """Return a day in few characters.

    >>> short_day(date(2018, 3, 5), "en"), short_day(date(2018, 3, 5), "de")
    ('5 Mar 2018', '5.3.2018')
    """
    if language == "de":
        return f"{value.day}.{value.month}.{value.year}"
    return f"{value.day} {_MONTHS[language][value.month - 1][:3]} {value.year}"


def short_month(value: date, language: str) -> str:
    """Return a month in few characters.

    >>> short_month(date(2018, 3, 1), "en"), short_month(date(2018, 3, 1), "de")
    ('Mar 2018', 'Mär 2018')
    """
    return f"{_MONTHS[language][value.month - 1][:3]} {value.year}"


def stretch(days: tuple[date, date], language: str) -> str:
    """Return first and last day in words; one day where they are the same."""
    first, last = days
    return day(first, language) if first == last else f"{day(first, language)} – {day(last, language)}"


def _moment(text: str, language: str) -> str:
    plain = text.rstrip("?~%")
    forms, qualifier = _FORMS[language], text[len(plain) :]
    word = forms["perhaps"] if "?" in qualifier else forms["about"] if qualifier else "{}"
    return word.format(_plain(plain, language))


def _plain(text: str, language: str) -> str:
    for pattern, write in _WRITERS:
        if match := re.fullmatch(pattern, text):
            return write(match, language)
    return text


_WRITERS: list[tuple[str, Callable[[re.Match[str], str], str]]] = [
    (r"(-?\d{4,})", lambda match, _: match[1]),
    (r"(\d{4})-(0[1-9]|1[0-2])", lambda match, language: f"{_MONTHS[language][int(match[2]) - 1]} {match[1]}"),
    (r"(\d{4}-\d\d-\d\d)", lambda match, language: day(date.fromisoformat(match[1]), language)),
]
