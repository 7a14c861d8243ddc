"""What the parser complains of is told in a steward's words, at the place where it is to be mended."""

import time
from pathlib import Path

import pytest

from metropolis_kg.curation.turtle.files import parse_turtle
from metropolis_kg.errors import ContentError

HEAD = "@prefix ex: <http://x/> .\n"
KNOWN = {"ex": "http://x/", "org": "http://www.w3.org/ns/org#"}

SLIPS = {
    "a dot before a new thing": ("ex:a ex:b ex:c\n\nex:d ex:e ex:f .", "missing-dot", 2, 15),
    "a dot before a new thing with a class": ("ex:a a ex:c\n\nex:d a ex:f .", "missing-dot", 2, 12),
    "a dot after a prefix line": ("@prefix y: <http://y/>\nex:a ex:b ex:c .", "missing-dot", 2, 23),
    "a dot in place of a semicolon": ("ex:a ex:b ex:c ;\n\nex:d ex:e ex:f .", "dot-expected", 2, 16),
    "a dot in place of a comma": ("ex:a ex:b ex:c ,\n\nex:d a ex:f .", "dot-expected", 2, 16),
    "a semicolon in place of a dot": ("ex:a ex:b ex:c .\n    ex:d ex:e .", "semicolon-expected", 2, 16),
    "a semicolon": ("ex:a ex:b ex:c ;\n    ex:g ex:c\n    ex:e ex:f .", "missing-semicolon", 3, 14),
    "a semicolon after text": ('ex:a ex:b "x"@de\n    ex:e ex:f .', "missing-semicolon", 2, 17),
    "a comma": ('ex:a ex:b "x"@de "y"@en .', "missing-comma", 2, 17),
    "a semicolon in place of a comma": ('ex:a ex:b "x"@de ,\n    ex:c "y"@en .', "semicolon-for-comma", 2, 18),
    "a letter before a name": ("11:x ex:b ex:c .", "syntax", 2, 1),
    "something on one line": ("ex:a ex:b ex:c ex:d .", "something-missing", 2, 15),
    "the end": ("ex:a ex:b ex:c ;\n    ex:d ex:e\n", "unended-file", 3, 14),
    "one dot less": ("ex:a ex:b ex:c ..\n", "second-dot", 2, 17),
    "no dot after PREFIX": ("PREFIX y: <http://y/> .\nex:a ex:b ex:c .", "dot-after-prefix", 2, 23),
    "a colon in a prefix line": ("@prefix y <http://y/> .", "prefix-line", 2, 9),
    "a value": ("ex:a ex:b ;\n    ex:c ex:d .", "missing-value", 2, 10),
    "a property": ("ex:a ;\n    ex:c ex:d .", "missing-property", 2, 5),
    "a square bracket": ("ex:a ex:b [ ex:c ex:d .\n", "unclosed-bracket", 2, 11),
    "a round bracket": ("ex:a ex:b ( ex:c ex:d ;\n    ex:e ex:f .", "unclosed-bracket", 2, 11),
    "no bracket": ("ex:a ex:b ex:c ] .", "stray-bracket", 2, 16),
    "no braces": ("ex:g { ex:a ex:b ex:c }", "braces", 2, 6),
    "a quotation mark": ('ex:a ex:b "abc ;\n    ex:c "d" .', "unclosed-quote", 2, 11),
    "a straight quotation mark": ('ex:a ex:b "abc“@de ;\n    ex:c "d"@de .', "unclosed-quote", 2, 11),
    "a quotation mark at the end": ('ex:a ex:b "abc .', "unclosed-quote", 2, 11),
    "three quotation marks": ('ex:a ex:b """abc .\n\nex:c ex:d "x" .', "unclosed-long-quote", 2, 11),
    "other quotation marks within text": ('ex:a ex:b "er sagte "ja" dazu"@de .', "quote-in-text", 2, 21),
    "straight quotation marks": ("ex:a ex:b „abc“@de .", "typographic-quote", 2, 11),
    "a second backslash": ('ex:a ex:b "C:\\data"@de .', "wrong-escape", 2, 14),
    "four digits": ('ex:a ex:b "a\\u12"@de .', "wrong-escape", 2, 13),
    "a hyphen in a language tag": ('ex:a ex:b "x"@de_DE .', "language-tag", 2, 17),
    "no blank in a language tag": ('ex:a ex:b "x"@ de .', "language-tag", 2, 15),
    "a second caret": ('ex:a ex:b "2018"^ex:date .', "single-caret", 2, 17),
    "a datatype": ('ex:a ex:b "2018"^^ .', "missing-datatype", 2, 20),
    "quotation marks around a day": ("ex:a ex:b 2018-08-28 .", "unquoted-value", 2, 11),
    "no dots in a number": ("ex:a ex:b 1.141.000 .", "unquoted-value", 2, 11),
    "a prefix before the colon": ("ex:a ex:b ex:c :\n    ex:d ex:e .", "empty-prefix", 2, 16),
    "a small a": ("ex:a A ex:b .", "class-word", 2, 6),
    "no word but a": ("ex:a is a ex:b .", "class-word", 2, 6),
    "a quotation mark before the next text": ('ex:a ex:b "x@de , "y"@en .', "unclosed-quote", 2, 11),
    "a small letter": ("ex:a ex:b True .", "capital-boolean", 2, 11),
    "a prefix or quotation marks": ("ex:a ex:b foo .", "bare-word", 2, 11),
    "no blank in a name": ("ex:michael müller ex:b ex:c .", "blank-in-name", 2, 1),
    "no slash in a name": ("ex:a ex:b ex:c/d .", "slash-in-name", 2, 15),
    "no bracket in a name": ("ex:a ex:b ex:c(d) .", "character-in-name", 2, 15),
    "no ampersand in a name": ("ex:a ex:b ex:c&d .", "character-in-name", 2, 15),
    "a plain blank": ("ex:a\u00a0ex:b ex:c .", "invisible-character", 2, 5),
    "no zero width space": ("ex:a ex:\u200bb ex:c .", "invisible-character", 2, 9),
    "a hash before a comment": ("// comment\nex:a ex:b ex:c .", "foreign-comment", 2, 1),
    "an angle bracket": ("ex:a ex:b <http://x/a ;\n    ex:c <http://x/d> .", "unclosed-iri", 2, 11),
    "no blank in an address": ("ex:a ex:b <http://x/a b> .", "blank-in-iri", 2, 11),
    "no brace in an address": ("ex:a ex:b <http://x/{a}> .", "character-in-iri", 2, 11),
    "a scheme": ("ex:a ex:b <abc> .", "relative-iri", 2, 11),
    "angle brackets": ("ex:a ex:b http://x/a .", "iri-without-brackets", 2, 11),
    "a scheme before www": ("ex:a ex:b www.x.de/a .", "iri-without-brackets", 2, 11),
    "a declaration": ("ex:a org:b ex:c .", "undeclared-prefix", 2, 6),
    "another prefix": ("ex:a exx:b ex:c .", "misspelt-prefix", 2, 6),
    "a prefix there is": ("ex:a zzz:b ex:c .", "unknown-prefix", 2, 6),
    "characters as columns": ('ex:a ex:b "😀😀ü" ; ex:c zzz:d .', "unknown-prefix", 2, 24),
    "tabs as columns": ('\tex:a\tex:b\t"ü"\t;\tex:c\tzzz:d .', "unknown-prefix", 2, 23),
    "Windows line ends": ('ex:a ex:b "x"\r\n ;\r\n zzz:a ex:b .', "unknown-prefix", 4, 2),
    "a decision between versions": (
        "<<<<<<< HEAD\nex:a ex:b ex:c .\n=======\nex:a ex:b ex:d .\n>>>>>>> b\n", "conflict-marker", 2, 1
    ),
    "anything else": ('"x" ex:b ex:c .', "syntax", 2, 1),
}  # fmt: skip


