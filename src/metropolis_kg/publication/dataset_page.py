"""The description of the dataset as the HTML template wants it."""

from dataclasses import dataclass

import pyoxigraph as ox

from metropolis_kg.model.namespaces import shorten
from metropolis_kg.publication.description import Description
from metropolis_kg.publication.names import Names
from metropolis_kg.publication.reading import Fact, Links, Reader, Value
from metropolis_kg.publication.words import Words, number_text

_SHOWN = (
    "dct:publisher", "dct:license", "schema:creditText", "dcat:theme", "dcat:keyword", "dct:language", "dct:spatial",
    "dct:temporal", "dct:accrualPeriodicity", "dct:accessRights", "dcatde:politicalGeocodingLevelURI",
    "dcatde:politicalGeocodingURI", "void:exampleResource", "void:vocabulary",
)  # fmt: skip
"""What the page says of the dataset, in this order; all else is in the data or shown apart."""

_COUNTS = {
    "void:triples": "count_triples",
    "void:entities": "count_entities",
    "void:classes": "count_classes",
    "void:properties": "count_properties",
    "void:distinctSubjects": "count_subjects",
    "void:distinctObjects": "count_objects",
}
"""Property → key of its name in ``words.toml``."""


@dataclass(frozen=True)
class Counted:
    """Something and how many there are of it; a term also by its prefixed name."""

    what: Value
    number: str
    term: str | None = None


@dataclass(frozen=True)
class DatasetPage:
    """What the page of the dataset shows."""

    iri: str
    title: Value
    lead: list[Value]
    facts: list[Fact]
    counts: list[Counted]
    classes: list[Counted]
    properties: list[Counted]


def dataset_page_of(description: Description, names: Names, links: Links, words: Words) -> DatasetPage:
    """Return the page for the description of the dataset, with classes and properties by number."""
    reader, dataset = Reader(description, names, links, words), description.thing
    facts = [(name, description.values(dataset, name)) for name in _SHOWN if _is_declared(description, name)]
    return DatasetPage(
        iri=dataset,
        title=reader.label(dataset),
        lead=reader.best(description.literals(dataset, "dct:description")),
        facts=[reader.fact(description.iri(name), values) for name, values in facts if values],
        counts=[
            Counted(Value(words[key]), number_text(int(number), words.language))
            for name, key in _COUNTS.items()
            if (number := description.text(dataset, name))
        ],
        classes=_partition(reader, "class", "void:entities"),
        properties=_partition(reader, "property", "void:triples"),
    )


def _is_declared(description: Description, name: str) -> bool:
    return name.partition(":")[0] in description.prefixes


def _partition(reader: Reader, kind: str, counted: str) -> list[Counted]:
    said = reader.description
    numbers = [
        (int(said.text(part, counted) or 0), said.things(part, f"void:{kind}")[0])
        for part in said.things(said.thing, f"void:{kind}Partition")
    ]
    named = [(number, reader.value(ox.NamedNode(iri)), iri) for number, iri in numbers]
    return [
        Counted(
            Value(reader.names.name(iri, reader.language), None, value.href, value.outside),
            number_text(number, reader.language),
            shorten(iri, dict(said.prefixes)).strip("<>"),
        )
        for number, value, iri in sorted(named, key=lambda each: (-each[0], each[2]))
    ]
