"""A release's own store: an Oxigraph directory opened read-only, or its statements in the memory of this process."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from metropolis_kg.store.protocol import (
    N_TRIPLES,
    Output,
    QueryMalformedError,
    QueryRefusedError,
    Question,
    Store,
    StoreUnavailableError,
)
from metropolis_kg.store.query_text import names_dataset, with_bindings
from metropolis_kg.store.results import graph_format, result_format, write_triples

_PLACE = re.compile(r"error at (\d+):(\d+)")
_STORAGE = re.compile(r"Corruption|IO error")  # how Oxigraph begins what it says of its files
_REASON = re.compile(r"[A-Z]\w* [a-z][^,\[\"]+|IRI parsing failed")


class EmbeddedStore(Store):
    """Answers by Oxigraph in this process.

    Nothing here ends a query that runs too long: it never raises QueryTimeoutError.
    """

    def __init__(
        self, store: ox.Store, prefixes: Mapping[str, str], base: str, *, has_union: bool = True
    ) -> None:  # fmt: skip
        """Answer from ``store``; ``prefixes`` and ``base`` are what queries need not declare.

        Its default graph is the union of all its graphs, or where not ``has_union`` what is in no named graph.
        """
        self._store, self._prefixes, self._base = store, dict(prefixes), base
        self._has_union = has_union

    @classmethod
    def on_disk(cls, folder: Path, prefixes: Mapping[str, str], base: str) -> "EmbeddedStore":
        """Open the Oxigraph directory ``folder``, as any number of processes and threads may do at once.

        Raises StoreUnavailableError where it holds no readable store.
        """
        try:
            return cls(ox.Store.read_only(str(folder)), prefixes, base)
        except (OSError, RuntimeError) as error:
            raise StoreUnavailableError(f"The store in {folder} cannot be opened: {error}.") from error

    @classmethod
    def in_memory(cls, dataset: Path, prefixes: Mapping[str, str], base: str) -> "EmbeddedStore":
        """Load the N-Quads file ``dataset``. Raises StoreUnavailableError where that cannot be read."""
        store = ox.Store()
        try:
            store.bulk_load(path=dataset, format=ox.RdfFormat.N_QUADS, lenient=True)
        except (OSError, SyntaxError) as error:
            raise StoreUnavailableError(f"{dataset} cannot be loaded: {error}.") from error
        return cls(store, prefixes, base)

    def write(self, question: Question, output: Output) -> None:
        """Write the answer to ``question`` to ``output``, as ``Store.write`` promises."""
        text = with_bindings(question.query, question.bindings)
        dataset = self._dataset(question.query, question.default_graphs, question.named_graphs)
        try:
            result = self._store.query(text, prefixes=self._prefixes, base_iri=self._base, **dataset)
            self._write(result, question.media_type, output)
        except SyntaxError as error:
            raise malformed(question.query, str(error)) from error
        except UnicodeEncodeError as error:
            raise QueryMalformedError("it has characters that are no text (half of a surrogate pair).") from error
        except OSError as error:
            raise StoreUnavailableError(f"The store cannot be read: {error}.") from error
        except RuntimeError as error:
            if _STORAGE.match(str(error)):
                raise StoreUnavailableError(f"The store cannot be read: {error}.") from error
            raise QueryRefusedError(f"The query cannot be evaluated: {error}.") from error

    def _dataset(self, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> dict[str, Any]:
        if not (default_graphs or named_graphs):
            return {"use_default_graph_as_union": self._has_union and not names_dataset(query)}
        return {"default_graph": _nodes(default_graphs), "named_graphs": _nodes(named_graphs)}

    def _write(
        self, result: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, media_type: str, output: Output
    ) -> None:  # fmt: skip
        if not isinstance(result, ox.QueryTriples):
            result.serialize(output, format=result_format(media_type))  # type: ignore[arg-type] # it only writes
            return
        graph_format(media_type)
        if media_type == N_TRIPLES:
            result.serialize(output, format=ox.RdfFormat.N_TRIPLES)  # type: ignore[arg-type] # likewise
            return
        output.write(write_triples(list(result), media_type, self._prefixes))


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
