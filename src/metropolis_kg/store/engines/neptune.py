"""Amazon Neptune. By its documentation; not run here."""

from typing import ClassVar

from metropolis_kg.store.engines.engine import Engine, Meaning


class Neptune(Engine):
    """Has one URL for all; its time limit is the cluster's ``neptune_query_timeout``, since no parameter sets one.

    A cluster that wants signed requests (IAM) needs a proxy that signs them in between.
    """

    name: ClassVar[str] = "Amazon Neptune"

    def meaning(self, status: int, text: str) -> Meaning:
        """Return what an error means: its ``code`` names it."""
        return "timeout" if "TimeLimitExceededException" in text else super().meaning(status, text)
