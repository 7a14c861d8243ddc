"""A way to ask what stewards wrote, before anything is derived."""

import pyoxigraph as ox

from metropolis_kg.model.dataset import Dataset
from metropolis_kg.model.namespaces import shorten

Rows = set[tuple[str, ...]]


class Authored:
    """The authored graphs, each by its name and all of them united."""

    def __init__(self, dataset: Dataset) -> None:
        self._prefixes, self._store = dataset.prefixes, ox.Store()
        self._store.extend(dataset.quads())

    def rows(self, variables: str, pattern: str) -> Rows:
        """Return the distinct solutions of ``pattern``: short names and lexical forms, in the order of ``variables``.

        What a solution does not bind is an empty text.
        """
        query = f"SELECT DISTINCT {variables} WHERE {{ {pattern} }}"
        found = self._store.query(query, prefixes=self._prefixes, use_default_graph_as_union=True)
        assert isinstance(found, ox.QuerySolutions)
        return {tuple(self._plain(term) for term in solution) for solution in found}

    def page(self, variables: str, pattern: str) -> Rows:
        """Return the solutions of ``pattern`` in the graph of the page alone."""
        return self.rows(variables, f"GRAPH graph:berlin-metropolis {{ {pattern} }}")

    def holds(self, pattern: str) -> bool:
        """Return whether ``pattern`` has a solution."""
        return bool(self._store.query(f"ASK {{ {pattern} }}", prefixes=self._prefixes, use_default_graph_as_union=True))

    def _plain(self, term: object) -> str:
        if isinstance(term, ox.NamedNode):
            return shorten(term.value, self._prefixes)
        return term.value if isinstance(term, ox.Literal) else ""
