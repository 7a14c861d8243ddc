"""Time in words: what a source states (EDTF, ISO 8601-2 level 1), and on which days that is certain or possible."""

import re
from collections.abc import Callable
from datetime import date

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
