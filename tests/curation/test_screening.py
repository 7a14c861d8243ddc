"""Screening finds every focus node that can fail, and says so where it cannot tell."""

from pathlib import Path

import pyoxigraph as ox
import pytest
from small_shapes import PROLOGUE, shapes_of, store_of

from metropolis_kg.curation.report import Report
from metropolis_kg.curation.screening import Screening, screen
from metropolis_kg.curation.shapes import parse_shapes
from metropolis_kg.curation.validation import ValidationError, judge_here, validate

pytestmark = pytest.mark.filterwarnings("ignore:Parsing weird boolean")


def query(where: str, more: str = "", variables: str = "$this") -> str:
    """Return a SPARQL constraint."""
    text = f"SELECT {variables} WHERE {{ {where} }}{more}".replace('"', '\\"')
    return f'sh:sparql [ sh:prefixes <https://w3id.org/metropolis-kg/prefixes> ; sh:select "{text}" ]'


SHAPE = """
    ex:O a sh:NodeShape ; sh:nodeKind sh:IRI .
    ex:D sh:path rdf:type ; sh:minCount 1 . ex:E sh:property ex:D .
    ex:S a sh:NodeShape ; sh:targetClass ex:Target ; sh:property ex:P .
    ex:P sh:path mkg:when ;
"""
LITERALS_AND_NODES = """
    "2018-08-28"^^xsd:date "2018-02-30"^^xsd:date "2016-02-29"^^xsd:date "2018-08-28Z"^^xsd:date
    "0000-01-01"^^xsd:date "12018-01-01"^^xsd:date "-2018-01-01"^^xsd:date "2018-08-28T00:00:00"^^xsd:dateTime
    "2018"^^xsd:gYear "18"^^xsd:gYear "007"^^xsd:integer 7 -7 0 99999999999999999999 "seven"^^xsd:integer 1.0 7.5 1e0
    "5"^^xsd:nonNegativeInteger true "1"^^xsd:boolean "maybe"^^xsd:boolean "text" "abc\\n" "" "٣" "7" "a\\\\b" "ABC"
    "x"@de "x"@de-AT "y"@en "z"@en-us "2018/.."^^edtf:EDTF
    ex:thing ex:other <urn:thing> _:nobody ex:instance ex:lower
"""
VALUES = LITERALS_AND_NODES.split()
DATA = """
    ex:lower a ex:Lower . ex:instance a ex:Class . ex:Lower rdfs:subClassOf ex:Class .
    mkg:when a ex:Target ; mkg:when ex:thing .
"""


def node_with(number: int, value: str) -> str:
    """Return a target with the value, and one with that value and another."""
    return (
        f"ex:one{number} a ex:Target ; mkg:when {value} ; mkg:note 7 , ex:thing .\n"
        f'ex:two{number} a ex:Target ; mkg:when {value} , "2018-08-29"^^xsd:date ; mkg:note "2018-08-29"^^xsd:date .\n'
        f"ex:none{number} a ex:Target . ex:into{number} mkg:when ex:none{number} .\n"
    )


EVERY_VALUE = DATA + "".join(node_with(number, value) for number, value in enumerate(VALUES))

