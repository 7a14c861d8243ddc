"""What the page of a thing shows beside its description: context of quotes, who states identifiers, counts of links."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.publication.description import Description
from metropolis_kg.publication.link_counts import LinkCounts, counts_of
from metropolis_kg.publication.own_queries import rows
from metropolis_kg.publication.quoted_text import Context
from metropolis_kg.publication.quotes_around import FURTHER, REACH, contexts_of, evidence_in
from metropolis_kg.publication.registered import register_of
from metropolis_kg.store.release import OpenRelease

Labels = Mapping[str, str]
"""Language → text."""

IDENTIFYING = ("owl:sameAs", "skos:exactMatch", "skos:closeMatch", "schema:identifier", "adms:identifier")
"""Properties whose values are identifiers that a thing has elsewhere."""


@dataclass(frozen=True)
class GraphContents:
    """The claims that a named graph states."""

    count: int
    claims: Mapping[str, Labels]
    """IRI → what it is called; of many, some."""

    statements: int | None = None
    """How many RDF statements the graph has; none where that is not known."""


@dataclass(frozen=True)
class Surroundings:
    """What is asked for beside the description of a thing."""

    contexts: Mapping[str, Context] = field(default_factory=dict)
    """IRI of evidence → its quote in context."""

    identified_by: Mapping[str, tuple[str, Labels]] = field(default_factory=dict)
    """Identifier → the named graph that states it, and what that is called."""

    counts: LinkCounts | None = None
    """None where the description has all."""

    contents: GraphContents | None = None
    """None where the thing is no named graph."""


ALONE = Surroundings()


def surroundings_of(release: OpenRelease, queries: Path, description: Description) -> Surroundings:
    """Return what the page of the thing described needs, by two queries at most. Raises what the store raises."""
    thing, part = description.thing, description.part
    many = part is not None and part.pages > 1 and part.day is None
    alone = description.is_a(thing, "mkg:Evidence") or description.is_a(thing, "mkg:Claim")
    is_graph = description.is_a(thing, "mkg:Graph")
    has_identifiers = any(description.values(thing, name) for name in IDENTIFYING)
    return Surroundings(
        contexts=contexts_of(release, queries, evidence_in(description), FURTHER if alone else REACH),
        identified_by=_identified(release, queries, thing) if has_identifiers and not many else {},
        counts=counts_of(release, queries, thing) if many else None,
        contents=_contents(release, queries, thing) if is_graph else None,
    )


def _identified(release: OpenRelease, queries: Path, thing: str) -> dict[str, tuple[str, Labels]]:
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for row in rows(release, queries / "description" / "identifiers.rq", {"thing": ox.NamedNode(thing)}):
        graph, labels = found.setdefault(row["value"]["value"], (row["graph"]["value"], {}))
        if "label" in row and graph == row["graph"]["value"]:
            labels[row["label"].get("xml:lang", "")] = row["label"]["value"]
    return dict(found)


def _contents(release: OpenRelease, queries: Path, graph: str) -> GraphContents:
    claims: dict[str, dict[str, str]] = {}
    for row in rows(release, queries / "description" / "graph-claims.rq", {"thing": ox.NamedNode(graph)}):
        labels = claims.setdefault(row["claim"]["value"], {})
        if "label" in row:
            labels[row["label"].get("xml:lang", "")] = row["label"]["value"]
    register = register_of(release)
    count = register.stated_in(graph) if register else _stated(release, queries, graph)
    known = release.manifest.get("graphs", {}) if release.digest else {}
    return GraphContents(count, claims, _statements(known.get(graph)))


def _stated(release: OpenRelease, queries: Path, graph: str) -> int:
    found = rows(release, queries / "description" / "graph-claims-counted.rq", {"thing": ox.NamedNode(graph)})
    return int(found[0]["count"]["value"])


def _statements(entry: object) -> int | None:
    return int(entry["quads"]) if isinstance(entry, dict) and "quads" in entry else None
