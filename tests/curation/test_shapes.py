"""Reading shapes: what is wrong with them is said with file, line and shape, before anything is judged by them."""

from pathlib import Path

import pyoxigraph as ox
import pytest
from small_shapes import LINES_BEFORE, content_with, shapes_of

from metropolis_kg.content import Content
from metropolis_kg.curation.shapes import read_shapes
from metropolis_kg.errors import ContentError, ContentErrors
from metropolis_kg.model.shapes import CompoundPath, predicates_of, sparql_path

QUERY = "sh:prefixes <https://w3id.org/metropolis-kg/prefixes> ; sh:select"


def shape(constraints: str, path: str = "sh:path ex:p ;") -> str:
    return f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property ex:P .\nex:P {path} {constraints} ."


def reasons(shapes: str, root: Path) -> list[str]:
    with pytest.raises(ContentErrors) as raised:
        shapes_of(shapes, root)
    return [str(error) for error in raised.value.errors]


def test_the_repositorys_shapes_are_well_formed_and_remember_their_files(content: Content) -> None:
    graph = read_shapes(content)
    tenure = next(each for each in graph.targeting if str(each.node).endswith("shapes/Tenure>"))
    assert graph.files[tenure.node].name == "tenure.ttl"
    assert graph.properties(tenure)


def test_a_file_that_is_not_turtle_is_named_with_its_line(tmp_path: Path) -> None:
    (reason,) = reasons(shape("sh:minCount 1") + "\nex:Q sh:path ex:p", tmp_path)
    assert reason.startswith(f"shapes/small.ttl:{LINES_BEFORE + 3}: ")


def test_a_prefix_that_the_file_does_not_declare_is_named(tmp_path: Path) -> None:
    (reason,) = reasons(shape("sh:class nope:C"), tmp_path)
    assert "prefix nope: is not declared in this file" in reason


def test_every_file_that_is_not_turtle_is_named_at_once(tmp_path: Path) -> None:
    content = content_with("ex:S a", tmp_path)
    (tmp_path / "shapes" / "another.ttl").write_text("a b c", encoding="utf-8")
    with pytest.raises(ContentErrors) as raised:
        read_shapes(content)
    assert [error.path.name for error in raised.value.errors if error.path] == ["another.ttl", "small.ttl"]


def test_shapes_without_a_target_are_refused_for_they_check_nothing(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"shapes: no shape has a target, so nothing would be checked"):
        shapes_of("ex:S a sh:NodeShape .", tmp_path)


