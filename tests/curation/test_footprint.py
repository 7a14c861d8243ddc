"""The part of the data that the judge is given is all it needs, and no more than it needs."""

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes_of_each_kind import CONSTRAINTS, QUERIES, QUICK, TARGETS, all_pairs, shapes_graph, statements, with_query
from small_shapes import store_of

from metropolis_kg.content import Content
from metropolis_kg.curation.checking import derive
from metropolis_kg.curation.footprint import footprint_of
from metropolis_kg.curation.judge import ValidationError, judge_each, judge_here
from metropolis_kg.curation.question import (
    read_each,
    whole_data,
    whole_shapes,
    written_data,
    written_pairs,
    written_shapes,
)
from metropolis_kg.curation.report import Result, read_results
from metropolis_kg.curation.shapes import read_shapes
from metropolis_kg.curation.sources import read_dataset
from metropolis_kg.model.namespaces import CANONICAL_BASE
from metropolis_kg.model.shapes import TYPE, ShapesGraph

pytestmark = pytest.mark.filterwarnings("ignore::pyshacl.errors.ShapeRecursionWarning")
FEW = settings(QUICK, max_examples=6)
S = ox.NamedNode("https://example.org/S")


def plain(store: ox.Store, shapes: ShapesGraph) -> list[Result] | None:
    """Return what pySHACL finds in everything; none where it fails."""
    try:
        said = judge_here(whole_shapes(shapes), whole_data(store))
    except ValidationError:
        return None
    return list(read_results(ox.parse(said, format=ox.RdfFormat.N_TRIPLES), shapes))


def part_by_part(store: ox.Store, shapes: ShapesGraph) -> list[Result]:
    """Return what it finds for each focus node alone, given the part of the data for that node."""
    found: list[Result] = []
    for shape, nodes in all_pairs(store, shapes).items():
        for node in nodes:
            pairs = {shape: [node]}
            said = judge_each(written_pairs(shapes, pairs), written_data(store, shapes, pairs))
            found += [result for results in read_each(said, shapes).values() for result in results]
    return sorted(found, key=lambda result: result.sort_key)


def with_the_part(store: ox.Store, shapes: ShapesGraph) -> list[Result]:
    """Return what it finds for all focus nodes, given the part of the data for them."""
    pairs = all_pairs(store, shapes)
    said = judge_here(written_shapes(shapes, pairs), written_data(store, shapes, pairs))
    return list(read_results(ox.parse(said, format=ox.RdfFormat.N_TRIPLES), shapes))


def check(turtle: str, quads: list[ox.Quad]) -> None:
    """Compare the results on random data."""
    shapes, store = shapes_graph(turtle), ox.Store()
    store.extend(quads)
    expected = plain(store, shapes)
    if expected is not None:
        assert part_by_part(store, shapes) == expected
        assert with_the_part(store, shapes) == expected


@pytest.mark.parametrize("kind", CONSTRAINTS)
@FEW
@given(quads=st.lists(statements(), min_size=15, max_size=40))
def test_each_constraint_gives_the_same_results_on_the_part_of_the_data(kind: str, quads: list[ox.Quad]) -> None:
    check(CONSTRAINTS[kind] + TARGETS["class"], quads)


@pytest.mark.parametrize("kind", QUERIES)
@FEW
@given(quads=st.lists(statements(), min_size=15, max_size=40))
def test_each_query_gives_the_same_results_on_the_part_of_the_data(kind: str, quads: list[ox.Quad]) -> None:
    check(with_query(QUERIES[kind]) + TARGETS["class"], quads)


@pytest.mark.parametrize("target", TARGETS)
@FEW
@given(quads=st.lists(statements(), min_size=15, max_size=40))
def test_each_target_gives_the_same_focus_nodes(target: str, quads: list[ox.Quad]) -> None:
    check(CONSTRAINTS["values written out"] + CONSTRAINTS["class of the focus node"] + TARGETS[target], quads)


# What is left out


