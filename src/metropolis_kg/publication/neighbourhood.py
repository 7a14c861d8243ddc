"""The things around a thing: what links it with them, and these with others, within limits at each step.

A claim is a thing in the data, but no neighbour: it is what links those that it names. So a tenure links the holder
with the organisation. An event is both a claim and a neighbour.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import read_text
from metropolis_kg.model.bounds import Bounds, Certainty
from metropolis_kg.model.kinds import THINGS, KindsByClass
from metropolis_kg.model.namespaces import expand
from metropolis_kg.publication.claim_view import bounds_of
from metropolis_kg.publication.description import Description, UnknownThingError
from metropolis_kg.publication.linked import claims_of, linked_of
from metropolis_kg.publication.own_queries import rows
from metropolis_kg.publication.registered import hub_of
from metropolis_kg.store.protocol import N_TRIPLES, Bindings, Term
from metropolis_kg.store.release import OpenRelease

MOST = 60
"""Things that are shown, the one in the middle among them."""

_MOST_AROUND = {1: 40, 2: 20}
"""Steps → neighbours of the thing that are shown."""

_MOST_BEYOND = 6
"""Things at the second step that are shown beside each at the first."""

_MOST_LINKS = 400
"""Linked things, claims among them, in which neighbours of the thing are looked for."""

_HIDDEN = (
    "rdf:type", "org:linkedTo", "org:hasMembership", "cv:participates", "void:exampleResource", "foaf:primaryTopic",
)  # fmt: skip
"""Properties that are no links of their own: what they say, claims or others say as well."""

_BETWEEN_CLAIMS = (
    "mkg:succeededBy", "mkg:conflictsWith", "mkg:establishedBy", "mkg:dates", "org:memberDuring", "prov:wasDerivedFrom",
    "time:intervalMeets",
)  # fmt: skip
"""Properties by which a claim names another that it tells nothing of: it links none of its parties with that."""


@dataclass(frozen=True)
class Link:
    """What links a thing with a neighbour: a claim in which both occur, or a property of the one or the other."""

    claim: str | None
    property: str | None
    away: bool = True
    """Whether the property leads away from the thing that is nearer to the middle."""


@dataclass(frozen=True)
class Neighbour:
    """A thing at a step, and what links it with the things of the step before."""

    iri: str
    kind: str
    links: Mapping[str, tuple[Link, ...]]
    """Nearer thing → links, that with most of them first."""

    @property
    def parent(self) -> str:
        """The nearer thing beside which it is shown."""
        return next(iter(self.links))


@dataclass(frozen=True)
class Neighbourhood:
    """A thing with its neighbours, those nearest first, and a description of everything named."""

    said: Description
    around: tuple[Neighbour, ...]
    beyond: tuple[Neighbour, ...] = ()
    left_out: int = 0
    """Neighbours that were found and are not shown."""

    unseen: int = 0
    """Linked things of the thing in the middle that were not looked at."""

    certainties: Mapping[str, Certainty | None] = field(default_factory=dict)
    """Claim → how certainly it held on the day, or ever where no day is asked for; none where it has no time."""


def neighbourhood(
    release: OpenRelease, queries: Path, iri: str, *, steps: int = 1, day: date | None = None
) -> Neighbourhood:
    """Return the things at most ``steps`` (1 or 2) from the thing ``iri``; with ``day``, by what held then.

    Raises UnknownThingError and what the store raises.
    """
    try:
        ox.NamedNode(iri)
    except ValueError as error:
        raise UnknownThingError(iri) from error
    exploring = _Exploring(release, queries, day)
    linked, unseen = exploring.linked(iri)
    around = exploring.step([iri], {iri: linked}, {iri})
    shown, beyond, left_out = around[: _MOST_AROUND[steps]], [], max(0, len(around) - _MOST_AROUND[steps])
    if steps == 2:
        known = {iri, *(each.iri for each in around)}
        near = [each.iri for each in shown]
        found = exploring.step(near, {each: exploring.some_linked(each) for each in near}, known)
        beyond = _fewer(found, MOST - 1 - len(shown))
        left_out += len(found) - len(beyond)
    return Neighbourhood(exploring.said(iri), tuple(shown), tuple(beyond), left_out, unseen, exploring.certainties)


def _fewer(found: Sequence[Neighbour], most: int) -> list[Neighbour]:
    """Return the first of ``found``, no more than a few beside each thing, and no more than ``most``."""
    beside: dict[str, int] = {}
    kept = []
    for each in found:
        beside[each.parent] = beside.get(each.parent, 0) + 1
        if beside[each.parent] <= _MOST_BEYOND:
            kept.append(each)
    return kept[:most]


class _Exploring:
    """Asks a release step by step, and remembers what it said of each thing."""

    def __init__(self, release: OpenRelease, queries: Path, day: date | None) -> None:
        self._release, self._queries, self._day = release, queries / "description", day
        self._folder, self._space = queries, release.iri("id/")
        self._kinds = KindsByClass(release.prefixes)
        self._triples: set[ox.Triple] = set()
        self._told: set[str] = set()
        self.certainties: dict[str, Certainty | None] = {}

    def said(self, thing: str) -> Description:
        """Return what was said, as a description of ``thing``."""
        self._tell([thing])
        return Description(thing, tuple(sorted(self._triples, key=str)), self._release.prefixes)

    def linked(self, thing: str) -> tuple[list[str], int]:
        """Return things that a thing is linked with, and how many others there are.

        Claims among them that did not hold on the day come last, and are no others. They link nothing, but what they
        state is told by properties as well, which do not hold then either.
        """
        known = hub_of(self._release, thing)
        if known:
            register, hub = known
            links = register.links_within(hub, self._space, self._day, _MOST_LINKS)
            return [each.iri for each in links], max(
                0, register.count_within(hub, self._space, self._day) - _MOST_LINKS
            )
        linked, gone = self._read(thing)
        return [*linked, *gone][:_MOST_LINKS], max(0, len(linked) - _MOST_LINKS)

    def _read(self, thing: str) -> tuple[list[str], list[str]]:
        linked = linked_of(self._release, self._folder, thing)
        if not (linked.things or linked.alone):
            raise UnknownThingError(thing)
        claims = claims_of(self._release, self._folder, thing) if self._day else ()
        gone = {claim for claim, bounds in claims if self._day and not bounds.certainty(self._day)}
        things = self._ours(linked.things)
        return [each for each in things if each not in gone], [each for each in things if each in gone]

    def some_linked(self, thing: str) -> list[str]:
        """Return some of the things that a thing is linked with."""
        bindings = {"thing": ox.NamedNode(thing)}
        found = rows(self._release, self._queries / "neighbourhood-linked.rq", bindings)
        return sorted(self._ours(row["linked"]["value"] for row in found if row["linked"]["type"] == "uri"))

    def step(
        self, nearer: Sequence[str], linked: Mapping[str, Sequence[str]], known: set[str]
    ) -> list[Neighbour]:  # fmt: skip
        """Return the neighbours of ``nearer`` things that are not ``known``, those with most links first."""
        found: dict[str, dict[str, set[Link]]] = {}
        for thing in nearer:
            for other, link in self._links(thing, linked[thing]):
                if other not in known:
                    found.setdefault(other, {}).setdefault(thing, set()).add(link)
        said = self._tell(
            [*found, *(link.claim for by in found.values() for links in by.values() for link in links if link.claim)]
        )
        place = {thing: number for number, thing in enumerate(nearer)}
        neighbours = [
            Neighbour(other, kind, links)
            for other, by in found.items()
            if (kind := self._kind(said, other)) and self._holds(said, other)
            if (links := self._sorted(said, by, place))
        ]
        return sorted(neighbours, key=lambda each: (-sum(map(len, each.links.values())), each.iri))

    def _links(self, thing: str, linked: Sequence[str]) -> Iterable[tuple[str, Link]]:
        """Yield each other thing with what links it with ``thing``."""
        if not linked:
            return
        others: list[Term] = [ox.NamedNode(each) for each in linked]
        bindings: Bindings = {"thing": ox.NamedNode(thing), "linked": others, "claim": others}
        found = [
            (
                row["linked"]["value"],
                row["property"]["value"],
                row.get("claim", {}).get("value"),
                _is_true(row.get("away")),
            )
            for row in rows(self._release, self._queries / "neighbourhood.rq", bindings)
            if "property" in row
        ]
        hidden, between = ({self._iri(name) for name in names} for names in (_HIDDEN, _BETWEEN_CLAIMS))
        naming = {linked for linked, name, claim, away in found if not (claim or away or name in between)}
        for other, name, claim, away in found:
            if other == thing or not self._ours([other]):
                continue
            if claim in naming:
                yield other, Link(claim, None)
            elif claim is None and name not in hidden:
                yield other, Link(None, name, away)

    def _sorted(
        self, said: Description, by: Mapping[str, set[Link]], place: Mapping[str, int]
    ) -> dict[str, tuple[Link, ...]]:
        """Return nearer thing → links that hold, in order; without properties that a claim among them states."""
        found = {}
        for thing, links in by.items():
            stated = {each for link in links if link.claim for each in said.things(link.claim, "rdf:predicate")}
            held = [
                link for link in links if (self._holds(said, link.claim) if link.claim else link.property not in stated)
            ]
            if held:
                found[thing] = tuple(sorted(held, key=lambda link: (link.claim or "", link.property or "", link.away)))
        order = sorted(found, key=lambda thing: (-len(found[thing]), place[thing]))
        return {thing: found[thing] for thing in order}

    def _holds(self, said: Description, thing: str) -> bool:
        """Return whether it is no claim, or has no time, or held on the day; and remember how certainly."""
        bounds = bounds_of(said, thing)
        if bounds == Bounds():
            return self._day is None or not said.is_a(thing, "mkg:Claim")
        if self._day:
            self.certainties[thing] = bounds.certainty(self._day)
        else:
            self.certainties[thing] = "certain" if bounds.certain() else "possible"
        return self.certainties[thing] is not None

    def _kind(self, said: Description, thing: str) -> str | None:
        """Return the kind of a neighbour; none of what is none. A claim is one only where it is an event."""
        kind = self._kinds.of(said.things(thing, "rdf:type"))
        return kind if kind in THINGS else None

    def _tell(self, things: Iterable[str]) -> Description:
        """Return a description of all that was told, ``things`` among it."""
        asked = sorted(set(things) - self._told)
        if asked:
            query = read_text(self._queries / "neighbourhood-told.rq")
            bindings = {"told": [ox.NamedNode(each) for each in asked]}
            answer = self._release.service.query(query, N_TRIPLES, bindings=bindings)
            self._triples |= {quad.triple for quad in ox.parse(answer, format=ox.RdfFormat.N_TRIPLES)}
            self._told |= set(asked)
        return Description("", tuple(self._triples), self._release.prefixes)

    def _ours(self, iris: Iterable[str]) -> list[str]:
        return [iri for iri in iris if iri.startswith(self._space) and "#" not in iri]

    def _iri(self, name: str) -> str:
        return expand(name, self._release.prefixes)


def _is_true(value: Mapping[str, str] | None) -> bool:
    return value is not None and value["value"] == "true"