@pytest.mark.parametrize(
    ("constraints", "complaint"),
    [
        ("sh:minCuont 1", "sh:minCuont is not a term of SHACL for shapes"),
        ("sh:minCount -1", "sh:minCount must be a whole number from 0 on"),
        ('sh:maxCount "1"', "sh:maxCount must be a whole number from 0 on"),
        ('sh:pattern "(["', "sh:pattern"),
        ('sh:pattern "(["', "is no regular expression: unterminated character set"),
        ("sh:in ex:a", "sh:in needs a list: sh:in ( … )"),
        ("sh:nodeKind ex:IRI", "sh:nodeKind must be one of sh:BlankNode, sh:BlankNodeOrIRI"),
        ("sh:severity sh:Fatal", "sh:severity must be one of sh:Violation, sh:Warning, sh:Info"),
        ('sh:class "C"', "sh:class must name an IRI"),
        ('sh:order "first"', "sh:order must be a number"),
        ("sh:sparql ex:Q", "sh:sparql needs exactly one sh:select, a string"),
        ('sh:sparql [ sh:select "SELECT $this WHERE { $this ?p ?o }" ]', "sh:sparql needs sh:prefixes that declare"),
        (f'sh:sparql [ {QUERY} "SELECT $this WHERE {{ $this mkg:when " ]', "sh:select is not SPARQL"),
        (f'sh:sparql [ {QUERY} "SELECT $this WHERE {{ $this nope:when ?w }}" ]', "sh:select is not SPARQL"),
        (f'sh:sparql [ {QUERY} "ASK {{ $this mkg:when ?w }}" ]', "sh:select must be a SELECT that returns $this"),
        (f'sh:sparql [ {QUERY} "SELECT ?w WHERE {{ $this mkg:when ?w }}" ]', "must be a SELECT that returns $this"),
        (f'sh:sparql [ {QUERY} "SELECT $this WHERE {{ $this ?p ?o MINUS {{ $this a ?c }} }}" ]', "must not use MINUS"),
        (
            f'sh:sparql [ {QUERY} "SELECT $this WHERE {{ $this ?p ?o SERVICE <http://x/> {{ ?o a ?c }} }}" ]',
            "must not use SERVICE",
        ),
        (f'sh:sparql [ {QUERY} "SELECT $this WHERE {{ $this ?p ?o VALUES ?o {{ 1 }} }}" ]', "must not use VALUES"),
    ],
)
def test_an_ill_formed_shape_is_named_with_file_line_and_complaint(
    constraints: str, complaint: str, tmp_path: Path
) -> None:
    (reason,) = reasons(shape(constraints), tmp_path)
    assert reason.startswith(f"shapes/small.ttl:{LINES_BEFORE + 2}: <https://example.org/P>: ")
    assert complaint in reason


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("", "a property shape needs exactly one sh:path; this one has 0"),
        ("sh:path ex:p , ex:q ;", "a property shape needs exactly one sh:path; this one has 2"),
        ("sh:path ( ex:p ) ;", "a list of paths needs at least two members"),
        ("sh:path [ sh:inverse ex:p ] ;", "sh:path is no property path"),
    ],
)
def test_a_path_that_is_none_is_named(path: str, complaint: str, tmp_path: Path) -> None:
    assert complaint in reasons(shape("sh:minLength 1", path), tmp_path)[0]


def test_a_constraint_of_properties_on_a_node_shape_is_named(tmp_path: Path) -> None:
    (reason,) = reasons("ex:S sh:targetClass ex:C ; sh:minCount 1 .", tmp_path)
    assert "<https://example.org/S>: sh:minCount is for property shapes, and this shape has no sh:path" in reason


def test_a_property_shape_that_is_described_nowhere_is_named(tmp_path: Path) -> None:
    (reason,) = reasons("ex:S sh:targetClass ex:C ; sh:property ex:P .", tmp_path)
    assert "<https://example.org/P>: sh:property names it, but it is described nowhere" in reason


def test_a_path_is_read_in_all_its_forms_and_written_as_sparql(tmp_path: Path) -> None:
    path = "sh:path ( ex:p [ sh:inversePath ex:q ] [ sh:alternativePath ( ex:r [ sh:zeroOrMorePath ex:s ] ) ] ) ;"
    graph = shapes_of(shape("sh:minCount 1", path), tmp_path)
    (read,) = [each.path for each in graph.properties(graph.targeting[0])]
    assert isinstance(read, CompoundPath)
    e = "https://example.org/"
    assert sparql_path(read) == f"(<{e}p>/^(<{e}q>)/(<{e}r>|(<{e}s>)*))"
    assert [node.value[-1] for node in predicates_of(read)] == ["p", "q", "r", "s"]


def test_under_a_deployed_base_own_terms_and_prefixes_follow_and_others_stay(content: Content) -> None:
    graph = read_shapes(content, "http://localhost:8000/")
    tenure = next(each for each in graph.targeting if str(each.node).endswith("shapes/Tenure>"))
    assert tenure.one("targetClass") == ox.NamedNode("http://localhost:8000/ns#Tenure")
    assert graph.prefixes["mkg"] == "http://localhost:8000/ns#"
    assert graph.prefixes["org"] == "http://www.w3.org/ns/org#"
    assert graph.files[tenure.node].name == "tenure.ttl"
