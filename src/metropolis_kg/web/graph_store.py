"""The Graph Store Protocol, reading: ``/graph-store?graph=IRI`` is one graph, ``/graph-store?default`` all of them.

Graphs are identified indirectly (SPARQL 1.1 Graph Store HTTP Protocol section 4.2). The IRI of a graph itself names it
and leads to the document about it.
"""

import pyoxigraph as ox
from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest

from metropolis_kg.publication.media_types import GRAPHS
from metropolis_kg.publication.named_graphs import named_graph, union
from metropolis_kg.web.requests import choose_here, graph_name
from metropolis_kg.web.responses import representation
from metropolis_kg.web.site import Site


def graph_store(site: Site) -> Blueprint:
    """Return the view of whole graphs."""
    views = Blueprint("graph_store", __name__)

    @views.get("/graph-store")
    def graph() -> Response:
        name, release = _asked(), site.current.release()
        chosen = choose_here(GRAPHS)

        def written() -> bytes:
            if name is None:
                return union(release, site.queries, chosen.syntax)
            return named_graph(release, site.queries, name, chosen.syntax)

        response = representation(release, chosen.media_type, [release.order, str(name)], written)
        response.vary.add("Accept")
        return response

    return views


def _asked() -> ox.NamedNode | None:
    """Return the name of the graph that the request asks for; none for the default graph.

    Raises BadRequest where it asks for both, neither or several, and where the name is not an absolute IRI, which
    section 4.2 demands.
    """
    names = request.args.getlist("graph")
    if len(names) + ("default" in request.args) != 1:
        raise BadRequest("Exactly one of ?graph=<IRI of a graph> and ?default is expected.")
    return graph_name("graph", names[0]) if names else None
