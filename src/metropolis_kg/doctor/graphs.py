"""RDF in answers: read by its media type, and compared as graphs (RDFC-1.0).

JSON-LD is read by PyLD, whose contexts are loaded from the publisher only. What could take for ever (blank nodes that
look alike, PyLD on a large document) is done in a process that can be ended.
"""

import multiprocessing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import urljoin

import pyoxigraph as ox

from metropolis_kg.doctor.client import Client, Origins
from metropolis_kg.doctor.exchange import Exchange, Request
from metropolis_kg.doctor.finding import UnreadableError

TURTLE, JSON_LD, N_TRIPLES = "text/turtle", "application/ld+json", "application/n-triples"
N_QUADS, TRIG, RDF_XML = "application/n-quads", "application/trig", "application/rdf+xml"
FORMATS: Mapping[str, ox.RdfFormat] = {
    TURTLE: ox.RdfFormat.TURTLE,
    JSON_LD: ox.RdfFormat.JSON_LD,
    N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    N_QUADS: ox.RdfFormat.N_QUADS,
    TRIG: ox.RdfFormat.TRIG,
    RDF_XML: ox.RdfFormat.RDF_XML,
}
"""Every RDF media type that is read."""

ANY_RDF = "text/turtle, application/n-triples;q=0.9, application/rdf+xml;q=0.8, application/ld+json;q=0.7"
JSON_LD_NAMESPACE = "http://www.w3.org/ns/json-ld#"

_LONGEST_JSON_LD = 1 << 20
_MOST_CONTEXTS = 8
_SECONDS = 10.0


class Graph:
    """The statements of a document, without the names of graphs."""

    def __init__(self, triples: frozenset[ox.Triple]) -> None:
        self.triples = triples

    def __len__(self) -> int:
        return len(self.triples)

    def objects(self, subject: ox.NamedNode | ox.BlankNode | None, *predicates: str) -> list[Any]:
        """Return the objects of any of these properties, of one subject or of all, in a stable order."""
        return sorted(
            (each.object for each in self.triples
             if each.predicate.value in predicates and (subject is None or each.subject == subject)),
            key=str,
        )  # fmt: skip

    def subjects(self, predicate: str, value: ox.NamedNode) -> list[Any]:
        """Return the subjects that have ``value``, in a stable order."""
        return sorted(
            (each.subject for each in self.triples if each.predicate.value == predicate and each.object == value),
            key=str,
        )

    def mentions(self, iri: str) -> bool:
        """Whether ``iri`` is subject or object of a statement."""
        node = ox.NamedNode(iri)
        return any(node in (each.subject, each.object) for each in self.triples)

    def has_blank_nodes(self) -> bool:
        """Whether there are blank nodes."""
        return any(isinstance(term, ox.BlankNode) for each in self.triples for term in (each.subject, each.object))


