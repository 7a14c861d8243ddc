"""Shapes as data: the same graph in each syntax and the same bytes each time, whatever blank nodes are in them."""

import json

import pyoxigraph as ox
import pytest
from pyld import jsonld

from metropolis_kg.model.shapes import ShapesGraph
from metropolis_kg.publication.description import UnknownThingError
from metropolis_kg.publication.media_types import GRAPHS, JSON_LD, PROFILES, Syntax
from metropolis_kg.publication.shapes import describe_shapes, with_document, write_shapes
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.store.results import GRAPH_FORMATS

BASE = "http://localhost:8000/"
TURTLE = f"""
@prefix ex: <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix shape: <{BASE}shapes/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

shape:A sh:targetClass ex:A ;
    sh:property [ sh:path ex:p ; sh:minCount 1 ] ,
        [ sh:path ( ex:p [ sh:inversePath ex:q ] ) ; sh:in ( 1 "b"@de 2.50 ) ] ,
        shape:A-q ;
    sh:not [ sh:not [ sh:class ex:B ] ] .
shape:A-q sh:path ex:q ;
    sh:or ( [ sh:datatype xsd:date ] [ sh:hasValue "01"^^xsd:integer , true , "true"^^xsd:integer ] ) .
shape:B sh:node shape:A .
"""


def shapes(opened: OpenRelease) -> ShapesGraph:
    """Read the shapes; each time their blank nodes have other labels."""
    quads = ox.parse(TURTLE.encode(), format=ox.RdfFormat.TURTLE)
    return ShapesGraph(tuple((quad.subject, quad.predicate, quad.object) for quad in quads), opened.prefixes, {})


def canonical(written: bytes, syntax: Syntax) -> ox.Dataset:
    """Return what was written, equal to another exactly when the graphs are isomorphic."""
    if syntax is JSON_LD:
        written = jsonld.to_rdf(json.loads(written), {"format": "application/n-quads"}).encode()
        syntax = GRAPHS[2]
    dataset = ox.Dataset(ox.parse(written, format=GRAPH_FORMATS[syntax.media_type]))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def written(opened: OpenRelease, syntax: Syntax, path: str = "shapes/A") -> bytes:
    """Return the document about a node of the shapes."""
    described = describe_shapes(shapes(opened), opened, opened.iri(path))
    return write_shapes(with_document(described, opened, opened.iri(f"doc/{path}"), ["http://example.org/l"]), syntax)


@pytest.mark.parametrize("syntax", GRAPHS, ids=lambda syntax: syntax.extension)
@pytest.mark.parametrize("path", ["shapes/A", "shapes/"])
def test_every_syntax_has_the_same_graph_and_the_same_bytes_each_time(
    opened: OpenRelease, syntax: Syntax, path: str
) -> None:
    first = written(opened, syntax, path)
    assert len({written(opened, syntax, path) for _ in range(5)} | {first}) == 1
    n_triples = canonical(written(opened, GRAPHS[2], path), GRAPHS[2])
    assert len(n_triples) > 25
    assert canonical(first, syntax) == n_triples


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_every_form_of_json_ld_has_the_same_graph(opened: OpenRelease, profile: object) -> None:
    described = describe_shapes(shapes(opened), opened, opened.iri("shapes/A"))
    plain = canonical(write_shapes(described, GRAPHS[2]), GRAPHS[2])
    assert canonical(write_shapes(described, JSON_LD, profile), JSON_LD) == plain


def test_a_shape_comes_with_its_parts_and_who_points_to_it_but_not_with_others(opened: OpenRelease) -> None:
    described = describe_shapes(shapes(opened), opened, opened.iri("shapes/A"))
    subjects = {str(triple.subject) for triple in described.triples}
    assert f"<{BASE}shapes/A-q>" in subjects
    assert [str(each.predicate) for each in described.triples if str(each.subject) == f"<{BASE}shapes/B>"] == [
        "<http://www.w3.org/ns/shacl#node>"
    ]
    part = describe_shapes(shapes(opened), opened, opened.iri("shapes/A-q"))
    assert not any("targetClass" in str(triple) for triple in part.triples)


@pytest.mark.parametrize("path", ["shapes/C", "shapes/a", "id/place/berlin", "shapes", "shapes/A/", "shapes/<x>"])
def test_what_is_no_node_of_the_shapes_is_unknown(opened: OpenRelease, path: str) -> None:
    with pytest.raises(UnknownThingError):
        describe_shapes(shapes(opened), opened, opened.iri(path))
