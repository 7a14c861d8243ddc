"""The port: what a store that answers SPARQL promises, and the four ways in which it can fail to."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

import pyoxigraph as ox

from metropolis_kg.errors import MetropolisError

Term = ox.NamedNode | ox.Literal
Bindings = Mapping[str, Term | Sequence[Term]]

NO_BINDINGS: Bindings = MappingProxyType({})

RESULTS_JSON = "application/sparql-results+json"
N_TRIPLES = "application/n-triples"


class QueryService(Protocol):
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
        ``metropolis_kg.store.results`` lists. The declared prefixes need no PREFIX; a query's own win.

        ``bindings`` gives variables their terms, as ``metropolis_kg.store.query_text.with_bindings`` says.
        ``default_graphs`` and ``named_graphs`` are the dataset of the protocol (SPARQL 1.1 Protocol section 2.1.4):
        where there are any, they override FROM and FROM NAMED.

        Raises QueryMalformedError, QueryRefusedError, QueryTimeoutError, StoreUnavailableError; never returns a part of
        the answer, nor an empty one because the store is away.
        """


class StoreError(MetropolisError):
    """A query has no answer."""


class QueryMalformedError(StoreError):
    """The text is not a SPARQL query; carries the place, lines and columns counted from 1, where it is known."""

    def __init__(self, reason: str, line: int | None = None, column: int | None = None) -> None:
        self.reason, self.line, self.column = reason, line, column
        place = f" at line {line}, column {column}" if line is not None else ""
        super().__init__(f"The query is not SPARQL{place}: {reason}")


class QueryRefusedError(StoreError):
    """The query is SPARQL, but asks for something that is not done here."""


class QueryTimeoutError(StoreError):
    """The query was not answered within its time."""


class StoreUnavailableError(StoreError):
    """The store cannot be reached, or does not work; trying again later may help."""
