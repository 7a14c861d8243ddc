"""An entity tag promises the same bytes: the same release, loaded by another process, answers in the same order."""

from pathlib import Path

import pytest

from metropolis_kg.curation.release import DATASET, Release
from metropolis_kg.store.query_form import is_repeatable
from metropolis_kg.store.recipe import Limits, Recipe
from metropolis_kg.store.workers import Workers

QUERIES = [
    "SELECT * WHERE { ?s ?p ?o }",
    "SELECT DISTINCT ?p WHERE { ?s ?p ?o }",
    "SELECT ?p (COUNT(*) AS ?n) (SAMPLE(?o) AS ?x) (GROUP_CONCAT(?s) AS ?all) WHERE { ?s ?p ?o } GROUP BY ?p",
    "SELECT * WHERE { ?s a ?class OPTIONAL { ?s rdfs:label ?name } } LIMIT 100",
    "SELECT ?g ?s WHERE { GRAPH ?g { ?s a ?class MINUS { ?s rdfs:label ?name } } }",
    "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } } LIMIT 3",
    "SELECT ?g ?s WHERE { GRAPH ?g { ?s a/rdfs:subClassOf* ?class } }",
    "SELECT ?g WHERE { GRAPH ?g {} }",
]
GRAPHS = ["CONSTRUCT WHERE { ?s rdfs:label ?o }", "DESCRIBE organisation:metropolis"]


@pytest.mark.parametrize("query", QUERIES + GRAPHS)
def test_processes_that_loaded_the_same_release_give_the_same_bytes(
    release: Release, meeting: Path, query: str
) -> None:  # fmt: skip
    prefixes, place = release.manifest["prefixes"], str(release.path / DATASET)
    media_type = "text/turtle" if query in GRAPHS else "application/sparql-results+json"
    several = [
        Workers(Recipe("memory", place, prefixes, release.manifest["base"], Limits(at_once=number)), meeting)
        for number in (1, 2, 3)
    ]
    assert len({each.query(query, media_type) for each in several}) == 1 or not is_repeatable(query)
