"""The shapes as data: the whole shapes graph, or what one of its nodes says, in each RDF syntax.

Shapes are content and no part of the dataset. Unlike it they may have blank nodes, for paths and lists. These get the
labels of RDFC-1.0, so that every process writes the same bytes.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from metropolis_kg.model.namespaces import SH, XSD
from metropolis_kg.model.shapes import Node, ShapesGraph
from metropolis_kg.publication.description import Description, UnknownThingError, ordered
from metropolis_kg.publication.media_types import GRAPHS, JSON_LD, TRIG, TURTLE, Profile, Syntax
from metropolis_kg.publication.negotiation import LANGUAGES
from metropolis_kg.publication.own_queries import kept_by_release, rows
from metropolis_kg.publication.signposting import Address, Link
from metropolis_kg.publication.statements import Said, in_words, term, triples
from metropolis_kg.publication.words import Words
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.store.results import write_triples

GRAPH = "shapes/"
"""Path of the shapes graph below the base, which is the namespace of the shapes too."""

_PARTS = tuple(f"{SH}{name}" for name in ("property", "sparql", "group"))
"""Properties that lead from a shape to what belongs to it."""

_NATIVE = {f"{XSD}boolean": re.compile("true|false"), f"{XSD}integer": re.compile("0|-?[1-9][0-9]{0,14}")}
"""Datatype → literals that are the same in JSON."""


def describe_shapes(shapes: ShapesGraph, release: OpenRelease, iri: str) -> Description:
    """Return what the shapes graph, whose IRI is ``<base>shapes/``, says about ``iri``, one of its nodes or itself.

    With a shape comes what belongs to it: property shapes, constraints, groups, lists and paths; and which shapes it
    belongs to. With the graph come the prefixes, so that it can be used as it is. Raises UnknownThingError.
    """
    graph = release.iri(GRAPH)
    if iri == graph:
        said = [ox.Triple(*statement) for statement in shapes.statements] + _about_graph(release, graph)
    elif iri.startswith(graph):
        said = _about_node(shapes, iri)
    else:
        said = []
    if not said:
        raise UnknownThingError(iri)
    return Description(iri, tuple(ordered(_relabelled(said), iri)), shapes.prefixes)


def with_document(
    description: Description, release: OpenRelease, document: str, licences: Iterable[str]
) -> Description:
    """Return ``description`` with what the document ``document`` (an IRI) says about itself."""
    thing, page = ox.NamedNode(description.thing), ox.NamedNode(document)
    said: list[Said] = [
        (page, "rdf:type", term(release, "foaf:Document")),
        (page, "foaf:primaryTopic", thing),
        (thing, "foaf:isPrimaryTopicOf", page),
        *((page, "dct:license", ox.NamedNode(licence)) for licence in licences),
    ]
    if description.thing != release.iri(GRAPH):
        said.append((page, "dct:isPartOf", ox.NamedNode(release.iri(GRAPH))))
    if release.created:
        said.append((page, "dct:modified", ox.Literal(release.created, datatype=term(release, "xsd:dateTime"))))
    known = {*description.triples, *triples(release, said)}
    return replace(description, triples=tuple(ordered(known, description.thing)))


def write_shapes(description: Description, syntax: Syntax, profile: Profile | None = None) -> bytes:
    """Return ``description`` in ``syntax``, one of ``media_types.GRAPHS``; JSON-LD in the form of ``profile``.

    Lists and paths are written the way people write them where the syntax has a way.
    """
    if syntax is JSON_LD:
        return _json_ld(description, profile)
    if syntax in (TURTLE, TRIG):  # a Turtle document is a TriG document whose default graph is the same
        return _turtle(description)
    return write_triples(description.triples, syntax.media_type, description.prefixes)


def shape_links(description: Description, address: Address, licences: Iterable[str]) -> list[Link]:
    """Return the links of a document about shapes (FAIR Signposting level 1), in whichever syntax it is sent."""
    here = address.landing
    return [
        Link(here, "cite-as", description.thing),
        Link(here, "type", "https://schema.org/AboutPage"),
        *(Link(here, "describedby", address.written_in(syntax), syntax.media_type) for syntax in GRAPHS),
        *(Link(here, "license", licence) for licence in licences),
    ]


@kept_by_release(4)
def licences_of(release: OpenRelease, queries: Path) -> list[str]:
    """Return the IRIs of the dataset's licences. Raises what the store raises."""
    return [row["licence"]["value"] for row in rows(release, queries / "description" / "licences.rq")]


