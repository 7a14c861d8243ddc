"""The query page: what ``/sparql`` shows to people. Its script makes it better and is not needed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from urllib.parse import urlencode

import pyoxigraph as ox
from flask import Response, request

from metropolis_kg.content import read_text
from metropolis_kg.errors import MetropolisError
from metropolis_kg.publication.answers import syntaxes
from metropolis_kg.publication.media_types import GRAPHS, HTML, RESULTS, Syntax, content_type
from metropolis_kg.publication.negotiation import NotAcceptableError
from metropolis_kg.publication.snippets import Snippet, snippets
from metropolis_kg.publication.stored_queries import SUBJECTS
from metropolis_kg.publication.table import Table, table_of
from metropolis_kg.store.query_form import form_of
from metropolis_kg.store.query_text import with_bindings
from metropolis_kg.web.problems import Problem, problem_of, title_of
from metropolis_kg.web.requests import GRAPH_FIELDS, choose_here, graph_names
from metropolis_kg.web.site import View
from metropolis_kg.web.static_files import built

MOST_SHOWN = 1000
"""Rows of a table, or lines of a graph, that the page shows; the downloads have them all."""

LONGEST_LINK = 30_000
"""Characters of an address beyond which a query is posted and cannot be shared."""


@dataclass(frozen=True)
class Shown:
    """An answer as the page shows it: a table, or the lines of a graph; size, time, and how to have it elsewhere."""

    table: Table | None
    lines: list[str]
    total: int
    seconds: float
    downloads: dict[Syntax, str]
    snippets: list[Snippet]


def wants_page() -> bool:
    """Return whether the present request asks for a page rather than for data of any kind."""
    try:
        return choose_here((*RESULTS, *GRAPHS, HTML)).syntax is HTML
    except NotAcceptableError:
        return False


def query_page(view: View, query: str | None = None, run: Callable[[Syntax], bytes] | None = None) -> Response:
    """Return the page; where there is a ``query``, with the answer to it, which ``run`` gives in a syntax.

    ``?example=`` names a stored query to begin with. Raises UnknownQueryError. What ``run`` raises is shown.
    """
    shown, problem = None, None
    if query is not None and run:
        try:
            shown = _shown(view, query, run)
        except MetropolisError as error:
            problem = problem_of(error)
    page = view.render(
        "sparql.html", query=_beginning(view) if query is None else query, shown=shown, problem=problem,
        title=view.words[title_of(problem)] if problem else "", cells=view.cells(shown.table if shown else None),
        subjects={each: queries for each, queries in view.site.stored.by_subject().items() if each in SUBJECTS},
        terms=urlencode({"query": _own(view, "terms")}), longest=LONGEST_LINK, most=MOST_SHOWN, graphs=_graphs(),
        kept={"lang": view.links.chosen} if view.links.chosen else {},
        script=built("query-page"), duration=partial(duration, view.language),
    )  # fmt: skip
    return _response(view, page, problem)


def _response(view: View, page: str, problem: Problem | None) -> Response:
    response = Response(page, problem.status if problem else 200, content_type=content_type(HTML.media_type))
    response.headers.update(problem.headers if problem else {})
    response.headers["Cache-Control"] = "no-store" if problem else "no-cache"
    view.name_language(response)
    response.vary.add("Accept")
    return response


def _shown(view: View, query: str, run: Callable[[Syntax], bytes]) -> Shown:
    form = form_of(query)
    offered = syntaxes(form)
    began = perf_counter()
    body = run(offered[0])
    seconds = perf_counter() - began
    programs = [] if _graphs() else snippets(view.release.iri("sparql"), query, form)
    downloads = _downloads(view, query, offered)
    if offered is RESULTS:
        table = table_of(body, MOST_SHOWN)
        return Shown(table, [], table.total, seconds, downloads, programs)
    lines = body.decode().rstrip("\n").split("\n")
    return Shown(None, lines[:MOST_SHOWN], len(lines), seconds, downloads, programs)


def _downloads(view: View, query: str, offered: tuple[Syntax, ...]) -> dict[Syntax, str]:
    """Return the address of the answer in each syntax; none where the query is too long for an address."""
    fields = urlencode([("query", query), *_graphs()])
    if len(fields) > LONGEST_LINK:
        return {}
    return {syntax: f"{view.links.file('sparql')}?{fields}&format={syntax.extension}" for syntax in offered}


def _graphs() -> list[tuple[str, str]]:
    """Return the dataset that the request chooses for its query (SPARQL 1.1 Protocol section 2.1.4)."""
    return [(name, iri) for name in GRAPH_FIELDS for iri in graph_names(name)]


def _beginning(view: View) -> str:
    """Return the query to begin with: the example that the request names, else a short one."""
    name = request.args.get("example")
    if name is None:
        return _own(view, "beginning")
    stored = view.site.stored.find(name)
    chosen = {"lang": view.language} if "lang" in stored.parameters else {}
    filled = with_bindings(_body(stored.text), stored.bindings(chosen, view.release))
    return f"# {stored.titles[view.language]}\n{filled}"


def _own(view: View, name: str) -> str:
    """Return a query of the page itself, asking for labels in the language of the page."""
    text = read_text(view.site.queries / "description" / f"{name}.rq")
    return with_bindings(_body(text), {"lang": ox.Literal(view.language)})


def _body(text: str) -> str:
    """Return a query without the header of its file."""
    return "\n".join(line for line in text.split("\n") if not line.startswith("#+")).strip()


def duration(language: str, seconds: float) -> str:
    """Return a time as it is written in ``language``.

    >>> duration("en", 0.0123), duration("de", 1.26)
    ('12 ms', '1,3 s')
    """
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms" if seconds >= 0.0005 else "< 1 ms"
    return f"{seconds:.1f} s".replace(".", "." if language == "en" else ",")
