"""The timeline on the page of a thing: one row a dated claim, its bars in percent of an axis of days.

What is drawn on a day is what ``Bounds`` says of that day, and nothing else: certain, possible, or last known. Labels
stand beside the drawings as text, so that they never shrink with them and wrap at any width. The drawings are hidden
from screen readers and hold no link: each row is a list item with one link to its claim and the time as stated, and
the table below, closed at first, tells the days.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import ceil
from typing import Literal

from metropolis_kg.model.bounds import Bounds
from metropolis_kg.publication.axis import Axis, Mark
from metropolis_kg.publication.claim_view import ClaimView, bounds_of
from metropolis_kg.publication.description import Description
from metropolis_kg.publication.page import Page
from metropolis_kg.publication.reading import Reader
from metropolis_kg.publication.time_words import day as day_in_words
from metropolis_kg.publication.time_words import stretch
from metropolis_kg.publication.words import Words

MOST_ROWS = 40
"""Rows that are drawn; the table has them all."""

_POINT = 0.012
"""What is shorter than this part of the axis is marked, to be seen at all."""

_MARGIN, _FADING = 0.02, 0.08
"""Parts of the span: free at both ends; over which an open end fades."""

Kind = Literal["certain", "possible", "fading"]
Days = tuple[int, int]
"""The first day and the last, as ordinals of the proleptic Gregorian calendar."""


@dataclass(frozen=True)
class Bar:
    """A stretch of days of one kind; ``x`` and ``width`` are percentages of the axis."""

    kind: Kind
    x: str
    width: str


@dataclass(frozen=True)
class Told:
    """A claim as the table tells it: on which days it is certain or possible, after which it is last known."""

    claim: ClaimView
    href: str
    """Where on the page it stands, else its own address."""

    certain: str
    possible: str
    last_known: str

    @property
    def who(self) -> str:
        """Who states it: ``page``, ``enrichment``, ``inferred``, or ``unknown``."""
        return self.claim.stated_by or "unknown"


@dataclass(frozen=True)
class Row:
    """A claim as it is drawn; ``point`` is where something is marked that would be too short to be seen."""

    told: Told
    bars: tuple[Bar, ...]
    point: Bar | None = None


@dataclass(frozen=True)
class RowGroup:
    """Rows of one kind of claims, those in one organisation together, each by when it began."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Timeline:
    """Everything that the template draws and tells."""

    axis: Axis
    groups: tuple[RowGroup, ...]
    ticks: tuple[Mark, ...]
    day: Mark | None
    """The day of which the page tells; none where it tells of all time, or the day lies off the axis."""

    told: tuple[Told, ...]
    """What the table tells: of those drawn, and of those left out for want of room."""

    kinds: frozenset[str]
    """The kinds of bars that are drawn."""

    stated_by: tuple[str, ...]
    """Who states what is drawn, as ``Told.who`` says it."""

    summary: str
    notes: tuple[str, ...]
    """What is not drawn, in words."""


@dataclass(frozen=True)
class Dated:
    """A claim with the stretches in which it is certain or possible, and the first day on which it is last known."""

    claim: ClaimView
    href: str
    organisation: str
    stretches: tuple[tuple[Kind, Days], ...]
    last_known: int | None

    @property
    def days(self) -> Days:
        """The first and the last day of all that is drawn."""
        ordinals = [each for _, days in self.stretches for each in days]
        ordinals += [self.last_known] if self.last_known else []
        return min(ordinals), max(ordinals)


def timeline_of(reader: Reader, page: Page) -> Timeline | None:
    """Return the timeline of the claims that ``page`` shows; none where there is nothing to compare."""
    shown = [(page.claim, page.claim.href)] if page.claim else []
    shown += [(view, f"#{view.anchor}") for group in page.groups for view in group.claims]
    dated = [each for view, href in shown if (each := _dated(reader.description, view, href))]
    if not dated or (len(dated) == 1 and dated[0].days[0] == dated[0].days[1]):
        return None
    return draw(dated, reader.words, day=reader.links.day, undated=len(shown) - len(dated), part=page.part is not None)


def draw(
    dated: Sequence[Dated], words: Words, *, day: date | None = None, undated: int = 0, part: bool = False
) -> Timeline:  # fmt: skip
    """Return the timeline of ``dated`` claims, of which there is at least one; ``undated`` further ones are counted."""
    ordered = _ordered(dated)
    told = [_told(each, words) for each in ordered]
    drawn, axis = ordered[:MOST_ROWS], _axis(ordered[:MOST_ROWS])
    rows = [_row(axis, each, text) for each, text in zip(drawn, told, strict=False)]
    return Timeline(
        axis=axis,
        groups=tuple(
            RowGroup(words.group(kind), tuple(members))
            for kind, members in groupby(rows, key=lambda row: row.told.claim.kind)
        ),
        ticks=tuple(axis.ticks(words.language)),
        day=_day_mark(axis, day, words.language),
        told=tuple(told),
        kinds=frozenset(bar.kind for row in rows for bar in row.bars),
        stated_by=tuple(dict.fromkeys(row.told.who for row in rows)),
        summary=_summary(ordered, words),
        notes=tuple(_notes(words, more=len(ordered) - len(drawn), undated=undated, part=part)),
    )


