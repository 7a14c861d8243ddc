"""Requests: what is refused before any view sees it, and what their fields ask for."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

import pyoxigraph as ox
from flask import current_app, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, RequestURITooLarge, UnsupportedMediaType
from werkzeug.wsgi import get_content_length

from metropolis_kg.publication.media_types import Syntax
from metropolis_kg.publication.negotiation import Choice, choose_named
from metropolis_kg.store.admission import asking_client

FORM = "application/x-www-form-urlencoded"

GRAPH_FIELDS = ("default-graph-uri", "named-graph-uri")
"""The dataset of a query (SPARQL 1.1 Protocol section 2.1.4)."""

LONGEST_ADDRESS = 32_000
"""Characters after the question mark of an address beyond which it is refused (414)."""

LARGEST_BODY = 1 << 20
"""Bytes of a request's body beyond which it is refused (413)."""

LARGEST_BODIES = "LARGEST_BODIES"
"""Key of an application's configuration: path → bytes, for the addresses that have a limit of their own."""


class EncodedBodyError(UnsupportedMediaType):
    """A body comes in a content coding; the response names those taken, which are none (RFC 9110 section 15.5.16)."""

    description = "A body is taken as it is, without Content-Encoding."

    def get_headers(self, *given: Any, **named: Any) -> list[tuple[str, str]]:
        """Return the headers of the response."""
        return [*super().get_headers(*given, **named), ("Accept-Encoding", "identity")]


def admit() -> None:
    """Take note of who asks, and see that the address and the body can be read whole.

    Raises RequestURITooLarge, RequestEntityTooLarge, EncodedBodyError, and BadRequest for what is not UTF-8.
    """
    asking_client.set(request.remote_addr or "")
    if len(request.query_string) > LONGEST_ADDRESS:
        raise RequestURITooLarge(
            f"The address has more than the {LONGEST_ADDRESS:,} characters that are read; send a long query by POST."
        )
    _refuse_undecodable(request.query_string)
    if request.content_type:  # no view reads a body without
        _admit_body()


def _admit_body() -> None:
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise EncodedBodyError
    _measure()
    if request.mimetype == FORM:
        _refuse_undecodable(request.get_data())


def _measure() -> None:
    """Refuse a body that is too large.

    One of unknown length is read here: Werkzeug would cut it at its limit, and what is left would be another request.
    """
    environ, larger = request.environ, current_app.config[LARGEST_BODIES].get(request.path)
    largest = larger or LARGEST_BODY
    advice = "send it in several parts" if larger else "ask in several smaller queries"
    request.max_content_length = request.max_form_memory_size = largest
    length = get_content_length(environ)
    if length is None and environ.get("wsgi.input_terminated"):
        body = environ["wsgi.input"].read(largest + 1)
        length = len(body)
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(length)
    if length and length > largest:
        raise RequestEntityTooLarge(f"A body of more than {largest >> 20} MiB is not read; {advice}.")


def _refuse_undecodable(fields: bytes) -> None:
    """Raise BadRequest where ``fields``, percent-encoded, are not UTF-8; they would be read as something else."""
    for field in fields.split(b"&"):
        try:
            unquote_to_bytes(field).decode()
        except UnicodeDecodeError as error:
            name = field.partition(b"=")[0][:40].decode("ascii", "replace")
            wrong = f"%{error.object[error.start]:02X}"
            raise BadRequest(f"The value of “{name}” is not percent-encoded UTF-8: {wrong} is no character.") from error


def choose_here(syntaxes: Sequence[Syntax]) -> Choice:
    """Return the one of ``syntaxes`` that the field ``format`` names, else what Accept prefers.

    Raises NotAcceptableError.
    """
    return choose_named(request.values.get("format"), request.headers.get("Accept"), syntaxes)


def graph_names(parameter: str) -> list[str]:
    """Return the graphs that a field of the SPARQL protocol names; empty ones, which forms send, name none.

    Raises BadRequest where one is no absolute IRI.
    """
    return [graph_name(parameter, value).value for value in request.values.getlist(parameter) if value]


def graph_name(parameter: str, value: str) -> ox.NamedNode:
    """Return the graph that ``value`` names. Raises BadRequest where it is no absolute IRI."""
    try:
        return ox.NamedNode(value)
    except ValueError as error:
        raise BadRequest(f"A graph is named by an absolute IRI; {parameter} is “{value[:200]}”.") from error
