"""Reading content: what cannot be read is named by file, line and reason."""

from pathlib import Path

import pytest

from metropolis_kg.content import Content
from metropolis_kg.curation.sources import content_files, read_dataset
from metropolis_kg.errors import ContentErrors

PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix p: <https://w3id.org/metropolis-kg/prefixes#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
p:mkg sh:prefix "mkg" ; sh:namespace "https://w3id.org/metropolis-kg/ns#"^^xsd:anyURI .
p:fn sh:prefix "fn" ; sh:namespace "https://w3id.org/metropolis-kg/function/"^^xsd:anyURI .
p:rule sh:prefix "rule" ; sh:namespace "https://w3id.org/metropolis-kg/id/rule/"^^xsd:anyURI .
p: sh:declare p:mkg, p:fn, p:rule .
"""


@pytest.fixture
def small(tmp_path: Path) -> Content:
    for folder in ("ontology", "data/pages", "shapes", "queries"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "ontology/prefixes.ttl").write_text(PREFIXES)
    return Content(tmp_path)


def write(content: Content, name: str, turtle: str | bytes) -> None:
    path = content.data / name
    path.write_bytes(turtle if isinstance(turtle, bytes) else turtle.encode())


def said(content: Content) -> str:
    with pytest.raises(ContentErrors) as raised:
        read_dataset(content)
    return str(raised.value)


def test_a_file_is_a_graph_under_the_base(small: Content) -> None:
    write(small, "pages/berlin.ttl", "<https://w3id.org/metropolis-kg/id/place/berlin> a <http://x/City> .")
    graph = read_dataset(small, "http://localhost:8000/").graphs[0]
    assert graph.name.value == "http://localhost:8000/graph/berlin"
    assert [str(quad.subject) for quad in graph.quads] == ["<http://localhost:8000/id/place/berlin>"]


def test_prefixes_follow_the_base(small: Content) -> None:
    assert read_dataset(small, "http://localhost:8000/").prefixes["mkg"] == "http://localhost:8000/ns#"


def test_a_prefix_that_the_program_needs_is_missed_by_name(small: Content) -> None:
    small.prefixes_file.write_text(PREFIXES.replace("p:mkg, p:fn, p:rule", "p:mkg, p:fn"))
    assert said(small).startswith("ontology/prefixes.ttl: The prefix rule: is missing; ")


def test_a_syntax_error_is_named_by_file_line_and_column(small: Content) -> None:
    write(small, "pages/x.ttl", '<http://x/a> <http://x/b> "c"\n<http://x/d> <http://x/e> 4 .')
    with pytest.raises(ContentErrors) as raised:
        read_dataset(small)
    (error,) = raised.value.errors
    assert (error.code, error.path, error.line, error.column) == ("missing-dot", Path("data/pages/x.ttl"), 1, 30)


def test_an_unknown_prefix_is_named_with_what_to_add(small: Content) -> None:
    write(small, "pages/x.ttl", "\n\n<http://x/a> orgg:member <http://x/b> .")
    assert said(small).startswith("data/pages/x.ttl:3: There is no prefix orgg:. Take another one, or enter this one ")


def test_a_known_prefix_is_named_with_the_line_to_add(small: Content) -> None:
    write(small, "pages/x.ttl", "<http://x/a> mkg:note <http://x/b> .")
    assert said(small) == (
        "data/pages/x.ttl:1: The prefix mkg: is not declared in this file. "
        "Add at the top: @prefix mkg: <https://w3id.org/metropolis-kg/ns#> ."
    )


def test_a_file_that_is_not_utf8_is_named_with_its_line(small: Content) -> None:
    write(small, "pages/x.ttl", b'<http://x/a> <http://x/b>\n "M\xfcller" .')
    assert said(small) == (
        "data/pages/x.ttl:2: The file is not UTF-8 but probably ISO-8859-1 (Latin 1). Save it as UTF-8 in the editor."
    )


def test_a_byte_order_mark_is_named(small: Content) -> None:
    write(small, "pages/x.ttl", b"\xef\xbb\xbf<http://x/a> <http://x/b> 4 .")
    assert said(small).startswith("data/pages/x.ttl:1: The file begins with an invisible character")


def test_every_broken_file_is_named_at_once(small: Content) -> None:
    write(small, "pages/x.ttl", "nonsense")
    write(small, "pages/y.ttl", "@prefix")
    assert [line.split(":")[0] for line in said(small).splitlines()] == ["data/pages/x.ttl", "data/pages/y.ttl"]


def test_two_files_that_would_be_one_graph_are_refused(small: Content) -> None:
    (small.data / "enrichment").mkdir()
    write(small, "pages/x.ttl", "")
    write(small, "enrichment/x.ttl", "")
    with pytest.raises(ContentErrors, match=r"data/pages/x\.ttl: data/enrichment/x\.ttl has the same"):
        content_files(small)


def test_a_file_that_cannot_be_read_is_named(small: Content) -> None:
    (small.data / "pages" / "x.ttl").symlink_to("nowhere")
    assert said(small) == "data/pages/x.ttl: The file cannot be read: No such file or directory."


def test_a_folder_that_is_called_like_a_file_is_no_file(small: Content) -> None:
    (small.data / "x.ttl").mkdir()
    assert [graph.path.name for graph in read_dataset(small).graphs] == ["prefixes.ttl"]


@pytest.mark.parametrize("name", ["derived.ttl", "inferred.ttl", "my notes.ttl", "Grün.ttl"])
def test_a_file_whose_name_can_name_no_graph_is_refused(small: Content, name: str) -> None:
    write(small, f"pages/{name}", "")
    assert said(small).startswith(f"data/pages/{name}: The file gives its graph its name, and ")


@pytest.mark.parametrize("value", ['"x"@en--ltr', "<<( <http://x/a> <http://x/b> <http://x/c> )>>"])
def test_what_rdf_1_2_adds_is_refused(small: Content, value: str) -> None:
    write(small, "pages/x.ttl", f"<http://x/a> <http://x/b> {value} .")
    assert said(small).startswith("data/pages/x.ttl:1: Statements about statements")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('sh:prefix "fn" ; ', "", "5: p:fn needs exactly one sh:prefix and one sh:namespace"),
        ('sh:prefix "fn"', 'sh:prefix "fn", "f"', "5: p:fn needs exactly one sh:prefix"),
        ('sh:prefix "fn"', 'sh:prefix "rule"', "6: The prefix rule: is entered twice."),
        ("p:mkg, p:fn", "p:mkg p:fn", "7: Something is missing between p:mkg and p:fn"),
    ],
)
def test_a_prefix_that_is_declared_wrongly_is_told(small: Content, old: str, new: str, told: str) -> None:
    small.prefixes_file.write_text(PREFIXES.replace(old, new))
    assert (
        said(small)
        .replace("<https://w3id.org/metropolis-kg/prefixes#fn>", "p:fn")
        .startswith(f"ontology/prefixes.ttl:{told}")
    )


def test_a_missing_prefixes_file_and_a_namespace_that_is_no_iri_are_named(small: Content) -> None:
    small.prefixes_file.write_text(PREFIXES.replace("/function/", "/a b/"))
    assert said(small).startswith(
        'ontology/prefixes.ttl:5: "https://w3id.org/metropolis-kg/a b/" is no complete address.'
    )
    small.prefixes_file.unlink()
    assert said(small).startswith("ontology/prefixes.ttl: The file cannot be read")


def test_hidden_files_as_editors_make_them_are_not_read(small: Content) -> None:
    (small.data / "pages" / ".#berlin.ttl").symlink_to("somebody@somewhere.1234")
    assert [path.name for path in content_files(small)] == ["prefixes.ttl"]
