"""Stardog. By its documentation; not run here."""

from typing import ClassVar

from metropolis_kg.store.engines.engine import Engine, Meaning, Parameters, with_last


class Stardog(Engine):
    """Takes ``…/DATABASE/query``; ``query.all.graphs=true`` makes the union its default graph."""

    name: ClassVar[str] = "Stardog"

    def update_url(self, query_url: str) -> str:
        """Return ``…/DATABASE/update``."""
        return with_last(query_url, "update")

    def time_limit(self, seconds: float) -> Parameters:
        """Return ``timeout``, in milliseconds; and ask for no inferred statements, which no release counts."""
        return {"timeout": str(max(int(seconds * 1000), 1)), "reasoning": "false"}

    def meaning(self, status: int, text: str) -> Meaning:
        """Return what an error means: a query that took too long is a 500 which says so."""
        return "timeout" if "exceeded query timeout" in text else super().meaning(status, text)
