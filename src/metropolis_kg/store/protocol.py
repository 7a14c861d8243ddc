"""The port: what a store that answers SPARQL promises, and the ways in which it can fail to."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from io import BytesIO
from time import perf_counter
from types import MappingProxyType
from typing import Any, Protocol

import pyoxigraph as ox

from metropolis_kg.errors import MetropolisError

Term = ox.NamedNode | ox.Literal
Bindings = Mapping[str, Term | Sequence[Term]]

NO_BINDINGS: Bindings = MappingProxyType({})

RESULTS_JSON = "application/sparql-results+json"
RESULTS_XML = "application/sparql-results+xml"
N_TRIPLES = "application/n-triples"


store_seconds: ContextVar[float] = ContextVar("store_seconds", default=0.0)
"""Seconds that the queries of the present request have taken, together."""


@dataclass(frozen=True)
class Question:
    """A query with all that decides its answer; ``QueryService.query`` says what each is."""

    query: str
    media_type: str
    bindings: Bindings = field(default_factory=dict)
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


class Output(Protocol):
    """Where an answer is written; may refuse to go on by raising AnswerTooLargeError."""

    def write(self, data: bytes, /) -> int:
        """Take ``data`` and return its length."""

    def flush(self) -> None:
        """Pass on what was taken."""


class QueryService(ABC):
    """Anything that answers SPARQL 1.1 queries over one dataset; its default graph is the union of its named graphs."""

    def query(
        self,
        query: str,
        media_type: str,
        *,
        bindings: Bindings = NO_BINDINGS,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> bytes:
        """Return the whole answer to ``query``, written in ``media_type``.

        SELECT and ASK answer in SPARQL results JSON, XML, CSV and TSV; CONSTRUCT and DESCRIBE in every RDF syntax that
        ``metropolis_kg.store.results`` lists. The declared prefixes need no PREFIX and relative IRIs no BASE; those of
        a query win.

        ``bindings`` gives variables their terms, as ``metropolis_kg.store.query_text.with_bindings`` says.
        ``default_graphs`` and ``named_graphs`` are the dataset of the protocol (SPARQL 1.1 Protocol section 2.1.4):
        where there are any, they override FROM and FROM NAMED.

        Raises a StoreError; never returns a part of the answer, nor an empty one because the store is away.
        """
        question = Question(query, media_type, dict(bindings), tuple(default_graphs), tuple(named_graphs))
        began = perf_counter()
        try:
            return self.ask(question)
        finally:
            store_seconds.set(store_seconds.get() + perf_counter() - began)

    @abstractmethod
    def ask(self, question: Question) -> bytes:
        """Return the answer to ``question``, as ``query`` promises."""


class Store(QueryService):
    """Answers bit by bit."""

    @abstractmethod
    def write(self, question: Question, output: Output) -> None:
        """Write the answer to ``question`` to ``output``, and raise what ``query`` raises.

        After an error ``output`` may hold a part of the answer, which must not be shown to anybody.
        """

    def ask(self, question: Question) -> bytes:
        """Return the answer to ``question``, as ``query`` promises."""
        output = BytesIO()
        self.write(question, output)
        return output.getvalue()


class StoreError(MetropolisError):
    """A query has no answer."""


class QueryMalformedError(StoreError):
    """The text is not a SPARQL query; carries the place, lines and columns counted from 1, where it is known."""

    def __init__(self, reason: str, line: int | None = None, column: int | None = None) -> None:
        self.reason, self.line, self.column = reason, line, column
        place = f" at line {line}, column {column}" if line is not None else ""
        super().__init__(f"The query is not SPARQL{place}: {reason}")

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors travel between processes; by default only the whole message would."""
        return type(self), (self.reason, self.line, self.column)


class QueryRefusedError(StoreError):
    """The query is SPARQL, but asks for something that is not done here."""


class QueryTimeoutError(StoreError):
    """The query was not answered within its time."""


class QueryEndedError(StoreError):
    """The query ended the process that evaluated it: it needed more memory than it may have, or broke the engine."""


class AnswerTooLargeError(StoreError):
    """The answer has more rows or bytes than are sent."""


class TooManyQueriesError(StoreError):
    """Too many queries are being answered at the moment; trying again a little later helps."""


class ServiceFailedError(StoreError):
    """An endpoint that the query asks by SERVICE does not answer as it should."""


class StoreUnavailableError(StoreError):
    """The store cannot be reached, or does not work; trying again later may help."""


class StoreRefusedError(StoreUnavailableError):
    """The store is there, but does not let this program ask; until that is mended, trying again does not help."""
