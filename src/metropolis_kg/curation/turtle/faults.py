"""What is wrong with a text that is not Turtle, in a steward's words: one kind of fault for each slip of the pen.

The parser (pyoxigraph) says where it gave up and what it expected. Most slips are made earlier: the dot that is missing
stands at the end of the line before. That subjects begin in column 1 and predicates are indented, as all files here
are written, tells a missing dot from a missing semicolon. Columns count characters (measured: the parser's do too).
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from metropolis_kg.curation.faults import fault
from metropolis_kg.curation.turtle.pieces import Piece, Text
from metropolis_kg.errors import ContentError
from metropolis_kg.model.identifiers import slugify

_POSITION = re.compile(r"^Parser error (?:at|between) [^:]*: ")
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?: .*)?$", re.MULTILINE)
_OPENING, _CLOSING = "[(", "])"
_TYPOGRAPHIC = "„“”‚‘’«»‹›"
_KEYWORDS = ("@prefix", "@base")
_SWALLOWED = re.compile(r"@[a-z]{2}\s*[,;]\s*[\"']$")
"""How a text ends that was not closed and took in its language, and the mark before the next text."""


@dataclass(frozen=True)
class _Slip:
    """A fault of a kind, at a place, with the facts of the case."""

    code: str
    line: int
    column: int
    facts: dict[str, object] = field(default_factory=dict)


def conflict(text: str, path: Path | None) -> ContentError | None:
    """Return the first conflict that Git left in a file; none where there is none."""
    markers = list(_CONFLICT.finditer(text))
    if not any(marker[0].startswith(("<", ">")) for marker in markers):
        return None
    last = next((marker for marker in markers if marker[0].startswith(">")), markers[-1])
    line, end = (text.count("\n", 0, marker.start()) + 1 for marker in (markers[0], last))
    return fault("conflict-marker", path, line, 1, end=end)


def not_turtle(error: SyntaxError, text: str, path: Path | None) -> ContentError:
    """Return what the parser's ``error`` means for those who wrote ``text``."""
    said = _POSITION.sub("", error.msg)
    case = _Case(said, Text(text), Text(text).position(error.lineno or 1, error.offset or 1))
    slip = next((found for tell in _TELLING if (found := tell(case))), None)
    if slip:
        return fault(slip.code, path, slip.line, slip.column, **slip.facts)
    return fault("syntax", path, error.lineno, error.offset, said=said, begun=case.first.line)


class _Case:
    """Where the parser gave up: what it said, the piece there, and the statement so far."""

    def __init__(self, said: str, text: Text, position: int) -> None:
        self.said, self.text, self.position = said, text, position
        self.pieces = [piece for piece in text.pieces() if piece.end <= position or piece.start <= position]
        behind = text.text[position:].strip() != "" and self.pieces and self.pieces[-1].end > position
        self.here = self.pieces.pop() if behind else None

    @property
    def place(self) -> tuple[int, int]:
        return self.text.place(self.position)

    @property
    def before(self) -> Piece:
        """The piece before the one at which the parser gave up; the first of all where there is none."""
        return self.pieces[-1] if self.pieces else self.here or Piece("mark", "", 0, 1, 1, 1, 1)

    @cached_property
    def statement(self) -> list[Piece]:
        """The pieces of the statement, or directive, in which the parser gave up, up to there."""
        ends = (at for at in range(len(self.pieces), 0, -1) if self.pieces[at - 1].text == ".")
        found = self.pieces[next(ends, 0) :]
        return [*found, self.here] if self.here else found

    @property
    def first(self) -> Piece:
        return self.statement[0] if self.statement else self.before

    @property
    def depth(self) -> list[Piece]:
        """The brackets that are open."""
        opened: list[Piece] = []
        for piece in self.statement:
            if piece.kind == "mark" and piece.text in _OPENING:
                opened.append(piece)
            elif piece.kind == "mark" and piece.text in _CLOSING and opened:
                opened.pop()
        return opened

    def is_at(self, *texts: str) -> bool:
        return self.here is not None and self.here.text in texts

    def slip(self, code: str, **facts: object) -> _Slip:
        """Return a slip at the point where the parser gave up."""
        return _Slip(code, *self.place, facts)


def _at(code: str, piece: Piece, **facts: object) -> _Slip:
    return _Slip(code, piece.line, piece.column, facts)


def _after(code: str, piece: Piece, **facts: object) -> _Slip:
    return _Slip(code, piece.end_line, piece.end_column, facts)


# Text and addresses


