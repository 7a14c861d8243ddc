"""What clients meet: answers that are known already, else a turn, else processes that can be killed."""

import pickle
import threading
from hashlib import sha256

from cachetools import LRUCache

from metropolis_kg.store.admission import Admission, asking_client
from metropolis_kg.store.protocol import QueryService, Question
from metropolis_kg.store.query_form import is_repeatable
from metropolis_kg.store.tally import Tally
from metropolis_kg.store.workers import Workers

_OVERHEAD = 512
"""Bytes that keeping an answer takes beside those of the answer."""

_LARGEST_SHARE = 4
"""An answer is kept where it fits so many times into what may be kept."""


class Reception(QueryService):
    """A QueryService for the clients of a server; ``asking_client`` says which of them asks."""

    def __init__(self, workers: Workers, admission: Admission, kept: int, tally: Tally | None = None) -> None:
        """Keep up to ``kept`` bytes of answers; 0 where the store may change, or nothing is to be kept.

        ``tally`` hears what queries come to.
        """
        self._workers, self._admission, self._tally = workers, admission, tally or Tally()
        self.kind = workers.recipe.kind
        self._answers: LRUCache[bytes, bytes] = LRUCache(kept, getsizeof=_size)
        self._using = threading.Lock()

    @property
    def kept(self) -> int:
        """How many bytes are kept now, with what keeping them takes."""
        return int(self._answers.currsize)

    def start(self) -> None:
        """Return once queries can be answered. Raises StoreUnavailableError."""
        self._workers.start()

    def ask(self, question: Question) -> bytes:
        """Return the answer to ``question``, as ``QueryService.query`` promises."""
        key = sha256(pickle.dumps(question)).digest()
        with self._using:
            known = self._answers.get(key)
        self._tally.kept(found=known is not None, size=self.kept)
        if known is not None:
            return known
        with self._tally.of_one() as begun, self._admission.turn(asking_client.get()) as patience:
            answer = self._workers.ask(question, begun, patience)
        if _size(answer) * _LARGEST_SHARE <= self._answers.maxsize and is_repeatable(question.query):
            with self._using:
                self._answers[key] = answer
        return answer


def _size(answer: bytes) -> int:
    return len(answer) + _OVERHEAD
