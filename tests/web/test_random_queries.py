"""Random queries have the same answers over HTTP as from the engine itself."""

import csv
import io
from collections import Counter
from collections.abc import Hashable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from metropolis_kg.curation.release import DATASET, Release, Releases
from metropolis_kg.store.results import GRAPH_FORMATS, RESULT_FORMATS
from servers import ask

VARIABLES = ["?a", "?b", "?c", "?d"]
PREDICATES = [
    "a", "rdfs:label", "org:role", "org:member", "org:organization", "mkg:when", "mkg:evidence", "mkg:quote",
    "skos:broader", "time:hasTime", "mkg:startEarliest", "mkg:endLatest", "mkg:source", "org:nothing",
]  # fmt: skip
PATHS = ["^org:member", "org:role/skos:broader", "skos:broader*", "org:role|org:member", "!(a|rdfs:label)",
         "time:hasTime?/mkg:startEarliest", "(org:role/skos:broader+)"]  # fmt: skip
THINGS = ["organisation:metropolis", "person:michael-mueller", "mkg:Person", "role:leadership", '"Berlin"@en', "?a"]
LITERALS = ['"Metropolis"', '"Berlin"@de', '"2014-01-01"^^xsd:date', "3", "2.5", "true", '"a\\"b\\n{}"', "'é😀'"]

FUNCTIONS = ["STR", "LANG", "DATATYPE", "ISIRI", "STRLEN", "UCASE", "!", "YEAR"]
EXPRESSIONS = ["^m", "berlin|paris", "[0-9]{4}", "(a|b)+$"]
PROJECTIONS = ["*", "?a", "DISTINCT ?b", "?a ?x", "REDUCED ?a ?b"]

variable = st.sampled_from(VARIABLES)
literal = st.sampled_from(LITERALS)


@st.composite
def triples(draw: st.DrawFn) -> str:
    """A few triples that hang together, so that their answers stay small."""
    kept = [f"?a {draw(st.sampled_from(PREDICATES + PATHS))} {draw(st.sampled_from(['?b', '?c', *THINGS[:3]]))} ."]
    objects = st.sampled_from(["?c", "?d", *LITERALS[:2]])
    for subject in draw(st.lists(st.sampled_from(["?a", "?b"]), max_size=2)):
        kept += [f"{subject} {draw(st.sampled_from(PREDICATES))} {draw(objects)} ."]
    return " ".join(kept) + (" ?a a ?kind ." if any(each.startswith("?b") for each in kept) else "")


expressions = st.recursive(
    st.one_of(variable, literal, st.sampled_from(THINGS[:4])),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["=", "!=", "<", ">=", "&&", "||", "+", "*"]), inner),
        st.builds("{}({})".format, st.sampled_from(FUNCTIONS), inner),
        st.builds("IF({}, {}, {})".format, inner, inner, inner),
        st.builds("COALESCE({}, {})".format, inner, inner),
        st.builds("({} IN ({}, {}))".format, inner, inner, literal),
        st.builds('REGEX(STR({}), "{}", "i")'.format, inner, st.sampled_from(EXPRESSIONS)),
        st.builds("CONTAINS(STR({}), {})".format, inner, st.sampled_from(LITERALS[:1])),
        st.builds("BOUND({})".format, variable),
    ),
    max_leaves=5,
)  # fmt: skip


def groups(depth: int) -> st.SearchStrategy[str]:
    """Groups of patterns, at most so deep."""
    if depth == 0:
        return triples()
    inner = groups(depth - 1)
    return st.one_of(
        triples(),
        st.builds("{} FILTER({})".format, triples(), expressions),
        st.builds("{} OPTIONAL {{ {} }}".format, triples(), inner),
        st.builds("{{ {} }} UNION {{ {} }}".format, inner, inner),
        st.builds("{} MINUS {{ {} }}".format, triples(), inner),
        st.builds("{} FILTER {} {{ {} }}".format, triples(), st.sampled_from(["EXISTS", "NOT EXISTS"]), inner),
        st.builds("{} BIND({} AS ?{})".format, triples(), expressions, st.sampled_from(["x", "y"])),
        st.builds("{} VALUES ({} ?z) {{ ({} 1) (UNDEF {}) }}".format, triples(), variable, literal, literal),
        st.builds("GRAPH ?g {{ {} }}".format, triples()),
        st.builds("{{ SELECT DISTINCT ?a ?b WHERE {{ {} }} }} {}".format, inner, triples()),
    )


