"""A document about a thing in each RDF syntax: all of them are the same graph."""

from dataclasses import replace

import pyoxigraph as ox

from metropolis_kg.publication.description import Description, ordered
from metropolis_kg.publication.media_types import JSON_LD, SCHEMA_ORG, Profile, Syntax
from metropolis_kg.publication.schema_org import write_schema_org
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.store.results import write_triples


def with_document(description: Description, release: OpenRelease, document: str) -> Description:
    """Return ``description`` with what the document ``document`` (an IRI) says about itself."""
    thing, page = ox.NamedNode(description.thing), ox.NamedNode(document)

    def term(name: str) -> ox.NamedNode:
        return ox.NamedNode(description.iri(name))

    said = [
        ox.Triple(page, term("rdf:type"), term("foaf:Document")),
        ox.Triple(page, term("foaf:primaryTopic"), thing),
        ox.Triple(page, term("void:inDataset"), ox.NamedNode(release.iri("dataset"))),
        ox.Triple(thing, term("foaf:isPrimaryTopicOf"), page),
    ]
    said += [ox.Triple(page, term("dct:source"), ox.NamedNode(source)) for source in _sources(description)]
    licences = description.things(release.iri("dataset"), "dct:license")
    said += [ox.Triple(page, term("dct:license"), ox.NamedNode(licence)) for licence in licences]
    if release.created:
        created = ox.Literal(release.created, datatype=term("xsd:dateTime"))
        said.append(ox.Triple(page, term("dct:modified"), created))
    return replace(description, triples=tuple(ordered({*description.triples, *said}, description.thing)))


def _sources(description: Description) -> list[str]:
    """Return the sources that the claims in the document come from."""
    claims = [description.thing, *description.claims]
    return sorted({source for claim in claims for source in description.things(claim, "prov:hadPrimarySource")})


def write(
    description: Description, release: OpenRelease, syntax: Syntax, profile: Profile | None = None
) -> bytes:  # fmt: skip
    """Return ``description`` in ``syntax``, one of ``media_types.GRAPHS``; JSON-LD in the form of ``profile``.

    A description ``in_schema_org`` is written with that profile.
    """
    if syntax is JSON_LD and profile is SCHEMA_ORG:
        return write_schema_org(description)
    if syntax is JSON_LD:
        from metropolis_kg.publication.jsonld import write_jsonld

        return write_jsonld(description, release, profile)
    return write_triples(description.triples, syntax.media_type, release.prefixes)
