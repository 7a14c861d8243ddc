"""VoID: how large the dataset is, of which classes and properties, and where it can be had."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox

from metropolis_kg.model.namespaces import shorten
from metropolis_kg.publication.dumps import data_path, dumps_of
from metropolis_kg.publication.media_types import GRAPHS
from metropolis_kg.publication.service_description import FORMATS
from metropolis_kg.publication.statements import Said, term
from metropolis_kg.store.release import OpenRelease

_COUNTS = {
    "void:triples": "triples",
    "void:entities": "entities",
    "void:distinctSubjects": "distinct_subjects",
    "void:distinctObjects": "distinct_objects",
}


def void(release: OpenRelease) -> Iterator[Said]:
    """Yield the description of the dataset (VoID sections 2 to 4), with exact counts where its manifest has them.

    The counts are those of the default graph. An entity is an IRI with a class, which is what VoID leaves to decide.
    """
    dataset, document = ox.NamedNode(release.iri("dataset")), ox.NamedNode(release.iri("doc/dataset"))
    yield document, "rdf:type", term(release, "void:DatasetDescription")
    yield dataset, "rdf:type", term(release, "void:Dataset")
    yield dataset, "void:sparqlEndpoint", ox.NamedNode(release.iri("sparql"))
    for syntax in GRAPHS:
        yield dataset, "void:feature", ox.NamedNode(FORMATS[syntax])
    for dump in dumps_of(release.manifest):
        yield dataset, "void:dataDump", ox.NamedNode(release.iri(data_path(str(release.digest), dump.name)))
    if statistics := release.manifest.get("statistics"):
        yield from _statistics(release, statistics)


def _statistics(release: OpenRelease, statistics: Mapping[str, Any]) -> Iterator[Said]:
    dataset = ox.NamedNode(release.iri("dataset"))
    for name, key in _COUNTS.items():
        yield dataset, name, ox.Literal(int(statistics[key]))
    yield dataset, "void:classes", ox.Literal(len(statistics["classes"]))
    yield dataset, "void:properties", ox.Literal(len(statistics["properties"]))
    for iri, number in statistics["classes"].items():
        yield from _partition(release, "class", iri, "void:entities", number)
    for iri, number in statistics["properties"].items():
        yield from _partition(release, "property", iri, "void:triples", number)


def _partition(release: OpenRelease, kind: str, iri: str, counted: str, number: int) -> Iterator[Said]:
    """Yield a part of the dataset: the entities of a class, or the triples of a property (VoID section 4.5)."""
    name = shorten(iri, dict(release.prefixes))
    part = ox.NamedNode(release.iri(f"dataset#{kind}-{quote(name.strip('<>'), safe=':')}"))
    yield ox.NamedNode(release.iri("dataset")), f"void:{kind}Partition", part
    yield part, f"void:{kind}", ox.NamedNode(iri)
    yield part, counted, ox.Literal(number)