COMPILED = [
    "sh:minCount 1",
    "sh:minCount 2",
    "sh:minCount 0",
    "sh:maxCount 1",
    "sh:maxCount 0",
    "sh:maxCount 2",
    *(f"sh:nodeKind sh:{kind}" for kind in ("IRI", "Literal", "BlankNode", "BlankNodeOrIRI", "IRIOrLiteral")),
    *(f"sh:datatype xsd:{name}" for name in ("date", "integer", "decimal", "boolean", "string", "gYear", "anyURI")),
    "sh:datatype rdf:langString",
    "sh:datatype edtf:EDTF",
    "sh:class ex:Class",
    'sh:pattern "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"',
    'sh:pattern "^abc$"',
    'sh:pattern "[.][.]$"',
    "sh:minLength 1",
    "sh:maxLength 3",
    "sh:in ( ex:thing ex:other 7 true )",
    'sh:in ( "x"@de "text" )',
    "sh:in ( )",
    "sh:minInclusive 0",
    "sh:maxInclusive 7",
    "sh:minExclusive 0",
    "sh:maxExclusive 7",
    'sh:minInclusive "2018-01-01"^^xsd:date',
    'sh:languageIn ( "de" "EN" )',
    "sh:uniqueLang true",
    "sh:uniqueLang false",
    "sh:equals mkg:note",
    "sh:disjoint mkg:note",
    'sh:pattern "^\\\\d+$"',
    'sh:pattern "^a.C" ; sh:flags "i"',
    'sh:pattern "^b|c$" ; sh:flags "im"',
    "sh:minInclusive 1.5",
    "sh:node ex:O",
    "sh:not ex:O",
    "sh:not [ sh:minInclusive 0 ]",
    "sh:xone ( [ sh:minInclusive 0 ] [ sh:minExclusive 0 ] )",
    "sh:qualifiedValueShape [ sh:minInclusive 0 ] ; sh:qualifiedMaxCount 0",
    "sh:and ( ex:O ex:D )",
    "sh:or ( ex:O ex:D )",
    "sh:xone ( ex:O ex:D )",
    "sh:xone ( ex:D ex:D )",
    "sh:qualifiedValueShape ex:D ; sh:qualifiedMinCount 1",
    "sh:qualifiedValueShape ex:O ; sh:qualifiedMaxCount 0",
    "sh:closed true ; sh:ignoredProperties ( rdf:type )",
    "sh:closed false",
    "sh:deactivated true ; sh:maxCount 0",
    "sh:hasValue ex:thing",
    "sh:hasValue 7",
    'sh:hasValue "x"@de',
    query("$this mkg:when ?value . FILTER(isLiteral(?value))", variables="$this ?value"),
    query("FILTER NOT EXISTS { $this mkg:when ?value }"),
    query('$this mkg:when ?v . FILTER(STRENDS(STR(?v), ".."))'),
    query("$this mkg:when ?v . FILTER NOT EXISTS { $this mkg:note ?n . FILTER NOT EXISTS { ?v a ?class } }"),
    query('$this mkg:when ?v . BIND(LANG(?v) AS ?l) FILTER(?l IN ("de"))'),
    query("$this mkg:when ?v OPTIONAL { $this mkg:note ?n } FILTER(!sameTerm(?n, ?v))"),
    query("$this ?property ?v . FILTER(?property NOT IN (rdf:type, mkg:note))"),
    query("?other ?property $this . FILTER(?property != mkg:when)"),
    query("$this mkg:when+ $this"),
    query("$this mkg:when/mkg:note ?v . $this (^mkg:when|mkg:note)/rdf:type ?t"),
    query("{ $this mkg:when ?v } UNION { $this mkg:note ?v . FILTER(isIRI(?v)) } FILTER(!isBlank(?v))"),
    query("$this $PATH ?v . FILTER(isLiteral(?v))"),
    query("$this mkg:when+ ?v . FILTER(isLiteral(?v))"),
]
OF_VALUES = [
    "sh:property [ sh:path mkg:note ; sh:minCount 1 ]",
    "sh:property [ sh:path rdf:type ; sh:node ex:O ; sh:maxCount 0 ]",
    "sh:node ex:E",
]
"""Constraints whose results are about value nodes."""

