"""The change feed as people read it: publications, the events on a page, and entries for feed readers (RFC 4287)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from metropolis_kg.model.identifiers import document_path
from metropolis_kg.model.publications import Publication
from metropolis_kg.publication.feed import PAGE, Event, Feed
from metropolis_kg.publication.names import Names
from metropolis_kg.publication.words import Words

MOST_ENTRIES = 25
"""Publications on one page of the Atom feed, and at most on the page to read."""

_MOST_NAMED = 40
"""Things that one entry names."""


@dataclass(frozen=True)
class PublicationRow:
    """A publication, and the page of the feed on which its first event stands; none where nothing changed."""

    publication: Publication
    page: int | None
    again: bool
    """Whether the same release was published before: a rollback, or a switch back."""

    @property
    def counts(self) -> dict[str, int]:
        """How many things were created, updated and removed."""
        return _counts(self.publication)


@dataclass(frozen=True)
class EventRow:
    """An event, with what its thing is called."""

    event: Event
    name: str
    document: str
    """Path of the document about the thing, below the base."""

    then: str
    """Path of the document as this publication had it."""


@dataclass(frozen=True)
class Entry:
    """An entry of the Atom feed."""

    iri: str
    title: str
    time: str
    summary: str
    link: str
    things: list[tuple[str, str, str]]
    """What happened, name and address of the first things."""

    more: int
    """How many things are not named."""


def publication_rows(feed: Feed) -> list[PublicationRow]:
    """Return the last publications, the newest first."""
    found, begin = [], 0
    again = _again(feed)
    for publication in feed.publications:
        size = sum(_counts(publication).values())
        page = begin // PAGE + 1 if size else None
        found.append(PublicationRow(publication, page, publication.number in again))
        begin += size
    return found[-MOST_ENTRIES:][::-1]


def event_rows(events: Sequence[Event], names: Names, language: str) -> list[EventRow]:
    """Return the rows of a page; a thing without a name is called by its path."""
    return [
        EventRow(
            event, _name(event, names, language), document_path(event.thing),
            f"memento/{event.publication.stamp}/{document_path(event.thing)}",
        )
        for event in events
    ]  # fmt: skip


def entries(feed: Feed, page: int, words: Words, names_of: Callable[[Sequence[str]], Names]) -> list[Entry]:
    """Return the entries on one page of the Atom feed, counted from 1, the newest first.

    ``names_of`` returns what things are called.
    """
    newest = feed.publications[::-1][(page - 1) * MOST_ENTRIES : page * MOST_ENTRIES]
    again = _again(feed)
    named = {publication.number: _first_events(publication) for publication in newest}
    names = names_of(sorted({event.iri for events in named.values() for event in events}))
    return [
        _entry(publication, named[publication.number], words, names, again=publication.number in again)
        for publication in newest
    ]


def _again(feed: Feed) -> set[int]:
    """Return the numbers of the publications whose release was published before."""
    seen: set[str] = set()
    found = set()
    for publication in feed.publications:
        if publication.digest in seen:
            found.add(publication.number)
        seen.add(publication.digest)
    return found


def _entry(publication: Publication, events: Sequence[Event], words: Words, names: Names, *, again: bool) -> Entry:
    counts, moment = _counts(publication), publication.stamp
    summary = words["feed_counts"].format(**counts)
    if again:
        summary = f"{words['release']} {publication.digest[:12]}, {words['feed_again']}: {summary}"
    things = [
        (
            words[f"thing_{event.kind}"],
            _name(event, names, words.language),
            publication.base + document_path(event.thing),
        )
        for event in events
    ]
    return Entry(
        iri=f"{publication.base}feed#publication-{moment}",
        title=f"{words['feed_publication']} {publication.published:%Y-%m-%d %H:%M} UTC: {summary}",
        time=publication.published.strftime("%Y-%m-%dT%H:%M:%SZ"), summary=summary,
        link=f"{publication.base}memento/{moment}/doc/dataset", things=things, more=sum(counts.values()) - len(things),
    )  # fmt: skip


def _first_events(publication: Publication) -> list[Event]:
    every = (Event(publication, thing, kind) for kind, things in publication.changed.items() for thing in things)
    return list(islice(every, _MOST_NAMED))


def _counts(publication: Publication) -> dict[str, int]:
    return {kind: len(things) for kind, things in publication.changed.items()}


def _name(event: Event, names: Names, language: str) -> str:
    return names.name(event.iri, language) if event.iri in names.labels else event.thing.removeprefix("id/")
