"""Identifiers that a thing has elsewhere, with readable names: Wikidata Q64, GeoNames 2950159."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from metropolis_kg.publication.reading import Reader, Value
from metropolis_kg.publication.surroundings import IDENTIFYING, Labels, Surroundings

_SCHEMES = {
    r"https?://www\.wikidata\.org/entity/(Q\d+)": "Wikidata",
    r"https?://sws\.geonames\.org/(\d+)/?": "GeoNames",
    r"https?://d-nb\.info/gnd/([\dX-]+)": "GND",
    r"https?://ror\.org/(\w+)": "ROR",
    r"https?://orcid\.org/([\dX-]+)": "ORCID",
    r"https?://viaf\.org/viaf/(\d+)/?": "VIAF",
    r"https?://publications\.europa\.eu/resource/authority/[\w-]+/(\w+)": "EU Vocabularies",
    r"https?://dcat-ap\.de/def/politicalGeocoding/(\w+/\w+)": "DCAT-AP.de",
}
"""Pattern of an IRI → what the scheme is called whose identifier it holds."""


@dataclass(frozen=True)
class Identifier:
    """An identifier, what the property that gives it is called, and the graph that states it."""

    scheme: str | None
    """What the scheme is called; none where that is not known."""

    value: Value
    relation: str
    stated_in: Value | None


def identifiers_of(reader: Reader, surroundings: Surroundings) -> list[Identifier]:
    """Return the identifiers of the described thing, by scheme."""
    return sorted(_identifiers(reader, surroundings), key=lambda each: (each.scheme or "~", each.value.text))


def _identifiers(reader: Reader, surroundings: Surroundings) -> Iterator[Identifier]:
    said = reader.description
    for name in IDENTIFYING:
        relation = reader.names.name(said.iri(name), reader.language)
        for term in said.values(said.thing, name):
            scheme, text = _parts(term.value)
            value = reader.value(term)
            named = Value(text, None, value.href, value.outside) if scheme or value.href else value
            yield Identifier(scheme, named, relation, _stated_in(reader, surroundings.identified_by.get(term.value)))


def _parts(identifier: str) -> tuple[str | None, str]:
    """Return the scheme of an identifier, and how it is written there.

    >>> _parts("http://www.wikidata.org/entity/Q64"), _parts("https://example.org/a")
    (('Wikidata', 'Q64'), (None, 'example.org/a'))
    """
    for pattern, scheme in _SCHEMES.items():
        if found := re.fullmatch(pattern, identifier):
            return scheme, found[1]
    return None, re.sub("^https?://(www\\.)?", "", identifier)


def _stated_in(reader: Reader, graph: tuple[str, Labels] | None) -> Value | None:
    if not graph:
        return None
    iri, labels = graph
    literals = [ox.Literal(text, language=code or None) for code, text in labels.items()]
    label = reader.best(literals)[0] if literals else reader.label(iri)
    return Value(label.text, label.language, reader.links.of(iri), not reader.links.is_ours(iri))
