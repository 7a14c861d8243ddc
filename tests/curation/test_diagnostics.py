"""Diagnostics: whatever was found, in one form, in a fixed order."""

from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from metropolis_kg.content import Content
from metropolis_kg.curation.diagnostics import Diagnostic, Related, of_error, of_result
from metropolis_kg.curation.excerpts import lines_in, with_excerpts
from metropolis_kg.curation.faults import fault
from metropolis_kg.curation.lines import Span
from metropolis_kg.curation.report import Result, Severity
from metropolis_kg.curation.tracing import Writing
from metropolis_kg.errors import ContentError
from metropolis_kg.model.namespaces import SH

FILE = Path("data/x.ttl")
THING = ox.NamedNode("https://example.org/thing")
RESULT = Result(
    focus=THING,
    path=None,
    value=THING,
    severity=Severity.WARNING,
    source_shape=ox.NamedNode("https://example.org/shapes/Thing-label"),
    component=ox.NamedNode(f"{SH}SPARQLConstraintComponent"),
    constraint=None,
    messages={"en": "The label is missing."},
)


def diagnostic(path: Path | None = FILE, line: int | None = 1, code: str = "c", focus: str = "thing") -> Diagnostic:
    return Diagnostic(code, Severity.VIOLATION, {"en": "x"}, path, line, focus=ox.NamedNode(f"urn:{focus}"))


def test_a_fault_of_a_file_is_a_diagnostic_of_its_kind_with_the_other_places_it_is_about() -> None:
    known = fault("language-tag-case", FILE, 3, tag="DE", kept="de")
    assert of_error(known).severity is Severity.INFO
    other = Path("data/y.ttl")
    found = of_error(ContentError("twice", FILE, 3, column=5, related=[(other, 7)]).within(Path("data/z.ttl")))
    assert (found.code, found.severity, found.path, found.column) == (
        "content",
        Severity.VIOLATION,
        Path("data/z.ttl"),
        5,
    )
    assert found.related == (Related(other, 7),)


def test_a_result_stands_where_it_was_written_and_is_known_by_its_shape() -> None:
    found = of_result(RESULT, Writing(FILE, Span(3, 5, 7), ("a-rule",)), Writing(FILE, Span(9)))
    assert (found.code, found.line, found.column, found.length) == ("Thing-label", 3, 5, 7)
    assert (found.focus, found.value, found.rules) == (THING, None, ("a-rule",))
    assert found.related == (Related(FILE, 9),)
    assert of_result(RESULT, None).path is None


def test_diagnostics_are_ordered_by_file_and_line_those_without_a_place_last() -> None:
    ordered = [
        diagnostic(Path("a.ttl"), None),
        diagnostic(Path("a.ttl"), 2),
        diagnostic(Path("a.ttl"), 10, "b"),
        diagnostic(Path("a.ttl"), 10, "c"),
        diagnostic(Path("b.ttl"), 1),
        diagnostic(None, None),
    ]
    assert sorted((ordered[place] for place in (3, 0, 5, 1, 4, 2)), key=lambda each: each.sort_key) == ordered


def test_a_diagnostic_stays_the_same_where_lines_moved_or_the_file_was_renamed() -> None:
    assert diagnostic(line=1).identity == diagnostic(line=9, path=Path("data/renamed.ttl")).identity
    assert diagnostic().identity != diagnostic(code="d").identity
    assert diagnostic().identity != diagnostic(focus="other").identity
    assert (
        replace(diagnostic(), focus=ox.BlankNode("a")).identity
        == replace(diagnostic(), focus=ox.BlankNode("b")).identity
    )
    nothing = Diagnostic("c", Severity.VIOLATION, {}, FILE, 1)
    assert nothing.identity != Diagnostic("c", Severity.VIOLATION, {}, Path("data/renamed.ttl"), 1).identity


@pytest.mark.parametrize(
    ("line", "column", "term"),
    [
        ('x:a x:p "a \\" b"@de-AT .', 9, '"a \\" b"@de-AT'),
        ('x:a x:p "1"^^x:int, 2', 9, '"1"^^x:int'),
        ("x:a x:p <http://x/y> .", 9, "<http://x/y>"),
        ("x:a x:p x:b.c.", 9, "x:b.c"),
        ('x:a x:p """begun', 9, '"""begun'),
        ("x:a a ;", 7, ";"),
        ("x:a a ", 7, None),
    ],
)
def test_the_term_at_the_column_is_meant_where_no_length_is_known(line: str, column: int, term: str | None) -> None:
    (found,) = with_excerpts([replace(diagnostic(line=1), column=column)], lambda _: [line])
    assert found.length == (len(term) if term else None)


def test_lines_are_read_from_the_files_and_left_out_where_they_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / FILE).write_bytes("ä\r\nzwei".encode("latin-1") + b"\n")
    asked = [*(diagnostic(line=line) for line in (2, 99, None, 1)), diagnostic(Path("data/no.ttl"))]
    found = [each.excerpt for each in with_excerpts(asked, lines_in(Content(tmp_path)))]
    assert found == ["zwei", None, None, "�", None]
