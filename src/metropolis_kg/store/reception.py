"""What clients meet: answers that are known already, else a turn, else processes that can be killed."""

import threading
from collections.abc import Sequence

from cachetools import LRUCache

from metropolis_kg.store.admission import Admission, asking_client
from metropolis_kg.store.protocol import NO_BINDINGS, Bindings
from metropolis_kg.store.query_form import is_repeatable
from metropolis_kg.store.workers import Workers

_LARGEST_SHARE = 4
"""An answer is kept where it fits so many times into what may be kept."""


class Reception:
    """A QueryService for the clients of a server; ``asking_client`` says which of them asks."""

    def __init__(self, workers: Workers, admission: Admission, kept: int) -> None:
        """Keep up to ``kept`` bytes of answers; 0 where the store may change, or nothing is to be kept."""
        self._workers, self._admission = workers, admission
        self.kind = workers.recipe.kind
        self._answers: LRUCache[tuple[object, ...], bytes] = LRUCache(kept, getsizeof=len)
        self._using = threading.Lock()

    def start(self) -> None:
        """Return once queries can be answered. Raises StoreUnavailableError."""
        self._workers.start()

    def query(
        self,
        query: str,
        media_type: str,
        *,
        bindings: Bindings = NO_BINDINGS,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> bytes:
        """Return the answer to ``query`` in ``media_type``, as ``QueryService.query`` promises."""
        key = query, media_type, str(sorted(bindings.items())), tuple(default_graphs), tuple(named_graphs)
        with self._using:
            known = self._answers.get(key)
        if known is not None:
            return known
        with self._admission.turn(asking_client.get()):
            answer = self._workers.query(
                query, media_type, bindings=bindings, default_graphs=default_graphs, named_graphs=named_graphs
            )  # fmt: skip
        if len(answer) * _LARGEST_SHARE <= self._answers.maxsize and is_repeatable(query):
            with self._using:
                self._answers[key] = answer
        return answer
