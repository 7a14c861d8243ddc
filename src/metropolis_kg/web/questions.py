"""Stored queries: ``/query/`` lists them, ``/query/<name>?parameter=value`` answers one."""

from collections.abc import Mapping

from flask import Blueprint, Response, request

from metropolis_kg.publication.answers import stored_answer, syntaxes
from metropolis_kg.publication.executables import runnable, write_executables
from metropolis_kg.publication.form import Form
from metropolis_kg.publication.link_values import link_value
from metropolis_kg.publication.media_types import GRAPHS, HTML, RESULTS_JSON, Syntax, content_type
from metropolis_kg.publication.negotiation import Choice
from metropolis_kg.publication.openapi import OPENAPI
from metropolis_kg.publication.stored_queries import ArgumentError, StoredQuery
from metropolis_kg.publication.table import table_of
from metropolis_kg.store.query_form import is_repeatable
from metropolis_kg.web.requests import choose_here
from metropolis_kg.web.responses import moved, passing, representation
from metropolis_kg.web.site import Site, View

LONGEST_LINK = 6_000
"""Characters of a query beyond which a page does not link to the query page with it: addresses have an end."""


def questions(site: Site) -> Blueprint:
    """Return the views of stored queries."""
    views = Blueprint("questions", __name__)

    @views.get("/query")
    def without_slash() -> Response:
        """Lead on; Werkzeug would, but to the host that the request names."""
        fields = request.query_string.decode()
        return moved(f"{site.base}query/{'?' if fields else ''}{fields}")

    @views.get("/query/")
    def index() -> Response:
        view, chosen = site.view(), choose_here((*GRAPHS, HTML))
        response = representation(
            view.release, chosen.media_type, _variant(view, chosen.syntax), lambda: _listed(view, chosen.syntax)
        )
        response.headers["Link"] = link_value(view.release.iri("openapi.json"), "service-desc", type=OPENAPI)
        return _varying(view, response, chosen.syntax)

    @views.get("/query/<name>")
    def question(name: str) -> Response:
        view, query = site.view(), site.stored.find(name)
        chosen = choose_here((*syntaxes(query.form), HTML))
        try:
            response = _answer(view, query, chosen)
        except ArgumentError as error:
            if chosen.syntax is not HTML:
                raise
            response = _asked_again(view, query, error)
        return _varying(view, response, chosen.syntax)

    return views


def _answer(view: View, query: StoredQuery, chosen: Choice) -> Response:
    """Return the answer. Raises ArgumentError, and what the store raises."""
    arguments = _arguments(view, query, chosen.syntax)

    def written() -> bytes:
        return _written(view, query, arguments, chosen.syntax)

    if not is_repeatable(query.text):
        return passing(written(), chosen.media_type)
    variant = [view.release.order, *(f"{key}={value}" for key, value in sorted(arguments.items()))]
    return representation(view.release, chosen.media_type, [*variant, *_variant(view, chosen.syntax)], written)


def _variant(view: View, syntax: Syntax) -> list[str]:
    return view.variant if syntax is HTML else []


def _varying(view: View, response: Response, syntax: Syntax) -> Response:
    response.vary.add("Accept")
    if syntax is HTML:
        view.name_language(response)
    return response


def _arguments(view: View, query: StoredQuery, syntax: Syntax) -> Mapping[str, str]:
    """Return the arguments of the request; a page shows labels in its own language unless told otherwise.

    Raises ArgumentError for one that is given several times.
    """
    given = {name: values for name, values in request.args.lists() if name != "format"}
    for name, values in given.items():
        if len(values) > 1:
            raise ArgumentError(name, " ".join(values), f"one value, not {len(values)}")
    arguments = {name: values[0] for name, values in given.items() if values[0] or name not in query.parameters}
    if syntax is HTML:
        if "lang" not in query.parameters:
            arguments.pop("lang", None)
        elif "lang" not in arguments:
            arguments["lang"] = view.language
    return arguments


def _listed(view: View, syntax: Syntax) -> bytes:
    stored = view.site.stored
    if syntax is HTML:
        return view.render("questions.html", subjects=stored.by_subject(), openapi=OPENAPI).encode()
    return write_executables(view.release, stored.all(), syntax)


def _written(view: View, query: StoredQuery, arguments: Mapping[str, str], syntax: Syntax) -> bytes:
    if syntax is not HTML:
        return stored_answer(view.release, query, arguments, syntax)
    tabular = RESULTS_JSON in syntaxes(query.form)
    body = stored_answer(view.release, query, arguments, RESULTS_JSON if tabular else syntaxes(query.form)[0])
    table = table_of(body) if tabular else None
    terms = query.terms(arguments, view.release.prefixes, view.release.base)
    sparql = runnable(query, terms, view.release.prefixes)
    return _page(
        view, query, arguments, answered=True, text=body.decode(), table_shown=table, cells=view.cells(table),
        sparql=sparql, linked=len(sparql) <= LONGEST_LINK,
    ).encode()  # fmt: skip


def _asked_again(view: View, query: StoredQuery, error: ArgumentError) -> Response:
    """Return the form with what is wrong at its field."""
    page = _page(view, query, request.args.to_dict(), error)
    response = Response(page, 400, content_type=content_type(HTML.media_type))
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(
    view: View, query: StoredQuery, arguments: Mapping[str, str], error: ArgumentError | None = None, **values: object
) -> str:
    form = Form(view.release, view.site.queries, view.words)
    return view.render(
        "question.html", query=query, arguments=arguments, offered=syntaxes(query.form),
        fields=form.fields(query, arguments, error), message=form.message(query, error) if error else None, **values,
    )  # fmt: skip
