"""A small shape for each way in which a verdict can depend on data, and random data for them."""

import pyoxigraph as ox
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from small_shapes import PREFIXES, PROLOGUE

from metropolis_kg.curation.focus_nodes import FocusNodes
from metropolis_kg.curation.question import Pairs
from metropolis_kg.model.namespaces import RDF, XSD
from metropolis_kg.model.shapes import ShapesGraph

QUICK = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # the data are small as they are
    suppress_health_check=list(HealthCheck),
)
DECLARED = """ex:prefixes sh:declare ex:declared .
    ex:declared sh:prefix "ex" ; sh:namespace "https://example.org/"^^xsd:anyURI ."""

CONSTRAINTS: dict[str, str] = {
    "class": "ex:S sh:property [ sh:path ex:p ; sh:class ex:D ] .",
    "class of the focus node": "ex:S sh:class ex:D .",
    "inverse path": "ex:S sh:property [ sh:path [ sh:inversePath ex:p ] ; sh:minCount 2 ] .",
    "sequence": "ex:S sh:property [ sh:path ( ex:p ex:q [ sh:inversePath ex:p ] ) ; sh:maxCount 1 ] .",
    "inverted sequence": "ex:S sh:property [ sh:path [ sh:inversePath ( ex:p ex:q ) ] ; sh:maxCount 0 ] .",
    "alternatives": "ex:S sh:property [ sh:path [ sh:alternativePath ( ex:p ex:q ) ] ; sh:nodeKind sh:Literal ] .",
    "repeated path": "ex:S sh:property [ sh:path [ sh:zeroOrMorePath ex:p ] ; sh:class ex:C ] .",
    "repeated path and a step": "ex:S sh:property [ sh:path ( [ sh:oneOrMorePath ex:p ] ex:q ) ; sh:maxCount 1 ] .",
    "optional step": "ex:S sh:property [ sh:path ( [ sh:zeroOrOnePath ex:p ] ex:q ) ; sh:nodeKind sh:IRI ] .",
    "nested shape": """ex:S sh:property [ sh:path ex:p ; sh:node ex:N ] .
        ex:N sh:property [ sh:path ex:q ; sh:minCount 1 ] .""",
    "property of a property": """ex:S sh:property ex:P .
        ex:P sh:path ex:p ; sh:property [ sh:path ex:q ; sh:minCount 1 ] .""",
    "not": "ex:S sh:property [ sh:path ex:p ; sh:not [ sh:property [ sh:path ex:q ; sh:minCount 1 ] ] ] .",
    "and": "ex:S sh:and ( [ sh:property [ sh:path ex:p ; sh:minCount 1 ] ] [ sh:class ex:D ] ) .",
    "or": "ex:S sh:or ( [ sh:property [ sh:path ( ex:p ex:q ) ; sh:minCount 1 ] ] [ sh:class ex:D ] ) .",
    "xone": "ex:S sh:xone ( [ sh:property [ sh:path ex:p ; sh:minCount 1 ] ] [ sh:path ex:q ; sh:minCount 1 ] ) .",
    "qualified": """ex:S sh:property [ sh:path ex:p ; sh:qualifiedMinCount 1 ; sh:qualifiedMaxCount 1 ;
        sh:qualifiedValueShape [ sh:class ex:D ] ] .""",
    "qualified and disjoint": """ex:S sh:property ex:P , ex:Q .
        ex:P sh:path ex:p ; sh:qualifiedValueShape [ sh:class ex:D ] ; sh:qualifiedMinCount 1 ;
            sh:qualifiedValueShapesDisjoint true .
        ex:Q sh:path ex:q ; sh:qualifiedMaxCount 0 ;
            sh:qualifiedValueShape [ sh:property [ sh:path ex:r ; sh:minCount 1 ] ] .""",
    "closed": "ex:S sh:closed true ; sh:ignoredProperties ( rdf:type ) ; sh:property [ sh:path ex:p ] .",
    "closed values": "ex:S sh:property [ sh:path ex:p ; sh:node ex:N ] . ex:N sh:closed true .",
    "equals": "ex:S sh:property [ sh:path ( ex:p ex:p ) ; sh:equals ex:q ] .",
    "disjoint": "ex:S sh:property [ sh:path [ sh:inversePath ex:p ] ; sh:disjoint ex:q ] .",
    "less than": "ex:S sh:property [ sh:path ex:p ; sh:lessThan ex:q ] .",
    "values written out": "ex:S sh:property [ sh:path ex:p ; sh:in ( ex:a 1 ) ] .",
    "focus written out": "ex:S sh:property [ sh:path ex:r ; sh:hasValue 7 ] .",
    "a shape that names itself": "ex:S sh:property [ sh:path ex:p ; sh:node ex:N ] . ex:N sh:property ex:P . "
    "ex:P sh:path ex:q ; sh:node ex:N ; sh:maxCount 1 .",
}

