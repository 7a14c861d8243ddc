"""One layout for what Turtle says: the same statements, every comment, and nothing left to do the second time."""

import difflib
import stat
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings

from metropolis_kg.content import Content
from metropolis_kg.curation import formatting
from metropolis_kg.curation.formatting import (
    AlteredError,
    BeyondTurtleError,
    first_difference,
    formatted,
    replace_file,
    turtle_files,
)
from metropolis_kg.errors import ContentError
from metropolis_kg.model.namespaces import read_prefixes
from random_turtle import turtle

HEAD = "@prefix ex: <http://example.org/> .\n\n"
KNOWN = {"foaf": "http://xmlns.com/foaf/0.1/", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"}


def laid_out(body: str, head: str = HEAD) -> str:
    """Return what follows the prefixes of a formatted text."""
    text = formatted((head + body).encode(), KNOWN).decode()
    assert formatted(text.encode(), KNOWN).decode() == text
    return text.removeprefix(head)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(turtle())
@example("")
@example("# only a comment")
@example("\n\n# a\n\n\n# b\n")
@example("@prefix a: <x:> .\n# below\n\n# apart\n")
def test_whatever_is_written_is_laid_out_once_and_for_all(text: str) -> None:
    once = formatted(text.encode(), KNOWN)
    assert formatted(once, KNOWN) == once


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("ex:a ex:p 1;ex:q 2.", "ex:a ex:p 1 ;\n    ex:q 2 .\n"),
        ("ex:a ex:p 1 ; a ex:T.", "ex:a a ex:T ;\n    ex:p 1 .\n"),
        ("ex:a ex:p 1 ; <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ex:T .", "ex:a a ex:T ;\n    ex:p 1 .\n"),
        ("ex:a ex:p 1 ;; .", "ex:a ex:p 1 .\n"),
        ("ex:a a ex:T. ex:b a ex:T.", "ex:a a ex:T .\n\nex:b a ex:T .\n"),
        ("ex:a ex:p 'x' , \"\"\"y\"\"\"@de-AT, +01, 1.50, 'true'.",
         'ex:a ex:p \'x\' , """y"""@de-AT , +01 , 1.50 , \'true\' .\n'),
        ('ex:a ex:p "Ein Satz."@de,"One sentence."@en.',
         'ex:a ex:p\n        "Ein Satz."@de ,\n        "One sentence."@en .\n'),
        ('ex:a ex:p "1985" ^^ ex:d .', 'ex:a ex:p "1985"^^ex:d .\n'),
        ("ex:a ex:p [ex:q 1;ex:r 2].", "ex:a ex:p [ ex:q 1 ; ex:r 2 ] .\n"),
        ("ex:a ex:p [ ] , ( ), (1 2) .", "ex:a ex:p [] , () , ( 1 2 ) .\n"),
        ("[ex:p 1].", "[ ex:p 1 ] .\n"),
        ("(1 2) ex:p 3 .", "( 1 2 ) ex:p 3 .\n"),
        ("ex:a ex:p [ ex:q 1 # one\n ] .", "ex:a ex:p [\n        ex:q 1 ; # one\n    ] .\n"),
        ("ex:a ex:p (1 # one\n 2) .", "ex:a ex:p (\n        1 # one\n        2\n    ) .\n"),
        ('ex:a ex:p """two\n  lines\r\n""" .', 'ex:a ex:p """two\n  lines\r\n""" .\n'),
    ],
)  # fmt: skip
def test_a_statement_is_laid_out(written: str, expected: str) -> None:
    assert laid_out(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("#above\nex:a a ex:T.", "#above\nex:a a ex:T .\n"),
        ("# apart\n\n\n\nex:a a ex:T.", "# apart\n\nex:a a ex:T .\n"),
        ("ex:a a ex:T. # behind", "ex:a a ex:T . # behind\n"),
        ("ex:a a ex:T # behind\n.", "ex:a a ex:T . # behind\n"),
        ("ex:a a ex:T ; # behind\nex:p 1 .", "ex:a a ex:T ; # behind\n    ex:p 1 .\n"),
        ("ex:a a ex:T ;\n# over p\nex:p 1 .", "ex:a a ex:T ;\n    # over p\n    ex:p 1 .\n"),
        ("ex:a a ex:T ;\n# ex:p 1 ;\n.", "ex:a a ex:T .\n    # ex:p 1 ;\n"),
        ("ex:a a ex:T .\n# below\n\nex:b a ex:T .", "ex:a a ex:T .\n    # below\n\nex:b a ex:T .\n"),
        ("ex:a a ex:T .\n# over b\nex:b a ex:T .", "ex:a a ex:T .\n\n# over b\nex:b a ex:T .\n"),
        ("ex:a a ex:T .\n# ==== Part ====\nex:b a ex:T .", "ex:a a ex:T .\n\n\n# ==== Part ====\n\nex:b a ex:T .\n"),
        ("ex:a ex:p 1, # one\n 2 .", "ex:a ex:p\n        1 , # one\n        2 .\n"),
        ("ex:a ex:p\n# first\n1, 2 .", "ex:a ex:p\n        # first\n        1 ,\n        2 .\n"),
        ("ex:a # which\na ex:T .", "# which\nex:a a ex:T .\n"),
        ("# of p\nex:a ex:p 1 ;\n# of the class\na ex:T.", "# of p\n# of the class\nex:a a ex:T ;\n    ex:p 1 .\n"),
        ("ex:a a ex:T .\n\n# at the end", "ex:a a ex:T .\n\n# at the end\n"),
    ],
)
def test_a_comment_stays_with_what_it_belongs_to(written: str, expected: str) -> None:
    assert laid_out(written) == expected


