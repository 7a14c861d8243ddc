"""Shapes as pages show them: also those that are written otherwise than ours."""

import pyoxigraph as ox
import pytest

from metropolis_kg.model.shapes import ShapesGraph
from metropolis_kg.publication.description import Description
from metropolis_kg.publication.names import Names
from metropolis_kg.publication.reading import Links, Reader
from metropolis_kg.publication.shapes_page import ShapesReader, ShapeView
from metropolis_kg.publication.words import Words

BASE = "http://localhost:8000/"
PREFIXES = {
    "ex": "http://example.org/", "sh": "http://www.w3.org/ns/shacl#", "shape": f"{BASE}shapes/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#", "xsd": "http://www.w3.org/2001/XMLSchema#",
}  # fmt: skip


def read(turtle: str, language: str = "en") -> ShapesReader:
    """Return a reader of shapes written in Turtle."""
    text = "".join(f"@prefix {name}: <{space}> .\n" for name, space in PREFIXES.items()) + turtle
    statements = tuple(
        (quad.subject, quad.predicate, quad.object) for quad in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)
    )
    reader = Reader(Description(f"{BASE}shapes/", (), PREFIXES), Names({}), Links(BASE), Words(language))
    return ShapesReader(ShapesGraph(statements, PREFIXES, {}), reader, f"{BASE}shapes/")


def only(turtle: str, language: str = "en") -> ShapeView:
    """Return the one shape with a target."""
    [view] = read(turtle, language).everything
    return view


def test_rules_stand_in_the_order_of_their_groups_then_in_their_own() -> None:
    view = only(
        """
        shape:A sh:targetClass ex:A ; sh:property shape:A-1 , shape:A-2 , shape:A-3 , shape:A-4 .
        shape:A-1 sh:path ex:p ; sh:order 2 ; sh:group shape:second .
        shape:A-2 sh:path ex:p ; sh:order 9 ; sh:group shape:first .
        shape:A-3 sh:path ex:p ; sh:order 1 ; sh:group shape:second .
        shape:A-4 sh:path ex:p .
        shape:first sh:order 1 ; rdfs:label "eins"@de , "one"@en .
        shape:second sh:order 2 ; rdfs:label "zwei"@de .
        """
    )
    assert [group.heading for group in view.groups] == ["one", "zwei", ""]
    assert [rule.anchor for rule in view.rules] == ["A-2", "A-3", "A-1", "A-4"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("ex:p", "ex:p"),
        ("[ sh:inversePath ex:p ]", "^ex:p"),
        ("( ex:p ex:q )", "ex:p/ex:q"),
        ("[ sh:alternativePath ( ex:p [ sh:inversePath ex:q ] ) ]", "ex:p|(^ex:q)"),
        ("[ sh:zeroOrMorePath ex:p ]", "ex:p*"),
        ("( [ sh:oneOrMorePath ex:p ] <http://elsewhere.org/q> )", "(ex:p+)/<http://elsewhere.org/q>"),
    ],
)
def test_a_path_is_written_as_in_sparql(path: str, text: str) -> None:
    [rule] = only(f"shape:A sh:targetClass ex:A ; sh:property shape:A-p . shape:A-p sh:path {path} .").rules
    assert rule.path.text == text


@pytest.mark.parametrize(
    ("counts", "cardinality", "required"),
    [
        ("", "", False), ("sh:minCount 1 ; sh:maxCount 1 ;", "1", True), ("sh:minCount 1 ;", "1..*", True),
        ("sh:maxCount 1 ;", "0..1", False), ("sh:minCount 2 ; sh:maxCount 5 ;", "2..5", True),
        ("sh:minCount 0 ; sh:maxCount 0 ;", "0", False),
    ],
)  # fmt: skip
def test_counts_are_shown_as_in_uml(counts: str, cardinality: str, required: bool) -> None:
    [rule] = only(f"shape:A sh:targetClass ex:A ; sh:property shape:A-p . shape:A-p {counts} sh:path ex:p .").rules
    assert (rule.cardinality, rule.required) == (cardinality, required)


def test_what_the_values_must_be_is_said_in_words() -> None:
    [rule] = only(
        """
        shape:A sh:targetClass ex:A ; sh:property shape:A-p .
        shape:A-p sh:path ex:p ; sh:class ex:B ; sh:nodeKind sh:IRI ; sh:in ( ex:one "two" ) ; sh:uniqueLang true ;
          sh:severity sh:Warning ; sh:qualifiedMinCount 1 .
        """
    ).rules
    said = {fact.name: [value.text for value in fact.values] for fact in rule.values}
    assert said == {
        "of class": ["ex:B"], "one of": ["ex:one", "two"], "each": ["an IRI"], "at most one in each language": [],
        "sh:qualifiedMinCount": ["1"],
    }  # fmt: skip
    assert rule.severity == "Warning"


def test_a_rule_without_a_name_of_its_own_is_called_by_its_path_and_has_no_page() -> None:
    [rule] = only(
        """
        shape:A sh:targetClass ex:A ; sh:property [
          sh:path ex:p ; sh:or ( [ sh:class ex:B ] [ sh:datatype xsd:date ] ) ;
          sh:sparql [ sh:select "SELECT $this WHERE {}" ] ] .
        """
    ).rules
    assert (rule.name, rule.anchor, rule.href) == ("ex:p", "", "")
    assert [(each.text, each.anchor) for each in rule.sparql] == [("SELECT $this WHERE {}", "")]
    assert [value.text for fact in rule.values for value in fact.values] == ["[ … ]", "[ … ]"]


def test_a_text_that_is_not_there_in_a_language_is_shown_in_another_and_says_so() -> None:
    [rule] = only(
        'shape:A sh:targetClass ex:A ; sh:property shape:A-p . shape:A-p sh:path ex:p ; sh:message "Falsch."@de .', "en"
    ).rules
    assert [(message.text, message.language) for message in rule.messages] == [("Falsch.", "de")]