QUERIES: dict[str, str] = {
    "pattern": "$this ex:p ?x . ?x ex:q ?value .",
    "pattern backwards": "?value ex:p ?x . ?x ex:q $this .",
    "optional": "$this ex:p ?value . OPTIONAL { ?value ex:q ?x . ?x ex:r ?y } FILTER(!BOUND(?y))",
    "after an option": "$this ex:r ?y . OPTIONAL { $this ex:p ?x } ?x ex:q ?value .",
    "condition of an option": """$this ex:p ?value . FILTER(!BOUND(?x))
        OPTIONAL { ?value ex:q ?x FILTER EXISTS { ?x ex:r ?y } }""",
    "conditions of a union": """$this ex:p ?value .
        { ?value ex:q ?x FILTER NOT EXISTS { ?x ex:r ?value } } UNION { ?value ex:r ?x FILTER EXISTS { ?x a ex:C } }""",
    "union": "{ $this ex:p ?x } UNION { ?x ex:q $this } ?x ex:r ?value .",
    "union of which one part is elsewhere": "{ $this ex:p ?value } UNION { ?value ex:q ex:a } $this ex:r ?y .",
    "not exists": "$this ex:p ?value . FILTER NOT EXISTS { ?value ex:q ?x . FILTER NOT EXISTS { ?x ex:r ?y } }",
    "exists in a condition": "$this ex:p ?value . FILTER(EXISTS { ?x ex:q ?value } || EXISTS { $this ex:r 1 })",
    "exists of what may be bound": "$this ex:p ?value . OPTIONAL { ?value ex:q ?x } FILTER EXISTS { ?x ex:r ?y }",
    "exists within a choice": "$this ex:p ?value . BIND(IF(EXISTS { ?value ex:q ?x }, 1, 0) AS ?n) FILTER(?n = 0)",
    "path": "$this (ex:p/^ex:q)+ ?value .",
    "inverted path": "$this ^(ex:p/ex:q) ?value .",
    "path backwards": "?value ex:p/ex:q $this .",
    "path that may be empty": "$this ex:p* ?value . ?value ex:q ?x .",
    "path to a constant": "$this ex:p ?value . FILTER NOT EXISTS { ?value (ex:p|ex:q)* ex:a }",
    "path with neither end": "$this ex:r ?value . FILTER EXISTS { ?x ex:p/ex:q ?y }",
    "negated path": "$this !(ex:p|ex:q) ?x . ?x !ex:r ?value .",
    "elsewhere": "$this ex:r ?value . FILTER EXISTS { ?x ex:p ex:b }",
    "elsewhere and on from there": "$this ex:r ?value . FILTER EXISTS { ?x ex:p ?y . ?y ex:q 2 }",
    "everywhere": "$this ex:r ?value . FILTER EXISTS { ?x ?y 2 }",
    "constant": "$this ex:p ?value . ex:a ex:q ?x . FILTER NOT EXISTS { ?x ex:r ?value }",
    "any property": "$this ?y ?value . ?value ?z ?x .",
    "a predicate as a node": "$this ?y ?x . ?y ex:p ?value .",
    "one variable twice": "$this ex:p ?x . ?value ex:q ?value . ?x ex:r ?value .",
    "subquery": """$this ex:r ?y . FILTER(?value > 1)
        { SELECT $this (COUNT(?x) AS ?value) WHERE { $this ex:p ?x } GROUP BY $this }""",
    "subquery of others": """$this ex:p ?value . FILTER(?n > 1)
        { SELECT $this ?value (COUNT(?x) AS ?n) WHERE { ?value ex:q ?x . $this ex:p ?y } GROUP BY $this ?value }""",
    "bound": "$this ex:p ?x . BIND(?x AS ?value) ?value ex:q ?y .",
    "path of the shape": "$this $PATH ?value . ?value ex:q ?x .",
    "a blank node": "$this ex:p [ ex:q ?value ] .",
}

