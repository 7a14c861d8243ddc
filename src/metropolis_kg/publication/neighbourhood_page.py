"""The things around a thing as a page shows them: a drawing, and a list that says the same."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from metropolis_kg.model.kinds import THINGS
from metropolis_kg.publication.claim_view import held_times, kind_name, kind_of
from metropolis_kg.publication.drawn_text import drawn, fitted, shortened, width_of
from metropolis_kg.publication.names import Names
from metropolis_kg.publication.neighbourhood import Link, Neighbour, Neighbourhood
from metropolis_kg.publication.neighbourhood_layout import Place, Places, curve, narrow, trunk, wide
from metropolis_kg.publication.reading import Links, Reader, Value
from metropolis_kg.publication.words import Words

_MOST_LINKS = 10
"""Links between two things that the list names; the others it counts."""

_LONGEST = 200
"""Characters of a name; its own page has the whole."""

_BOLD = 1.16
"""How much wider bold type is."""

_STYLES = ("certain", "possible", "timeless")

_TOLD_BY_LABEL = ("AttributedStatement", "Dating", "MemberCount", "Election")
"""Classes of claims that only their own labels tell apart."""


@dataclass(frozen=True)
class LinkView:
    """What links two things: its name, its time as stated, and what else is to be known of it."""

    what: Value
    when: str | None
    notes: list[str]


@dataclass(frozen=True)
class NeighbourView:
    """A neighbour in the list."""

    thing: Value
    kind: str
    links: list[LinkView]
    more: str | None
    also: list[Value]
    """Other things of the step before that it is linked with."""

    beyond: "list[NeighbourView]"


@dataclass(frozen=True)
class Box:
    """A box of the drawing: two lines of text, the kind of its thing, and where it leads."""

    place: Place
    name: str
    label: str
    kind: str
    href: str | None
    title: str


@dataclass(frozen=True)
class Line:
    """A line of the drawing; its style is ``certain``, ``possible``, ``timeless``, or that of a ``trunk``."""

    path: str
    style: str


@dataclass(frozen=True)
class Drawing:
    """A drawing, in pixels."""

    width: float
    height: float
    boxes: list[Box]
    lines: list[Line]


@dataclass(frozen=True)
class NeighbourhoodPage:
    """What the page shows."""

    title: Value
    drawings: Mapping[str, Drawing]
    around: list[NeighbourView]
    kinds: list[str]
    styles: list[str]
    more: list[str]
    """What is not shown, in words."""


def neighbourhood_page(found: Neighbourhood, names: Names, links: Links, words: Words) -> NeighbourhoodPage:
    """Return the page in the language of ``words``."""
    telling = _Telling(found, Reader(found.said, names, links, words))
    around = telling.in_order(found.around)
    beyond = [[each for each in telling.in_order(found.beyond) if each.parent == near.iri] for near in around]
    shown = [*found.around, *found.beyond]
    more = [words["neighbourhood_left_out"].format(words.number(found.left_out))] if found.left_out else []
    more += [words["neighbourhood_unseen"].format(words.number(found.unseen))] if found.unseen else []
    counts = [len(each) for each in beyond]
    drawings = {"wide": wide(counts), "narrow": narrow(counts)} if around else {}
    return NeighbourhoodPage(
        title=telling.title,
        drawings={name: telling.drawing(places, around, beyond) for name, places in drawings.items()},
        around=[telling.neighbour(near, further) for near, further in zip(around, beyond, strict=True)],
        kinds=[kind for kind in THINGS if any(each.kind == kind for each in shown)],
        styles=[style for style in _STYLES if style in map(telling.style, _all_links(shown))],
        more=more,
    )  # fmt: skip


def _all_links(neighbours: Sequence[Neighbour]) -> list[tuple[Link, ...]]:
    return [links for each in neighbours for links in each.links.values()]


class _Telling:
    """Tells of neighbours in the words of a page."""

    def __init__(self, found: Neighbourhood, reader: Reader) -> None:
        self._found, self.reader, self._words = found, reader, reader.words

    @property
    def title(self) -> Value:
        """What the thing in the middle is called."""
        value = self.reader.label(self._found.said.thing)
        return replace(value, text=shortened(value.text, _LONGEST))

    def in_order(self, neighbours: Sequence[Neighbour]) -> list[Neighbour]:
        """Return them by kind, then by name."""
        return sorted(
            neighbours,
            key=lambda each: (THINGS.index(each.kind), self.reader.label(each.iri).text.casefold(), each.iri),
        )

    def neighbour(self, near: Neighbour, beyond: Sequence[Neighbour] = ()) -> NeighbourView:
        """Return what the list says of a neighbour, and of those beyond it."""
        links = near.links[near.parent]
        told = sorted(map(self._link, links), key=lambda link: (link.what.text.casefold(), link.when or ""))
        more = len(links) - _MOST_LINKS
        return NeighbourView(
            self._value(near.iri),
            near.kind,
            told[:_MOST_LINKS],
            self._words["neighbourhood_more_links"].format(self._words.number(more)) if more > 0 else None,
            [self._value(thing) for thing in near.links if thing != near.parent],
            [self.neighbour(each) for each in beyond],
        )

    def drawing(
        self, places: Places, around: Sequence[Neighbour], beyond: Sequence[Sequence[Neighbour]]
    ) -> Drawing:  # fmt: skip
        """Return the drawing of all in their ``places``."""
        thing = self._found.said.thing
        title, where = self.title.text, {thing: places.middle}
        boxes = [Box(places.middle, *_in_two(title, places.middle.width - 24), "", None, title)]
        for near, place, further, their in zip(around, places.around, beyond, places.beyond, strict=True):
            for each, at in ((near, place), *zip(further, their, strict=True)):
                where[each.iri] = at
                boxes.append(self._box(each, at))
        trunks = [
            trunk(near, further)
            for near, further in ((places.middle, places.around), *zip(places.around, places.beyond, strict=True))
        ]
        lines = [
            Line(curve(where[nearer], where[each.iri]), self.style(links))
            for each in (*around, *(each for further in beyond for each in further))
            for nearer, links in each.links.items()
            if nearer == each.parent or where[nearer].side * where[each.iri].side > 0
        ]
        return Drawing(places.width, places.height, boxes, [Line(path, "trunk") for path in trunks if path] + lines)

    def _box(self, each: Neighbour, place: Place) -> Box:
        value, room = self._value(each.iri), place.width - 44
        label = self._summary(each.links[each.parent])
        return Box(
            place, fitted(value.text, _BOLD * 14, room), fitted(label, 12.5, room), each.kind, value.href,
            shortened(f"{value.text}: {label}", 300),
        )  # fmt: skip

    def style(self, links: Sequence[Link]) -> str:
        """Return how certainly the surest of ``links`` held; what has no time is neither."""
        known = {self._found.certainties.get(link.claim) for link in links if link.claim}
        return next((style for style in ("certain", "possible") if style in known), "timeless")

    def _summary(self, links: Sequence[Link]) -> str:
        """Return in a few words what links two things: with its time where it is one."""
        counted = Counter(map(self._short, links))
        texts = [
            text if count == 1 else f"{text} ×{self._words.number(count)}"
            for text, count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
        ]
        when = self._when(links[0].claim) if len(links) == 1 and links[0].claim else None
        return ", ".join([*texts, *([when] if when else [])])

    def _link(self, link: Link) -> LinkView:
        if link.claim is None:
            what = Value(self._short(link))
            return LinkView(what, None, [] if link.away else [self._words["neighbourhood_towards"]])
        label = self.reader.label(link.claim) if self._is_any(link.claim, _TOLD_BY_LABEL) else Value(self._short(link))
        what = Value(shortened(label.text, _LONGEST), label.language, self.reader.links.of(link.claim))
        certainty = self._found.certainties.get(link.claim)
        notes = [self._words[certainty]] if certainty and self.reader.links.day else []
        notes += [self._words["inferred_graph"]] if self._is_any(link.claim, ("InferredRelation",)) else []
        return LinkView(what, self._when(link.claim), notes)

    def _short(self, link: Link) -> str:
        """Return a property, the role of a claim, the property a claim states, or else the class of the claim."""
        said, names, language = self.reader.description, self.reader.names, self.reader.language
        if link.property:
            return names.name(link.property, language)
        claim = link.claim or ""
        roles = [self.reader.label(role).text for role in said.things(claim, "org:role")]
        stated_properties = [names.name(each, language) for each in said.things(claim, "rdf:predicate")]
        return ", ".join(sorted(roles) or stated_properties) or kind_name(self.reader, kind_of(said, claim))

    def _when(self, claim: str) -> str | None:
        return "; ".join(held_times(self.reader, claim)) or None

    def _is_any(self, claim: str, kinds: Sequence[str]) -> bool:
        return any(self.reader.description.is_a(claim, f"mkg:{kind}") for kind in kinds)

    def _value(self, iri: str) -> Value:
        value = self.reader.value(ox.NamedNode(iri))
        return replace(value, text=shortened(value.text, _LONGEST))


def _in_two(title: str, room: float) -> tuple[str, str]:
    """Return the one or two lines in which a title fits, cut where it is longer."""
    size, words = _BOLD * 15, drawn(title, 200).split(" ")
    most = next((count for count in range(len(words), 0, -1) if width_of(" ".join(words[:count]), size) <= room), 1)
    return fitted(" ".join(words[:most]), size, room), fitted(" ".join(words[most:]), size, room)