ORDERED = ["sh:lessThan mkg:note", "sh:lessThanOrEquals mkg:note"]
NOT_COMPILED = {
    'sh:pattern "^\\\\A.$"': "may be read differently",
    'sh:pattern "ſ" ; sh:flags "i"': "is not of ASCII",
    "sh:datatype xsd:dateTime": "may read differently",
    'sh:hasValue "007"^^xsd:integer': "may be read differently",
    "sh:minInclusive 1e0": "may be ordered differently",
    query("$this mkg:when ?v . FILTER(?v > 3)"): "ordered differently",
    query("$this mkg:when ?v { ?v mkg:note ?n . FILTER(isIRI($this)) }"): "a nested group",
    query("{ FILTER NOT EXISTS { $this mkg:when ?v } } UNION { $this mkg:note ?v }"): "a nested group",
    query("$this mkg:when ?v FILTER(?v NOT IN ())"): "an empty list",
    query("$this mkg:when* ?v"): "a property path",
    query("$this ?currentShape ?v"): "the constraint uses $PATH",
    query("$this ?property ?v FILTER(?v != 3)"): "the value of any property",
    query("$this mkg:when ?v FILTER(?v)"): "a bare variable",
    query("$this mkg:when ?v FILTER(xsd:date(?v) < NOW())"): "something unusual",
    query('$this mkg:when ?v FILTER(CONTAINS(?v, "x"))'): "use STR()",
    query("$this mkg:when ?v OPTIONAL { ?v mkg:note ?n BIND($this AS ?t) }"): "an expression in OPTIONAL uses $this",
    query("$this mkg:when ?v", " ORDER BY ?v"): "OrderBy",
}


def values_for(constraints: str) -> str:
    """Return data with every value; without a blank node where values are ordered, for there pySHACL gives up."""
    return EVERY_VALUE.replace("_:nobody", "ex:nobody") if constraints in ORDERED else EVERY_VALUE


def screened(constraints: str, data: str, root: Path) -> tuple[Screening, Report, Report]:
    """Return what screening says of a property shape on data, the report, and the report without screening."""
    shapes, store = shapes_of(SHAPE + constraints + " .", root), store_of(data)
    report, plain = (validate(store, shapes, screened=screened, judge=judge_here) for screened in (True, False))
    return screen(store, shapes), report, plain


@pytest.mark.parametrize("constraints", [*COMPILED, *ORDERED])
def test_whatever_pyshacl_reports_was_suspected(constraints: str, tmp_path: Path) -> None:
    found, report, plain = screened(constraints, values_for(constraints), tmp_path)
    assert not found.unscreened
    assert {result.focus for result in plain.results} <= set().union(*found.suspects.values())
    assert report.results == plain.results


@pytest.mark.parametrize("constraints", OF_VALUES)
def test_results_about_value_nodes_are_those_of_pyshacl(constraints: str, tmp_path: Path) -> None:
    found, report, plain = screened(constraints, EVERY_VALUE, tmp_path)
    assert not found.unscreened
    assert report.results == plain.results != ()


@pytest.mark.parametrize("constraints", [*COMPILED, *OF_VALUES, *ORDERED])
def test_counting_first_finds_who_fails_as_looking_at_each_does(constraints: str, tmp_path: Path) -> None:
    shapes, store = shapes_of(SHAPE + constraints + " .", tmp_path), store_of(values_for(constraints))
    each, counted = (screen(store, shapes, few=few).suspects for few in (1000, 1))
    assert each == counted


@pytest.mark.parametrize(("constraints", "reason"), NOT_COMPILED.items())
def test_what_is_not_compiled_is_judged_whole_and_named(constraints: str, reason: str, tmp_path: Path) -> None:
    found, report, plain = screened(constraints, DATA + node_with(0, "7") + node_with(1, '"x"'), tmp_path)
    assert reason in found.unscreened[ox.NamedNode("https://example.org/S")]
    assert not found.clears_all
    assert report.results == plain.results
    assert report.coverage.unscreened == found.unscreened_names


def test_the_screening_names_none_who_does_not_fail(tmp_path: Path) -> None:
    found, report, _ = screened("sh:minCount 1 ; sh:nodeKind sh:IRI ; sh:class ex:Class", EVERY_VALUE, tmp_path)
    (suspects,) = found.suspects.values()
    assert suspects == {result.focus for result in report.results}


def test_a_statement_in_two_graphs_counts_once(tmp_path: Path) -> None:
    data = "ex:a a ex:Target . ex:g { ex:a mkg:when 7 } ex:h { ex:a mkg:when 7 ; a ex:Target }"
    found, _, _ = screened("sh:maxCount 1 ; sh:minCount 1 ; sh:uniqueLang true", data, tmp_path)
    assert found.clears_all


