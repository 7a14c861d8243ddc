"""The change feed: a Linked Data Event Stream of versions of things (LDES 1.0, TREE).

Each thing that a publication created, updated or removed is one member, in the order of publications. A member is named
by the time of its publication, and what the release says of the thing stands in a named graph of that name, as the
specification has it for upserts. Members stand on pages of ``PAGE``; a page that is full never changes again. The root
leads to the pages, by way of index nodes where there are many.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import accumulate

import pyoxigraph as ox

from metropolis_kg.errors import MetropolisError
from metropolis_kg.model.namespaces import RDF, XSD, expand
from metropolis_kg.model.publications import Publication
from metropolis_kg.publication.media_types import HTML, JSON_LD, N_QUADS, TRIG, Syntax
from metropolis_kg.publication.negotiation import LANGUAGES
from metropolis_kg.publication.words import Words
from metropolis_kg.store.results import write_quads

PAGE = 200
"""Members on a full page."""

FAN = 200
"""Pages to which one node leads; where there are more, the root leads to index nodes."""

FEEDS = (TRIG, N_QUADS, JSON_LD, HTML)
"""What the feed comes in: syntaxes that have named graphs, and pages to read."""

SPACES = {
    "as": "https://www.w3.org/ns/activitystreams#",
    "dct": "http://purl.org/dc/terms/",
    "ldes": "https://w3id.org/ldes#",
    "rdf": RDF,
    "tree": "https://w3id.org/tree#",
    "xsd": XSD,
}
"""The namespaces of the feed itself."""

_POLLING = 60
"""Seconds after which a client looks for new members; pages that change are not kept longer."""

_KINDS = {"created": "Create", "updated": "Update", "removed": "Delete"}

Statements = Callable[["Event"], Sequence[ox.Triple]]
"""What the release of an event says of its thing."""


class UnknownFeedPageError(MetropolisError):
    """There is no such page of the feed, or no feed at all."""


class FeedPageGoneError(MetropolisError):
    """A page of the feed needs a release that is not kept any more."""


@dataclass(frozen=True)
class Event:
    """What a publication did to a thing."""

    publication: Publication
    thing: str
    """Path of the thing below the base."""

    kind: str
    """``created``, ``updated`` or ``removed``."""

    @property
    def iri(self) -> str:
        """IRI of the thing."""
        return self.publication.base + self.thing

    @property
    def version(self) -> str:
        """IRI of the version, which is the member of the stream."""
        return f"{self.publication.base}version/{self.publication.stamp}/{self.thing}"


@dataclass(frozen=True)
class Node:
    """A node of the search tree below the root: a page of members, or an index of pages."""

    iri: str
    since: datetime
    """Time of its first member."""

    until: datetime | None
    """Time of its last member; none while more may come."""


@dataclass(frozen=True)
class Feed:
    """All events of the publications under one base, the oldest first."""

    publications: tuple[Publication, ...]

    @property
    def base(self) -> str:
        """Absolute IRI, with closing slash, under which the things are named."""
        return self.publications[0].base

    @property
    def iri(self) -> str:
        """IRI of the root node."""
        return f"{self.base}feed"

    @property
    def stream(self) -> str:
        """IRI of the event stream."""
        return f"{self.iri}#stream"

    @property
    def first(self) -> int:
        """Number of the first publication; it tells pages from those of the time when the base was another."""
        return self.publications[0].number

    @property
    def pages(self) -> int:
        """Number of pages, counted from 1."""
        return -(-len(self) // PAGE)

    @property
    def indexes(self) -> int:
        """Number of index nodes, counted from 1; none where the root leads to the pages itself."""
        return -(-self.pages // FAN) if self.pages > FAN else 0

    def page(self, number: int) -> list[Event]:
        """Return the events on a page. Raises UnknownFeedPageError."""
        if not 0 < number <= self.pages:
            raise UnknownFeedPageError(f"The feed has the pages 1 to {self.pages}; {self.iri} leads to them.")
        return list(self._events((number - 1) * PAGE, number * PAGE))

    def is_full(self, number: int) -> bool:
        """Return whether nothing will ever be added to a page."""
        return number * PAGE <= len(self)

    def page_iri(self, number: int) -> str:
        """Return the IRI of a page."""
        return f"{self.iri}/{self.first}/{number}"

    def index(self, number: int) -> list[Node]:
        """Return the pages to which an index node leads. Raises UnknownFeedPageError."""
        if not 0 < number <= self.indexes:
            raise UnknownFeedPageError(f"The feed has {self.indexes} index nodes; {self.iri} leads to its pages.")
        return [self._page_node(page) for page in range((number - 1) * FAN + 1, min(number * FAN, self.pages) + 1)]

    def root(self) -> list[Node]:
        """Return the nodes to which the root leads."""
        if self.indexes:
            return [self._index_node(number) for number in range(1, self.indexes + 1)]
        return [self._page_node(number) for number in range(1, self.pages + 1)]

    def event(self, moment: str, thing: str) -> Event:
        """Return what the publication at ``moment``, fourteen digits, did to ``thing``. Raises UnknownFeedPageError."""
        for publication in self.publications:
            kind = publication.what(thing) if publication.stamp == moment else None
            if kind:
                return Event(publication, thing, kind)
        raise UnknownFeedPageError(f"No publication of {moment[:14]} created, updated or removed {self.base}{thing}.")

    def __len__(self) -> int:
        return self._ends[-1]

    @cached_property
    def _ends(self) -> list[int]:
        """For each publication, how many events there are up to its end."""
        return list(accumulate(sum(map(len, each.changed.values())) for each in self.publications))

    def _events(self, start: int, stop: int) -> Iterator[Event]:
        begin = 0
        for publication, end in zip(self.publications, self._ends, strict=True):
            if end > start and begin < stop:
                yield from _events(publication, max(start - begin, 0), stop - begin)
            begin = end

    def _time(self, place: int) -> datetime:
        """Return the time of the event at ``place``, counted from 0."""
        return next(
            publication.published
            for publication, end in zip(self.publications, self._ends, strict=True)
            if place < end
        )  # fmt: skip

    def _page_node(self, number: int) -> Node:
        full = self.is_full(number)
        last = self._time(number * PAGE - 1) if full else None
        return Node(self.page_iri(number), self._time((number - 1) * PAGE), last)

    def _index_node(self, number: int) -> Node:
        full = self.is_full(number * FAN)
        last = self._time(number * FAN * PAGE - 1) if full else None
        return Node(f"{self.iri}/{self.first}/index-{number}", self._time((number - 1) * FAN * PAGE), last)


def _events(publication: Publication, start: int, stop: int) -> Iterator[Event]:
    """Yield the events of a publication from ``start`` up to, and without, ``stop``."""
    for kind, things in publication.changed.items():
        for thing in things[max(start, 0) : max(stop, 0)]:
            yield Event(publication, thing, kind)
        start, stop = start - len(things), stop - len(things)


# As data


def root_quads(feed: Feed, licences: Sequence[str]) -> list[ox.Quad]:
    """Return the root node: what the stream is, and the relations to its pages."""
    stream, root = ox.NamedNode(feed.stream), ox.NamedNode(feed.iri)
    said: list[tuple[ox.NamedNode, str, ox.NamedNode | ox.Literal]] = [
        (stream, "rdf:type", _term("ldes:EventStream")),
        *((stream, "dct:title", ox.Literal(Words(code)["feed_title"], language=code)) for code in LANGUAGES),
        *((stream, "dct:license", ox.NamedNode(licence)) for licence in licences),
        (stream, "dct:source", ox.NamedNode(f"{feed.base}dataset")),
        (stream, "ldes:timestampPath", _term("dct:created")),
        (stream, "ldes:versionOfPath", _term("dct:isVersionOf")),
        *((stream, f"ldes:version{kind}Path", _term("rdf:type")) for kind in _KINDS.values()),
        *((stream, f"ldes:version{kind}Object", _term(f"as:{kind}")) for kind in _KINDS.values()),
        (stream, "ldes:pollingInterval", ox.Literal(_POLLING)),
        (stream, "tree:view", root),
        (root, "rdf:type", _term("tree:Node")),
        (root, "rdf:type", _term("ldes:EventSource")),
    ]
    return [_quad(*each) for each in said] + list(_relations(feed.iri, feed.root()))


def index_quads(feed: Feed, number: int) -> list[ox.Quad]:
    """Return an index node. Raises UnknownFeedPageError."""
    iri = f"{feed.iri}/{feed.first}/index-{number}"
    relations = list(_relations(iri, feed.index(number)))
    return _node(feed, iri, full=feed.is_full(number * FAN)) + relations


def page_quads(feed: Feed, number: int, statements: Statements) -> list[ox.Quad]:
    """Return a page with its members, the oldest first. Raises UnknownFeedPageError and what ``statements`` raises."""
    quads = _node(feed, feed.page_iri(number), full=feed.is_full(number))
    for event in feed.page(number):
        quads += _member(feed, event, statements)
    return quads


def write_feed(quads: Sequence[ox.Quad], syntax: Syntax, prefixes: Mapping[str, str]) -> bytes:
    """Return ``quads``, in their order, in ``syntax``, one of ``FEEDS`` other than HTML."""
    return write_quads(quads, syntax.media_type, {**prefixes, **SPACES})


def _node(feed: Feed, iri: str, *, full: bool) -> list[ox.Quad]:
    node = ox.NamedNode(iri)
    said = [_quad(node, "rdf:type", _term("tree:Node")), _quad(node, "dct:isPartOf", ox.NamedNode(feed.iri))]
    return [*said, _quad(node, "ldes:immutable", ox.Literal(True))] if full else said


def _member(feed: Feed, event: Event, statements: Statements) -> Iterator[ox.Quad]:
    version = ox.NamedNode(event.version)
    yield _quad(ox.NamedNode(feed.stream), "tree:member", version)
    yield _quad(version, "rdf:type", _term(f"as:{_KINDS[event.kind]}"))
    yield _quad(version, "dct:isVersionOf", ox.NamedNode(event.iri))
    yield _quad(version, "dct:created", _time(event.publication.published))
    for triple in statements(event):  # of what is gone: what is said of its end, if anything
        yield ox.Quad(triple.subject, triple.predicate, triple.object, version)


def _relations(iri: str, nodes: Sequence[Node]) -> Iterator[ox.Quad]:
    """Yield the relations to ``nodes``: not before their first member, and not after their last where it is known."""
    bounds = [(f"{iri}#since-{number}", node, node.since) for number, node in enumerate(nodes, 1)]
    bounds += [(f"{iri}#until-{number}", node, node.until) for number, node in enumerate(nodes, 1) if node.until]
    for name, _, _ in bounds:
        yield _quad(ox.NamedNode(iri), "tree:relation", ox.NamedNode(name))
    for name, node, time in bounds:
        relation, kind = ox.NamedNode(name), "GreaterThan" if "#since-" in name else "LessThan"
        yield _quad(relation, "rdf:type", _term(f"tree:{kind}OrEqualToRelation"))
        yield _quad(relation, "tree:node", ox.NamedNode(node.iri))
        yield _quad(relation, "tree:path", _term("dct:created"))
        yield _quad(relation, "tree:value", _time(time))


def _quad(subject: ox.NamedNode, name: str, value: ox.NamedNode | ox.Literal) -> ox.Quad:
    return ox.Quad(subject, _term(name), value)


def _term(name: str) -> ox.NamedNode:
    return ox.NamedNode(expand(name, SPACES))


def _time(moment: datetime) -> ox.Literal:
    return ox.Literal(moment.strftime("%Y-%m-%dT%H:%M:%SZ"), datatype=_term("xsd:dateTime"))
