"""Our own terms are defined in two languages, used, and written with the one set of prefixes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from asking import Authored

from metropolis_kg.content import Content
from metropolis_kg.curation.sources import content_files
from metropolis_kg.model.dataset import Dataset, NamedGraph
from metropolis_kg.model.namespaces import read_prefixes

NAMESPACE = "https://w3id.org/metropolis-kg/ns#"
OURS = f"rdfs:isDefinedBy <{NAMESPACE}>"
PREFIX_LINE = re.compile(r"^@prefix ([\w-]*): <([^>]*)> \.$", re.MULTILINE)
NOT_CODE = re.compile(r'"(?:[^"\\\n]|\\.)*"|<[^>\s]*>|(?<!\S)#.*')
TERM = re.compile(r"\bmkg:(\w+)")
OWN_PREFIX = re.compile(r"^\s*(?:prefix|base)\s", re.MULTILINE | re.IGNORECASE)

KINDS = {"owl:Class", "owl:DatatypeProperty", "owl:ObjectProperty", "owl:SymmetricProperty"}

NAMED_BY_THE_BUILD = {
    "mkg:Dating",
    "mkg:Evidence",
    "mkg:MemberCount",
    "mkg:Participation",
    "mkg:Partnership",
    "mkg:PostHolding",
    "mkg:StatedRelation",
    "mkg:Tenure",
}


def code(path: Path) -> str:
    """Return the text of a Turtle or SPARQL file without literals, IRIs and comments."""
    return NOT_CODE.sub("", path.read_text(encoding="utf-8"))


def own_terms(graph: NamedGraph) -> Iterator[str]:
    """Yield the names of our terms that a graph mentions."""
    for quad in graph.quads:
        for node in (quad.subject, quad.predicate, quad.object):
            if isinstance(node, ox.NamedNode) and node.value.startswith(NAMESPACE) and node.value != NAMESPACE:
                yield node.value.removeprefix(NAMESPACE)


@pytest.fixture(scope="module")
def defined(authored: Authored) -> set[str]:
    """The terms that the vocabulary says it defines."""
    return {term.removeprefix("mkg:") for (term,) in authored.rows("?term", f"?term {OURS}")}


@pytest.fixture(scope="module")
def named_in_code(content: Content) -> set[str]:
    """The terms that rules, queries and shapes name."""
    files = [*content.queries.rglob("*.rq"), *content.shapes.rglob("*.ttl")]
    return {term for path in files for term in TERM.findall(code(path))}


@pytest.fixture(scope="module")
def stated(dataset: Dataset) -> set[str]:
    """The terms that stewards use: data, schemes and the labels of standard terms."""
    return {term for graph in dataset.graphs if graph.path.stem != "vocabulary" for term in own_terms(graph)}


# ---- Definitions ----


def test_every_term_that_stewards_use_is_defined(stated: set[str], defined: set[str]) -> None:
    assert stated
    assert stated - defined == set()


def test_every_term_named_in_a_rule_a_query_or_a_shape_is_defined(named_in_code: set[str], defined: set[str]) -> None:
    assert named_in_code
    assert named_in_code - defined == set()


def test_every_term_the_vocabulary_mentions_is_defined(dataset: Dataset, defined: set[str]) -> None:
    [vocabulary] = [graph for graph in dataset.graphs if graph.path.stem == "vocabulary"]
    assert set(own_terms(vocabulary)) == defined


def test_every_term_is_used_or_above_one_that_is(
    authored: Authored, stated: set[str], named_in_code: set[str], defined: set[str]
) -> None:
    used = stated | named_in_code
    needed = authored.rows("?term ?above", "?term rdfs:subClassOf+|rdfs:domain|rdfs:range ?above")
    used |= {above.removeprefix("mkg:") for term, above in needed if term.removeprefix("mkg:") in used}
    values = authored.rows("?value ?kind", f"?value {OURS} ; a ?kind . ?kind rdfs:subClassOf skos:Concept")
    used |= {value.removeprefix("mkg:") for value, kind in values if kind.removeprefix("mkg:") in used}
    assert defined - used == set()


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("naming", ["rdfs:label|skos:prefLabel", "skos:definition"])
def test_every_term_has_one_label_and_one_definition_in_each_language(
    authored: Authored, defined: set[str], naming: str, language: str
) -> None:
    said = f'?term {OURS} ; {naming} ?text FILTER(LANG(?text) = "{language}")'
    named = sorted(term.removeprefix("mkg:") for term, _ in authored.rows("?term ?text", said))
    assert named == sorted(defined)


def test_every_term_is_a_class_a_property_or_a_value_of_a_class_of_ours(authored: Authored, defined: set[str]) -> None:
    kinds = authored.rows("?term ?kind", f"?term {OURS} ; a ?kind")
    assert {term.removeprefix("mkg:") for term, _ in kinds} == defined
    assert [row for row in kinds if row[1] not in KINDS and row[1].removeprefix("mkg:") not in defined] == []


# ---- Names ----


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_thing_has_one_name_in_each_language(authored: Authored, language: str) -> None:
    things = authored.rows("?thing ?kind", "?thing a ?kind FILTER(CONTAINS(STR(?thing), '/metropolis-kg/id/'))")
    needing = {thing for thing, kind in things if kind not in NAMED_BY_THE_BUILD}
    naming = f'?thing skos:prefLabel|foaf:name|dct:title ?name FILTER(LANG(?name) = "{language}")'
    named = [thing for thing, _ in authored.rows("?thing ?name", naming) if thing in needing]
    assert sorted(named) == sorted(needing)


def test_every_graph_has_title_licence_rights_holder_and_attribution(authored: Authored, dataset: Dataset) -> None:
    parts = "dct:title ?title ; dct:license ?licence ; dct:rightsHolder ?holder ; schema:creditText ?credit"
    same = "BIND(LANG(?title) AS ?language) FILTER(LANG(?credit) = ?language && STRSTARTS(STR(?graph), STR(graph:)))"
    described = authored.rows("?graph ?language", f"?graph {parts} {same}")
    stems = {graph.path.stem for graph in dataset.graphs} | {"derived", "inferred"}
    assert described == {(f"graph:{stem}", language) for stem in stems for language in ("de", "en")}


def test_every_concept_stands_in_its_scheme_below_another_or_at_the_top(authored: Authored) -> None:
    concepts = "?concept a skos:Concept ; skos:inScheme ?scheme"
    placed = authored.rows("?concept", f"{concepts} . ?concept skos:broader|skos:topConceptOf ?above")
    assert placed == authored.rows("?concept", "?concept a skos:Concept FILTER(CONTAINS(STR(?concept), '/id/'))")
    tops = authored.rows("?scheme ?top", "?top skos:topConceptOf ?scheme")
    assert tops == authored.rows("?scheme ?top", "?scheme skos:hasTopConcept ?top")


# ---- Files ----


def test_content_has_no_blank_nodes(dataset: Dataset) -> None:
    nodes = [
        (graph.path.name, str(node))
        for graph in dataset.graphs
        for quad in graph.quads
        for node in (quad.subject, quad.object)
        if isinstance(node, ox.BlankNode)
    ]
    assert nodes == []


def test_every_turtle_file_uses_the_declared_prefixes(content: Content) -> None:
    declared = read_prefixes(content.prefixes_file)
    for path in [*content_files(content), *sorted(content.shapes.rglob("*.ttl"))]:
        written = PREFIX_LINE.findall(path.read_text(encoding="utf-8"))
        assert written, path.name
        assert {name: space for name, space in written if declared.get(name) != space} == {}, path.name


def test_the_prefixes_of_a_file_are_sorted_and_each_is_used(content: Content) -> None:
    for path in content_files(content):
        text = path.read_text(encoding="utf-8")
        names = [name for name, _ in PREFIX_LINE.findall(text)]
        body = NOT_CODE.sub("", PREFIX_LINE.sub("", text))
        assert names == sorted(set(names)), path.name
        assert [name for name in names if not re.search(rf"(?<![\w-]){name}:", body)] == [], path.name


def test_no_query_declares_prefixes_of_its_own(content: Content) -> None:
    queries = sorted(content.queries.rglob("*.rq"))
    assert queries
    assert [path.name for path in queries if OWN_PREFIX.search(path.read_text(encoding="utf-8"))] == []


def test_a_prefix_declaration_is_called_after_its_prefix(authored: Authored) -> None:
    declarations = authored.rows(
        "?declaration ?prefix", "?list sh:declare ?declaration . ?declaration sh:prefix ?prefix"
    )
    assert declarations == authored.rows("?declaration ?prefix", "?declaration sh:prefix ?prefix")
    assert [row for row in declarations if not row[0].endswith(f"#{row[1]}>")] == []
