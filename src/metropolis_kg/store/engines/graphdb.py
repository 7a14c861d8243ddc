"""GraphDB, and what else speaks RDF4J's protocol. By its documentation; not run here."""

from typing import ClassVar

from metropolis_kg.store.engines.engine import Engine, Meaning, Parameters


class GraphDB(Engine):
    """Takes ``…/repositories/NAME`` for queries; its default graph is the union of all."""

    name: ClassVar[str] = "GraphDB"

    def update_url(self, query_url: str) -> str:
        """Return ``…/repositories/NAME/statements``."""
        return query_url.rstrip("/") + "/statements"

    def time_limit(self, seconds: float) -> Parameters:
        """Return ``timeout``, in whole seconds; and ask for no inferred statements, which no release counts."""
        return {"timeout": str(max(int(seconds), 1)), "infer": "false"}

    def meaning(self, status: int, text: str) -> Meaning:
        """Return what an error means: a query that took too long is a 503 which says so."""
        return "timeout" if status == 503 and "took too long" in text else super().meaning(status, text)