def test_an_instance_of_a_subclass_is_found_without_its_explicit_type(tmp_path: Path) -> None:
    data = "ex:Sub rdfs:subClassOf ex:Middle . ex:Middle rdfs:subClassOf ex:Target . ex:a a ex:Sub . ex:b a ex:Target ."
    found, report, plain = screened("sh:minCount 1", data, tmp_path)
    assert len(found.suspects[ox.NamedNode("https://example.org/S")]) == 2
    assert report.results == plain.results


def test_focus_nodes_of_other_shapes_are_left_out(tmp_path: Path) -> None:
    found, _, _ = screened("sh:datatype xsd:date ; sh:maxCount 1", "ex:a mkg:when 7 , 8 . ex:b a ex:Target .", tmp_path)
    assert found.clears_all


def test_a_blank_node_can_be_a_suspect(tmp_path: Path) -> None:
    found, report, plain = screened("sh:minCount 1", "_:someone a ex:Target .", tmp_path)
    assert found.left == len(report.results) == 1
    assert report.results == plain.results


@pytest.mark.parametrize(
    "target", ["sh:targetNode ex:a", "sh:targetSubjectsOf mkg:note", "sh:targetObjectsOf mkg:note"]
)
def test_every_kind_of_target_is_screened(target: str, tmp_path: Path) -> None:
    shape = f"ex:S {target} ; sh:nodeKind sh:BlankNode ; sh:property [ sh:path mkg:when ; sh:minCount 1 ] ."
    shapes, store = shapes_of(shape, tmp_path), store_of("ex:a mkg:note ex:b . ex:b mkg:when 7 .")
    report, plain = (validate(store, shapes, screened=screened, judge=judge_here) for screened in (True, False))
    assert not report.coverage.unscreened
    assert report.results == plain.results != ()


@pytest.mark.parametrize("path", ["[ sh:inversePath mkg:when ]", "( mkg:when mkg:when )", "( mkg:when rdf:type )"])
@pytest.mark.parametrize("constraints", ["sh:minCount 1", "sh:maxCount 1", "sh:class ex:Class", "sh:hasValue ex:Class"])
def test_inverse_and_sequence_paths_are_screened(path: str, constraints: str, tmp_path: Path) -> None:
    shape = f"ex:S sh:targetClass ex:Target ; sh:property ex:P . ex:P sh:path {path} ; {constraints} ."
    shapes, store = shapes_of(shape, tmp_path), store_of(EVERY_VALUE)
    report, plain = (validate(store, shapes, screened=screened, judge=judge_here) for screened in (True, False))
    assert not report.coverage.unscreened
    assert report.results == plain.results


@pytest.mark.parametrize("kind", ["rdfs:Class", "owl:Class"])
def test_the_instances_of_a_shape_that_is_a_class_are_screened(kind: str, tmp_path: Path) -> None:
    shape = f"ex:C a {kind} , sh:NodeShape ; sh:property [ sh:path mkg:when ; sh:minCount 1 ] ."
    shapes, store = (
        shapes_of(shape, tmp_path),
        store_of("ex:a a ex:C . ex:b a ex:D ; mkg:when 7 . ex:D rdfs:subClassOf ex:C ."),
    )
    report = validate(store, shapes, judge=judge_here)
    assert (report.coverage.unscreened, report.coverage.judged) == ((), 1)
    assert [str(result.focus) for result in report.results] == ["<https://example.org/a>"]


def test_shapes_with_constraint_components_of_their_own_are_judged_whole(tmp_path: Path) -> None:
    component = """
        ex:Component a sh:ConstraintComponent ; sh:parameter [ sh:path ex:forbidden ] ;
          sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER(!sameTerm($value, $forbidden)) }" ] .
        ex:S sh:targetClass ex:C ; sh:property [ sh:path mkg:when ; ex:forbidden ex:x ] ."""
    report = validate(store_of("ex:a a ex:C ; mkg:when ex:x ."), shapes_of(component, tmp_path), judge=judge_here)
    assert [str(result.focus) for result in report.results] == ["<https://example.org/a>"]
    (reason,) = report.coverage.unscreened
    assert "constraint components of their own" in reason


