"""DCAT-AP 3 and DCAT-AP.de: the catalogue, with the dataset, its files and the services that answer from it.

What is a decision of the stewards (title, licence, theme, place, frequency) stands in the data; what can be known from
the release is added here. Nothing is a blank node: parts have fragments of the dataset's IRI.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from metropolis_kg.publication.description import Description
from metropolis_kg.publication.dumps import Dump, data_path, dumps_of
from metropolis_kg.publication.media_types import JSON_LD, N_QUADS, TRIG, TURTLE
from metropolis_kg.publication.statements import Said, in_words, term
from metropolis_kg.store.release import OpenRelease

_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_THEMES = f"{_AUTHORITY}data-theme"
_AVAILABLE = f"{_AUTHORITY}planned-availability/AVAILABLE"
_IANA = "https://www.iana.org/assignments/media-types/"
_FILE_TYPES = {TURTLE: "RDF_TURTLE", TRIG: "RDF_TRIG", N_QUADS: "RDF_N_QUADS", JSON_LD: "JSON_LD"}

SHA256 = "https://spdx.org/rdf/terms#checksumAlgorithm_sha256"
"""The algorithm, as the shapes of DCAT-AP 3.0.1 demand its IRI."""

_SHA256_OF_SPDX = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"

_GERMAN_LICENCES = {
    "https://creativecommons.org/licenses/by/4.0/": "http://dcat-ap.de/def/licenses/cc-by/4.0",
    "https://creativecommons.org/licenses/by-sa/4.0/": "http://dcat-ap.de/def/licenses/cc-by-sa/4.0",
    "https://creativecommons.org/publicdomain/zero/1.0/": "http://dcat-ap.de/def/licenses/cc-zero",
}
"""Licences by their IRIs in the list of DCAT-AP.de, which it demands for distributions."""

_RANGES = {
    "dct:accessRights": "dct:RightsStatement",
    "dct:accrualPeriodicity": "dct:Frequency",
    "dct:language": "dct:LinguisticSystem",
    "dct:license": "dct:LicenseDocument",
    "dct:spatial": "dct:Location",
    "dct:temporal": "dct:PeriodOfTime",
    "dcat:theme": "skos:Concept",
}
"""Property of the dataset → class of its values, as DCAT-AP has it."""

_SHARED = ("dct:license", "dct:publisher")
"""What the catalogue and the services have in common with the dataset."""

_CATALOGUE = {"de": "Katalog: {}", "en": "Catalogue: {}"}
_DUMP = {"de": "Der ganze Datensatz als {}", "en": "The whole dataset in {}"}
_CONTENTS = {
    True: {
        "de": "Alle Aussagen, jede in ihrem benannten Graphen.",
        "en": "All statements, each in its named graph.",
    },
    False: {
        "de": "Alle Aussagen, die Graphen vereint.",
        "en": "All statements, the graphs united.",
    },
}
_AVAILABLE_LABEL = {"de": "verfügbar", "en": "available"}
_THEMES_TITLE = {"de": "Datenthemen", "en": "Data themes"}
_SERVICES = {
    "sparql": (
        {"de": "SPARQL-Endpunkt", "en": "SPARQL endpoint"},
        {"de": "Beantwortet Anfragen in SPARQL 1.1.", "en": "Answers queries in SPARQL 1.1."},
        ("sparql", "sparql"),
        "https://www.w3.org/TR/sparql11-protocol/",
    ),
    "dataset#documents": (
        {"de": "Dokumente und gespeicherte Abfragen", "en": "Documents and stored queries"},
        {
            "de": "Jedes Ding als Dokument und jede gespeicherte Abfrage über HTTP, in vielen Formaten.",
            "en": "Every thing as a document and every stored query over HTTP, in many formats.",
        },
        ("", "openapi.json"),
        "https://spec.openapis.org/oas/v3.1.1.html",
    ),
}
"""Path of a service's IRI → title, description, paths of where it is and of what describes it, standard."""


def dcat(release: OpenRelease, description: Description) -> Iterator[Said]:
    """Yield the catalogue; ``description`` has what the data say of the dataset."""
    yield from _catalogue(release, description)
    yield from _dataset(release, description)
    for path in _SERVICES:
        yield from _service(release, description, path)
    if release.digest:
        yield from distributed(release, description, release.digest, release.manifest)
    yield from _ranges(release, description)


