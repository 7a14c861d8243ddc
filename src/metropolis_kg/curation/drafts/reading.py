"""How an answer is read: checked, and put as the draft needs it. What is wrong is a DraftError."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox

from metropolis_kg.curation.dates import written_as_edtf
from metropolis_kg.curation.drafts.fields import CHOICES, Field
from metropolis_kg.curation.drafts.known_things import KnownThings
from metropolis_kg.curation.drafts.words import DraftError
from metropolis_kg.model.intervals import IntervalError, parse_interval

Reading = Callable[[Field, str, KnownThings], str]


def read_answer(field: Field, text: str, known: KnownThings) -> str:
    """Return an answer as the draft needs it. Raises DraftError."""
    return READINGS[field.reading](field, text.strip(), known)


def _text(_: Field, text: str, __: KnownThings) -> str:
    return text


def _thing(field: Field, text: str, known: KnownThings) -> str:
    return known.find(text, field.of)


def _choice(field: Field, text: str, known: KnownThings) -> str:
    for key, term in CHOICES[field.name].items():
        names = {key, term, *(known.label(known.iri(term), lang) for lang in ("de", "en"))}
        if text.casefold() in {name.casefold() for name in names}:
            return term
    raise DraftError("choice", text=text, names=", ".join(CHOICES[field.name]))


def _edtf(_: Field, text: str, __: KnownThings) -> str:
    try:
        interval = parse_interval(text)
    except IntervalError as error:
        meant = written_as_edtf(text)
        raise DraftError("edtf_meant" if meant else "edtf", text=text, meant=meant) from error
    if interval.start_earliest and interval.end_latest and interval.start_earliest > interval.end_latest:
        raise DraftError("edtf_order", text=text)
    return text


def _date(_: Field, text: str, __: KnownThings) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise DraftError("date", text=text) from error


def _url(_: Field, text: str, __: KnownThings) -> str:
    try:
        scheme = urlsplit(ox.NamedNode(text).value).scheme
    except ValueError as error:
        raise DraftError("url", text=text) from error
    if scheme not in ("http", "https"):
        raise DraftError("url", text=text)
    return text


def _position(_: Field, text: str, __: KnownThings) -> str:
    if not (text.isascii() and text.isdecimal()):
        raise DraftError("position", text=text)
    return str(int(text))


def _file(_: Field, text: str, __: KnownThings) -> str:
    if not Path(text).is_file():
        raise DraftError("file", text=text)
    try:
        words = Path(text).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DraftError("file_encoding", text=text) from error
    if not words.strip():
        raise DraftError("file_empty", text=text)
    return text


READINGS: dict[str, Reading] = {
    "text": _text, "thing": _thing, "choice": _choice, "edtf": _edtf, "date": _date, "url": _url,
    "position": _position, "file": _file,
}  # fmt: skip
