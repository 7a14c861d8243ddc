"""A document about a thing in each RDF syntax: all of them are the same graph."""

from collections.abc import Iterator
from dataclasses import replace

import pyoxigraph as ox

from metropolis_kg.model.namespaces import HYDRA, RDF
from metropolis_kg.publication.description import Description, ordered
from metropolis_kg.publication.linked import Part
from metropolis_kg.publication.media_types import JSON_LD, SCHEMA_ORG, Profile, Syntax
from metropolis_kg.publication.negotiation import LANGUAGES
from metropolis_kg.publication.schema_org import write_schema_org
from metropolis_kg.publication.time_words import day as day_in_words
from metropolis_kg.publication.words import Words
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.store.results import write_triples

_TYPE = ox.NamedNode(f"{RDF}type")


def with_document(description: Description, release: OpenRelease, document: str) -> Description:
    """Return ``description`` with what the document that holds it says about itself.

    ``document`` is the IRI of the document; where it has several pages, of all of them together. That a page is one of
    many is said in Hydra: ``document`` is a ``hydra:Collection`` of the linked things, its pages are its views.
    """
    part = description.part
    here = document if part is None or part.page == 1 else page_of(document, part.page)
    said = [*_about(description, release, ox.NamedNode(here)), *_of_many(part, document)]
    return replace(description, triples=tuple(ordered({*description.triples, *said}, description.thing)))


def page_of(document: str, number: int) -> str:
    """Return the IRI of a page of ``document``.

    >>> page_of("http://localhost:8000/doc/role/president?at=2018-03-15", 2)
    'http://localhost:8000/doc/role/president?at=2018-03-15&page=2'
    """
    return f"{document}{'&' if '?' in document else '?'}page={number}"


def _about(description: Description, release: OpenRelease, page: ox.NamedNode) -> Iterator[ox.Triple]:
    thing = ox.NamedNode(description.thing)

    def term(name: str) -> ox.NamedNode:
        return ox.NamedNode(description.iri(name))

    yield ox.Triple(page, term("rdf:type"), term("foaf:Document"))
    yield ox.Triple(page, term("foaf:primaryTopic"), thing)
    yield ox.Triple(page, term("void:inDataset"), ox.NamedNode(release.iri("dataset")))
    yield ox.Triple(thing, term("foaf:isPrimaryTopicOf"), page)
    for title in _titles(description):
        yield ox.Triple(page, term("dct:title"), title)
    for source in _sources(description) or [release.iri("dataset")]:
        yield ox.Triple(page, term("dct:source"), ox.NamedNode(source))
    for licence in description.things(release.iri("dataset"), "dct:license"):
        yield ox.Triple(page, term("dct:license"), ox.NamedNode(licence))
    if release.created:
        yield ox.Triple(page, term("dct:modified"), ox.Literal(release.created, datatype=term("xsd:dateTime")))
    if description.part and description.part.day:
        day = ox.Literal(description.part.day.isoformat(), datatype=term("xsd:date"))
        yield ox.Triple(page, term("schema:temporalCoverage"), day)


def _titles(description: Description) -> Iterator[ox.Literal]:
    """Yield what the document is called, in each language in which the thing has a name."""
    part = description.part
    for label in description.literals(description.thing, "rdfs:label"):
        if label.language in LANGUAGES:
            words = Words(label.language)
            title = words["document_about"].format(label.value)
            if part and part.day:
                title += ", " + words["as_of"].format(day_in_words(part.day, label.language))
            if part and part.pages > 1:
                title += ", " + words["page_of"].format(part.page, part.pages)
            yield ox.Literal(title, language=label.language)


def _of_many(part: Part | None, document: str) -> Iterator[ox.Triple]:
    """Yield that a page is one of several (Hydra Core Vocabulary, section 5.2); nothing where it is the only one."""
    if part is None or part.pages == 1:
        return
    collection, view = ox.NamedNode(document), ox.NamedNode(page_of(document, part.page))
    yield ox.Triple(collection, _TYPE, ox.NamedNode(f"{HYDRA}Collection"))
    yield ox.Triple(collection, ox.NamedNode(f"{HYDRA}totalItems"), ox.Literal(part.total))
    yield ox.Triple(collection, ox.NamedNode(f"{HYDRA}view"), view)
    for linked in part.linked:
        yield ox.Triple(collection, ox.NamedNode(f"{HYDRA}member"), ox.NamedNode(linked))
    yield ox.Triple(view, _TYPE, ox.NamedNode(f"{HYDRA}PartialCollectionView"))
    for name, number in part.others.items():
        yield ox.Triple(view, ox.NamedNode(HYDRA + name), ox.NamedNode(page_of(document, number)))


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
