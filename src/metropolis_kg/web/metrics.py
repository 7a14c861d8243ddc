"""Counters of all processes of a server together, for Prometheus.

Each process counts in files of its own in a folder that they have in common; whichever is asked adds them up.
"""

import os
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from metropolis_kg.errors import MetropolisError
from metropolis_kg.store.deaths import WORKERS, Deaths
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.web.current import Current
from metropolis_kg.web.exchange import Exchange
from metropolis_kg.web.query_metrics import QueryMetrics

if TYPE_CHECKING:
    from prometheus_client.core import Metric

_SECONDS = (0.00025, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30)
_METHODS = {"GET", "HEAD", "OPTIONS", "POST", "QUERY"}
_OF_PROCESS = re.compile(r"gauge_live\w+_(\d+)\.db")


class Metrics:
    """What happens, counted; few label values, however many addresses there are."""

    def __init__(self, folder: Path, deaths: Deaths) -> None:
        """Count in ``folder``; ``deaths`` counts on its own."""
        folder.mkdir(exist_ok=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)  # the client looks there when it is imported, and later
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self._folder, self._deaths, own = folder, deaths, CollectorRegistry()
        self._requests = Counter(
            "metropolis_kg_http_requests", "Requests; cache: whether a kept representation answered.",
            ["route", "method", "status", "cache"], registry=own,
        )  # fmt: skip
        self._seconds = Histogram(
            "metropolis_kg_http_request_seconds", "Seconds until the response begins.", ["route", "cache"],
            registry=own, buckets=_SECONDS,
        )  # fmt: skip
        self._problems = Counter(
            "metropolis_kg_problems", "Problems by the name of their type.", ["type"], registry=own
        )
        self.in_progress = Gauge(
            "metropolis_kg_http_requests_in_progress", "Requests that views are at; those to /sparql run or wait.",
            ["route"], registry=own, multiprocess_mode="livesum",
        )  # fmt: skip
        self.cache_bytes = Gauge(
            "metropolis_kg_response_cache_bytes", "Bytes of responses that are kept, in all processes together.",
            registry=own, multiprocess_mode="livesum",
        )  # fmt: skip
        self._starts = Counter(
            "metropolis_kg_worker_starts", "Processes that began to answer: the workers, and one for each that died.",
            registry=own,
        )  # fmt: skip
        self.queries = QueryMetrics(own)
        self._started = False
        self._known: dict[tuple[str, str, str, str], tuple[Counter, Histogram]] = {}

    def count(self, exchange: Exchange, method: str, status: str) -> None:
        """Count a response; ``status`` is that of its status line."""
        if not self._started:
            self._started = True
            self._starts.inc()
        key = (exchange.route, method, status[:3], exchange.cache)
        counted = self._known.get(key)
        if counted is None:
            route, method = exchange.route or "none", method if method in _METHODS else "other"
            counted = self._known[key] = (
                self._requests.labels(route, method, status[:3], exchange.cache),
                self._seconds.labels(route, exchange.cache),
            )
        counted[0].inc()
        counted[1].observe(exchange.seconds)
        if exchange.problem:
            self._problems.labels(exchange.problem).inc()

    def written(self, accept: str | None, current: Current) -> tuple[bytes, str]:
        """Return what all processes have counted, as Prometheus reads it, and its content type.

        The release is that of ``current``.
        """
        from prometheus_client import CollectorRegistry
        from prometheus_client.exposition import choose_encoder
        from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

        found = (_OF_PROCESS.fullmatch(path.name) for path in self._folder.iterdir())
        for process in {int(each[1]) for each in found if each}:
            if not _lives(process):
                mark_process_dead(process, str(self._folder))  # type: ignore[no-untyped-call]
        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(self._folder))  # type: ignore[no-untyped-call]
        registry.register(_OfRelease(current))
        registry.register(_OfDeaths(self._deaths))
        write, content_type = choose_encoder(accept or "")
        return write(registry), content_type


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


class _OfDeaths:
    """Says how many processes died."""

    def __init__(self, deaths: Deaths) -> None:
        self._deaths = deaths

    def collect(self) -> Iterator["Metric"]:
        """Yield both counts; of queries, by the signal that ended their process."""
        from prometheus_client.core import CounterMetricFamily

        counted = self._deaths.counted()
        workers = counted.pop(WORKERS, 0)
        yield CounterMetricFamily("metropolis_kg_worker_deaths", "Processes that answered and died.", workers)
        queries = CounterMetricFamily(
            "metropolis_kg_query_process_deaths",
            "Processes that evaluated queries and died, by signal: SIGALRM when their time was up.",
            labels=["signal"],
        )
        for cause, count in {"SIGALRM": 0, **counted}.items():
            queries.add_metric([cause], count)
        yield queries


class _OfRelease:
    """Says which release is served."""

    def __init__(self, current: Current) -> None:
        self._current = current

    def collect(self) -> Iterator["Metric"]:
        """Yield what is known of the release; nothing where there is none."""
        try:
            yield from _about(self._current.release())
        except MetropolisError:
            return


def _about(release: OpenRelease) -> Iterable["Metric"]:
    from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily

    info = {"digest": release.digest or "", "base": release.base}
    yield InfoMetricFamily("metropolis_kg_release", "The release that is served; no digest: a remote store.", info)
    if release.created:
        created = datetime.fromisoformat(release.created).timestamp()
        yield GaugeMetricFamily("metropolis_kg_release_created_seconds", "When it was built, in Unix time.", created)
    if "quads" in release.manifest:
        yield GaugeMetricFamily("metropolis_kg_release_statements", "Its statements.", release.manifest["quads"])