def _text_not_closed(case: _Case) -> _Slip | None:
    opened = next((piece for piece in (*case.pieces, case.here) if piece and piece.kind == "open"), None)
    if opened is None or case.said not in (_LINE_END, _FILE_END):
        return None
    if opened.text == "<":
        return _at("unclosed-iri", opened)
    if opened.text[:3] in ('"""', "'''"):
        return _at("unclosed-long-quote", opened, quote=opened.text[:3])
    escape = re.search(r"\\(?:u(?![0-9A-Fa-f]{4})|U(?![0-9A-Fa-f]{8})).{0,4}", opened.text)
    return _escape(case, opened, escape[0]) if escape else _at("unclosed-quote", opened, quote=opened.text[0])


_LINE_END, _FILE_END = "Line jumps are not allowed in string literals, use \\n", "Unexpected end of file"


def _wrong_escape(case: _Case) -> _Slip | None:
    said = re.fullmatch(r"Unexpected escape character '(.*)'", case.said)
    if said:
        return case.slip("wrong-escape", escape=said[1].rstrip())
    short = case.here and case.said == _FILE_END and re.search(r"\\[uU][0-9A-Fa-f]*", case.here.text)
    return _escape(case, case.here, short[0]) if case.here and short else None


def _escape(case: _Case, piece: Piece, escape: str) -> _Slip:
    place = case.text.place(piece.start + piece.text.index(escape))
    return _Slip("wrong-escape", *place, {"escape": escape.strip()})


def _language_tag(case: _Case) -> _Slip | None:
    if case.said.startswith(("A language code should", "A subtag ", "The allowed base directions")):
        return case.slip("language-tag")
    tag = case.before if case.before.kind == "tag" else case.here
    is_near = tag is not None and tag.kind == "tag" and tag.line == case.place[0]
    return case.slip("language-tag") if is_near and case.said.startswith("Unexpected character") else None


def _datatype(case: _Case) -> _Slip | None:
    if case.said.startswith("Expecting a datatype IRI"):
        return case.slip("missing-datatype")
    if case.is_at("^") and case.before.is_value:
        named = re.match(r"\^\s*([\w:-]*)", case.text.text[case.position :])
        return case.slip("single-caret", value=case.before.text, type=named[1] if named else "")
    return None


def _iri(case: _Case) -> _Slip | None:
    if case.said == "No scheme found in an absolute IRI" and case.here:
        return case.slip("relative-iri", address=case.here.text.strip("<>"))
    said = re.fullmatch(r"Invalid IRI code point '(.*)'", case.said, re.DOTALL)
    if not said:
        return None
    address = re.match(r"<([^<>\n]*)>", case.text.text[case.position :])
    if not address or '"' in address[1]:
        return case.slip("unclosed-iri")
    if said[1].isspace():
        return case.slip("blank-in-iri", meant="%20".join(address[1].split()))
    return case.slip("character-in-iri", character=said[1], meant=quote(said[1]))


# Characters that have no place here


def _character(case: _Case) -> _Slip | None:
    said = re.fullmatch(r"'(.)' is not allowed at the beginning of a prefix name", case.said, re.DOTALL)
    character = said[1] if said else ""
    if not character:
        return None
    if character in _TYPOGRAPHIC:
        return case.slip("typographic-quote", character=character)
    mark = case.text.text[case.position : case.position + 2]
    if mark in ("//", "/*", "--"):
        return case.slip("foreign-comment", mark=mark)
    if character == "/":
        return case.slip("slash-in-name")
    if unicodedata.category(character) in ("Zs", "Cf", "Cc", "Zl", "Zp"):
        return case.slip("invisible-character", character=unicodedata.name(character, f"U+{ord(character):04X}"))
    return case.slip("character-in-name", character=character)


# Statements


def _directive(case: _Case) -> _Slip | None:
    if "The PREFIX " in case.said:
        return case.slip("prefix-line")
    if case.is_at(".") and any(piece.text.upper() == "PREFIX" for piece in case.statement):
        return case.slip("dot-after-prefix")
    return None


def _end_of_file(case: _Case) -> _Slip | None:
    ended = case.said in ("Unexpected end", "Triples should be followed by a dot") and case.here is None
    return _after("unended-file", case.before, begun=case.first.line) if ended else None


def _brackets(case: _Case) -> _Slip | None:
    is_list = bool(case.depth) and case.depth[-1].text == "("
    if case.depth and (
        case.said.startswith("blank node property lists") or case.is_at(".") or (is_list and case.is_at(";", ","))
    ):
        return _at("unclosed-bracket", case.depth[-1], bracket=case.depth[-1].text)
    if case.here and case.is_at(*_CLOSING):
        return case.slip("stray-bracket", bracket=case.here.text)
    return case.slip("braces") if case.is_at("{", "}") else None


