"""Any SPARQL 1.1 endpoint, asked over HTTP."""

import json
import re
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from http.client import HTTPException, HTTPResponse
from typing import Any

import pyoxigraph as ox

from metropolis_kg.store.credentials import Credentials
from metropolis_kg.store.embedded import malformed
from metropolis_kg.store.endpoint import Endpoint, WholeBody, reason
from metropolis_kg.store.engines import engine_of
from metropolis_kg.store.engines.engine import Engine
from metropolis_kg.store.gathered import Dataset, Gathering
from metropolis_kg.store.physical import PhysicalGraphs, as_written
from metropolis_kg.store.protocol import (
    N_TRIPLES,
    RESULTS_JSON,
    AnswerTooLargeError,
    Output,
    QueryTimeoutError,
    Question,
    Store,
    StoreError,
    StoreRefusedError,
    StoreUnavailableError,
)
from metropolis_kg.store.query_text import first_keyword, tokens, with_prologue
from metropolis_kg.store.results import graph_format, result_format, write_triples

SECONDS = 10
"""How long one query of this program's own may take."""

_PIECE = 1 << 16
_LONGEST_ERROR = 1 << 16
_BLANK_NODE = re.compile(rb'("type"\s*:\s*"bnode"\s*,\s*"value"\s*:\s*")([^"\\]*)')
_MARKUP = re.compile(r"<[^>]+>|\s+")


class RemoteStore(Store):
    """Answers from the SPARQL 1.1 query endpoint ``endpoint``.

    The endpoint must take the union of its named graphs as its default graph, or be an engine of which is known how to
    make it do so. Which engine it is shows with the first query. Every query is one POST, or several where the engine
    cannot be relied on for whole queries, and has an answer in time or none; nothing is kept between two queries. What
    comes is read and written anew: what is not an answer is an outage.
    """

    def __init__(
        self, endpoint: str, prefixes: Mapping[str, str], base: str, timeout: float = SECONDS,
        credentials: Credentials | None = None, engine: Engine | None = None, digest: str | None = None,
    ) -> None:  # fmt: skip
        """Send nothing yet. ``prefixes`` and ``base`` are what queries need not declare, ``timeout`` is in seconds.

        With ``digest`` it answers from the release that was loaded under that digest. Which ``engine`` it is need not
        be said: one request more, before the first query, finds out.
        """
        self._endpoint, self._prefixes, self._base, self._timeout = endpoint, dict(prefixes), base, timeout
        self._credentials, self._known, self._digest = credentials, engine, digest
        self._graphs = PhysicalGraphs(digest, self._prefixes, base) if digest else None

    def write(self, question: Question, output: Output) -> None:
        """Write the answer to ``question`` to ``output``, as ``Store.write`` promises."""
        deadline = time.monotonic() + self._timeout
        if self._engine(deadline).evaluates:
            self._pass_on(question, output, deadline)
        else:
            looked_up = partial(self._solutions, deadline)
            dataset = Dataset.of_release(self._digest) if self._digest else Dataset(self._engine(deadline).own_graphs)
            Gathering(looked_up, self._engine(deadline), dataset, self._prefixes, self._base).write(question, output)

    def _engine(self, deadline: float) -> Engine:
        """Return the engine, which has to be there when it is first asked. Raises what ``_answered`` raises."""
        if self._known is None:
            with self._faults(""):
                self._known = engine_of(Endpoint(self._endpoint, self._credentials), deadline)
        return self._known

    def _solutions(self, deadline: float, lookup: str) -> Iterator[Mapping[str, Any]]:
        """Yield the solutions of ``lookup``, whose terms are those that were loaded."""
        restored = self._engine(deadline).restored
        with self._answered(lookup, lookup, RESULTS_JSON, {}, deadline) as answer:
            solutions = _results(answer, is_yes_or_no=False)
            try:
                names = [variable.value for variable in solutions.variables]
                for solution in solutions:
                    yield {name: restored(solution[name]) for name in names}
            finally:
                del solutions  # which an error's frames would keep, while only this thread may drop it
            _end(answer)

    def _pass_on(self, question: Question, output: Output, deadline: float) -> None:
        """Write what the engine answers to the whole of ``question``."""
        query, media_type = question.query, question.media_type
        asked = self._graphs.asked(question) if self._graphs else as_written(question, self._prefixes, self._base)
        text = with_prologue(asked.text, self._prefixes, self._base)
        word = first_keyword(query)
        if word and word.text in ("CONSTRUCT", "DESCRIBE"):
            graph_format(media_type)
            with self._answered(query, text, N_TRIPLES, asked.dataset, deadline) as answer:
                _pass_on_graph(answer, media_type, self._prefixes, output)
        else:
            syntax = result_format(media_type)
            with self._answered(query, text, RESULTS_JSON, asked.dataset, deadline) as answer:
                hidden = asked.hidden if any(each.text == "*" for each in tokens(query)) else ()
                _results(answer, is_yes_or_no=bool(word and word.text == "ASK"), hidden=hidden).serialize(
                    output, format=syntax
                )
                _end(answer)

    @contextmanager
    def _answered(
        self, query: str, text: str, accept: str, dataset: Mapping[str, Sequence[str]], deadline: float
    ) -> Iterator[Any]:  # fmt: skip
        """Yield, to be read from, what the endpoint sends for ``text`` in ``accept``; its errors are about ``query``.

        It is read within the context, so that nothing is passed on that is not an answer, or only a part of one.
        """
        engine = self._engine(deadline)
        endpoint = Endpoint(self._endpoint, self._credentials, engine.authentication)
        limit = {name: [value] for name, value in engine.time_limit(deadline - time.monotonic()).items()}
        with self._faults(accept, engine), endpoint.query(text, accept, {**dataset, **limit}, deadline) as response:
            if response.status != 200:
                raise self._error(engine, response, query)
            if fault := engine.fault({name.lower(): value for name, value in response.headers.items()}):
                raise self._unfinished(*fault)
            sent = response.headers.get_content_type()
            if sent != accept:
                raise self._unavailable(f"it answers in {sent} when asked for {accept}")
            yield WholeBody(response)

    @contextmanager
    def _faults(self, accept: str, engine: Engine | None = None) -> Iterator[None]:
        """Raise what goes wrong while something is asked or read as an error of the store."""
        try:
            yield
        except (SyntaxError, json.JSONDecodeError) as error:
            if engine and engine.is_cut_by_timeout(error):
                raise self._timed_out() from error
            raise self._unavailable(f"its answer cannot be read as {accept}: {error}") from error
        except TimeoutError as error:
            raise self._timed_out() from error
        except (HTTPException, OSError) as error:
            raise self._unavailable(reason(error)) from error

    def _error(self, engine: Engine, response: HTTPResponse, query: str) -> StoreError:
        """Return what an answer other than 200 means."""
        status, text = response.status, response.read(_LONGEST_ERROR).decode("utf-8", "replace")
        meaning = engine.meaning(status, text)
        if meaning == "malformed":
            said = _MARKUP.sub(" ", text).strip()[:500] or "it did not say why."
            return malformed(query, said, lines_before=1)
        if meaning == "refused":
            return StoreRefusedError(f"The store at {self._endpoint} refuses to answer: HTTP status {status}.")
        return self._timed_out() if meaning == "timeout" else self._unavailable(f"HTTP status {status}")

    def _unfinished(self, meaning: str, why: str) -> StoreError:
        """Return what an answer that is not whole means."""
        if meaning == "timeout":
            return self._timed_out()
        if meaning == "too large":
            return AnswerTooLargeError(f"The answer is larger than the store gives: {why}. Ask for a part of it.")
        return self._unavailable(why)

    def _unavailable(self, why: str) -> StoreUnavailableError:
        return StoreUnavailableError(f"The store at {self._endpoint} does not answer: {why}.")

    def _timed_out(self) -> QueryTimeoutError:
        return QueryTimeoutError(f"The store did not answer within {self._timeout:g} seconds.")


