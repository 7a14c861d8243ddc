"""A store as it is: its graphs under the names that they have there, one at a time, by queries of a single pattern.

For what every engine does right, whatever else it does: reading a graph, counting it, and changing it.
"""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any

import pyoxigraph as ox

from metropolis_kg.content import find_content, read_text
from metropolis_kg.store.credentials import Credentials
from metropolis_kg.store.endpoint import Endpoint, WholeBody, reason
from metropolis_kg.store.engines import engine_of
from metropolis_kg.store.engines.engine import Engine
from metropolis_kg.store.protocol import N_TRIPLES, RESULTS_JSON, Bindings, StoreUnavailableError
from metropolis_kg.store.query_text import with_bindings

_PATIENCE = 60.0
"""Seconds that a store may take for anything."""

_PACE = 2_000
"""Statements a second that a store handles at least."""


@dataclass(frozen=True)
class BareStore:
    """A store that is asked, and changed where ``updated`` says where. Everything raises StoreUnavailableError."""

    asked: Endpoint
    engine: Engine
    updated: Endpoint
    patience: float

    @classmethod
    def at(
        cls, url: str, update_url: str | None = None, credentials: Credentials | None = None,
        patience: float = _PATIENCE,
    ) -> "BareStore":  # fmt: skip
        """Return the store at ``url``, whose updates go where ``update_url``, or else its engine, says.

        Anything takes ``patience`` seconds at most, and more where it is about many statements.
        """
        with _reached(url):
            engine = engine_of(Endpoint(url, credentials), time.monotonic() + patience)
        updated = Endpoint(update_url or engine.update_url(url), credentials, engine.authentication)
        return cls(Endpoint(url, credentials, engine.authentication), engine, updated, patience)

    def statements(self, graph: str) -> list[tuple[str, str, str]]:
        """Return the statements of a small graph: of each term its IRI or text."""
        with self._asked("statements", graph, RESULTS_JSON, 0) as answer:
            rows: list[Any] = json.loads(answer.read())["results"]["bindings"]
        return [(row["subject"]["value"], row["predicate"]["value"], row["object"]["value"]) for row in rows]

    def count(self, graph: str, about: int = 0) -> int:
        """Return how many statements ``graph`` has, which are ``about`` so many."""
        with self._asked("count", graph, RESULTS_JSON, about) as answer:
            return int(json.loads(answer.read())["results"]["bindings"][0]["statements"]["value"])

    def triples(self, graph: str, about: int = 0) -> Iterator[ox.Triple]:
        """Yield the statements of ``graph`` as they were loaded, in any order; they are ``about`` so many."""
        with self._asked("graph", graph, N_TRIPLES, about) as answer:
            body: Any = WholeBody(answer)
            for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES, lenient=True):
                said = quad.object
                if isinstance(said, ox.Literal):
                    said = self.engine.restored(said)
                yield ox.Triple(quad.subject, quad.predicate, said)

    def update(self, text: str, about: int = 0) -> None:
        """Send an update of ``about`` so many statements."""
        with _reached(self.updated.url):
            answer = self.updated.update(text, self._deadline(about))
            with answer:
                said = answer.read(1 << 16).decode(errors="replace")
            if answer.status >= _FAILED:
                raise StoreUnavailableError(
                    f"The store at {self.updated.url} takes no update: {_status(answer.status, said)}."
                )

    def update_by(self, name: str, bindings: Bindings, about: int = 0) -> None:
        """Send the program's own update ``queries/loading/<name>.ru``."""
        self.update(with_bindings(_text(f"{name}.ru"), bindings), about)

    @contextmanager
    def _asked(self, name: str, graph: str, accept: str, about: int) -> Iterator[HTTPResponse]:
        """Yield the answer to ``queries/loading/<name>.rq`` about ``graph``."""
        with _reached(self.asked.url):
            parameters: dict[str, Sequence[str]] = {"default-graph-uri": [graph]}
            answer = self.asked.query(_text(f"{name}.rq"), accept, parameters, self._deadline(about))
            with answer:
                self._refuse(answer, accept)
                yield answer

    def _refuse(self, answer: HTTPResponse, accept: str) -> None:
        """Raise StoreUnavailableError for what is no answer in ``accept``, or not all of one."""
        if answer.status != _FOUND:
            raise self._unavailable(_status(answer.status, answer.read(1 << 16).decode(errors="replace")))
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if fault := self.engine.fault(headers):
            raise self._unavailable(fault[1])
        if answer.headers.get_content_type() != accept:
            raise self._unavailable(f"it answers in {answer.headers.get_content_type()} when asked for {accept}")

    def _deadline(self, about: int) -> float:
        return time.monotonic() + self.patience + about / _PACE

    def _unavailable(self, why: str) -> StoreUnavailableError:
        return StoreUnavailableError(f"The store at {self.asked.url} does not answer: {why}.")


_FOUND, _FAILED = 200, 300


_HINTS = {
    401: "METROPOLIS_KG_STORE_CREDENTIALS names a file with user:password",
    403: "METROPOLIS_KG_STORE_CREDENTIALS names a file with user:password",
    404: "docs/engines.md has the addresses of each engine",
    405: "docs/engines.md has the addresses of each engine",
}


def _status(status: int, said: str) -> str:
    """Return in a line how a store has failed, what it said, and what may be wrong."""
    parts = (f"HTTP status {status}", _line(said).rstrip("."), _HINTS.get(status, ""))
    return "; ".join(part for part in parts if part)


@contextmanager
def _reached(url: str) -> Iterator[None]:
    """Raise StoreUnavailableError for whatever goes wrong while the store at ``url`` is asked or its answer read."""
    try:
        yield
    except (OSError, HTTPException, ValueError, SyntaxError, LookupError) as error:
        raise StoreUnavailableError(f"The store at {url} does not answer: {reason(error)}.") from error


def _text(name: str) -> str:
    return read_text(find_content().queries / "loading" / name)  # the program's own, whatever content it serves


def _line(said: str) -> str:
    return " ".join(said.split())[:300]
