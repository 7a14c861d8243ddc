"""Reading RDF that was sent and is no file: in any syntax, with the line of each statement, without the network.

pyoxigraph parses. A JSON-LD context by address is put in the place of the address where it is one of our own, on the
same line, so that what the parser says of lines holds; any other address is a fault. RDF/XML has no external entities.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urljoin
from xml.parsers import expat
from xml.sax.saxutils import unescape

import pyoxigraph as ox

from metropolis_kg.curation.faults import fault
from metropolis_kg.curation.json_text import JsonText
from metropolis_kg.curation.lines import LineIndex, Span, text_index
from metropolis_kg.curation.sent_json import json_index
from metropolis_kg.curation.turtle.faults import not_turtle
from metropolis_kg.curation.turtle.files import line_of_rdf_1_2, parse_text
from metropolis_kg.errors import ContentError, MetropolisError
from metropolis_kg.store.process_limits import secluded

TURTLE, TRIG = "text/turtle", "application/trig"
N_TRIPLES, N_QUADS = "application/n-triples", "application/n-quads"
JSON_LD, RDF_XML = "application/ld+json", "application/rdf+xml"

FORMATS = {
    TURTLE: ox.RdfFormat.TURTLE,
    TRIG: ox.RdfFormat.TRIG,
    N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    N_QUADS: ox.RdfFormat.N_QUADS,
    JSON_LD: ox.RdfFormat.JSON_LD,
    RDF_XML: ox.RdfFormat.RDF_XML,
}
"""Media type → syntax, of all that is read."""

BOM = "\ufeff"
"""What an editor may put before a text."""

_ATTRIBUTE = re.compile(r"""([\w.-]+)\s*=\s*("[^"<]*"|'[^'<]*')""")
_ALIAS = re.compile(r'"([^"\\]+)"\s*:\s*(?:\{\s*"@id"\s*:\s*)?"@id"')
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`]')
_POSITION = re.compile(r"^Parser error (?:at|between) [^:]*: ")


class UnreadableError(MetropolisError):
    """What was sent is not in its syntax, or leads elsewhere; carries the fault with its place."""

    def __init__(self, fault: ContentError) -> None:
        self.fault = fault
        super().__init__(str(fault))


@dataclass(frozen=True)
class Sent:
    """A text that was sent."""

    text: str
    media_type: str
    """One of ``FORMATS``."""

    name: str
    """What to call it: the name of the file it came from, or one like it."""

    base: str = ""
    """Against which the address of a context is resolved."""

    prefixes: Mapping[str, str] = field(default_factory=dict)
    """Prefixes that it may declare, with their namespaces."""

    contexts: Mapping[str, str] = field(default_factory=dict)
    """Address → JSON-LD context, of all that are to be had."""

    @property
    def path(self) -> Path:
        """Its name as that of a file."""
        return Path(self.name)


@dataclass(frozen=True)
class Reading:
    """The statements of a text as written, and where they stand."""

    sent: Sent
    quads: list[ox.Quad]
    index: Callable[[], LineIndex]


def read_sent(sent: Sent) -> Reading:
    """Return the statements of ``sent`` and what tells where they stand, for which the text is read anew.

    Raises UnreadableError with line, column and reason.
    """
    try:
        text = _with_contexts(sent) if sent.media_type == JSON_LD else sent.text.removeprefix(BOM)
        quads = list(_parsed(text, sent))
    except ContentError as error:
        raise UnreadableError(error) from error
    if any(isinstance(quad.object, ox.Triple) or getattr(quad.object, "direction", None) for quad in quads):
        raise UnreadableError(fault("rdf12", sent.path, line_of_rdf_1_2(text)))
    return Reading(sent, quads, lambda: _index(sent, text, quads))


def _parsed(text: str, sent: Sent) -> Iterator[ox.Quad]:
    if sent.media_type == TURTLE:
        return parse_text(text, sent.path, sent.prefixes)
    if sent.media_type == RDF_XML:
        _refuse_no_xml(text, sent)
    try:
        with secluded():
            return iter(list(ox.parse(text, format=FORMATS[sent.media_type])))
    except SyntaxError as error:
        raise _not_read(error, text, sent) from error


def _refuse_no_xml(text: str, sent: Sent) -> None:
    """Raise ContentError where ``text`` is no XML; pyoxigraph takes a text that ends within an element for whole."""
    try:
        expat.ParserCreate().Parse(text.encode(), True)
    except expat.ExpatError as error:
        said = expat.ErrorString(error.code)
        raise fault("not-read", sent.path, error.lineno, error.offset + 1, said=f"XML: {said}") from error


def _not_read(error: SyntaxError, text: str, sent: Sent) -> ContentError:
    if sent.media_type == TRIG:
        return not_turtle(error, text, sent.path)
    said = _POSITION.sub("", error.msg)
    return fault("not-read", sent.path, error.lineno, error.offset, said=said)


# JSON-LD


def _with_contexts(sent: Sent) -> str:
    """Return the text with our own contexts in the place of their addresses. Raises ContentError."""
    text = sent.text.removeprefix(BOM)
    _refuse_unreadable(text, sent)
    read, pieces, done = JsonText(text), [], 0
    for string in read.strings:
        if string.key in ("@context", "@import") and string.owner >= 0:
            context = sent.contexts.get(_address(sent.base, string.text)) if string.key == "@context" else None
            if context is None:
                place, own = read.span(string.start, string.end), next(iter(sent.contexts), "")
                raise fault("context-elsewhere", sent.path, place.line, place.column, url=string.text, own=own)
            pieces += [text[done : string.start], _one_line(context)]
            done = string.end
    full = "".join([*pieces, text[done:]])
    _refuse_no_address(read, {"@id", *_ALIAS.findall(full)}, sent)
    return full


def _refuse_no_address(read: JsonText, keys: set[str], sent: Sent) -> None:
    """Raise ContentError where one of the ``keys`` has what is in no IRI: pyoxigraph leaves out what is said of it."""
    for string in read.strings:
        wrong = _NOT_IN_IRI.search(string.text) if string.key in keys else None
        if wrong:
            place, meant = read.span(string.start, string.end), quote(wrong[0])
            raise fault("character-in-iri", sent.path, place.line, place.column, character=wrong[0], meant=meant)


def _address(base: str, reference: str) -> str:
    try:
        return urljoin(base, reference)
    except ValueError:  # such as http://[
        return reference


def _refuse_unreadable(text: str, sent: Sent) -> None:
    try:
        json.loads(text)
    except RecursionError as error:
        raise fault("nested-too-deep", sent.path) from error
    except json.JSONDecodeError as error:
        raise fault("not-read", sent.path, error.lineno, error.colno, said=f"JSON: {error.msg}") from error
    except ValueError as error:  # a number of thousands of digits
        raise fault("not-read", sent.path, said=f"JSON: {error}") from error


def _one_line(context: str) -> str:
    return json.dumps(json.loads(context)["@context"])


# Lines


def _index(sent: Sent, text: str, quads: list[ox.Quad]) -> LineIndex:
    if sent.media_type == JSON_LD:
        with suppress(RecursionError):  # a call deeper than when it was read
            return json_index(sent.text.removeprefix(BOM), text, quads)
        return LineIndex()
    return _INDICES[sent.media_type](text, quads)


def _line_by_line(text: str, quads: list[ox.Quad]) -> LineIndex:
    """Return where the statements of N-Triples or N-Quads stand, which have one on each line."""
    index = LineIndex()
    written = ((number, line) for number, line in enumerate(text.split("\n"), 1) if _is_statement(line))
    for (number, line), quad in zip(written, quads, strict=False):
        index.add(quad, Span(number, 1, len(line.rstrip())))
    return index


def _is_statement(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _by_address(text: str, quads: list[ox.Quad]) -> LineIndex:
    """Return where the address of each subject stands in RDF/XML: as what is described, else anywhere."""
    index, places = LineIndex(), _quoted(text)
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    for subject in {quad.subject for quad in quads if isinstance(quad.subject, ox.NamedNode)}:
        if place := places.get(subject.value):
            line = bisect_right(starts, place.start)
            index.subjects[str(subject)] = Span(line, place.start - starts[line - 1] + 1, len(place))
    return index


def _quoted(text: str) -> dict[str, range]:
    """Return the values of attributes in XML, and where each stands: as that of ``about`` first, else first."""
    places: dict[bool, dict[str, range]] = {True: {}, False: {}}
    for match in _ATTRIBUTE.finditer(text):
        places[match[1] == "about"].setdefault(unescape(match[2][1:-1]), range(*match.span(2)))
    return places[False] | places[True]


_INDICES: Mapping[str, Callable[[str, list[ox.Quad]], LineIndex]] = {
    TURTLE: lambda text, _: text_index(text),
    TRIG: lambda text, _: text_index(text, trig=True),
    N_TRIPLES: _line_by_line,
    N_QUADS: _line_by_line,
    RDF_XML: _by_address,
}
