"""What clients' queries come to, for whoever counts them; here, nobody does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

from metropolis_kg.store.protocol import (
    AnswerTooLargeError,
    QueryEndedError,
    QueryMalformedError,
    QueryRefusedError,
    QueryTimeoutError,
    ServiceFailedError,
    StoreError,
    StoreUnavailableError,
    TooManyQueriesError,
)

OUTCOMES: dict[type[StoreError], str] = {
    QueryMalformedError: "malformed",
    QueryRefusedError: "refused",
    QueryTimeoutError: "timeout",
    QueryEndedError: "ended",
    AnswerTooLargeError: "too-large",
    TooManyQueriesError: "turned-away",
    ServiceFailedError: "service-failed",
    StoreUnavailableError: "unavailable",
}
"""What a query that has no answer came to. One that has came to ``ok``, and anything else to ``failed``."""


class Tally:
    """Hears of queries; each of its methods may be called from several threads."""

    def kept(self, *, found: bool, size: int) -> None:
        """Hear whether the answer to a query was among those that are kept, which take ``size`` bytes."""

    def waiting(self, change: int) -> None:
        """Hear that one query more, or less, waits to be evaluated."""

    def running(self, change: int) -> None:
        """Hear that one query more, or less, is being evaluated."""

    def ended(self, outcome: str, seconds: float) -> None:
        """Hear what a query came to, and after how many seconds, of which it may have waited for some."""

    @contextmanager
    def of_one(self) -> Iterator[Callable[[], None]]:
        """Count one query, for as long as the context lasts; it waits until what is yielded is called."""
        began, outcome, runs = perf_counter(), "ok", False

        def begun() -> None:
            nonlocal runs
            runs = True
            self.waiting(-1)
            self.running(1)

        self.waiting(1)
        try:
            yield begun
        except Exception as error:
            outcome = next((name for kind, name in OUTCOMES.items() if isinstance(error, kind)), "failed")
            raise
        finally:
            (self.running if runs else self.waiting)(-1)
            self.ended(outcome, perf_counter() - began)
