"""The SPARQL endpoint (SPARQL 1.1 Protocol, query operation) and its form for people."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType
from werkzeug.http import parse_options_header

from metropolis_kg.publication.answers import answer, syntaxes
from metropolis_kg.publication.catalogue import service_description
from metropolis_kg.publication.media_types import GRAPHS, HTML, RESULTS_JSON, TURTLE, content_type
from metropolis_kg.publication.negotiation import choose
from metropolis_kg.publication.query_form import form_of
from metropolis_kg.publication.table import table_of
from metropolis_kg.store.protocol import QueryRefusedError
from metropolis_kg.store.results import write_triples
from metropolis_kg.web.site import Site, View

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"


EXAMPLE = """SELECT ?holder ?role ?when ?quote WHERE {
  ?tenure org:organization organisation:metropolis ;
    org:member/rdfs:label ?holder ;
    org:role/rdfs:label ?role ;
    mkg:when ?when ;
    mkg:evidence/mkg:quote ?quote .
  FILTER(LANG(?holder) = "en" && LANG(?role) = "en")
} ORDER BY ?when"""


@dataclass(frozen=True)
class Asked:
    """A query as it came, and the dataset that the protocol names for it; no query where none came."""

    query: str | None
    default_graphs: Sequence[str]
    named_graphs: Sequence[str]


def sparql(site: Site) -> Blueprint:
    """Return the endpoint."""
    views = Blueprint("sparql", __name__)

    @views.route("/sparql", methods=["GET", "POST"])
    def endpoint() -> Response:
        view, asked = site.view(), _asked()
        response = _answer(view, asked.query, asked) if asked.query is not None else _about(view)
        response.vary.add("Accept")
        return response

    return views


def _asked() -> Asked:
    """Read the request (SPARQL 1.1 Protocol section 2.1).

    Raises BadRequest, UnsupportedMediaType, QueryRefusedError.
    """
    given = request.values
    if "update" in given:
        raise QueryRefusedError("This dataset is read only and changes by releases; updates are not taken.")
    queries = request.args.getlist("query") + request.form.getlist("query")
    if request.method == "POST":
        queries += _direct()
    if len(queries) > 1 or (request.method == "POST" and not queries):
        raise BadRequest(f"Exactly one query is expected; there are {len(queries)}.")
    query = queries[0] if queries else None
    return Asked(query, given.getlist("default-graph-uri"), given.getlist("named-graph-uri"))


def _direct() -> list[str]:
    """Return the query that is the body of a POST; none where the body is a form."""
    kind, options = parse_options_header(request.content_type)
    if kind == UPDATE:
        raise QueryRefusedError("This dataset is read only and changes by releases; updates are not taken.")
    if kind not in (FORM, QUERY) or options.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType(f"A query is sent as {FORM} or {QUERY}, in UTF-8.")
    if kind == FORM:
        return []
    try:
        return [request.get_data().decode("utf-8")]
    except UnicodeDecodeError as error:
        raise BadRequest("The query is not UTF-8.") from error


def _answer(view: View, query: str, asked: Asked) -> Response:
    offered = syntaxes(form_of(query))
    chosen = choose(request.headers.get("Accept"), (*offered, HTML))
    syntax = chosen.syntax if chosen.syntax is not HTML else (RESULTS_JSON if RESULTS_JSON in offered else TURTLE)
    body = answer(
        view.release, query, syntax, default_graphs=asked.default_graphs, named_graphs=asked.named_graphs
    )  # fmt: skip
    if chosen.syntax is HTML:
        return _form(view, query, body, syntax.media_type)
    return Response(body, content_type=content_type(chosen.media_type))


def _about(view: View) -> Response:
    """Return the form to people, the service description to machines (SPARQL 1.1 Service Description section 2)."""
    chosen = choose(request.headers.get("Accept"), (*GRAPHS, HTML))
    if chosen.syntax is HTML:
        return _form(view, "", b"", "")
    triples = service_description(view.release)
    written = write_triples(triples, chosen.syntax.media_type, view.release.prefixes)
    return Response(written, content_type=content_type(chosen.media_type))


def _form(view: View, query: str, body: bytes, media_type: str) -> Response:
    table = table_of(body) if media_type == RESULTS_JSON.media_type else None
    page = view.render(
        "sparql.html", query=query, example=EXAMPLE, text=body.decode(), table_shown=table,
        cells=view.cells(table),
    )  # fmt: skip
    return Response(page, content_type=content_type(HTML.media_type))
