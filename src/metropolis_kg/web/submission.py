"""RDF in a request: as its body, or in the fields of the form of the page."""

import re
from dataclasses import dataclass
from pathlib import PurePath

from flask import request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType
from werkzeug.http import parse_options_header

from metropolis_kg.curation.faults import fault
from metropolis_kg.curation.sent import UnreadableError
from metropolis_kg.publication.media_types import GRAPHS, JSON_LD, RDF_XML, TRIG, TURTLE, Syntax, by_extension
from metropolis_kg.web.requests import FORM

MULTIPART = "multipart/form-data"
ACCEPTED = tuple(syntax.media_type for syntax in GRAPHS)
"""Media types of a body that is RDF."""

_FILES = {extension: syntax for syntax in GRAPHS for extension in (syntax.extension, *syntax.names)} | {
    "json": JSON_LD, "owl": RDF_XML, "n3": TURTLE,
}  # fmt: skip
_NAMES_GRAPH = re.compile(
    r"^[ \t]*+(?:GRAPH[ \t]++)?(?:<[^<>\s]*+>|[\w.-]*+:[\w.-]*+)?[ \t]*+\n?[ \t]*+\{", re.MULTILINE | re.IGNORECASE
)
"""A line with which a graph of TriG begins; nothing is tried twice, for the text is a client's."""


@dataclass(frozen=True)
class Submission:
    """A text to validate; none where the form was sent empty."""

    text: str
    syntax: Syntax

    @property
    def name(self) -> str:
        """What to call the text in a report."""
        return f"input.{self.syntax.extension}"


def submission() -> Submission:
    """Return what the present request sends.

    Raises UnsupportedMediaType naming what is taken, UnreadableError where it is empty or no UTF-8, and BadRequest
    where a field of the form has no meaning.
    """
    sent = _from_form() if request.mimetype in (MULTIPART, FORM) else _from_body()
    if not sent.text.strip():
        raise UnreadableError(fault("nothing-sent"))
    return sent


def _from_body() -> Submission:
    _, options = parse_options_header(request.content_type)
    kind = request.mimetype
    syntax = next((each for each in GRAPHS if kind in (each.media_type, *each.aliases) and kind != "text/plain"), None)
    if syntax is None or options.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType(
            f"RDF is taken as {', '.join(ACCEPTED)}, in UTF-8, or in the fields of a form ({MULTIPART}, {FORM})."
        )
    return Submission(_decoded(request.get_data()), syntax)


def _from_form() -> Submission:
    file = request.files.get("file")
    if file and file.filename:
        text, name = _decoded(file.read()), file.filename
    else:
        text, name = request.form.get("data", ""), ""
    text = text.replace("\r\n", "\n")  # forms have all line ends so
    return Submission(text, _chosen(request.form.get("syntax", "")) or _guessed(text, name))


def _chosen(name: str) -> Syntax | None:
    syntax = by_extension(name, GRAPHS)
    if name and not syntax:
        raise BadRequest(f"The field “syntax” is one of {', '.join(each.extension for each in GRAPHS)}, or empty.")
    return syntax


def _guessed(text: str, name: str) -> Syntax:
    """Return the syntax that the name of the file says, else what the text looks like."""
    by_name = _FILES.get(PurePath(name).suffix.removeprefix(".").lower())
    if by_name:
        return by_name
    begin = text.lstrip("\ufeff \t\n")[:200]
    if begin.startswith(("{", "[")) and not begin.startswith(("[]", "[ ]")):
        return JSON_LD
    if begin.startswith(("<?xml", "<rdf:RDF", "<!DOCTYPE")):
        return RDF_XML
    return TRIG if _NAMES_GRAPH.search(text) else TURTLE


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        raise UnreadableError(fault("sent-not-utf8", None, line, line=line)) from error
