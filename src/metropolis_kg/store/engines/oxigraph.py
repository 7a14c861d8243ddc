"""Oxigraph's own server, ``oxigraph serve``."""

from typing import ClassVar

from metropolis_kg.store.engines.engine import Engine, with_last


class Oxigraph(Engine):
    """Has one time limit for all, given when it is started: then it cuts the answer, whose status was 200."""

    name: ClassVar[str] = "Oxigraph"
    batch: ClassVar[int] = 20_000

    def update_url(self, query_url: str) -> str:
        """Return ``…/update`` for ``…/query``."""
        return with_last(query_url, "update")

    def is_cut_by_timeout(self, cause: Exception) -> bool:
        """Tell so always: while it lives it ends an answer early for no other reason."""
        return True