class _Labelled:
    """An answer in JSON, with other labels for blank nodes where SPARQL does not have theirs (``nodeID://b1``)."""

    def __init__(self, answer: WholeBody) -> None:
        self._answer, self._waiting, self._ready = answer, b"", b""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes. Raises OSError."""
        while not self._ready and (piece := self._answer.read(_PIECE)):
            whole, brace, self._waiting = (self._waiting + piece).rpartition(b"}")  # within no label
            self._ready = _BLANK_NODE.sub(_relabelled, whole + brace)
        if not self._ready:
            self._ready, self._waiting = self._waiting, b""
        taken, self._ready = (self._ready, b"") if size < 0 else (self._ready[:size], self._ready[size:])
        return taken


def _results(answer: WholeBody, *, is_yes_or_no: bool, hidden: Collection[str] = ()) -> Any:
    """Return the results in ``answer``, without the variables ``hidden``.

    They are read bit by bit where they are solutions with nothing to hide. Raises SyntaxError, json.JSONDecodeError,
    OSError.
    """
    read: Any = _Labelled(answer)
    if is_yes_or_no or hidden:
        document = json.loads(b"".join(iter(lambda: read.read(_PIECE), b"")))  # the other parser stops before the end
        read = json.dumps(_without(document, hidden)).encode()
    results = ox.parse_query_results(read, format=ox.QueryResultsFormat.JSON)
    if isinstance(results, ox.QueryBoolean) != is_yes_or_no:
        raise SyntaxError("it has solutions where yes or no is asked for, or the other way round")
    return results


def _without(document: Any, hidden: Collection[str]) -> Any:
    if "results" in document:
        document["head"]["vars"] = [name for name in document["head"]["vars"] if name not in hidden]
        rows = document["results"]["bindings"]
        document["results"]["bindings"] = [{k: v for k, v in row.items() if k not in hidden} for row in rows]
    return document


def _end(answer: WholeBody) -> None:
    """Read what is left of ``answer``, since a parser may stop before the end. Raises OSError where that is missing."""
    while answer.read(_PIECE):
        pass


def _relabelled(match: re.Match[bytes]) -> bytes:
    return match[1] + re.sub(rb"[^0-9A-Za-z]", lambda sign: b"x%02X" % ord(sign[0]), match[2])


def _pass_on_graph(answer: WholeBody, media_type: str, prefixes: Mapping[str, str], output: Output) -> None:
    quads = ox.parse(answer, format=ox.RdfFormat.N_TRIPLES, lenient=True)  # type: ignore[arg-type] # it only reads
    triples = (quad.triple for quad in quads)
    if media_type == N_TRIPLES:
        ox.serialize(triples, output, format=ox.RdfFormat.N_TRIPLES)  # type: ignore[arg-type] # it only writes
    else:
        output.write(write_triples(list(triples), media_type, prefixes))
