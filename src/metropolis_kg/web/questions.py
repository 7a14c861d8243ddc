"""Stored queries: ``/query/`` lists them, ``/query/<name>?parameter=value`` answers one."""

from collections.abc import Mapping

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest

from metropolis_kg.publication.answers import stored_answer, syntaxes
from metropolis_kg.publication.media_types import HTML, RESULTS_JSON, Syntax, by_extension
from metropolis_kg.publication.negotiation import Choice, NotAcceptableError, choose
from metropolis_kg.publication.stored_queries import FOLDERS, StoredQuery
from metropolis_kg.publication.table import table_of
from metropolis_kg.web.responses import representation
from metropolis_kg.web.site import Site, View


def questions(site: Site) -> Blueprint:
    """Return the views of stored queries."""
    views = Blueprint("questions", __name__)

    @views.get("/query/")
    def index() -> Response:
        view = site.view()
        folders = {folder: [each for each in site.stored.all() if each.folder == folder] for folder in FOLDERS}
        response = representation(
            view.release, HTML.media_type, [view.language, view.links.page("")],
            lambda: view.render("questions.html", folders=folders).encode(),
        )  # fmt: skip
        response.vary.add("Accept-Language")
        return response

    @views.get("/query/<name>")
    def question(name: str) -> Response:
        view, query = site.view(), site.stored.find(name)
        chosen = _chosen((*syntaxes(query.form), HTML))
        arguments = _arguments(view, query, chosen.syntax)
        variant = [f"{key}={value}" for key, value in sorted(arguments.items())]
        response = representation(
            view.release, chosen.media_type, [*variant, view.language if chosen.syntax is HTML else ""],
            lambda: _written(view, query, arguments, chosen.syntax),
        )  # fmt: skip
        response.vary.update(["Accept", "Accept-Language"] if chosen.syntax is HTML else ["Accept"])
        return response

    return views


def _chosen(offered: tuple[Syntax, ...]) -> Choice:
    """Return what ``format`` names, else what Accept prefers."""
    wanted = request.args.get("format")
    if wanted is None:
        return choose(request.headers.get("Accept"), offered)
    syntax = by_extension(wanted, offered)
    if syntax is None:
        raise NotAcceptableError(f"format={wanted[:40]}", offered)
    return Choice(syntax, syntax.media_type)


def _arguments(view: View, query: StoredQuery, syntax: Syntax) -> Mapping[str, str]:
    """Return the arguments of the request; a page shows labels in its own language unless told otherwise."""
    given = {name: values for name, values in request.args.lists() if name != "format"}
    for name, values in given.items():
        if len(values) > 1:
            raise BadRequest(f"The parameter {name} is given {len(values)} times; give it once.")
    arguments = {name: values[0] for name, values in given.items() if values[0] or name not in query.parameters}
    if syntax is HTML:
        if "lang" not in query.parameters:
            arguments.pop("lang", None)
        elif "lang" not in arguments:
            arguments["lang"] = view.language
    return arguments


def _written(view: View, query: StoredQuery, arguments: Mapping[str, str], syntax: Syntax) -> bytes:
    if syntax is not HTML:
        return stored_answer(view.release, query, arguments, syntax)
    tabular = RESULTS_JSON in syntaxes(query.form)
    shown = RESULTS_JSON if tabular else syntaxes(query.form)[0]
    body = stored_answer(view.release, query, arguments, shown)
    values = {name: arguments.get(name) or each.default or "" for name, each in query.parameters.items()}
    table = table_of(body) if tabular else None
    return view.render(
        "question.html", query=query, values=values, arguments=arguments, offered=syntaxes(query.form),
        text=body.decode(), table_shown=table, cells=view.cells(table),
    ).encode()  # fmt: skip
