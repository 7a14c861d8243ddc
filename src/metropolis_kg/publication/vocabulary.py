"""How the terms of the vocabulary are used in a release: numbers, examples, and the concept schemes beside them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pyoxigraph as ox

from metropolis_kg.content import read_text
from metropolis_kg.publication.media_types import RESULTS_JSON
from metropolis_kg.publication.names import Names
from metropolis_kg.publication.own_queries import kept_by_release
from metropolis_kg.store.protocol import NO_BINDINGS, Bindings, Term
from metropolis_kg.store.release import OpenRelease


@dataclass(frozen=True)
class Example:
    """A thing of a class, or one that has a property; the value is that of the property."""

    thing: ox.NamedNode
    value: Term | None = None


@dataclass(frozen=True)
class Usage:
    """How terms are used."""

    counts: Mapping[str, int]
    """Class → number of its things; property → number of the statements with it; none where there are none."""

    examples: Mapping[str, Sequence[Example]]
    names: Names
    """What the things in the examples are called."""


@dataclass
class Concept:
    """A concept; texts by language."""

    iri: str
    labels: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, str] = field(default_factory=dict)


@dataclass
class Scheme:
    """A concept scheme; labels by language, concepts by IRI."""

    iri: str
    labels: dict[str, str] = field(default_factory=dict)
    concepts: dict[str, Concept] = field(default_factory=dict)


@kept_by_release(4, of_stores=True)
def usage_of(release: OpenRelease, queries: Path, classes: tuple[str, ...], properties: tuple[str, ...]) -> Usage:
    """Return how ``release`` uses these terms; asked once for each release. Raises what the store raises."""
    folder = queries / "description"
    labels: _Labels = {}
    examples: dict[str, list[Example]] = {}
    for term in classes:
        rows = _rows(release, folder / "examples-of-class.rq", {"class": ox.NamedNode(term)})
        examples[term] = _examples(rows, labels)
    for term in properties:
        rows = _rows(release, folder / "example-of-property.rq", {"property": ox.NamedNode(term)})
        examples[term] = _examples(rows, labels)
    return Usage(_counts(release, queries, classes, properties), examples, Names(labels))


def _counts(
    release: OpenRelease, queries: Path, classes: tuple[str, ...], properties: tuple[str, ...]
) -> Mapping[str, int]:  # fmt: skip
    """Return how often terms are used, as the manifest of a release says, else as the store counts."""
    noted = release.manifest.get("statistics") if release.digest else None
    if noted:
        found = ((term, noted[kind].get(term)) for kind, terms in (("classes", classes), ("properties", properties))
                 for term in terms)  # fmt: skip
        return {term: int(number) for term, number in found if number}
    bound = {"class": list(map(ox.NamedNode, classes)), "property": list(map(ox.NamedNode, properties))}
    counted = _rows(release, queries / "description" / "term-counts.rq", bound)
    return {_iri(row["term"]): int(row["count"].value) for row in counted}


@kept_by_release(4, of_stores=True)
def schemes_of(release: OpenRelease, queries: Path) -> Sequence[Scheme]:
    """Return the concept schemes of ``release``, ordered by IRI; asked once for each. Raises what the store raises."""
    schemes: dict[str, Scheme] = {}
    for row in _rows(release, queries / "description" / "schemes.rq", NO_BINDINGS):
        scheme = schemes.setdefault(_iri(row["scheme"]), Scheme(_iri(row["scheme"])))
        concept = scheme.concepts.setdefault(_iri(row["concept"]), Concept(_iri(row["concept"])))
        language = row["label"].language or ""
        scheme.labels[language], concept.labels[language] = row["schemeLabel"].value, row["label"].value
        if row["definition"]:
            concept.definitions[language] = row["definition"].value
    return list(schemes.values())


_Labels = dict[str, dict[str, str]]


def _examples(rows: Iterable[Any], labels: _Labels) -> list[Example]:
    """Return the examples in ``rows``, each once, and enter what they are called into ``labels``."""
    found: dict[Example, None] = {}
    for row in rows:
        found[Example(row["thing"], row["value"])] = None
        for name in ("thing", "value"):
            label = row[f"{name}Label"] or (row["label"] if name == "thing" else None)
            if label:
                labels.setdefault(_iri(row[name]), {})[label.language or ""] = label.value
    return list(found)


def _rows(release: OpenRelease, path: Path, bindings: Bindings) -> Iterable[Any]:
    """Return rows: name of a variable → term, or none where it is unbound."""
    answer = release.service.query(read_text(path), RESULTS_JSON.media_type, bindings=bindings)
    return cast("Iterable[Any]", ox.parse_query_results(answer, format=ox.QueryResultsFormat.JSON))


def _iri(node: ox.NamedNode) -> str:
    return node.value
