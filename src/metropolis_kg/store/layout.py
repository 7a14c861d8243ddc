"""How a release lies in a SPARQL store that holds several: the names of its graphs, and of those that tell of it.

Every graph of a release has a physical name of its own, which nobody but the loader and ``physical`` meets. That name
can be told from the logical one, so that no query has to look it up. Names are made for a release by its digest: what
belongs to it is never written again, and goes as a whole.
"""

from urllib.parse import quote

_SPACE = "urn:metropolis-kg:"

CONTROL = f"{_SPACE}releases"
"""The graph that says which releases are there, and which of them is served; also the node of which it says that."""

LOGICAL = f"{_SPACE}logical"
"""Property: physical name of a graph → its logical name."""

CURRENT = f"{_SPACE}current"
"""Property of the node ``CONTROL``: the release that is served."""

LOADER = f"{_SPACE}loader"
"""Property of the node ``CONTROL``: who is loading a release."""

CREATED, LOADED = f"{_SPACE}created", f"{_SPACE}loaded"
"""Properties of a release in ``CONTROL``: when it was built, and when it was found to be there as a whole."""

MANIFEST = f"{_SPACE}manifest"
"""Property of a release in its graph of names: its manifest, as JSON."""

UNTIL, PLACE = f"{_SPACE}until", f"{_SPACE}place"
"""Properties of a loader: until when it counts as alive, and where it runs."""

NOTHING = f"{_SPACE}nothing"
"""A graph that never holds anything."""


def union_graph(digest: str) -> str:
    """Return the name of the graph with every statement of the release ``digest``; also the node of the release.

    >>> union_graph("3fa9")
    'urn:metropolis-kg:3fa9'
    """
    return f"{_SPACE}{digest}"


def physical(digest: str, graph: str) -> str:
    """Return the name under which ``graph`` of the release ``digest`` is loaded.

    >>> physical("3fa9", "https://example.org/graph/page")
    'urn:metropolis-kg:3fa9:https%3A%2F%2Fexample.org%2Fgraph%2Fpage'
    """
    return f"{_SPACE}{digest}:{quote(graph, safe='')}"


def names_graph(digest: str) -> str:
    """Return the name of the graph that has the manifest of the release, and says which graph has which physical name.

    It is no physical name, since an IRI has a colon, which is written ``%3A`` there.

    >>> names_graph("3fa9")
    'urn:metropolis-kg:3fa9:graphs'
    """
    return f"{_SPACE}{digest}:graphs"


def digest_of(node: str) -> str:
    """Return the digest of the release that is called ``node``.

    >>> digest_of(union_graph("3fa9"))
    '3fa9'
    """
    return node.removeprefix(_SPACE)


def loader_node(name: str) -> str:
    """Return the node of the loader called ``name``."""
    return f"{LOADER}:{name}"
