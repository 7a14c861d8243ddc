"""Statements remember the line on which their object was written."""

from pathlib import Path

import pytest

from metropolis_kg.curation.lines import LineIndex, line_index, text_index

TURTLE = '''@prefix a: <http://x/> .
# a comment
a:s a a:C ;
    a:p "one"@de , # another
        "two"@en-US ;
    a:q a:o1,
        a:o2 ; a:r 5, """multi
line""" ;
    a:t "2014"^^a:dt .

a:z a:p "one"@de .
'''


@pytest.fixture
def index(tmp_path: Path) -> LineIndex:
    path = tmp_path / "x.ttl"
    path.write_text(TURTLE)
    return line_index(path)


@pytest.mark.parametrize(
    ("subject", "predicate", "value", "line"),
    [
        ("<http://x/s>", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "<http://x/C>", 3),
        ("<http://x/s>", "<http://x/p>", '"one"@de', 4),
        ("<http://x/s>", "<http://x/p>", '"two"@en-us', 5),
        ("<http://x/s>", "<http://x/q>", "<http://x/o1>", 6),
        ("<http://x/s>", "<http://x/q>", "<http://x/o2>", 7),
        ("<http://x/s>", "<http://x/r>", '"multi\\nline"', 7),
        ("<http://x/s>", "<http://x/t>", '"2014"^^<http://x/dt>', 9),
        ("<http://x/z>", "<http://x/p>", '"one"@de', 11),
    ],
)
def test_every_statement_knows_its_line(index: LineIndex, subject: str, predicate: str, value: str, line: int) -> None:
    assert index.find(subject, predicate, value) == line


def test_an_unwritten_value_is_placed_at_its_property_and_an_unwritten_property_at_its_subject(
    index: LineIndex,
) -> None:
    assert index.find("<http://x/s>", "<http://x/t>", '"1999"') == 9
    assert index.find("<http://x/s>", "<http://x/none>") == 3
    assert index.find("<http://x/none>") is None


def test_language_tags_are_kept_as_written(index: LineIndex) -> None:
    assert index.tags == [("de", 4), ("en-US", 5), ("de", 11)]


@pytest.mark.parametrize(
    ("subject", "predicate", "value", "written"),
    [
        ("<http://x/s>", "<http://x/p>", '"one"@de', '"one"@de'),
        ("<http://x/s>", "<http://x/q>", "<http://x/o2>", "a:o2"),
        ("<http://x/s>", "<http://x/r>", '"multi\\nline"', '"""multi'),
        ("<http://x/s>", "<http://x/t>", '"2014"^^<http://x/dt>', '"2014"^^a:dt'),
        ("<http://x/s>", "<http://x/none>", None, "a:s"),
        ("<http://x/z>", None, None, "a:z"),
    ],
)
def test_every_statement_knows_what_of_its_line_is_meant(
    index: LineIndex, subject: str, predicate: str | None, value: str | None, written: str
) -> None:
    span = index.span(subject, predicate, value)
    assert span
    assert span.column
    assert span.length
    line = TURTLE.splitlines()[span.line - 1]
    assert line[span.column - 1 : span.column - 1 + span.length] == written


def test_a_property_knows_where_it_stands_itself(index: LineIndex) -> None:
    assert index.verbs["<http://x/s>", "<http://x/q>"] == (6, 5, 3)
    assert index.verbs["<http://x/z>", "<http://x/p>"] == (11, 5, 3)


def test_literals_are_found_in_the_form_in_which_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text('@prefix x: <http://x/> .\nx:a x:p 5 ,\n  "05"^^x:i ,\n  05 ,\n  1.50 ,\n  1e3 ,\n  true .\n')
    index, integer = line_index(path), "<http://www.w3.org/2001/XMLSchema#{}>"
    asked = {
        '"5"^^' + integer.format("integer"): 2, '"05"^^<http://x/i>': 3, '"05"^^' + integer.format("integer"): 4,
        '"1.50"^^' + integer.format("decimal"): 5, '"1e3"^^' + integer.format("double"): 6,
        '"true"^^' + integer.format("boolean"): 7,
    }  # fmt: skip
    assert {value: index.statements[("<http://x/a>", "<http://x/p>", value)].line for value in asked} == asked


def test_a_file_that_was_changed_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text("<http://x/a> <http://x/p> 1 .\n")
    assert line_index(path).find("<http://x/a>") == 1
    path.write_text("\n\n<http://x/a> <http://x/p> 1 .\n")
    assert line_index(path).find("<http://x/a>") == 3


def test_a_literal_that_its_datatype_does_not_allow_is_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    day = '"30.11.2020"^^<http://www.w3.org/2001/XMLSchema#date>'
    assert text_index(f"<http://x/a> <http://x/b> {day} .").find("<http://x/a>") == 1
    assert not caplog.records


@pytest.mark.parametrize("base", ["@base <http://b/x/> .", "BASE <http://b/x/>"])
def test_a_file_with_a_base_has_lines_too(base: str) -> None:
    index = text_index(f"{base}\n\n<a> <http://p/p> <c/d> .")
    assert index.find("<http://b/x/a>", "<http://p/p>", "<http://b/x/c/d>") == 3
