"""QLever. By its documentation; not run here."""

from typing import ClassVar

from metropolis_kg.store.engines.engine import Engine, Meaning, Parameters


class QLever(Engine):
    """Has one URL for all; updates need its access token."""

    name: ClassVar[str] = "QLever"

    def time_limit(self, seconds: float) -> Parameters:
        """Return ``timeout``, with its unit; more than the server's own default needs the access token."""
        return {"timeout": f"{max(int(seconds), 1)}s"}

    def meaning(self, status: int, text: str) -> Meaning:
        """Return what an error means: a query that was stopped says that it timed out."""
        return "timeout" if "timed out" in text.lower() else super().meaning(status, text)