TARGETS = {
    "class": "ex:S sh:targetClass ex:C .",
    "nodes": "ex:S sh:targetNode ex:a , ex:b , 1 , ex:absent .",
    "subjects": "ex:S sh:targetSubjectsOf ex:p .",
    "objects": "ex:S sh:targetObjectsOf ex:p .",
    "its own class": "ex:S a rdfs:Class , sh:NodeShape . ex:C rdfs:subClassOf ex:S .",
}


def shapes_graph(turtle: str) -> ShapesGraph:
    """Return shapes as they are, also those that ``read_shapes`` refuses."""
    quads = ox.parse(PROLOGUE + DECLARED + turtle, format=ox.RdfFormat.TURTLE)
    statements = tuple((quad.subject, quad.predicate, quad.object) for quad in quads)
    return ShapesGraph(statements, PREFIXES, {})


def with_query(pattern: str) -> str:
    """Return a property shape with a SPARQL constraint, for ``TARGETS``."""
    select = f"SELECT $this ?value WHERE {{ {pattern} }}"
    return f'''ex:S sh:property [ sh:path ex:p ; sh:sparql [ sh:prefixes ex:prefixes ; sh:select """{select}""" ] ] .'''


def all_pairs(store: ox.Store, shapes: ShapesGraph) -> Pairs:
    """Return every focus node of every shape."""
    focus_nodes = FocusNodes(store, shapes)
    return {shape: focus_nodes.of(shape) for shape in shapes.target_nodes}


def _named(name: str) -> ox.NamedNode:
    return ox.NamedNode(PREFIXES["ex"] + name)


BLANK = [ox.BlankNode("b"), ox.BlankNode("c")]
NODES: list[ox.NamedNode | ox.BlankNode] = [*map(_named, "abcq"), *BLANK]
VALUES = [*NODES, *(ox.Literal(str(number), datatype=ox.NamedNode(f"{XSD}integer")) for number in (1, 2))]
CLASSES = [_named(name) for name in ("C", "D", "E")]
SUBCLASS = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
GRAPHS = [ox.DefaultGraph(), _named("graph")]


def statements() -> st.SearchStrategy[ox.Quad]:
    """Statements of few nodes, so that they meet.

    No blank node leads to itself: how pySHACL then writes it out depends on what it has written before.
    """
    graphs = st.sampled_from(GRAPHS)
    links = (st.sampled_from(NODES), st.sampled_from([_named(name) for name in "ppqqr"]), st.sampled_from(VALUES))
    types = (st.sampled_from(NODES), st.just(ox.NamedNode(f"{RDF}type")), st.sampled_from(CLASSES))
    kinds = (st.sampled_from(CLASSES), st.just(SUBCLASS), st.sampled_from([*CLASSES, _named("S")]))
    some = st.one_of(*(st.builds(ox.Quad, *each, graphs) for each in (links, links, links, types, kinds)))
    return some.filter(lambda quad: quad.subject not in BLANK or quad.object not in BLANK[quad.subject == BLANK[1] :])
