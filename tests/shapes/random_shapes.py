"""Random shapes and data, small enough to judge thousands of them, of everything that SHACL Core and its paths know."""

from functools import cache

import pyoxigraph as ox
from hypothesis import strategies as st

PROLOGUE = """
@prefix ex: <https://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
DECLARED = 'ex:prefixes sh:declare [ sh:prefix "ex" ; sh:namespace "https://example.org/"^^xsd:anyURI ] .\n'

NODES = ["ex:a", "ex:b", "ex:c", "ex:d"]
NAMELESS = ["_:x", "_:y"]
PROPERTIES = ["ex:p", "ex:q", "ex:r"]
CLASSES = ["ex:C", "ex:D", "ex:E"]
LITERALS = [
    *("1", "2", "7", "-3", "1.5", "2.0", "1e0", "true", "false"),
    *('"007"^^xsd:integer', '"x"^^xsd:integer', '"5"^^xsd:nonNegativeInteger', '"1"^^xsd:boolean'),
    *(
        '"2018-08-28"^^xsd:date',
        '"2018-02-30"^^xsd:date',
        '"2019-01-01"^^xsd:date',
        '"2018-08-28T00:00:00Z"^^xsd:dateTime',
    ),
    *(
        '""',
        '"abc"',
        '"ABC"',
        '"b\\nc"',
        '"ä7"',
        '"2"',
        '"x"@de',
        '"w"@de',
        '"x"@en',
        '"y"@en',
        '"y"@de-AT',
        '"z"@en-GB',
        '"k"^^ex:kind',
    ),
]
VALUES = [*NODES, *NAMELESS, *LITERALS]
CONSTANTS = [*NODES, *LITERALS]

TAGGED = ['"x"@de', '"w"@de', '"x"@en', '"y"@en']

nodes, predicates, classes = st.sampled_from(NODES), st.sampled_from(PROPERTIES), st.sampled_from(CLASSES)
values = st.one_of(st.sampled_from(VALUES), st.sampled_from(VALUES), st.sampled_from(TAGGED))
constants = st.sampled_from(CONSTANTS)
small = st.integers(0, 3)


@st.composite
def triples(draw: st.DrawFn) -> str:
    subject = draw(st.sampled_from([*NODES, *NAMELESS]))
    if draw(st.integers(0, 2)) == 0:
        return f"{subject} a {draw(classes)} ."
    return f"{subject} {draw(predicates)} {draw(values)} ."


@st.composite
def data(draw: st.DrawFn) -> str:
    """Data in TriG, some of them in two graphs."""
    stated = draw(st.lists(triples(), min_size=6, max_size=18))
    if draw(st.booleans()):
        stated.append(draw(st.sampled_from(["ex:D rdfs:subClassOf ex:C .", "ex:E rdfs:subClassOf ex:D ."])))
    alike = draw(st.sampled_from(["", '"x"@de , "w"@de', '"x"@en , "y"@EN', "1 , 2 , 7"]))
    if alike:
        stated.append(f"{draw(nodes)} {draw(predicates)} {alike} .")
    twice = stated[: draw(st.integers(0, 2))]
    return "\n".join([*stated, "ex:graph {", *twice, "}"])


def store_of(text: str) -> ox.Store:
    """Return data written in TriG."""
    store = ox.Store()
    store.load(PROLOGUE + text, format=ox.RdfFormat.TRIG)
    return store


# Paths


def _compound(below: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.lists(below, min_size=2, max_size=3).map(" ".join)
    one = st.sampled_from(["inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"])
    return st.one_of(
        pairs.map(lambda parts: f"( {parts} )"),
        pairs.map(lambda parts: f"[ sh:alternativePath ( {parts} ) ]"),
        st.tuples(one, below).map(lambda pair: f"[ sh:{pair[0]} {pair[1]} ]"),
    )


simple_paths = st.sampled_from([*PROPERTIES, *PROPERTIES, "rdf:type"])
paths = st.one_of(simple_paths, simple_paths, st.recursive(simple_paths, _compound, max_leaves=4))

# Constraints

SPARQL = [
    "SELECT $this ?value WHERE {{ $this {p} ?value . FILTER(isLiteral(?value)) }}",
    "SELECT $this WHERE {{ FILTER NOT EXISTS {{ $this {p} ?any }} }}",
    "SELECT $this ?value WHERE {{ $this {p} ?value . FILTER NOT EXISTS {{ ?value {q} ?any }} }}",
    "SELECT $this ?value WHERE {{ $this {p} ?value . OPTIONAL {{ $this {q} ?other }} FILTER(!BOUND(?other)) }}",
    "SELECT $this ?v WHERE {{ $this {p} ?v . OPTIONAL {{ ?v {q} ?other }} FILTER(!sameTerm(?other, $this)) }}",
    "SELECT $this ?value WHERE {{ {{ $this {p} ?value }} UNION {{ $this {q} ?value }} FILTER(isIRI(?value)) }}",
    "SELECT $this ?value WHERE {{ {{ $this {p} ?value . FILTER(isIRI(?value)) }} UNION {{ ?value {q} $this }} }}",
    "SELECT $this WHERE {{ $this {p} ?value }} GROUP BY $this HAVING (COUNT(?value) > 1)",
    "SELECT $this (COUNT(?value) AS ?n) WHERE {{ $this {p} ?value }} GROUP BY $this HAVING (COUNT(?value) > 1)",
    "SELECT $this ?value WHERE {{ $this {p}/{q} ?value }}",
    "SELECT $this ?value WHERE {{ $this (^{p}|{q})/{p} ?value . FILTER(isIRI(?value)) }}",
    "SELECT $this WHERE {{ {{ $this {p} ?v }} UNION {{ ?a {q} ?b }} OPTIONAL {{ ?v {q} $this }} FILTER(BOUND(?v)) }}",
    "SELECT $this WHERE {{ $this {p} ?v {{ ?v {q} ?w . FILTER(!sameTerm(?v, ?w)) }} UNION {{ ?w {p} ?v }} }}",
    "SELECT $this WHERE {{ OPTIONAL {{ {{ $this {p} ?v }} UNION {{ ?v {q} $this }} }} FILTER(!BOUND(?v)) }}",
    "SELECT $this ?value WHERE {{ $this {p}+ ?value . FILTER(isIRI(?value)) }}",
    "SELECT $this ?value WHERE {{ $this {p}* ?value . FILTER(?value != $this) }}",
    "SELECT $this ?value WHERE {{ $this {p} ?value ; {q} ?other . FILTER(?value < ?other) }}",
    "SELECT $this ?value WHERE {{ $this {p} ?value . FILTER(CONTAINS(STR(?value), 'b')) }}",
    "SELECT $this ?o WHERE {{ $this {p} ?o . FILTER(isIRI(?o)) }}",
    "SELECT $this ?s WHERE {{ ?s {p} $this . FILTER NOT EXISTS {{ ?s {q} ?o }} }}",
    "SELECT $this ?path ?value WHERE {{ $this ?path ?value . FILTER(?path = {p}) }}",
    "SELECT $this ?value WHERE {{ $this {p} ?value . BIND(LANG(?value) AS ?tag) FILTER(?tag IN ('de', 'en')) }}",
]
SPARQL_OF_PROPERTIES = ["SELECT $this ?value WHERE {{ $this $PATH ?value . FILTER(isIRI(?value)) }}"]
KINDS = ["IRI", "Literal", "BlankNode", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"]
DATATYPES = [
    "xsd:integer",
    "xsd:string",
    "xsd:date",
    "xsd:boolean",
    "xsd:decimal",
    "xsd:dateTime",
    "rdf:langString",
    "ex:kind",
]
PATTERNS = [
    '"^a"',
    '"b"',
    '"^[a-c]+$"',
    '"^.$"',
    '"\\\\d"',
    '"^https:"',
    '"c$" ; sh:flags "i"',
    '"^C" ; sh:flags "m"',
    '"B" ; sh:flags "i"',
]
BOUNDS = ["1", "2", "0", "1.5", '"2018-12-31"^^xsd:date', '"b"', "1e0"]
COUNTS = [
    *("sh:qualifiedMinCount 1", "sh:qualifiedMinCount 0", "sh:qualifiedMaxCount 1"),
    *(["sh:qualifiedMaxCount 0"] * 3),
    "sh:qualifiedMinCount 1 ; sh:qualifiedMaxCount 2",
]
TAGS = ['"de"', '"en"', '"en-GB"', '"*"']


@st.composite
def sparql(draw: st.DrawFn, templates: list[str]) -> str:
    select = draw(st.sampled_from(templates)).format(p=draw(predicates), q=draw(predicates))
    message = draw(st.sampled_from(["", ' ; sh:message "Not {?value}"', ' ; sh:message "Nicht {$this}"@de , "Not"@en']))
    return f'sh:sparql [ sh:prefixes ex:prefixes ; sh:select "{select}"{message} ]'


def _lists(members: st.SearchStrategy[str], least: int = 0) -> st.SearchStrategy[str]:
    return st.lists(members, min_size=least, max_size=3).map(lambda found: f"( {' '.join(found)} )")


def _term(name: str, found: st.SearchStrategy[object]) -> st.SearchStrategy[str]:
    return found.map(lambda value: f"sh:{name} {value}")


_RANGES = ("minInclusive", "maxInclusive", "minExclusive", "maxExclusive")
PLAIN: dict[str, st.SearchStrategy[str]] = {
    "class": _term("class", classes),
    "nodeKind": _term("nodeKind", st.sampled_from(KINDS).map(lambda kind: f"sh:{kind}")),
    "datatype": _term("datatype", st.sampled_from(DATATYPES)),
    "minLength": _term("minLength", small),
    "maxLength": _term("maxLength", small),
    "pattern": _term("pattern", st.sampled_from(PATTERNS)),
    "languageIn": _term("languageIn", _lists(st.sampled_from(TAGS))),
    "in": _term("in", _lists(constants)),
    "hasValue": _term("hasValue", constants),
    "equals": _term("equals", predicates),
    "disjoint": _term("disjoint", predicates),
    "closed": _term("closed", st.sampled_from(["true", "true ; sh:ignoredProperties ( rdf:type ex:p )", "false"])),
    "sparql": sparql(SPARQL),
    **{name: _term(name, st.sampled_from(BOUNDS)) for name in _RANGES},
}
OF_PROPERTIES: dict[str, st.SearchStrategy[str]] = {
    "minCount": _term("minCount", small),
    "maxCount": _term("maxCount", small),
    "uniqueLang": _term("uniqueLang", st.sampled_from(["true", "true", "false"])),
    "lessThan": _term("lessThan", predicates),
    "lessThanOrEquals": _term("lessThanOrEquals", predicates),
    "sparql": sparql([*SPARQL, *SPARQL_OF_PROPERTIES]),
}
OF_SHAPES = {"and", "not", "or", "property", "qualified", "uniqueLang", "disjoint"}
"""What is drawn twice as often, for it fails less often."""

ABOUT = [
    *([""] * 8),
    *("sh:severity sh:Warning", "sh:severity sh:Info", "sh:severity ex:Grave"),
    *("sh:deactivated true", "sh:deactivated false", 'sh:message "One" , "Two" , "Eins"@de'),
]


@st.composite
def qualified(draw: st.DrawFn, below: st.SearchStrategy[str]) -> str:
    counts = draw(st.sampled_from(COUNTS))
    disjoint = draw(st.sampled_from(["", "", " ; sh:qualifiedValueShapesDisjoint true"]))
    return f"sh:qualifiedValueShape {draw(below)} ; {counts}{disjoint}"


@cache
def _of_shapes(depth: int) -> dict[str, st.SearchStrategy[str]]:
    any_shape = st.one_of(node_shapes(depth - 1), property_shapes(depth - 1))
    return {
        "node": _term("node", node_shapes(depth - 1)),
        "not": _term("not", any_shape),
        **{name: _term(name, _lists(any_shape, 1)) for name in ("and", "or", "xone")},
        "property": st.lists(property_shapes(depth - 1), min_size=1, max_size=2).map(
            lambda found: f"sh:property {' , '.join(found)}"
        ),
    }


@st.composite
def _body(draw: st.DrawFn, kinds: dict[str, st.SearchStrategy[str]], most: int) -> str:
    often = [*kinds, *(OF_PROPERTIES.keys() & kinds), *(OF_SHAPES & kinds.keys())]
    names = draw(st.lists(st.sampled_from(sorted(often)), min_size=1, max_size=most, unique=True))
    about = draw(st.sampled_from(ABOUT))
    return " ; ".join([*(draw(kinds[name]) for name in names), *([about] if about else [])])


@cache
def node_bodies(depth: int) -> st.SearchStrategy[str]:
    """What is said of a node shape in which shapes are nested ``depth`` deep."""
    return _body(PLAIN | (_of_shapes(depth) if depth else {}), 2)


@cache
def property_bodies(depth: int) -> st.SearchStrategy[str]:
    """What is said of a property shape, its path included."""
    nested = _of_shapes(depth) | {"qualified": qualified(node_shapes(depth - 1))} if depth else {}
    return st.tuples(paths, _body(PLAIN | OF_PROPERTIES | nested, 3)).map(lambda pair: f"sh:path {pair[0]} ; {pair[1]}")


@cache
def node_shapes(depth: int) -> st.SearchStrategy[str]:
    """A nested node shape: nameless, or one of three that each case describes."""
    nameless = node_bodies(depth).map(lambda body: f"[ a sh:NodeShape ; {body} ]")
    return st.one_of(nameless, nameless, st.sampled_from(["ex:N0", "ex:N1"]))


@cache
def property_shapes(depth: int) -> st.SearchStrategy[str]:
    """A nested property shape."""
    nameless = property_bodies(depth).map(lambda body: f"[ {body} ]")
    return st.one_of(nameless, nameless, nameless, st.just("ex:P0"))


targets = st.one_of(
    _term("targetClass", classes),
    _term("targetClass", classes),
    _term("targetNode", constants),
    _term("targetSubjectsOf", predicates),
    _term("targetObjectsOf", predicates),
    st.just("a rdfs:Class"),
)


@st.composite
def shapes(draw: st.DrawFn) -> str:
    """One to three shapes with targets, and three that these may refer to."""
    texts = [
        f"ex:N0 a sh:NodeShape ; {draw(node_bodies(0))} .",
        f"ex:P0 sh:path {draw(paths)} ; {draw(_body(PLAIN | OF_PROPERTIES, 2))} .",
        f"ex:N1 a sh:NodeShape ; {draw(node_bodies(1))} .",
    ]
    for number in range(draw(st.integers(1, 3))):
        target = draw(targets)
        name = draw(classes) if target == "a rdfs:Class" else f"ex:S{number}"
        deep = draw(st.integers(0, 2))
        of_property = draw(st.integers(0, 3)) == 0
        body = draw(property_bodies(deep)) if of_property else f"a sh:NodeShape ; {draw(node_bodies(deep))}"
        if not of_property and "sh:property" not in body and draw(st.booleans()):
            body = f"{body} ; sh:property {draw(property_shapes(deep))}"
        texts.append(f"{name} {target} ; {body} .")
    return DECLARED + "\n".join(texts)
