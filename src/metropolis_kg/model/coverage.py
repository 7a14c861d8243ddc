"""Where in a text claims rest, and how much of it is quoted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from metropolis_kg.model.sentences import Span

BAR = 1000
"""Into how many parts the bar divides a text."""


class Place(NamedTuple):
    """Where in a source a claim rests on evidence: with a quote of so many characters, or without one."""

    start: int | None
    length: int | None
    evidence: str
    claim: str
    number: int = 0
    """The place of the evidence among all that is told of the source, from 1."""

    @property
    def span(self) -> Span | None:
        """Where the quote stands; none without a quote, or where that is not known."""
        return None if self.start is None or self.length is None else Span(self.start, self.start + self.length)


@dataclass(frozen=True)
class Coverage:
    """How much of a text is quoted: characters, and stretches as thousandths of the text: where, and how long."""

    quoted: int
    reached: int
    bar: Sequence[tuple[int, int]]

    @property
    def percent(self) -> int:
        """How much of what is reached is quoted, rounded down."""
        return self.quoted * 100 // self.reached


def coverage(spans: Iterable[Span]) -> Coverage | None:
    """Return the coverage by quotes at ``spans``, in the order in which they start; none where there is none."""
    quoted = joined(spans)
    if not quoted:
        return None
    reached = quoted[-1].end
    return Coverage(sum(span.end - span.start for span in quoted), reached, list(_bar(quoted, reached)))


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return the stretches that at least one of ``spans`` has, which are in the order in which they start.

    >>> joined([Span(0, 5), Span(3, 4), Span(5, 9), Span(12, 13)])
    [Span(start=0, end=9), Span(start=12, end=13)]
    """
    stretches: list[Span] = []
    for span in spans:
        if stretches and span.start <= stretches[-1].end:
            stretches[-1] = Span(stretches[-1].start, max(span.end, stretches[-1].end))
        else:
            stretches.append(span)
    return stretches


def _bar(quoted: Iterable[Span], reached: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches as parts of a bar, each at least one part long; those that adjoin there as one."""
    begin = end = 0
    for span in quoted:
        start, stop = span.start * BAR // reached, max(-(-span.end * BAR // reached), 1)
        if start > end:
            yield from [(begin, end - begin)] if end else []
            begin = start
        end = max(end, stop)
    yield begin, end - begin