def part_for(constraints: str, data: str, node: str) -> set[str]:
    """Return the statements that the verdict of the shape ex:S on a node is said to need, without full stops."""
    shapes, store = shapes_graph(constraints + TARGETS["nodes"]), store_of(data)
    part = written_data(store, shapes, {S: [ox.NamedNode(f"https://example.org/{node}")]})
    return set(part.decode().replace("https://example.org/", "").replace(" .\n", "\n").splitlines())


HUB = "".join(f"ex:t{number} ex:in ex:hub ; ex:of ex:m{number} . " for number in range(1000))


def test_a_node_on_which_many_depend_is_not_asked_for_all_of_them() -> None:
    shape = "ex:S sh:property [ sh:path ex:in ; sh:class ex:D ] , [ sh:path ex:of ; sh:minCount 1 ] ."
    assert part_for(shape, HUB + "ex:hub a ex:C .", "t7") == {
        "<t7> <in> <hub>",
        "<t7> <of> <m7>",
        "<hub> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <C>",
    }


@pytest.mark.parametrize("order", ["?x ex:in ?y . ?x ex:of $this . $this ex:next ?y .", "?x ex:of $this ; ex:in ?y ."])
def test_a_query_is_followed_from_the_end_that_leads_to_few_nodes(order: str) -> None:
    part = part_for(with_query(order), HUB + "ex:m7 ex:next ex:hub .", "m7")
    assert part - {"<m7> <next> <hub>"} == {"<t7> <in> <hub>", "<t7> <of> <m7>"}


def test_a_constant_is_looked_up_and_not_all_that_lead_to_it() -> None:
    query = (
        "$this ex:of ?x . FILTER NOT EXISTS { $this ex:in ex:hub } FILTER NOT EXISTS { ?value ex:of ?x ; ex:in ex:hub }"
    )
    assert part_for(with_query(query), HUB, "t7") == {"<t7> <in> <hub>", "<t7> <of> <m7>"}


def test_what_is_not_understood_gets_everything() -> None:
    for constraint in (
        with_query("$this ex:p ?value . FILTER EXISTS { ?x ?y ?z }"),
        with_query("$this ex:p ?value . FILTER EXISTS { ?x ex:p* ?y }"),
        with_query("$this ex:p ?value . GRAPH ?g { $this ex:q ?x }"),
        with_query("$this ex:p ?value . { SELECT $this WHERE { $this ex:q ?x } LIMIT 1 }"),
        with_query("$this ex:p ?value . this is no query"),
        'ex:S sh:sparql [ sh:prefixes ex:prefixes ; sh:select "SELECT ?value WHERE { ex:a ex:p ?value }" ] .',
        CONSTRAINTS["class"]
        + 'ex:prefixes sh:declare [ sh:prefix "ex" ; sh:namespace "urn:other" ] .'
        + with_query(""),
        CONSTRAINTS["class"] + "ex:own sh:parameter [ sh:path ex:p ] .",
        "ex:S sh:or ex:none .",
        "ex:S sh:property [ sh:path [ sh:zeroOrFewPath ex:p ] ] .",
    ):
        assert footprint_of(S, shapes_graph(constraint)).whole, constraint
        assert len(part_for(constraint, HUB, "t7")) == 2000


def test_a_tenure_of_the_repositorys_shapes_needs_a_few_statements(content: Content) -> None:
    store, shapes = derive(read_dataset(content), content), read_shapes(content)
    (shape,) = (each.node for each in shapes.targeting if str(each.node).endswith("shapes/Tenure>"))
    for quad in store.quads_for_pattern(None, TYPE, ox.NamedNode(f"{CANONICAL_BASE}ns#Tenure")):
        part = written_data(store, shapes, {shape: [quad.subject]})
        assert 10 < part.count(b"\n") < 60


def test_no_shape_of_the_repository_needs_the_whole_graph(content: Content) -> None:
    shapes = read_shapes(content)
    footprints = {str(shape.node): footprint_of(shape.node, shapes) for shape in shapes.targeting}
    assert {name: each.whole for name, each in footprints.items() if each.whole or each.scans or each.constants} == {}
