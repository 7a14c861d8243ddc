"""Reading RDF that was sent and is no file: in any syntax, with the line of each statement, without the network.

pyoxigraph parses. A JSON-LD context by address is put in the place of the address where it is one of our own, on the
same line, so that what the parser says of lines holds; any other address is a fault. RDF/XML has no external entities.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin
from xml.parsers import expat

import pyoxigraph as ox

from metropolis_kg.curation.faults import fault
from metropolis_kg.curation.json_text import JsonText
from metropolis_kg.curation.lines import LineIndex, Span, text_index
from metropolis_kg.curation.sent_json import json_index
from metropolis_kg.curation.turtle.faults import not_turtle
from metropolis_kg.curation.turtle.files import line_of_rdf_1_2, parse_text
from metropolis_kg.curation.turtle.pieces import Text
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

_BOM = "\ufeff"
_QUOTED = re.compile(r'"(?=([^"<>\s]*)")')
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
        text = _with_contexts(sent) if sent.media_type == JSON_LD else sent.text.removeprefix(_BOM)
        quads = list(_parsed(text, sent))
    except ContentError as error:
        raise UnreadableError(error) from error
    if any(isinstance(quad.object, ox.Triple) or getattr(quad.object, "direction", None) for quad in quads):
        raise UnreadableError(fault("rdf12", sent.path, line_of_rdf_1_2(text)))
    return Reading(sent, quads, lambda: _INDICES[sent.media_type](text, quads))


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
    text = sent.text.removeprefix(_BOM)
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
    return "".join([*pieces, text[done:]])


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
    """Return where the address of each subject stands first in RDF/XML."""
    index, lines, first = LineIndex(), Text(text), dict[str, int]()
    for quoted in _QUOTED.finditer(text):
        first.setdefault(quoted[1], quoted.start())
    for subject in {quad.subject for quad in quads if isinstance(quad.subject, ox.NamedNode)}:
        if subject.value in first:
            index.subjects[str(subject)] = Span(*lines.place(first[subject.value]), len(subject.value) + 2)
    return index


_INDICES: Mapping[str, Callable[[str, list[ox.Quad]], LineIndex]] = {
    TURTLE: lambda text, _: text_index(text),
    TRIG: lambda text, _: text_index(text, trig=True),
    N_TRIPLES: _line_by_line,
    N_QUADS: _line_by_line,
    JSON_LD: json_index,
    RDF_XML: _by_address,
}
