"""Deriving again after an edit gives what deriving everything from the edited statements gives."""

import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from metropolis_kg.content import Content
from metropolis_kg.curation.keyed_rules import KeyedRule
from metropolis_kg.curation.rederiving import Rederivation
from metropolis_kg.curation.rules import Rule, read_rules, run_rules
from metropolis_kg.curation.sources import read_dataset
from metropolis_kg.errors import ContentError
from metropolis_kg.model.dataset import Dataset

EX = "http://example.org/"
PREFIXES = {"ex": EX, "rule": f"{EX}rule/", "mkg": f"{EX}mkg#", "fn": f"{EX}fn#"}
TRICKY = {
    "a-step": "?x ex:p ?y } WHERE { ?x ex:q ?z . ?z ex:p ?y",
    "b-part": '?part ex:r ?x } WHERE { ?x ex:p ?y BIND(IRI(CONCAT(STR(?x), "#part")) AS ?part)',
    "c-stated": "?x ?of ?y } WHERE { ?x ex:says ?of ; ex:q ?y FILTER NOT EXISTS { ?x ?of ?y }",
    "d-without": "?x ex:lonely true } WHERE { ?x ex:q ?y MINUS { ?z ex:r ?x } FILTER NOT EXISTS { ?y ex:p ?x }",
    "e-joined": '?pair ex:p ?x } WHERE { ?x ex:p ?y BIND(IRI(CONCAT(STR(?x), STRAFTER(STR(?y), "org/"))) AS ?pair)',
    "f-either": "?x ex:r ?y } WHERE { { ?x ex:p ?y } UNION { ?y ex:lonely ?x } OPTIONAL { ?x ex:q ?z }",
    "g-counted": "?x ex:count ?n } WHERE { { SELECT ?x (COUNT(?y) AS ?n) WHERE { ?x ex:r ?y } GROUP BY ?x }",
    "h-graph": "?x ex:source ?y } WHERE { GRAPH ?page { ?x ex:p ?z } ?page ex:q ?y",
    "i-late": "?x ex:p ?n } WHERE { ?y ex:count ?n ; ex:q ?x",
}
"""Rules that see what they or later ones derive, each in its way."""

Derive = Callable[[Iterable[ox.Quad]], set[ox.Quad]]
Edit = tuple[set[ox.Quad], set[ox.Quad]]


@pytest.fixture(scope="module")
def dataset(content: Content) -> Dataset:
    return read_dataset(content)


@pytest.fixture(scope="module")
def rules(content: Content) -> list[Rule]:
    return read_rules(content)


def derivation(rules: list[Rule], prefixes: dict[str, str], base: str) -> Derive:
    """Return what derives everything from quads."""

    def derive(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
        store = ox.Store()
        store.extend(quads)
        run_rules(rules, store, prefixes, base)
        return set(store)

    return derive


def follow(following: Rederivation, store: ox.Store, edit: Edit) -> None:
    """Let ``store`` have what an edit brings about."""
    before = set(store)
    coming, going = following.consequences(*edit)
    assert set(store) == before
    for quad in going:
        store.remove(quad)
    store.extend(coming)


def tricky_rules(names: Iterable[str] = TRICKY) -> list[Rule]:
    return [
        Rule(name, Path(f"{name}.rq"), f"CONSTRUCT {{ {TRICKY[name]} }}", {"en": name}, graph, ())
        for name, graph in zip(names, ["derived", "inferred"] * len(TRICKY), strict=False)
    ]


def random_edits(seed: int, number: int) -> Iterator[Edit]:
    """Yield edits of a small graph of a few nodes, in two pages."""
    some = random.Random(seed)  # noqa: S311 # edits, no secrets
    names = [ox.NamedNode(EX + name) for name in ("a", "b", "c", "d", "page", "p", "r")]
    predicates = [ox.NamedNode(EX + name) for name in ("p", "q", "q", "says", "r")]
    graphs = [ox.NamedNode(EX + name) for name in ("page", "other")]

    def quads(most: int) -> set[ox.Quad]:
        choices = (names, predicates, names, graphs)
        return {ox.Quad(*map(some.choice, choices)) for _ in range(some.randint(0, most))}  # type: ignore[arg-type]

    yield quads(12), set()
    for _ in range(number):
        yield quads(2), quads(12)


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4, 5, 12, 20, 23, 27])
def test_rules_that_see_each_other_give_what_a_full_run_gives(seed: int) -> None:
    some = random.Random(seed)  # noqa: S311 # edits, no secrets
    rules = tricky_rules(some.sample(sorted(TRICKY), 5) if seed else TRICKY)
    store, written, derive = ox.Store(), set[ox.Quad](), derivation(rules, PREFIXES, EX)
    following = Rederivation(store, rules, PREFIXES, EX)
    for added, removed in random_edits(seed, 12):
        follow(following, store, (added, removed))
        written = (written - removed) | added
        assert set(store) == derive(written)