group = groups(2)
ordered = st.builds(
    "SELECT {} WHERE {{ {} }} ORDER BY {}(?a) ?b ?c LIMIT {} OFFSET {}".format,
    st.sampled_from(["?a ?b ?c", "DISTINCT ?a ?b ?c"]), group, st.sampled_from(["ASC", "DESC"]), st.integers(0, 50),
    st.integers(0, 5),
)  # fmt: skip
queries = st.one_of(
    st.builds("SELECT {} WHERE {{ {} }}".format, st.sampled_from(PROJECTIONS), group),
    st.builds("SELECT ({} AS ?n) WHERE {{ {} }}".format,
              st.sampled_from(["COUNT(*)", "COUNT(DISTINCT ?b)", "MIN(?b)", "MAX(?c)", "SUM(STRLEN(STR(?b)))"]), group),
    st.builds("SELECT ?a (COUNT(?b) AS ?n) WHERE {{ {} }} GROUP BY ?a HAVING(COUNT(?b) {} {})".format, group,
              st.sampled_from(["<", ">="]), st.integers(0, 3)),
    ordered,
    st.builds("ASK {{ {} }}".format, group),
    st.builds("CONSTRUCT {{ ?a {} ?b . ?b rdfs:seeAlso ?c }} WHERE {{ {} }}".format,
              st.sampled_from(PREDICATES[:6]), group),
    st.builds("DESCRIBE {} WHERE {{ {} }}".format, st.sampled_from(["?a", "?b", "organisation:metropolis"]), triples()),
    st.text("{}()?a<>.;\"' SELECT*WHERE", max_size=40),
)  # fmt: skip


@pytest.fixture(scope="session")
def served_release(site_var: Path) -> Release:
    """The release that the site serves."""
    release = Releases(site_var).current()
    assert release
    return release


@pytest.fixture(scope="session")
def engine(served_release: Release) -> ox.Store:
    """The same release, in the engine itself."""
    store = ox.Store()
    store.bulk_load(path=served_release.path / DATASET, format=ox.RdfFormat.N_QUADS, lenient=True)
    return store


def directly(
    engine: ox.Store, query: str, media_type: str, graphs: list[str], prefixes: dict[str, str]
) -> bytes | None:
    """Return what the engine answers; none where it cannot read the query."""
    chosen = [ox.NamedNode(each) for each in graphs]
    dataset: dict[str, Any] = {"default_graph": chosen, "named_graphs": []} if graphs else {}
    try:
        result = engine.query(query, prefixes=prefixes, use_default_graph_as_union=not graphs, **dataset)
    except SyntaxError:
        return None
    if isinstance(result, ox.QueryTriples):
        return result.serialize(format=GRAPH_FORMATS[media_type])
    return result.serialize(format=RESULT_FORMATS[media_type])


def meaning(answer: bytes, media_type: str) -> Hashable:
    """Return what an answer says, whatever the order of its rows."""
    if media_type in GRAPH_FORMATS:
        return frozenset(quad.triple for quad in ox.parse(answer, format=GRAPH_FORMATS[media_type]))
    if media_type == "text/csv":
        return frozenset(Counter(tuple(row) for row in csv.reader(io.StringIO(answer.decode(), newline=""))).items())
    result = ox.parse_query_results(answer, format=RESULT_FORMATS[media_type])
    if not isinstance(result, ox.QuerySolutions):
        return bool(result)
    names = tuple(result.variables)
    return names, frozenset(Counter(tuple(row[name] for name in names) for row in result).items())


@settings(max_examples=1000, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    query=queries,
    table=st.sampled_from(sorted(RESULT_FORMATS)),
    graph=st.sampled_from(sorted(GRAPH_FORMATS)),
    chosen=st.lists(st.sampled_from(["berlin-metropolis", "derived", "geonames"]), max_size=2, unique=True),
)
def test_a_thousand_random_queries_have_the_same_answers_over_http(
    site: str, engine: ox.Store, served_release: Release, query: str, table: str, graph: str, chosen: list[str]
) -> None:
    media_type = graph if query.startswith(("CONSTRUCT", "DESCRIBE")) else table
    graphs = [f"{site}/graph/{name}" for name in chosen]
    expected = directly(engine, query, media_type, graphs, served_release.manifest["prefixes"])
    address = f"{site}/sparql?" + urlencode([("default-graph-uri", each) for each in graphs])
    answer = ask(address, media_type, method="POST", body=query.encode(), content_type="application/sparql-query")
    event("read" if expected is not None else "not read")
    if expected is None:
        assert (answer.status, answer.json()["type"].rpartition("/")[2]) == (400, "query-malformed")
    else:
        assert answer.status == 200, answer.body
        assert meaning(answer.body, media_type) == meaning(expected, media_type)
