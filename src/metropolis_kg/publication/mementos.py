"""Mementos: documents as earlier publications had them (RFC 7089)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from metropolis_kg.errors import MetropolisError
from metropolis_kg.model.publications import Publication
from metropolis_kg.publication.link_values import link_value
from metropolis_kg.publication.media_types import LINK_FORMAT

_DATE = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) "
    r"(\d\d):(\d\d):([0-5]\d|60) GMT"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class MomentError(MetropolisError):
    """An Accept-Datetime header is no date of the form that RFC 7089 section 2.1.1 prescribes."""

    def __init__(self, sent: str) -> None:
        super().__init__(
            f"Accept-Datetime: {sent[:80]} is no date of the form that is expected, Thu, 31 May 2007 20:35:00 GMT."
        )


class UnknownMementoError(MetropolisError):
    """There is no such memento; carries the IRIs of those there are."""

    def __init__(self, reason: str, others: Sequence[str] = ()) -> None:
        self.others = tuple(others)
        super().__init__(reason)


@dataclass(frozen=True)
class Memento:
    """A document as one publication had it."""

    publication: Publication
    path: str
    """Path below the base, with the query of its address, of the document: ``doc/place/berlin.ttl?at=2018``."""

    @property
    def iri(self) -> str:
        """Where it is. The time is in the address, not the release, since a release may be published twice."""
        return f"{self.publication.base}memento/{self.publication.stamp}/{self.path}"

    @property
    def datetime(self) -> str:
        """When it was published, as HTTP writes dates."""
        return format_datetime(self.publication.published, usegmt=True)


@dataclass(frozen=True)
class Mementos:
    """All mementos of one document, the first one first; there is at least one."""

    base: str
    path: str
    all: tuple[Memento, ...]

    @property
    def original(self) -> str:
        """The address of the document as it is now (URI-R)."""
        return self.base + self.path

    @property
    def timemap(self) -> str:
        """Where all are listed (URI-T)."""
        return f"{self.base}timemap/{self.path}"

    def at(self, moment: datetime | None) -> Memento:
        """Return what was published at ``moment``; before the first, the first; without a moment, the last."""
        fitting = [each for each in self.all if moment is None or each.publication.published <= moment]
        return fitting[-1] if fitting else self.all[0]

    def links(self, chosen: Memento) -> list[str]:
        """Return link values from ``chosen`` or the TimeGate that chose it to the others (RFC 7089 section 2.2)."""
        here = self.all.index(chosen)
        named = {"first": 0, "prev": here - 1, "self": here, "next": here + 1, "last": len(self.all) - 1}
        places: dict[int, list[str]] = {}
        for name, place in named.items():
            if 0 <= place < len(self.all):
                places.setdefault(place, []).extend([name] if name != "self" else [])
        return [_memento_link(self.all[place], *names) for place, names in sorted(places.items())]


def history_links(base: str, path: str) -> list[str]:
    """Return link values from the document ``path`` to itself as the original, its TimeGate and its TimeMap."""
    return [*original_links(base, path), link_value(f"{base}timemap/{path}", "timemap", type=LINK_FORMAT.media_type)]


def original_links(base: str, path: str) -> list[str]:
    """Return link values to the document ``path`` as it is now, and to its TimeGate."""
    return [link_value(base + path, "original"), link_value(f"{base}timegate/{path}", "timegate")]


def timemap(mementos: Mementos) -> bytes:
    """Return the TimeMap in link format (RFC 7089 section 5, RFC 6690)."""
    first, last = mementos.all[0], mementos.all[-1]
    span = {"from": first.datetime, "until": last.datetime}
    itself = link_value(mementos.timemap, "self", type=LINK_FORMAT.media_type, **span)
    listed = [_memento_link(each, *_ends(each, first, last)) for each in mementos.all]
    links = [*original_links(mementos.base, mementos.path), itself, *listed]
    return (",\n".join(links) + "\n").encode()


def _ends(memento: Memento, first: Memento, last: Memento) -> Iterable[str]:
    return [name for name, end in (("first", first), ("last", last)) if memento is end]


def _memento_link(memento: Memento, *names: str) -> str:
    return link_value(memento.iri, " ".join([*names, "memento"]), datetime=memento.datetime)


def moment_of(sent: str | None) -> datetime | None:
    """Return the moment that an Accept-Datetime header names; none where there is no header. Raises MomentError.

    >>> moment_of("Thu, 31 May 2007 20:35:00 GMT").isoformat()
    '2007-05-31T20:35:00+00:00'
    """
    if sent is None:
        return None
    found = _DATE.fullmatch(sent.strip(" \t"))
    if not found:
        raise MomentError(sent)
    day, month, year, hour, minute, second = found.groups()
    try:
        time = (int(hour), int(minute), min(int(second), 59))  # a leap second
        return datetime(int(year), _MONTHS.index(month) + 1, int(day), *time, tzinfo=UTC)
    except ValueError as error:
        raise MomentError(sent) from error
