"""A release's own store: an Oxigraph directory, opened read-only in this process."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from metropolis_kg.store.protocol import (
    NO_BINDINGS,
    Bindings,
    QueryMalformedError,
    QueryRefusedError,
    StoreUnavailableError,
)
from metropolis_kg.store.query_text import dataset_clause, with_bindings
from metropolis_kg.store.results import graph_format, result_format, write_graph

_PLACE = re.compile(r"error at (\d+):(\d+)")
_STORAGE = re.compile(r"Corruption|IO error")  # how Oxigraph begins what it says of its files
_REASON = re.compile(r"[A-Z]\w* [a-z][^,\[\"]+|IRI parsing failed")


class EmbeddedStore:
    """Answers from the Oxigraph directory ``folder``. Any number of processes and threads may open the same one.

    Nothing here ends a query that runs too long: it never raises QueryTimeoutError.
    """

    def __init__(self, folder: Path, prefixes: Mapping[str, str]) -> None:
        """Open ``folder``. Raises StoreUnavailableError where it holds no readable store."""
        self._prefixes = dict(prefixes)
        try:
            self._store = ox.Store.read_only(str(folder))
        except (OSError, RuntimeError) as error:
            raise StoreUnavailableError(f"The store in {folder} cannot be opened: {error}.") from error

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
        text = with_bindings(query, bindings)
        dataset = self._dataset(query, default_graphs, named_graphs)
        try:
            result = self._store.query(text, prefixes=self._prefixes, **dataset)
            return self._written(result, media_type)
        except SyntaxError as error:
            raise malformed(query, str(error)) from error
        except OSError as error:
            raise StoreUnavailableError(f"The store cannot be read: {error}.") from error
        except RuntimeError as error:
            if _STORAGE.match(str(error)):
                raise StoreUnavailableError(f"The store cannot be read: {error}.") from error
            raise QueryRefusedError(f"The query cannot be evaluated: {error}.") from error

    def _dataset(self, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> dict[str, Any]:
        if not (default_graphs or named_graphs):
            default_graphs, named_graphs = dataset_clause(query, self._prefixes)
        if not (default_graphs or named_graphs):
            return {"use_default_graph_as_union": True}
        return {"default_graph": _nodes(default_graphs), "named_graphs": _nodes(named_graphs)}

    def _written(self, result: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, media_type: str) -> bytes:
        if isinstance(result, ox.QueryTriples):
            graph_format(media_type)
            return write_graph(result.serialize(format=ox.RdfFormat.N_TRIPLES) or b"", media_type, self._prefixes)
        return result.serialize(format=result_format(media_type)) or b""


def malformed(query: str, message: str, *, lines_before: int = 0) -> QueryMalformedError:
    """Return the error for what an engine says of the syntax of ``query``: place and reason, no list of tokens.

    ``lines_before`` is the number of lines that were put before the query.
    """
    place = _PLACE.search(message)
    if not place:
        return QueryMalformedError(message.strip() or "it cannot be read.")
    line, column = max(int(place[1]) - lines_before, 1), int(place[2])
    reasons = "; ".join(reason.strip() for reason in _REASON.findall(message[place.end() :]))
    return QueryMalformedError(f"{reasons or 'reading stopped'}{_after(query, line, column)}.", line, column)


def _after(query: str, line: int, column: int) -> str:
    """Return what stands before the place where an engine stopped reading, which is past what it could not read."""
    lines = query.split("\n")[:line]
    read = "\n".join([*lines[:-1], lines[-1][: column - 1]]).rstrip()
    last = read.rsplit("\n", 1)[-1].strip()[-30:]
    return f" after “{last}”" if last else ""


def _nodes(iris: Sequence[str]) -> list[ox.NamedNode]:
    try:
        return [ox.NamedNode(iri) for iri in iris]
    except ValueError as error:
        raise QueryRefusedError(f"A graph of the dataset is not named by an absolute IRI: {error}.") from error