@pytest.mark.parametrize(
    "target", ["sh:targetSubjectsOf mkg:when", "sh:targetObjectsOf mkg:when", "sh:targetClass ex:C"]
)
def test_a_sparql_constraint_may_name_its_variables_as_it_likes(target: str, tmp_path: Path) -> None:
    constraint = query("$this mkg:note ?o . ?s mkg:note $this . ?class mkg:note ?this")
    shapes = shapes_of(f"ex:S {target} ; {constraint} .", tmp_path)
    store = store_of(
        "ex:Sub rdfs:subClassOf ex:C . ex:b a ex:Sub . ex:a mkg:when ex:b . ex:b mkg:when ex:d ; mkg:note ex:b ."
    )
    report, plain = (validate(store, shapes, screened=screened, judge=judge_here) for screened in (True, False))
    assert (report.coverage.unscreened, len(report.results)) == ((), 1)
    assert report.results == plain.results


def both(shapes: str, data: str) -> tuple[Screening, Report | None, Report | None]:
    """Return what screening says of shapes that need not be well-formed, and both reports; none where refused."""
    parsed, store = parse_shapes(PROLOGUE + shapes), store_of(data)
    reports: list[Report | None] = []
    for screened in (True, False):
        try:
            reports.append(validate(store, parsed, screened=screened, judge=judge_here))
        except ValidationError:
            reports.append(None)
    return screen(store, parsed), reports[0], reports[1]


SOMEBODY = "ex:a a ex:C ; mkg:when 7 , ex:b ; mkg:note _:n . _:n mkg:when 8 ."
REFUSED = {
    "ex:S sh:targetClass ex:C ; sh:pattern '[' .": "no regular expression",
    "ex:S sh:targetClass ex:C ; sh:datatype xsd:date , xsd:time .": "sh:datatype has 2 values",
    "ex:S sh:targetClass ex:C ; sh:minCount 1 .": "needs a path",
    "ex:S sh:targetClass ex:C ; sh:minLength -1 .": "no whole number",
    "ex:S sh:targetClass ex:C ; sh:property ex:N . ex:N a sh:NodeShape .": "is no property shape",
    "ex:S sh:targetClass ex:C ; sh:property [ sh:path ( mkg:when ) ; sh:minCount 1 ] .": "at least two members",
    "ex:S sh:targetClass ex:C ; sh:ignoredProperties ( ) .": "without sh:closed",
    "ex:S sh:targetClass ex:C ; sh:property [ sh:path mkg:when ; sh:qualifiedMinCount 1 ] .": "without sh:qualified",
    "ex:S sh:targetClass ex:C ; sh:property [ sh:path mkg:when ; sh:qualifiedValueShape [] ] .": "without a count",
    "ex:S sh:targetClass ex:C ; sh:sparql [ sh:select 'SELECT' ] .": "ill-formed",
    "ex:S sh:targetClass ex:C ; sh:sparql [ sh:select 'SELECT $this WHERE { $this ex:p ?o }' ] .": "ill-formed",
    "ex:S sh:targetClass ex:C . ex:T a sh:NodeShape ; sh:path mkg:when .": "ill-formed elsewhere",
    "ex:S sh:targetClass ex:C . ex:T a sh:PropertyShape .": "ill-formed elsewhere",
    "ex:S sh:targetClass ex:C . ex:T a sh:NodeShape ; sh:deactivated true , false .": "ill-formed elsewhere",
    "ex:S sh:targetClass ex:C . ex:T sh:property ex:P . ex:P sh:path mkg:when , mkg:note .": "ill-formed elsewhere",
    "ex:S sh:targetClass ex:C . ex:T a sh:NodeShape ; sh:or ( ) .": "ill-formed elsewhere",
}
OF_NO_USE = {
    "ex:S sh:targetClass ex:C ; sh:node ex:S .": "is recursive",
    "ex:S sh:targetClass ex:C ; sh:property [ sh:path mkg:when ; sh:node ex:S ] .": "is recursive",
    "ex:S sh:targetClass ex:C ; sh:js [] .": "sh:js is not compiled",
    "ex:S sh:targetClass ex:C ; sh:rule [] .": "sh:rule is not compiled",
    "ex:S sh:targetClass ex:C ; sh:unheardOf 1 .": "sh:unheardOf is not compiled",
    "ex:S sh:targetClass ex:C ; sh:path [ sh:inversePath ( mkg:when mkg:note ) ] ; sh:maxCount 0 .": "wrong order",
    "ex:S sh:targetClass ex:C ; sh:path [ sh:oneOrMorePath mkg:when , ex:p ] ; sh:maxCount 3 .": "is no property path",
    "[] sh:targetClass ex:C ; sh:class ex:D . ex:S sh:not [ sh:targetClass ex:C ; sh:class ex:E ] .": "nameless",
    "ex:S sh:targetClass ex:C ; sh:sparql [ sh:select 'SELECT (COUNT(*) AS ?n) WHERE { $this ?p ?o }' ] .": "counts",
}


