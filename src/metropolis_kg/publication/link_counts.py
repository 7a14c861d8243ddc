"""How much points to a thing with many links: claims of each kind, and other things by property.

The register of a release says so. Without one, each link is looked at once: that is three times as fast as looking for
claims that have several, and enough where none has.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.model.claims import ALL_KINDS, KINDS
from metropolis_kg.publication.linked import linked_of
from metropolis_kg.publication.own_queries import kept_by_release, rows
from metropolis_kg.publication.registered import hub_of
from metropolis_kg.store.release import OpenRelease


@dataclass(frozen=True)
class LinkCounts:
    """What points to a thing, on whichever page of its document that is told."""

    claims: Mapping[str, int] = field(default_factory=dict)
    """One of ``claim_view.KINDS``, or ``Claim`` → how many claims of that kind the thing occurs in."""

    others: Mapping[str, int] = field(default_factory=dict)
    """IRI of property → how many things that are no claims point to it."""


def counts_of(release: OpenRelease, queries: Path, thing: str) -> LinkCounts:
    """Return how much of each kind points to ``thing``, exactly. Raises what the store raises."""
    known = hub_of(release, thing)
    return LinkCounts(known[1].claims, known[1].others) if known else _counted(release, queries, thing)


@kept_by_release(64)
def _counted(release: OpenRelease, queries: Path, thing: str) -> LinkCounts:
    links: dict[str, int] = {}
    others: dict[str, int] = {}
    for row in rows(release, queries / "description" / "links-counted.rq", {"thing": ox.NamedNode(thing)}):
        number = int(row["count"]["value"])
        if "class" in row:
            kind = row["class"]["value"].removeprefix(release.prefixes["mkg"])
            links[kind] = links.get(kind, 0) + number
        elif "property" in row:
            others[row["property"]["value"]] = number
    linked = linked_of(release, queries, thing)
    once = links.get("Claim", 0) + sum(others.values()) == len(linked.things) - len(linked.not_pointing)
    return LinkCounts(_apart(links) if once else _distinct(release, queries, thing), others)


def _apart(links: dict[str, int]) -> dict[str, int]:
    """Return the numbers of each kind without those of the kinds that stand before it and are part of it."""
    counts = {kind: links.get(kind, 0) for kind in KINDS}
    counts["Tenure"] -= counts["PostHolding"]
    counts["Claim"] = links.get("Claim", 0) - sum(counts.values())
    return {kind: number for kind, number in counts.items() if number > 0}


def _distinct(release: OpenRelease, queries: Path, thing: str) -> dict[str, int]:
    found = rows(release, queries / "description" / "claims-counted.rq", {"thing": ox.NamedNode(thing)})
    return {ALL_KINDS[int(row["kind"]["value"])]: int(row["count"]["value"]) for row in found if "kind" in row}