def test_edits_of_the_content_give_what_a_full_run_gives(rules: list[Rule], dataset: Dataset) -> None:
    store, written = ox.Store(), set(dataset.quads())
    some = random.Random(5)  # noqa: S311 # edits, no secrets
    store.extend(written)
    following = Rederivation(store, rules, dataset.prefixes, dataset.base)
    derive = derivation(rules, dataset.prefixes, dataset.base)
    for number in range(15):
        one, other = some.sample(sorted(written, key=str), 2)
        moved = ox.Quad(one.subject, one.predicate, one.object, other.graph_name)
        turned = ox.Quad(one.subject, one.predicate, other.object, one.graph_name)
        renamed = ox.Quad(one.subject, other.predicate, one.object, one.graph_name)
        edit: Edit = [({moved}, {one}), ({turned}, set()), ({renamed}, {one}), (set(), {one})][number % 4]
        follow(following, store, edit)
        written = (written - edit[1]) | edit[0]
        assert set(store) == derive(written)


def test_an_edit_of_one_fact_changes_what_follows_from_it_and_nothing_else(rules: list[Rule], dataset: Dataset) -> None:
    store = ox.Store()
    store.extend(dataset.quads())
    following = Rederivation(store, rules, dataset.prefixes, dataset.base)
    name = ox.NamedNode("http://xmlns.com/foaf/0.1/name")
    person = ox.NamedNode(f"{dataset.base}id/person/michael-mueller")
    written = next(quad for quad in store.quads_for_pattern(person, name, None) if quad.object.language == "de")
    other = ox.Quad(person, name, ox.Literal("M. Müller", language="de"), written.graph_name)
    coming, going = following.consequences([other], [written])
    assert {quad.predicate.value.rpartition("#")[2] for quad in (coming | going) - {other, written}} == {"label"}
    assert all("M. Müller" in quad.object.value for quad in coming)
    assert len(coming) == len(going) > 2


def test_a_class_below_another_has_everything_derived_again(rules: list[Rule], dataset: Dataset) -> None:
    store = ox.Store()
    store.extend(dataset.quads())
    following = Rederivation(store, rules, dataset.prefixes, dataset.base)
    below = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
    classes = (ox.NamedNode(dataset.prefixes["mkg"] + name) for name in ("Person", "Thing"))
    edit = {ox.Quad(next(classes), below, next(classes), dataset.graphs[0].name)}
    follow(following, store, (edit, set()))
    assert set(store) == derivation(rules, dataset.prefixes, dataset.base)({*dataset.quads(), *edit})


def test_only_rules_that_make_names_of_several_things_run_in_full(rules: list[Rule], dataset: Dataset) -> None:
    keyed = [KeyedRule(rule, dataset.prefixes) for rule in rules]
    in_full = {each.rule.name for each in keyed if each.keys is None}
    assert in_full == {"election-establishes-tenure", "platform-of-network", "unit-of-publisher"}
    assert not [footprint.whole for each in keyed for footprint in each.footprints if footprint.whole]


def test_a_rule_without_where_is_refused() -> None:
    rule = Rule("short", Path("short.rq"), "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", {}, "derived", ())
    with pytest.raises(ContentError, match="WHERE"):
        Rederivation(ox.Store(), [rule], PREFIXES, EX)