@pytest.mark.parametrize(("shapes", "reason"), REFUSED.items())
def test_what_pyshacl_refuses_is_refused_with_screening_too(shapes: str, reason: str) -> None:
    found, report, plain = both(shapes, SOMEBODY)
    assert any(reason in each for each in found.unscreened.values())
    assert report is plain is None


@pytest.mark.parametrize(("shapes", "reason"), OF_NO_USE.items())
def test_no_constraint_is_dropped_in_silence(shapes: str, reason: str) -> None:
    found, report, plain = both(shapes, SOMEBODY)
    assert any(reason in each for each in found.unscreened.values())
    assert report is not None
    assert report == plain


def test_what_a_query_gives_for_a_path_although_it_is_none_is_left_out() -> None:
    select = "SELECT $this ?path WHERE { $this ?p ?path . FILTER(isLiteral(?path)) }"
    _, report, plain = both(f"ex:S sh:targetClass ex:C ; sh:sparql [ sh:select '{select}' ] .", SOMEBODY)
    assert report == plain
    assert report is not None
    assert [(str(result.focus), result.path) for result in report.results] == [("<https://example.org/a>", None)]


@pytest.mark.parametrize("shapes", ["ex:T a sh:NodeShape ; sh:path mkg:when .", "ex:T a sh:NodeShape ; sh:xone ( ) ."])
def test_shapes_without_a_target_are_refused_where_pyshacl_refuses_them(shapes: str) -> None:
    found, report, plain = both(shapes, SOMEBODY)
    assert not found.clears_all
    assert report is plain is None


@pytest.mark.parametrize("order", ["sh:lessThan ex:none", "sh:lessThanOrEquals ex:none"])
@pytest.mark.parametrize("within", ["{}", "sh:not [ {} ]", "sh:or ( [ {} ] [ sh:path mkg:when ; sh:minCount 1 ] )"])
def test_a_blank_node_that_is_ordered_is_left_to_pyshacl_which_refuses_it(order: str, within: str) -> None:
    constraint = within.format(f"sh:path mkg:note ; {order}")
    found, report, plain = both(f"ex:S sh:targetClass ex:C ; {constraint} .", SOMEBODY)
    assert not found.clears_all
    assert report is plain is None


def test_a_constraint_that_compares_odd_terms_is_judged_whole(tmp_path: Path) -> None:
    ordered = query("$this mkg:when ?v ; mkg:note ?n . FILTER(?v > ?n)")
    plain, odd = "ex:a a ex:Target ; mkg:when 7 ; mkg:note 8 .", 'ex:b mkg:when "007"^^ex:number ; mkg:note 8 .'
    assert screened(ordered, plain, tmp_path)[0].clears_all
    assert screened(ordered, plain + odd, tmp_path)[0].unscreened