def _new_thing(case: _Case) -> _Slip | None:
    """The layout tells where a statement was meant to end: what follows begins in column 1."""
    for before, piece in zip(case.statement, case.statement[1:], strict=False):
        if piece.column == 1 and before.end_line < piece.line and (piece.is_name or piece.text in _KEYWORDS):
            if before.kind == "mark" and before.text in ";,":
                return _at("dot-expected", before, mark=before.text, next=piece.line)
            return _after("missing-dot", before, begun=case.first.line, next=piece.line)
    return None


def _went_on(case: _Case) -> _Slip | None:
    """The layout tells where a statement was not meant to end: what follows is indented."""
    first = case.first
    earlier = [piece for piece in case.pieces if piece.start < first.start]
    if first.column == 1 or not earlier or not first.is_name or earlier[-1].line == first.line:
        return None
    return _at("semicolon-expected", earlier[-1], next=first.line)


def _missing(case: _Case) -> _Slip | None:
    """Between a property and a mark, or a thing and a mark, something is missing."""
    if not case.is_at(";", ".", ",", "]"):
        return None
    if case.said.endswith("is not a valid RDF object"):
        return _after("missing-value", case.before, property=case.before.text)
    if case.said.endswith("is not a valid predicate"):
        return _after("missing-property", case.before, subject=case.before.text)
    return case.slip("second-dot") if case.is_at(".") and case.before.text == "." else None


def _adjacent(case: _Case) -> _Slip | None:
    """Two pieces touch that were one thing to those who wrote them."""
    here, before = case.here, case.before
    if here is None or before.end != here.start:
        return None
    if before.kind == "string":
        if _SWALLOWED.search(before.text):
            return _at("unclosed-quote", before, quote=before.text[0])
        return _Slip("quote-in-text", before.end_line, before.end_column - 1)
    if before.kind == "number":
        whole = re.match(r"\S*?(?=[;,.]?(?:\s|$))", case.text.text[before.start :])
        return _at("unquoted-value", before, value=whole[0] if whole else before.text)
    return case.slip("character-in-name", character=here.text[0]) if before.is_name else None


def _word(case: _Case) -> _Slip | None:
    here, before = case.here, case.before
    if here and here.text.lower().startswith("www."):
        return case.slip("iri-without-brackets", address=f"https://{here.text}")
    if here is None or here.is_name or not re.fullmatch(r"[?$]?\w[\w.-]*", here.text) or here.kind != "word":
        return None
    if here.text.lower() in ("true", "false"):
        return case.slip("capital-boolean", meant=here.text.lower())
    if here.text.lower() in ("a", "is") and "predicate" in case.said:
        return case.slip("class-word", word=here.text)
    if before.is_name and before.text != "a" and ":" in before.text and "predicate" in case.said:
        return _at("blank-in-name", before, meant=_joined(before.text, here.text), word=here.text)
    return case.slip("bare-word", word=here.text)


def _joined(name: str, word: str) -> str:
    try:
        return f"{name}-{slugify(word)}"
    except ValueError:
        return f"{name}-…"


def _value_for_property(case: _Case) -> _Slip | None:
    """A value stands where a property or a mark was expected."""
    here, before = case.here, case.before
    if here is None or not here.is_value:
        return None
    comma = case.pieces[-2] if len(case.pieces) > 1 else None
    if before.is_name and comma and comma.text == ",":
        return _at("semicolon-for-comma", comma, property=before.text)
    if before.is_value:
        return _after("missing-comma", before, value=_short(case, before), next=here.text)
    return None


def _short(case: _Case, piece: Piece) -> str:
    return f"{case.pieces[-2].text}{piece.text}" if piece.kind == "tag" and len(case.pieces) > 1 else piece.text


def _next_line(case: _Case) -> _Slip | None:
    here, before = case.here, case.before
    if here is None or here is case.first or before.end_line >= here.line or not here.is_name:
        return None
    return _after("missing-semicolon", before, begun=case.first.line, next=here.line)


def _same_line(case: _Case) -> _Slip | None:
    here = case.here
    if here and case.said.startswith("A dot is expected"):
        return _after("something-missing", case.before, before=case.before.text, here=here.text)
    return None


def _steps() -> Iterator[Callable[[_Case], _Slip | None]]:
    yield from (_text_not_closed, _wrong_escape, _language_tag, _datatype, _iri, _character)
    yield from (_directive, _new_thing, _end_of_file, _brackets, _adjacent, _went_on, _missing)
    yield from (_value_for_property, _word, _next_line, _same_line)


_TELLING = tuple(_steps())