def test_values_share_a_line_of_120_characters_and_no_longer_one() -> None:
    just = 'ex:a a ex:T ;\n    ex:p "' + "x" * 53 + '" , "' + "y" * 49 + '" .\n'
    assert laid_out(just) == just
    assert max(map(len, just.splitlines())) == 120
    assert laid_out(just.replace("yy", "yyy", 1)).splitlines()[1] == "    ex:p"


def test_what_fits_in_no_line_stays_alone_on_its_own() -> None:
    single = 'ex:a ex:p "' + "x" * 200 + '" .\n'
    assert laid_out(single) == single


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("PREFIX b: <b:>\n@prefix a-b: <ab:> .\n@prefix a: <a:> .\na:x a-b:y b:z .",
         "@prefix a: <a:> .\n@prefix a-b: <ab:> .\n@prefix b: <b:> .\n\na:x a-b:y b:z .\n"),
        ("@prefix a: <a:> .\n@prefix no: <no:> .\na:x a:y \"no:z\" .", "@prefix a: <a:> .\n\na:x a:y \"no:z\" .\n"),
        ("@prefix a: <a:> .\na:x a:y \"1\"^^a:t . @prefix b: <b:> . b:x a:y 1 .",
         "@prefix a: <a:> .\n@prefix b: <b:> .\n\na:x a:y \"1\"^^a:t .\n\nb:x a:y 1 .\n"),
        ("<a:x> foaf:name 'x' .", "@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n\n<a:x> foaf:name 'x' .\n"),
        ("# About the file.\n\n# about b\n@prefix b: <b:> . # and behind\n@prefix a: <a:> .\na:x a:y b:z .",
         "# About the file.\n\n@prefix a: <a:> .\n# about b\n@prefix b: <b:> . # and behind\n\na:x a:y b:z .\n"),
        ("# The file.\n@prefix b: <b:> .\n@prefix a: <a:> . # gone\nb:x b:y b:z .",
         "# The file.\n\n# gone\n\n@prefix b: <b:> .\n\nb:x b:y b:z .\n"),
        ("@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . <a:x> rdf:type <a:T> .", "<a:x> a <a:T> .\n"),
        ("@base <http://a/> . @prefix z: <z#> . @prefix no: <no:> . <x> z:y 1 . @base <b/> . <x> z:y 2 .",
         "@base <http://a/> .\n@prefix z: <z#> .\n@prefix no: <no:> .\n\n<x> z:y 1 .\n\n@base <b/> .\n\n<x> z:y 2 .\n"),
        ("@prefix a: <a:> . a:x a:y 1 . @prefix a: <b:> . a:x a:y 2 .",
         "@prefix a: <a:> .\n\na:x a:y 1 .\n\n@prefix a: <b:> .\n\na:x a:y 2 .\n"),
    ],
)  # fmt: skip
def test_prefixes_come_first_sorted_used_and_declared(written: str, expected: str) -> None:
    assert laid_out(written, "") == expected