def _about_graph(release: OpenRelease, graph: str) -> list[ox.Triple]:
    node = ox.NamedNode(graph)
    said: list[Said] = [
        (node, "rdf:type", term(release, "owl:Ontology")),
        *in_words(node, "rdfs:label", {code: Words(code)["shapes_title"] for code in LANGUAGES}),
        *in_words(node, "dct:description", {code: Words(code)["shapes_intro"] for code in LANGUAGES}),
        (ox.NamedNode(release.iri("dataset")), "sh:shapesGraph", node),
    ]
    return triples(release, said)


def _about_node(shapes: ShapesGraph, iri: str) -> list[ox.Triple]:
    """Return what is said of a node and of what belongs to it, and what points to it; nothing where it is unknown."""
    about: dict[Node, list[ox.Triple]] = {}
    for statement in shapes.statements:
        about.setdefault(statement[0], []).append(ox.Triple(*statement))
    wanted: list[Node] = [node for node in about if isinstance(node, ox.NamedNode) and node.value == iri]
    reached = dict.fromkeys(wanted)
    while wanted:
        for triple in about[wanted.pop()]:
            value = triple.object
            part = isinstance(value, ox.BlankNode) or triple.predicate.value in _PARTS
            if part and isinstance(value, Node) and value in about and value not in reached:
                reached[value] = None
                wanted.append(value)
    pointing = [triple for said in about.values() for triple in said if str(triple.object) == f"<{iri}>"]
    return [triple for node in reached for triple in about[node]] + (pointing if reached else [])


def _relabelled(said: Iterable[ox.Triple]) -> list[ox.Triple]:
    dataset = ox.Dataset(ox.Quad(each.subject, each.predicate, each.object) for each in said)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return [quad.triple for quad in dataset]


def _turtle(description: Description) -> bytes:
    from rdflib import BNode, Graph, Literal, URIRef  # needed here alone while serving

    def node(term: object) -> BNode | Literal | URIRef:
        if isinstance(term, ox.NamedNode):
            return URIRef(term.value)
        if isinstance(term, ox.BlankNode):
            return BNode(term.value)
        if not isinstance(term, ox.Literal):
            raise TypeError(f"{term} cannot be written in Turtle 1.1")
        plain = term.language or term.datatype.value == f"{XSD}string"
        datatype = None if plain else URIRef(term.datatype.value)
        return Literal(term.value, lang=term.language, datatype=datatype, normalize=False)

    graph = Graph(bind_namespaces="none")
    for triple in description.triples:
        graph.add((node(triple.subject), node(triple.predicate), node(triple.object)))
    for name, space in _used(description).items():
        graph.bind(name, space)
    return graph.serialize(format="turtle", encoding="utf-8")


def _json_ld(description: Description, profile: Profile | None) -> bytes:
    from pyld import jsonld

    form = profile.name if profile else "compacted"
    expanded = _native(jsonld.from_rdf(_n_triples(description.triples).decode(), {"useNativeTypes": False}))
    context = {"@context": _used(description)}
    written = {
        "expanded": lambda: expanded,
        "flattened": lambda: jsonld.flatten(expanded, context),
    }.get(form, lambda: jsonld.compact(expanded, context))()
    return (json.dumps(written, ensure_ascii=False, indent=2) + "\n").encode()


def _native(part: Any) -> Any:
    """Return a part of a document with those numbers and booleans as such that JSON writes exactly like RDF.

    JSON-LD's own conversion (``useNativeTypes``) would write 01 as 1.
    """
    if isinstance(part, list):
        return [_native(each) for each in part]
    if not isinstance(part, dict):
        return part
    if "@value" in part:
        same = _NATIVE.get(part.get("@type", ""))
        return {"@value": json.loads(part["@value"])} if same and same.fullmatch(part["@value"]) else part
    return {key: _native(each) for key, each in part.items()}


def _used(description: Description) -> Mapping[str, str]:
    """Return those of the prefixes that shorten an IRI of the description."""
    text = _n_triples(description.triples).decode()
    return {name: space for name, space in description.prefixes.items() if f"<{space}" in text}


def _n_triples(triples: Sequence[ox.Triple]) -> bytes:
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