def distributed(
    release: OpenRelease, description: Description, digest: str, manifest: Mapping[str, Any]
) -> Iterator[Said]:  # fmt: skip
    """Yield the files of the release with this digest and manifest as distributions of the dataset."""
    for dump in dumps_of(manifest):
        node = ox.NamedNode(f"{release.iri(data_path(digest))}#{dump.key}")
        yield ox.NamedNode(description.thing), "dcat:distribution", node
        yield node, "dcat:accessURL", ox.NamedNode(release.iri(data_path(digest)))
        yield node, "dcat:downloadURL", ox.NamedNode(release.iri(data_path(digest, dump.name)))
        yield node, "dct:issued", _moment(release, manifest["created"])
        yield node, "dct:modified", _moment(release, manifest["created"])
        yield from _distribution(release, node, dump)
        yield from _terms_of_use(release, description, node)


def _catalogue(release: OpenRelease, description: Description) -> Iterator[Said]:
    catalogue, dataset = ox.NamedNode(release.iri("catalogue")), ox.NamedNode(description.thing)
    home, themes = ox.NamedNode(release.base), ox.NamedNode(_THEMES)
    yield catalogue, "rdf:type", term(release, "dcat:Catalog")
    titles = {each.language or "": each.value for each in description.literals(description.thing, "dct:title")}
    yield from in_words(catalogue, "dct:title", _filled(_CATALOGUE, titles))
    for text in description.literals(description.thing, "dct:description"):
        yield catalogue, "dct:description", text
    for name in (*_SHARED, "dct:language", "dct:spatial"):
        yield from _copied(description, catalogue, name)
    if release.created:
        yield catalogue, "dct:modified", _moment(release, release.created)
    yield catalogue, "foaf:homepage", home
    yield home, "rdf:type", term(release, "foaf:Document")
    yield catalogue, "dcat:themeTaxonomy", themes
    yield themes, "rdf:type", term(release, "skos:ConceptScheme")
    yield from in_words(themes, "dct:title", _THEMES_TITLE)
    yield catalogue, "dcat:dataset", dataset
    for path in _SERVICES:
        yield catalogue, "dcat:service", ox.NamedNode(release.iri(path))


def _dataset(release: OpenRelease, description: Description) -> Iterator[Said]:
    dataset = ox.NamedNode(description.thing)
    yield dataset, "rdf:type", term(release, "dcat:Dataset")
    yield dataset, "dct:identifier", ox.Literal(description.thing)
    yield dataset, "dcat:landingPage", ox.NamedNode(release.base)
    if release.created:
        yield dataset, "dct:modified", _moment(release, release.created)
    if release.digest:
        yield dataset, "dcat:version", ox.Literal(release.digest)
    for prefix in ("mkg", "shape"):
        standard = ox.NamedNode(release.prefixes[prefix])
        yield dataset, "dct:conformsTo", standard
        yield standard, "rdf:type", term(release, "dct:Standard")


def _service(release: OpenRelease, description: Description, path: str) -> Iterator[Said]:
    service = ox.NamedNode(release.iri(path))
    title, text, (endpoint, described), standard = _SERVICES[path]
    yield service, "rdf:type", term(release, "dcat:DataService")
    yield from in_words(service, "dct:title", title)
    yield from in_words(service, "dct:description", text)
    yield service, "dcat:endpointURL", ox.NamedNode(release.iri(endpoint))
    yield service, "dcat:endpointDescription", ox.NamedNode(release.iri(described))
    yield service, "dcat:servesDataset", ox.NamedNode(description.thing)
    yield service, "dct:conformsTo", ox.NamedNode(standard)
    yield ox.NamedNode(standard), "rdf:type", term(release, "dct:Standard")
    for name in (*_SHARED, "dcat:keyword", "dcat:theme", "dct:accessRights"):
        yield from _copied(description, service, name)


def _distribution(release: OpenRelease, node: ox.NamedNode, dump: Dump) -> Iterator[Said]:
    compressed = f" ({dump.compression})" if dump.compression else ""
    yield node, "rdf:type", term(release, "dcat:Distribution")
    yield from in_words(node, "dct:title", _filled(_DUMP, dict.fromkeys(_DUMP, dump.syntax.name + compressed)))
    yield from in_words(node, "dct:description", _CONTENTS[dump.syntax is not TURTLE])
    yield node, "dcat:byteSize", ox.Literal(str(dump.bytes), datatype=term(release, "xsd:nonNegativeInteger"))
    yield from _kinds(release, node, dump)
    yield from _checksum(release, node, dump)