def told(path: Path, text: str) -> ContentError:
    path.write_bytes(text.encode())
    with pytest.raises(ContentError) as raised:
        list(parse_turtle(path, KNOWN))
    return raised.value


@pytest.mark.parametrize(("text", "code", "line", "column"), SLIPS.values(), ids=SLIPS)
def test_what_is_missing_is_told_where_it_is_missing(
    tmp_path: Path, text: str, code: str, line: int, column: int
) -> None:
    error = told(tmp_path / "x.ttl", HEAD + text)
    assert (error.code, error.line, error.column) == (code, line, column), error
    assert set(error.messages) == {"de", "en"}


@pytest.mark.parametrize("text", ["ex:a ex:b " + "1 " * 20_000 + ".", "1" * 5000 + ":x ex:b 1 ."])
def test_a_fault_in_a_long_statement_or_number_is_told_at_once(tmp_path: Path, text: str) -> None:
    start = time.process_time()
    assert told(tmp_path / "x.ttl", HEAD + text).line == 2
    assert time.process_time() - start < 2


def test_what_the_parser_says_is_kept_only_where_nothing_better_is_known(tmp_path: Path) -> None:
    said = told(tmp_path / "x.ttl", f'{HEAD}"x" ex:b ex:c .').reason
    assert said.startswith('Not Turtle in what begins on line 2: "x" is not a valid subject or graph name. ')


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("latin-1", "ISO-8859-1 (Latin 1)"), ("cp1252", "Windows-1252"), ("utf-16", "UTF-16")],
)
def test_the_encoding_of_a_file_that_is_not_utf8_is_guessed(tmp_path: Path, encoding: str, name: str) -> None:
    path = tmp_path / "x.ttl"
    text = f'{HEAD}ex:a ex:b "{"„Müller“" if encoding == "cp1252" else "Müller"}" .'
    path.write_bytes(text.encode(encoding))
    with pytest.raises(ContentError, match="not UTF-8") as raised:
        list(parse_turtle(path))
    assert name in raised.value.reason


def test_utf16_without_a_mark_is_guessed_and_what_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_bytes(f'{HEAD}ex:a ex:b "Müller" .'.encode("utf-16-le"))
    with pytest.raises(ContentError, match="probably UTF-16"):
        list(parse_turtle(path))
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and then much more of it")
    with pytest.raises(ContentError, match="no text"):
        list(parse_turtle(path))
