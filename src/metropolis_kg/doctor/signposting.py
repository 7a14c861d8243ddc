"""Links for machines: FAIR Signposting, levels 1 and 2."""

from collections.abc import Iterable, Iterator
from typing import Any

from metropolis_kg.doctor.behaviours import asks
from metropolis_kg.doctor.examination import Asking
from metropolis_kg.doctor.exchange import Exchange
from metropolis_kg.doctor.finding import Finding, expect
from metropolis_kg.doctor.graphs import FORMATS
from metropolis_kg.doctor.link_header import Link, links_of
from metropolis_kg.doctor.page import page_of

LINKSETS = ("application/linkset+json", "application/linkset")
_SIGNPOSTS = ("author", "cite-as", "collection", "describedby", "item", "license", "type")

Signs = frozenset[tuple[str, str]]
"""Pairs of relation and target."""


@asks("L1")
def signposting(asking: Asking) -> Iterator[Finding]:
    """A machine that lands on the page finds name, formats, licence and dataset without reading it."""
    answer = asking.for_people
    cited = [link.target for link in answer.linked("cite-as")]
    yield expect(answer, cited == [asking.thing], "Link has one cite-as, the thing", f"it has {cited or 'none'}")
    for relation in ("type", "license"):
        yield expect(answer, answer.linked(relation), f"Link has {relation}", "it has none")
    kinds = {link.media_type for link in answer.linked("describedby")}
    yield expect(
        answer, kinds & FORMATS.keys(), "Link has describedby for the formats of RDF, with their types", "it has none"
    )
    grouped = answer.linked("collection") + answer.linked("item")
    yield expect(answer, grouped, "Link has collection, or item", "it has neither")
    header = _signs(answer.links)
    inside = _signs(page_of(answer).links)
    yield expect(answer, header == inside, "the page has the same links as the header", _difference(header, inside))
    yield from _linksets(asking, answer, header)


def _linksets(asking: Asking, answer: Exchange, header: Signs) -> Iterator[Finding]:
    linked = {link.media_type: link.target for link in answer.linked("linkset")}
    for media_type in LINKSETS:
        where = linked.get(media_type, "")
        yield expect(answer, where, f"Link has a linkset in {media_type}", "it has none")
        if not asking.publisher.within.holds(where):
            continue
        found = asking.get(where, media_type)
        yield expect(found, found.is_whole and found.media_type == media_type, f"the linkset is {media_type}")
        told = _signs(link for link in _links_in(found) if link.anchor == answer.url)
        yield expect(found, told == header, "the linkset has the same links as the header", _difference(header, told))


def _signs(links: Iterable[Link]) -> Signs:
    return frozenset((each, link.target) for link in links for each in link.relations if each in _SIGNPOSTS)


def _difference(header: Signs, other: Signs) -> str:
    return f"{len(header - other)} only in the header, {len(other - header)} only there"


def _links_in(linkset: Exchange) -> list[Link]:
    """Return the links of a link set (RFC 9264) in either syntax; none where it cannot be read."""
    if linkset.media_type == LINKSETS[1]:
        return list(links_of(linkset.text, linkset.url))
    try:
        return [link for context in linkset.json()["linkset"] for link in _of_context(context)]
    except (TypeError, KeyError, AttributeError):
        return []


def _of_context(context: dict[str, Any]) -> Iterator[Link]:
    anchor = str(context.get("anchor", ""))
    for relation, targets in context.items():
        if relation != "anchor":
            yield from (
                Link(each["href"], frozenset([relation]), str(each.get("type", "")), "", anchor) for each in targets
            )
