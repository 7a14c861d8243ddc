"""The SPARQL endpoint (SPARQL 1.1 Protocol, query operation) and its form for people."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType
from werkzeug.http import parse_options_header

from metropolis_kg.publication.answers import answer, syntaxes
from metropolis_kg.publication.executables import executables
from metropolis_kg.publication.media_types import GRAPHS, HTML, Syntax
from metropolis_kg.publication.negotiation import Choice
from metropolis_kg.publication.service_description import service_description
from metropolis_kg.publication.stored_queries import FOLDERS
from metropolis_kg.store.protocol import QueryRefusedError, StoreError
from metropolis_kg.store.query_form import form_of, is_repeatable
from metropolis_kg.store.query_limits import refuse_length
from metropolis_kg.store.results import write_triples
from metropolis_kg.web.query_page import query_page, wants_page
from metropolis_kg.web.requests import FORM, GRAPH_FIELDS, choose_here, graph_names
from metropolis_kg.web.responses import passing, representation
from metropolis_kg.web.site import Site, View

QUERY, UPDATE = "application/sparql-query", "application/sparql-update"
_WITH_BODY = ("POST", "QUERY")
_PAGE_FIELDS = {"format", "lang", "example"}


@dataclass(frozen=True)
class Asked:
    """A query as it came, and the dataset that the protocol names for it; no query where none came."""

    query: str | None
    default_graphs: Sequence[str]
    named_graphs: Sequence[str]


def sparql(site: Site) -> Blueprint:
    """Return the endpoint."""
    views = Blueprint("sparql", __name__)

    @views.route("/sparql", methods=["GET", "POST", "QUERY"])
    def endpoint() -> Response:
        view, asked = site.view(), _asked()
        response = _answer(view, asked.query, asked) if asked.query is not None else _about(view)
        response.vary.add("Accept")
        response.headers["Accept-Query"] = f"{QUERY}, {FORM}"
        return response

    return views


def _asked() -> Asked:
    """Read the request (SPARQL 1.1 Protocol section 2.1, and QUERY as POST with a body).

    Raises BadRequest, UnsupportedMediaType, QueryRefusedError.
    """
    if "update" in request.values:
        raise QueryRefusedError("This dataset is read only and changes by releases; updates are not taken.")
    queries = request.args.getlist("query")
    if request.method in _WITH_BODY:
        queries += request.form.getlist("query") + _direct()
    if len(queries) > 1 or (request.method in _WITH_BODY and not queries):
        raise BadRequest(f"Exactly one query is expected; there are {len(queries)}.")
    query = queries[0] if queries else None
    return Asked(query, *(graph_names(name) for name in GRAPH_FIELDS))


def _direct() -> list[str]:
    """Return the query that is the body; none where the body is a form."""
    _, options = parse_options_header(request.content_type)
    kind = request.mimetype
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
    def run(syntax: Syntax) -> bytes:
        return answer(
            view.release, query, syntax, default_graphs=asked.default_graphs, named_graphs=asked.named_graphs
        )  # fmt: skip

    chosen = _chosen(query)
    if chosen.syntax is HTML:
        return query_page(view, query, run)
    if request.method == "POST" or not is_repeatable(query):
        return passing(run(chosen.syntax), chosen.media_type)
    variant = [view.release.order, query, *asked.default_graphs, "", *asked.named_graphs]
    return representation(view.release, chosen.media_type, variant, lambda: run(chosen.syntax), kept=False)


def _chosen(query: str) -> Choice:
    """Return in what to answer, among what there is for the form of ``query``, and a page for what has none.

    Raises NotAcceptableError, and where a page is not wanted what is wrong with the query at first sight.
    """
    try:
        refuse_length(query)
        return choose_here((*syntaxes(form_of(query)), HTML))
    except StoreError:
        if wants_page():
            return Choice(HTML, HTML.media_type)
        raise


def _about(view: View) -> Response:
    """Return the page to people, the service description to machines (SPARQL 1.1 Service Description section 2).

    Raises BadRequest where there are fields, so that a query must have been meant.
    """
    fields = request.args.keys() - _PAGE_FIELDS
    if fields:
        raise BadRequest(f"There is no “query”, only {', '.join(f'“{name[:40]}”' for name in sorted(fields))}.")
    chosen = choose_here((*GRAPHS, HTML))
    if chosen.syntax is HTML:
        return query_page(view)

    release, federated = view.release, bool(view.site.settings.services)

    def written() -> bytes:
        examples = [each for each in view.site.stored.all() if each.folder == FOLDERS[0]]
        described = service_description(release, view.site.queries, federated=federated)
        return write_triples(described + executables(release, examples), chosen.syntax.media_type, release.prefixes)

    return representation(release, chosen.media_type, ["description", str(federated)], written)