def test_line_ends_and_encoding_are_put_right_and_literals_are_not_touched() -> None:
    data = b'\xef\xbb\xbf@prefix ex: <x:> .\r\n\r\n# c\t \r\nex:a ex:p """1\r\n2""" . \r\n\r\n'
    assert formatted(data, {}) == b'@prefix ex: <x:> .\n\n# c\nex:a ex:p """1\r\n2""" .\n'


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"@prefix ex: <x:> .\nex:a ex:b .\n", "missing-value", 2),
        (b'@prefix ex: <x:> .\n\nex:a ex:b "open .\n', "unclosed-quote", 3),
        (b"<a:a> unknown:b 1 .\n", "unknown-prefix", 1),
        (b"<a:a> <a:b> '\xfc' .\n", "not-utf8", 1),
        (b"<a:a> <a:b> 1 .\n<a:a> <a:b> <<( <a:a> <a:b> <a:c> )>> .\n", "", 2),
    ],
)
def test_what_cannot_be_laid_out_is_said_with_its_line(data: bytes, code: str, line: int) -> None:
    with pytest.raises(ContentError) as caught:
        formatted(data, KNOWN, Path("x.ttl"))
    assert (caught.value.code, caught.value.line) == (code, line)
    assert str(caught.value).startswith(f"x.ttl:{line}: ")


def test_the_column_of_an_error_is_that_of_the_file_although_prefixes_are_added() -> None:
    with pytest.raises(ContentError) as caught:
        formatted(b"<a:a> foaf:name ; .", KNOWN)
    assert (caught.value.line, caught.value.column) == (1, 16)


def test_lists_too_deep_in_each_other_are_refused() -> None:
    deep = b"<a:a> <a:b> " + b"( " * 400 + b") " * 400 + b"."
    with pytest.raises(BeyondTurtleError):
        formatted(deep, {})


def test_a_layout_that_would_lose_something_is_never_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    text = HEAD + "# kept\nex:a ex:p 1 .\n"
    for lossy in (text.replace("# kept\n", ""), text.replace("1", "2")):
        monkeypatch.setattr(formatting, "layout", lambda _, lossy=lossy: lossy)
        with pytest.raises(AlteredError):
            formatted(text.encode(), {})


def test_one_new_fact_is_one_hunk_in_the_difference(content: Content) -> None:
    page = content.data / "pages/berlin-metropolis.ttl"
    before, known = page.read_text(encoding="utf-8"), read_prefixes(content.prefixes_file)
    evidence = "evidence:berlin-metropolis-f09 , evidence:berlin-metropolis-f14"
    facts = [
        before.replace("    org:role role:member ;\n", "    org:role role:member ;\n    mkg:note 'Neu'@de ;\n"),
        before.replace(evidence, f"{evidence},evidence:berlin-metropolis-f10,evidence:berlin-metropolis-f11"),
        before.replace('"Barbara Berninger"@en .', '"Barbara Berninger"@en ; foaf:homepage <http://example.org/> .'),
        before.replace("mkg:promotional true ;", "", 1),
    ]
    for fact in facts:
        after = formatted(fact.encode(), known).decode()
        changes = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0)
        assert sum(line.startswith("@@") for line in changes) == 1


def test_ten_thousand_lines_take_about_a_second(content: Content) -> None:
    data = (content.data / "pages/berlin-metropolis.ttl").read_bytes() * 12
    assert data.count(b"\n") > 10_000
    start = time.process_time()
    formatted(data, {})
    assert time.process_time() - start < 2


def test_all_turtle_of_the_content_is_meant(content: Content) -> None:
    names = {str(content.relative(path)) for path in turtle_files(content)}
    assert {"data/dataset.ttl", "data/pages/berlin-metropolis.ttl", "ontology/roles.ttl", "shapes/tenure.ttl"} <= names


def test_a_file_is_replaced_with_its_mode_and_through_its_link(tmp_path: Path) -> None:
    file, link = tmp_path / "x.ttl", tmp_path / "link.ttl"
    file.write_bytes(b"old")
    file.chmod(0o640)
    link.symlink_to(file)
    replace_file(link, b"new")
    assert (file.read_bytes(), link.is_symlink(), stat.S_IMODE(file.stat().st_mode)) == (b"new", True, 0o640)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.ttl", "x.ttl"]


def test_the_first_line_that_differs_is_found() -> None:
    assert first_difference(b"a\nb\n", b"a\nc\n") == 2
    assert first_difference(b"a\n", b"a\n\n") == 3
