"""Publications: which release was what readers saw, from when on, and which things it changed."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Publication:
    """One time that a release was published: by a build, by a switch, or by a rollback.

    Things are named by their paths below ``base`` (``id/person/michael-mueller``), each once and in order. Lists of
    very many are not tuples, but other sequences.
    """

    number: int
    """1 for the first, and one more each time."""

    digest: str
    """The release that was published."""

    published: datetime
    """When, in UTC, to the second; later than every publication before."""

    base: str
    """Absolute IRI, with closing slash, under which the things are named."""

    created: Sequence[str] = ()
    """Things that the publication before did not have; of the first, all."""

    updated: Sequence[str] = ()
    """Things of which another statement is made than in the publication before."""

    removed: Sequence[str] = ()
    """Things that only the publication before had."""

    @property
    def stamp(self) -> str:
        """The time as it stands in addresses: fourteen digits, UTC."""
        return self.published.strftime("%Y%m%d%H%M%S")

    def what(self, thing: str) -> str | None:
        """Return what happened to the ``thing``, ``created``, ``updated`` or ``removed``; none where nothing did."""
        return next((what for what, things in self.changed.items() if _has(things, thing)), None)

    def brings(self, thing: str) -> bool:
        """Tell whether the ``thing`` is new."""
        return _has(self.created, thing)

    def takes(self, thing: str) -> bool:
        """Tell whether the ``thing`` is gone."""
        return _has(self.removed, thing)

    @property
    def changed(self) -> dict[str, Sequence[str]]:
        """What happened (``created``, ``updated``, ``removed``), in this order, → the things."""
        return {"created": self.created, "updated": self.updated, "removed": self.removed}


def _has(things: Sequence[str], thing: str) -> bool:
    """Tell whether ``thing`` is among ``things``, which are in order. A long list finds it itself."""
    if not isinstance(things, tuple):
        return thing in things
    place = bisect_left(things, thing)
    return place < len(things) and things[place] == thing


@dataclass(frozen=True)
class Removal:
    """A thing that is gone: the publication that had it last, and the one that had it no more."""

    last: Publication
    gone: Publication


def until(publications: Sequence[Publication], digest: str | None) -> tuple[Publication, ...]:
    """Return those of ``publications`` that readers have seen when the release ``digest`` is the published one.

    What follows the last publication of that release was noted by a process that was killed before it published
    anything. Where nothing is published, or what no publication tells of, all have been seen.
    """
    own = [index for index, each in enumerate(publications) if each.digest == digest]
    return tuple(publications[: own[-1] + 1] if own else publications)


def of_one_base(publications: Sequence[Publication]) -> tuple[Publication, ...]:
    """Return the latest of ``publications`` that have the base of the last: names under another base are others'."""
    if not publications:
        return ()
    base = publications[-1].base
    return tuple(reversed(list(takewhile(lambda each: each.base == base, reversed(publications)))))


def having(publications: Iterable[Publication], thing: str) -> tuple[Publication, ...]:
    """Return the publications, of one base and from its first on, in which the ``thing`` is."""
    found, there = [], False
    for each in publications:
        there = each.brings(thing) or (there and not each.takes(thing))
        if there:
            found.append(each)
    return tuple(found)


def removal(publications: Sequence[Publication], thing: str) -> Removal | None:
    """Return how the ``thing`` went; none where it is there, or never was. ``publications`` are as for ``having``."""
    found = having(publications, thing)
    if not found or found[-1] is publications[-1]:
        return None
    last = found[-1]
    return Removal(last, next(each for each in publications if each.number > last.number))


def next_time(now: datetime, last: Publication | None) -> datetime:
    """Return when a publication that follows ``last`` takes place: now, to the second, but later than ``last``.

    >>> before = Publication(1, "aa", datetime(2026, 11, 25, 12, tzinfo=UTC), "http://localhost:8000/")
    >>> next_time(datetime(2026, 11, 25, 11, tzinfo=UTC), before).isoformat()
    '2026-11-25T12:00:01+00:00'
    """
    whole = now.astimezone(UTC).replace(microsecond=0)
    return max(whole, last.published + _SECOND) if last else whole
