"""Tenures and things as exports read them: IRIs once, then what is said of them, batch by batch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.model.namespaces import expand
from metropolis_kg.publication.own_queries import lean_rows, rows
from metropolis_kg.store.release import OpenRelease

BATCH = 500
"""Things that are asked for at a time."""

Row = Mapping[str, Mapping[str, str]]

BOUNDS = ("startEarliest", "startLatest", "endEarliest", "endLatest")
"""The four bounds of a tenure, as the vocabulary calls them."""


@dataclass(frozen=True)
class Evidence:
    """A place of a source that a tenure rests on; what is not known is ``""``."""

    iri: str = ""
    quote: str = ""
    language: str = ""
    pointer: str = ""
    source: str = ""
    graph: str = ""


@dataclass(frozen=True)
class Tenure:
    """A membership or the holding of a post; what is not known is ``""``."""

    iri: str
    member: str
    organisation: str
    role: str
    post: str
    representing: str
    edtf: str
    bounds: tuple[str, ...]
    """The days of BOUNDS."""

    end_basis: str
    planned_end: str
    evidence: tuple[Evidence, ...]

    @property
    def certainty(self) -> str:
        """How well its time is known, by its bounds.

        ``exact`` to the day, ``bounded`` on both sides, ``last known`` where its end is not known, ``start unknown``,
        ``attested`` where it is only known to have held on some day, or ``undated``.
        """
        start_earliest, start_latest, end_earliest, end_latest = self.bounds
        if not any(self.bounds):
            return "undated"
        if start_latest and end_earliest and not (start_earliest or end_latest):
            return "attested"
        if not (start_earliest and start_latest):
            return "start unknown"
        if not (end_earliest and end_latest):
            return "last known"
        return "exact" if (start_earliest, end_earliest) == (start_latest, end_latest) else "bounded"


class Reader:
    """Reads one release with the queries of the content. Every method raises what the store raises."""

    def __init__(self, release: OpenRelease, queries: Path) -> None:
        self.release, self.queries = release, queries

    def term(self, name: str) -> ox.NamedNode:
        """Return the term with a prefixed name."""
        return ox.NamedNode(expand(name, self.release.prefixes))

    def of_class(self, *names: str) -> list[str]:
        """Return the IRIs of the things of these classes, in order."""
        bindings = {"class": [self.term(name) for name in names]}
        return sorted({row[0] for row in lean_rows(self.release, self.queries / "export" / "of-class.rq", bindings)})

    def everything(self) -> list[str]:
        """Return the IRIs of all things that have documents, in order."""
        bindings = {"space": ox.Literal(self.release.iri("id/"))}
        return sorted({row[0] for row in lean_rows(self.release, self.queries / "export" / "everything.rq", bindings)})

    def about(self, query: str, iris: Sequence[str], name: str = "thing") -> list[Row]:
        """Return the rows of a query of exports about some things."""
        if not iris:
            return []
        bindings = {name: [ox.NamedNode(iri) for iri in iris]}
        return rows(self.release, self.queries / "export" / f"{query}.rq", bindings)

    def names(self, iris: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return IRI → language → name."""
        found: dict[str, dict[str, str]] = {}
        wanted = sorted({iri for iri in iris if iri})
        if not wanted:
            return found
        bindings = {"thing": [ox.NamedNode(iri) for iri in wanted]}
        for row in rows(self.release, self.queries / "description" / "labels.rq", bindings):
            label = row["label"]
            texts = found.setdefault(row["term"]["value"], {})
            texts[label.get("xml:lang", "")] = min(label["value"], texts.get(label.get("xml:lang", ""), label["value"]))
        return found

    def tenures(self) -> Iterator[list[Tenure]]:
        """Yield all tenures in batches, in the order of their IRIs."""
        for claims in batches(self.of_class("org:Membership")):
            found = sorted(self.about("tenures", claims, "claim"), key=lambda row: value(row, "claim"))
            yield [_tenure(list(same)) for _, same in groupby(found, key=lambda row: value(row, "claim"))]


def batches(iris: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield parts of a list."""
    for start in range(0, len(iris), BATCH):
        yield iris[start : start + BATCH]


def value(row: Row, name: str) -> str:
    """Return the value of a variable; ``""`` where it is not bound."""
    return row[name]["value"] if name in row else ""


def named(names: Mapping[str, Mapping[str, str]], iri: str, language: str) -> str:
    """Return what a thing is called: in a language, else in the first of the others; its IRI where it has no name."""
    texts = names.get(iri, {})
    return texts.get(language) or next((texts[each] for each in sorted(texts)), iri)


def _tenure(found: list[Row]) -> Tenure:
    """Return the tenure that rows of one claim tell of; where a property has several values, the first of them."""

    def first(name: str) -> str:
        return min((value(row, name) for row in found if name in row), default="")

    evidence = {_evidence(row) for row in found if "evidence" in row}
    return Tenure(
        first("claim"), first("member"), first("organisation"), first("role"), first("post"), first("representing"),
        first("when"), tuple(first(name) for name in BOUNDS), first("endBasis"), first("plannedEnd"),
        tuple(sorted(evidence, key=lambda each: (each.iri, each.graph, each.quote))),
    )  # fmt: skip


def _evidence(row: Row) -> Evidence:
    language = row["quote"].get("xml:lang", "") if "quote" in row else ""
    said = (value(row, name) for name in ("pointer", "source", "graph"))
    return Evidence(value(row, "evidence"), value(row, "quote"), language, *said)