@dataclass(frozen=True)
class Reader:
    """Reads RDF out of answers, contexts of JSON-LD from ``client``."""

    client: Client
    within: Origins
    _read: dict[Request, Graph] = field(default_factory=dict)

    def graph(self, answer: Exchange) -> Graph:
        """Return what an answer states. Raises UnreadableError where it is not whole, or not RDF of its media type."""
        if answer.request not in self._read:
            self._read[answer.request] = self._graph(answer)
        return self._read[answer.request]

    def _graph(self, answer: Exchange) -> Graph:
        if not answer.is_whole:
            raise UnreadableError(f"RDF was expected and {answer.came} came", answer)
        if answer.media_type == JSON_LD:
            return self.json_ld(answer, answer.json())
        if answer.media_type not in FORMATS:
            raise UnreadableError(f"RDF was expected and {answer.came} came", answer)
        return _parsed(answer, answer.body, FORMATS[answer.media_type])

    def json_ld(self, answer: Exchange, document: Any) -> Graph:
        """Return what a JSON-LD document states. Raises UnreadableError."""
        if document is None or len(answer.body) > _LONGEST_JSON_LD:
            reason = "it is no JSON" if document is None else f"JSON-LD of {len(answer.body) >> 10} KiB is not read"
            raise UnreadableError(reason, answer)
        contexts: dict[str, Any] = {}
        try:
            self._load(document, answer.url, contexts)
            seconds = min(_SECONDS, self.client.left)
            quads = within_time(_to_n_quads, (document, answer.url, contexts), seconds)
        except (ValueError, TimeoutError, RecursionError) as error:
            raise UnreadableError(f"it cannot be read as JSON-LD: {error}", answer) from error
        return _parsed(answer, quads.encode(), ox.RdfFormat.N_QUADS)

    def _load(self, document: Any, base: str, contexts: dict[str, Any]) -> None:
        """Load every context that is named anywhere in ``document``, and those named in these. Raises ValueError."""
        for url in _context_addresses(document, base):
            if url in contexts:
                continue
            if not self.within.holds(url):
                raise ValueError(f"its context {url} is not the publisher's, and nothing is fetched from elsewhere")
            if len(contexts) >= _MOST_CONTEXTS:
                raise ValueError(f"it names more than {_MOST_CONTEXTS} contexts")
            passed = self.client.follow(url, f"{JSON_LD}, application/json;q=0.9", within=self.within)
            contexts[url] = passed[-1].json() if passed[-1].is_whole else None
            if contexts[url] is None:
                raise ValueError(f"its context {url} cannot be loaded: {passed[-1].came}")
            self._load(contexts[url], url, contexts)


def _context_addresses(document: Any, base: str) -> list[str]:
    found: list[str] = []
    waiting = [document]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            named = each.get("@context", [])
            found += [
                urljoin(base, one) for one in (named if isinstance(named, list) else [named]) if isinstance(one, str)
            ]
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
    return found


def _parsed(answer: Exchange, body: bytes, syntax: ox.RdfFormat) -> Graph:
    try:
        quads = ox.parse(body, format=syntax, base_iri=answer.url)
        return Graph(frozenset(each.triple for each in quads))
    except (SyntaxError, ValueError) as error:
        raise UnreadableError(f"it is no {syntax.name}: {error}", answer) from error


def same(first: Graph, second: Graph) -> bool:
    """Whether two graphs are the same but for the names of blank nodes. Raises TimeoutError."""
    if first.triples == second.triples:
        return True
    if len(first) != len(second) or not (first.has_blank_nodes() and second.has_blank_nodes()):
        return False
    alike: bool = within_time(_are_isomorphic, (_lines(first), _lines(second)))
    return alike


def _lines(graph: Graph) -> str:
    return "".join(f"{each} .\n" for each in graph.triples)


def _are_isomorphic(first: str, second: str) -> bool:
    one, other = (ox.Dataset(ox.parse(each, format=ox.RdfFormat.N_TRIPLES)) for each in (first, second))
    for each in (one, other):
        each.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return one == other


def _to_n_quads(document: Any, base: str, contexts: dict[str, Any]) -> str:
    from pyld import jsonld

    def load(url: str, _: object) -> dict[str, Any]:
        return {"contextUrl": None, "documentUrl": url, "document": contexts[url]}

    options = {"format": N_QUADS, "base": base, "documentLoader": load}
    written: str = jsonld.to_rdf(document, options)
    return written


def within_time(function: Callable[..., Any], arguments: tuple[Any, ...], seconds: float = _SECONDS) -> Any:
    """Return what ``function`` returns in a process of its own.

    Raises TimeoutError, and ValueError for what it raises.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "pyld.jsonld"])
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_answering, args=(sender, function, arguments), daemon=True)
    process.start()
    sender.close()
    try:
        if not receiver.poll(seconds):
            raise TimeoutError(f"that took more than {seconds:g} seconds")
        failure, result = receiver.recv()
    except EOFError:
        raise ValueError("the process that read it ended") from None
    finally:
        process.kill()
        process.join()
        receiver.close()
    if failure:
        raise ValueError(failure)
    return result


def _answering(sender: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    answer: tuple[str | None, Any]
    try:
        answer = None, function(*arguments)
    except Exception as error:  # whatever a library makes of bad input is told to the one who waits
        answer = f"{type(error).__name__}: {str(error)[:200]}", None
    sender.send(answer)
