"""The SPARQL 1.1 Protocol: how a query may be sent, and what is said where it is none."""

import re
import secrets
from collections.abc import Iterator
from urllib.parse import quote

import pyoxigraph as ox

from metropolis_kg.doctor.addresses import with_fields
from metropolis_kg.doctor.behaviours import asks
from metropolis_kg.doctor.examination import Asking
from metropolis_kg.doctor.exchange import Exchange
from metropolis_kg.doctor.finding import Finding, NotAskedError, expect
from metropolis_kg.doctor.graphs import ANY_RDF
from metropolis_kg.doctor.names import HTML, PROBLEM
from metropolis_kg.doctor.publisher import rows_of
from metropolis_kg.doctor.queries import query
from metropolis_kg.doctor.terms import RDF_TYPE, SD
from metropolis_kg.store.protocol import RESULTS_JSON

QUERY_TYPE, UPDATE_TYPE = "application/sparql-query", "application/sparql-update"
FORM_TYPE = "application/x-www-form-urlencoded"

_LINE = re.compile(r'"line"|\bline\b|\b\d+:\d+\b|\[\d+, ?\d+\]', re.IGNORECASE)
_COLUMN = re.compile(r'"column"|\bcol(?:umn)?\b|\b\d+:\d+\b|\[\d+, ?\d+\]|\bchar\b', re.IGNORECASE)
_REFUSED = (400, 401, 403, 405, 406, 415, 501)


@asks("Q1")
def ways_to_send(asking: Asking) -> Iterator[Finding]:
    """GET, both kinds of POST, and QUERY give the same answer; HEAD works (SPARQL 1.1 Protocol section 2.1)."""
    text = query("rows")
    got = asking.sparql(text)
    yield expect(got, rows_of(got), "GET with query= is answered with rows")
    posted = asking.form({"query": text})
    yield expect(posted, _same(posted, got), "POST of a form gives the same")
    direct = asking.client.ask(
        asking.endpoint, RESULTS_JSON, method="POST", headers={"Content-Type": QUERY_TYPE}, body=text.encode()
    )
    yield expect(direct, _same(direct, got), f"POST of {QUERY_TYPE} gives the same")
    new = asking.client.ask(
        asking.endpoint, RESULTS_JSON, method="QUERY", headers={"Content-Type": QUERY_TYPE}, body=text.encode()
    )
    yield expect(new, _same(new, got), "QUERY gives the same")
    head = asking.client.ask(got.url, RESULTS_JSON, method="HEAD")
    yield expect(head, head.status == got.status and not head.body, "HEAD is answered as GET, without a body")


def _same(answer: Exchange, other: Exchange) -> bool:
    return answer.is_whole and answer.media_type == other.media_type and answer.json() == other.json() is not None


@asks("Q2")
def service_description(asking: Asking) -> Iterator[Finding]:
    """Without a query, the endpoint describes itself, for machines and for people (SPARQL 1.1 Service Description)."""
    answer = asking.get(asking.endpoint, ANY_RDF)
    said = asking.graph(answer)
    services = said.subjects(RDF_TYPE, ox.NamedNode(f"{SD}Service"))
    yield expect(answer, services, "it describes an sd:Service", "it does not")
    addresses = {each.value for each in said.objects(None, f"{SD}endpoint") if isinstance(each, ox.NamedNode)}
    is_own = addresses and any(each.rstrip("/") == asking.endpoint.rstrip("/") for each in addresses)
    yield expect(
        answer, is_own, "sd:endpoint is its own address", f"it is {', '.join(sorted(addresses)) or 'not said'}"
    )
    page = asking.page(asking.endpoint)
    yield expect(page, page.is_whole and page.media_type in HTML, "a browser gets a page to ask with")


@asks("Q4")
def wrong_queries(asking: Asking) -> Iterator[Finding]:
    """What is no query is 400; a slip in one is told with its place."""
    slip = asking.sparql("SELECT * WHERE {\n  ?s ?p\n}")
    cases = {
        "no query": asking.form({"format": "json"}),
        "two queries": asking.get(with_fields(asking.sparql("ASK{}").url, {"query": "ASK{}"}), RESULTS_JSON),
        "what is no SPARQL": asking.sparql("doctor asks"),
        "a slip in a query": slip,
    }
    for name, answer in cases.items():
        yield expect(answer, answer.status == 400, f"{name} is 400")
        yield expect(answer, answer.media_type == PROBLEM, f"{name}: the error is problem+json")
    yield expect(slip, slip.status == 400 and has_place(slip), "the error has line and column", "it has not")


def has_place(answer: Exchange) -> bool:
    """Whether an error names a line and a column."""
    return bool(_LINE.search(answer.text) and _COLUMN.search(answer.text))


@asks("Q5")
def unreadable_bodies(asking: Asking) -> Iterator[Finding]:
    """A body of another type, or not in UTF-8, is 415."""
    for media_type in ("text/plain", f"{QUERY_TYPE}; charset=iso-8859-1", f"{FORM_TYPE}; charset=utf-16"):
        body = b"query=ASK%7B%7D" if media_type.startswith(FORM_TYPE) else b"ASK{}"
        answer = asking.post(asking.endpoint, media_type, body, RESULTS_JSON)
        yield expect(answer, answer.status == 415, f"POST of {media_type} is 415")


@asks("Q6")
def decoded_once(asking: Asking) -> Iterator[Finding]:
    """What is encoded in an address or a form is decoded once."""
    text = query("lengths")
    expected = [{"percent": "6", "plus": "3", "umlaut": "2"}]
    answers = {
        "GET": asking.get(f"{asking.endpoint}?query={quote(text, safe='')}", RESULTS_JSON),
        "POST of a form": asking.post(
            asking.endpoint, FORM_TYPE, f"query={quote(text, safe='')}".encode(), RESULTS_JSON
        ),
        "POST of the query": asking.post(asking.endpoint, QUERY_TYPE, text.encode(), RESULTS_JSON),
    }
    for name, answer in answers.items():
        yield expect(
            answer, rows_of(answer) == expected, f"{name}: %25, + and ü arrive as they were sent", _lengths(answer)
        )


def _lengths(answer: Exchange) -> str:
    return ", ".join(f"{name} {value}" for row in rows_of(answer) for name, value in sorted(row.items())) or answer.came


@asks("Q9")
def updates_are_refused(asking: Asking) -> Iterator[Finding]:
    """Nobody changes the data over HTTP. The updates would name a graph that nobody has."""
    if not asking.hints.intrusive:
        raise NotAskedError("an endpoint that takes updates would be written to; --intrusive sends them")
    graph = ox.NamedNode(f"urn:metropolis-kg-doctor:{secrets.token_hex(8)}")
    update, asked = (
        query("insert").replace("<urn:metropolis-kg-doctor:graph>", str(graph)),
        query("written", graph=graph),
    )
    answers = {
        "an update as query": asking.sparql(update),
        "an update as query, by POST": asking.form({"query": update}),
        "update=": asking.form({"update": update}),
        f"POST of {UPDATE_TYPE}": asking.post(asking.endpoint, UPDATE_TYPE, update.encode()),
    }
    for name, answer in answers.items():
        yield expect(answer, answer.status in _REFUSED, f"{name} is refused")
    found = asking.client.ask(with_fields(asking.endpoint, {"query": asked}), RESULTS_JSON, fresh=True)
    is_written = (found.json() or {}).get("boolean") is True if found.is_whole else False
    yield expect(found, not is_written, "nothing was written", f"the graph {graph} was written; it is to be removed")
    if is_written:
        asking.form({"update": f"DROP SILENT GRAPH {graph}"})
