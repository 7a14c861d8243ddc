"""Any SPARQL 1.1 endpoint, asked over HTTP."""

import ast
import http.client
import json
import re
import urllib.error
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pyoxigraph as ox
from SPARQLWrapper import POST, SELECT, SPARQLExceptions, SPARQLWrapper

from metropolis_kg.store.embedded import malformed
from metropolis_kg.store.physical import PhysicalGraphs, as_written
from metropolis_kg.store.protocol import (
    N_TRIPLES,
    RESULTS_JSON,
    Output,
    QueryTimeoutError,
    Question,
    Store,
    StoreUnavailableError,
)
from metropolis_kg.store.query_text import first_keyword, with_prologue
from metropolis_kg.store.results import graph_format, result_format, write_triples

_PIECE = 1 << 16
_BLANK_NODE = re.compile(rb'("type"\s*:\s*"bnode"\s*,\s*"value"\s*:\s*")([^"\\]*)')
_MARKUP = re.compile(r"<[^>]+>|\s+")


class RemoteStore(Store):
    """Answers from the SPARQL 1.1 query endpoint ``endpoint``.

    The endpoint must take the union of its named graphs as its default graph. Every query is one POST with a time limit
    on each wait for the endpoint; nothing is kept between two queries. It is asked for JSON or N-Triples, which are
    read and written anew: what is not an answer is an outage.
    """

    def __init__(
        self, endpoint: str, prefixes: Mapping[str, str], base: str, timeout: int = 30, digest: str | None = None
    ) -> None:  # fmt: skip
        """Send nothing yet. ``prefixes`` and ``base`` are what queries need not declare, ``timeout`` is in seconds.

        With ``digest`` it answers from the release that was loaded under that digest.
        """
        self._endpoint, self._prefixes, self._base, self._timeout = endpoint, dict(prefixes), base, timeout
        self._graphs = PhysicalGraphs(digest, self._prefixes, base) if digest else None

    def write(self, question: Question, output: Output) -> None:
        """Write the answer to ``question`` to ``output``, as ``Store.write`` promises."""
        query, media_type = question.query, question.media_type
        asked = self._graphs.asked(question) if self._graphs else as_written(question, self._prefixes, self._base)
        text = with_prologue(asked.text, self._prefixes, self._base)
        dataset = {"default-graph-uri": asked.default_graphs, "named-graph-uri": asked.named_graphs}
        word = first_keyword(query)
        if word and word.text in ("CONSTRUCT", "DESCRIBE"):
            graph_format(media_type)
            with self._answered(query, text, N_TRIPLES, dataset) as answer:
                _pass_on_graph(answer, media_type, self._prefixes, output)
        else:
            syntax = result_format(media_type)
            with self._answered(query, text, RESULTS_JSON, dataset) as answer:
                results = _results(answer, bool(word and word.text == "ASK"), asked.hidden)
                results.serialize(output, format=syntax)

    @contextmanager
    def _answered(
        self, query: str, text: str, accept: str, dataset: Mapping[str, Sequence[str]]
    ) -> Iterator[Any]:  # fmt: skip
        """Yield, to be read from, what the endpoint sends for ``text`` in ``accept``; its errors are about ``query``.

        It is read within the context, so that nothing is passed on that is not an answer, or only a part of one.
        """
        try:
            response: Any = self._request(text, accept, dataset).query().response
            with response:
                sent = response.headers.get_content_type()
                if sent != accept:
                    raise self._unavailable(f"it answers in {sent} when asked for {accept}")
                yield _Answer(response)
        except SPARQLExceptions.QueryBadFormed as error:
            raise malformed(query, _said(error), lines_before=1) from error
        except (SyntaxError, json.JSONDecodeError) as error:
            raise self._unavailable(f"its answer cannot be read as {accept}: {error}") from error
        except TimeoutError as error:
            raise self._timed_out() from error
        except (SPARQLExceptions.SPARQLWrapperException, http.client.HTTPException, OSError) as error:
            if isinstance(getattr(error, "reason", None), TimeoutError):
                raise self._timed_out() from error
            raise self._unavailable(_cause(error)) from error

    def _request(self, text: str, accept: str, dataset: Mapping[str, Sequence[str]]) -> SPARQLWrapper:
        request = SPARQLWrapper(self._endpoint)
        request.queryString, request.queryType = text, SELECT  # setQuery would guess: update or query
        request.setMethod(POST)
        request.setOnlyConneg(True)
        request.addCustomHttpHeader("Accept", accept)
        request.setTimeout(self._timeout)
        for name, iris in dataset.items():
            for iri in iris:
                request.addParameter(name, iri)
        return request

    def _unavailable(self, why: str) -> StoreUnavailableError:
        return StoreUnavailableError(f"The store at {self._endpoint} does not answer: {why}.")

    def _timed_out(self) -> QueryTimeoutError:
        return QueryTimeoutError(f"The store did not answer within {self._timeout} seconds.")