def _dated(said: Description, view: ClaimView, href: str) -> Dated | None:
    """Return when a claim is drawn; none where there is no day on which anything is known of it."""
    organisation = next(iter(said.things(view.iri, "org:organization")), "")
    stretches, last_known = stretches_of(bounds_of(said, view.iri))
    return Dated(view, href, organisation, stretches, last_known) if stretches or last_known else None


def stretches_of(bounds: Bounds) -> tuple[tuple[tuple[Kind, Days], ...], int | None]:
    """Return the stretches in which something is certain or possible, and the first day on which it is last known."""
    certain, last_known = bounds.certain(), bounds.last_known_from()
    stretches: list[tuple[Kind, tuple[date, date]]] = [("possible", days) for days in bounds.possible()]
    stretches += [("certain", certain)] if certain else []
    stretches.sort(key=lambda stretch: stretch[1])
    ordinals = tuple((kind, (first.toordinal(), last.toordinal())) for kind, (first, last) in stretches)
    return ordinals, last_known.toordinal() if last_known else None


def _told(each: Dated, words: Words) -> Told:
    def days(wanted: Kind) -> str:
        found = [tuple(map(date.fromordinal, days)) for kind, days in each.stretches if kind == wanted]
        return "; ".join(stretch((first, last), words.language) for first, last in found)

    known = date.fromordinal(each.last_known - 1) if each.last_known and each.last_known > 1 else None
    last_known = f"{words['after']} {day_in_words(known, words.language)}" if known else ""
    return Told(each.claim, each.href, days("certain"), days("possible"), last_known)


def _ordered(dated: Sequence[Dated]) -> list[Dated]:
    """Return the claims by kind, in the order of the page; then by organisation and time, the earliest first."""
    kinds = {kind: place for place, kind in enumerate(dict.fromkeys(each.claim.kind for each in dated))}
    begun: dict[tuple[str, str], int] = {}
    for each in dated:
        key = each.claim.kind, each.organisation
        begun[key] = min(begun.get(key, each.days[0]), each.days[0])

    def place(each: Dated) -> tuple[int, int, str, Days, str]:
        kind, organisation = each.claim.kind, each.organisation
        return kinds[kind], begun[kind, organisation], organisation, each.days, each.claim.iri

    return sorted(dated, key=place)


def _axis(drawn: Sequence[Dated]) -> Axis:
    """Return an axis that has room for all, and at its end for what fades."""
    first, last = min(each.days[0] for each in drawn), max(each.days[1] for each in drawn)
    fading = any(each.last_known for each in drawn)
    return Axis.covering(first, last, _MARGIN, _FADING if fading else _MARGIN)


def _row(axis: Axis, each: Dated, told: Told) -> Row:
    bars = [_bar(axis, kind, days) for kind, days in each.stretches]
    if each.last_known:
        bars.append(_bar(axis, "fading", (each.last_known, each.last_known + ceil(axis.days * _FADING))))
    return Row(told, tuple(bars), _point(axis, each))


def _bar(axis: Axis, kind: Kind, days: Days) -> Bar:
    first, last = days[0], min(days[1], axis.last)
    return Bar(kind, axis.at(first), axis.percent(last + 1 - first))


def _point(axis: Axis, each: Dated) -> Bar | None:
    """Return where a claim is marked of which all that is certain or possible is too short to be seen."""
    if not each.stretches:
        return None
    first, last = each.stretches[0][1][0], each.stretches[-1][1][1]
    if last + 1 - first >= axis.days * _POINT:
        return None
    kind: Kind = "certain" if any(kind == "certain" for kind, _ in each.stretches) else "possible"
    return Bar(kind, axis.at((first + last + 1) / 2), "")


def _day_mark(axis: Axis, day: date | None, language: str) -> Mark | None:
    if day is None or not axis.first <= day.toordinal() <= axis.last:
        return None
    return axis.mark(day.toordinal() + 0.5, day_in_words(day, language), 20)


def _summary(ordered: Sequence[Dated], words: Words) -> str:
    first, last = min(each.days[0] for each in ordered), max(each.days[1] for each in ordered)
    begin, end = (day_in_words(date.fromordinal(each), words.language) for each in (first, last))
    return words["timeline_summary"].format(words.number(len(ordered)), begin, end)


def _notes(words: Words, *, more: int, undated: int, part: bool) -> Iterable[str]:
    if more:
        yield words["timeline_more"].format(words.number(more))
    if undated:
        yield words["timeline_undated"].format(words.number(undated))
    if part:
        yield words["timeline_part"]
