"""The same releases from other engines: Virtuoso, and Oxigraph's own server, loaded as ``build --to`` does it.

The contract of a store, the stored queries, documents and searches have the answers that a release's own store gives.
What only Virtuoso does to statements and answers is undone, or an error.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from test_contract import *  # noqa: F403 - the contract, asked of Virtuoso

from every_thing import things
from expected_answers import CASES, arguments_of, query_of
from graphs import canonical
from layouts import laid_out
from metropolis_kg.content import Content
from metropolis_kg.curation.loading.loader import Loader
from metropolis_kg.curation.loading.target import Target
from metropolis_kg.curation.release import Release
from metropolis_kg.publication.description import describe
from metropolis_kg.publication.search_remote import RemoteIndex
from metropolis_kg.publication.stored_queries import StoredQueries
from metropolis_kg.store.bare import BareStore
from metropolis_kg.store.credentials import Credentials
from metropolis_kg.store.endpoint import Endpoint
from metropolis_kg.store.engines import engine_of
from metropolis_kg.store.protocol import N_TRIPLES, RESULTS_JSON, AnswerTooLargeError, QueryService, StoreRefusedError
from metropolis_kg.store.query_form import form_of
from metropolis_kg.store.release import OpenRelease, open_embedded, open_remote
from metropolis_kg.store.remote import RemoteStore
from metropolis_kg.store.search import find
from metropolis_kg.store.search_file import SEARCH
from metropolis_kg.store.search_index import SearchIndex
from page_types import PAGE_TYPES
from real_engines import PASSWORD, RunningEngine, oxigraph, send, virtuoso
from servers import ask, free_port, served, wait_for
from small_dataset import BASE, DATASET, PREFIXES

SMALL = "5ca1ab1e"
ROWS = 10_000


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEngine]:
    """Virtuoso, whose answers have no more than some rows."""
    with virtuoso(tmp_path_factory.mktemp("virtuoso"), ROWS) as engine:
        yield engine


@pytest.fixture(params=["as it is", "among releases"], scope="module")
def service(request: pytest.FixtureRequest, running: RunningEngine) -> Iterator[QueryService]:
    """The dataset of the contract in Virtuoso, alone and under its own names, and then as a release among others."""
    quads = list(ox.parse(DATASET, format=ox.RdfFormat.TRIG))
    if request.param == "as it is":
        running.load(quads)
        yield RemoteStore(running.query, PREFIXES, BASE)
        running.drop({quad.graph_name.value for quad in quads})
    else:
        running.load([*laid_out(SMALL, quads), *laid_out("0000", quads[1:])])
        yield RemoteStore(running.query, PREFIXES, BASE, digest=SMALL)


@pytest.fixture(scope="module")
def opened(release: Release) -> OpenRelease:
    """The release, open in this process."""
    return open_embedded(release.path / "store", release.manifest)


@pytest.fixture(scope="module", params=["Oxigraph", "Virtuoso"])
def holding(
    request: pytest.FixtureRequest, release: Release, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningEngine]:  # fmt: skip
    """Each engine in turn, with the release in it."""
    if request.param == "Virtuoso":
        yield loaded(request.getfixturevalue("running"), release)
    else:
        with oxigraph(tmp_path_factory.mktemp("oxigraph")) as engine:
            yield loaded(engine, release)


@pytest.fixture(scope="module")
def remote(holding: RunningEngine, release: Release) -> OpenRelease:
    """The same release from another engine."""
    base, prefixes = release.manifest["base"], release.manifest["prefixes"]
    return open_remote(holding.query, base, prefixes, manifest=release.manifest)


def loaded(engine: RunningEngine, release: Release) -> RunningEngine:
    """Load ``release`` into ``engine``."""
    store = BareStore.at(engine.query, engine.update, Credentials("dba", PASSWORD))
    Loader(Target(store), lambda *_: None).load(release)
    return engine


@pytest.mark.parametrize("case", CASES)
def test_a_stored_query_has_the_same_terms_in_the_same_order(
    case: str, opened: OpenRelease, remote: OpenRelease, content: Content
) -> None:
    query = StoredQueries(content).find(query_of(case))
    bindings = query.bindings(arguments_of(case), opened)
    here, there = (said(each.service, query.text, bindings) for each in (opened, remote))
    assert there == here


def said(service: QueryService, query: str, bindings: Any) -> Any:
    """Return the terms of an answer; of a graph in any order."""
    if form_of(query) == "CONSTRUCT":
        graph = service.query(query, N_TRIPLES, bindings=bindings)
        return {str(quad) for quad in ox.parse(graph, format=ox.RdfFormat.N_TRIPLES)}
    results: Any = ox.parse_query_results(
        service.query(query, RESULTS_JSON, bindings=bindings), format=ox.QueryResultsFormat.JSON
    )
    return bool(results) if isinstance(results, ox.QueryBoolean) else [[*map(str, row)] for row in results]


def test_the_document_of_every_thing_says_the_same(opened: OpenRelease, remote: OpenRelease, content: Content) -> None:
    def differs(thing: str) -> bool:
        here, there = (describe(each, content.queries, thing).triples for each in (opened, remote))
        return canonical(there) != canonical(here)

    told = things(opened)
    with ThreadPoolExecutor(4) as several:
        assert [thing for thing, is_other in zip(told, several.map(differs, told), strict=True) if is_other] == []
    assert len(told) > 280


def test_searches_find_the_same(release: Release, remote: OpenRelease) -> None:
    made = RemoteIndex(remote)
    here, there = SearchIndex(release.path / SEARCH), made.index()
    for text in ("berlin", "Metropolsi", "muller", "governing mayor", "Habitat", "qxyzqxyz"):
        assert [each.iri for each in find(there, text).found] == [each.iri for each in find(here, text).found], text
    assert there.kinds == here.kinds


APART = {"start", "dataset", "nothing there", "vocabulary"}
"""Types of page that offer the files of a release, name the request, or show some examples of many.