class _Answer:
    """The body of a response, which has to be as long as it says."""

    def __init__(self, response: Any) -> None:
        self._response = response

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes. Raises OSError where the rest is missing."""
        piece: bytes = self._response.read(size)
        if not piece and size and self._response.length:  # which reading a given number of bytes does not notice
            raise OSError(f"its answer lacks the last {self._response.length} bytes")
        return piece


def _results(answer: Any, is_yes_or_no: bool, hidden: Collection[str]) -> Any:
    """Return the results in ``answer``, which is read to its end, without the variables ``hidden``.

    Labels of blank nodes that SPARQL does not have (``nodeID://b1``) become others. Raises SyntaxError,
    json.JSONDecodeError, OSError.
    """
    body = b"".join(iter(lambda: answer.read(_PIECE), b""))
    shown = _without(body, hidden) if any(f'"{name}"'.encode() in body for name in hidden) else body
    results = ox.parse_query_results(_BLANK_NODE.sub(_relabelled, shown), format=ox.QueryResultsFormat.JSON)
    if isinstance(results, ox.QueryBoolean):
        json.loads(body)  # the parser stops before the end
    if isinstance(results, ox.QueryBoolean) != is_yes_or_no:
        raise SyntaxError("it has solutions where yes or no is asked for, or the other way round")
    return results


def _without(body: bytes, hidden: Collection[str]) -> bytes:
    document = json.loads(body)
    document["head"]["vars"] = [name for name in document["head"]["vars"] if name not in hidden]
    for row in document["results"]["bindings"]:
        for name in hidden:
            row.pop(name, None)
    return json.dumps(document).encode()


def _relabelled(match: re.Match[bytes]) -> bytes:
    return match[1] + re.sub(rb"[^0-9A-Za-z]", lambda sign: b"x%02X" % ord(sign[0]), match[2])


def _pass_on_graph(answer: Any, media_type: str, prefixes: Mapping[str, str], output: Output) -> None:
    quads = ox.parse(answer, format=ox.RdfFormat.N_TRIPLES, lenient=True)
    triples = (quad.triple for quad in quads)
    if media_type == N_TRIPLES:
        ox.serialize(triples, output, format=ox.RdfFormat.N_TRIPLES)  # type: ignore[arg-type] # it only writes
    else:
        output.write(write_triples(list(triples), media_type, prefixes))


def _said(error: Exception) -> str:
    """Return what the endpoint wrote into its 400, as one line of plain text; SPARQLWrapper keeps its ``repr`` only."""
    written = str(error).partition("Response:")[2].strip()
    body = ast.literal_eval(written).decode("utf-8", "replace") if written else "it did not say why."
    return _MARKUP.sub(" ", body).strip()[:500]


def _cause(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP status {error.code}"
    if isinstance(error, SPARQLExceptions.SPARQLWrapperException):
        return error.msg
    return str(getattr(error, "reason", "")) or str(error) or type(error).__name__
