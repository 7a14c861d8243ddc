"""Clients' queries, counted for Prometheus."""

from typing import TYPE_CHECKING

from metropolis_kg.store.tally import Tally

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class QueryMetrics(Tally):
    """Counts in ``registry``."""

    def __init__(self, registry: "CollectorRegistry") -> None:
        """Count nothing yet."""
        from prometheus_client import Counter, Gauge, Histogram

        self._seconds = Histogram(
            "metropolis_kg_query_seconds", "Seconds from a client's query to its end, with those that it waited.",
            ["outcome"], registry=registry, buckets=_SECONDS,
        )  # fmt: skip
        self._waiting = Gauge(
            "metropolis_kg_queries_waiting", "Queries of clients that wait for a turn or a process.",
            registry=registry, multiprocess_mode="livesum",
        )  # fmt: skip
        self._running = Gauge(
            "metropolis_kg_queries_running", "Queries of clients that are being evaluated.",
            registry=registry, multiprocess_mode="livesum",
        )  # fmt: skip
        self._answers = Counter(
            "metropolis_kg_query_answers", "Queries of clients; cache: hit where the answer was kept, else miss.",
            ["cache"], registry=registry,
        )  # fmt: skip
        self._bytes = Gauge(
            "metropolis_kg_query_cache_bytes", "Bytes of answers to queries that are kept, in all processes together.",
            registry=registry, multiprocess_mode="livesum",
        )  # fmt: skip

    def kept(self, *, found: bool, size: int) -> None:
        """Count a hit or a miss."""
        self._answers.labels("hit" if found else "miss").inc()
        self._bytes.set(size)

    def waiting(self, change: int) -> None:
        """Count one that waits, or does no longer."""
        self._waiting.inc(change)

    def running(self, change: int) -> None:
        """Count one that is being evaluated, or is no longer."""
        self._running.inc(change)

    def ended(self, outcome: str, seconds: float) -> None:
        """Count what one came to."""
        self._seconds.labels(outcome).observe(seconds)