All others are the same to the byte.
"""

OUTAGE = (
    "/doc/place/berlin",
    "/doc/place/nowhere.ttl",
    "/doc/organisation/metropolis",
    "/sparql?query=ASK%7B%3Fs+a+%3Fo%7D",
)


def test_every_type_of_page_is_the_same_and_an_engine_that_is_killed_is_an_outage_until_it_is_back(
    var: Path, release: Release, holding: RunningEngine
) -> None:
    base = {"METROPOLIS_KG_BASE_IRI": release.manifest["base"], "METROPOLIS_KG_QUERY_SECONDS": "5"}
    with served(var, free_port()) as here, served(var, free_port(), "--store", holding.query, **base) as there:
        pages = {kind: [ask(url + path, "text/html") for url in (here, there)] for kind, path in PAGE_TYPES.items()}
        assert [kind for kind, (one, other) in pages.items() if other.status != one.status] == []
        assert {kind for kind, (one, other) in pages.items() if other.body != one.body} <= APART
        holding.kill()
        for path in OUTAGE:
            began = time.monotonic()
            answer = ask(there + path, "text/turtle, application/json;q=0.5")
            assert (answer.status, answer.headers["retry-after"], path) == (503, "5", path)
            assert time.monotonic() - began < 6
        assert ask(f"{there}/healthz").status == 200
        assert ask(f"{there}/readyz").status == 503
        holding.start()
        wait_for(lambda: ask(f"{there}/readyz").status == 200, seconds=10)
        assert [ask(there + path).status for path in OUTAGE] == [200, 404, 200, 200]


TERMS = {
    "boolean": ["true", "false", "1"], "integer": ["7", "007", "-0", "99999999999999999999", "abc"], "int": ["5"],
    "decimal": ["1.10", "1.0", "52.5166666666666666666"], "double": ["1.5E0", "INF"], "float": ["1.5"],
    "date": ["2018-03-15", "2018-02-30"], "dateTime": ["2018-03-15T10:00:00Z", "2018-03-15T10:00:00.123+02:00"],
    "gYear": ["2018", "-0044"], "gYearMonth": ["2018-03"], "duration": ["P1Y"], "time": ["10:00:00"],
    "anyURI": ["http://a/b", "ü"], "string": ["", "a\tb\nc\\d\"e", "😀 \U00010348", "x" * 100_000],
}  # fmt: skip


def test_virtuoso_gives_back_every_term_that_was_loaded(running: RunningEngine) -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    typed = [ox.Literal(each, datatype=ox.NamedNode(xsd + name)) for name, some in TERMS.items() for each in some]
    other = [ox.Literal("Berlin", language=each) for each in ("de", "de-ch-1996")]
    markup = "http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral"
    other.append(ox.Literal("<b>x</b>", datatype=ox.NamedNode(markup)))
    named = ox.NamedNode("urn:terms")
    given = [ox.Quad(ox.NamedNode(f"urn:n{n}"), named, term, named) for n, term in enumerate([*typed, *other])]
    running.load(given)
    kept = ox.Store()  # which has one way to write a number, too
    kept.extend(given)
    store = RemoteStore(running.query, {}, BASE)
    graph = store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", N_TRIPLES, default_graphs=["urn:terms"])
    found = {str(quad.triple) for quad in ox.parse(graph, format=ox.RdfFormat.N_TRIPLES)}
    assert found == {str(quad.triple) for quad in kept}
    for quad in given:
        if isinstance(quad.object, ox.Literal) and len(quad.object.value) < 100:
            asked = "ASK { VALUES ?o { UNDEF } ?s ?p ?o }"
            assert b"true" in store.query(
                asked, RESULTS_JSON, bindings={"o": quad.object}, default_graphs=["urn:terms"]
            )


def test_rows_that_virtuoso_leaves_out_in_silence_are_an_error(running: RunningEngine) -> None:
    graph, name = ox.NamedNode("urn:many"), ox.NamedNode("urn:p")
    running.load(ox.Quad(ox.NamedNode(f"urn:s{n}"), name, graph, graph) for n in range(ROWS + 1))
    store = RemoteStore(running.query, {}, BASE)
    with pytest.raises(AnswerTooLargeError, match="first 10000 rows"):
        store.query("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", RESULTS_JSON, default_graphs=["urn:many"])
    running.drop(["urn:many", "urn:terms"])


def test_an_engine_is_known_by_what_it_sends(running: RunningEngine) -> None:
    engine = engine_of(Endpoint(running.query), time.monotonic() + 10)
    assert (engine.name, engine.update_url(running.query)) == ("Virtuoso", running.update)


def test_who_may_not_ask_is_told_so_and_not_that_the_store_is_away(running: RunningEngine) -> None:
    store = RemoteStore(running.update, {}, BASE)
    with pytest.raises(StoreRefusedError, match="401"):
        store.query("ASK { ?s ?p ?o }", RESULTS_JSON)
    with pytest.raises(AssertionError):
        send(
            Endpoint(running.update, Credentials("dba", "wrong"), "Digest"),
            "INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> 1 } }",
        )
