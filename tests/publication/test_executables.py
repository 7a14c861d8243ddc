"""Stored queries in RDF: what a query editor finds there can be run as it is."""

import json
from collections import Counter

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic

from metropolis_kg.content import Content
from metropolis_kg.curation.release import Release
from metropolis_kg.publication.executables import executables, runnable, write_executables
from metropolis_kg.publication.media_types import JSON_LD, TURTLE
from metropolis_kg.publication.stored_queries import StoredQueries, StoredQuery
from metropolis_kg.store.protocol import N_TRIPLES, RESULTS_JSON
from metropolis_kg.store.release import OpenRelease

EDITORS_QUESTION = """\
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
SELECT ?query ?comment ?target ?text WHERE {
  ?query a sh:SPARQLExecutable ;
    rdfs:comment ?comment ;
    schema:target ?target ;
    sh:select|sh:ask|sh:construct ?text .
  FILTER(LANG(?comment) = "en")
}"""


@pytest.fixture(scope="module")
def queries(content: Content) -> list[StoredQuery]:
    """All stored queries."""
    return StoredQueries(content).all()


@pytest.fixture(scope="module")
def elsewhere(release: Release) -> ox.Store:
    """The data in a store that knows nothing of our prefixes."""
    store = ox.Store()
    store.bulk_load(path=str(release.path / "dataset.nq"), format=ox.RdfFormat.N_QUADS)
    return store


def answer(store: ox.Store, text: str) -> list[str]:
    """Return the rows or triples of the answer, each as text, in order."""
    found = store.query(text, use_default_graph_as_union=True)
    return [str(bool(found))] if isinstance(found, ox.QueryBoolean) else sorted(map(str, found))


def test_an_editor_finds_every_query_with_comment_endpoint_and_text(
    opened: OpenRelease, queries: list[StoredQuery]
) -> None:
    store = ox.Store()
    store.extend(ox.Quad(each.subject, each.predicate, each.object) for each in executables(opened, queries))
    rows = {row["query"].value: row for row in store.query(EDITORS_QUESTION)}
    assert set(rows) == {opened.iri(f"query/{query.name}") for query in queries}
    found = rows[opened.iri("query/who-led")]
    assert found["comment"].value.startswith("Who led Metropolis on a day? The holder is whoever")
    assert found["target"].value == "http://localhost:8000/sparql"


def test_each_query_has_the_class_of_its_form(opened: OpenRelease, queries: list[StoredQuery]) -> None:
    kinds = Counter(
        each.object.value.partition("#")[2]
        for each in executables(opened, queries)
        if each.predicate.value.endswith("#type")
    )
    forms = Counter(query.form for query in queries)
    assert forms["ASK"] >= 1
    assert forms["CONSTRUCT"] >= 1
    assert kinds == {
        "SPARQLExecutable": len(queries),
        "SPARQLSelectExecutable": forms["SELECT"],
        "SPARQLAskExecutable": forms["ASK"],
        "SPARQLConstructExecutable": forms["CONSTRUCT"],
    }


def test_the_text_gives_elsewhere_what_the_stored_query_gives_here(
    opened: OpenRelease, queries: list[StoredQuery], elsewhere: ox.Store
) -> None:
    for query in queries:
        bindings = query.bindings({}, opened)
        text = runnable(query, bindings, opened.prefixes)
        assert "#+" not in text
        media_type = N_TRIPLES if query.form == "CONSTRUCT" else RESULTS_JSON
        here = opened.service.query(query.text, media_type, bindings=bindings)
        if query.form == "SELECT":
            assert len(answer(elsewhere, text)) == len(json.loads(here)["results"]["bindings"]), query.name
        elif query.form == "ASK":
            assert answer(elsewhere, text) == [str(json.loads(here)["boolean"])]
        else:
            assert len(set(answer(elsewhere, text))) == len(set(here.splitlines()))


def test_without_its_prefixes_the_text_would_not_run(
    opened: OpenRelease, queries: list[StoredQuery], elsewhere: ox.Store
) -> None:
    who_led = next(query for query in queries if query.name == "who-led")
    with pytest.raises(SyntaxError):
        answer(elsewhere, runnable(who_led, {}, {}))


def test_json_ld_has_prefixes_and_says_the_same_as_turtle(opened: OpenRelease, queries: list[StoredQuery]) -> None:
    written = write_executables(opened, queries, JSON_LD)
    assert json.loads(written)["@context"]["sh"] == "http://www.w3.org/ns/shacl#"
    assert {"sh:select", "@id", "@type"} <= json.loads(written)["@graph"][1].keys()
    turtle = rdflib.Graph().parse(data=write_executables(opened, queries, TURTLE), format="turtle")
    assert isomorphic(rdflib.Graph().parse(data=written, format="json-ld"), turtle)