def _kinds(release: OpenRelease, node: ox.NamedNode, dump: Dump) -> Iterator[Said]:
    """Yield the type of what is in the file, and how the file is compressed."""
    file_type = ox.NamedNode(f"{_AUTHORITY}file-type/{_FILE_TYPES[dump.syntax]}")
    yield node, "dct:format", file_type
    yield file_type, "rdf:type", term(release, "dct:MediaTypeOrExtent")
    yield from _in_scheme(file_type)
    yield from _media_type(release, node, "dcat:mediaType", dump.syntax.media_type)
    if dump.compression:
        yield from _media_type(release, node, "dcat:compressFormat", dump.media_type)


def _media_type(release: OpenRelease, node: ox.NamedNode, name: str, media_type: str) -> Iterator[Said]:
    of_iana = ox.NamedNode(_IANA + media_type)
    yield node, name, of_iana
    yield of_iana, "rdf:type", term(release, "dct:MediaType")


def _checksum(release: OpenRelease, node: ox.NamedNode, dump: Dump) -> Iterator[Said]:
    checksum, algorithm = ox.NamedNode(f"{node.value}-checksum"), ox.NamedNode(SHA256)
    yield node, "spdx:checksum", checksum
    yield checksum, "rdf:type", term(release, "spdx:Checksum")
    yield checksum, "spdx:algorithm", algorithm
    yield checksum, "spdx:checksumValue", ox.Literal(dump.sha256, datatype=term(release, "xsd:hexBinary"))
    yield algorithm, "rdf:type", term(release, "spdx:ChecksumAlgorithm")
    yield algorithm, "owl:sameAs", ox.NamedNode(_SHA256_OF_SPDX)


def _terms_of_use(release: OpenRelease, description: Description, node: ox.NamedNode) -> Iterator[Said]:
    for licence in description.things(description.thing, "dct:license"):
        german = ox.NamedNode(_GERMAN_LICENCES.get(licence, licence))
        yield node, "dct:license", german
        yield german, "rdf:type", term(release, "dct:LicenseDocument")
        if german.value != licence:
            yield german, "rdfs:seeAlso", ox.NamedNode(licence)
    for credit in description.literals(description.thing, "schema:creditText"):
        yield node, "dcatde:licenseAttributionByText", credit
    yield from _copied(description, node, "dct:language")
    available = ox.NamedNode(_AVAILABLE)
    yield node, "dcatap:availability", available
    yield available, "rdf:type", term(release, "skos:Concept")
    yield from in_words(available, "skos:prefLabel", _AVAILABLE_LABEL)
    yield from _in_scheme(available)


def _ranges(release: OpenRelease, description: Description) -> Iterator[Said]:
    """Yield of which class, and in which list of the EU, the values are that the data give the dataset."""
    for name, kind in _RANGES.items():
        for iri in description.things(description.thing, name):
            value = ox.NamedNode(iri)
            yield value, "rdf:type", term(release, kind)
            yield from _in_scheme(value)
            if kind == "skos:Concept":
                for label in description.literals(iri, "rdfs:label"):
                    yield value, "skos:prefLabel", label


def _in_scheme(value: ox.NamedNode) -> Iterator[Said]:
    if value.value.startswith(_AUTHORITY):
        yield value, "skos:inScheme", ox.NamedNode(value.value.rpartition("/")[0])


def _copied(description: Description, node: ox.NamedNode, name: str) -> Iterator[Said]:
    """Yield what the data give the dataset, of ``node`` as well."""
    for value in description.values(description.thing, name):
        if isinstance(value, ox.NamedNode | ox.Literal):
            yield node, name, value


def _moment(release: OpenRelease, moment: str) -> ox.Literal:
    return ox.Literal(moment, datatype=term(release, "xsd:dateTime"))


def _filled(patterns: Mapping[str, str], words: Mapping[str, str]) -> dict[str, str]:
    return {language: pattern.format(words[language]) for language, pattern in patterns.items() if language in words}
